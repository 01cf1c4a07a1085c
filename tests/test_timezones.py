"""The firm's day: whose midnight, on which dates the clocks change, and days of 23 and 25 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.firm_clock import SERVER_MIDNIGHT, FirmClock
from bot.rules.calendar import DAY_S, day_start_utc_s, server_day
from bot.timezones import firm_day_table, offset_table, server_offset_table

NEW_YORK = firm_day_table(SERVER_MIDNIGHT)
PRAGUE = firm_day_table(FirmClock("Europe/Prague", 0))
CLOCKS = [
    SERVER_MIDNIGHT,
    FirmClock("Europe/Prague", 0),
    FirmClock("UTC+03:00", 0),
    FirmClock("UTC+00:00", 0),
    FirmClock("UTC-04:30", 6 * 3_600),
]


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def number(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("moment", "new_york", "prague"),
    [
        ("2026-03-06T21:59:59", "2026-03-06", "2026-03-06"),  # both in winter time
        ("2026-03-06T22:00:00", "2026-03-07", "2026-03-06"),
        ("2026-03-06T23:00:00", "2026-03-07", "2026-03-07"),
        ("2026-03-09T20:59:59", "2026-03-09", "2026-03-09"),  # New York has changed
        ("2026-03-09T21:00:00", "2026-03-10", "2026-03-09"),
        ("2026-03-09T22:59:59", "2026-03-10", "2026-03-09"),
        ("2026-03-09T23:00:00", "2026-03-10", "2026-03-10"),
        ("2026-03-29T21:59:59", "2026-03-30", "2026-03-29"),  # Prague has changed
        ("2026-03-29T22:00:00", "2026-03-30", "2026-03-30"),
        ("2026-10-25T22:59:59", "2026-10-26", "2026-10-25"),  # Prague is back in winter
        ("2026-10-25T23:00:00", "2026-10-26", "2026-10-26"),
        ("2026-11-01T21:59:59", "2026-11-01", "2026-11-01"),  # New York is back too
        ("2026-11-01T22:00:00", "2026-11-02", "2026-11-01"),
    ],
)
def test_each_firms_date_follows_its_own_changeovers(
    moment: str, new_york: str, prague: str
) -> None:
    assert server_day(utc(moment), NEW_YORK) == number(new_york)
    assert server_day(utc(moment), PRAGUE) == number(prague)


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)],
)
def test_a_changeover_day_has_23_or_25_hours(day: str, hours: int) -> None:
    start, end = (day_start_utc_s(number(day) + step, PRAGUE) for step in (0, 1))
    assert end - start == hours * 3_600


def test_the_servers_clock_is_new_york_plus_seven_hours() -> None:
    table, other = server_offset_table(), offset_table("America/New_York", 7 * 3_600)
    assert table.starts_utc_s.tolist() == other.starts_utc_s.tolist()
    assert table.offsets_s.tolist() == other.offsets_s.tolist()


@pytest.mark.parametrize(
    ("clock", "moment", "day"),
    [
        (FirmClock("UTC+03:00", 0), "2026-01-10T20:59:59", "2026-01-10"),
        (FirmClock("UTC+03:00", 0), "2026-01-10T21:00:00", "2026-01-11"),
        (FirmClock("UTC+03:00", 0), "2026-07-10T21:00:00", "2026-07-11"),
        (FirmClock("UTC-04:30", 0), "2026-07-10T04:29:59", "2026-07-09"),
        (FirmClock("UTC-04:30", 0), "2026-07-10T04:30:00", "2026-07-10"),
        (FirmClock("UTC+00:00", 6 * 3_600), "2026-07-10T05:59:59", "2026-07-09"),
        (FirmClock("UTC+00:00", 6 * 3_600), "2026-07-10T06:00:00", "2026-07-10"),
        (FirmClock("UTC+00:00", 18 * 3_600), "2026-07-10T18:00:00", "2026-07-11"),
    ],
)
def test_fixed_zones_and_other_resets_name_their_days(
    clock: FirmClock, moment: str, day: str
) -> None:
    assert server_day(utc(moment), firm_day_table(clock)) == number(day)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(KeyError):
        firm_day_table(FirmClock("Europe/Atlantis", 0))


@settings(max_examples=200, deadline=None)
@given(clock=st.sampled_from(CLOCKS), hour=st.integers(0, 24 * 366 * 3))
def test_every_moment_lies_in_exactly_one_day_of_the_firm(clock: FirmClock, hour: int) -> None:
    table = firm_day_table(clock)
    moment = (datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hour)).timestamp()
    day = server_day(moment, table)
    start, end = day_start_utc_s(day, table), day_start_utc_s(day + 1, table)
    assert start <= moment < end
    assert abs(end - start - DAY_S) <= 3_600
    assert server_day(start, table) == day
    assert server_day(end, table) == day + 1
