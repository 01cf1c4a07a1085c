"""Conduct: entries spaced, stops edited sparingly, trades held, sizes as usual (PROP_RULES A7).

Nothing here delays a stop, a broker-held target, a brake, a person or a repair.
"""

from __future__ import annotations

import math

import numpy as np

from bot.model.conduct import ConductSettings, EntryTimes, Requests
from bot.model.decision import ExitReason, Finding, Refusal
from bot.model.market import FloatArray
from bot.rules._rule import rule

ENTRY_GAP_HARD_LEAST_S = 1.0
"""No parameter makes two entries within one second: that is a basket to a firm."""

_PATIENT = (
    ExitReason.TARGET.value,
    ExitReason.TIME_STOP.value,
    ExitReason.STALE.value,
    ExitReason.WEEKEND.value,
)


@rule
def spacing_finding(times: EntryTimes, s: ConductSettings) -> Finding:
    """Whether enough time passed since the last entry of all, and since the symbol's last."""
    gap_s = max(s.entry_gap_s, ENTRY_GAP_HARD_LEAST_S)
    if not times.since_any_s >= gap_s:
        return Finding(Refusal.ENTRY_TOO_SOON.value, times.since_any_s, gap_s)
    if not times.since_symbol_s >= s.symbol_gap_s:
        return Finding(Refusal.ENTRY_TOO_SOON.value, times.since_symbol_s, s.symbol_gap_s)
    return Finding(Refusal.NONE.value, times.since_any_s, gap_s)


@rule
def stop_edit_is_due(since_edit_s: float, requests: Requests, s: ConductSettings) -> bool:
    """Whether a position's stop may be moved up again; what waits is merged into the next edit.

    Only asked of moves that improve a standing stop; one that is missing is set at once.
    """
    gap_s = s.stop_edit_gap_s
    if requests.today_count >= requests.soft_count:
        gap_s = max(gap_s, s.stop_edit_gap_saving_s)
    return since_edit_s >= gap_s


@rule
def exit_must_wait(held_s: float, reason: int, s: ConductSettings) -> bool:
    """Whether our own exit for `reason` (`ExitReason`) waits until the trade was held long enough.

    Rungs, ages and the weekend wait; protection, gaps, brakes, repairs and people never do. An age
    far below zero is a wrong clock, which holds nothing back.
    """
    return reason in _PATIENT and abs(held_s) < s.hold_min_s


@rule
def usual_risk_fraction(risk_fractions: FloatArray, s: ConductSettings) -> float:
    """The usual risk of an entry, as a share of balance: the median of own recent ones.

    `risk_fractions` are the latest last; NaN while there are too few to speak of a habit.
    """
    latest = risk_fractions[-s.size_samples_count :]
    if len(latest) < max(1, s.size_samples_min_count):
        return math.nan
    return float(np.median(latest))


@rule
def size_cap_fraction(risk_fractions: FloatArray, s: ConductSettings) -> float:
    """The largest risk of an entry that still looks like the others; inf while nothing is usual.

    The cap follows the median, so a habit may grow, but never jumps: "sizes much larger than
    usual" is what firms look for.
    """
    usual = usual_risk_fraction(risk_fractions, s)
    if not usual > 0.0:
        return math.inf
    return s.size_max_factor * usual
