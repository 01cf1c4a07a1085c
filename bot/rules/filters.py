"""The quality filters: checks beside the score, of which a minimum must agree."""

from __future__ import annotations

import numpy as np

from bot.model.market import Bars, FloatArray
from bot.model.signal import Case, Features, FilterSettings, Pivots, QualityFilter
from bot.rules._rule import rule
from bot.rules.candles import body_price, is_engulfing, is_hammer
from bot.rules.pillars import builds_steps
from bot.rules.swings import far_pivots, far_prices, near_pivots, near_prices

_UNKNOWN_RANK_FRACTION = 0.5


@rule
def filters_passed(features: Features, case: Case, settings: FilterSettings) -> int:
    """Mask of the enabled filters that say yes; a disabled one is not even asked."""
    if settings.enabled_mask == 0:
        return 0
    return regimes_passed(features, case, settings) | shapes_passed(features, case, settings)


@rule
def regimes_passed(features: Features, case: Case, settings: FilterSettings) -> int:
    """Mask of the filters that look at indicators."""
    passed, last = 0, case.d1_index
    asked = settings.enabled_mask
    if asked >> QualityFilter.ATR_REGIME.value & 1 and is_atr_regime(
        features.d1_atr_price, last, settings
    ):
        passed |= 1 << QualityFilter.ATR_REGIME.value
    if asked >> QualityFilter.ADX_REGIME.value & 1 and is_adx_regime(
        features.d1_adx, last, settings
    ):
        passed |= 1 << QualityFilter.ADX_REGIME.value
    if asked >> QualityFilter.ZSCORE.value & 1 and is_stretched(
        case.side * features.d1_zscore[last], settings
    ):
        passed |= 1 << QualityFilter.ZSCORE.value
    if asked >> QualityFilter.MOMENTUM.value & 1 and has_momentum(
        case.side * features.d1_momentum_fraction[last],
        case.side * features.d1_momentum_fast_fraction[last],
    ):
        passed |= 1 << QualityFilter.MOMENTUM.value
    return passed


@rule
def shapes_passed(features: Features, case: Case, settings: FilterSettings) -> int:
    """Mask of the filters that look at candles and swings."""
    passed, d1 = 0, features.d1
    asked = settings.enabled_mask
    if asked >> QualityFilter.SWING_PATTERN.value & 1 and has_swing_pattern(
        d1, features.d1_pattern_pivots, case, settings
    ):
        passed |= 1 << QualityFilter.SWING_PATTERN.value
    if asked >> QualityFilter.DISPLACEMENT.value & 1 and has_displacement(d1, case, settings):
        passed |= 1 << QualityFilter.DISPLACEMENT.value
    if asked >> QualityFilter.CANDLE_REJECTION.value & 1 and is_rejected(
        features.h4, case, settings
    ):
        passed |= 1 << QualityFilter.CANDLE_REJECTION.value
    if asked >> QualityFilter.FRAMEWORK.value & 1 and is_framed(
        d1, features.d1_pivots, case, settings
    ):
        passed |= 1 << QualityFilter.FRAMEWORK.value
    return passed


@rule
def rank_fraction(values: FloatArray, index: int, bars: int) -> float:
    """Share of the last `bars` values not above the newest one; a half while there are too few."""
    first = index - bars + 1
    if first < 0 or np.isnan(values[first]):  # NaN while the indicator warms up
        return _UNKNOWN_RANK_FRACTION
    return int((values[first : index + 1] <= values[index]).sum()) / bars


@rule
def is_atr_regime(atr_price: FloatArray, index: int, settings: FilterSettings) -> bool:
    """Whether volatility is neither asleep nor wild: the ATR's rank among its own recent values."""
    rank = rank_fraction(atr_price, index, settings.atr_rank_bars)
    return settings.atr_rank_min_fraction <= rank <= settings.atr_rank_max_fraction


@rule
def is_adx_regime(adx: FloatArray, index: int, settings: FilterSettings) -> bool:
    """Whether the market trends: ADX at the minimum or above, and above its value some bars ago.

    `adx_rising_bars` of 0 does not ask for a rise; NaN (warming up) is no trend.
    """
    if not adx[index] >= settings.adx_min:
        return False
    before = index - settings.adx_rising_bars
    return bool(settings.adx_rising_bars == 0 or (before >= 0 and adx[index] > adx[before]))


@rule
def is_stretched(zscore: float, settings: FilterSettings) -> bool:
    """Whether the mirrored close stands at least `zscore_min` deviations against the trade."""
    return bool(zscore <= -settings.zscore_min)


@rule
def has_momentum(change_fraction: float, fast_change_fraction: float) -> bool:
    """Whether the slow and the fast mirrored rate of change both point in trade direction."""
    return bool(change_fraction > 0.0 and fast_change_fraction > 0.0)


@rule
def has_displacement(d1: Bars, case: Case, settings: FilterSettings) -> bool:
    """Whether a recent daily candle moved with the trade by a body of many ATR."""
    body_min_price = settings.displacement_body_atr * case.atr_price
    for bar in range(case.d1_index, max(-1, case.d1_index - settings.displacement_bars), -1):
        if body_price(d1, case.side, bar) >= body_min_price:
            return True
    return False


@rule
def is_rejected(h4: Bars, case: Case, settings: FilterSettings) -> bool:
    """Whether one of the last H4 candles rejected prices against the trade: hammer or engulfing."""
    for bar in range(case.h4_index, max(-1, case.h4_index - settings.rejection_bars), -1):
        if is_hammer(h4, case.side, bar, settings.rejection_wick_fraction):
            return True
        if is_engulfing(h4, case.side, bar):
            return True
    return False


@rule
def has_swing_pattern(d1: Bars, pivots: Pivots, case: Case, settings: FilterSettings) -> bool:
    """Whether the last swings draw an N or a V in trade direction.

    Both start from the newest confirmed far swing point (the top), which must not be too old, and
    the newest near one after it (the foot), above which the close must stand.
    """
    tops = far_pivots(pivots, case.side, case.d1_index)
    feet = near_pivots(pivots, case.side, case.d1_index)
    if tops.size == 0 or feet.size == 0:
        return False
    top, foot = tops[-1], feet[-1]
    if top <= case.d1_index - settings.pattern_age_bars or foot <= top:
        return False
    near = near_prices(d1, case.side)
    top_price = float(case.side * far_prices(d1, case.side)[top])
    foot_price = float(case.side * near[foot])
    if draws_v(top_price, foot_price, case, settings):
        return True
    start = feet.size - 1
    while start >= 0 and feet[start] >= top:
        start -= 1
    return start >= 0 and draws_n(
        (float(case.side * near[feet[start]]), top_price, foot_price), case, settings
    )


@rule
def draws_v(top_price: float, foot_price: float, case: Case, settings: FilterSettings) -> bool:
    """A fall as long as an impulse, of which the close has won back a part."""
    fall = top_price - foot_price
    if fall < settings.pattern_impulse_atr * case.atr_price:
        return False
    return case.close_price - foot_price >= settings.pattern_recovery_fraction * fall


@rule
def draws_n(swing: tuple[float, float, float], case: Case, settings: FilterSettings) -> bool:
    """An impulse from start to top, a pull-back of a part of it, and a close above its foot.

    `swing` is the mirrored prices of (start, top, foot).
    """
    start_price, top_price, foot_price = swing
    impulse = top_price - start_price
    if impulse < settings.pattern_impulse_atr * case.atr_price or case.close_price <= foot_price:
        return False
    pullback = (top_price - foot_price) / impulse
    least, most = settings.pattern_pullback_min_fraction, settings.pattern_pullback_max_fraction
    return least <= pullback <= most


@rule
def is_framed(d1: Bars, pivots: Pivots, case: Case, settings: FilterSettings) -> bool:
    """Whether swings step with the trade and the close lies in the near part of the last step."""
    if not builds_steps(d1, pivots, case, (0, settings.framework_pivots_count)):
        return False
    top = far_pivots(pivots, case.side, case.d1_index)[-1]
    foot = near_pivots(pivots, case.side, case.d1_index)[-1]
    foot_price = case.side * near_prices(d1, case.side)[foot]
    step = case.side * far_prices(d1, case.side)[top] - foot_price
    inside = case.close_price - foot_price
    return bool(0.0 < inside <= settings.framework_near_fraction * step)
