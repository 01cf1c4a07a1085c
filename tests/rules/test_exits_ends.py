"""Why an open trade ends early: time, the weekend, the Monday gap."""

from __future__ import annotations

import pytest
from builders_exits import BOTH, HOLD, at_r, step
from builders_money import BUY, EXITS, SPEC, WEEKEND, a_trade

from bot.model.decision import ExitAction, ExitReason, PositionStep
from bot.model.market import Quote
from bot.rules.exits import (
    end_reason,
    gap_step,
    price_at_r,
    weekend_step,
)


@pytest.mark.parametrize(
    ("age_s", "reason"), [(3_599.0, ExitReason.NONE), (3_600.0, ExitReason.TIME_STOP)]
)
def test_a_trade_is_closed_at_its_age_limit(age_s: float, reason: ExitReason) -> None:
    s = EXITS._replace(time_stop_s=3_600.0)
    answer = step(a_trade(), at_r(BUY, 0.3), s, age_s)
    assert (answer.action == ExitAction.CLOSE) is (reason != ExitReason.NONE)
    assert (answer.reason, answer.lots) == (reason, 1.0 if reason else 0.0)


@pytest.mark.parametrize(
    ("age_s", "profit_r", "reason"),
    [
        (3_599.0, 0.1, ExitReason.NONE),
        (3_600.0, 0.1, ExitReason.STALE),
        (3_600.0, 0.199, ExitReason.STALE),
        (3_600.0, 0.2, ExitReason.NONE),
    ],
)
def test_an_old_trade_that_went_nowhere_is_closed(
    age_s: float, profit_r: float, reason: ExitReason
) -> None:
    s = EXITS._replace(stale_after_s=3_600.0)
    assert end_reason(a_trade(), profit_r, age_s, s) == reason


def test_age_is_counted_from_the_opening() -> None:
    s = EXITS._replace(time_stop_s=3_600.0)
    later = a_trade()._replace(opened_utc_s=5_000.0)
    assert end_reason(later, 0.5, 8_599.0, s) == ExitReason.NONE
    assert end_reason(later, 0.5, 8_600.0, s) == ExitReason.TIME_STOP


def test_a_time_limit_of_zero_is_off() -> None:
    assert end_reason(a_trade(), -0.5, 1e9, EXITS) == ExitReason.NONE


def test_an_ended_trade_is_closed_whole_even_at_a_target() -> None:
    s = EXITS._replace(time_stop_s=10.0)
    answer = step(a_trade(), at_r(BUY, 0.7), s, 10.0)
    assert answer == PositionStep(ExitAction.CLOSE, 1.0, 0.0, ExitReason.TIME_STOP)


@BOTH
@pytest.mark.parametrize(
    ("profit_r", "action", "lots"),
    [
        (-0.01, ExitAction.CLOSE, 1.0),
        (0.0, ExitAction.TAKE_RUNG, 0.5),
        (0.49, ExitAction.TAKE_RUNG, 0.5),
        (0.5, ExitAction.HOLD, 0.0),
        (1.6, ExitAction.HOLD, 0.0),
        (1.61, ExitAction.CLOSE, 1.0),
    ],
)
def test_friday_closes_losers_and_large_winners_and_halves_small_ones(
    side: int, profit_r: float, action: ExitAction, lots: float
) -> None:
    answer = weekend_step(a_trade(side), at_r(side, profit_r), WEEKEND, SPEC)
    assert (answer.action, answer.lots, answer.stop_price) == (action, lots, 0.0)
    assert answer.reason == (ExitReason.WEEKEND if lots else ExitReason.NONE)


@pytest.mark.parametrize(("lots", "expected"), [(0.03, 0.01), (0.02, 0.01), (0.01, 0.0)])
def test_the_smallest_position_is_kept_whole_over_the_weekend(lots: float, expected: float) -> None:
    answer = weekend_step(a_trade(lots=lots), at_r(BUY, 0.1), WEEKEND, SPEC)
    assert answer.lots == expected
    assert (answer.action == ExitAction.HOLD) is (expected == 0.0)


@BOTH
@pytest.mark.parametrize(
    ("last_r", "open_r", "closes"),
    [
        (1.0, 0.51, False),
        (1.0, 0.5, False),
        (1.0, 0.49, True),
        (1.0, 2.0, False),
        (-0.4, -0.9, False),
        (-0.4, -0.91, True),
    ],
)
def test_a_gap_against_the_last_price_of_the_week_closes(
    side: int, last_r: float, open_r: float, closes: bool
) -> None:
    last_price = round(1.1 + side * last_r * 0.01, 7)
    answer = gap_step(a_trade(side), at_r(side, open_r), WEEKEND, last_price)
    expected = PositionStep(ExitAction.CLOSE, 1.0, 0.0, ExitReason.MONDAY_GAP) if closes else HOLD
    assert answer == expected


@BOTH
def test_a_gap_to_or_beyond_the_stop_closes_what_the_broker_left_open(side: int) -> None:
    tight = a_trade(side)._replace(stop_price=price_at_r(a_trade(side), 0.5))
    last_price = price_at_r(tight, 0.7)
    assert gap_step(tight, at_r(side, 0.51), WEEKEND, last_price) == HOLD
    at_stop = Quote(tight.stop_price, tight.stop_price, 0.0)
    assert gap_step(tight, at_stop, WEEKEND, last_price).action == ExitAction.CLOSE


@BOTH
@pytest.mark.parametrize(("open_r", "closes"), [(-0.5, False), (-0.51, True)])
def test_without_a_last_price_the_gap_is_measured_from_the_entry(
    side: int, open_r: float, closes: bool
) -> None:
    answer = gap_step(a_trade(side), at_r(side, open_r), WEEKEND)
    assert (answer.action == ExitAction.CLOSE) is closes
    naked = a_trade(side)._replace(stop_price=0.0)
    assert gap_step(naked, at_r(side, -0.2), WEEKEND) == HOLD
