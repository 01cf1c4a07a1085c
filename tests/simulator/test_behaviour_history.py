"""Bars and ticks that are still on their way, limits, and late rows (BEHAVIOUR 4, 6, 8, 13)."""

from __future__ import annotations

import numpy as np
import pytest
from simulator_builders import (
    START_S,
    WALL_S,
    after,
    buy,
    contract_of,
    market_of,
    opened,
    pending,
    quotes_at,
    sell,
    terminal_of,
)

from bot.simulator.config import AccountConfig, TerminalConfig
from bot.simulator.feed import SymbolFeed
from bot.simulator.quotes import BarArrays
from bot.simulator.terminal import SimulatedTerminal

M1 = 1
HISTORY_BARS = 60


def history() -> BarArrays:
    opens = START_S - 60 * np.arange(HISTORY_BARS, 0, -1, dtype=np.int64)
    prices = np.full(HISTORY_BARS, 1.1)
    ones = np.ones(HISTORY_BARS, dtype=np.int64)
    return BarArrays(opens, prices, prices, prices, prices, ones, ones)


def charted(terminal: TerminalConfig) -> SimulatedTerminal:
    """Sixty M1 bars of history, then a quote a second for five minutes."""
    quotes = quotes_at([(float(n), 1.1, 1.1002) for n in range(300)])
    opens = START_S + 60 * np.arange(5, dtype=np.int64)
    prices, ones = np.full(5, 1.1), np.ones(5, dtype=np.int64)
    base = BarArrays(opens, prices, prices, prices, prices, ones * 60, ones)
    feed = SymbolFeed(contract_of("EURUSD"), 60, base, {60: history()}, quotes)
    simulated = SimulatedTerminal(market_of([feed]), AccountConfig(), terminal)
    assert simulated.initialize()
    return simulated


def bars_count(terminal: SimulatedTerminal, count: int = 1_000) -> int:
    rates = terminal.copy_rates_from_pos("EURUSD", M1, 0, count)
    assert rates is not None, terminal.last_error()
    return len(rates)


# --- synchronisation -------------------------------------------------------------------------


def test_the_first_request_is_partial_until_the_history_has_arrived() -> None:
    terminal = charted(TerminalConfig(history_sync_s=30.0, history_local_count=10))
    assert bars_count(terminal) == 10
    assert bars_count(after(terminal, 29)) == 10
    assert bars_count(after(terminal, 30)) == 61


def test_a_range_of_what_has_not_arrived_is_empty_and_no_error() -> None:
    terminal = charted(TerminalConfig(history_sync_s=30.0, history_local_count=10))
    old = terminal.copy_rates_range("EURUSD", M1, WALL_S - 3_600, WALL_S - 1_800)
    assert old is not None
    assert (len(old), terminal.last_error()) == (0, (1, "Success"))
    old = after(terminal, 30).copy_rates_range("EURUSD", M1, WALL_S - 3_600, WALL_S - 1_800)
    assert old is not None
    assert len(old) == 31


def test_with_nothing_local_the_first_request_fails_and_starts_the_download() -> None:
    terminal = charted(TerminalConfig(history_sync_s=5.0))
    assert terminal.copy_rates_from("EURUSD", M1, WALL_S, 5) is None
    assert terminal.last_error() == (-1, "Terminal: Call failed")
    rates = after(terminal, 5).copy_rates_from("EURUSD", M1, WALL_S, 5)
    assert rates is not None
    assert len(rates) == 5


def test_each_timeframe_and_the_ticks_arrive_by_themselves() -> None:
    terminal = charted(TerminalConfig(history_sync_s=5.0, history_local_count=4))
    bars_count(terminal)
    after(terminal, 100)
    ticks = terminal.copy_ticks_from("EURUSD", WALL_S, 1_000, -1)
    assert ticks is not None
    assert (bars_count(terminal), len(ticks)) == (62, 4)
    ticks = after(terminal, 105).copy_ticks_from("EURUSD", WALL_S, 1_000, -1)
    assert ticks is not None
    assert len(ticks) == 106


@pytest.mark.parametrize("connect", ["initialize", "login"])
def test_after_a_login_everything_has_to_arrive_anew(connect: str) -> None:
    terminal = charted(TerminalConfig(history_sync_s=30.0, history_local_count=10))
    bars_count(terminal)
    after(terminal, 40)
    assert getattr(terminal, connect)(login=AccountConfig().login) is True
    assert bars_count(terminal) == 10
    assert bars_count(after(terminal, 70)) == 62


# --- limits ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "is_served"), [(49, True), (50, False), (51, False)])
def test_a_count_of_max_bars_or_more_fails_as_a_whole(count: int, is_served: bool) -> None:
    terminal = charted(TerminalConfig(bars_max_count=50))
    for rates in (
        terminal.copy_rates_from_pos("EURUSD", M1, 0, count),
        terminal.copy_rates_from("EURUSD", M1, WALL_S, count),
    ):
        assert (rates is not None) is is_served
    expected = (1, "Success") if is_served else (-2, "Terminal: Invalid params")
    assert terminal.last_error() == expected


def test_fewer_bars_than_asked_for_are_a_shorter_array_and_no_error() -> None:
    terminal = charted(TerminalConfig())
    assert bars_count(terminal, 500) == 61
    assert terminal.last_error() == (1, "Success")


def test_an_empty_window_of_ticks_is_an_empty_array_with_success() -> None:
    terminal = charted(TerminalConfig())
    ticks = terminal.copy_ticks_range("EURUSD", WALL_S - 50, WALL_S - 10, -1)
    assert ticks is not None
    assert (len(ticks), terminal.last_error()) == (0, (1, "Success"))


# --- late rows -------------------------------------------------------------------------------


def test_a_new_position_can_be_invisible_for_a_while() -> None:
    terminal = terminal_of({"EURUSD": [(0.0, 1.1, 1.1002)]})
    terminal.operator.delays.position_s = 2.0
    ticket = opened(terminal, buy("EURUSD", 0.1))
    assert (terminal.positions_get(ticket=ticket), terminal.positions_total()) == ((), 0)
    assert terminal.last_error() == (1, "Success")
    after(terminal, 1.999)
    assert terminal.positions_get() == ()
    after(terminal, 2)
    assert [p.ticket for p in terminal.positions_get() or ()] == [ticket]
    assert terminal.positions_total() == 1


def test_a_new_order_can_be_invisible_for_a_while() -> None:
    terminal = terminal_of({"EURUSD": [(0.0, 1.1, 1.1002)]})
    terminal.operator.delays.order_s = 1.0
    ticket = opened(terminal, pending("EURUSD", 2, 0.1, 1.0))
    assert (terminal.orders_get(), terminal.orders_total()) == ((), 0)
    after(terminal, 1)
    assert [o.ticket for o in terminal.orders_get() or ()] == [ticket]
    assert terminal.orders_total() == 1


def test_deals_and_finished_orders_can_reach_the_history_after_the_answer() -> None:
    terminal = terminal_of({"EURUSD": [(0.0, 1.1, 1.1002)]})
    after(terminal, 100)
    terminal.operator.delays.history_s = 1.5
    ticket = opened(terminal, buy("EURUSD", 0.1))

    def seen() -> tuple[int, int, int, int]:
        window = (WALL_S - 86_400, WALL_S + 86_400)
        return (
            len(terminal.history_deals_get(ticket=ticket) or ()),
            len(terminal.history_orders_get(position=ticket) or ()),
            terminal.history_deals_total(*window) or 0,
            terminal.history_orders_total(*window) or 0,
        )

    assert seen() == (0, 0, 1, 0)  # the deposit has been there for long
    after(terminal, 101.5)
    assert seen() == (1, 1, 2, 1)


def test_what_is_invisible_is_nonetheless_there() -> None:
    terminal = terminal_of({"EURUSD": [(0.0, 1.1, 1.1002)]})
    terminal.operator.delays.position_s = 10.0
    ticket = opened(terminal, buy("EURUSD", 0.1))
    info = terminal.account_info()
    assert info is not None
    assert info.margin > 0.0
    opened(terminal, sell("EURUSD", 0.1, position=ticket))
    after(terminal, 20)
    assert terminal.positions_get() == ()
