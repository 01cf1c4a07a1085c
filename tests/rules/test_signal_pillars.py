"""Each pillar's yes and no, drawn by hand."""

from __future__ import annotations

import pytest
from signal_worlds import (
    ALL_PILLARS,
    bars_of,
    case_at,
    everything_on,
    flat,
    negated,
    pivots_at,
    random_features,
    view_of,
)

from bot.model.market import Bars
from bot.model.signal import Case, Features, Pillar, SignalView
from bot.rules.candles import is_engulfing, is_hammer, is_pin, is_strong
from bot.rules.pillars import (
    builds_steps,
    has_structure,
    has_swept,
    is_at_location,
    is_confirmed,
    is_in_golden_zone,
    pillars_passed,
)
from bot.rules.signal import detect_signal

SETTINGS = everything_on().pillars
NO_PIVOTS = pivots_at(40, (), ())


def ranged(close: float) -> Bars:
    """Twenty-nine bars between 90 and 110, then one that closes at `close`."""
    return bars_of([*flat(29, 100.0, 10.0), (100.0, 110.0, 90.0, close)])


# --- location -----------------------------------------------------------------------------------


def test_the_near_end_of_the_range_is_a_location() -> None:
    settings = SETTINGS._replace(location_range_bars=20, location_range_fraction=0.3)
    for close, is_good in ((96.0, True), (96.1, False)):
        bars = ranged(close)
        assert is_at_location(bars, NO_PIVOTS, case_at(bars), settings) is is_good
        upside_down = negated(bars)
        case = case_at(upside_down, -1)
        assert is_at_location(upside_down, NO_PIVOTS, case, settings) is is_good


def test_a_close_near_a_swing_low_is_a_location() -> None:
    settings = SETTINGS._replace(location_near_atr=0.5)
    candles = flat(29, 100.0, 10.0)
    candles[20] = (100.0, 104.0, 102.0, 103.0)
    for close, is_good in ((103.0, True), (103.1, False), (101.0, True)):
        bars = bars_of([*candles, (100.0, 110.0, 90.0, close)])
        case = case_at(bars, atr_price=2.0)
        assert is_at_location(bars, pivots_at(30, (), (20,)), case, settings) is is_good


def test_a_swing_low_that_is_too_old_or_one_too_many_is_no_location() -> None:
    candles = flat(29, 100.0, 10.0)
    candles[10] = candles[20] = (100.0, 110.0, 105.0, 106.0)
    candles[20] = (100.0, 110.0, 95.0, 106.0)
    bars = bars_of([*candles, (100.0, 110.0, 90.0, 105.0)])
    pivots = pivots_at(30, (), (10, 20))
    case = case_at(bars, atr_price=1.0)
    assert is_at_location(bars, pivots, case, SETTINGS)
    assert not is_at_location(bars, pivots, case, SETTINGS._replace(location_pivots_count=1))
    assert is_at_location(bars, pivots, case, SETTINGS._replace(location_pivot_age_bars=20))
    assert not is_at_location(bars, pivots, case, SETTINGS._replace(location_pivot_age_bars=19))


# --- golden zone --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("close", "is_good"),
    [(106.19, False), (106.18, True), (102.14, True), (102.13, False), (99.0, False)],
)
def test_the_golden_zone_is_38_2_to_78_6_percent_of_the_leg(close: float, is_good: bool) -> None:
    case = case_at(bars_of([(close, close, close, close)]), leg=(100.0, 110.0))
    settings = SETTINGS._replace(zone_min_fraction=0.38199999, zone_max_fraction=0.78600001)
    assert is_in_golden_zone(case, settings) is is_good


def test_an_empty_leg_has_no_golden_zone() -> None:
    case = case_at(bars_of([(5.0, 5.0, 5.0, 5.0)]), leg=(5.0, 5.0))
    assert not is_in_golden_zone(case, SETTINGS)


# --- liquidity sweep ----------------------------------------------------------------------------


def swept(candle: tuple[float, float, float, float], last_close: float = 102.0) -> bool:
    """A swing low at 98, then `candle`, then a bar that closes at `last_close`."""
    candles = flat(8)
    candles[4] = (100.0, 101.0, 98.0, 100.0)
    bars = bars_of([*candles, candle, (102.0, 103.0, 99.0, last_close)])
    pivots = pivots_at(10, (), (4,), wing=3)
    upside_down = negated(bars)
    mirrored = has_swept(
        upside_down, pivots_at(10, (4,), (), wing=3), case_at(upside_down, -1), SETTINGS
    )
    found = has_swept(bars, pivots, case_at(bars), SETTINGS)
    assert found is mirrored
    return found


def test_a_wick_below_a_swing_low_that_closes_back_inside_is_a_sweep() -> None:
    assert swept((100.0, 101.0, 97.0, 100.0))


def test_a_wick_that_only_touches_the_swing_low_swept_nothing() -> None:
    assert not swept((100.0, 101.0, 98.0, 100.0))


def test_a_close_below_the_swing_low_is_a_break_not_a_sweep() -> None:
    assert not swept((100.0, 101.0, 97.0, 97.5))


def test_a_sweep_that_did_not_hold_is_none() -> None:
    assert not swept((100.0, 101.0, 97.0, 100.0), last_close=97.9)


def test_a_sweep_counts_only_for_its_bars_and_pivots() -> None:
    candles = flat(8)
    candles[4] = (100.0, 101.0, 98.0, 100.0)
    bars = bars_of([*candles, (100.0, 101.0, 97.0, 100.0), *flat(2)])
    case, pivots = case_at(bars), pivots_at(11, (), (4,), wing=3)
    assert has_swept(bars, pivots, case, SETTINGS._replace(sweep_bars=3))
    assert not has_swept(bars, pivots, case, SETTINGS._replace(sweep_bars=2))
    deeper_low = bars.low_price.copy()
    deeper_low[6] = 96.0
    bars, newer = bars._replace(low_price=deeper_low), pivots_at(11, (), (4, 6), wing=1)
    assert has_swept(bars, newer, case, SETTINGS._replace(sweep_bars=3))
    one_pivot = SETTINGS._replace(sweep_bars=3, sweep_pivots_count=1)
    assert not has_swept(bars, newer, case, one_pivot)


def test_a_swing_low_confirmed_only_by_the_sweeping_bar_was_not_known_to_it() -> None:
    candles = flat(8)
    candles[4] = (100.0, 101.0, 98.0, 100.0)
    bars = bars_of([*candles, (100.0, 101.0, 97.0, 100.0), *flat(1)])
    assert not has_swept(bars, pivots_at(10, (), (4,), wing=4), case_at(bars), SETTINGS)


# --- structure ----------------------------------------------------------------------------------

STEPS = bars_of(
    [
        (100.0, 101.0, 99.0, 100.0),
        (100.0, 105.0, 99.0, 104.0),
        (104.0, 104.0, 100.0, 101.0),
        (101.0, 107.0, 101.0, 106.0),
        (106.0, 106.0, 102.0, 103.0),
        (103.0, 105.0, 102.5, 104.5),
    ]
)


def structure(case: Case, highs: tuple[int, ...], lows: tuple[int, ...], needs_break: bool) -> bool:
    settings = SETTINGS._replace(structure_needs_break=needs_break)
    return has_structure(STEPS, pivots_at(6, highs, lows), case, settings)


def test_higher_highs_and_higher_lows_are_structure_unless_a_break_is_asked() -> None:
    case = case_at(STEPS)
    assert structure(case, (1, 3), (2, 4), needs_break=False)
    assert not structure(case, (1, 3), (2, 4), needs_break=True)


def test_higher_lows_alone_are_no_structure() -> None:
    case = case_at(STEPS)
    assert not builds_steps(STEPS, pivots_at(6, (3, 4), (2, 4)), case, (0, 2))
    assert not builds_steps(STEPS, pivots_at(6, (3,), (2, 4)), case, (0, 2))


def test_a_close_beyond_all_of_the_last_swing_highs_breaks_structure() -> None:
    above = case_at(STEPS)._replace(close_price=107.1)
    at = case_at(STEPS)._replace(close_price=107.0)
    assert structure(above, (1, 3), (), needs_break=True)
    assert not structure(at, (1, 3), (), needs_break=True)


def test_swing_highs_that_are_too_old_do_not_make_structure() -> None:
    case = case_at(STEPS)._replace(close_price=200.0)
    pivots = pivots_at(6, (1,), ())
    assert has_structure(STEPS, pivots, case, SETTINGS._replace(structure_age_bars=5))
    assert not has_structure(STEPS, pivots, case, SETTINGS._replace(structure_age_bars=4))


# --- H4 confirmation ----------------------------------------------------------------------------

DULL = (100.0, 101.0, 99.0, 100.2)


@pytest.mark.parametrize(
    ("candles", "is_good"),
    [
        ([DULL, (100.0, 102.0, 99.0, 102.0)], True),  # body two thirds of the range
        ([(101.0, 101.2, 99.8, 100.5), (100.4, 102.0, 99.2, 101.1)], True),  # engulfs it
        ([DULL, (100.0, 100.5, 98.0, 100.4)], True),  # pin: wick 2, body 0.4, other wick 0.1
        ([DULL, (100.0, 103.0, 97.0, 98.0)], False),  # goes the other way
        ([DULL] * 6, False),
        ([*[DULL] * 4, (100.0, 101.1, 99.0, 100.1)], True),  # breaks four highs
        ([*[DULL] * 3, (100.0, 101.1, 99.0, 100.1)], False),  # only three before it
    ],
)
def test_one_h4_candle_may_confirm(
    candles: list[tuple[float, float, float, float]], is_good: bool
) -> None:
    bars = bars_of(candles)
    settings = SETTINGS._replace(confirmation_bars=1, confirmation_breakout_bars=4)
    case = case_at(bars, h4_index=len(candles) - 1)
    assert is_confirmed(bars, case, settings) is is_good
    upside_down = negated(bars)
    mirrored = case_at(upside_down, -1, h4_index=len(candles) - 1)
    assert is_confirmed(upside_down, mirrored, settings) is is_good


def test_a_confirmation_is_forgotten_after_its_bars() -> None:
    bars = bars_of([(100.0, 102.0, 99.0, 102.0), DULL, DULL])
    case = case_at(bars, h4_index=2)
    assert is_confirmed(bars, case, SETTINGS._replace(confirmation_bars=3))
    assert not is_confirmed(bars, case, SETTINGS._replace(confirmation_bars=2))


def test_without_h4_bars_nothing_is_confirmed() -> None:
    nothing = bars_of([])
    assert not is_confirmed(nothing, case_at(bars_of(flat(3))), SETTINGS)


def test_an_engulfing_body_covers_the_opposite_body_before_it() -> None:
    before = (101.0, 101.5, 99.0, 100.0)
    assert is_engulfing(bars_of([before, (100.0, 102.0, 99.5, 101.0)]), 1, 1)
    assert not is_engulfing(bars_of([before, (100.1, 102.0, 99.5, 101.0)]), 1, 1)
    assert not is_engulfing(bars_of([before, (100.0, 102.0, 99.5, 100.9)]), 1, 1)
    assert not is_engulfing(bars_of([before]), 1, 0)


def test_a_pin_has_one_long_wick() -> None:
    assert is_pin(bars_of([(10.0, 11.2, 7.9, 11.0)]), 1, 0, 2.0)
    assert not is_pin(bars_of([(10.0, 11.2, 8.0, 11.0)]), 1, 0, 2.0)
    assert not is_pin(bars_of([(10.0, 11.5, 7.9, 11.0)]), 1, 0, 2.0)


def test_a_doji_without_range_is_neither_pin_nor_hammer_nor_strong() -> None:
    dot = bars_of([(10.0, 10.0, 10.0, 10.0)])
    assert not is_pin(dot, 1, 0, 2.0)
    assert not is_hammer(dot, 1, 0, 0.5)
    assert not is_strong(dot, 1, 0, 0.6)


# --- the mask -----------------------------------------------------------------------------------


def test_each_pillar_answers_for_itself_alone() -> None:
    """Asked one by one, the pillars say what they say when asked together."""
    settings, seen = everything_on(), 0
    for seed in (3, 4, 5):
        features = random_features(seed, settings)
        for d1_index in range(205, 255, 3):
            view = view_of(features, d1_index)
            together = detect_signal(features, view, settings)
            if together.stop_price != 0.0:
                alone = alone_mask(features, view)
                assert alone == together.passed_mask & ALL_PILLARS
                seen |= alone
    assert seen == ALL_PILLARS


def alone_mask(features: Features, view: SignalView) -> int:
    """Pillars that pass when each is the only one."""
    settings, mask = everything_on(), 0
    for pillar in Pillar:
        only = settings.pillars._replace(enabled_mask=1 << pillar.value)
        found = detect_signal(features, view, settings._replace(pillars=only))
        assert found.score_fraction in (0.0, 1.0)
        mask |= found.passed_mask & ALL_PILLARS
    return mask


@pytest.mark.parametrize(("votes", "is_good"), [(1, False), (2, True), (3, True)])
def test_the_trend_pillar_counts_votes(votes: int, is_good: bool) -> None:
    features = random_features(3, everything_on())
    case = case_at(features.d1, votes_count=votes)
    only = SETTINGS._replace(enabled_mask=1 << Pillar.TREND_VOTE.value, trend_votes_min_count=2)
    assert pillars_passed(features, case, only) == int(is_good) << Pillar.TREND_VOTE.value


@pytest.mark.parametrize(("rr_r", "is_good"), [(1.39, False), (1.4, True)])
def test_the_risk_reward_pillar_wants_room(rr_r: float, is_good: bool) -> None:
    features = random_features(3, everything_on())
    only = SETTINGS._replace(enabled_mask=1 << Pillar.RISK_REWARD.value, rr_good_r=1.4)
    passed = pillars_passed(features, case_at(features.d1, rr_r=rr_r), only)
    assert passed == int(is_good) << Pillar.RISK_REWARD.value
