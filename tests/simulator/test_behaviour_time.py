"""Every stamp is the server's wall clock, and what the package makes of dates (BEHAVIOUR 6)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import time_machine
from simulator_builders import (
    SUMMER_OFFSET_S,
    WALL_S,
    after,
    buy,
    contract_of,
    opened,
    pending,
    retcode,
    terminal_of,
)

from bot.simulator.server_clock import ServerClock
from bot.simulator.terminal import SimulatedTerminal

ROWS = [(float(n), 1.1, 1.1002) for n in range(20)]
DateCall = Callable[[SimulatedTerminal, object], object]

DATE_CALLS: dict[str, DateCall] = {
    "copy_rates_from": lambda t, d: t.copy_rates_from("EURUSD", 1, d, 5),
    "copy_rates_range": lambda t, d: t.copy_rates_range("EURUSD", 1, WALL_S, d),
    "copy_ticks_from": lambda t, d: t.copy_ticks_from("EURUSD", d, 5, -1),
    "copy_ticks_range": lambda t, d: t.copy_ticks_range("EURUSD", WALL_S, d, -1),
    "history_deals_get": lambda t, d: t.history_deals_get(WALL_S, d),
    "history_deals_total": lambda t, d: t.history_deals_total(WALL_S, d),
    "history_orders_get": lambda t, d: t.history_orders_get(WALL_S, d),
    "history_orders_total": lambda t, d: t.history_orders_total(WALL_S, d),
}


@pytest.fixture
def terminal() -> SimulatedTerminal:
    return after(terminal_of({"EURUSD": ROWS}), 10)


def tick_times(terminal: SimulatedTerminal, moment: object) -> list[int]:
    ticks = terminal.copy_ticks_from("EURUSD", moment, 100, -1)
    assert ticks is not None, terminal.last_error()
    return [int(t) - WALL_S for t in ticks["time"]]


def test_every_stamp_is_the_servers_wall_clock(terminal: SimulatedTerminal) -> None:
    now = WALL_S + 10
    ticket = opened(terminal, buy("EURUSD", 0.1))
    opened(terminal, pending("EURUSD", 2, 0.1, 1.0))
    position = (terminal.positions_get() or ())[0]
    order = (terminal.orders_get() or ())[0]
    deal = (terminal.history_deals_get(position=ticket) or ())[0]
    done = (terminal.history_orders_get(ticket=ticket) or ())[0]
    tick, info = terminal.symbol_info_tick("EURUSD"), terminal.symbol_info("EURUSD")
    assert tick is not None
    assert info is not None
    stamps = (position.time, order.time_setup, deal.time, done.time_done, tick.time, info.time)
    assert set(stamps) == {now}
    assert {position.time_msc, deal.time_msc, tick.time_msc} == {now * 1000}


@pytest.mark.parametrize(
    ("utc", "offset_h"),
    [
        (datetime(2024, 3, 8, 12, tzinfo=UTC), 2),
        (datetime(2024, 3, 11, 12, tzinfo=UTC), 3),  # New York moved on the 10th, Europe did not
        (datetime(2024, 10, 28, 12, tzinfo=UTC), 3),  # Europe moved on the 27th, New York did not
        (datetime(2024, 11, 4, 12, tzinfo=UTC), 2),
    ],
)
def test_the_server_is_seven_hours_ahead_of_new_york_through_both_changeovers(
    utc: datetime, offset_h: int
) -> None:
    new_york = utc.astimezone(ZoneInfo("America/New_York"))
    server = new_york + timedelta(hours=7)
    wall_ms = ServerClock().wall_ms(int(utc.timestamp()) * 1000)
    shown = datetime.fromtimestamp(wall_ms / 1000, tz=UTC)
    assert shown.replace(tzinfo=None) == server.replace(tzinfo=None)
    assert shown - utc == timedelta(hours=offset_h)


def test_ten_oclock_on_the_server_is_asked_for_as_ten_oclock_utc(
    terminal: SimulatedTerminal,
) -> None:
    asked = datetime.fromtimestamp(WALL_S + 4, tz=UTC)
    assert (asked.hour, asked.minute, asked.second) == (12, 0, 4)
    assert tick_times(terminal, asked) == [4, 5, 6, 7, 8, 9, 10]


def test_an_aware_date_of_another_zone_is_the_moment_it_names(terminal: SimulatedTerminal) -> None:
    zone = timezone(timedelta(hours=-5))
    assert tick_times(terminal, datetime.fromtimestamp(WALL_S + 8, tz=zone)) == [8, 9, 10]


def test_a_naive_date_is_read_in_the_hosts_zone(terminal: SimulatedTerminal) -> None:
    naive = datetime.fromtimestamp(WALL_S + 8, tz=UTC).replace(tzinfo=None)
    expected = int(naive.timestamp())  # whatever this machine's zone is
    shift = expected - (WALL_S + 8)
    assert tick_times(terminal, naive - timedelta(seconds=shift)) == [8, 9, 10]


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this host cannot be moved to a zone")
def test_a_naive_date_follows_the_host_to_another_zone(terminal: SimulatedTerminal) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    with time_machine.travel(datetime(2024, 6, 3, tzinfo=tokyo)):
        naive = datetime.fromtimestamp(WALL_S + 8, tz=tokyo).replace(tzinfo=None)
        assert naive.hour == 21
        assert tick_times(terminal, naive) == [8, 9, 10]


@pytest.mark.parametrize("moment", [WALL_S + 7.999, WALL_S + 7.0, WALL_S + 7])
def test_dates_are_cut_to_whole_seconds(terminal: SimulatedTerminal, moment: float) -> None:
    assert tick_times(terminal, moment) == [7, 8, 9, 10]


@pytest.mark.parametrize("call", DATE_CALLS)
@pytest.mark.parametrize(
    "moment",
    [date(2024, 6, 3), np.int64(WALL_S), np.datetime64("2024-06-03"), "2024-06-03", None],
    ids=["date", "int64", "datetime64", "str", "None"],
)
def test_other_kinds_of_dates_are_refused_by_every_call(
    terminal: SimulatedTerminal, call: str, moment: object
) -> None:
    assert DATE_CALLS[call](terminal, moment) is None
    assert terminal.last_error()[0] == -2


@pytest.mark.parametrize("call", DATE_CALLS)
def test_zero_is_no_date_to_any_call(terminal: SimulatedTerminal, call: str) -> None:
    for zero in (0, 0.0, 0.5, datetime(1970, 1, 1, tzinfo=UTC)):
        assert DATE_CALLS[call](terminal, zero) is None
        assert terminal.last_error()[0] == -2


@pytest.mark.parametrize("call", DATE_CALLS)
def test_an_integer_past_2038_is_a_system_error(terminal: SimulatedTerminal, call: str) -> None:
    with pytest.raises(SystemError) as caught:
        DATE_CALLS[call](terminal, 2**31)
    assert isinstance(caught.value.__cause__, OverflowError)


def test_a_float_or_datetime_past_2038_wraps_to_1901(terminal: SimulatedTerminal) -> None:
    for moment in (2.0**31, datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC)):
        assert tick_times(terminal, moment) == list(range(11))  # everything since 1901
    last = datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC)
    assert tick_times(terminal, last) == []


def test_a_day_ahead_is_sure_to_contain_the_newest_deals(terminal: SimulatedTerminal) -> None:
    opened(terminal, buy("EURUSD", 0.1))
    utc_now = WALL_S + 10 - SUMMER_OFFSET_S
    assert terminal.history_deals_total(WALL_S - 86_400, utc_now) == 0
    assert terminal.history_deals_total(WALL_S - 86_400, WALL_S + 10 + 86_400) == 2


@pytest.mark.parametrize(("ahead_s", "code"), [(0, 10022), (1, 10009)])
def test_an_expiry_is_compared_with_the_servers_clock(
    terminal: SimulatedTerminal, ahead_s: int, code: int
) -> None:
    expiration = WALL_S + 10 + ahead_s
    request = pending("EURUSD", 2, 0.1, 1.0, type_time=2, expiration=expiration)
    assert retcode(terminal, request) == code


@time_machine.travel(datetime(2031, 1, 1, tzinfo=UTC))
def test_the_hosts_clock_has_no_say() -> None:
    terminal = after(terminal_of({"EURUSD": ROWS}, {"EURUSD": contract_of("EURUSD")}), 5)
    tick = terminal.symbol_info_tick("EURUSD")
    assert tick is not None
    assert tick.time == WALL_S + 5
