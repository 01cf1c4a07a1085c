"""Bars of one symbol and timeframe as far as the clock has come; none shows the future.

A bar is shown once a quote of it has been seen. Finished base bars are taken as they are; the one
still forming is made of the quotes seen so far, and so is the longer bar it belongs to.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

import numpy as np

from bot.simulator.bar_table import RATES_DTYPE, Part, Rates, bar_table, part_of
from bot.simulator.feed import SymbolFeed
from bot.simulator.server_clock import ServerClock


class BarView(NamedTuple):
    """What is visible: the first `full_count` finished rows, then what is forming in `tail`."""

    full_count: int
    tail: tuple[tuple[int, Part], ...]

    @property
    def bars_count(self) -> int:
        """How many bars are visible."""
        return self.full_count + len(self.tail)


class BarSeries:
    """One timeframe of one symbol: its table, and how far the clock has come in it."""

    def __init__(self, feed: SymbolFeed, timeframe_s: int, clock: ServerClock) -> None:
        self._feed = feed
        self._clock_table = clock.table
        table = bar_table(feed, timeframe_s, clock.table)
        self._base, self._base_s = table.base, table.base_s
        self._seam, self._rows, self._times = table.seam, table.rows, table.times
        self._row_of_base = table.row_of_base
        self._base_opens = table.base.open_utc_s.data
        self._quote_times = np.ascontiguousarray(feed.quotes.time_utc_ms, dtype=np.int64).data
        self._view = BarView(0, ())
        self._view_ms = -1

    def is_of(self, feed: SymbolFeed, clock: ServerClock) -> bool:
        """Whether it still shows this feed by this clock; both may be exchanged in mid-run."""
        return self._feed is feed and self._clock_table is clock.table

    def view(self, now_ms: int) -> BarView:
        """What is visible at `now_ms` (UTC)."""
        if self._view_ms != now_ms:
            self._view = self._new_view(now_ms)
            self._view_ms = now_ms
        return self._view

    def count_opened_by(self, view: BarView, wall_s: int) -> int:
        """How many visible bars open at or before a second of the server's clock."""
        full_times = self._times[: view.full_count]
        count = int(np.searchsorted(full_times, wall_s, side="right"))
        return count + sum(time_s <= wall_s for time_s, _ in view.tail)

    def copy(self, view: BarView, low: int, high: int) -> Rates:
        """Visible bars [low, high) as a new read-only array."""
        rates = np.empty(high - low, dtype=RATES_DTYPE)
        full_high = min(high, view.full_count)
        if full_high > low:
            rates[: full_high - low] = self._rows[low:full_high]
        for position in range(max(low, view.full_count), high):
            time_s, part = view.tail[position - view.full_count]
            rates[position - low] = (time_s, *part, 0)
        rates.flags.writeable = False
        return rates

    def _new_view(self, now_ms: int) -> BarView:
        now_s = now_ms // 1000
        ended = bisect_right(self._base_opens, now_s - self._base_s)
        begun = bisect_right(self._base_opens, now_s)
        ended = max(ended, begun - 1)  # a day of 23 hours ends when the next one begins
        row, part, full_count = self._last_ended(ended)
        forming = self._forming(ended, now_ms)
        if forming is not None:
            row = int(self._row_of_base[ended])
            part = forming if part is None else part.then(forming)
        return BarView(full_count, () if part is None else ((self._time_of(row), part),))

    def _last_ended(self, ended: int) -> tuple[int, Part | None, int]:
        """Row of the last ended base bar, its part so far if it goes on, and the finished rows.

        A row is finished when no later base bar belongs to it; a part always goes on with the base
        bar at `ended`.
        """
        if ended == 0:
            first = int(self._row_of_base[0]) if len(self._row_of_base) else len(self._rows)
            return first, self._seam, first
        row = int(self._row_of_base[ended - 1])
        if ended == len(self._row_of_base) or self._row_of_base[ended] > row:
            return row, None, row + 1
        first_base = int(np.searchsorted(self._row_of_base, row))
        part = part_of(self._base, first_base, ended)
        if self._seam is not None and row == self._row_of_base[0]:
            part = self._seam.then(part)
        return row, part, row

    def _forming(self, index: int, now_ms: int) -> Part | None:
        """The base bar at `index` from its quotes up to now; None before its first quote."""
        if index >= len(self._base_opens) or self._base_opens[index] * 1000 > now_ms:
            return None
        quotes = self._feed.quotes
        low = bisect_left(self._quote_times, self._base_opens[index] * 1000)
        high = bisect_right(self._quote_times, now_ms)
        if high <= low:
            return None
        bids, asks = quotes.bid[low:high], quotes.ask[low:high]
        spread = round(float((asks - bids).min()) / self._feed.contract.point)
        return Part(
            float(bids[0]),
            float(bids.max()),
            float(bids.min()),
            float(bids[-1]),
            high - low,
            spread,
        )

    def _time_of(self, row: int) -> int:
        return int(self._times[row])
