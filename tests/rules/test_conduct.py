"""Conduct: spacing, patience and one usual size, both sides of each."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.conduct import ConductSettings, EntryTimes, Requests
from bot.model.decision import ExitReason, Refusal
from bot.rules.conduct import (
    exit_must_wait,
    size_cap_fraction,
    spacing_finding,
    stop_edit_is_due,
    usual_risk_fraction,
)

S = ConductSettings(30.0, 300.0, 10.0, 900.0, 60.0, 2.0, 20, 5)
SOFT = 300


@pytest.mark.parametrize(
    ("any_s", "symbol_s", "value", "limit"),
    [
        (29.9, math.inf, 29.9, 30.0),
        (31.0, 299.0, 299.0, 300.0),
        (math.nan, math.inf, None, 30.0),
    ],
)
def test_an_entry_too_soon_after_another_is_refused(
    any_s: float, symbol_s: float, value: float | None, limit: float
) -> None:
    finding = spacing_finding(EntryTimes(any_s, symbol_s), S)
    assert (finding.refusal, finding.limit) == (Refusal.ENTRY_TOO_SOON, limit)
    assert value is None or finding.value == value


def test_an_entry_at_its_time_is_allowed() -> None:
    assert spacing_finding(EntryTimes(30.0, 300.0), S).refusal == Refusal.NONE
    assert spacing_finding(EntryTimes(math.inf, math.inf), S).refusal == Refusal.NONE


def test_no_parameter_allows_two_entries_within_a_second() -> None:
    hasty = S._replace(entry_gap_s=0.0, symbol_gap_s=0.0)
    assert spacing_finding(EntryTimes(0.99, 0.99), hasty).refusal == Refusal.ENTRY_TOO_SOON
    assert spacing_finding(EntryTimes(1.0, 1.0), hasty).refusal == Refusal.NONE


@pytest.mark.parametrize(
    ("since_s", "today", "is_due"),
    [(9.9, 0, False), (10.0, 299, True), (10.0, 300, False), (900.0, 300, True)],
)
def test_stop_edits_wait_longer_once_requests_are_saved(
    since_s: float, today: int, is_due: bool
) -> None:
    assert stop_edit_is_due(since_s, Requests(today, SOFT), S) is is_due


def test_the_first_stop_edit_of_a_position_never_waits() -> None:
    assert stop_edit_is_due(math.inf, Requests(10_000, SOFT), S)


WAITING = {ExitReason.TARGET, ExitReason.TIME_STOP, ExitReason.STALE, ExitReason.WEEKEND}


@pytest.mark.parametrize("reason", ExitReason)
def test_only_unhurried_exits_wait_for_the_least_holding(reason: ExitReason) -> None:
    assert exit_must_wait(59.9, reason.value, S) is (reason in WAITING)
    assert not exit_must_wait(60.0, reason.value, S)


def test_a_wrong_clock_holds_no_exit_back() -> None:
    assert exit_must_wait(-1.0, ExitReason.TARGET.value, S)
    assert not exit_must_wait(-3_600.0, ExitReason.TARGET.value, S)


def test_the_usual_size_is_the_median_of_the_latest() -> None:
    old, new = [0.05] * 30, [0.004] * 11 + [0.02] * 9
    assert usual_risk_fraction(np.array(old + new), S) == 0.004
    assert size_cap_fraction(np.array(old + new), S) == 0.008


def test_with_few_entries_nothing_is_usual() -> None:
    assert size_cap_fraction(np.array([0.001] * 4), S) == math.inf
    assert size_cap_fraction(np.array([0.001] * 5), S) == 0.002


@settings(deadline=None)
@given(st.lists(st.floats(1e-4, 0.02), min_size=5, max_size=40), st.floats(1e-3, 0.02))
def test_the_cap_never_locks_a_size_out_for_good(before: list[float], wanted: float) -> None:
    """Each entry at the cap raises the median in time: any size is reached again."""
    entries = list(before)
    for _ in range(300):
        entries.append(min(wanted, size_cap_fraction(np.array(entries), S)))
    assert entries[-1] == pytest.approx(wanted)
