"""Bars of one symbol and timeframe as far as the clock has come; none shows the future.

A bar is shown once a quote of it has been seen. Finished base bars are taken as they are; the one
still forming is made of the quotes seen so far, and so is the longer bar it belongs to.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.simulator.bar_collapse import (
    D1_S,
    MN1_S,
    W1_S,
    bucket_opens_utc_s,
    collapse_bars,
    join_bars,
)
from bot.simulator.feed import SymbolFeed
from bot.simulator.quotes import BarArrays
from bot.simulator.server_clock import ServerClock
from bot.simulator.session_clock import server_times_s

RATES_DTYPE: Final = np.dtype(
    [
        ("time", "<i8"),
        ("open", "<f8"),
        ("high", "<f8"),
        ("low", "<f8"),
        ("close", "<f8"),
        ("tick_volume", "<u8"),
        ("spread", "<i4"),
        ("real_volume", "<u8"),
    ]
)
Rates = NDArray[np.void]


class Part(NamedTuple):
    """A bar, or as much of one as has been seen."""

    open: float
    high: float
    low: float
    close: float
    tick_volume: int
    spread_points: int

    def then(self, later: Part) -> Part:
        """Both parts as one, `later` being of the same bar."""
        return Part(
            self.open,
            max(self.high, later.high),
            min(self.low, later.low),
            later.close,
            self.tick_volume + later.tick_volume,
            min(self.spread_points, later.spread_points),
        )


class BarView(NamedTuple):
    """What is visible: the first `full_count` finished rows, then what is forming in `tail`."""

    full_count: int
    tail: tuple[tuple[int, Part], ...]

    @property
    def bars_count(self) -> int:
        """How many bars are visible."""
        return self.full_count + len(self.tail)


class BarSeries:
    """One timeframe of one symbol, built once from history, base bars and quotes."""

    def __init__(self, feed: SymbolFeed, timeframe_s: int, clock: ServerClock) -> None:
        self._feed = feed
        self._clock_table = clock.table
        self._is_from_quotes = timeframe_s < feed.base_timeframe_s
        self._base_s = min(timeframe_s, feed.base_timeframe_s)
        if self._is_from_quotes:
            self._base = _quote_bars(feed, timeframe_s, clock)
            history = None
        else:
            self._base = feed.base_bars
            history = _history(feed, timeframe_s, clock)
        live = collapse_bars(self._base, timeframe_s, clock.table)
        bars = live if history is None or len(history) == 0 else join_bars(history, live)
        self._seam = _seam(history, live)
        opens = bars.open_utc_s
        self._rows = _rates(bars, server_times_s(opens, clock.table))
        self._times = np.ascontiguousarray(self._rows["time"])
        base_buckets = bucket_opens_utc_s(self._base.open_utc_s, timeframe_s, clock.table)
        self._row_of_base = np.searchsorted(opens, base_buckets)
        self._base_opens = np.ascontiguousarray(self._base.open_utc_s, dtype=np.int64).data
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
        part = _part(self._base, first_base, ended)
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


def _history(feed: SymbolFeed, timeframe_s: int, clock: ServerClock) -> BarArrays | None:
    """What came before the base bars: as given, else collapsed from the longest that fits."""
    given = feed.extra_history.get(timeframe_s)
    if given is not None:
        return given
    fitting = [
        source
        for source in feed.extra_history
        if source < timeframe_s
        and (timeframe_s % source == 0 or timeframe_s == MN1_S)
        and (source <= D1_S or timeframe_s not in (W1_S, MN1_S))
    ]
    if not fitting:
        return None
    return collapse_bars(feed.extra_history[max(fitting)], timeframe_s, clock.table)


def _seam(history: BarArrays | None, live: BarArrays) -> Part | None:
    """The part of the first live bar that was over before the base bars began."""
    if history is None or len(history) == 0 or len(live) == 0:
        return None
    if history.open_utc_s[-1] != live.open_utc_s[0]:
        return None
    return _part(history, len(history) - 1, len(history))


def _part(bars: BarArrays, low: int, high: int) -> Part:
    return Part(
        float(bars.open[low]),
        float(bars.high[low:high].max()),
        float(bars.low[low:high].min()),
        float(bars.close[high - 1]),
        int(bars.tick_volume[low:high].sum()),
        int(bars.spread_points[low:high].min()),
    )


def _quote_bars(feed: SymbolFeed, timeframe_s: int, clock: ServerClock) -> BarArrays:
    """Bars shorter than the base, from the quotes themselves."""
    quotes = feed.quotes
    if len(quotes) == 0:
        return feed.base_bars.take(slice(0))
    opens = bucket_opens_utc_s(quotes.time_utc_ms // 1000, timeframe_s, clock.table)
    firsts = np.flatnonzero(np.diff(opens, prepend=opens[:1] - 1))
    lasts = np.append(firsts[1:], len(opens)) - 1
    spreads = np.rint((quotes.ask - quotes.bid) / feed.contract.point).astype(np.int64)
    return BarArrays(
        opens[firsts],
        quotes.bid[firsts],
        np.maximum.reduceat(quotes.bid, firsts),
        np.minimum.reduceat(quotes.bid, firsts),
        quotes.bid[lasts],
        lasts - firsts + 1,
        np.minimum.reduceat(spreads, firsts),
    )


def _rates(bars: BarArrays, wall_s: NDArray[np.int64]) -> Rates:
    rates = np.zeros(len(bars), dtype=RATES_DTYPE)
    rates["time"] = wall_s
    rates["open"], rates["high"] = bars.open, bars.high
    rates["low"], rates["close"] = bars.low, bars.close
    rates["tick_volume"] = bars.tick_volume
    rates["spread"] = bars.spread_points
    return rates
