from datetime import UTC, datetime

import numpy as np
import pytest
from adapters_fakes import reason_of, value_of
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.server_time import MEASURED_AGE_MAX_S, ServerTime
from bot.ports import Ok
from bot.rules.calendar import server_s, utc_from_server_s
from bot.timezones import server_offset_table

TABLE = server_offset_table()
YEAR = 365 * 86_400.0
HOUR = 3600.0
SUMMER = datetime(2026, 7, 14, 9, 0, tzinfo=UTC).timestamp()
WINTER = datetime(2026, 1, 13, 9, 0, tzinfo=UTC).timestamp()
moments = st.integers(
    int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2036, 12, 1, tzinfo=UTC).timestamp()),
)
near_changeovers = st.tuples(
    st.sampled_from([int(s) for s in TABLE.starts_utc_s[20:90]]), st.integers(-90_000, 90_000)
).map(sum)


@settings(max_examples=200, deadline=None)
@given(st.lists(moments | near_changeovers, min_size=1, max_size=20))
def test_stamps_convert_as_the_rule_does_one_by_one_and_all_at_once(stamps):
    time = ServerTime(TABLE)
    expected = [utc_from_server_s(float(stamp), TABLE) for stamp in stamps]

    assert [time.utc_s(float(stamp)) for stamp in stamps] == expected
    assert time.utc_array(np.array(stamps, dtype=np.int64)).tolist() == expected


@settings(max_examples=200, deadline=None)
@given(moments | near_changeovers)
def test_the_clocks_reading_now_is_the_rules(moment):
    time = ServerTime(TABLE)

    assert time.wall_s(float(moment)) == server_s(float(moment), TABLE)
    assert moment + time.offset_s(float(moment)) == server_s(float(moment), TABLE)


def test_the_offset_is_unknown_before_the_first_tick():
    assert "not yet confirmed" in reason_of(ServerTime(TABLE).measured_offset_s(SUMMER, 0.0))


def test_one_stamp_that_fits_the_rule_confirms_it():
    time = ServerTime(TABLE)

    time.see("EURUSD", WINTER + 2 * HOUR - 20, WINTER, 0.0)

    assert value_of(time.measured_offset_s(WINTER, 0.0)) == 2 * HOUR


def test_a_stamp_a_minute_old_does_not_confirm_anything():
    time = ServerTime(TABLE)

    time.see("EURUSD", WINTER + 2 * HOUR - 60, WINTER, 0.0)

    assert reason_of(time.measured_offset_s(WINTER, 0.0))


def test_an_old_stamp_on_a_quarter_of_an_hour_does_not_move_the_clock():
    time = ServerTime(TABLE)
    for seconds in range(0, 7200, 10):  # a closed market: the last tick only ages
        time.see("EURUSD", SUMMER + 3 * HOUR - 1800, SUMMER + seconds, float(seconds))

    assert reason_of(time.measured_offset_s(SUMMER + 7200, 7200.0))


def test_a_server_on_another_clock_is_believed_after_a_minute_of_fresh_ticks():
    time = ServerTime(TABLE)
    offset_s = 2 * HOUR  # the European rule in the weeks between the changeovers
    for seconds in range(0, 70, 10):
        time.see("EURUSD", SUMMER + offset_s + seconds, SUMMER + seconds, float(seconds))
    assert reason_of(time.measured_offset_s(SUMMER + 60, 60.0))

    for seconds in range(70, 90, 10):
        time.see("EURUSD", SUMMER + offset_s + seconds, SUMMER + seconds, float(seconds))

    assert value_of(time.measured_offset_s(SUMMER + 80, 80.0)) == offset_s
    assert time.utc_s(SUMMER + offset_s) == SUMMER
    assert time.wall_s(SUMMER) == SUMMER + offset_s
    assert time.utc_array(np.array([int(SUMMER + offset_s)])).tolist() == [int(SUMMER)]


def test_old_ticks_delivered_after_an_outage_do_not_move_a_confirmed_clock():
    time = ServerTime(TABLE)
    time.see("EURUSD", SUMMER + 3 * HOUR - 1, SUMMER, 0.0)
    later = SUMMER + 4 * HOUR
    symbols = [f"SYMBOL{number}" for number in range(20)]
    for symbol in symbols:
        time.see(symbol, later + 1 * HOUR, later, 14_400.0)
    for number, symbol in enumerate(symbols):  # an hour-old tick of each symbol arrives at once
        time.see(symbol, later + 2 * HOUR + number, later + 10, 14_410.0)
    for seconds in range(20, 300, 10):
        for number, symbol in enumerate(symbols):
            wall_s = later + 2 * HOUR + number
            time.see(symbol, wall_s, later + seconds, 14_400.0 + seconds)

    assert time.offset_s(later) == 3 * HOUR
    assert "no tick has fitted" in reason_of(time.measured_offset_s(later, 14_700.0))


def test_a_changeover_of_the_rule_needs_no_tick():
    time = ServerTime(TABLE)
    before = datetime(2026, 3, 8, 6, 59, tzinfo=UTC).timestamp()
    time.see("BTCUSD", before + 2 * HOUR, before, 0.0)

    assert value_of(time.measured_offset_s(before, 0.0)) == 2 * HOUR
    assert value_of(time.measured_offset_s(before + 120.0, 120.0)) == 3 * HOUR
    assert time.offset_s(before + 72 * HOUR) == 3 * HOUR


def test_a_reconnect_forgets_which_stamps_were_seen():
    time = ServerTime(TABLE)
    time.see("EURUSD", SUMMER + 2 * HOUR, SUMMER, 0.0)
    time.forget_looks()
    for seconds in (10, 20, 30, 40):
        time.see("EURUSD", SUMMER + 2 * HOUR + seconds, SUMMER + seconds, float(seconds))
        if seconds == 10:
            time.forget_looks()

    assert reason_of(time.measured_offset_s(SUMMER + 40, 40.0))


def test_more_symbols_are_looked_at_while_the_measurement_is_missing_or_old():
    time = ServerTime(TABLE)
    assert time.wants_ticks(0.0)

    time.see("EURUSD", SUMMER + 3 * HOUR, SUMMER, 0.0)

    assert not time.wants_ticks(600.0)
    assert time.wants_ticks(600.5)


def test_a_measurement_says_nothing_once_it_is_too_old():
    time = ServerTime(TABLE)
    time.see("EURUSD", SUMMER + 3 * HOUR, SUMMER, 0.0)
    oldest_s = MEASURED_AGE_MAX_S

    assert value_of(time.measured_offset_s(SUMMER + oldest_s, oldest_s)) == 3 * HOUR
    assert "901 s" in reason_of(time.measured_offset_s(SUMMER, oldest_s + 1.0))


def test_a_clock_that_drifts_while_no_tick_fits_is_noticed_and_believed_again_when_it_is_right():
    time = ServerTime(TABLE)
    time.see("EURUSD", SUMMER + 3 * HOUR, SUMMER, 0.0)
    drift_s = 90.0  # our clock was set a minute and a half ahead: too far for a stamp to fit
    for seconds in range(10, 1_200, 10):
        wall_s, now_s = SUMMER + 3 * HOUR + seconds, SUMMER + drift_s + seconds
        time.see("EURUSD", wall_s, now_s, float(seconds))
        is_known = isinstance(time.measured_offset_s(now_s, float(seconds)), Ok)
        assert is_known == (seconds <= MEASURED_AGE_MAX_S)
        assert time.utc_s(wall_s) == SUMMER + seconds  # what is read meanwhile means what it did

    time.see("EURUSD", SUMMER + 3 * HOUR + 1_200, SUMMER + 1_200, 1_200.0)

    assert value_of(time.measured_offset_s(SUMMER + 1_200, 1_200.0)) == 3 * HOUR


@pytest.mark.parametrize("leap_s", [-YEAR, -121.0, 121.0, 300.0, YEAR])
def test_a_leap_of_our_clock_voids_the_measurement_until_a_tick_fits_again(leap_s):
    time = ServerTime(TABLE)
    time.see("EURUSD", SUMMER + 3 * HOUR, SUMMER, 0.0)

    assert value_of(time.measured_offset_s(SUMMER + 119.0, 0.0)) == 3 * HOUR
    assert "leapt" in reason_of(time.measured_offset_s(SUMMER + leap_s + 10.0, 10.0))

    time.see("EURUSD", SUMMER + 3 * HOUR + 20, SUMMER + 20, 20.0)

    assert value_of(time.measured_offset_s(SUMMER + 20, 20.0)) == 3 * HOUR


def test_a_standing_stamp_does_not_renew_an_old_measurement():
    time = ServerTime(TABLE)
    for seconds in range(0, 1_000, 10):  # the last tick before the weekend only ages
        time.see("EURUSD", SUMMER + 3 * HOUR, SUMMER + seconds, float(seconds))

    assert reason_of(time.measured_offset_s(SUMMER + 1_000, 1_000.0))
