"""The signals of many symbols, in the order in which one account hears them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.backtest.compiled import compiled
from bot.backtest.inputs import Records
from bot.backtest.sieve_cues import FIRST_BAR, Bars, Prices, cues_of

CALL = np.dtype(
    [("row", "i8"), ("symbol", "i8"), ("side", "i8"), ("range_price", "f8")], align=True
)
"""A signal of one symbol at a row, and the average true range there."""


class Grid(NamedTuple):
    """Moments in ns, shape (rows,); prices, shape (rows, symbols), NaN without a bar."""

    time_ns: NDArray[np.int64]
    open: Prices
    high: Prices
    low: Prices
    close: Prices


class OwnBars(NamedTuple):
    """The bars each symbol has, shape (symbols, rows), of which the first `counts` are filled."""

    counts: NDArray[np.int64]
    rows: NDArray[np.int64]
    high: Prices
    low: Prices
    close: Prices


@compiled
def own_bars(grid: Grid) -> OwnBars:
    """The grid turned on its side, in one pass along its rows, without the gaps."""
    rows_count, symbols_count = grid.close.shape
    shape = (symbols_count, rows_count)
    counts, rows = np.zeros(symbols_count, dtype=np.int64), np.empty(shape, dtype=np.int64)
    high, low, close = np.empty(shape), np.empty(shape), np.empty(shape)
    for row in range(rows_count):
        for symbol in range(symbols_count):
            price = grid.close[row, symbol]
            if not math.isnan(price):
                k = counts[symbol]
                rows[symbol, k], close[symbol, k] = row, price
                high[symbol, k], low[symbol, k] = grid.high[row, symbol], grid.low[row, symbol]
                counts[symbol] = k + 1
    return OwnBars(counts, rows, high, low, close)


@compiled
def calls_of(grid: Grid, periods: tuple[int, int, int]) -> Records:
    """Every symbol's signals on its own bars, merged into the order of rows."""
    rows_count, symbols_count = grid.close.shape
    found = np.empty(grid.close.size // 2 + symbols_count, dtype=CALL)
    own = own_bars(grid)
    count = 0
    for symbol in range(symbols_count):
        kept = own.counts[symbol]
        if kept == 0:
            continue
        high, low = own.high[symbol, :kept], own.low[symbol, :kept]
        close = own.close[symbol, :kept]
        cues = cues_of(Bars(close, high, low, close), periods, FIRST_BAR)
        for k in range(len(cues)):
            call, cue = found[count], cues[k]
            call.row, call.symbol = own.rows[symbol, cue.bar], symbol
            call.side, call.range_price = cue.side, cue.range_price
            count += 1
    return in_rows(found[:count], rows_count)


@compiled
def in_rows(calls: Records, rows_count: int) -> Records:
    """The calls in the order of rows, and within one in the order they had (a counting sort)."""
    begins = np.zeros(rows_count + 1, dtype=np.int64)
    for k in range(len(calls)):
        begins[calls[k].row + 1] += 1
    for row in range(rows_count):
        begins[row + 1] += begins[row]
    found = np.empty_like(calls)
    for k in range(len(calls)):
        row = calls[k].row
        found[begins[row]] = calls[k]
        begins[row] += 1
    return found
