"""Leg, entry, stop and room, with numbers small enough to check by head."""

from __future__ import annotations

import pytest
from signal_worlds import (
    Candle,
    bars_of,
    everything_on,
    flat,
    negated,
    pivots_at,
    random_features,
    view_of,
)

from bot.indicators import features_of
from bot.model.market import Bars
from bot.model.signal import Features, Leg, Levels, LevelSettings
from bot.rules.levels import fallback_leg, foothold_price, leg_of, levels_of, structure_price

SETTINGS = everything_on().levels._replace(
    leg_lookback_bars=30, leg_break_bars=5, leg_swing_bars=9, leg_candle_bars=3
)
RED, TURN, PUSH, BREAK = (
    (100.0, 100.5, 97.0, 98.0),
    (98.5, 99.6, 98.0, 99.5),
    (99.5, 100.5, 99.0, 100.4),
    (100.4, 105.5, 100.0, 105.0),
)
"""A swing at 97, its red candle closing at 98, a green one from 98.5, a break closing at 105."""

RISE: list[Candle] = [*flat(29), RED, TURN, PUSH, BREAK, *flat(4, 104.0)]


def features(bars: Bars) -> Features:
    nothing = bars_of([])
    return features_of(bars, nothing, nothing, nothing, everything_on())


def leg(candles: list[Candle], settings: LevelSettings = SETTINGS) -> Leg:
    bars = bars_of(candles)
    return leg_of(features(bars), len(candles) - 1, 1, settings)


def test_a_leg_runs_from_the_last_opposite_close_to_the_breaking_close() -> None:
    assert leg(RISE) == Leg(near_price=98.0, far_price=105.0, extreme_price=105.5, is_found=True)


def test_the_open_of_the_turning_candle_starts_the_leg_when_it_is_nearer() -> None:
    gapped = [*RISE]
    gapped[30] = (97.5, 99.6, 97.2, 99.5)
    assert leg(gapped).near_price == 97.5


def test_without_an_opposite_candle_the_swing_itself_starts_the_leg() -> None:
    green_swing = [*RISE]
    green_swing[29] = (97.5, 100.5, 97.0, 98.0)
    assert leg(green_swing).near_price == 97.0


def test_a_falling_leg_is_the_rising_one_upside_down() -> None:
    bars = negated(bars_of(RISE))
    assert leg_of(features(bars), len(RISE) - 1, -1, SETTINGS) == leg(RISE)


def test_a_break_needs_a_close_beyond_every_bar_before_it_and_a_body_with_it() -> None:
    no_fallback = SETTINGS._replace(use_fallback_leg=False)
    only_touch = [*RISE]
    only_touch[32] = (100.4, 105.5, 100.0, 101.0)
    assert not leg(only_touch, no_fallback).is_found
    against = [*RISE]
    against[32] = (106.0, 106.5, 100.0, 105.0)
    assert not leg(against, no_fallback).is_found


def test_a_break_older_than_the_look_back_is_forgotten() -> None:
    no_fallback = SETTINGS._replace(use_fallback_leg=False)
    at_the_edge = RISE[:33] + flat(24, 104.0)
    assert leg(at_the_edge, no_fallback).is_found
    assert not leg([*at_the_edge, *flat(1, 104.0)], no_fallback).is_found


def test_the_oldest_bar_of_the_look_back_is_no_swing() -> None:
    turn = (98.5, 99.6, 98.3, 99.5)
    chart = [*flat(29), RED, turn, PUSH, *flat(3), BREAK]
    swing_is_second = [*chart, *flat(58 - len(chart), 104.0)]
    assert leg(swing_is_second).near_price == 98.0
    swing_is_oldest = [*swing_is_second, *flat(1, 104.0)]
    assert leg(swing_is_oldest).near_price == 98.3


def test_the_extreme_counts_what_was_reached_after_the_break() -> None:
    higher = [*RISE, (104.0, 109.0, 103.0, 104.0)]
    assert leg(higher).extreme_price == 109.0
    assert leg(higher).far_price == 105.0


def test_the_fallback_leg_spans_the_last_swing_points() -> None:
    bars = bars_of(
        [
            (10.0, 19.0, 9.0, 10.0),
            (10.0, 15.0, 4.0, 10.0),
            (10.0, 16.0, 6.0, 10.0),
            (10.0, 14.0, 5.0, 10.0),
            (10.0, 12.0, 8.0, 10.0),
        ]
    )
    pivots = pivots_at(5, highs=(0, 2), lows=(1, 3))
    one = SETTINGS._replace(leg_pivots_count=1)
    assert fallback_leg(bars, pivots, (4, 1), one) == Leg(5.0, 16.0, 19.0, is_found=True)
    assert fallback_leg(bars, pivots, (4, 1), SETTINGS) == Leg(4.0, 19.0, 19.0, is_found=True)
    assert fallback_leg(bars, pivots, (4, -1), one) == Leg(-16.0, -5.0, -4.0, is_found=True)


def test_the_fallback_leg_without_swing_points_spans_the_look_back() -> None:
    bars = bars_of([(10.0, 12.0, 9.0, 11.0), (11.0, 15.0, 10.0, 11.0)])
    pivots = pivots_at(2, highs=(), lows=())
    assert fallback_leg(bars, pivots, (1, 1), SETTINGS) == Leg(9.0, 15.0, 15.0, is_found=True)


# --- structure ----------------------------------------------------------------------------------


def test_the_stop_hides_behind_the_last_h4_swing_lows() -> None:
    bars = bars_of([(10.0, 11.0, 10.0 - bar % 3, 10.0) for bar in range(12)])
    pivots = pivots_at(12, highs=(), lows=(2, 5, 8))
    shape = SETTINGS._replace(
        structure_bars=10, pivot_wing_bars=1, structure_pivots_count=3, structure_extreme_bars=2
    )
    assert foothold_price(bars, pivots, (11, 1), shape) == 8.0


def test_a_swing_point_whose_wing_leaves_the_window_does_not_count() -> None:
    lows = [5.0, 9.0, 9.0, 7.0, 9.0, 9.0]
    bars = bars_of([(10.0, 11.0, low, 10.0) for low in lows])
    pivots = pivots_at(6, highs=(), lows=(0, 3))
    shape = SETTINGS._replace(structure_bars=6, pivot_wing_bars=1, structure_extreme_bars=2)
    assert foothold_price(bars, pivots, (5, 1), shape) == 7.0
    assert foothold_price(bars, pivots, (5, 1), shape._replace(structure_bars=3)) == 9.0


def test_daily_bars_give_the_structure_while_h4_is_too_short() -> None:
    found = random_features(1, everything_on())
    view = view_of(found, 200)
    short = view._replace(h4_index=SETTINGS.structure_bars - 2)
    enough = view._replace(h4_index=SETTINGS.structure_bars - 1)
    assert structure_price(found, short, 1, SETTINGS) == foothold_price(
        found.d1, found.d1_pivots, (200, 1), SETTINGS
    )
    assert structure_price(found, enough, 1, SETTINGS) == foothold_price(
        found.h4, found.h4_pivots, (SETTINGS.structure_bars - 1, 1), SETTINGS
    )


# --- levels -------------------------------------------------------------------------------------

LEVELS = SETTINGS._replace(
    entry_retrace_fraction=0.5,
    entry_at_close_atr=0.5,
    leg_buffer_atr=0.5,
    structure_buffer_atr=0.25,
    fallback_stop_atr=1.5,
    target_extension_fraction=0.0,
)


def levels(close_price: float, structure: float = 100.0, leg_far: float = 110.0) -> Levels:
    leg = Leg(near_price=100.0, far_price=leg_far, extreme_price=112.0, is_found=True)
    return levels_of(leg, close_price, structure, 2.0, LEVELS)


def test_the_entry_waits_at_the_retracement_of_the_leg() -> None:
    assert levels(108.0).entry_price == 105.0


def test_a_close_near_the_retracement_is_the_entry() -> None:
    assert levels(105.9).entry_price == 105.9
    assert levels(106.0).entry_price == 105.0


def test_the_stop_lies_beyond_leg_and_structure_whichever_is_farther() -> None:
    assert levels(108.0, structure=104.0).stop_price == 99.0
    assert levels(108.0, structure=98.0).stop_price == 97.5


def test_room_is_measured_to_the_farthest_price_of_the_leg_per_1r() -> None:
    found = levels(108.0)
    assert found.one_r_price == 6.0
    assert found.rr_r == pytest.approx(7.0 / 6.0)


def test_an_extension_of_the_leg_makes_more_room() -> None:
    leg = Leg(100.0, 110.0, 112.0, is_found=True)
    found = levels_of(leg, 108.0, 100.0, 2.0, LEVELS._replace(target_extension_fraction=0.5))
    assert found.rr_r == pytest.approx(12.0 / 6.0)


@pytest.mark.parametrize("leg_far", [100.0, 99.0])
def test_an_empty_leg_is_entered_at_the_close_with_the_wider_stop(leg_far: float) -> None:
    assert levels(108.0, structure=107.0, leg_far=leg_far)[:2] == (108.0, 105.0)
    assert levels(108.0, structure=103.0, leg_far=leg_far)[:2] == (108.0, 102.5)
