"""All bars of one symbol and timeframe, past and to come, as arrays that are never written to.

Tables of a feed are kept as long as the feed: terminals that share a market share them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from bot.model.market import IntArray, OffsetTable
from bot.simulator.bar_collapse import (
    D1_S,
    MN1_S,
    W1_S,
    bucket_opens_utc_s,
    collapse_bars,
    collapse_into,
    join_bars,
)
from bot.simulator.feed import SymbolFeed
from bot.simulator.quotes import BarArrays
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


class BarTable(NamedTuple):
    """`rows` as the terminal shows them, and from which base bars (`row_of_base`) they are made.

    `clock` is the one their times are written by; `seam` the part of the first live row that was
    over before the base bars began.
    """

    clock: OffsetTable
    base: BarArrays
    base_s: int
    seam: Part | None
    rows: Rates
    times: IntArray
    row_of_base: IntArray


_TABLES: WeakKeyDictionary[SymbolFeed, dict[int, BarTable]] = WeakKeyDictionary()
"""The latest table of each feed and timeframe: what is made of arrays nobody changes."""


def bar_table(feed: SymbolFeed, timeframe_s: int, clock: OffsetTable) -> BarTable:
    """The table of a feed and timeframe by this clock, made once."""
    tables = _TABLES.setdefault(feed, {})
    known = tables.get(timeframe_s)
    if known is None or known.clock is not clock:
        known = tables[timeframe_s] = _new_table(feed, timeframe_s, clock)
    return known


def part_of(bars: BarArrays, low: int, high: int) -> Part:
    """Bars [low, high) as one."""
    return Part(
        float(bars.open[low]),
        float(bars.high[low:high].max()),
        float(bars.low[low:high].min()),
        float(bars.close[high - 1]),
        int(bars.tick_volume[low:high].sum()),
        int(bars.spread_points[low:high].min()),
    )


def _new_table(feed: SymbolFeed, timeframe_s: int, clock: OffsetTable) -> BarTable:
    if timeframe_s < feed.base_timeframe_s:
        base, history = _quote_bars(feed, timeframe_s, clock), None
    else:
        base, history = feed.base_bars, _history(feed, timeframe_s, clock)
    base_opens = np.ascontiguousarray(base.open_utc_s, dtype=np.int64)
    buckets = bucket_opens_utc_s(base_opens, timeframe_s, clock)
    live = collapse_into(buckets, base)
    bars = live if history is None or len(history) == 0 else join_bars(history, live)
    rows = _rates(bars, server_times_s(bars.open_utc_s, clock))
    return BarTable(
        clock=clock,
        base=replace(base, open_utc_s=base_opens),
        base_s=min(timeframe_s, feed.base_timeframe_s),
        seam=_seam(history, live),
        rows=rows,
        times=np.ascontiguousarray(rows["time"]),
        row_of_base=np.searchsorted(bars.open_utc_s, buckets),
    )


def _history(feed: SymbolFeed, timeframe_s: int, clock: OffsetTable) -> BarArrays | None:
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
    return collapse_bars(feed.extra_history[max(fitting)], timeframe_s, clock)


def _seam(history: BarArrays | None, live: BarArrays) -> Part | None:
    """The part of the first live bar that was over before the base bars began."""
    if history is None or len(history) == 0 or len(live) == 0:
        return None
    if history.open_utc_s[-1] != live.open_utc_s[0]:
        return None
    return part_of(history, len(history) - 1, len(history))


def _quote_bars(feed: SymbolFeed, timeframe_s: int, clock: OffsetTable) -> BarArrays:
    """Bars shorter than the base, from the quotes themselves."""
    quotes = feed.quotes
    if len(quotes) == 0:
        return feed.base_bars.take(slice(0))
    opens = bucket_opens_utc_s(quotes.time_utc_ms // 1000, timeframe_s, clock)
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
