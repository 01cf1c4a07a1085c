import calendar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DataError
from bot.rules.calendar import server_s, utc_from_server_s
from bot.simulator.session_clock import (
    is_repeated_hour,
    open_spans_utc_s,
    server_times_s,
    utc_times_s,
)
from bot.simulator.spreads import SpreadProfile, default_spread_profile
from bot.simulator.symbols import default_contract
from bot.timezones import server_offset_table

CLOCK = server_offset_table()


def utc(*parts: int) -> int:
    return calendar.timegm((*parts, 0, 0, 0)[:6])


@settings(max_examples=150, deadline=None)
@given(st.integers(utc(1995, 1, 1), utc(2036, 12, 31)))
def test_the_arrays_clock_is_the_rules_clock(moment):
    wall = server_times_s(np.array([moment]), CLOCK)
    assert wall[0] == server_s(moment, CLOCK)
    assert utc_times_s(wall, CLOCK)[0] == utc_from_server_s(float(wall[0]), CLOCK)


def test_the_server_is_seven_hours_ahead_of_new_york_in_both_changeover_weeks():
    # 2024: US summer time from 10 March, European from 31 March; back on 3 November and 27 October
    moments = np.array([utc(2024, 3, 8, 22), utc(2024, 3, 12, 21), utc(2024, 10, 29, 21)])
    assert (server_times_s(moments, CLOCK) % 86_400).tolist() == [0, 0, 0]


def test_the_hour_shown_twice_in_november_is_repeated_the_second_time_only():
    change = utc(2024, 11, 3, 6)  # 02:00 New York summer time
    moments = np.array([change - 3_600, change - 1, change, change + 3_599, change + 3_600])
    assert is_repeated_hour(moments, CLOCK).tolist() == [False, False, True, True, False]


def test_no_hour_is_repeated_in_march():
    change = utc(2024, 3, 10, 7)
    assert not is_repeated_hour(change + np.arange(-7_200, 7_200, 60), CLOCK).any()


def test_crypto_is_not_quoted_in_the_repeated_hour():
    change = utc(2024, 11, 3, 6)
    minutes = change + np.arange(-60, 120, dtype=np.int64) * 60
    starts, ends = open_spans_utc_s(minutes, 60, default_contract("BTCUSD"), CLOCK)
    quoted_wall_s = server_times_s(minutes[ends > starts], CLOCK)
    assert len(quoted_wall_s) == 120
    assert np.all(np.diff(quoted_wall_s) == 60)


@pytest.mark.parametrize(
    ("hour", "minute", "is_open"),
    [(0, 4, False), (0, 5, True), (23, 54, True), (23, 55, False)],
)
def test_currencies_are_open_from_00_05_to_23_55_server(hour, minute, is_open):
    wall_s = np.array([utc(2024, 6, 5, hour, minute)])
    opens = utc_times_s(wall_s, CLOCK)
    starts, ends = open_spans_utc_s(opens, 60, default_contract("EURUSD"), CLOCK)
    assert bool(ends[0] > starts[0]) is is_open


def test_a_long_bar_is_clipped_to_its_session():
    opens = utc_times_s(np.array([utc(2024, 6, 5)]), CLOCK)
    starts, ends = open_spans_utc_s(opens, 86_400, default_contract("XAUUSD"), CLOCK)
    assert (starts - opens).tolist() == [3_900]
    assert (ends - opens).tolist() == [85_800]


def profile_points(profile: SpreadProfile, hour: int, minute: int, timeframe_s: int = 60) -> float:
    wall_s = np.array([utc(2024, 6, 5, (hour + 7) % 24, minute)])  # New York to server
    return float(profile.points_at(utc_times_s(wall_s, CLOCK), timeframe_s, CLOCK)[0])


def test_the_spread_follows_the_hour_of_new_york():
    profile = SpreadProfile(tuple(float(hour + 1) for hour in range(24)))
    assert profile_points(profile, 0, 0) == 1
    assert profile_points(profile, 9, 59) == 10
    assert profile_points(profile, 23, 30) == 24


@pytest.mark.parametrize(
    ("hour", "minute", "factor"),
    [(16, 49, 1), (16, 50, 3), (17, 0, 3), (17, 14, 3), (17, 15, 1), (9, 0, 1)],
)
def test_the_rollover_widens_from_ten_minutes_before_to_fifteen_after(hour, minute, factor):
    profile = SpreadProfile((10.0,) * 24, rollover_factor=3.0)
    assert profile_points(profile, hour, minute) == 10.0 * factor


def test_an_hourly_bar_outlasts_the_rollover_widening():
    profile = SpreadProfile((10.0,) * 24, rollover_factor=3.0)
    assert profile_points(profile, 17, 0, timeframe_s=3_600) == 10.0


def test_default_profiles_widen_around_the_new_york_close():
    profile = default_spread_profile("EURUSD")
    quiet, hour_after = profile.points_by_ny_hour[9], profile.points_by_ny_hour[17]
    assert quiet == 10.0
    assert hour_after == 2 * quiet


@pytest.mark.parametrize("points", [(1.0,) * 23, (0.0, *(1.0,) * 23), (float("nan"),) * 24])
def test_a_profile_needs_24_positive_hours(points):
    with pytest.raises(DataError, match="points_by_ny_hour needs 24 positive numbers"):
        SpreadProfile(points)


def test_a_rollover_that_narrows_is_refused():
    with pytest.raises(DataError, match=r"rollover_factor is 0\.5"):
        SpreadProfile((1.0,) * 24, rollover_factor=0.5)


def test_a_profile_of_an_unknown_symbol_is_refused_by_name():
    with pytest.raises(DataError, match="'DOGEUSD' has no spread figures"):
        default_spread_profile("DOGEUSD")
