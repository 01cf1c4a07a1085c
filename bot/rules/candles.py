"""Shapes of one or two candles, mirrored by side: `near` wicks reject prices against the trade."""

from __future__ import annotations

from bot.model.market import Bars
from bot.rules._rule import rule
from bot.rules.swings import far_prices, mirrored_max, near_prices

_DOJI_BODY_FRACTION = 0.01  # of the range: a body counts at least that, so wicks judge a doji
_PIN_OTHER_WICK_PER_BODY = 0.5  # REFERENCE_STRATEGY 1.4


@rule
def body_price(bars: Bars, side: int, index: int) -> float:
    """Close minus open in trade direction: positive when the candle goes with the trade."""
    return float(side * (bars.close_price[index] - bars.open_price[index]))


@rule
def near_wick_price(bars: Bars, side: int, index: int) -> float:
    """Length of the wick against the trade."""
    body_near = min(side * bars.open_price[index], side * bars.close_price[index])
    return float(body_near - side * near_prices(bars, side)[index])


@rule
def range_price(bars: Bars, index: int) -> float:
    """High minus low."""
    return float(bars.high_price[index] - bars.low_price[index])


@rule
def is_engulfing(bars: Bars, side: int, index: int) -> bool:
    """Whether the candle goes with the trade and its body covers an opposite candle's before it."""
    if index < 1 or body_price(bars, side, index) <= 0.0:
        return False
    if body_price(bars, side, index - 1) >= 0.0:
        return False
    opens_beyond = side * bars.open_price[index] <= side * bars.close_price[index - 1]
    closes_beyond = side * bars.close_price[index] >= side * bars.open_price[index - 1]
    return bool(opens_beyond and closes_beyond)


@rule
def is_pin(bars: Bars, side: int, index: int, wick_per_body: float) -> bool:
    """Whether the wick against the trade exceeds `wick_per_body` bodies, the other half a body."""
    length = range_price(bars, index)
    body = abs(body_price(bars, side, index))
    near_wick = near_wick_price(bars, side, index)
    far_wick = length - body - near_wick
    body = max(body, _DOJI_BODY_FRACTION * length)
    return near_wick > wick_per_body * body and far_wick < _PIN_OTHER_WICK_PER_BODY * body


@rule
def is_hammer(bars: Bars, side: int, index: int, wick_fraction: float) -> bool:
    """Whether the wick against the trade is at least `wick_fraction` of the range."""
    length = range_price(bars, index)
    return length > 0.0 and near_wick_price(bars, side, index) >= wick_fraction * length


@rule
def is_strong(bars: Bars, side: int, index: int, body_fraction: float) -> bool:
    """Whether the body goes with the trade and exceeds `body_fraction` of the range."""
    return body_price(bars, side, index) > body_fraction * range_price(bars, index)


@rule
def is_candle_breakout(bars: Bars, side: int, index: int, bars_before: int) -> bool:
    """Whether a candle with the trade reaches beyond all of the `bars_before` candles before it."""
    if index < bars_before or body_price(bars, side, index) <= 0.0:
        return False
    prices = far_prices(bars, side)
    before = mirrored_max(prices, side, index - bars_before, index - 1)
    return bool(before < side * prices[index])
