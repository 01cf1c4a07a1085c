"""The pillars of the confluence score: each answers yes or no for one case."""

from __future__ import annotations

import numpy as np

from bot.model.market import Bars
from bot.model.signal import Case, Features, Pillar, PillarSettings, Pivots
from bot.rules._rule import rule
from bot.rules.candles import is_candle_breakout, is_engulfing, is_pin, is_strong
from bot.rules.swings import (
    far_pivots,
    far_prices,
    highest_of,
    is_rising,
    mirrored_max,
    mirrored_min,
    near_pivots,
    near_prices,
    newest_since,
)

_STEPS_COUNT = 2  # two rising highs and two rising lows make an uptrend


@rule
def pillars_passed(features: Features, case: Case, settings: PillarSettings) -> int:
    """Mask of the enabled pillars that say yes; a disabled one is not even asked."""
    passed = 0
    asked = settings.enabled_mask
    d1, pivots = features.d1, features.d1_pivots
    if asked >> Pillar.TREND_VOTE.value & 1 and case.votes_count >= settings.trend_votes_min_count:
        passed |= 1 << Pillar.TREND_VOTE.value
    if asked >> Pillar.LOCATION.value & 1 and is_at_location(d1, pivots, case, settings):
        passed |= 1 << Pillar.LOCATION.value
    if asked >> Pillar.GOLDEN_ZONE.value & 1 and is_in_golden_zone(case, settings):
        passed |= 1 << Pillar.GOLDEN_ZONE.value
    if asked >> Pillar.LIQUIDITY_SWEEP.value & 1 and has_swept(d1, pivots, case, settings):
        passed |= 1 << Pillar.LIQUIDITY_SWEEP.value
    if asked >> Pillar.STRUCTURE_BREAK.value & 1 and has_structure(d1, pivots, case, settings):
        passed |= 1 << Pillar.STRUCTURE_BREAK.value
    if asked >> Pillar.H4_CONFIRMATION.value & 1 and is_confirmed(features.h4, case, settings):
        passed |= 1 << Pillar.H4_CONFIRMATION.value
    if asked >> Pillar.RISK_REWARD.value & 1 and case.levels.rr_r >= settings.rr_good_r:
        passed |= 1 << Pillar.RISK_REWARD.value
    return passed


@rule
def is_at_location(d1: Bars, pivots: Pivots, case: Case, settings: PillarSettings) -> bool:
    """Whether the daily close lies where the trade has support (a short: resistance).

    Either in the near part of the recent range, or close to one of the last confirmed swing points.
    """
    side, last = case.side, case.d1_index
    first = last - settings.location_range_bars + 1
    near_end = mirrored_min(near_prices(d1, side), side, first, last)
    far_end = mirrored_max(far_prices(d1, side), side, first, last)
    inside = case.close_price - near_end
    if far_end > near_end and inside <= settings.location_range_fraction * (far_end - near_end):
        return True
    oldest = last - settings.location_pivot_age_bars + 1
    feet = newest_since(near_pivots(pivots, side, last), oldest, settings.location_pivots_count)
    near = near_prices(d1, side)
    distance = np.inf
    for foot in feet:
        distance = min(distance, abs(case.close_price - side * near[foot]))
    return bool(distance <= settings.location_near_atr * case.atr_price)


@rule
def is_in_golden_zone(case: Case, settings: PillarSettings) -> bool:
    """Whether the close has retraced the leg by `zone_min_fraction` to `zone_max_fraction`."""
    span = case.leg.far_price - case.leg.near_price
    if span <= 0.0:
        return False
    retraced = (case.leg.far_price - case.close_price) / span
    return settings.zone_min_fraction <= retraced <= settings.zone_max_fraction


@rule
def has_swept(d1: Bars, pivots: Pivots, case: Case, settings: PillarSettings) -> bool:
    """Whether liquidity beyond a near swing point was taken and given back within the last bars.

    One of the last `sweep_bars` daily candles pierced, by its wick alone, one of the swing points
    that were confirmed before that candle; it closed back inside and the close still is.
    """
    side, last = case.side, case.d1_index
    near = near_prices(d1, side)
    for bar in range(last, max(0, last - settings.sweep_bars), -1):
        held = min(side * d1.close_price[bar], case.close_price)
        feet = near_pivots(pivots, side, bar - 1)
        for foot in feet[max(0, feet.size - settings.sweep_pivots_count) :]:
            if side * near[bar] < side * near[foot] < held:
                return True
    return False


@rule
def has_structure(d1: Bars, pivots: Pivots, case: Case, settings: PillarSettings) -> bool:
    """Whether the daily chart broke or builds structure in trade direction.

    A close beyond all of the last far swing points, or, unless `structure_needs_break`, the last
    two far and the last two near ones both moving with the trade (higher highs and higher lows).
    """
    oldest = case.d1_index - settings.structure_age_bars + 1
    tops = newest_since(
        far_pivots(pivots, case.side, case.d1_index), oldest, settings.structure_pivots_count
    )
    far = far_prices(d1, case.side)
    if tops.size > 0 and case.close_price > highest_of(far, case.side, tops):
        return True
    return not settings.structure_needs_break and builds_steps(
        d1, pivots, case, (oldest, _STEPS_COUNT)
    )


@rule
def builds_steps(d1: Bars, pivots: Pivots, case: Case, wanted: tuple[int, int]) -> bool:
    """Whether the last far and the last near swing points rise one by one on both sides.

    `wanted` is (oldest bar, how many on each side); fewer than that do not build anything.
    """
    oldest, count = wanted
    tops = newest_since(far_pivots(pivots, case.side, case.d1_index), oldest, count)
    feet = newest_since(near_pivots(pivots, case.side, case.d1_index), oldest, count)
    if tops.size < count or feet.size < count:
        return False
    is_top_rising = is_rising(far_prices(d1, case.side), case.side, tops)
    return is_top_rising and is_rising(near_prices(d1, case.side), case.side, feet)


@rule
def is_confirmed(h4: Bars, case: Case, settings: PillarSettings) -> bool:
    """Whether one of the last H4 candles speaks for the trade.

    Engulfing, pin bar, breakout beyond the candles before it, or a strong body.
    """
    side, last = case.side, case.h4_index
    for bar in range(last, max(-1, last - settings.confirmation_bars), -1):
        if is_strong(h4, side, bar, settings.confirmation_body_fraction):
            return True
        if is_engulfing(h4, side, bar) or is_pin(h4, side, bar, settings.pin_wick_per_body):
            return True
        if is_candle_breakout(h4, side, bar, settings.confirmation_breakout_bars):
            return True
    return False
