"""The rungs beyond the brakes, at both sides of each."""

from __future__ import annotations

import math

import pytest
from builders_challenge import high_stakes

from bot.model.account import NO_TRAIL, Account, TradingDay
from bot.model.challenge import OverallKind
from bot.model.reserves import Emergency, LossLadders
from bot.model.settings import BrakeSettings
from bot.rules.loss_ladders import emergency, total_loss_factor

RULES = high_stakes()
BRAKES = BrakeSettings(0.02, 0.03, 0.035, 0.09)
LADDERS = LossLadders(
    any_price_base_fraction=0.04,
    alarm_base_fraction=0.045,
    caution_initial_fraction=0.06,
    caution_factor=0.5,
    severe_initial_fraction=0.08,
    severe_factor=0.25,
)


def a_day(base_money: float = 20_000.0) -> TradingDay:
    return TradingDay(1, base_money, base_money, NO_TRAIL)


def an_account(equity_money: float) -> Account:
    return Account(20_000.0, equity_money, 0.0, equity_money)


@pytest.mark.parametrize(
    ("equity_money", "expected"),
    [
        (20_500.0, Emergency.NONE),
        (19_200.01, Emergency.NONE),
        (19_200.0, Emergency.ANY_PRICE),
        (19_100.01, Emergency.ANY_PRICE),
        (19_100.0, Emergency.ALARM),
        (18_000.0, Emergency.ALARM),
        (math.nan, Emergency.ALARM),
    ],
)
def test_each_rung_of_the_day_is_reached_at_its_share_of_the_base(
    equity_money: float, expected: Emergency
) -> None:
    assert emergency(a_day(), an_account(equity_money), LADDERS, BRAKES, RULES) == expected


def test_the_rungs_follow_the_base_of_the_day() -> None:
    assert (
        emergency(a_day(22_000.0), an_account(21_120.01), LADDERS, BRAKES, RULES) == Emergency.NONE
    )
    assert (
        emergency(a_day(22_000.0), an_account(21_120.0), LADDERS, BRAKES, RULES)
        == Emergency.ANY_PRICE
    )


@pytest.mark.parametrize(
    ("equity_money", "factor"),
    [
        (21_000.0, 1.0),
        (18_800.01, 1.0),
        (18_800.0, 0.5),
        (18_400.01, 0.5),
        (18_400.0, 0.25),
        (17_000.0, 0.25),
        (math.nan, 0.25),
    ],
)
def test_the_total_loss_leaves_less_of_the_risk_on_each_rung(
    equity_money: float, factor: float
) -> None:
    assert total_loss_factor(a_day(), an_account(equity_money), LADDERS, RULES) == factor


def test_the_severe_rung_never_leaves_more_than_the_caution_rung() -> None:
    odd = LADDERS._replace(caution_factor=0.1)
    assert total_loss_factor(a_day(), an_account(18_000.0), odd, RULES) == 0.1


def test_the_total_loss_does_not_look_at_the_day() -> None:
    assert total_loss_factor(a_day(18_500.0), an_account(18_500.0), LADDERS, RULES) == 0.5


@pytest.mark.parametrize(
    ("equity_money", "expected"),
    [
        (18_200.0, Emergency.NONE),  # the total flatten: a third of the way to the floor is left
        (18_133.34, Emergency.NONE),
        (18_133.33, Emergency.ANY_PRICE),
        (18_066.67, Emergency.ANY_PRICE),
        (18_066.66, Emergency.ALARM),
        (18_000.0, Emergency.ALARM),
    ],
)
def test_the_total_floor_has_rungs_of_its_own_however_little_the_day_lost(
    equity_money: float, expected: Emergency
) -> None:
    day = a_day(18_300.0)  # the day lost 1.6 % at most: its own rungs are far
    assert emergency(day, an_account(equity_money), LADDERS, BRAKES, RULES) == expected


def test_without_an_overall_limit_only_the_day_has_rungs() -> None:
    overall = RULES.overall._replace(kind=OverallKind.NONE.value)
    free = RULES._replace(overall=overall)
    day = a_day(10_000.0)
    assert emergency(day, an_account(9_900.0), LADDERS, BRAKES, free) == Emergency.NONE
    assert emergency(day, an_account(9_900.0), LADDERS, BRAKES, RULES) == Emergency.ALARM
