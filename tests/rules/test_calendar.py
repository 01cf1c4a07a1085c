"""Days, weekends and windows on the server's clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.calendar import (
    DAY_S,
    HOUR_S,
    day_start_utc_s,
    days_ended_count,
    entries_open,
    friday_close_within,
    in_window,
    is_rollover_window,
    is_week_open,
    is_weekend,
    next_day_start_utc_s,
    offset_at,
    resting_lead_s,
    seconds_into_day,
    server_day,
    server_s,
    utc_from_server_s,
    weekday_of,
)
from bot.timezones import server_offset_table

TABLE = server_offset_table()
ROLLOVER = (23 * HOUR_S + 50 * 60, 15 * 60)
moments = st.integers(946_684_800, 2_100_000_000).map(float)  # 2000 to 2036


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def server(text: str) -> float:
    """The UTC moment of a server wall clock."""
    return utc_from_server_s(utc(text), TABLE)


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        ("2026-01-15T12:00", 2),
        ("2026-03-08T06:59:59", 2),
        ("2026-03-08T07:00", 3),
        ("2026-03-16T12:00", 3),  # Europe still in winter time
        ("2026-11-01T05:59:59", 3),
        ("2026-11-01T06:00", 2),
    ],
)
def test_the_server_runs_seven_hours_ahead_of_new_york(moment: str, hours: int) -> None:
    assert offset_at(utc(moment), TABLE) == hours * HOUR_S
    assert server_s(utc(moment), TABLE) == utc(moment) + hours * HOUR_S


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-03-09T20:59:59", "2026-03-09"), ("2026-03-09T21:00", "2026-03-10")],
)
def test_midnight_on_the_server_is_five_in_new_york_and_belongs_to_the_new_day(
    moment: str, day: str
) -> None:
    assert server_day(utc(moment), TABLE) == utc(day) // DAY_S


@settings(max_examples=200, deadline=None)
@given(moment=moments)
def test_each_day_begins_once_and_ends_where_the_next_begins(moment: float) -> None:
    day = server_day(moment, TABLE)
    start, end = day_start_utc_s(day, TABLE), next_day_start_utc_s(moment, TABLE)
    assert start <= moment < end
    assert server_day(start, TABLE) == day
    assert server_day(start - 1, TABLE) == day - 1
    assert server_day(end, TABLE) == day + 1
    assert end - start in (23 * HOUR_S, 24 * HOUR_S, 25 * HOUR_S)


@settings(max_examples=200, deadline=None)
@given(moment=moments)
def test_a_wall_clock_leads_back_to_its_moment(moment: float) -> None:
    wall = server_s(moment, TABLE)
    back = utc_from_server_s(wall, TABLE)
    assert server_s(back, TABLE) == wall
    assert back <= moment  # of a doubled hour the earlier


def test_an_hour_that_never_was_reads_as_the_clock_after_the_change() -> None:
    missing = utc("2026-03-08T09:30")
    assert utc_from_server_s(missing, TABLE) == utc("2026-03-08T06:30")


@pytest.mark.parametrize(
    ("day", "weekday"), [("1970-01-01", 3), ("2026-03-09", 0), ("2026-03-15", 6)]
)
def test_weekdays_count_from_monday(day: str, weekday: int) -> None:
    assert weekday_of(int(utc(day) // DAY_S)) == weekday


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("2026-03-13T23:59:59", False),
        ("2026-03-14T00:00", True),
        ("2026-03-15T23:59:59", True),
        ("2026-03-16T00:00", False),
    ],
)
def test_the_weekend_is_the_servers_saturday_and_sunday(wall: str, expected: bool) -> None:
    assert is_weekend(server(wall), TABLE) is expected


def test_seconds_of_the_day_start_at_server_midnight() -> None:
    assert seconds_into_day(server("2026-03-13T00:00"), TABLE) == 0.0
    assert seconds_into_day(server("2026-03-13T23:59:59"), TABLE) == DAY_S - 1


@pytest.mark.parametrize(
    ("since_day", "wall", "expected"),
    [
        ("2026-03-13", "2026-03-13T23:59:59", 0),
        ("2026-03-13", "2026-03-14T00:00", 1),
        ("2026-03-13", "2026-03-16T08:00", 3),
        ("2026-03-13", "2026-03-12T23:00", 0),
    ],
)
def test_days_that_ended_are_counted_and_a_clock_that_steps_back_ends_none(
    since_day: str, wall: str, expected: int
) -> None:
    assert days_ended_count(int(utc(since_day) // DAY_S), server(wall), TABLE) == expected


@pytest.mark.parametrize(
    ("second", "window", "expected"),
    [
        (99, (100, 200), False),
        (100, (100, 200), True),
        (199, (100, 200), True),
        (200, (100, 200), False),
        (84_999, (85_000, 900), False),
        (85_000, (85_000, 900), True),
        (0, (85_000, 900), True),
        (899, (85_000, 900), True),
        (900, (85_000, 900), False),
        (500, (500, 500), False),
    ],
)
def test_a_window_holds_its_start_and_not_its_end_and_may_cross_midnight(
    second: float, window: tuple[float, float], expected: bool
) -> None:
    assert in_window(second, *window) is expected


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("2026-03-10T23:49:59", False),
        ("2026-03-10T23:50", True),
        ("2026-03-11T00:14:59", True),
        ("2026-03-11T00:15", False),
    ],
)
def test_the_rollover_window_follows_the_servers_clock(wall: str, expected: bool) -> None:
    assert is_rollover_window(server(wall), TABLE, *ROLLOVER) is expected


@pytest.mark.parametrize(
    ("wall", "within_s", "expected"),
    [
        ("2026-03-13T18:48:59", 5 * HOUR_S, False),
        ("2026-03-13T18:49", 5 * HOUR_S, True),
        ("2026-03-13T23:59", 5 * HOUR_S, True),
        ("2026-03-13T23:48:59", 0, False),
        ("2026-03-13T23:49", 0, True),
        ("2026-03-12T23:48:59", DAY_S, False),
        ("2026-03-12T23:49", DAY_S, True),
        ("2026-03-14T10:00", 5 * HOUR_S, False),
        ("2026-03-15T10:00", 5 * HOUR_S, False),
    ],
)
def test_the_weekly_close_is_friday_shortly_before_server_midnight(
    wall: str, within_s: float, expected: bool
) -> None:
    assert friday_close_within(server(wall), TABLE, within_s) is expected


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("2026-03-15T23:59:59", False),
        ("2026-03-16T00:00", True),
        ("2026-03-16T01:59:59", True),
        ("2026-03-16T02:00", False),
        ("2026-03-17T00:30", False),
    ],
)
def test_the_week_opens_in_the_first_two_hours_of_monday(wall: str, expected: bool) -> None:
    assert is_week_open(server(wall), TABLE) is expected


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("2026-03-13T18:48:59", True),
        ("2026-03-13T18:49", False),
        ("2026-03-14T12:00", False),
        ("2026-03-15T23:59:59", False),
        ("2026-03-16T00:00", True),
    ],
)
def test_entries_pause_from_friday_evening_to_monday(wall: str, expected: bool) -> None:
    assert entries_open(server(wall), TABLE, 5 * HOUR_S) is expected


def test_orders_rest_no_more_two_looks_before_a_window() -> None:
    assert resting_lead_s(60.0) == 120.0
    assert resting_lead_s(10.0) == 20.0
