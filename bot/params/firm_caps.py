"""The caps a firm prints, as the no-breach gate understands them."""

from __future__ import annotations

from math import inf

from bot.model.reserves import FirmCaps
from bot.params.base import fraction
from bot.params.firm import FirmPreset


def to_caps(preset: FirmPreset, phase_id: str, initial_balance_money: float) -> FirmCaps:
    """The caps of one phase for an account of this size; infinite where the firm prints none."""
    phase = preset.phase(phase_id)
    limits = preset.limits if phase is None else preset.limits_in(phase)
    if limits is None:
        return FirmCaps()
    return FirmCaps(
        open_risk_initial_fraction_max=_share(limits.max_open_risk_pct),
        trade_risk_initial_fraction_max=_share(limits.max_risk_per_trade_pct),
        lots_max=_lots(limits.max_lots, initial_balance_money),
        positions_max_count=inf if limits.max_positions is None else float(limits.max_positions),
        margin_equity_fraction_max=_share(limits.max_margin_pct),
    )


def _share(pct: float | None) -> float:
    return inf if pct is None else fraction(pct)


def _lots(lots: float | dict[str, float] | None, initial_balance_money: float) -> float:
    """One cap: by account size the one of the largest size reached, by class the smallest."""
    if lots is None or lots == {}:
        return inf
    if not isinstance(lots, dict):
        return float(lots)
    by_size = {float(size): cap for size, cap in lots.items() if size.isdecimal()}
    if not by_size:
        return float(min(lots.values()))
    reached = [size for size in by_size if size <= initial_balance_money]
    return float(by_size[max(reached, default=min(by_size))])
