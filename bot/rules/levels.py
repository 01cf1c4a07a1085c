"""Entry, stop and room of a trade, from the last leg of the daily chart and H4 structure.

Formulas: REFERENCE_STRATEGY 1.2 (break-of-structure leg, fall-back leg, structure stop) and 1.3.
Everything is computed on the mirrored chart (`bot.rules.swings`).
"""

from __future__ import annotations

from bot.model.market import Bars
from bot.model.signal import Features, Leg, Levels, LevelSettings, Pivots, SignalView
from bot.model.trade import Side
from bot.rules._rule import rule
from bot.rules.swings import (
    far_pivots,
    far_prices,
    highest_of,
    lowest_of,
    mirrored_max,
    mirrored_min,
    near_pivots,
    near_prices,
    newest_since,
)


@rule
def leg_of(features: Features, d1_index: int, side: int, settings: LevelSettings) -> Leg:
    """The leg that broke structure within the look-back, else the fall-back leg if allowed.

    `is_found` is false when there is neither. A found leg may be empty (far <= near).
    """
    first = d1_index - settings.leg_lookback_bars + 1
    break_bar = int(features.d1_break_up_index[d1_index])
    if side == Side.SELL.value:
        break_bar = int(features.d1_break_down_index[d1_index])
    if first >= 0 and break_bar >= first + settings.leg_break_bars:
        return break_leg(features.d1, side, (d1_index, break_bar), settings)
    if settings.use_fallback_leg:
        return fallback_leg(features.d1, features.d1_pivots, (d1_index, side), settings)
    return Leg(near_price=0.0, far_price=0.0, extreme_price=0.0, is_found=False)


@rule
def break_leg(bars: Bars, side: int, at: tuple[int, int], settings: LevelSettings) -> Leg:
    """From the candle at the swing before the break to the close of the breaking bar.

    The swing is the nearest extreme of the bars before the break (the newest wins a tie), the
    oldest bar of the look-back excluded. `at` is (decision bar, breaking bar).
    """
    d1_index, break_bar = at
    first = d1_index - settings.leg_lookback_bars + 1
    excluded = max(first, break_bar - 1 - settings.leg_swing_bars)
    near = near_prices(bars, side)
    swing = break_bar - 1
    for bar in range(break_bar - 2, excluded, -1):
        if side * near[bar] < side * near[swing]:
            swing = bar
    return Leg(
        near_price=leg_start_price(bars, side, (d1_index, swing), settings),
        far_price=float(side * bars.close_price[break_bar]),
        extreme_price=mirrored_max(far_prices(bars, side), side, swing, d1_index),
        is_found=True,
    )


@rule
def leg_start_price(bars: Bars, side: int, at: tuple[int, int], settings: LevelSettings) -> float:
    """Where the leg began: the last candle against the trade, then the first one with it.

    The nearer of that last close against and the open of the first candle with the trade, within
    `leg_candle_bars` from the swing; the swing's extreme, or the open after it, replaces a missing
    one. `at` is (decision bar, swing bar).
    """
    d1_index, swing = at
    turn_open = side * bars.open_price[swing + 1]
    last_against = side * near_prices(bars, side)[swing]
    is_seen = False
    for bar in range(swing, min(swing + settings.leg_candle_bars, d1_index + 1)):
        open_price, close_price = side * bars.open_price[bar], side * bars.close_price[bar]
        if close_price < open_price:
            last_against = close_price
            is_seen = True
        elif close_price > open_price and is_seen:
            turn_open = open_price
            break
    return float(min(last_against, turn_open))


@rule
def fallback_leg(bars: Bars, pivots: Pivots, at: tuple[int, int], settings: LevelSettings) -> Leg:
    """Between the extremes of the last confirmed daily swing points, else of the look-back.

    `at` is (decision bar, side).
    """
    d1_index, side = at
    first = max(0, d1_index - settings.leg_lookback_bars + 1)
    far, near = far_prices(bars, side), near_prices(bars, side)
    extreme = mirrored_max(far, side, first, d1_index)
    tops = newest_since(far_pivots(pivots, side, d1_index), 0, settings.leg_pivots_count)
    feet = newest_since(near_pivots(pivots, side, d1_index), 0, settings.leg_pivots_count)
    if tops.size == 0 or feet.size == 0:
        foot_price = mirrored_min(near, side, first, d1_index)
        return Leg(near_price=foot_price, far_price=extreme, extreme_price=extreme, is_found=True)
    top_price = highest_of(far, side, tops)
    return Leg(
        near_price=lowest_of(near, side, feet),
        far_price=top_price,
        extreme_price=max(top_price, extreme),
        is_found=True,
    )


@rule
def structure_price(
    features: Features, view: SignalView, side: int, settings: LevelSettings
) -> float:
    """Mirrored price of the structure a stop hides behind, from H4, or D1 while H4 is too short."""
    if view.h4_index + 1 >= settings.structure_bars:
        return foothold_price(features.h4, features.h4_pivots, (view.h4_index, side), settings)
    return foothold_price(features.d1, features.d1_pivots, (view.d1_index, side), settings)


@rule
def foothold_price(
    bars: Bars, pivots: Pivots, at: tuple[int, int], settings: LevelSettings
) -> float:
    """Nearest extreme of the last swing points in the window; without one, of its newest bars.

    `at` is (last bar, side). A swing point counts when its whole wing lies inside the window.
    """
    last, side = at
    first = last - settings.structure_bars + 1 + settings.pivot_wing_bars
    feet = newest_since(near_pivots(pivots, side, last), first, settings.structure_pivots_count)
    near = near_prices(bars, side)
    if feet.size == 0:
        return mirrored_min(near, side, last - settings.structure_extreme_bars + 1, last)
    return lowest_of(near, side, feet)


@rule
def levels_of(
    leg: Leg, close_price: float, structure: float, atr_price: float, settings: LevelSettings
) -> Levels:
    """Mirrored entry and stop, the width of 1R and the room to the target in R.

    Entry is the retracement of the leg, or the close when that is near; the stop lies beyond leg
    and structure. Without a usable leg the entry is the close, and the stop the wider of
    `fallback_stop_atr` and the structure stop. The room ends `target_extension_fraction` of the
    leg beyond the farthest price seen since the leg began.
    """
    span = leg.far_price - leg.near_price
    structure_stop = structure - settings.structure_buffer_atr * atr_price
    entry = leg.far_price - settings.entry_retrace_fraction * span
    if abs(close_price - entry) < settings.entry_at_close_atr * atr_price:
        entry = close_price
    stop = min(leg.near_price - settings.leg_buffer_atr * atr_price, structure_stop)
    if span <= 0.0 or entry - stop <= 0.0:
        entry = close_price
        stop = min(close_price - settings.fallback_stop_atr * atr_price, structure_stop)
    one_r = entry - stop
    target = leg.extreme_price + settings.target_extension_fraction * max(0.0, span)
    return Levels(entry, stop, one_r, (target - entry) / one_r)
