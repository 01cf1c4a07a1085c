"""Ready spaces: the grids traders asked for, in the words of this parameter file.

Two sources: a roadmap for a daily budget (budget 1.0 to 2.5 %, trades per day, gates of the entry)
and a plan for ATR brackets (stop 2.0 to 3.0 ATR, target 3.5 to 5.0 ATR, confidence 65 to 75 %, bars
of 5 or 15 minutes). What has no counterpart here is said, not silently left out.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.errors import ParamsError


class Preset(NamedTuple):
    """Texts for `--space`, values that go with all of them, and what could not be mapped."""

    space: tuple[str, ...]
    fixed: dict[str, bool | int | float | str]
    notes: tuple[str, ...]


PRESETS: dict[str, Preset] = {
    "daily-budget": Preset(
        (
            "sizing.daily_budget.budget_pct=1.0,1.5,2.0,2.5",
            "sizing.daily_budget.losses_in_row_max_count=2,3",
        ),
        {"sizing.mode": "daily_budget"},
        (
            "the budget is shared out by sizing.mode daily_budget, which is switched on for it",
            "the smallest and largest share of a trade stay as the file has them",
        ),
    ),
    "trades-per-day": Preset(
        (
            "sizing.daily_budget.trades_max_count=1,2,3,4,5,6",
            "sizing.daily_budget.budget_pct=1.0,1.5,2.0,2.5",
        ),
        {"sizing.mode": "daily_budget"},
        ("trades per day bind through the budget they share, so the budget is tried along",),
    ),
    "gating": Preset(
        (
            "signal.filters.adx_regime.use=true,false",
            "signal.filters.atr_regime.use=true,false",
            "signal.filters.swing_pattern.use=true,false",
            "signal.filters.candle_rejection.use=true,false",
            "signal.filters.passes_min_count=1,2,3,4",
        ),
        {},
        (
            "gates by hour of the day (killzones) have no counterpart: signals come from closed "
            "daily bars",
            "entry kinds Risk, Refinement and Confirmation have no counterpart; the filters that "
            "confirm a setup stand for them",
        ),
    ),
    "atr": Preset(
        (
            "signal.levels.stop_min_atr=0.8,1.2,1.6,2.0",
            "signal.levels.stop_max_atr=2.0,2.5,3.0,3.5",
            "signal.levels.fallback_stop_atr=1.5,2.0,2.5",
        ),
        {},
        (
            "targets of 3.5 to 5.0 ATR have no counterpart: targets are rungs in R of the stop "
            "(exits.ladder), tried with --space exits.tp3_r=1.5:3:0.5",
        ),
    ),
    "thresholds": Preset(
        (
            "signal.score_min_pct=45,50,55,60,65,70,75",
            "signal.filters.passes_min_count=2,3,4",
            "signal.filters.adx_regime.adx_min=15,18,21,25",
        ),
        {},
        (
            "a confidence of 65, 70 or 75 is signal.score_min_pct, tried from 45 on",
            "bars of 5 or 15 minutes have no counterpart: the signal reads closed daily bars",
        ),
    ),
}


def preset_of(name: str) -> Preset:
    """The named preset; raises `ParamsError` with the names there are."""
    if name not in PRESETS:
        message = f"--preset {name!r}: no such preset; allowed: {', '.join(PRESETS)}"
        raise ParamsError(message)
    return PRESETS[name]
