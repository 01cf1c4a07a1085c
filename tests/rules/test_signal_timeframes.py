"""When a bar is closed, and what a decision may see."""

from __future__ import annotations

from datetime import UTC as UTC_ZONE
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signal_worlds import DAY_S, H4_S, SERVER, UTC, bars_of, everything_on, flat, random_features

from bot.indicators import features_of
from bot.model.broker import Timeframe
from bot.model.market import OffsetTable
from bot.model.signal import SignalView
from bot.rules.timeframes import (
    bar_close_utc_s,
    decision_utc_s,
    last_closed_index,
    latest_view,
    month_start_day,
    shortest_s,
    view_at,
)

WEEK_S = 7 * DAY_S
EPOCH = date(1970, 1, 1)
FRAMES = (Timeframe.H1, Timeframe.H4, Timeframe.D1, Timeframe.W1, Timeframe.MN1)


def utc_s(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC_ZONE).timestamp()  # type: ignore[arg-type]


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.integers(-24, 24))
@settings(max_examples=200, deadline=None)
def test_months_begin_where_the_calendar_says(day: date, later: int) -> None:
    month = day.year * 12 + day.month - 1 + later
    first = date(month // 12, month % 12 + 1, 1)
    assert month_start_day((day - EPOCH).days, later) == (first - EPOCH).days


@pytest.mark.parametrize(
    ("timeframe", "opened", "closed"),
    [
        # winter: server midnight is 22:00 UTC
        (Timeframe.D1, (2024, 1, 15, 22), (2024, 1, 16, 22)),
        (Timeframe.W1, (2024, 1, 13, 22), (2024, 1, 20, 22)),
        (Timeframe.MN1, (2024, 1, 31, 22), (2024, 2, 29, 22)),
        # over the change to summer time on 2024-03-10 the day has 23 hours
        (Timeframe.D1, (2024, 3, 9, 22), (2024, 3, 10, 21)),
        (Timeframe.W1, (2024, 3, 9, 22), (2024, 3, 16, 21)),
        (Timeframe.MN1, (2024, 2, 29, 22), (2024, 3, 31, 21)),
        # and 25 on the way back on 2024-11-03
        (Timeframe.D1, (2024, 11, 2, 21), (2024, 11, 3, 22)),
        (Timeframe.H4, (2024, 11, 3, 1), (2024, 11, 3, 5)),
        (Timeframe.H1, (2024, 3, 10, 6), (2024, 3, 10, 7)),
    ],
)
def test_bars_close_on_the_servers_calendar(
    timeframe: Timeframe, opened: tuple[int, ...], closed: tuple[int, ...]
) -> None:
    assert bar_close_utc_s(utc_s(*opened), timeframe.value, SERVER) == utc_s(*closed)


def test_a_month_stamped_with_its_first_trading_day_ends_with_the_month() -> None:
    assert bar_close_utc_s(utc_s(2024, 9, 2), Timeframe.MN1.value, UTC) == utc_s(2024, 10, 1)


@given(st.integers(946_684_800, 2_000_000_000), st.sampled_from(FRAMES))
@settings(max_examples=200, deadline=None)
def test_no_period_is_shorter_than_the_shortest(opened: int, timeframe: Timeframe) -> None:
    """A period from its own beginning; month bars that begin later close with their month."""
    if timeframe == Timeframe.MN1:
        opened = month_start_day(opened // DAY_S, 0) * DAY_S
        lasts = bar_close_utc_s(float(opened), timeframe.value, UTC) - opened
    else:
        lasts = bar_close_utc_s(float(opened), timeframe.value, SERVER) - opened
    assert lasts >= shortest_s(timeframe.value)


def test_a_bar_is_seen_from_the_second_it_closes() -> None:
    opens = np.array([0, H4_S, 2 * H4_S], dtype=np.int64)
    for moment, index in ((H4_S - 1, -1), (H4_S, 0), (2 * H4_S - 1, 0), (9 * H4_S, 2)):
        assert last_closed_index(opens, Timeframe.H4.value, float(moment), UTC) == index


@given(
    st.sampled_from(FRAMES),
    st.integers(0, 3_000),
    st.sets(st.integers(0, 400), min_size=1, max_size=60),
)
@settings(max_examples=200, deadline=None)
def test_the_newest_closed_bar_is_found_whatever_is_missing(
    timeframe: Timeframe, hours: int, kept: set[int]
) -> None:
    """Against a search through all of them; holes in the history do not matter."""
    first_s = 1_700_000_000
    step = min(timeframe.value, DAY_S)
    opens = np.array([first_s + step * one for one in sorted(kept)], dtype=np.int64)
    if timeframe == Timeframe.MN1:
        days = sorted({month_start_day(int(one // DAY_S), 0) for one in opens})
        opens = np.array([day * DAY_S for day in days], dtype=np.int64)
    moment = float(first_s + 3_600 * hours)
    closed = [
        index
        for index, opened in enumerate(opens)
        if bar_close_utc_s(float(opened), timeframe.value, UTC) <= moment
    ]
    found = last_closed_index(opens, timeframe.value, moment, UTC)
    assert found == (closed[-1] if closed else -1)


def test_a_decision_is_dated_by_the_close_of_its_own_bar() -> None:
    bars = bars_of(flat(3), first_s=int(utc_s(2024, 1, 15, 22)))
    features = features_of(bars, bars_of([]), bars_of([]), bars_of([]), everything_on())
    assert decision_utc_s(features, 0, SERVER) == utc_s(2024, 1, 16, 22)


def test_the_running_week_and_month_are_not_seen() -> None:
    features = random_features(2, everything_on(), 120)
    first = date(2023, 1, 2)
    for d1_index in range(120):
        view = view_at(features, d1_index, UTC, 0)
        moment = first + timedelta(days=d1_index + 1)
        sundays_over = sum(first + timedelta(days=n) <= moment for n in range(6, 130, 7))
        assert view.w1_index == sundays_over - 1
        assert view.mn1_index == moment.month - 2
        assert view.h4_index == 6 * (d1_index + 1) - 1


def test_a_friday_does_not_see_its_own_week_whose_calendar_runs_to_sunday() -> None:
    """FX has no more bars in it, but a scan on Saturday and one on Monday must agree."""
    friday = bars_of(flat(1), first_s=int(utc_s(2024, 1, 18, 22)))
    week = bars_of(flat(1), first_s=int(utc_s(2024, 1, 13, 22)))
    features = features_of(friday, week, bars_of([]), bars_of([]), everything_on())
    assert view_at(features, 0, SERVER, 0).w1_index == -1
    monday = bars_of(flat(1), first_s=int(utc_s(2024, 1, 21, 22)))
    features = features_of(monday, week, bars_of([]), bars_of([]), everything_on())
    assert view_at(features, 0, SERVER, 0).w1_index == 0


@pytest.mark.parametrize("clock", [UTC, SERVER])
def test_the_latest_view_is_the_view_of_the_newest_daily_bar(clock: OffsetTable) -> None:
    features = random_features(2, everything_on(), 120)
    assert latest_view(features, clock, 1) == view_at(features, 119, clock, 1)


def test_without_daily_bars_nothing_is_seen() -> None:
    nothing = bars_of([])
    features = features_of(nothing, nothing, nothing, nothing, everything_on())
    assert latest_view(features, SERVER, 1) == SignalView(-1, -1, -1, -1, 1)
