"""Recorded ticks as a market: every quote as it was, minute bars made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from bot.errors import DataError
from bot.model.market import FloatArray, IntArray
from bot.simulator.bar_collapse import M1_S
from bot.simulator.feed import BarSource, Market, Replay, SymbolFeed, history_before
from bot.simulator.quotes import BarArrays, QuoteArrays, on_tick_grid
from bot.simulator.session_clock import open_spans_utc_s
from bot.simulator.symbols import SymbolContract, default_contract
from bot.timezones import server_offset_table

_MS: Final = 1000


class TickSource(Protocol):
    """Recorded ticks of one symbol, oldest first."""

    @property
    def time_utc_ms(self) -> IntArray:
        """When each came, UTC milliseconds."""

    @property
    def bid(self) -> FloatArray:
        """Bids."""

    @property
    def ask(self) -> FloatArray:
        """Asks."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceTicks:
    """The plainest `TickSource`."""

    time_utc_ms: IntArray
    bid: FloatArray
    ask: FloatArray


def market_from_ticks(
    name: str,
    ticks: Mapping[str, TickSource],
    replay: Replay,
    bars: Mapping[str, Mapping[int, BarSource]] | None = None,
) -> Market:
    """The market that lived through recorded ticks, by symbol.

    Ticks that are crossed, without a price or outside the symbol's sessions are left out. `bars`,
    by symbol and timeframe in seconds, and the ticks before the window are its history. Raises
    `DataError` for an unknown symbol, and when a symbol has no tick in the window.
    """
    feeds: dict[str, SymbolFeed] = {}
    for symbol, source in ticks.items():
        contract = default_contract(symbol, replay.suffix)
        quotes = _usable(source, contract)
        low, high = np.searchsorted(
            quotes.time_utc_ms, [replay.start_utc_s * _MS, replay.end_utc_s * _MS]
        ).tolist()
        if low == high:
            message = (
                f"{symbol}: no usable tick from {replay.start_utc_s} to {replay.end_utc_s} "
                f"(UTC seconds); there are {len(quotes)}{_span_text(quotes)}"
            )
            raise DataError(message)
        history = history_before(symbol, (bars or {}).get(symbol, {}), replay)
        history.setdefault(M1_S, minute_bars(_part(quotes, 0, low), contract))
        live = _part(quotes, low, high)
        base_bars = minute_bars(live, contract)
        feeds[contract.name] = SymbolFeed(contract, M1_S, base_bars, history, live)
    return Market(name, feeds, replay.start_utc_s, replay.end_utc_s)


def minute_bars(quotes: QuoteArrays, contract: SymbolContract) -> BarArrays:
    """Bid bars of the minutes that have a quote, with ticks counted and the narrowest spread."""
    if len(quotes) == 0:
        whole, price = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64)
        return BarArrays(whole, price, price, price, price, whole, whole)
    opens = quotes.time_utc_ms // (M1_S * _MS) * M1_S
    firsts = np.flatnonzero(np.diff(opens, prepend=opens[:1] - 1)).astype(np.int64)
    lasts = np.append(firsts[1:], len(opens)) - 1
    spreads = np.rint((quotes.ask - quotes.bid) / contract.point).astype(np.int64)
    return BarArrays(
        opens[firsts],
        quotes.bid[firsts],
        np.maximum.reduceat(quotes.bid, firsts),
        np.minimum.reduceat(quotes.bid, firsts),
        quotes.bid[lasts],
        lasts - firsts + 1,
        np.minimum.reduceat(spreads, firsts),
    )


def _usable(source: TickSource, contract: SymbolContract) -> QuoteArrays:
    times_ms = np.asarray(source.time_utc_ms, dtype=np.int64)
    seconds, clock = times_ms // _MS, server_offset_table()
    starts, ends = open_spans_utc_s(seconds, 1, contract, clock)
    is_usable = (source.bid > 0) & (source.ask >= source.bid) & (ends > starts)
    bids, asks = (on_tick_grid(prices[is_usable], contract) for prices in (source.bid, source.ask))
    return QuoteArrays(times_ms[is_usable], bids, np.maximum(asks, bids))


def _part(quotes: QuoteArrays, low: int, high: int) -> QuoteArrays:
    rows = slice(low, high)
    return QuoteArrays(quotes.time_utc_ms[rows], quotes.bid[rows], quotes.ask[rows])


def _span_text(quotes: QuoteArrays) -> str:
    if len(quotes) == 0:
        return ""
    first, last = quotes.time_utc_ms[0] // _MS, quotes.time_utc_ms[-1] // _MS
    return f", {first} to {last}"
