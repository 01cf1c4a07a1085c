"""The night of the reset: what tomorrow's base and floor would be with what is running now.

Winners raise tomorrow's base and floor with profit that is not yet closed; losers begin the day
with much of its allowance used (PROP_RULES D, HS04 and HS06; E6).
"""

from __future__ import annotations

from bot.model.account import Account, TradingDay
from bot.model.challenge import ChallengeRules
from bot.model.decision import Finding, Refusal
from bot.model.reserves import ResetOutlook
from bot.rules._rule import rule
from bot.rules.challenge import MONEY_EPSILON, day_after, floors, raise_day_base


@rule
def reset_outlook(
    day: TradingDay,
    account: Account,
    worst_case_money: float,
    reserve_money: float,
    rules: ChallengeRules,
) -> ResetOutlook:
    """The next day if the reset came now; `worst_case_money` is equity with all stopped out.

    The firm's snapshot is not published: readings on both sides of midnight count, as the
    bot's own day roll does, so the stricter one stands.
    """
    balance, equity = account.balance_money, account.equity_money
    tomorrow = raise_day_base(day_after(day, balance, equity, rules), balance, equity, rules)
    limits = floors(tomorrow, rules)
    floor_money = max(limits.daily_money, limits.total_money)
    room_money = worst_case_money - floor_money - reserve_money
    return ResetOutlook(
        tomorrow.base_money, limits.daily_money, floor_money, worst_case_money, room_money
    )


@rule
def reset_finding(
    outlook: ResetOutlook, entry_worst_money: float, seconds_to_reset: float, window_s: float
) -> Finding:
    """Whether an entry that may cost `entry_worst_money` still fits tomorrow's floor.

    Asked only inside the window before the reset. Value: the worst case with the entry, limit:
    tomorrow's higher floor and the reserve.
    """
    value = outlook.worst_case_money - entry_worst_money
    limit = outlook.worst_case_money - outlook.room_money
    if seconds_to_reset > window_s or outlook.room_money - entry_worst_money > MONEY_EPSILON:
        return Finding(Refusal.NONE.value, value, limit)
    return Finding(Refusal.RESET_NIGHT.value, value, limit)
