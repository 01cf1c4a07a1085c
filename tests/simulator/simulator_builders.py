"""Small markets whose every quote is written down in the test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from bot.rules.calendar import DAY_S
from bot.simulator.config import AccountConfig
from bot.simulator.feed import Market, SymbolFeed
from bot.simulator.quotes import BarArrays, QuoteArrays
from bot.simulator.retcodes import RETCODE_TEXTS
from bot.simulator.symbols import SymbolContract, default_contract
from bot.simulator.terminal import SimulatedTerminal

START_S = 1_717_405_200  # Monday 2024-06-03 09:00 UTC, 12:00 on the server's clock
SUMMER_OFFSET_S = 3 * 3600
WALL_S = START_S + SUMMER_OFFSET_S
BID, ASK = 1.1, 1.1002
DONE = 10009
ALWAYS_OPEN = (((0, DAY_S),),) * 7

Quote = tuple[float, float, float]
"""Seconds after the start, bid, ask."""


def contract_of(name: str, **changes: object) -> SymbolContract:
    """The usual contract, open around the clock and free of commission unless changed."""
    plain = replace(
        default_contract(name),
        sessions=ALWAYS_OPEN,
        commission_money_per_lot_round_trip=0.0,
        commission_fraction_of_notional=0.0,
        stops_level=0,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def quotes_at(quotes: Sequence[Quote], start_s: float = START_S) -> QuoteArrays:
    """Quote arrays from (seconds after the start, bid, ask)."""
    rows = np.array(quotes, dtype=np.float64).reshape(-1, 3)
    times = np.rint((rows[:, 0] + start_s) * 1000).astype(np.int64)
    return QuoteArrays(times, rows[:, 1].copy(), rows[:, 2].copy())


def no_bars() -> BarArrays:
    """Bars of a symbol nobody asks bars of."""
    whole, price = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64)
    return BarArrays(whole, price, price, price, price, whole, whole)


def feed_of(contract: SymbolContract, quotes: Sequence[Quote]) -> SymbolFeed:
    """A feed of hand-written quotes without bars."""
    return SymbolFeed(contract, 3600, no_bars(), {}, quotes_at(quotes))


def market_of(feeds: Iterable[SymbolFeed]) -> Market:
    """A market over thirty days from the start."""
    by_name = {feed.contract.name: feed for feed in feeds}
    return Market("by hand", by_name, START_S, START_S + 30 * DAY_S)


def terminal_of(
    quotes: Mapping[str, Sequence[Quote]],
    contracts: Mapping[str, SymbolContract] | None = None,
    account: AccountConfig | None = None,
) -> SimulatedTerminal:
    """An attached terminal over hand-written quotes, standing at the first moment."""
    known = contracts or {}
    feeds = [feed_of(known.get(name, contract_of(name)), rows) for name, rows in quotes.items()]
    terminal = SimulatedTerminal(market_of(feeds), account or AccountConfig())
    assert terminal.initialize()
    return terminal


def after(terminal: SimulatedTerminal, seconds: float) -> SimulatedTerminal:
    """The same terminal, moved to `seconds` after the start."""
    terminal.advance_to(START_S + seconds)
    return terminal


def buy(symbol: str, lots: float, **more: object) -> dict[str, object]:
    """A market buy, as a script writes it."""
    request: dict[str, object] = {
        "action": 1,
        "symbol": symbol,
        "volume": lots,
        "type": 0,
        "type_filling": 1,
    }
    return request | more


def sell(symbol: str, lots: float, **more: object) -> dict[str, object]:
    """A market sell."""
    return buy(symbol, lots, **({"type": 1} | more))


def pending(symbol: str, kind: int, lots: float, price: float, **more: object) -> dict[str, object]:
    """A pending order of ORDER_TYPE_* `kind`."""
    request: dict[str, object] = {
        "action": 5,
        "symbol": symbol,
        "volume": lots,
        "type": kind,
        "price": price,
        "type_filling": 2,
    }
    return request | more


def terminal_with(account: AccountConfig | None = None, **changes: object) -> SimulatedTerminal:
    """One EURUSD quote and a contract changed as told."""
    contract = contract_of("EURUSD", **changes)
    return terminal_of({"EURUSD": [(0, BID, ASK)]}, {"EURUSD": contract}, account)


def retcode(terminal: SimulatedTerminal, request: dict[str, object]) -> int:
    """The server's answer; its comment must fit."""
    result = terminal.order_send(request)
    assert result is not None, terminal.last_error()
    assert result.comment == RETCODE_TEXTS[result.retcode]
    return result.retcode


def opened(terminal: SimulatedTerminal, request: dict[str, object]) -> int:
    """The ticket of a request that must be accepted."""
    result = terminal.order_send(request)
    assert result is not None
    assert result.retcode == DONE, result.comment
    return result.order
