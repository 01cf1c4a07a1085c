"""When the news close the market to us, second by second."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf

import numpy as np
import pytest
from calendar_builders import GATE, HOUR, MINUTE, MONDAY_NOON, facts
from hypothesis import given
from hypothesis import strategies as st

from bot.model.decision import EntryRoute, Finding, Refusal
from bot.model.news import Impact, SourceStatus
from bot.rules.news import (
    CLOCK_SLACK_S,
    fixed_window_finding,
    gap_changes_utc_s,
    gap_is_near,
    gate_is_on,
    grace_finding,
    is_watched,
    lead_s,
    nearest_s,
    source_finding,
    straddle_finding,
    window_finding,
)
from bot.timezones import server_offset_table

TABLE = server_offset_table()
NOW = MONDAY_NOON


def moments(*away_s: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(sorted(NOW + away for away in away_s), dtype=np.float64)


def refusal(finding: Finding) -> Refusal:
    return Refusal(finding.refusal)


# --- windows ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("away_s", "expected"),
    [
        (301.0, Refusal.NONE),
        (300.0, Refusal.NEWS_WINDOW),
        (0.0, Refusal.NEWS_WINDOW),
        (-120.0, Refusal.NEWS_WINDOW),
        (-121.0, Refusal.NONE),
    ],
)
def test_a_window_is_closed_at_both_its_ends(away_s, expected):
    assert refusal(window_finding(NOW, moments(away_s), 300.0, 120.0)) == expected


def test_a_window_says_how_far_the_release_is_and_what_it_must_be():
    assert window_finding(NOW, moments(200.0), 300.0, 120.0)[1:] == (200.0, 300.0)
    assert window_finding(NOW, moments(-60.0), 300.0, 120.0)[1:] == (60.0, 120.0)


def test_no_release_is_no_window():
    assert refusal(window_finding(NOW, moments(), 300.0, 300.0)) == Refusal.NONE


@given(
    st.lists(st.integers(-4_000, 4_000), max_size=12),
    st.integers(0, 1_000),
    st.integers(0, 1_000),
)
def test_a_window_is_refused_exactly_when_some_release_is_that_near(away, before, after):
    finding = window_finding(NOW, moments(*away), float(before), float(after))
    is_near = any(-after <= one <= before for one in away)
    assert (refusal(finding) == Refusal.NEWS_WINDOW) == is_near


@given(st.lists(st.integers(-4_000, 4_000), max_size=12))
def test_the_nearest_release_is_the_nearest(away):
    nearest = nearest_s(NOW, moments(*away))
    assert abs(nearest) == min((abs(one) for one in away), default=inf)
    assert not away or nearest in away


def test_what_rests_is_withdrawn_before_what_enters_at_market_is_refused():
    assert lead_s(EntryRoute.MARKET.value, GATE) == 5 * MINUTE
    assert lead_s(EntryRoute.LIMIT.value, GATE) == 10 * MINUTE


@pytest.mark.parametrize(
    ("impact_min", "impact", "expected"),
    [
        (Impact.HIGH, Impact.HIGH, True),
        (Impact.HIGH, Impact.MEDIUM, False),
        (Impact.MEDIUM, Impact.MEDIUM, True),
        (Impact.MEDIUM, Impact.LOW, False),
        (Impact.LOW, Impact.NONE, False),
    ],
)
def test_an_impact_is_watched_from_the_threshold_up(impact_min, impact, expected):
    assert is_watched(impact.value, GATE._replace(impact_min=impact_min.value)) is expected


@pytest.mark.parametrize(
    ("firm_has_rule", "when_firm_allows", "expected"),
    [(True, 0, True), (True, 1, True), (False, 1, True), (False, 0, False)],
)
def test_the_gate_is_off_only_when_neither_firm_nor_trader_wants_it(
    firm_has_rule, when_firm_allows, expected
):
    settings = GATE._replace(firm_has_rule=firm_has_rule, when_firm_allows=when_firm_allows)
    assert gate_is_on(settings) is expected


@pytest.mark.parametrize(
    ("away_s", "expected"),
    [(1_801.0, False), (1_800.0, True), (-300.0, True), (-301.0, False)],
)
def test_a_gap_is_near_from_half_an_hour_before_until_the_window_ends(away_s, expected):
    assert gap_is_near(NOW, moments(away_s), GATE) is expected


@given(
    st.lists(st.integers(-9_000, 9_000), max_size=6),
    st.lists(st.integers(0, 9_000), min_size=1, max_size=20),
)
def test_the_answer_stands_until_the_moment_it_names(away_s, later_s):
    table = moments(*away_s)
    before = gap_is_near(NOW, table, GATE)
    until = gap_changes_utc_s(NOW, table, GATE)
    assert until >= NOW
    for seconds in later_s:
        if NOW + seconds < until:
            assert gap_is_near(NOW + seconds, table, GATE) is before


def test_the_answer_changes_on_the_edges_of_the_window():
    table = moments(3_600.0)
    assert gap_changes_utc_s(NOW, table, GATE) == NOW + 1_800.0
    assert gap_changes_utc_s(NOW + 1_800.0, table, GATE) == NOW + 1_800.0
    assert gap_changes_utc_s(NOW + 1_801.0, table, GATE) == NOW + 3_900.0
    assert gap_changes_utc_s(NOW + 3_901.0, table, GATE) == inf


# --- freshness ----------------------------------------------------------------------------------


def stale(**changes: object) -> Finding:
    return source_finding(NOW, facts(NOW, **changes), GATE)


def test_a_calendar_of_an_hour_ago_that_covers_two_days_is_fresh():
    assert refusal(stale()) == Refusal.NONE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": SourceStatus.ABSENT.value}, Refusal.CALENDAR_MISSING),
        ({"status": SourceStatus.BROKEN.value}, Refusal.CALENDAR_MISSING),
        ({"written_utc_s": NOW - 24 * HOUR}, Refusal.NONE),
        ({"written_utc_s": NOW - 24 * HOUR - 1}, Refusal.CALENDAR_STALE),
        ({"written_utc_s": NOW + CLOCK_SLACK_S}, Refusal.NONE),
        ({"written_utc_s": NOW + CLOCK_SLACK_S + 1}, Refusal.CALENDAR_STALE),
        ({"covers_until_utc_s": NOW + 24 * HOUR}, Refusal.NONE),
        ({"covers_until_utc_s": NOW + 24 * HOUR - 1}, Refusal.CALENDAR_STALE),
        ({"covers_from_utc_s": NOW}, Refusal.NONE),
        ({"covers_from_utc_s": NOW + 1}, Refusal.CALENDAR_STALE),
        ({"rows_count": 1}, Refusal.NONE),
        ({"rows_count": 0}, Refusal.CALENDAR_EMPTY),
        ({"rows_count": 0, "covers_until_utc_s": 0.0}, Refusal.CALENDAR_EMPTY),
        ({"rows_count": 0, "written_utc_s": 0.0}, Refusal.CALENDAR_STALE),
    ],
)
def test_missing_stale_and_empty_are_three_different_answers(changes, expected):
    assert refusal(stale(**changes)) == expected


def test_stale_shows_the_age_or_the_reach_and_the_limit():
    assert stale(written_utc_s=NOW - 30 * HOUR)[1:] == (30 * HOUR, 24 * HOUR)
    assert stale(covers_until_utc_s=NOW + 3 * HOUR)[1:] == (3 * HOUR, 24 * HOUR)


def test_an_extra_source_blocks_only_when_it_is_broken():
    extra = {"is_required": False}
    assert refusal(stale(**extra, status=SourceStatus.ABSENT.value)) == Refusal.NONE
    assert refusal(stale(**extra, written_utc_s=0.0)) == Refusal.NONE
    assert refusal(stale(**extra, rows_count=0)) == Refusal.NONE
    broken = stale(**extra, status=SourceStatus.BROKEN.value)
    assert refusal(broken) == Refusal.CALENDAR_MISSING


def test_what_somebody_vouches_for_may_be_old_and_empty_but_not_too_short():
    declared = {"is_declared": True, "written_utc_s": 0.0, "rows_count": 0}
    assert refusal(stale(**declared)) == Refusal.NONE
    short = stale(**declared, covers_until_utc_s=NOW + HOUR)
    assert refusal(short) == Refusal.CALENDAR_STALE


@pytest.mark.parametrize(
    ("not_fresh_s", "expected"),
    [(30 * MINUTE - 1, Refusal.NONE), (30 * MINUTE, Refusal.CALENDAR_STALE)],
)
def test_resting_orders_have_a_grace_without_a_calendar(not_fresh_s, expected):
    calendar = Finding(Refusal.CALENDAR_STALE.value, 1.0, 2.0)
    assert refusal(grace_finding(calendar, not_fresh_s, GATE)) == expected


def test_a_fresh_calendar_needs_no_grace():
    assert refusal(grace_finding(Finding(0, 0.0, 0.0), 1e9, GATE)) == Refusal.NONE


# --- for want of a calendar ---------------------------------------------------------------------


def fixed(day: int, hour: int, minute: int, before_s: float = 300.0) -> Refusal:
    """November 2026: the server is UTC+2, so 15:30 there is 13:30 UTC."""
    moment = datetime(2026, 11, day, hour, minute, tzinfo=UTC).timestamp()
    return refusal(fixed_window_finding(moment, TABLE, before_s, GATE))


def test_fixed_windows_stand_at_the_server_s_clock_on_weekdays():
    assert fixed(23, 13, 24) == Refusal.NONE
    assert fixed(23, 13, 25) == Refusal.NEWS_WINDOW
    assert fixed(23, 13, 35) == Refusal.NEWS_WINDOW
    assert fixed(23, 13, 36) == Refusal.NONE
    assert fixed(22, 13, 30) == Refusal.NONE  # a Sunday
    assert fixed(27, 13, 30) == Refusal.NEWS_WINDOW


def test_fixed_windows_follow_new_york_through_the_changeover():
    summer = datetime(2026, 7, 6, 12, 30, tzinfo=UTC).timestamp()
    assert refusal(fixed_window_finding(summer, TABLE, 300.0, GATE)) == Refusal.NEWS_WINDOW


def test_a_fixed_window_may_begin_before_midnight():
    settings = GATE._replace(fixed_times_s=(120.0,))  # 00:02 server
    before_midnight = datetime(2026, 11, 23, 21, 59, tzinfo=UTC).timestamp()
    finding = fixed_window_finding(before_midnight, TABLE, 300.0, settings)
    assert refusal(finding) == Refusal.NEWS_WINDOW


# --- straddles ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opposite_count", "away_s", "expected"),
    [
        (1, 3_600.0, Refusal.STRADDLE),
        (1, 3_601.0, Refusal.NONE),
        (1, -3_600.0, Refusal.STRADDLE),
        (1, -3_601.0, Refusal.NONE),
        (0, 0.0, Refusal.NONE),
        (1, inf, Refusal.NONE),
    ],
)
def test_a_straddle_needs_an_opposite_and_a_release_nearby(opposite_count, away_s, expected):
    assert refusal(straddle_finding(opposite_count, away_s, GATE)) == expected
