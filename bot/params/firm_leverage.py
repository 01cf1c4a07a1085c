"""The firm's leverage by asset class, as sizing counts margin."""

from __future__ import annotations

from bot.model.sizing import LeverageTerms
from bot.params.firm import FirmPreset
from bot.params.firm_terms import Leverage


def to_leverages(preset: FirmPreset, phase_id: str) -> tuple[LeverageTerms, ...]:
    """One row per asset class whose leverage the firm prints; a funded account may have its own."""
    printed, phase = preset.leverage, preset.phase(phase_id)
    if printed is None:
        return ()
    is_funded = phase is not None and phase.kind == "funded"
    ratios = {
        "fx": printed.forex,
        "metal": printed.metals,
        "index": _indices(printed) if is_funded else printed.indices,
        "crypto": printed.crypto,
    }
    return tuple(LeverageTerms(name, float(n)) for name, n in ratios.items() if n is not None)


def _indices(printed: Leverage) -> float | None:
    return printed.funded_indices if printed.funded_indices is not None else printed.indices
