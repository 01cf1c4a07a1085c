"""Coarser bars from finer ones, on the server's clock as the terminal draws them."""

from __future__ import annotations

from typing import Final

import numpy as np

from bot.errors import DataError
from bot.model.market import IntArray, OffsetTable
from bot.rules.calendar import DAY_S
from bot.simulator.quotes import BarArrays
from bot.simulator.session_clock import server_times_s, utc_times_s

M1_S: Final = 60
H1_S: Final = 3_600
H4_S: Final = 14_400
D1_S: Final = DAY_S
W1_S: Final = 7 * DAY_S
MN1_S: Final = 30 * DAY_S
"""A month's key in seconds; its bars are calendar months of the server's clock."""

TERMINAL_TIMEFRAMES_S: Final = (
    *(60 * minutes for minutes in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)),
    *(3_600 * hours for hours in (1, 2, 3, 4, 6, 8, 12)),
    D1_S,
    W1_S,
    MN1_S,
)
"""The terminal's 21 timeframes in seconds (mt5 contract, TIMEFRAME_*)."""

_FIRST_SUNDAY_S: Final = 3 * DAY_S  # 1970-01-04; MT5 opens its weekly bar on Sunday


def bucket_opens_utc_s(utc_s: IntArray, timeframe_s: int, clock: OffsetTable) -> IntArray:
    """The UTC open time of the server-clock bar of `timeframe_s` that holds each ascending moment.

    When the server's clock is set back, the bar it stands in goes on until the clock shows later
    times again. Raises `DataError` for a timeframe the terminal does not have.
    """
    if timeframe_s not in TERMINAL_TIMEFRAMES_S:
        message = f"timeframe {timeframe_s} s does not exist; allowed: {TERMINAL_TIMEFRAMES_S}"
        raise DataError(message)
    opens = utc_times_s(_wall_opens_s(server_times_s(utc_s, clock), timeframe_s), clock)
    return np.maximum.accumulate(opens)


def collapse_bars(bars: BarArrays, timeframe_s: int, clock: OffsetTable) -> BarArrays:
    """`bars` as bars of `timeframe_s`; the last one is as far as the finer bars go.

    Ticks add up, the spread is the narrowest. A source bar belongs to the bucket it opens in.
    """
    if len(bars) == 0:
        return bars
    return collapse_into(bucket_opens_utc_s(bars.open_utc_s, timeframe_s, clock), bars)


def collapse_into(opens_utc_s: IntArray, bars: BarArrays) -> BarArrays:
    """`bars` as longer bars; `opens_utc_s` says of each, ascending, to which it belongs."""
    if len(bars) == 0:
        return bars
    firsts = np.flatnonzero(np.diff(opens_utc_s, prepend=opens_utc_s[0] - 1))
    lasts = np.append(firsts[1:], len(bars)) - 1
    return BarArrays(
        opens_utc_s[firsts],
        bars.open[firsts],
        np.maximum.reduceat(bars.high, firsts),
        np.minimum.reduceat(bars.low, firsts),
        bars.close[lasts],
        np.add.reduceat(bars.tick_volume, firsts),
        np.minimum.reduceat(bars.spread_points, firsts),
    )


def join_bars(earlier: BarArrays, later: BarArrays) -> BarArrays:
    """`earlier` followed by `later`; a bar begun in one and ended in the other is one bar.

    Raises `DataError` when `later` begins before the last bar of `earlier`.
    """
    if len(earlier) == 0 or len(later) == 0:
        return later if len(earlier) == 0 else earlier
    if earlier.open_utc_s[-1] != later.open_utc_s[0]:
        return _concatenated(earlier, later)
    seam = BarArrays(
        later.open_utc_s[:1],
        earlier.open[-1:],
        np.maximum(earlier.high[-1:], later.high[:1]),
        np.minimum(earlier.low[-1:], later.low[:1]),
        later.close[:1],
        earlier.tick_volume[-1:] + later.tick_volume[:1],
        np.minimum(earlier.spread_points[-1:], later.spread_points[:1]),
    )
    return _concatenated(earlier.take(slice(None, -1)), seam, later.take(slice(1, None)))


def _concatenated(*parts: BarArrays) -> BarArrays:
    return BarArrays(
        np.concatenate([part.open_utc_s for part in parts]),
        np.concatenate([part.open for part in parts]),
        np.concatenate([part.high for part in parts]),
        np.concatenate([part.low for part in parts]),
        np.concatenate([part.close for part in parts]),
        np.concatenate([part.tick_volume for part in parts]),
        np.concatenate([part.spread_points for part in parts]),
    )


def _wall_opens_s(wall_s: IntArray, timeframe_s: int) -> IntArray:
    if timeframe_s == MN1_S:
        months = wall_s.astype("datetime64[s]").astype("datetime64[M]")
        return months.astype("datetime64[s]").astype(np.int64)
    anchor_s = _FIRST_SUNDAY_S if timeframe_s == W1_S else 0
    return (wall_s - anchor_s) // timeframe_s * timeframe_s + anchor_s
