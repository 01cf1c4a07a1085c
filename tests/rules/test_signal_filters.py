"""Each quality filter's yes and no, drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest
from signal_worlds import (
    ALL_FILTERS,
    bars_of,
    case_at,
    closes,
    everything_on,
    flat,
    negated,
    pivots_at,
    random_features,
    view_of,
)

from bot.model.market import Bars
from bot.model.signal import Case, Features, Pivots, QualityFilter, SignalView
from bot.rules.filters import (
    draws_n,
    draws_v,
    has_displacement,
    has_momentum,
    has_swing_pattern,
    is_adx_regime,
    is_atr_regime,
    is_framed,
    is_rejected,
    is_stretched,
    rank_fraction,
)
from bot.rules.signal import detect_signal

SETTINGS = everything_on().filters


# --- regimes ------------------------------------------------------------------------------------


def test_the_rank_is_the_share_of_values_not_above_the_newest() -> None:
    assert rank_fraction(closes(4.0, 3.0, 1.0, 2.0), 3, 4) == 0.5
    assert rank_fraction(closes(1.0, 2.0, 2.0, 2.0), 3, 4) == 1.0
    assert rank_fraction(closes(9.0, 4.0, 3.0, 1.0), 3, 4) == 0.25


def test_the_rank_is_a_half_while_history_is_short() -> None:
    assert rank_fraction(closes(1.0, 2.0, 3.0), 2, 4) == 0.5
    assert rank_fraction(closes(np.nan, 2.0, 3.0, 1.0), 3, 4) == 0.5
    assert rank_fraction(closes(np.nan, 2.0, 3.0, 1.0), 3, 3) == pytest.approx(1.0 / 3.0)


@pytest.mark.parametrize(
    ("newest", "is_good"), [(1.0, False), (2.5, True), (3.5, True), (9.0, False)]
)
def test_volatility_is_asked_to_be_neither_asleep_nor_wild(newest: float, is_good: bool) -> None:
    settings = SETTINGS._replace(
        atr_rank_bars=4, atr_rank_min_fraction=0.5, atr_rank_max_fraction=0.75
    )
    assert is_atr_regime(closes(2.0, 3.0, 4.0, newest), 3, settings) is is_good


def test_adx_must_reach_its_minimum() -> None:
    settings = SETTINGS._replace(adx_min=20.0, adx_rising_bars=0)
    assert is_adx_regime(closes(20.0), 0, settings)
    assert not is_adx_regime(closes(19.9), 0, settings)
    assert not is_adx_regime(closes(np.nan), 0, settings)


def test_adx_may_be_asked_to_rise() -> None:
    settings = SETTINGS._replace(adx_min=20.0, adx_rising_bars=2)
    assert is_adx_regime(closes(24.0, 30.0, 25.0), 2, settings)
    assert not is_adx_regime(closes(25.0, 20.0, 25.0), 2, settings)
    assert not is_adx_regime(closes(25.0), 0, settings)


@pytest.mark.parametrize(("zscore", "is_good"), [(-1.5, True), (-1.4, False), (1.5, False)])
def test_a_stretched_price_stands_against_the_trade(zscore: float, is_good: bool) -> None:
    assert is_stretched(zscore, SETTINGS._replace(zscore_min=1.5)) is is_good


def test_momentum_needs_both_runs_with_the_trade() -> None:
    assert has_momentum(0.01, 0.001)
    assert not has_momentum(0.01, 0.0)
    assert not has_momentum(-0.01, 0.01)
    assert not has_momentum(np.nan, 0.01)


# --- candles ------------------------------------------------------------------------------------


def test_a_displacement_is_one_big_body_with_the_trade_not_long_ago() -> None:
    settings = SETTINGS._replace(displacement_bars=3, displacement_body_atr=1.5)
    bars = bars_of([*flat(3), (100.0, 104.0, 99.0, 103.0), *flat(2)])
    assert has_displacement(bars, case_at(bars, atr_price=2.0), settings)
    assert not has_displacement(bars, case_at(bars, atr_price=2.01), settings)
    assert not has_displacement(bars, case_at(bars, -1, atr_price=2.0), settings)
    older = settings._replace(displacement_bars=2)
    assert not has_displacement(bars, case_at(bars, atr_price=2.0), older)


@pytest.mark.parametrize(
    ("candle", "is_good"),
    [
        ((100.0, 100.6, 98.0, 100.4), True),  # the lower wick is 2 of 2.6
        ((99.0, 100.0, 98.0, 99.5), True),  # half of it, a value at the limit
        ((98.9, 100.0, 98.0, 99.5), False),
        ((100.0, 102.0, 99.5, 100.4), False),
    ],
)
def test_a_long_lower_wick_rejects_lower_prices(
    candle: tuple[float, float, float, float], is_good: bool
) -> None:
    bars = bars_of([(100.0, 100.1, 99.9, 100.0), candle])
    settings = SETTINGS._replace(rejection_bars=1, rejection_wick_fraction=0.5)
    assert is_rejected(bars, case_at(bars, h4_index=1), settings) is is_good
    upside_down = negated(bars)
    assert is_rejected(upside_down, case_at(upside_down, -1, h4_index=1), settings) is is_good


def test_an_engulfing_candle_rejects_too_and_is_forgotten_after_its_bars() -> None:
    bars = bars_of([(101.0, 101.1, 99.9, 100.0), (99.9, 101.2, 99.8, 101.1), (101.0,) * 4])
    case = case_at(bars, h4_index=2)
    assert is_rejected(bars, case, SETTINGS._replace(rejection_bars=2))
    assert not is_rejected(bars, case, SETTINGS._replace(rejection_bars=1))


def test_without_h4_bars_nothing_is_rejected() -> None:
    assert not is_rejected(bars_of([]), case_at(bars_of(flat(3))), SETTINGS)


# --- swings -------------------------------------------------------------------------------------

PATTERN = SETTINGS._replace(
    pattern_impulse_atr=2.0,
    pattern_pullback_min_fraction=0.25,
    pattern_pullback_max_fraction=0.75,
    pattern_recovery_fraction=0.5,
    pattern_age_bars=10,
)


@pytest.mark.parametrize(
    ("foot_price", "is_good"), [(108.0, False), (107.5, True), (102.5, True), (102.0, False)]
)
def test_an_n_pulls_back_a_part_of_its_impulse(foot_price: float, is_good: bool) -> None:
    case = case_at(bars_of([(109.0,) * 4]), atr_price=5.0)
    assert draws_n((100.0, 110.0, foot_price), case, PATTERN) is is_good


def test_an_n_needs_an_impulse_and_a_close_above_its_foot() -> None:
    case = case_at(bars_of([(105.0,) * 4]), atr_price=5.01)
    assert not draws_n((100.0, 110.0, 104.0), case, PATTERN)
    under = case_at(bars_of([(104.0,) * 4]), atr_price=1.0)
    assert not draws_n((100.0, 110.0, 104.0), under, PATTERN)


@pytest.mark.parametrize(("close", "is_good"), [(105.0, True), (104.9, False)])
def test_a_v_wins_back_a_part_of_its_fall(close: float, is_good: bool) -> None:
    case = case_at(bars_of([(close,) * 4]), atr_price=5.0)
    assert draws_v(110.0, 100.0, case, PATTERN) is is_good
    assert not draws_v(110.0, 100.0, case._replace(atr_price=5.1), PATTERN)


ZIGZAG = [
    (100.0, 101.0, 100.0, 101.0),
    (101.0, 105.0, 101.0, 105.0),
    (105.0, 110.0, 105.0, 109.0),
    (109.0, 109.0, 106.0, 106.5),
    (106.5, 107.0, 105.0, 106.9),
    (106.9, 107.5, 106.0, 107.0),
]


def pattern(bars: Bars, pivots: Pivots, case: Case | None = None) -> bool:
    return has_swing_pattern(bars, pivots, case or case_at(bars, atr_price=4.0), PATTERN)


def test_impulse_and_pull_back_are_found_among_the_swing_points() -> None:
    bars = bars_of(ZIGZAG)
    assert pattern(bars, pivots_at(6, (2,), (0, 4)))
    upside_down = negated(bars)
    case = case_at(upside_down, -1, atr_price=4.0)
    assert pattern(upside_down, pivots_at(6, (0, 4), (2,)), case)


def test_a_pattern_needs_a_start_a_top_and_a_foot_in_this_order() -> None:
    bars = bars_of(ZIGZAG)
    assert not pattern(bars, pivots_at(6, (), (0, 4)))
    assert not pattern(bars, pivots_at(6, (2,), ()))
    assert not pattern(bars, pivots_at(6, (2,), (0,)))
    assert not pattern(bars, pivots_at(6, (2,), (4,)))


def test_a_pattern_that_is_too_old_or_broken_is_none() -> None:
    bars, pivots = bars_of(ZIGZAG), pivots_at(6, (2,), (0, 4))
    case = case_at(bars, atr_price=4.0)
    assert has_swing_pattern(bars, pivots, case, PATTERN._replace(pattern_age_bars=4))
    assert not has_swing_pattern(bars, pivots, case, PATTERN._replace(pattern_age_bars=3))
    assert not pattern(bars, pivots, case._replace(close_price=105.0))


def test_swings_step_and_the_close_is_near_the_last_foot() -> None:
    candles = flat(8)
    for bar, high, low in ((1, 105.0, 99.0), (3, 104.0, 98.0), (4, 107.0, 99.0), (6, 103.0, 100.0)):
        candles[bar] = (100.0, high, low, 101.0)
    settings = SETTINGS._replace(framework_pivots_count=2, framework_near_fraction=0.5)
    bars, pivots = bars_of(candles), pivots_at(8, (1, 4), (3, 6))
    for close, is_good in ((103.5, True), (103.6, False), (100.0, False)):
        case = case_at(bars)._replace(close_price=close)
        assert is_framed(bars, pivots, case, settings) is is_good
    case = case_at(bars)._replace(close_price=103.0)
    assert not is_framed(bars, pivots_at(8, (4, 1), (3, 6)), case, settings)
    assert not is_framed(bars, pivots, case, settings._replace(framework_pivots_count=3))


# --- the mask -----------------------------------------------------------------------------------


def test_each_filter_answers_for_itself_alone() -> None:
    settings, seen = everything_on(), 0
    for seed in range(12):
        features = random_features(seed, settings)
        for d1_index in range(200, 259, 3):
            view = view_of(features, d1_index)
            together = detect_signal(features, view, settings)
            if together.stop_price != 0.0:
                alone = alone_mask(features, view)
                assert alone == together.passed_mask & ALL_FILTERS
                seen |= alone
    assert seen == ALL_FILTERS


def alone_mask(features: Features, view: SignalView) -> int:
    """Filters that pass when each is the only one."""
    settings, mask = everything_on(), 0
    for check in QualityFilter:
        only = settings.filters._replace(enabled_mask=1 << check.value)
        found = detect_signal(features, view, settings._replace(filters=only))
        mask |= found.passed_mask & ALL_FILTERS
        assert found.quality_count == (found.passed_mask & ALL_FILTERS).bit_count()
    return mask
