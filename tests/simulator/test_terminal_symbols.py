from __future__ import annotations

import numpy as np
import pytest
from simulator_builders import (
    START_S,
    WALL_S,
    after,
    buy,
    contract_of,
    feed_of,
    opened,
    pending,
    terminal_of,
)

from bot.rules.calendar import DAY_S
from bot.simulator.feed import Market, SymbolFeed
from bot.simulator.quotes import BarArrays
from bot.simulator.structs import Tick
from bot.simulator.symbol_struct import SymbolInfo
from bot.simulator.terminal import SimulatedTerminal
from bot.simulator.ticks import Ticks

ROWS = [(0.0, 1.1, 1.1002), (60.25, 1.1, 1.1003), (60.75, 1.0999, 1.1003), (61.0, 1.2, 1.2001)]


def tick_of(terminal: SimulatedTerminal, name: str = "EURUSD") -> Tick:
    tick = terminal.symbol_info_tick(name)
    assert tick is not None
    return tick


def info_of(terminal: SimulatedTerminal, name: str = "EURUSD") -> SymbolInfo:
    info = terminal.symbol_info(name)
    assert info is not None
    return info


def ticks_of(ticks: Ticks | None) -> list[tuple[int, float, float, int]]:
    """Milliseconds after the start, bid, ask, flags."""
    assert ticks is not None
    return [
        (int(t["time_msc"] - WALL_S * 1000), float(t["bid"]), float(t["ask"]), int(t["flags"]))
        for t in ticks
    ]


# --- last tick -------------------------------------------------------------------------------


def test_the_last_tick_is_on_the_servers_clock_and_never_ages() -> None:
    terminal = after(terminal_of({"EURUSD": ROWS}), 60.3)
    tick = tick_of(terminal)
    assert (tick.time, tick.time_msc) == (WALL_S + 60, WALL_S * 1000 + 60_250)
    assert (tick.bid, tick.ask, tick.last, tick.volume, tick.flags) == (1.1, 1.1003, 0.0, 0, 4)
    assert tick_of(after(terminal, 20 * DAY_S)).time == WALL_S + 61


def test_before_the_first_quote_the_tick_is_all_zeros() -> None:
    terminal = terminal_of({"EURUSD": ROWS[1:]})
    assert tick_of(terminal) == (0, 0.0, 0.0, 0.0, 0, 0, 0, 0.0)
    assert info_of(terminal).time == 0


def test_the_close_known_before_the_market_begins_is_the_first_tick() -> None:
    def one_bar(opened_s: int, close: float) -> BarArrays:
        price = np.array([close])
        whole = np.array([opened_s])
        return BarArrays(whole, price, price, price, price, whole * 0 + 5, whole * 0 + 12)

    plain = feed_of(contract_of("EURUSD"), ROWS[1:])
    history = {DAY_S: one_bar(START_S - 100_000, 1.0), 3600: one_bar(START_S - 7200, 1.05)}
    feed = SymbolFeed(plain.contract, 3600, plain.base_bars, history, plain.quotes)
    terminal = SimulatedTerminal(Market("m", {"EURUSD": feed}, START_S, START_S + DAY_S))
    assert terminal.initialize()
    tick = tick_of(terminal)
    assert (tick.bid, tick.ask, tick.time) == (1.05, 1.05012, WALL_S - 3600)
    assert tick_of(after(terminal, 60.5)).bid == 1.1


# --- tick arrays -----------------------------------------------------------------------------


def test_ticks_come_from_a_whole_second_on_and_tell_which_side_moved() -> None:
    terminal = after(terminal_of({"EURUSD": ROWS}), 60.8)
    everything = ticks_of(terminal.copy_ticks_from("EURUSD", WALL_S, 10, -1))
    assert everything == [
        (0, 1.1, 1.1002, 6),
        (60_250, 1.1, 1.1003, 4),
        (60_750, 1.0999, 1.1003, 2),
    ]
    assert ticks_of(terminal.copy_ticks_from("EURUSD", WALL_S + 60.9, 1, 1)) == everything[1:2]
    assert ticks_of(terminal.copy_ticks_from("EURUSD", WALL_S + 61, 10, -1)) == []
    assert terminal.last_error() == (1, "Success")


def test_a_range_of_ticks_is_cut_at_whole_seconds_and_at_now() -> None:
    terminal = after(terminal_of({"EURUSD": ROWS}), 3600)
    shown = ticks_of(terminal.copy_ticks_range("EURUSD", WALL_S + 1, WALL_S + 60.9, -1))
    assert shown == []
    shown = ticks_of(terminal.copy_ticks_range("EURUSD", WALL_S + 1, WALL_S + 61.9, -1))
    assert [row[0] for row in shown] == [60_250, 60_750, 61_000]
    assert len(ticks_of(terminal.copy_ticks_range("EURUSD", WALL_S, WALL_S + 9, -1))) == 1


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("NOPE", WALL_S, 5, -1), -4),
        (("EURUSD", WALL_S, 0, -1), -2),
        (("EURUSD", WALL_S, 5, 3), -2),
    ],
)
def test_tick_requests_the_terminal_refuses(args: tuple[object, ...], code: int) -> None:
    terminal = terminal_of({"EURUSD": ROWS})
    assert terminal.copy_ticks_from(*args) is None
    assert terminal.last_error()[0] == code


def test_there_are_no_trade_ticks_outside_an_exchange() -> None:
    terminal = terminal_of({"EURUSD": ROWS})
    assert ticks_of(terminal.copy_ticks_from("EURUSD", WALL_S, 5, 2)) == []


# --- symbols ---------------------------------------------------------------------------------


def test_a_symbol_shows_its_contract_quote_and_day() -> None:
    terminal = after(terminal_of({"EURUSD": ROWS}), 60.8)
    info = info_of(terminal)
    assert (info.name, info.path, info.currency_base) == ("EURUSD", "Forex\\EURUSD", "EUR")
    assert (info.bid, info.ask, info.spread, info.spread_float) == (1.0999, 1.1003, 40, True)
    assert (info.bidhigh, info.bidlow, info.askhigh, info.asklow) == (1.1, 1.0999, 1.1003, 1.1002)
    assert (info.point, info.trade_tick_size, info.trade_contract_size) == (1e-5, 1e-5, 100_000.0)
    assert (info.filling_mode, info.trade_exemode, info.trade_calc_mode) == (3, 2, 0)
    assert (info.session_open, info.session_close) == (1.1, 0.0)
    assert info_of(after(terminal, 61)).bidhigh == 1.2


def test_the_days_extremes_begin_anew_at_server_midnight() -> None:
    midnight_s = 12 * 3600.0
    rows = [*ROWS, (midnight_s, 1.15, 1.1502), (midnight_s + 5, 1.16, 1.1602)]
    terminal = after(terminal_of({"EURUSD": rows}), midnight_s + 5)
    info = info_of(terminal)
    assert (info.bidhigh, info.bidlow, info.session_open) == (1.16, 1.15, 1.15)
    assert info.session_close == 1.2
    assert info.price_change == round((1.16 / 1.2 - 1) * 100, 4)


def test_symbols_are_counted_listed_and_masked() -> None:
    quotes = {"EURUSD": ROWS, "USDJPY": [(0.0, 150.0, 150.01)], "XAUUSD": [(0.0, 2300.0, 2300.3)]}
    terminal = terminal_of(quotes)
    assert terminal.symbols_total() == 3

    def names(*args: object, **kwargs: object) -> list[str]:
        shown = terminal.symbols_get(*args, **kwargs)
        assert isinstance(shown, tuple)
        return [info.name for info in shown]

    assert names() == ["EURUSD", "USDJPY", "XAUUSD"]
    assert names("*USD") == names(group="*USD") == ["EURUSD", "XAUUSD"]
    assert names("*, !*JPY") == ["EURUSD", "XAUUSD"]
    assert names("") == ["EURUSD", "USDJPY", "XAUUSD"]
    assert terminal.symbols_get(5) is False
    assert terminal.last_error() == (-2, 'Invalid "group" argument')


def test_an_unselected_symbol_keeps_its_description_and_loses_its_tick() -> None:
    terminal = terminal_of({"EURUSD": ROWS})
    assert terminal.symbol_select("EURUSD", False) is True
    info = info_of(terminal)
    assert (info.select, info.visible) == (False, False)
    assert terminal.symbol_info_tick("EURUSD") is None
    assert terminal.last_error() == (-4, "Terminal: Not found")
    assert terminal.symbol_select("EURUSD") is True
    assert tick_of(terminal).bid == 1.1


def test_a_symbol_in_use_cannot_be_deselected() -> None:
    terminal = terminal_of({"EURUSD": ROWS})
    ticket = opened(terminal, pending("EURUSD", 2, 0.1, 1.0))
    assert terminal.symbol_select("EURUSD", False) is False
    assert terminal.last_error() == (-1, "Terminal: Call failed")
    opened(terminal, {"action": 8, "order": ticket})
    opened(terminal, buy("EURUSD", 0.1))
    assert terminal.symbol_select("EURUSD", False) is False


def test_unknown_symbols_fail_each_in_its_own_way() -> None:
    terminal = terminal_of({"EURUSD": ROWS})
    assert terminal.symbol_info("NOPE") is None
    assert terminal.last_error()[0] == -4
    assert terminal.symbol_info_tick("NOPE") is None
    assert terminal.last_error()[0] == -4
    assert terminal.symbol_select("NOPE") is False
    assert terminal.last_error()[0] == -1


def test_there_is_no_depth_of_market() -> None:
    terminal = terminal_of({"EURUSD": ROWS})
    assert terminal.market_book_add("EURUSD") is False
    assert terminal.last_error() == (1, "Success")
    assert terminal.market_book_get("EURUSD") is None
    assert terminal.last_error() == (-1, "Terminal: Call failed")
    assert terminal.market_book_release("EURUSD") is False
    assert terminal.market_book_add(5) is None
    assert terminal.last_error()[0] == -2
