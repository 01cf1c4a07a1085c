"""Exposure, conduct and coasting that cannot hold together with sizing or the firm's rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from bot.params.firm import FirmPreset, Phase
from bot.params.problems import Problem, problem, value_at
from bot.params.reader import Document

EXPOSURE_FIELDS = (
    "exposure.group_max_pct",
    "exposure.currency_max_r",
    "sizing.risk_per_trade_pct",
    "sizing.risk_ceiling_pct",
    "sizing.cumulative_risk_max_pct",
)
"""What `exposure_problems` reads."""

FIRM_HOLD_FIELDS = ("conduct.hold_min_s",)
"""What `firm_hold_problems` reads."""

_NOISE = 1.0 + 1e-9
_PERCENT = 100.0


def exposure_problems(document: Document) -> Iterator[Problem]:
    """Caps that no single trade of the largest size would ever pass."""
    ceiling = _number(document, "sizing.risk_ceiling_pct")
    share = _number(document, "exposure.group_max_pct")
    group = share * _number(document, "sizing.cumulative_risk_max_pct") / _PERCENT
    if ceiling > group * _NOISE:
        allowed = f"leaves a group {group:g} %, below sizing.risk_ceiling_pct = {ceiling:g}"
        yield problem("exposure.group_max_pct", share, allowed)
    in_r = ceiling / _number(document, "sizing.risk_per_trade_pct")
    most = _number(document, "exposure.currency_max_r")
    if in_r > most * _NOISE:
        allowed = f"must be at least {in_r:g}, one trade of sizing.risk_ceiling_pct = {ceiling:g}"
        yield problem("exposure.currency_max_r", most, allowed)


def firm_hold_problems(document: Document, preset: FirmPreset, phase: Phase) -> Iterator[Problem]:
    """A least holding below the one the firm prints."""
    limits = preset.limits_in(phase)
    held_s = _number(document, "conduct.hold_min_s")
    if limits is None or limits.min_trade_seconds is None or held_s >= limits.min_trade_seconds:
        return
    allowed = f"must be at least the firm's {limits.min_trade_seconds:g} s"
    yield problem("conduct.hold_min_s", held_s, allowed)


def _number(document: Document, field: str) -> float:
    return cast(float, value_at(document, field.split(".")))
