"""The firm's rules: floors, brakes, profitable days and the verdict of a phase.

Semantics and their sources stand in the firm's preset; the day's base is the higher of balance and
equity at server midnight, both floors are tested on live equity, and a touch is a breach.
"""

from __future__ import annotations

from bot.model.account import Account, Floors, Progress, TradingDay
from bot.model.decision import Brake, PhaseVerdict
from bot.model.settings import BrakeSettings, ChallengeRules
from bot.rules._rule import rule

MONEY_EPSILON = 1e-6
"""Money this close is equal: the firm's figures have four decimals, binary noise is far smaller."""


@rule
def day_base(balance_money: float, equity_money: float) -> float:
    """The base of a day that starts with these: floating profit raises it, a loss does not."""
    return max(balance_money, equity_money)


@rule
def open_day(day: int, balance_money: float, equity_money: float) -> TradingDay:
    """The anchor of server day `day`, from the last balance and equity of the day before."""
    return TradingDay(day, day_base(balance_money, equity_money), balance_money)


@rule
def raise_day_base(day: TradingDay, balance_money: float, equity_money: float) -> TradingDay:
    """The anchor after a first reading past midnight: the stricter base wins, never a lower one.

    The firm does not publish on which side of the reset it reads (before or after swaps).
    """
    base = max(day.base_money, day_base(balance_money, equity_money))
    return TradingDay(day.day, base, day.start_balance_money)


@rule
def shift_day(day: TradingDay, cash_operations_money: float) -> TradingDay:
    """The anchor after a deposit (+) or payout (-): such money is neither profit nor loss.

    Engine policy `shift_base`; the firm does not publish how it treats a payout within the day.
    """
    return TradingDay(
        day.day,
        day.base_money + cash_operations_money,
        day.start_balance_money + cash_operations_money,
    )


@rule
def daily_allowance_money(day: TradingDay, rules: ChallengeRules) -> float:
    """What the day may lose from its base: a share of that base."""
    return rules.daily_loss_base_fraction * day.base_money


@rule
def floors(day: TradingDay, rules: ChallengeRules) -> Floors:
    """The day's floor below its base, and the static floor below the initial balance."""
    initial = rules.initial_balance_money
    return Floors(
        day.base_money - daily_allowance_money(day, rules),
        initial - rules.total_loss_initial_fraction * initial,
        initial,
    )


@rule
def daily_loss_money(day: TradingDay, account: Account) -> float:
    """How far equity stands below the day's base now; 0 above it."""
    return max(0.0, day.base_money - account.equity_money)


@rule
def day_loss_fraction(day: TradingDay, account: Account) -> float:
    """The day's loss as a share of its base; a day without a base has lost everything."""
    if not day.base_money > 0.0:
        return 1.0
    return daily_loss_money(day, account) / day.base_money


@rule
def floor_room_money(equity_money: float, floor_money: float) -> float:
    """What equity may still lose before it touches a floor; 0 at and below it."""
    return max(0.0, equity_money - floor_money)


@rule
def is_floor_touched(equity_money: float, floor_money: float) -> bool:
    """Whether equity is at or below a floor; the firm writes "reaching", so a touch counts."""
    return equity_money <= floor_money + MONEY_EPSILON


@rule
def brake(day: TradingDay, account: Account, s: BrakeSettings, rules: ChallengeRules) -> int:
    """How hard to brake (`Brake`): hardest first, at or above each threshold.

    The total loss flattens too, since the static floor does not move with the day.
    """
    initial = rules.initial_balance_money
    total_loss_money = initial - account.equity_money + MONEY_EPSILON
    day_loss_money = day.base_money - account.equity_money + MONEY_EPSILON
    if total_loss_money >= s.total_flatten_initial_fraction * initial:
        return Brake.FLATTEN.value
    if day_loss_money >= s.flatten_base_fraction * day.base_money:
        return Brake.FLATTEN.value
    if day_loss_money >= s.reduce_base_fraction * day.base_money:
        return Brake.REDUCE.value
    if day_loss_money >= s.warn_base_fraction * day.base_money:
        return Brake.WARN.value
    return Brake.NONE.value


@rule
def profitable_day_gain(
    midnight_balance_money: float,
    midnight_equity_money: float,
    previous_balance_money: float,
    cash_operations_money: float,
) -> float:
    """What a closed day earned by the firm's formula, net of deposits (+) and payouts (-).

    min(midnight balance, midnight equity) - previous day's balance: floating profit never counts,
    floating loss at midnight does.
    """
    closing_money = min(midnight_balance_money, midnight_equity_money)
    return closing_money - previous_balance_money - cash_operations_money


@rule
def is_profitable_day(gain_money: float, rules: ChallengeRules) -> bool:
    """Whether the gain reaches the firm's share of the initial balance (at or above)."""
    needed_money = rules.profitable_day_initial_fraction * rules.initial_balance_money
    return gain_money >= needed_money - MONEY_EPSILON


@rule
def is_target_reached(progress: Progress, rules: ChallengeRules) -> bool:
    """Whether closed profit is at or above the phase's target."""
    target_money = rules.target_initial_fraction * rules.initial_balance_money
    return progress.closed_profit_money >= target_money - MONEY_EPSILON


@rule
def breached_floor(equity_money: float, limits: Floors) -> int:
    """Which floor is touched (`PhaseVerdict`), RUNNING if none; of both, the higher names it."""
    if not is_floor_touched(equity_money, max(limits.daily_money, limits.total_money)):
        return PhaseVerdict.RUNNING.value
    if limits.daily_money >= limits.total_money:
        return PhaseVerdict.BREACHED_DAILY.value
    return PhaseVerdict.BREACHED_TOTAL.value


@rule
def verdict(account: Account, day: TradingDay, progress: Progress, rules: ChallengeRules) -> int:
    """Where the phase stands now (`PhaseVerdict`); the caller latches a breach.

    Passed needs the target on closed profit, enough profitable days, and a flat account.
    """
    breach = breached_floor(account.equity_money, floors(day, rules))
    if breach != PhaseVerdict.RUNNING.value:
        return breach
    if progress.has_exposure or not is_target_reached(progress, rules):
        return PhaseVerdict.RUNNING.value
    if progress.profitable_days_count < rules.profitable_days_min_count:
        return PhaseVerdict.RUNNING.value
    return PhaseVerdict.PASSED.value
