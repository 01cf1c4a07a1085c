"""What the rules look at, computed once per symbol: arrays in, arrays out.

Entry t of every array depends on bars up to t alone; swing points carry the count of those already
confirmed at each bar. Smoothed indicators (ATR, ADX) remember their whole history with a factor of
13/14 per bar, so two histories agree to 1e-9 of their value some 300 bars after both began.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from bot.model.market import Bars, FloatArray, IntArray, OffsetTable
from bot.model.signal import Features, Pivots, SignalSettings
from bot.rules.calendar import DAY_S, utc_from_server_s
from bot.rules.timeframes import month_start_day

_PANDAS = "pandas"
_NO_PANDAS_YET = _PANDAS not in sys.modules
if _NO_PANDAS_YET:
    sys.modules[_PANDAS] = None  # type: ignore[assignment]
try:
    # It would wrap every function for pandas, whose import takes longer than all of ours: a
    # trader that died has to be back soon. Arrays go in here, so nothing is lost.
    import talib
finally:
    if _NO_PANDAS_YET:
        del sys.modules[_PANDAS]

_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0
_DAYS_PER_WEEK = 7


def features_of(d1: Bars, w1: Bars, mn1: Bars, h4: Bars, settings: SignalSettings) -> Features:
    """Everything `detect_signal` needs of one symbol, for every daily bar at once.

    Bars must be closed, strictly rising in time and free of NaN; the adapters see to that.
    """
    filters, levels = settings.filters, settings.levels
    close = d1.close_price
    breaks_up, breaks_down = structure_breaks(d1, levels.leg_break_bars)
    pivots = pivots_of(d1, levels.pivot_wing_bars)
    if filters.pattern_wing_bars == levels.pivot_wing_bars:
        pattern_pivots = pivots
    else:
        pattern_pivots = pivots_of(d1, filters.pattern_wing_bars)
    return Features(
        d1=d1,
        w1=w1,
        mn1=mn1,
        h4=h4,
        d1_atr_price=talib.ATR(d1.high_price, d1.low_price, close, settings.atr_bars),
        d1_adx=talib.ADX(d1.high_price, d1.low_price, close, filters.adx_bars),
        d1_zscore=zscore(close, filters.zscore_bars),
        d1_momentum_fraction=talib.ROCP(close, filters.momentum_bars),
        d1_momentum_fast_fraction=talib.ROCP(close, filters.momentum_fast_bars),
        d1_break_up_index=breaks_up,
        d1_break_down_index=breaks_down,
        d1_pivots=pivots,
        d1_pattern_pivots=pattern_pivots,
        h4_pivots=pivots_of(h4, levels.pivot_wing_bars),
    )


def zscore(price: FloatArray, bars: int) -> FloatArray:
    """Distance of the price from its mean in deviations (of the population); 0 in a flat market."""
    distance = price - talib.SMA(price, bars)
    deviation = talib.STDDEV(price, bars)
    score = np.zeros_like(distance)
    np.divide(distance, deviation, out=score, where=deviation != 0.0)
    return score


def pivots_of(bars: Bars, wing_bars: int) -> Pivots:
    """Swing points: no bar within `wing_bars` on either side reaches strictly farther (ties count).

    A pivot is counted from the bar on that completes its right wing.
    """
    width = 2 * wing_bars + 1
    high, low = bars.high_price, bars.low_price
    if high.size < width:
        nothing = np.zeros(0, dtype=np.bool_)
        return Pivots(
            *_confirmed(nothing, high.size, wing_bars), *_confirmed(nothing, high.size, wing_bars)
        )
    centre = slice(wing_bars, high.size - wing_bars)
    is_high = high[centre] >= talib.MAX(high, width)[width - 1 :]
    is_low = low[centre] <= talib.MIN(low, width)[width - 1 :]
    return Pivots(
        *_confirmed(is_high, high.size, wing_bars), *_confirmed(is_low, high.size, wing_bars)
    )


def _confirmed(
    is_pivot: NDArray[np.bool_], bars_count: int, wing_bars: int
) -> tuple[IntArray, IntArray]:
    """Pivot bars, and how many of them are complete at each bar; entry 0 is bar `wing_bars`."""
    counts = np.zeros(bars_count, dtype=np.int64)
    np.cumsum(is_pivot, out=counts[bars_count - is_pivot.size :])
    return np.flatnonzero(is_pivot) + wing_bars, counts


def structure_breaks(bars: Bars, bars_before: int) -> tuple[IntArray, IntArray]:
    """The newest bar so far that closed beyond all of the `bars_before` bars before it.

    Upwards and downwards; the body must go the same way; -1 while there was none.
    """
    close, open_price = bars.close_price, bars.open_price
    is_up = np.zeros(close.size, dtype=np.bool_)
    is_down = np.zeros(close.size, dtype=np.bool_)
    is_up[1:] = close[1:] > talib.MAX(bars.high_price, bars_before)[:-1]
    is_down[1:] = close[1:] < talib.MIN(bars.low_price, bars_before)[:-1]
    is_up &= close > open_price
    is_down &= close < open_price
    return _newest(is_up), _newest(is_down)


def _newest(happened: NDArray[np.bool_]) -> IntArray:
    index = np.where(happened, np.arange(happened.size, dtype=np.int64), np.int64(-1))
    return np.maximum.accumulate(index)


def weekly_bars(d1: Bars, clock: OffsetTable, first_weekday: int = 6) -> Bars:
    """Weeks of daily bars on the server's calendar, stamped with the start of the week.

    MT5 weeks start on Sunday (`first_weekday` 6, Monday is 0). The last week may be unfinished;
    `bot.rules.timeframes.view_at` shows a week only once it is over.
    """
    day = _server_days(d1, clock)
    return _grouped(d1, day - (day + _EPOCH_WEEKDAY - first_weekday) % _DAYS_PER_WEEK, clock)


def monthly_bars(d1: Bars, clock: OffsetTable) -> Bars:
    """Calendar months of daily bars on the server's clock, stamped with the start of the month."""
    day = _server_days(d1, clock)
    starts = {int(one): month_start_day(int(one), 0) for one in np.unique(day)}
    return _grouped(d1, np.array([starts[int(one)] for one in day], dtype=np.int64), clock)


def _server_days(bars: Bars, clock: OffsetTable) -> IntArray:
    position = np.searchsorted(clock.starts_utc_s, bars.open_utc_s, side="right") - 1
    return (bars.open_utc_s + clock.offsets_s[np.maximum(position, 0)]) // DAY_S


def _grouped(bars: Bars, start_day: IntArray, clock: OffsetTable) -> Bars:
    """Neighbouring bars with one start day put together."""
    if start_day.size == 0:
        return bars
    first = np.flatnonzero(np.diff(start_day, prepend=start_day[0] - 1))
    last = np.append(first[1:], start_day.size) - 1
    opens = [utc_from_server_s(float(day * DAY_S), clock) for day in start_day[first]]
    return Bars(
        open_utc_s=np.array(opens, dtype=np.int64),
        open_price=bars.open_price[first],
        high_price=np.maximum.reduceat(bars.high_price, first),
        low_price=np.minimum.reduceat(bars.low_price, first),
        close_price=bars.close_price[last],
    )
