"""The chart mirrored by side, and the swing points known at a bar.

Mirrored means times side: a short is treated as a long on the negated chart, so each rule is
written once. `far` is the direction of the trade, `near` where its stop lies; the mirrored price
of bar i is `side * far_prices(bars, side)[i]`.
"""

from __future__ import annotations

from bot.model.market import Bars, FloatArray, IntArray
from bot.model.signal import Pivots
from bot.model.trade import Side
from bot.rules._rule import rule


@rule
def far_prices(bars: Bars, side: int) -> FloatArray:
    """Extremes in trade direction, not yet mirrored: highs for a long, lows for a short."""
    if side == Side.BUY.value:
        return bars.high_price
    return bars.low_price


@rule
def near_prices(bars: Bars, side: int) -> FloatArray:
    """Extremes against the trade, not yet mirrored: lows for a long, highs for a short."""
    if side == Side.BUY.value:
        return bars.low_price
    return bars.high_price


@rule
def mirrored_max(price: FloatArray, side: int, first: int, last: int) -> float:
    """Greatest mirrored price of the bars `first` to `last`, both counted."""
    if side == Side.BUY.value:
        return float(price[first : last + 1].max())
    return -float(price[first : last + 1].min())


@rule
def mirrored_min(price: FloatArray, side: int, first: int, last: int) -> float:
    """Least mirrored price of the bars `first` to `last`, both counted."""
    return -mirrored_max(price, -side, first, last)


@rule
def far_pivots(pivots: Pivots, side: int, bar: int) -> IntArray:
    """Bars of the swing points in trade direction confirmed at the close of `bar`."""
    if side == Side.BUY.value:
        return pivots.high_index[: pivots.high_count[bar]]
    return pivots.low_index[: pivots.low_count[bar]]


@rule
def near_pivots(pivots: Pivots, side: int, bar: int) -> IntArray:
    """Bars of the swing points the trade stands on confirmed at the close of `bar`."""
    return far_pivots(pivots, -side, bar)


@rule
def newest_since(pivots: IntArray, first_bar: int, pivots_max_count: int) -> IntArray:
    """The last `pivots_max_count` of the swing points at or after `first_bar`, oldest first."""
    first = pivots.size
    oldest = max(0, first - pivots_max_count)
    while first > oldest and pivots[first - 1] >= first_bar:
        first -= 1
    return pivots[first:]


@rule
def highest_of(price: FloatArray, side: int, bars: IntArray) -> float:
    """Greatest mirrored price at the given bars, of which there is at least one."""
    highest = side * price[bars[0]]
    for bar in bars[1:]:
        highest = max(highest, side * price[bar])
    return float(highest)


@rule
def lowest_of(price: FloatArray, side: int, bars: IntArray) -> float:
    """Least mirrored price at the given bars, of which there is at least one."""
    return -highest_of(price, -side, bars)


@rule
def is_rising(price: FloatArray, side: int, bars: IntArray) -> bool:
    """Whether the mirrored price at each of the given bars exceeds that at the one before."""
    for position in range(1, bars.size):
        if side * price[bars[position]] <= side * price[bars[position - 1]]:
            return False
    return True
