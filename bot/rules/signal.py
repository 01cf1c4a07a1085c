"""From closed bars to a signal: direction, levels, score, quality and one named verdict."""

from __future__ import annotations

from bot.model.signal import (
    Case,
    Direction,
    Features,
    Pillar,
    Signal,
    SignalSettings,
    SignalVerdict,
    SignalView,
    Volatility,
)
from bot.rules._rule import rule
from bot.rules.filters import filters_passed
from bot.rules.levels import leg_of, levels_of, structure_price
from bot.rules.pillars import pillars_passed
from bot.rules.trend import direction_of


@rule
def detect_signal(features: Features, view: SignalView, settings: SignalSettings) -> Signal:
    """What the strategy says at the close of daily bar `view.d1_index`.

    Refused signals carry everything that was computed, so that a person can see what was missing.
    """
    if view.d1_index + 1 < settings.bars_min_count:
        verdict = SignalVerdict.TOO_FEW_BARS.value
        return no_signal(verdict, Direction(0, 0, 0, 0, 0), 0.0)
    direction = direction_of(features, view, settings.trend)
    side = direction.side
    atr_price = float(features.d1_atr_price[view.d1_index])
    if side == 0:
        return no_signal(SignalVerdict.NO_DIRECTION.value, direction, atr_price)
    leg = leg_of(features, view.d1_index, side, settings.levels)
    if not (atr_price > 0.0 and leg.is_found):
        return no_signal(SignalVerdict.NO_LEVELS.value, direction, atr_price)
    close_price = float(side * features.d1.close_price[view.d1_index])
    structure = structure_price(features, view, side, settings.levels)
    case = Case(
        side=side,
        votes_count=direction.votes_count,
        d1_index=view.d1_index,
        h4_index=view.h4_index,
        close_price=close_price,
        atr_price=atr_price,
        leg=leg,
        levels=levels_of(leg, close_price, structure, atr_price, settings.levels),
    )
    passed_mask = pillars_passed(features, case, settings.pillars) | filters_passed(
        features, case, settings.filters
    )
    return judged(case, direction, passed_mask, view.volatility, settings)


@rule
def no_signal(verdict: int, direction: Direction, atr_price: float) -> Signal:
    """The answer when there are no levels to judge."""
    return Signal(
        verdict=verdict,
        side=direction.side,
        entry_price=0.0,
        stop_price=0.0,
        atr_price=atr_price,
        rr_r=0.0,
        score_fraction=0.0,
        points=0.0,
        passed_mask=0,
        enabled_mask=0,
        quality_count=0,
        trend_mn1=direction.mn1,
        trend_w1=direction.w1,
        trend_d1=direction.d1,
    )


@rule
def judged(
    case: Case, direction: Direction, passed_mask: int, volatility: int, settings: SignalSettings
) -> Signal:
    """The answer for a case with levels: score, quality and the first reason against it."""
    pillars, filters = settings.pillars, settings.filters
    share = weighted_share(passed_mask, pillars.enabled_mask, pillars.weights)
    if volatility == Volatility.HIGH.value:
        share = min(1.0, share * settings.volatile_boost_factor)
    quality_count = bits_count(passed_mask & filters.enabled_mask)
    return Signal(
        verdict=verdict_of(case, share, quality_count, settings),
        side=case.side,
        entry_price=case.side * case.levels.entry_price,
        stop_price=case.side * case.levels.stop_price,
        atr_price=case.atr_price,
        rr_r=case.levels.rr_r,
        score_fraction=share,
        points=share * settings.points_full,
        passed_mask=passed_mask,
        enabled_mask=pillars.enabled_mask | filters.enabled_mask,
        quality_count=quality_count,
        trend_mn1=direction.mn1,
        trend_w1=direction.w1,
        trend_d1=direction.d1,
    )


@rule
def weighted_share(passed_mask: int, enabled_mask: int, weights: tuple[float, ...]) -> float:
    """Weight of the passed pillars per weight of the enabled ones; 0 when none is enabled."""
    passed, enabled = 0.0, 0.0
    for bit in range(Pillar.RISK_REWARD.value + 1):
        if enabled_mask >> bit & 1:
            enabled += weights[bit]
            if passed_mask >> bit & 1:
                passed += weights[bit]
    if enabled <= 0.0:
        return 0.0
    return passed / enabled


@rule
def bits_count(mask: int) -> int:
    """How many checks a mask names."""
    count = 0
    while mask > 0:
        count += mask & 1
        mask >>= 1
    return count


@rule
def verdict_of(
    case: Case, score_fraction: float, quality_count: int, settings: SignalSettings
) -> int:
    """The first reason against the signal, SIGNAL when there is none; a value at a limit passes."""
    stop_atr = case.levels.one_r_price / case.atr_price
    if stop_atr < settings.levels.stop_min_atr:
        return SignalVerdict.STOP_TOO_NARROW.value
    if stop_atr > settings.levels.stop_max_atr:
        return SignalVerdict.STOP_TOO_WIDE.value
    if case.levels.rr_r < settings.levels.rr_min_r:
        return SignalVerdict.RR_TOO_LOW.value
    if score_fraction < settings.score_min_fraction:
        return SignalVerdict.SCORE_TOO_LOW.value
    if quality_count < settings.filters.passes_min_count:
        return SignalVerdict.QUALITY_TOO_LOW.value
    return SignalVerdict.SIGNAL.value
