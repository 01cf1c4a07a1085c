"""The firm's rules: day base, floors, brake, target, and the verdict of a phase.

Semantics and their sources stand in the firm's preset. What firms do not publish is decided by the
engine's policies (`EnginePolicy`); `bot.rules.challenge_engine` lives a whole phase with these.
"""

from __future__ import annotations

import math

from bot.model.account import Account, Floors, Progress, TradingDay, Trail
from bot.model.challenge import (
    AmountOf,
    ChallengeRules,
    Compare,
    DailyBase,
    HeldAgainst,
    LossAction,
)
from bot.model.decision import Brake, PhaseVerdict
from bot.model.settings import BrakeSettings
from bot.rules._rule import rule
from bot.rules.challenge_days import (
    EPSILON_MONEY,
    days_done,
    is_consistent,
    is_out_of_time,
    is_target_reached,
)
from bot.rules.challenge_trail import closing_trail, total_floor_money, total_reference_money

MONEY_EPSILON = EPSILON_MONEY
"""Money this close is equal: the firm's figures have four decimals, binary noise is far smaller."""


@rule
def day_base(balance_money: float, equity_money: float) -> float:
    """The stricter base of a day: floating profit raises it, a floating loss does not lower it."""
    return max(balance_money, equity_money)


@rule
def start_base_money(balance_money: float, equity_money: float, rules: ChallengeRules) -> float:
    """The base of a day that starts with these, by the firm's rule.

    Without a daily rule the stricter base stands, because the bot's own brakes measure from it.
    """
    kind = rules.daily.base_kind
    if kind == DailyBase.INITIAL_BALANCE.value:
        return rules.initial_balance_money
    if kind == DailyBase.DAY_START_BALANCE.value:
        return balance_money
    if kind in (DailyBase.DAY_START_EQUITY.value, DailyBase.INTRADAY_PEAK_EQUITY.value):
        return equity_money
    return day_base(balance_money, equity_money)


@rule
def first_day(day: int, rules: ChallengeRules) -> TradingDay:
    """The anchor of a phase's first day: the initial balance, nothing followed yet."""
    initial = rules.initial_balance_money
    return TradingDay(day, initial, initial, Trail(0.0, 0.0, False))  # noqa: FBT003


@rule
def day_after(
    day: TradingDay, balance_money: float, equity_money: float, rules: ChallengeRules
) -> TradingDay:
    """The anchor of the next day, from the last balance and equity before the reset."""
    return TradingDay(
        day.day + 1,
        start_base_money(balance_money, equity_money, rules),
        balance_money,
        closing_trail(day.trail, balance_money, equity_money, rules),
    )


@rule
def raise_day_base(
    day: TradingDay, balance_money: float, equity_money: float, rules: ChallengeRules
) -> TradingDay:
    """The anchor after another reading at its start: the stricter wins, never a lower one.

    The firm does not publish on which side of the reset it reads (before or after swaps).
    """
    return TradingDay(
        day.day,
        max(day.base_money, start_base_money(balance_money, equity_money, rules)),
        day.start_balance_money,
        closing_trail(day.trail, balance_money, equity_money, rules),
    )


@rule
def shift_day(day: TradingDay, cash_operations_money: float) -> TradingDay:
    """The anchor after a deposit (+) or payout (-): such money is neither profit nor loss.

    Engine policy `shift_base`; the firm does not publish how it treats a payout within the day.
    """
    return TradingDay(
        day.day,
        day.base_money + cash_operations_money,
        day.start_balance_money + cash_operations_money,
        day.trail,
    )


@rule
def daily_allowance_money(day: TradingDay, rules: ChallengeRules) -> float:
    """What the day may lose from its base: a share of it, or of the initial balance."""
    if rules.daily.amount_of == AmountOf.BASE.value:
        return rules.daily.loss_fraction * day.base_money
    return rules.daily.loss_fraction * rules.initial_balance_money


@rule
def floors(day: TradingDay, rules: ChallengeRules) -> Floors:
    """The day's floor below its base, and the overall floor."""
    daily = -math.inf
    if rules.daily.base_kind != DailyBase.NONE.value:
        daily = day.base_money - daily_allowance_money(day, rules)
    return Floors(daily, total_floor_money(day.trail, rules), rules.initial_balance_money)


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
    """Whether equity is at or below a floor: what the bot itself never lets happen."""
    return equity_money <= floor_money + MONEY_EPSILON


@rule
def is_floor_broken(money: float, floor_money: float, compare: int) -> bool:
    """Whether the firm's limit is hit: by a touch, or only below it (`Compare`)."""
    if compare == Compare.BELOW.value:
        return money < floor_money - MONEY_EPSILON
    return money <= floor_money + MONEY_EPSILON


@rule
def tested_money(account: Account, tested_on: int) -> float:
    """The figure of the account that a limit is held against (`HeldAgainst`)."""
    return account.balance_money if tested_on == HeldAgainst.BALANCE.value else account.equity_money


@rule
def is_daily_hit(account: Account, limits: Floors, rules: ChallengeRules) -> bool:
    """Whether the daily limit is hit, whatever that brings about."""
    money = tested_money(account, rules.daily.tested_on)
    return is_floor_broken(money, limits.daily_money, rules.daily.compare)


@rule
def is_total_hit(account: Account, limits: Floors, rules: ChallengeRules) -> bool:
    """Whether the overall limit is hit, whatever that brings about."""
    money = tested_money(account, rules.overall.tested_on)
    return is_floor_broken(money, limits.total_money, rules.overall.compare)


@rule
def is_pause_due(account: Account, limits: Floors, rules: ChallengeRules) -> bool:
    """Whether a limit is hit that stops trading until the next reset and spares the account."""
    pause = LossAction.PAUSE_UNTIL_RESET.value
    if rules.daily.action == pause and is_daily_hit(account, limits, rules):
        return True
    return rules.overall.action == pause and is_total_hit(account, limits, rules)


@rule
def breached_floor(account: Account, limits: Floors, rules: ChallengeRules) -> int:
    """Which limit ended the account (`PhaseVerdict`), RUNNING if none; the higher floor names."""
    is_daily, is_total = ended_by(account, limits, rules)
    if is_daily and (not is_total or limits.daily_money >= limits.total_money):
        return PhaseVerdict.BREACHED_DAILY.value
    return PhaseVerdict.BREACHED_TOTAL.value if is_total else PhaseVerdict.RUNNING.value


@rule
def also_breached(account: Account, limits: Floors, rules: ChallengeRules) -> int:
    """The other limit that ended it in the same moment (`PhaseVerdict`), RUNNING if none."""
    is_daily, is_total = ended_by(account, limits, rules)
    if not (is_daily and is_total):
        return PhaseVerdict.RUNNING.value
    if limits.daily_money >= limits.total_money:
        return PhaseVerdict.BREACHED_TOTAL.value
    return PhaseVerdict.BREACHED_DAILY.value


@rule
def ended_by(account: Account, limits: Floors, rules: ChallengeRules) -> tuple[bool, bool]:
    """Whether the daily and whether the overall limit end the account now."""
    ends = LossAction.TERMINATE.value
    is_daily = rules.daily.action == ends and is_daily_hit(account, limits, rules)
    is_total = rules.overall.action == ends and is_total_hit(account, limits, rules)
    return is_daily, is_total


@rule
def brake_base_money(day: TradingDay, rules: ChallengeRules) -> float:
    """What the brakes are shares of: the base; where the allowance does not grow, at most its."""
    if rules.daily.amount_of == AmountOf.INITIAL_BALANCE.value:
        return min(day.base_money, rules.initial_balance_money)
    return day.base_money


@rule
def brake(day: TradingDay, account: Account, s: BrakeSettings, rules: ChallengeRules) -> int:
    """How hard to brake (`Brake`): hardest first, at or above each threshold.

    The total loss flattens too, since the overall floor does not fall with the day. What is not a
    number closes nothing and is never calm: less risk, until a reading says more.
    """
    initial, base = rules.initial_balance_money, brake_base_money(day, rules)
    reference = total_reference_money(day.trail, rules)
    total_loss_money = reference - account.equity_money + MONEY_EPSILON
    day_loss_money = day.base_money - account.equity_money + MONEY_EPSILON
    if total_loss_money >= s.total_flatten_initial_fraction * initial:
        return Brake.FLATTEN.value
    if day_loss_money >= s.flatten_base_fraction * base:
        return Brake.FLATTEN.value
    is_number = math.isfinite(total_loss_money) and math.isfinite(day_loss_money)
    if day_loss_money >= s.reduce_base_fraction * base or not is_number:
        return Brake.REDUCE.value
    if day_loss_money >= s.warn_base_fraction * base:
        return Brake.WARN.value
    return Brake.NONE.value


@rule
def verdict(account: Account, day: TradingDay, progress: Progress, rules: ChallengeRules) -> int:
    """Where the phase stands now (`PhaseVerdict`); the caller latches a breach.

    Passed needs the target, the days, a best day that is small enough, and a flat account.
    """
    breach = breached_floor(account, floors(day, rules), rules)
    if breach != PhaseVerdict.RUNNING.value:
        return breach
    is_flat = not (progress.has_exposure and rules.target.flat_to_pass)
    has_days = days_done(progress, rules) and is_consistent(progress, rules)
    if is_flat and has_days and is_target_reached(progress, rules):
        return PhaseVerdict.PASSED.value
    if is_out_of_time(progress, rules):
        return PhaseVerdict.OUT_OF_TIME.value
    return PhaseVerdict.RUNNING.value
