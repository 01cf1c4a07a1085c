"""The ladder: rungs at their targets, volumes on the grid, nothing left over."""

from __future__ import annotations

import math

import pytest
from builders_exits import BOTH, HOLD, at_r, step, until_hold
from builders_money import BUY, EXITS, SELL, SPEC, a_trade
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.decision import ExitAction, ExitReason, PositionStep
from bot.model.market import Quote
from bot.rules.exits import (
    closable_lots,
    open_trade_r,
    price_at_r,
    rung_lots,
)
from bot.rules.sizing import floor_to_step


@BOTH
def test_profit_is_counted_in_the_first_risk(side: int) -> None:
    trade = a_trade(side)
    assert open_trade_r(trade, 1.1 + side * 0.015) == pytest.approx(1.5)
    assert open_trade_r(trade, 1.1 - side * 0.01) == pytest.approx(-1.0)
    assert price_at_r(trade, 1.5) == pytest.approx(1.1 + side * 0.015)


def test_a_trade_without_a_first_risk_stands_at_zero() -> None:
    assert open_trade_r(a_trade()._replace(one_r_price=0.0), 1.2) == 0.0


@BOTH
@pytest.mark.parametrize(
    ("profit_r", "hits", "action", "lots"),
    [
        (0.599, 0, ExitAction.HOLD, 0.0),
        (0.6, 0, ExitAction.TAKE_RUNG, 0.35),
        (0.601, 0, ExitAction.TAKE_RUNG, 0.35),
        (1.2, 1, ExitAction.TAKE_RUNG, 0.3),
        (2.0, 2, ExitAction.TAKE_RUNG, 0.35),
    ],
)
def test_a_rung_is_taken_at_its_target_by_its_share_of_the_opening_volume(
    side: int, profit_r: float, hits: int, action: ExitAction, lots: float
) -> None:
    left = [1.0, 0.65, 0.35][hits]
    answer = step(a_trade(side, left, hits), at_r(side, profit_r, 0.002))
    assert (answer.action, answer.lots) == (action, lots)
    assert answer.reason == (ExitReason.TARGET if lots else ExitReason.NONE)


@BOTH
def test_a_target_is_reached_by_the_closing_side_not_by_the_other(side: int) -> None:
    price = 1.1 + side * 0.006
    quote = Quote(price - 0.001, price, 0.0) if side == BUY else Quote(price, price + 0.001, 0.0)
    assert step(a_trade(side), quote).action == ExitAction.HOLD


@BOTH
def test_one_jump_over_all_targets_closes_the_whole_trade_rung_by_rung(side: int) -> None:
    trade, steps = until_hold(a_trade(side), at_r(side, 2.5))
    assert [s.lots for s in steps] == [0.35, 0.3, 0.35]
    assert all(s.action == ExitAction.TAKE_RUNG for s in steps)
    assert trade.lots == 0.0


@pytest.mark.parametrize(
    ("wanted", "left", "expected"),
    [
        (0.35, 1.0, 0.35),
        (0.359, 1.0, 0.35),
        (0.7 / 2, 1.0, 0.35),
        (1.0, 1.0, 1.0),
        (1.5, 1.0, 1.0),
        (0.009, 1.0, 0.0),
        (0.01, 0.02, 0.01),
        (0.015, 0.02, 0.01),
        (0.01, 0.01, 0.01),
        (0.005, 0.01, 0.0),
    ],
)
def test_a_partial_close_lies_on_the_grid(wanted: float, left: float, expected: float) -> None:
    assert closable_lots(wanted, left, SPEC) == expected


@pytest.mark.parametrize(
    ("wanted", "left", "expected"), [(0.15, 0.2, 0.1), (0.1, 0.15, 0.0), (0.15, 0.15, 0.15)]
)
def test_what_stays_after_a_partial_close_is_tradable(
    wanted: float, left: float, expected: float
) -> None:
    assert closable_lots(wanted, left, SPEC._replace(lots_min=0.1)) == expected


def test_a_rung_too_small_to_trade_is_taken_without_a_close_and_still_moves_the_stop() -> None:
    tiny = a_trade(lots=0.02)._replace(lots_opened=0.02)
    trade, steps = until_hold(tiny, at_r(BUY, 0.6))
    assert steps[0] == PositionStep(ExitAction.TAKE_RUNG, 0.0, 0.0, ExitReason.TARGET)
    assert steps[1].action == ExitAction.MOVE_STOP
    assert (trade.lots, trade.targets_hit_count) == (0.02, 1)


def test_the_last_rung_closes_what_the_broker_says_is_left() -> None:
    assert rung_lots(a_trade(lots=0.42, hits_count=2), SPEC, EXITS) == 0.42


def test_a_rung_larger_than_what_is_left_closes_it() -> None:
    assert rung_lots(a_trade(lots=0.2, hits_count=0), SPEC, EXITS) == 0.2


def test_volume_left_after_every_rung_is_closed_at_any_price() -> None:
    answer = step(a_trade(lots=0.1, hits_count=3), at_r(BUY, 0.5))
    assert answer == PositionStep(ExitAction.CLOSE, 0.1, 0.0, ExitReason.TARGET)


@settings(max_examples=200, deadline=None)
@given(
    step_lots=st.sampled_from([0.001, 0.01, 0.1, 1.0, 0.25]),
    min_steps=st.integers(1, 10),
    opened_steps=st.integers(1, 2_000),
    weights=st.lists(st.integers(1, 20), min_size=1, max_size=6),
    side=st.sampled_from([BUY, SELL]),
)
def test_a_ladder_of_any_shape_closes_exactly_what_was_opened(
    step_lots: float, min_steps: int, opened_steps: int, weights: list[int], side: int
) -> None:
    lots_min = step_lots * min_steps
    opened = floor_to_step(step_lots * max(opened_steps, min_steps), step_lots)
    spec = SPEC._replace(lots_step=step_lots, lots_min=lots_min)
    rungs = len(weights)
    s = EXITS._replace(
        targets_r=tuple(0.5 * (i + 1) for i in range(rungs)),
        close_fractions=tuple(w / sum(weights) for w in weights),
        stops_after_r=tuple(0.4 * i for i in range(rungs)),
    )
    trade = a_trade(side, opened)._replace(lots_opened=opened)
    closed: list[float] = []
    for profit_r in (0.5 * (i + 1) for i in range(rungs)):
        trade, steps = until_hold(trade, at_r(side, profit_r), s, spec)
        closed += [x.lots for x in steps if x.action == ExitAction.TAKE_RUNG]
        assert trade.lots == 0.0 or trade.lots >= lots_min - 1e-9
    assert trade.lots == 0.0
    assert math.fsum(closed) == pytest.approx(opened, abs=1e-9)
    assert len(closed) == rungs or closed[-1] > 0.0
    assert all(x == 0.0 or x >= lots_min - 1e-9 for x in closed)


def test_a_trade_without_a_ladder_is_left_to_its_stop() -> None:
    none = EXITS._replace(targets_r=(), close_fractions=(), stops_after_r=())
    assert step(a_trade(), at_r(BUY, 5.0), none) == HOLD
