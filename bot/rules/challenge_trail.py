"""The overall floor: static below the initial balance, or trailing, locked, started anew."""

from __future__ import annotations

import math

from bot.model.account import Trail
from bot.model.challenge import AmountOf, ChallengeRules, OverallKind, TrailOn
from bot.rules._rule import rule
from bot.rules.challenge_days import EPSILON_MONEY


@rule
def overall_amount_money(peak_money: float, rules: ChallengeRules) -> float:
    """What may be lost in all below `peak_money` (the initial balance for a static floor)."""
    if rules.overall.amount_of == AmountOf.BASE.value:
        return rules.overall.loss_fraction * peak_money
    return rules.overall.loss_fraction * rules.initial_balance_money


@rule
def raised_trail(trail: Trail, value_money: float, rules: ChallengeRules) -> Trail:
    """The trail once what it follows stood at `value_money`: its floor never falls."""
    if rules.overall.kind != OverallKind.TRAILING.value:
        return trail
    initial, lock = rules.initial_balance_money, rules.overall.lock_profit_fraction
    peak = max(trail.peak_money if trail.peak_money > 0.0 else initial, value_money)
    is_locked = trail.is_locked or (lock > 0.0 and peak >= initial * (1.0 + lock) - EPSILON_MONEY)
    floor = initial if is_locked else peak - overall_amount_money(peak, rules)
    return Trail(peak, max(trail.floor_money, floor), is_locked)


@rule
def closing_trail(
    trail: Trail, balance_money: float, equity_money: float, rules: ChallengeRules
) -> Trail:
    """The trail after a reset with these values; one that follows live values is left alone."""
    if rules.overall.trail_on == TrailOn.BALANCE_EOD.value:
        return raised_trail(trail, balance_money, rules)
    if rules.overall.trail_on == TrailOn.MAX_EOD.value:
        return raised_trail(trail, max(balance_money, equity_money), rules)
    return trail


@rule
def live_trail(
    trail: Trail, balance_money: float, equity_money: float, rules: ChallengeRules
) -> Trail:
    """The trail after a reading within the day; one that follows resets is left alone."""
    if rules.overall.trail_on == TrailOn.BALANCE_REALTIME.value:
        return raised_trail(trail, balance_money, rules)
    if rules.overall.trail_on == TrailOn.EQUITY_REALTIME.value:
        return raised_trail(trail, equity_money, rules)
    return trail


@rule
def rebased_trail(balance_money: float, rules: ChallengeRules) -> Trail:
    """The trail after a payout of a firm that starts it anew from what is left."""
    floor = balance_money - overall_amount_money(balance_money, rules)
    return Trail(balance_money, floor, False)  # noqa: FBT003


@rule
def total_floor_money(trail: Trail, rules: ChallengeRules) -> float:
    """The overall floor; minus infinity without such a rule."""
    if rules.overall.kind == OverallKind.NONE.value:
        return -math.inf
    initial = rules.initial_balance_money
    start = initial - overall_amount_money(initial, rules)
    if rules.overall.kind != OverallKind.TRAILING.value:
        return start
    return trail.floor_money if trail.peak_money > 0.0 else max(trail.floor_money, start)


@rule
def total_reference_money(trail: Trail, rules: ChallengeRules) -> float:
    """What the total loss is counted from: the initial balance, or a trailing floor's height."""
    if rules.overall.kind != OverallKind.TRAILING.value:
        return rules.initial_balance_money
    floor = total_floor_money(trail, rules)
    return floor + overall_amount_money(rules.initial_balance_money, rules)
