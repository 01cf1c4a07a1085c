"""Market Watch, conversion crosses, last ticks and the depth of market (BEHAVIOUR 3, 7)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from simulator_builders import (
    BID,
    START_S,
    WALL_S,
    after,
    buy,
    contract_of,
    feed_of,
    market_of,
    opened,
    retcode,
    sell,
    terminal_of,
)

from bot.errors import DataError
from bot.simulator.config import AccountConfig, TerminalConfig
from bot.simulator.structs import BookInfo, Tick
from bot.simulator.symbol_struct import SymbolInfo
from bot.simulator.symbols import default_contract
from bot.simulator.terminal import SimulatedTerminal

EURUSD = [(0.0, 1.1, 1.1002)]
GBPUSD = [(0.0, 1.3, 1.3002)]
USDJPY = [(0.0, 150.0, 150.02)]


def watched(*names: str) -> SimulatedTerminal:
    """Three pairs of which only `names` stand in Market Watch."""
    quotes = {"EURUSD": EURUSD, "GBPUSD": GBPUSD, "USDJPY": USDJPY}
    feeds = [feed_of(contract_of(name), rows) for name, rows in quotes.items()]
    terminal = SimulatedTerminal(
        market_of(feeds), AccountConfig(), TerminalConfig(market_watch=names)
    )
    assert terminal.initialize()
    return terminal


def info_of(terminal: SimulatedTerminal, name: str) -> SymbolInfo:
    info = terminal.symbol_info(name)
    assert info is not None
    return info


def tick_of(terminal: SimulatedTerminal) -> Tick:
    tick = terminal.symbol_info_tick("EURUSD")
    assert tick is not None
    return tick


# --- Market Watch ----------------------------------------------------------------------------


def test_a_symbol_outside_market_watch_has_a_description_but_no_tick() -> None:
    terminal = watched("GBPUSD")
    info = info_of(terminal, "EURUSD")
    assert (info.select, info.visible, info.digits) == (False, False, 5)
    assert terminal.symbol_info_tick("EURUSD") is None
    assert terminal.last_error() == (-4, "Terminal: Not found")
    assert [s.name for s in terminal.symbols_get() or ()] == ["EURUSD", "GBPUSD", "USDJPY"]


def test_an_unselected_symbol_has_no_prices_to_trade_at() -> None:
    terminal = watched("GBPUSD")
    assert retcode(terminal, buy("EURUSD", 0.1)) == 10021


def test_select_puts_in_unless_told_otherwise() -> None:
    terminal = watched("GBPUSD")
    assert terminal.symbol_select("EURUSD") is True
    assert info_of(terminal, "EURUSD").visible
    assert tick_of(terminal).bid == 1.1
    assert terminal.symbol_select("EURUSD", False) is True
    assert not info_of(terminal, "EURUSD").select


def test_the_first_tick_after_select_can_take_a_while() -> None:
    feeds = [feed_of(contract_of("EURUSD"), EURUSD)]
    config = TerminalConfig(market_watch=(), first_tick_s=3.0)
    terminal = SimulatedTerminal(market_of(feeds), AccountConfig(), config)
    assert terminal.initialize()
    assert terminal.symbol_select("EURUSD")
    after(terminal, 2.999)
    assert tuple(tick_of(terminal)) == (0, 0.0, 0.0, 0.0, 0, 0, 0, 0.0)
    assert retcode(terminal, buy("EURUSD", 0.1)) == 10021
    after(terminal, 3)
    assert tick_of(terminal).time_msc == WALL_S * 1000
    assert retcode(terminal, buy("EURUSD", 0.1)) == 10009


def test_crosses_for_conversion_are_selected_without_being_shown() -> None:
    names = ("EURGBP", "EURUSD", "GBPUSD", "AUDUSD")
    feeds = [feed_of(contract_of(name), [(0.0, 0.85, 0.8502)]) for name in names]
    config = TerminalConfig(market_watch=("EURGBP",))
    terminal = SimulatedTerminal(market_of(feeds), AccountConfig(), config)
    assert terminal.initialize()
    shown = {name: info_of(terminal, name) for name in names}
    assert {name: (info.select, info.visible) for name, info in shown.items()} == {
        "EURGBP": (True, True),
        "EURUSD": (True, False),  # what a euro of margin is in dollars
        "GBPUSD": (True, False),  # what a pound of profit is in dollars
        "AUDUSD": (False, False),
    }


def test_a_cross_stays_selected_while_an_open_position_needs_it() -> None:
    quotes = {"EURGBP": [(0.0, 0.85, 0.8502)], "EURUSD": EURUSD, "GBPUSD": GBPUSD}
    terminal = terminal_of(quotes)
    ticket = opened(terminal, buy("EURGBP", 0.1))
    assert terminal.symbol_select("GBPUSD", False) is True
    assert (info_of(terminal, "GBPUSD").select, info_of(terminal, "GBPUSD").visible) == (
        True,
        False,
    )
    opened(terminal, sell("EURGBP", 0.1, position=ticket))
    assert terminal.symbol_select("GBPUSD", False) is True
    assert info_of(terminal, "GBPUSD").select is False


def test_tick_values_are_0_while_the_cross_is_not_selected() -> None:
    quotes = {"EURGBP": [(0.0, 0.85, 0.8502)], "EURUSD": EURUSD, "GBPUSD": GBPUSD}
    terminal = terminal_of(quotes)
    assert info_of(terminal, "EURGBP").trade_tick_value == pytest.approx(1.3)
    terminal.symbol_select("GBPUSD", False)
    info = info_of(terminal, "EURGBP")
    assert (info.trade_tick_value, info.trade_tick_value_loss) == (0.0, 0.0)


def test_market_watch_names_symbols_of_the_market() -> None:
    with pytest.raises(DataError, match="market_watch names \\['NOPE'\\]; the market has: EURUSD"):
        watched("NOPE")


def test_names_may_carry_the_brokers_decoration() -> None:
    decorated = replace(default_contract("EURUSD", ".raw"), sessions=contract_of("EURUSD").sessions)
    terminal = SimulatedTerminal(market_of([feed_of(decorated, EURUSD)]))
    assert terminal.initialize()
    assert [s.name for s in terminal.symbols_get("EURUSD*") or ()] == ["EURUSD.raw"]
    info = info_of(terminal, "EURUSD.raw")
    assert (info.currency_base, info.currency_profit) == ("EUR", "USD")
    assert retcode(terminal, buy("EURUSD", 0.1)) == 10013
    opened(terminal, buy("EURUSD.raw", 0.1))


# --- last tick -------------------------------------------------------------------------------


def test_flags_tell_which_side_of_the_last_quote_changed() -> None:
    rows = [
        (0.0, 1.1, 1.1002),
        (1.0, 1.1001, 1.1002),
        (2.0, 1.1001, 1.1003),
        (3.0, 1.1, 1.1002),
        (4.0, 1.1, 1.1002),
    ]
    terminal = terminal_of({"EURUSD": rows})
    flags = [tick_of(after(terminal, float(n))).flags for n in range(5)]
    assert flags == [6, 2, 4, 6, 0]
    ticks = terminal.copy_ticks_from("EURUSD", WALL_S, 10, -1)
    assert ticks is not None
    assert ticks["flags"].tolist() == flags


def test_a_dead_feed_shows_its_last_tick_for_days_and_the_spread_of_now() -> None:
    terminal = terminal_of({"EURUSD": [(0.0, 1.1, 1.1002), (5.0, 1.1, 1.1007)]})
    assert info_of(terminal, "EURUSD").spread == 20
    after(terminal, 10 * 86_400.0)
    assert (tick_of(terminal).time, info_of(terminal, "EURUSD").spread) == (WALL_S + 5, 70)
    assert info_of(terminal, "EURUSD").time == WALL_S + 5


def test_over_the_counter_ticks_have_no_last_price_and_no_volume() -> None:
    tick = tick_of(terminal_of({"EURUSD": EURUSD}))
    assert (tick.last, tick.volume, tick.volume_real) == (0.0, 0, 0.0)


# --- depth of market -------------------------------------------------------------------------


def deep(**changes: object) -> SimulatedTerminal:
    rows = [(0.0, BID, 1.1002), (60.0, 1.2, 1.2001)]
    contract = contract_of("EURUSD", book_depth=2, **changes)
    return terminal_of({"EURUSD": rows}, {"EURUSD": contract})


def levels_of(book: tuple[BookInfo, ...] | None) -> list[tuple[int, float, int, float]]:
    assert book is not None
    return [(level.type, level.price, level.volume, level.volume_dbl) for level in book]


def test_a_followed_symbol_shows_its_depth_sells_first_and_prices_falling() -> None:
    terminal = deep(liquidity_lots=1.5)
    assert info_of(terminal, "EURUSD").ticks_bookdepth == 2
    assert terminal.market_book_add("EURUSD") is True
    assert levels_of(terminal.market_book_get("EURUSD")) == [
        (1, 1.10021, 3, 3.0),
        (1, 1.1002, 1, 1.5),
        (2, 1.1, 1, 1.5),
        (2, 1.09999, 3, 3.0),
    ]
    assert levels_of(after(terminal, 60).market_book_get("EURUSD"))[1:3] == [
        (1, 1.2001, 1, 1.5),
        (2, 1.2, 1, 1.5),
    ]


def test_the_depth_is_there_between_add_and_release_only() -> None:
    terminal = deep()
    assert terminal.market_book_get("EURUSD") is None
    assert terminal.last_error() == (-1, "Terminal: Call failed")
    assert terminal.market_book_release("EURUSD") is False
    assert terminal.market_book_add("EURUSD") is True
    assert terminal.market_book_release("EURUSD") is True
    assert terminal.market_book_get("EURUSD") is None


@pytest.mark.parametrize("reason", ["no depth", "unselected", "unknown"])
def test_where_there_is_no_depth_add_is_false_and_last_error_success(reason: str) -> None:
    terminal = terminal_of({"EURUSD": EURUSD}) if reason == "no depth" else deep()
    if reason == "unselected":
        terminal.symbol_select("EURUSD", False)
    name = "NOPE" if reason == "unknown" else "EURUSD"
    assert terminal.market_book_add(name) is False
    assert terminal.last_error() == (1, "Success")


def test_before_the_first_quote_the_depth_is_empty() -> None:
    contract = contract_of("EURUSD", book_depth=2)
    terminal = terminal_of({"EURUSD": [(60.0, 1.1, 1.1002)]}, {"EURUSD": contract})
    assert terminal.market_book_add("EURUSD") is True
    assert terminal.market_book_get("EURUSD") == ()
    assert terminal.now_utc_s == START_S
