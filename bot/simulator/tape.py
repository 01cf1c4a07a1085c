"""The quotes of one symbol as far as the clock has come, and the search among the next ones."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, NamedTuple

import numpy as np

from bot.simulator.quotes import QuoteArrays

_INFINITY: Final = float("inf")
_NEVER_MS: Final = 1 << 62
_NEAR_STEPS: Final = 6  # beyond this many quotes a binary search is cheaper than stepping
_SHORT_SPAN: Final = 40  # below this many quotes a plain loop beats numpy's call overhead
_CHUNK: Final = 16_384  # bounds the work thrown away when a long span is hit early


class Levels(NamedTuple):
    """Prices that matter: a quote counts when it reaches one of them (or lies beyond)."""

    bid_low: float
    bid_high: float
    ask_low: float
    ask_high: float


NO_LEVELS: Final = Levels(-_INFINITY, _INFINITY, -_INFINITY, _INFINITY)


class Tape:
    """One symbol's quotes with a reading position; `bid`, `ask`, `time_ms` are the last seen.

    Before the first quote `bid` and `ask` are 0 unless `begin_with` told what was seen earlier.
    Times are UTC milliseconds. The position only moves forward.
    """

    __slots__ = (
        "_next_ms",
        "_times",
        "ask",
        "asks",
        "bid",
        "bids",
        "count",
        "cursor",
        "quotes",
        "time_ms",
    )

    def __init__(self, quotes: QuoteArrays) -> None:
        self.quotes = quotes
        self._times = np.ascontiguousarray(quotes.time_utc_ms, dtype=np.int64).data
        self.bids = np.ascontiguousarray(quotes.bid, dtype=np.float64).data
        self.asks = np.ascontiguousarray(quotes.ask, dtype=np.float64).data
        self.count = len(quotes)
        self.cursor = -1
        self.bid = self.ask = 0.0
        self.time_ms = 0
        self._next_ms: int = self._times[0] if self.count else _NEVER_MS

    def begin_with(self, bid: float, ask: float, time_ms: int) -> None:
        """What the terminal remembers from before the first quote."""
        self.bid, self.ask, self.time_ms = bid, ask, time_ms

    def continue_with(self, quotes: QuoteArrays) -> None:
        """Go on with other quotes; those up to the reading position must be the same."""
        self.quotes = quotes
        self._times = np.ascontiguousarray(quotes.time_utc_ms, dtype=np.int64).data
        self.bids = np.ascontiguousarray(quotes.bid, dtype=np.float64).data
        self.asks = np.ascontiguousarray(quotes.ask, dtype=np.float64).data
        self.count = len(quotes)
        after = self.cursor + 1
        self._next_ms = self._times[after] if after < self.count else _NEVER_MS

    def time_at(self, index: int) -> int:
        """UTC milliseconds of one quote."""
        time_ms: int = self._times[index]
        return time_ms

    def seek(self, now_ms: int) -> None:
        """Read on to the last quote at or before `now_ms`."""
        if now_ms < self._next_ms:
            return
        self._stand_at(self.index_after(now_ms, self.cursor + 1) - 1)

    def show(self, index: int) -> None:
        """Stand at exactly this quote until the clock moves on, whatever else has its stamp."""
        self._stand_at(index)
        self._next_ms = max(self._next_ms, self.time_ms + 1)

    def release(self) -> None:
        """End `show`: quotes of the same millisecond may be read again."""
        if self.cursor + 1 < self.count:
            self._next_ms = self._times[self.cursor + 1]

    def index_after(self, time_ms: int, low: int = 0) -> int:
        """The first index at or after `low` whose quote is later than `time_ms`."""
        times, count = self._times, self.count
        near = min(low + _NEAR_STEPS, count)
        while low < near:
            if times[low] > time_ms:
                return low
            low += 1
        return bisect_right(times, time_ms, low, count)

    def search(self, levels: Levels, start: int, end_ms: int) -> int:
        """The first index from `start` on whose quote reaches `levels`, not later than `end_ms`.

        Where there is none, `~stop` (a negative number) of the index at which the search ended.
        """
        times, bids, asks = self._times, self.bids, self.asks
        bid_low, bid_high, ask_low, ask_high = levels
        near = min(start + _NEAR_STEPS, self.count)
        for index in range(start, near):
            if times[index] > end_ms:
                return ~index
            bid, ask = bids[index], asks[index]
            if bid <= bid_low or bid >= bid_high or ask <= ask_low or ask >= ask_high:
                return index
        start = max(start, near)
        stop = bisect_right(times, end_ms, start, self.count)
        hit = self.first_reaching(levels, start, stop) if stop > start else -1
        return hit if hit >= 0 else ~stop

    def first_reaching(self, levels: Levels, start: int, stop: int) -> int:
        """The first index in [start, stop) whose quote reaches one of `levels`; -1 if none."""
        if stop - start <= _SHORT_SPAN:
            return self._first_in_short_span(levels, start, stop)
        for low in range(start, stop, _CHUNK):
            high = min(low + _CHUNK, stop)
            bids, asks = self.quotes.bid[low:high], self.quotes.ask[low:high]
            reached = (bids <= levels.bid_low) | (bids >= levels.bid_high)
            reached |= (asks <= levels.ask_low) | (asks >= levels.ask_high)
            first = int(reached.argmax())
            if reached[first]:
                return low + first
        return -1

    def _first_in_short_span(self, levels: Levels, start: int, stop: int) -> int:
        bid_low, bid_high, ask_low, ask_high = levels
        bids, asks = self.bids, self.asks
        for index in range(start, stop):
            bid = bids[index]
            if bid <= bid_low or bid >= bid_high:
                return index
            ask = asks[index]
            if ask <= ask_low or ask >= ask_high:
                return index
        return -1

    def _stand_at(self, index: int) -> None:
        self.cursor = index
        self.bid, self.ask = self.bids[index], self.asks[index]
        self.time_ms = self._times[index]
        self._next_ms = self._times[index + 1] if index + 1 < self.count else _NEVER_MS
