"""What a phase is passed with: counted days, the target, the best day's share, and the clock."""

from __future__ import annotations

from bot.model.account import Progress
from bot.model.challenge import ChallengeRules, DayKind, Denominator, TargetOn
from bot.rules._rule import rule

EPSILON_MONEY = 1e-6
"""Money this close is equal; `bot.rules.challenge.MONEY_EPSILON` says why."""


@rule
def profitable_day_gain(
    midnight_balance_money: float,
    midnight_equity_money: float,
    previous_balance_money: float,
    cash_operations_money: float,
) -> float:
    """What a closed day earned by the firm's formula, net of deposits (+) and payouts (-).

    min(midnight balance, midnight equity) - previous day's balance: floating profit never counts,
    floating loss at midnight does. Firms that write "profit of the day" are read the same way.
    """
    closing_money = min(midnight_balance_money, midnight_equity_money)
    return closing_money - previous_balance_money - cash_operations_money


@rule
def day_needed_money(rules: ChallengeRules) -> float:
    """What a profitable day has to earn: a share of the initial balance, which never scales."""
    return rules.days.threshold_fraction * rules.initial_balance_money


@rule
def is_profitable_day(gain_money: float, rules: ChallengeRules) -> bool:
    """Whether the gain reaches what the firm asks of a profitable day (at or above)."""
    return gain_money >= day_needed_money(rules) - EPSILON_MONEY


@rule
def is_counted_day(
    gain_money: float, opened_count: int, closed_count: int, rules: ChallengeRules
) -> bool:
    """Whether a closed day counts by the phase's day rule (`DayKind`).

    "Any" trading day is read as one with an opened trade: the strictest of its readings.
    """
    kind = rules.days.kind
    if kind == DayKind.PROFITABLE.value:
        return is_profitable_day(gain_money, rules)
    if kind == DayKind.OPENED_OR_CLOSED.value:
        return opened_count + closed_count > 0
    return kind != DayKind.NONE.value and opened_count > 0


@rule
def days_done(progress: Progress, rules: ChallengeRules) -> bool:
    """Whether enough days counted; without a day rule none is needed."""
    return progress.profitable_days_count >= rules.days.needed_count


@rule
def is_target_reached(progress: Progress, rules: ChallengeRules) -> bool:
    """Whether the profit is at or above the phase's target; a phase without one never is."""
    target_money = rules.target.profit_fraction * rules.initial_balance_money
    profit_money = progress.closed_profit_money
    if rules.target.target_on == TargetOn.EQUITY.value:
        profit_money = progress.equity_profit_money
    return target_money > 0.0 and profit_money >= target_money - EPSILON_MONEY


@rule
def target_profit_money(balance_money: float, cash_money: float, rules: ChallengeRules) -> float:
    """The profit a target is held against: what was paid in is no profit.

    What was paid out is gone: the target follows the balance, it is not latched.
    """
    return balance_money - rules.initial_balance_money - max(0.0, cash_money)


@rule
def share_base_money(progress: Progress, rules: ChallengeRules) -> float:
    """What the best day's share is taken of (`Denominator`)."""
    if rules.consistency.denominator == Denominator.SUM_POSITIVE_DAYS.value:
        return progress.positive_days_money
    return progress.closed_profit_money


@rule
def is_share_kept(best_day_money: float, whole_money: float, share_fraction_max: float) -> bool:
    """Whether the best day is at most its share of the whole; exactly the share is enough."""
    return best_day_money <= share_fraction_max * whole_money + EPSILON_MONEY


@rule
def whole_needed_money(best_day_money: float, share_fraction_max: float) -> float:
    """How large the whole must become before the best day is small enough."""
    return best_day_money / share_fraction_max


@rule
def is_consistent(progress: Progress, rules: ChallengeRules) -> bool:
    """Whether the best day's share allows a pass; a rule for payouts alone delays none."""
    if not rules.consistency.delays_pass:
        return True
    whole = share_base_money(progress, rules)
    return is_share_kept(progress.best_day_money, whole, rules.consistency.share_fraction_max)


@rule
def is_payout_consistent(progress: Progress, rules: ChallengeRules) -> bool:
    """Whether the best day's share allows a payout."""
    if not rules.consistency.delays_payout:
        return True
    whole = share_base_money(progress, rules)
    return is_share_kept(progress.best_day_money, whole, rules.consistency.share_fraction_max)


@rule
def is_out_of_time(progress: Progress, rules: ChallengeRules) -> bool:
    """Whether the phase's days are used up; the first day is number 0."""
    return 0 < rules.time_limit_days <= progress.days_elapsed_count


@rule
def idle_days_count(last_opened_day: int, today: int) -> int:
    """Trading days since a trade was last opened; holding one does not count."""
    return max(0, today - last_opened_day)


@rule
def is_inactive(idle_days: int, inactive_days_max: int) -> bool:
    """Whether the firm lets the account lapse: more idle days than allowed (0: no such rule)."""
    return 0 < inactive_days_max < idle_days
