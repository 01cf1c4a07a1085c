"""Bars and quotes as arrays, and how a bar is replayed as quotes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.errors import DataError
from bot.model.market import FloatArray, IntArray, OffsetTable
from bot.simulator.session_clock import open_spans_utc_s
from bot.simulator.symbols import SymbolContract

_MS: Final = 1000
_CLOSE_LEAD_MS: Final = 1000  # the closing quote comes one second before the bar ends
_QUOTES_PER_BAR: Final = 4
_PATH_THIRDS: Final = (0, 1, 2, 3)  # where in the bar's open time each of its four quotes falls


@dataclass(frozen=True, slots=True, eq=False)
class BarArrays:
    """Bars of one symbol and timeframe, oldest first: bid prices, ticks counted, spread in points.

    Open times ascend strictly; `spread_points` is the narrowest spread of the bar, as MT5 shows it.
    """

    open_utc_s: IntArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    tick_volume: IntArray
    spread_points: IntArray

    def __post_init__(self) -> None:
        _demand_equal_lengths(
            open_utc_s=self.open_utc_s,
            open=self.open,
            high=self.high,
            low=self.low,
            close=self.close,
            tick_volume=self.tick_volume,
            spread_points=self.spread_points,
        )
        if np.any(np.diff(self.open_utc_s) <= 0):
            row = int(np.argmax(np.diff(self.open_utc_s) <= 0)) + 1
            message = f"bar {row} opens at {self.open_utc_s[row]}, not after the bar before it"
            raise DataError(message)

    def __len__(self) -> int:
        return len(self.open_utc_s)

    def take(self, chosen: NDArray[np.bool_] | slice) -> BarArrays:
        """The chosen bars, in their order."""
        return BarArrays(
            self.open_utc_s[chosen],
            self.open[chosen],
            self.high[chosen],
            self.low[chosen],
            self.close[chosen],
            self.tick_volume[chosen],
            self.spread_points[chosen],
        )


@dataclass(frozen=True, slots=True, eq=False)
class QuoteArrays:
    """Quotes of one symbol, oldest first; ask is never below bid."""

    time_utc_ms: IntArray
    bid: FloatArray
    ask: FloatArray

    def __post_init__(self) -> None:
        _demand_equal_lengths(time_utc_ms=self.time_utc_ms, bid=self.bid, ask=self.ask)
        if np.any(np.diff(self.time_utc_ms) < 0):
            row = int(np.argmax(np.diff(self.time_utc_ms) < 0)) + 1
            message = f"quote {row} is of {self.time_utc_ms[row]} ms, before the quote before it"
            raise DataError(message)
        crossed = np.flatnonzero(self.ask < self.bid)
        if len(crossed):
            row = int(crossed[0])
            message = f"quote {row}: ask {self.ask[row]} is below bid {self.bid[row]}"
            raise DataError(message)

    def __len__(self) -> int:
        return len(self.time_utc_ms)


class ExtremeOrder(Enum):
    """Which extreme of a bar is replayed first; a bar that closes unchanged counts as rising.

    ADVERSE_FIRST: the extreme against the close: a rising bar goes open, low, high, close.
    BY_DIRECTION: the extreme towards the close: a rising bar goes open, high, low, close.
    RANDOM: drawn per bar from the seed and the bar's open time, whatever window is replayed.
    """

    ADVERSE_FIRST = "adverse_first"
    BY_DIRECTION = "by_direction"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class QuotePath:
    """How bars become quotes.

    With `repeat_every_s` above 0 the last quote is repeated with a fresh stamp at least that often
    inside a bar: no new price, but a price a staleness check accepts when bars are long.
    """

    order: ExtremeOrder = ExtremeOrder.ADVERSE_FIRST
    seed: int = 0
    repeat_every_s: int = 0

    def __post_init__(self) -> None:
        if self.repeat_every_s < 0:
            message = f"repeat_every_s is {self.repeat_every_s}; allowed: 0 (off) or more"
            raise DataError(message)


def on_tick_grid(prices: FloatArray, contract: SymbolContract) -> FloatArray:
    """`prices` rounded to the contract's tick, each the float that its decimal text would give."""
    scale = 10.0**contract.digits
    ticks = np.rint(prices / contract.tick_size)
    return np.asarray(np.rint(ticks * (contract.tick_size * scale)) / scale, dtype=np.float64)


def quotes_from_bars(
    bars: BarArrays,
    timeframe_s: int,
    contract: SymbolContract,
    clock: OffsetTable,
    path: QuotePath | None = None,
) -> QuoteArrays:
    """Each bar as four quotes: open, one extreme, the other, close; none outside a session.

    Quotes fall at the start, after one and two thirds, and a second before the end of the part of
    the bar that lies inside the symbol's session. Ask is bid plus the bar's spread, at least 0.
    Bars without a second in any session give no quotes.
    """
    path = path or QuotePath()
    starts_utc_s, ends_utc_s = open_spans_utc_s(bars.open_utc_s, timeframe_s, contract, clock)
    inside = ends_utc_s > starts_utc_s
    if not inside.all():
        bars, starts_utc_s, ends_utc_s = bars.take(inside), starts_utc_s[inside], ends_utc_s[inside]
    times_utc_ms = _path_times_utc_ms(starts_utc_s, ends_utc_s, bars.open_utc_s)
    bids = on_tick_grid(_path_bids(bars, path), contract).ravel()
    spreads = np.repeat(np.maximum(bars.spread_points, 0) * contract.point, _QUOTES_PER_BAR)
    quotes = QuoteArrays(times_utc_ms.ravel(), bids, _asks(bids, spreads, contract))
    if path.repeat_every_s == 0:
        return quotes
    return _with_repeats(quotes, ends_utc_s, path.repeat_every_s)


def _path_times_utc_ms(starts_utc_s: IntArray, ends_utc_s: IntArray, opens: IntArray) -> IntArray:
    next_opens = np.append(opens[1:], np.iinfo(np.int64).max // _MS)
    ends = np.minimum(ends_utc_s, np.maximum(next_opens, starts_utc_s + 1))
    lengths_ms = (ends - starts_utc_s) * _MS - _CLOSE_LEAD_MS
    offsets = [lengths_ms * third // _PATH_THIRDS[-1] for third in _PATH_THIRDS]
    return np.stack([starts_utc_s * _MS + offset for offset in offsets], axis=1)


def _path_bids(bars: BarArrays, path: QuotePath) -> FloatArray:
    low_first = _is_low_first(bars, path)
    first = np.where(low_first, bars.low, bars.high)
    second = np.where(low_first, bars.high, bars.low)
    return np.stack([bars.open, first, second, bars.close], axis=1)


def _is_low_first(bars: BarArrays, path: QuotePath) -> NDArray[np.bool_]:
    rising = bars.close >= bars.open
    if path.order is ExtremeOrder.ADVERSE_FIRST:
        return rising
    if path.order is ExtremeOrder.BY_DIRECTION:
        return ~rising
    return _coin(bars.open_utc_s, path.seed)


def _coin(open_utc_s: IntArray, seed: int) -> NDArray[np.bool_]:
    """A fair, reproducible coin per bar: the top bit of a splitmix64 hash of time and seed."""
    mixed = open_utc_s.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15) % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(63)).astype(np.bool_)


def _asks(bids: FloatArray, spreads_price: FloatArray, contract: SymbolContract) -> FloatArray:
    ticks = np.ceil(spreads_price / contract.tick_size - 1e-6)  # a part of a tick costs a tick
    return np.maximum(on_tick_grid(bids + ticks * contract.tick_size, contract), bids)


def _with_repeats(quotes: QuoteArrays, ends_utc_s: IntArray, every_s: int) -> QuoteArrays:
    """Each quote followed by copies until the next one, or until the end of its bar."""
    bar_ends_ms = np.repeat(ends_utc_s * _MS, _QUOTES_PER_BAR)
    next_ms = np.minimum(np.append(quotes.time_utc_ms[1:], bar_ends_ms[-1:]), bar_ends_ms)
    copies = np.maximum(-(-(next_ms - quotes.time_utc_ms) // (every_s * _MS)), 1)
    source = np.repeat(np.arange(len(quotes), dtype=np.int64), copies)
    first_of_source = np.repeat(np.cumsum(copies) - copies, copies)
    lags_ms = (np.arange(len(source), dtype=np.int64) - first_of_source) * every_s * _MS
    return QuoteArrays(quotes.time_utc_ms[source] + lags_ms, quotes.bid[source], quotes.ask[source])


def _demand_equal_lengths(**arrays: IntArray | FloatArray) -> None:
    lengths = {name: len(array) for name, array in arrays.items()}
    for (name, length), (other, other_length) in pairwise(lengths.items()):
        if length != other_length:
            message = f"{name} has {length} rows but {other} has {other_length}"
            raise DataError(message)
