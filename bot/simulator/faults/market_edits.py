"""Quotes and bars of what is still to come, changed in mid-run.

The past is never touched and the market's own arrays never written to: other terminals may share
them. Base bars are built again from the changed quotes, so bars and quotes agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.model.market import FloatArray
from bot.simulator.faults.world import World
from bot.simulator.feed import SymbolFeed
from bot.simulator.quotes import BarArrays, QuoteArrays, on_tick_grid
from bot.simulator.state import SymbolDesk
from bot.simulator.symbols import SymbolContract

Reprice = Callable[[FloatArray, FloatArray, SymbolContract], tuple[FloatArray, FloatArray]]

_MS: Final = 1000


class Window(NamedTuple):
    """A half-open span of UTC milliseconds."""

    from_ms: int
    until_ms: int

    def rows(self, times_ms: NDArray[np.int64]) -> slice:
        """Where it lies among ascending times."""
        low, high = np.searchsorted(times_ms, [self.from_ms, self.until_ms])
        return slice(int(low), int(high))


def reprice(world: World, desk: SymbolDesk, until_ms: int, how: Reprice) -> int:
    """Change all quotes after now, up to and including `until_ms`; how many there were."""
    quotes, window = desk.feed.quotes, Window(world.state.now_ms + 1, until_ms + 1)
    rows = window.rows(quotes.time_utc_ms)
    bids, asks = quotes.bid.copy(), quotes.ask.copy()
    bids[rows], asks[rows] = how(bids[rows], asks[rows], desk.contract)
    _go_on(world, desk, QuoteArrays(quotes.time_utc_ms, bids, asks), window)
    return len(bids[rows])


def silence(world: World, desk: SymbolDesk, until_ms: int) -> int:
    """Take away all quotes after now, up to and including `until_ms`; how many there were.

    Conditions are restored after the quotes of their last moment, so those belong to them.
    """
    quotes, window = desk.feed.quotes, Window(world.state.now_ms + 1, until_ms + 1)
    rows = window.rows(quotes.time_utc_ms)
    kept = np.ones(len(quotes), dtype=np.bool_)
    kept[rows] = False
    left = QuoteArrays(quotes.time_utc_ms[kept], quotes.bid[kept], quotes.ask[kept])
    _go_on(world, desk, left, window)
    return len(quotes) - len(left)


def step_by(fraction: float) -> Reprice:
    """All prices higher (or, below 0, lower) by a fraction; the spread stays."""

    def stepped(
        bids: FloatArray, asks: FloatArray, contract: SymbolContract
    ) -> tuple[FloatArray, FloatArray]:
        new_bids = on_tick_grid(bids * (1.0 + fraction), contract)
        return new_bids, np.maximum(on_tick_grid(new_bids + (asks - bids), contract), new_bids)

    return stepped


def widen_by(factor: float) -> Reprice:
    """Spreads multiplied, at least one tick before, at most the price itself; bids stay."""

    def widened(
        bids: FloatArray, asks: FloatArray, contract: SymbolContract
    ) -> tuple[FloatArray, FloatArray]:
        spreads = np.minimum(np.maximum(asks - bids, contract.tick_size) * factor, bids)
        return bids, np.maximum(on_tick_grid(bids + spreads, contract), bids)

    return widened


def _go_on(world: World, desk: SymbolDesk, quotes: QuoteArrays, window: Window) -> None:
    desk.tape.seek(world.state.now_ms)
    desk.feed = replace(desk.feed, quotes=quotes, base_bars=_bars_again(desk.feed, quotes, window))
    desk.tape.continue_with(quotes)
    world.state.books_changed()


def _bars_again(feed: SymbolFeed, quotes: QuoteArrays, window: Window) -> BarArrays:
    """Base bars that overlap the window, from their quotes; those that lost all quotes are gone.

    Bars that never had a quote stay, and so do the tick volumes.
    """
    bars, length_ms = feed.base_bars, feed.base_timeframe_s * _MS
    opens_ms = bars.open_utc_s * _MS
    touched = (opens_ms + length_ms > window.from_ms) & (opens_ms < window.until_ms)
    if not touched.any():
        return bars
    starts, stops = _quote_rows(quotes, opens_ms, length_ms)
    old_starts, old_stops = _quote_rows(feed.quotes, opens_ms, length_ms)
    emptied = touched & (stops <= starts) & (old_stops > old_starts)
    rebuilt = np.flatnonzero(touched & (stops > starts))
    changed = bars.take(slice(None))
    if len(rebuilt):
        changed = _rebuilt(bars, rebuilt, (quotes, starts[rebuilt], stops[rebuilt]), feed.contract)
    return changed.take(~emptied)


def _quote_rows(
    quotes: QuoteArrays, opens_ms: NDArray[np.int64], length_ms: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each bar's quotes as half-open rows."""
    starts = np.searchsorted(quotes.time_utc_ms, opens_ms)
    return starts, np.searchsorted(quotes.time_utc_ms, opens_ms + length_ms)


def _rebuilt(
    bars: BarArrays,
    rows: NDArray[np.int64],
    source: tuple[QuoteArrays, NDArray[np.int64], NDArray[np.int64]],
    contract: SymbolContract,
) -> BarArrays:
    quotes, starts, stops = source
    ends = np.stack([starts, stops], axis=1).ravel()
    bids = np.append(quotes.bid, 0.0)  # reduceat needs every end to be an index
    spreads = np.append(quotes.ask - quotes.bid, 0.0) / contract.point
    columns = {
        "open": bids[starts],
        "high": np.maximum.reduceat(bids, ends)[::2],
        "low": np.minimum.reduceat(bids, ends)[::2],
        "close": bids[stops - 1],
        "spread_points": np.rint(np.minimum.reduceat(spreads, ends)[::2]).astype(np.int64),
    }
    changed: dict[str, NDArray[np.float64] | NDArray[np.int64]] = {}
    for name, values in columns.items():
        column = getattr(bars, name).copy()
        column[rows] = values
        changed[name] = column
    return replace(bars, **changed)  # type: ignore[arg-type]  # names and types belong together
