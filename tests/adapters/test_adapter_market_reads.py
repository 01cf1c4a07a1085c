from datetime import UTC, datetime

import numpy as np
import pytest
from adapters_fakes import (
    EURUSD,
    NOW_UTC_S,
    NOW_WALL_S,
    Fault,
    ScriptedTerminal,
    a_client,
    rates_array,
    reason_of,
    terminal_row,
    tick_row,
    value_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.clock import ManualClock
from bot.model.broker import Timeframe
from bot.model.market import Quote
from bot.model.settings import SymbolSettings
from bot.ports import Unknown
from bot.rules.calendar import server_s, utc_from_server_s
from bot.timezones import server_offset_table

TABLE = server_offset_table()
HOUR_S, DAY_S = 3_600, 86_400
GOLD = SymbolSettings("XAUUSD", ("XAUUSD",), "metal", True, False)


def a_world(utc_s: float = NOW_UTC_S):
    terminal = ScriptedTerminal()
    clock = ManualClock(utc_s)
    return terminal, clock, a_client(terminal, clock, symbols=(EURUSD, GOLD))


def wall(*date: int) -> int:
    """A server wall clock as epoch seconds."""
    return int(datetime(*date, tzinfo=UTC).timestamp())


def test_a_quote_carries_the_servers_moment_in_utc():
    terminal, _, client = a_world()
    terminal.ticks["EURUSD"] = tick_row(1.1, 1.1002, NOW_WALL_S - 2.5)

    assert value_of(client.quote("EURUSD")) == Quote(1.1, 1.1002, NOW_UTC_S - 2.5)


def test_a_quote_without_milliseconds_uses_the_seconds():
    terminal, _, client = a_world()
    tick = tick_row()
    terminal.ticks["EURUSD"] = type(tick)(
        {**tick._asdict(), "time_msc": 0}[name] for name in tick._asdict()
    )

    assert value_of(client.quote("EURUSD")).time_utc_s == NOW_UTC_S


def test_an_old_quote_is_told_with_its_old_moment():
    terminal, _, client = a_world()
    terminal.ticks["EURUSD"] = tick_row(wall_s=NOW_WALL_S - 2 * DAY_S)

    assert value_of(client.quote("EURUSD")).time_utc_s == NOW_UTC_S - 2 * DAY_S


@pytest.mark.parametrize(
    ("bid", "ask"),
    [
        (0.0, 1.1),
        (1.1, 0.0),
        (1.1002, 1.1001),
        (-1.1, 1.1),
        (float("nan"), 1.1),
        (1.1, float("nan")),
        (1.1, float("inf")),
        (None, 1.1),
    ],
)
def test_a_quote_that_is_zero_crossed_or_no_number_is_unknown(bid, ask):
    terminal, _, client = a_world()
    terminal.ticks["EURUSD"] = tick_row(bid, ask)

    assert "quote EURUSD" in reason_of(client.quote("EURUSD"))


def test_bid_and_ask_may_be_equal():
    terminal, _, client = a_world()
    terminal.ticks["EURUSD"] = tick_row(1.1, 1.1)

    assert value_of(client.quote("EURUSD")).ask_price == 1.1


def test_an_absent_quote_is_unknown():
    terminal, _, client = a_world()
    terminal.ticks = {}
    assert "symbol_info_tick" in reason_of(client.quote("EURUSD"))

    terminal.ticks = {"EURUSD": tick_row(wall_s=0.0)}
    assert "time 0" in reason_of(client.quote("EURUSD"))

    assert "the broker lists none" in reason_of(client.quote("XAUUSD"))


def test_an_unchanged_tick_is_not_read_twice():
    _, _, client = a_world()
    first = client.quote("EURUSD")

    assert client.quote("EURUSD") is first


def test_quotes_follow_a_server_whose_clock_is_not_the_rules():
    terminal, clock, client = a_world()
    offset_s = 2 * HOUR_S
    for _ in range(10):
        clock.sleep(10.0)
        terminal.ticks["EURUSD"] = tick_row(wall_s=clock.now_utc_s() + offset_s)
        quote = value_of(client.quote("EURUSD"))

    assert value_of(client.clock_offset_s()) == offset_s
    assert quote.time_utc_s == clock.now_utc_s()
    assert value_of(client.quote("EURUSD")).time_utc_s == clock.now_utc_s()


def a_bar(open_s: int, price: float = 1.1) -> tuple[float, ...]:
    return (open_s, price, price + 0.002, price - 0.002, price + 0.001)


def test_closed_bars_are_the_newest_asked_for_as_clean_arrays():
    terminal, _, client = a_world()
    days = [wall(2026, 7, 9), wall(2026, 7, 10), wall(2026, 7, 13)]
    terminal.rates = rates_array(*(a_bar(day) for day in days))

    bars = value_of(client.closed_bars("EURUSD", Timeframe.D1, 3))

    assert terminal.calls_of("copy_rates_from_pos")[0] == ("EURUSD", 16408, 0, 4)
    assert bars.open_utc_s.tolist() == [day - 3 * HOUR_S for day in days]
    assert bars.high_price.tolist() == pytest.approx([1.102] * 3)
    assert bars.open_utc_s.dtype == np.int64
    for column in bars:
        assert len(column) == 3
        assert not column.flags.writeable
        assert column.flags.c_contiguous
    assert all(column.dtype == np.float64 for column in bars[1:])


def test_a_day_that_closed_before_the_next_session_began_is_not_missed():
    """Gold opens an hour after midnight: until then yesterday is still the newest bar there is."""
    terminal, _, client = a_world()
    days = [wall(2026, 7, 9), wall(2026, 7, 10), wall(2026, 7, 13)]
    terminal.rates = rates_array(*(a_bar(day) for day in days))

    bars = value_of(client.closed_bars("EURUSD", Timeframe.D1, 2))

    assert terminal.calls_of("copy_rates_from_pos") == [("EURUSD", 16408, 0, 3)]
    assert bars.open_utc_s.tolist() == [day - 3 * HOUR_S for day in days[1:]]


def test_winter_and_summer_bars_convert_by_their_own_offset():
    terminal, _, client = a_world()
    terminal.rates = rates_array(a_bar(wall(2026, 3, 6)), a_bar(wall(2026, 3, 9)))

    bars = value_of(client.closed_bars("EURUSD", Timeframe.D1, 2))

    assert bars.open_utc_s.tolist() == [
        wall(2026, 3, 6) - 2 * HOUR_S,
        wall(2026, 3, 9) - 3 * HOUR_S,
    ]


@pytest.mark.parametrize(
    ("timeframe", "newest", "closes"),
    [
        (Timeframe.H1, wall(2026, 7, 14, 11), wall(2026, 7, 14, 12)),
        (Timeframe.H4, wall(2026, 7, 14, 8), wall(2026, 7, 14, 12)),
        (Timeframe.D1, wall(2026, 7, 13), wall(2026, 7, 14)),
        (Timeframe.W1, wall(2026, 7, 5), wall(2026, 7, 12)),
        (Timeframe.MN1, wall(2026, 2, 1), wall(2026, 3, 1)),
        (Timeframe.MN1, wall(2025, 12, 1), wall(2026, 1, 1)),
    ],
)
def test_a_bar_counts_from_the_second_it_closed(timeframe, newest, closes):
    offset_s = 3 * HOUR_S if datetime.fromtimestamp(closes, UTC).month > 3 else 2 * HOUR_S
    older = newest - 40 * DAY_S
    counts = []
    for moment in (closes - offset_s - 1, closes - offset_s):
        terminal, _, client = a_world(float(moment))
        terminal.rates = rates_array(a_bar(older), a_bar(newest))
        counts.append(len(value_of(client.closed_bars("EURUSD", timeframe, 2)).open_utc_s))

    assert counts == [1, 2]


def test_fewer_bars_than_asked_is_fine_once_two_answers_agree():
    terminal, _, client = a_world()
    terminal.rates = rates_array(a_bar(wall(2026, 7, 10)))

    assert len(value_of(client.closed_bars("EURUSD", Timeframe.D1, 200)).open_utc_s) == 1
    assert len(terminal.calls_of("copy_rates_from_pos")) == 2

    value_of(client.closed_bars("EURUSD", Timeframe.D1, 200))
    assert len(terminal.calls_of("copy_rates_from_pos")) == 3


def test_a_history_that_is_still_arriving_is_waited_for():
    terminal, _, client = a_world()
    days = [wall(2026, 7, day) for day in (7, 8, 9, 10)]
    part = rates_array(a_bar(days[0]))
    terminal.break_next("copy_rates_from_pos", Fault(value=part))
    terminal.rates = rates_array(*(a_bar(day) for day in days))

    assert len(value_of(client.closed_bars("EURUSD", Timeframe.D1, 4)).open_utc_s) == 4


def test_a_history_that_never_settles_is_unknown_after_bounded_tries():
    terminal, clock, client = a_world()
    parts = [rates_array(*(a_bar(wall(2026, 7, 1 + i)) for i in range(n))) for n in range(1, 8)]
    terminal.break_next("copy_rates_from_pos", *[Fault(value=part) for part in parts])
    before_s = clock.monotonic_s()

    assert "still arriving" in reason_of(client.closed_bars("EURUSD", Timeframe.D1, 50))
    assert clock.monotonic_s() - before_s < 1.0


def test_no_bars_at_all_is_an_empty_answer():
    _, _, client = a_world()

    bars = value_of(client.closed_bars("EURUSD", Timeframe.H4, 10))

    assert [len(column) for column in bars] == [0] * 5


def test_more_bars_than_the_terminal_keeps_are_not_asked_for():
    terminal = ScriptedTerminal()
    terminal.terminal = terminal_row(maxbars=100)
    client = a_client(terminal)

    client.closed_bars("EURUSD", Timeframe.D1, 5_000)

    assert terminal.calls_of("copy_rates_from_pos")[0][2:] == (0, 99)


@pytest.mark.parametrize(
    ("bars", "named"),
    [
        ([a_bar(wall(2026, 7, 10)), a_bar(wall(2026, 7, 9))], "bar 1 opens at"),
        ([a_bar(wall(2026, 7, 9)), a_bar(wall(2026, 7, 9))], "bar 1 opens at"),
        ([(wall(2026, 7, 9), 1.1, 1.0, 1.2, 1.1)], "impossible prices"),
        ([(wall(2026, 7, 9), 1.1, 1.2, 0.0, 1.1)], "impossible prices"),
        ([(wall(2026, 7, 9), 1.1, float("inf"), 1.0, 1.1)], "impossible prices"),
        ([(wall(2026, 7, 9), float("nan"), 1.2, 1.0, 1.1)], "impossible prices"),
    ],
)
def test_bars_out_of_order_or_with_impossible_prices_are_unknown(bars, named):
    terminal, _, client = a_world()
    terminal.rates = rates_array(*bars)

    reason = reason_of(client.closed_bars("EURUSD", Timeframe.D1, len(bars)))

    assert reason.startswith("EURUSD D1: ")
    assert named in reason


@pytest.mark.parametrize("answer", [(), [1], np.zeros(3), np.zeros((2, 2)), "bars"])
def test_an_answer_that_is_no_array_of_bars_is_unknown(answer):
    terminal, _, client = a_world()
    terminal.rates = answer

    assert "EURUSD D1" in reason_of(client.closed_bars("EURUSD", Timeframe.D1, 1))


def test_bars_that_cannot_be_read_are_unknown():
    terminal, _, client = a_world()
    terminal.break_next("copy_rates_from_pos", Fault(error=(-2, "Terminal: Invalid params")))

    assert "-2" in reason_of(client.closed_bars("EURUSD", Timeframe.D1, 10))
    assert "the broker lists none" in reason_of(client.closed_bars("XAUUSD", Timeframe.D1, 10))


def is_skipped(wall_s: int) -> bool:
    """Whether the server's clock never shows this hour: it jumps over it in spring."""
    utc_s = utc_from_server_s(float(wall_s), TABLE)
    return server_s(utc_s, TABLE) != wall_s


@settings(max_examples=100, deadline=None)
@given(
    st.integers(wall(2021, 1, 1), wall(2026, 7, 1)),
    st.integers(1, 120),
    st.integers(0, 300 * HOUR_S),
)
def test_no_bar_is_shown_before_it_closed_and_order_is_kept(first, count, passed_s):
    first -= first % HOUR_S
    opens = [first + i * HOUR_S for i in range(count)]
    terminal, clock, client = a_world(utc_from_server_s(float(first + passed_s), TABLE))
    terminal.rates = rates_array(*(a_bar(open_s) for open_s in opens))

    read = client.closed_bars("EURUSD", Timeframe.H1, count)
    if isinstance(read, Unknown):
        assert "an hour the server's clock rule skips" in read.reason
        assert any(is_skipped(open_s) for open_s in opens)
        return

    bars = value_of(read)
    assert (bars.open_utc_s + HOUR_S <= clock.now_utc_s()).all()
    assert (np.diff(bars.open_utc_s) > 0).all()


def test_the_terminals_calculator_tells_the_loss_as_positive():
    terminal, _, client = a_world()

    loss = value_of(client.loss_money("EURUSD", 1, 0.5, (1.1, 1.09)))
    gain = value_of(client.loss_money("EURUSD", -1, 0.5, (1.1, 1.09)))

    assert loss == pytest.approx(500.0)
    assert gain == pytest.approx(-500.0)
    assert terminal.calls_of("order_calc_profit")[0][:2] == (0, "EURUSD")


def test_the_margin_of_an_order_is_the_terminals():
    terminal, _, client = a_world()

    assert value_of(client.margin_money("EURUSD", -1, 0.5, 1.1)) == pytest.approx(550.0)
    assert terminal.calls_of("order_calc_margin") == [(1, "EURUSD", 0.5, 1.1)]


@pytest.mark.parametrize("answer", ["1", float("nan"), float("inf"), (1.0,)])
def test_a_calculator_that_gives_no_number_is_unknown(answer):
    terminal, _, client = a_world()
    terminal.break_next("order_calc_profit", Fault(value=answer))
    terminal.break_next("order_calc_margin", Fault(value=answer))

    assert "calculator gave" in reason_of(client.loss_money("EURUSD", 1, 0.5, (1.1, 1.0)))
    assert "calculator gave" in reason_of(client.margin_money("EURUSD", 1, 0.5, 1.1))


def test_a_calculator_that_cannot_answer_is_unknown():
    terminal, _, client = a_world()
    terminal.break_next("order_calc_profit", Fault(error=(-4, "Terminal: Not found")))

    assert "-4" in reason_of(client.loss_money("EURUSD", 1, 0.5, (1.1, 1.0)))
    assert "XAUUSD" in reason_of(client.margin_money("XAUUSD", 1, 0.5, 1.1))
    assert "side 0" in reason_of(client.margin_money("EURUSD", 0, 0.5, 1.1))
