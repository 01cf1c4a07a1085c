"""The stop of an open trade: break-even, locks, trailing; never looser, always legal."""

from __future__ import annotations

import math

import pytest
from builders_exits import BOTH, HOLD, at_r, step, until_hold
from builders_money import BUY, EXITS, SELL, SPEC, a_trade
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.decision import ExitAction, ExitReason, PositionStep
from bot.rules.exits import (
    is_frozen,
    legal_edit,
    legal_stop,
    price_on_tick,
    rung_stop_price,
    stop_after_step,
    stop_step,
    tighter_stop,
    trail_stop_price,
)


@BOTH
def test_after_the_first_rung_the_stop_goes_to_break_even_plus_costs(side: int) -> None:
    trade, steps = until_hold(a_trade(side), at_r(side, 0.6))
    assert [s.action for s in steps] == [ExitAction.TAKE_RUNG, ExitAction.MOVE_STOP]
    assert trade.stop_price == pytest.approx(1.1 + side * 0.0002)


@BOTH
def test_after_the_second_rung_the_stop_locks_the_first_target_and_half_an_r(side: int) -> None:
    trade, steps = until_hold(a_trade(side, 0.65, 1), at_r(side, 1.2))
    assert [s.action for s in steps] == [ExitAction.TAKE_RUNG, ExitAction.MOVE_STOP]
    assert trade.stop_price == pytest.approx(1.1 + side * 0.011)


@BOTH
def test_a_stop_that_is_tighter_than_the_ladder_asks_is_kept(side: int) -> None:
    trade = a_trade(side, 0.65, 1)._replace(stop_price=1.1 + side * 0.003)
    assert step(trade, at_r(side, 0.8)) == HOLD


@BOTH
def test_a_stop_move_the_broker_refused_is_asked_again_even_if_the_next_rung_leaves_it(
    side: int,
) -> None:
    leaving = EXITS._replace(stops_after_r=(0.0, math.nan, math.nan))
    answer = step(a_trade(side, 0.35, 2), at_r(side, 1.2), leaving)
    assert answer.action == ExitAction.MOVE_STOP
    assert answer.stop_price == pytest.approx(1.1 + side * 0.0002)


@BOTH
def test_a_stop_inside_the_stops_level_waits_and_the_next_best_is_taken(side: int) -> None:
    spec = SPEC._replace(stops_level_price=0.002)  # 0.2 R
    trade = a_trade(side, 0.35, 2)
    answer = step(trade, at_r(side, 1.25), spec=spec)
    assert answer.stop_price == pytest.approx(1.1 + side * 0.0002)
    assert step(trade, at_r(side, 1.31), spec=spec).stop_price == pytest.approx(1.1 + side * 0.011)


@BOTH
def test_a_stop_beyond_the_price_is_not_legal_and_the_old_one_stays(side: int) -> None:
    assert step(a_trade(side, 0.65, 1), at_r(side, 0.01)) == HOLD
    assert step(a_trade(side, 0.65, 1), at_r(side, 0.02)) == HOLD
    assert step(a_trade(side, 0.65, 1), at_r(side, 0.021)).action == ExitAction.MOVE_STOP


@BOTH
def test_a_negative_rung_stop_trails_behind_the_entry_without_costs(side: int) -> None:
    s = EXITS._replace(stops_after_r=(-0.5, 1.1, math.nan))
    assert rung_stop_price(a_trade(side, 0.65, 1), 0, s) == pytest.approx(1.1 - side * 0.005)


@BOTH
def test_a_frozen_stop_is_left_alone(side: int) -> None:
    spec = SPEC._replace(freeze_level_price=0.001)
    trade = a_trade(side, 0.65, 1)._replace(stop_price=1.1 - side * 0.0005)
    assert is_frozen(trade, at_r(side, 0.04), spec)
    assert step(trade, at_r(side, 0.04), spec=spec) == HOLD
    assert not is_frozen(trade, at_r(side, 0.06), spec)
    assert step(trade, at_r(side, 0.06), spec=spec).action == ExitAction.MOVE_STOP


@BOTH
def test_a_trade_without_a_stop_gets_its_first_one(side: int) -> None:
    naked = a_trade(side)._replace(stop_price=0.0)
    answer = step(naked, at_r(side, 0.1), spec=SPEC._replace(freeze_level_price=0.001))
    assert answer.action == ExitAction.MOVE_STOP
    assert answer.stop_price == pytest.approx(1.1 - side * 0.01)


@BOTH
def test_a_trade_without_a_stop_gets_the_one_its_rungs_earned(side: int) -> None:
    naked = a_trade(side, 0.65, 1)._replace(stop_price=0.0)
    assert step(naked, at_r(side, 0.3)).stop_price == pytest.approx(1.1 + side * 0.0002)


@BOTH
def test_a_trade_without_a_stop_beyond_where_it_should_have_stopped_is_closed(side: int) -> None:
    naked = a_trade(side)._replace(stop_price=0.0)
    answer = stop_step(naked, at_r(side, -1.1), SPEC, EXITS)
    assert answer == PositionStep(ExitAction.CLOSE, 1.0, 0.0, ExitReason.NAKED)


@settings(max_examples=200, deadline=None)
@given(
    side=st.sampled_from([BUY, SELL]),
    path_r=st.lists(st.floats(-0.9, 3.0), min_size=1, max_size=25),
    spread_price=st.floats(0.0, 0.002),
    trail_r=st.sampled_from([0.0, 0.5, 1.0]),
    level_price=st.sampled_from([0.0, 0.001, 0.004]),
)
def test_a_stop_never_loosens_and_is_legal_when_it_moves(
    side: int, path_r: list[float], spread_price: float, trail_r: float, level_price: float
) -> None:
    s = EXITS._replace(trail_start_r=trail_r, trail_distance_r=0.4)
    spec = SPEC._replace(stops_level_price=level_price)
    trade = a_trade(side)
    for profit_r in path_r:
        quote = at_r(side, profit_r, spread_price)
        before = trade.stop_price
        trade, steps = until_hold(trade, quote, s, spec)
        assert side * (trade.stop_price - before) >= 0.0
        for move in (x for x in steps if x.action == ExitAction.MOVE_STOP):
            assert legal_stop(side, move.stop_price, quote, spec) == move.stop_price
            ticks = move.stop_price / spec.tick_size_price
            assert abs(ticks - round(ticks)) < 1e-6


@BOTH
def test_a_trailing_stop_starts_at_its_profit_and_keeps_its_distance(side: int) -> None:
    s = EXITS._replace(trail_start_r=1.0, trail_distance_r=0.8, targets_r=(9.0, 9.5, 10.0))
    trade = a_trade(side)
    assert step(trade, at_r(side, 0.99), s) == HOLD
    assert step(trade, at_r(side, 1.0), s).stop_price == pytest.approx(1.1 + side * 0.002)
    assert step(trade, at_r(side, 1.5), s).stop_price == pytest.approx(1.1 + side * 0.007)


@BOTH
def test_a_trailing_stop_moves_in_tenths_of_its_distance(side: int) -> None:
    s = EXITS._replace(trail_start_r=1.0, trail_distance_r=0.8, targets_r=(9.0, 9.5, 10.0))
    trade = a_trade(side)._replace(stop_price=1.1 + side * 0.002)
    assert step(trade, at_r(side, 1.079), s) == HOLD
    assert step(trade, at_r(side, 1.081), s).action == ExitAction.MOVE_STOP


@pytest.mark.parametrize("changes", [{"trail_start_r": 0.0}, {"trail_distance_r": 0.0}])
def test_a_trail_of_zero_is_off(changes: dict[str, float]) -> None:
    s = EXITS._replace(trail_start_r=1.0)._replace(**changes)
    assert math.isnan(trail_stop_price(a_trade(), 1.2, 1.09, s))


@BOTH
def test_a_stop_is_rounded_to_the_tick_on_the_losing_side(side: int) -> None:
    spec = SPEC._replace(tick_size_price=0.25, digits=2)
    assert price_on_tick(side, 100.3, spec) == (100.25 if side == BUY else 100.5)
    assert price_on_tick(side, 100.25, spec) == 100.25


@pytest.mark.parametrize("price", [1.10021, 1.1002, 0.99999, 150.123, 1_999.99])
def test_a_price_on_the_grid_is_kept_to_the_last_bit(price: float) -> None:
    assert price_on_tick(BUY, price, SPEC) == price
    assert price_on_tick(SELL, price, SPEC) == price


@BOTH
def test_a_stop_moves_by_a_tick_or_not_at_all(side: int) -> None:
    quote = at_r(side, 1.0)
    held = 1.1
    assert tighter_stop(side, held, held + side * 0.000009, quote, SPEC) == held
    assert tighter_stop(side, held, held + side * 0.00001, quote, SPEC) == pytest.approx(
        held + side * 0.00001
    )
    assert tighter_stop(side, held, held - side * 0.001, quote, SPEC) == held
    assert tighter_stop(side, held, math.nan, quote, SPEC) == held


@BOTH
def test_a_stop_that_is_not_legal_now_is_zero(side: int) -> None:
    quote = at_r(side, 0.0, 0.001)
    spec = SPEC._replace(stops_level_price=0.001)
    assert legal_stop(side, 1.1 - side * 0.001, quote, spec) == 1.1 - side * 0.001
    assert legal_stop(side, 1.1 - side * 0.00099, quote, spec) == 0.0
    assert legal_stop(side, 1.1 + side * 0.001, quote, spec) == 0.0


@BOTH
@pytest.mark.parametrize(("away_price", "is_taken"), [(0.001, True), (0.00099, False)])
def test_an_edit_waits_while_the_target_is_all_but_reached(
    side: int, away_price: float, is_taken: bool
) -> None:
    quote = at_r(side, 0.0, 0.001)
    spec = SPEC._replace(stops_level_price=0.001)
    stop, target = 1.1 - side * 0.002, 1.1 + side * away_price
    assert legal_edit(side, stop, target, quote, spec) == (stop if is_taken else 0.0)
    assert legal_edit(side, stop, 0.0, quote, spec) == stop, "without a target there is no limit"


def test_without_a_rung_or_a_trail_the_stop_stays() -> None:
    assert stop_after_step(a_trade(), at_r(BUY, 0.5), SPEC, EXITS) == a_trade().stop_price
