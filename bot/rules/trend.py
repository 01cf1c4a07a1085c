"""The trend vote of each timeframe and the direction three of them give."""

from __future__ import annotations

from bot.model.market import FloatArray
from bot.model.signal import Direction, Features, MixedDirection, SignalView, TrendSettings
from bot.model.trade import Side
from bot.rules._rule import rule

_MAJORITY_COUNT = 2


@rule
def trend_of(close_price: FloatArray, index: int, window_bars: int, settings: TrendSettings) -> int:
    """Trend at bar `index` from the last `window_bars` closes: 1 up, -1 down, 0 mixed.

    Votes (REFERENCE_STRATEGY 1.2): fast average against slow, close against slow, and, where enough
    closes exist, a close beyond all of the `breakout_bars` closes before it. A tie abstains; the
    reference let it vote down, so that a history shorter than the fast average always did.
    """
    count = min(index + 1, window_bars)
    if count < settings.closes_min_count:
        return 0
    last = close_price[index]
    slow_mean = mean_close(close_price, index, min(settings.slow_bars, count))
    fast_mean = mean_close(close_price, index, min(settings.fast_bars, count))
    votes = sign_of(fast_mean - slow_mean) + sign_of(last - slow_mean)
    if count > settings.breakout_bars:
        votes += breakout_vote(close_price, index, settings.breakout_bars)
    return sign_of(votes)


@rule
def sign_of(value: float) -> int:
    """1, -1 or 0 as `value` is above, below or at zero."""
    if value > 0.0:
        return 1
    return -1 if value < 0.0 else 0


@rule
def mean_close(close_price: FloatArray, index: int, bars: int) -> float:
    """Mean of the `bars` closes up to `index`, summed in order so that every caller agrees."""
    total = 0.0
    for bar in range(index - bars + 1, index + 1):
        total += close_price[bar]
    return total / bars


@rule
def breakout_vote(close_price: FloatArray, index: int, bars: int) -> int:
    """1 when the close is above all of the `bars` closes before it, -1 below all, else 0."""
    before = close_price[index - bars : index]
    if close_price[index] > before.max():
        return 1
    if close_price[index] < before.min():
        return -1
    return 0


@rule
def direction_of(features: Features, view: SignalView, settings: TrendSettings) -> Direction:
    """The side at least two of MN1, W1 and D1 agree on; without one, what `when_mixed` says.

    `votes_count` counts the timeframes trending to that side.
    """
    mn1 = trend_of(features.mn1.close_price, view.mn1_index, view.mn1_index + 1, settings)
    w1 = trend_of(features.w1.close_price, view.w1_index, view.w1_index + 1, settings)
    d1 = trend_of(features.d1.close_price, view.d1_index, settings.d1_window_bars, settings)
    for side in (Side.BUY.value, Side.SELL.value):
        votes_count = trends_to(side, mn1, w1, d1)
        if votes_count >= _MAJORITY_COUNT:
            return Direction(side, votes_count, mn1, w1, d1)
    side = mixed_side(d1, settings.when_mixed)
    return Direction(side, trends_to(side, mn1, w1, d1), mn1, w1, d1)


@rule
def trends_to(side: int, mn1: int, w1: int, d1: int) -> int:
    """How many of the three trends point to `side`."""
    return int(mn1 == side) + int(w1 == side) + int(d1 == side)


@rule
def mixed_side(d1: int, when_mixed: int) -> int:
    """The side to take without a majority, 0 for none (`MixedDirection`)."""
    if when_mixed == MixedDirection.NO_TRADE.value:
        return 0
    if d1 == 0 and when_mixed == MixedDirection.DAILY_OR_LONG.value:
        return Side.BUY.value
    return d1
