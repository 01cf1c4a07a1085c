"""Rungs beyond the brakes: the emergency of a day, and what the total loss leaves of the risk."""

from __future__ import annotations

from bot.model.account import Account, TradingDay
from bot.model.challenge import ChallengeRules
from bot.model.reserves import Emergency, LossLadders
from bot.model.settings import BrakeSettings
from bot.rules._rule import rule
from bot.rules.challenge import MONEY_EPSILON, brake_base_money
from bot.rules.challenge_trail import total_floor_money, total_reference_money

_ANY_PRICE_SHARE, _ALARM_SHARE = 1.0 / 3.0, 2.0 / 3.0
# of the way from flattening to the overall floor; the shipped rungs of the day divide theirs alike


@rule
def emergency(
    day: TradingDay,
    account: Account,
    s: LossLadders,
    brakes: BrakeSettings,
    rules: ChallengeRules,
) -> int:
    """How near equity is to the day's or the overall floor (`Emergency`); at a rung is on it.

    A day without a base, or equity that is not a number, is the worst there is.
    """
    base_money = brake_base_money(day, rules)
    loss_money = day.base_money - account.equity_money + MONEY_EPSILON
    equity_money = account.equity_money - MONEY_EPSILON
    is_alarming = equity_money <= total_rung_money(day, _ALARM_SHARE, brakes, rules)
    if is_alarming or not loss_money < s.alarm_base_fraction * base_money:
        return Emergency.ALARM.value
    is_near = equity_money <= total_rung_money(day, _ANY_PRICE_SHARE, brakes, rules)
    if is_near or loss_money >= s.any_price_base_fraction * base_money:
        return Emergency.ANY_PRICE.value
    return Emergency.NONE.value


@rule
def total_rung_money(
    day: TradingDay, share: float, brakes: BrakeSettings, rules: ChallengeRules
) -> float:
    """The equity a `share` of the way from the total loss that flattens down to the floor.

    Minus infinity where the firm has no overall limit.
    """
    initial_money = rules.initial_balance_money
    flatten_money = (
        total_reference_money(day.trail, rules)
        - brakes.total_flatten_initial_fraction * initial_money
    )
    return flatten_money - share * (flatten_money - total_floor_money(day.trail, rules))


@rule
def total_loss_factor(
    day: TradingDay, account: Account, s: LossLadders, rules: ChallengeRules
) -> float:
    """What the loss since the start (or since a trailing floor's peak) leaves of a trade's risk.

    1 above the caution rung; at or above a rung its factor, the lower of both at the severe one.
    """
    initial_money = rules.initial_balance_money
    reference_money = total_reference_money(day.trail, rules)
    loss_money = reference_money - account.equity_money + MONEY_EPSILON
    if not loss_money < s.severe_initial_fraction * initial_money:
        return min(s.severe_factor, s.caution_factor)
    if loss_money >= s.caution_initial_fraction * initial_money:
        return s.caution_factor
    return 1.0
