"""A market that moves, and everything a script could ask of it and send to it."""

from __future__ import annotations

import numpy as np
from fault_builders import ALL_TIME
from simulator_builders import (
    BID,
    START_S,
    WALL_S,
    after,
    buy,
    contract_of,
    market_of,
    pending,
    quotes_at,
    sell,
)

from bot.simulator.feed import SymbolFeed
from bot.simulator.quotes import BarArrays
from bot.simulator.terminal import SimulatedTerminal

M1 = 1


def returns_at_last(function: str, seconds: float) -> None:
    """A hanging call that somebody has bounded."""
    del function, seconds


def two_symbols(hours: int = 2) -> SimulatedTerminal:
    """EURUSD and GBPUSD, six quotes a minute for hours, ten minutes after the start."""
    feeds = [_wandering("EURUSD", BID, 5, hours), _wandering("GBPUSD", 1.3, 7, hours)]
    terminal = SimulatedTerminal(market_of(feeds))
    assert terminal.initialize()
    return after(terminal, 600)


def _wandering(name: str, base: float, stride: int, hours: int) -> SymbolFeed:
    bids = [round(base + ((step * stride) % 17 - 8) / 1e4, 5) for step in range(360 * hours)]
    quotes = quotes_at([(10 * n, bid, round(bid + 0.0002, 5)) for n, bid in enumerate(bids)])
    minutes = quotes.bid.reshape(-1, 6)
    columns = minutes[:, 0], minutes.max(axis=1), minutes.min(axis=1), minutes[:, -1]
    opens = START_S + 60 * np.arange(len(minutes), dtype=np.int64)
    whole = np.full(len(minutes), 20, dtype=np.int64)
    bars = BarArrays(opens, *columns, whole, whole)
    return SymbolFeed(contract_of(name, stops_level=1), 60, bars, {}, quotes)


def read_everything(terminal: SimulatedTerminal) -> None:
    """Every read a script could make."""
    for symbol in ("EURUSD", "GBPUSD"):
        terminal.symbol_info(symbol)
        terminal.symbol_info_tick(symbol)
        terminal.copy_rates_from_pos(symbol, M1, 0, 6)
    terminal.symbols_get()
    terminal.symbols_total()
    terminal.account_info()
    terminal.terminal_info()
    terminal.positions_get()
    terminal.positions_total()
    terminal.orders_get()
    terminal.orders_total()
    terminal.history_orders_get(*ALL_TIME)
    terminal.history_deals_get(*ALL_TIME)
    terminal.history_deals_total(*ALL_TIME)


def trade_everything(terminal: SimulatedTerminal) -> None:
    """Every kind of request, each with what it may carry."""
    for symbol, price in (("EURUSD", BID), ("GBPUSD", 1.3)):
        levels = {"sl": round(price - 0.05, 5), "tp": round(price + 0.05, 5), "comment": "a key"}
        entry = terminal.order_send(buy(symbol, 0.3, **levels))
        dated = {"type_time": 2, "expiration": WALL_S + 90 * 86_400, **levels}
        levels_only = {key: levels[key] for key in ("sl", "tp")}
        rest = terminal.order_send(pending(symbol, 2, 0.1, round(price - 0.01, 5), **dated))
        ticket = getattr(entry, "order", 0)
        edit = {"action": 6, "position": ticket, "symbol": symbol, **levels_only}
        terminal.order_send(edit | {"sl": round(price - 0.04, 5)})
        read_everything(terminal)
        terminal.order_send(sell(symbol, 0.1, position=ticket))
        terminal.order_send({"action": 8, "order": getattr(rest, "order", 0)})
        terminal.order_send(sell(symbol, 0.2, position=ticket))
        read_everything(terminal)
