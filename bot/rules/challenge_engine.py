"""Lives a phase: one state, one observation at a time, by the very rules that trade.

`begin`, then for each look: `end_of_day` and `next_day` while the date has moved on, `observe`,
and `floors(day_now(...))`, `progress_of`, `verdict_now` for what is true after it.
"""

from __future__ import annotations

from bot.model.account import Account, Progress, TradingDay
from bot.model.challenge import (
    CashPolicy,
    ChallengeRules,
    ChallengeState,
    DailyBase,
    DayEnd,
    Observation,
    OnPayout,
    SnapshotPolicy,
    Tally,
)
from bot.model.decision import PhaseVerdict
from bot.rules._rule import rule
from bot.rules.challenge import (
    also_breached,
    breached_floor,
    day_after,
    first_day,
    floors,
    is_pause_due,
    raise_day_base,
    shift_day,
    verdict,
)
from bot.rules.challenge_days import (
    day_needed_money,
    is_counted_day,
    profitable_day_gain,
    target_profit_money,
)
from bot.rules.challenge_trail import live_trail, rebased_trail

_RUNNING = PhaseVerdict.RUNNING.value


@rule
def begin(day: int, rules: ChallengeRules) -> ChallengeState:
    """A phase on its first day, before anything was seen: all starts at the initial balance."""
    initial = rules.initial_balance_money
    return ChallengeState(
        day=first_day(day, rules),
        first_day=day,
        balance_money=initial,
        equity_money=initial,
        day_cash_money=0.0,
        day_credit_money=0.0,
        phase_cash_money=0.0,
        opened_count=0,
        closed_count=0,
        has_exposure=False,
        is_fresh=False,
        is_paused=False,
        breach=_RUNNING,
        breach_also=_RUNNING,
        tally=Tally(0, 0.0, 0.0),
    )


@rule
def counted_cash_money(day_cash_money: float, rules: ChallengeRules) -> float:
    """The part of the day's deposits and payouts that is kept out of gain and base."""
    return 0.0 if rules.policy.cash == CashPolicy.LITERAL.value else day_cash_money


@rule
def base_shift_money(state: ChallengeState, rules: ChallengeRules) -> float:
    """By how much cash and credit moved the day's base; a base of the initial balance stays."""
    if rules.daily.base_kind == DailyBase.INITIAL_BALANCE.value:
        return 0.0
    return counted_cash_money(state.day_cash_money + state.day_credit_money, rules)


@rule
def day_now(state: ChallengeState, rules: ChallengeRules) -> TradingDay:
    """The day's anchor as floors are taken from it: its base moved by cash operations."""
    return shift_day(state.day, base_shift_money(state, rules))


@rule
def end_of_day(state: ChallengeState, rules: ChallengeRules) -> DayEnd:
    """What the running day came to if it ends with the last values seen."""
    cash = counted_cash_money(state.day_cash_money, rules)
    gain = profitable_day_gain(
        state.balance_money, state.equity_money, state.day.start_balance_money, cash
    )
    return DayEnd(
        day=state.day.day,
        balance_money=state.balance_money,
        equity_money=state.equity_money,
        gain_money=gain,
        needed_money=day_needed_money(rules),
        is_counted=is_counted_day(gain, state.opened_count, state.closed_count, rules),
    )


@rule
def day_profit_money(state: ChallengeState, rules: ChallengeRules) -> float:
    """What the running day closed in profit so far, net of costs and cash operations."""
    cash = counted_cash_money(state.day_cash_money, rules)
    return state.balance_money - state.day.start_balance_money - cash


@rule
def tally_of(state: ChallengeState, rules: ChallengeRules) -> Tally:
    """The closed days and the running one as it stands; the count is of closed days alone."""
    profit, tally = day_profit_money(state, rules), state.tally
    return Tally(
        tally.counted_days_count,
        max(tally.best_day_money, profit),
        tally.positive_days_money + max(0.0, profit),
    )


@rule
def next_day(state: ChallengeState, rules: ChallengeRules) -> ChallengeState:
    """The state on the next date: the running day is closed and counted, a pause is over."""
    tally = tally_of(state, rules)
    count = tally.counted_days_count + int(end_of_day(state, rules).is_counted)
    return ChallengeState(
        day=day_after(state.day, state.balance_money, state.equity_money, rules),
        first_day=state.first_day,
        balance_money=state.balance_money,
        equity_money=state.equity_money,
        day_cash_money=0.0,
        day_credit_money=0.0,
        phase_cash_money=state.phase_cash_money,
        opened_count=0,
        closed_count=0,
        has_exposure=state.has_exposure,
        is_fresh=True,
        is_paused=False,
        breach=state.breach,
        breach_also=state.breach_also,
        tally=Tally(count, tally.best_day_money, tally.positive_days_money),
    )


@rule
def started_day(day: TradingDay, seen: Observation, rules: ChallengeRules) -> TradingDay:
    """The anchor after the first reading past the reset, by the snapshot policy.

    What was paid in since the reset is not part of the start.
    """
    if rules.policy.snapshot == SnapshotPolicy.PREV_CLOSE.value:
        return day
    cash = counted_cash_money(seen.cash_money, rules)
    credit = counted_cash_money(seen.credit_money, rules)
    equity = seen.equity_money - cash - credit
    return raise_day_base(day, seen.balance_money - cash, equity, rules)


@rule
def followed_day(
    day: TradingDay, seen: Observation, shift_money: float, rules: ChallengeRules
) -> TradingDay:
    """The anchor after a reading within the day: what follows live values has followed."""
    base = day.base_money
    if rules.daily.base_kind == DailyBase.INTRADAY_PEAK_EQUITY.value:
        base = max(base, seen.equity_money - shift_money)
    trail = day.trail
    if seen.cash_money < 0.0 and rules.overall.on_payout == OnPayout.REBASE_TO_BALANCE.value:
        trail = rebased_trail(seen.balance_money, rules)
    trail = live_trail(trail, seen.balance_money, seen.equity_money, rules)
    return TradingDay(day.day, base, day.start_balance_money, trail)


@rule
def observe(state: ChallengeState, seen: Observation, rules: ChallengeRules) -> ChallengeState:
    """The state after a reading of the account: bases follow, then the limits are tested."""
    day = started_day(state.day, seen, rules) if state.is_fresh else state.day
    cash = state.day_cash_money + seen.cash_money
    credit = state.day_credit_money + seen.credit_money
    shift = counted_cash_money(cash + credit, rules)
    followed = ChallengeState(
        day=followed_day(day, seen, shift, rules),
        first_day=state.first_day,
        balance_money=seen.balance_money,
        equity_money=seen.equity_money,
        day_cash_money=cash,
        day_credit_money=credit,
        phase_cash_money=state.phase_cash_money + seen.cash_money,
        opened_count=state.opened_count + seen.opened_count,
        closed_count=state.closed_count + seen.closed_count,
        has_exposure=seen.has_exposure,
        is_fresh=False,
        is_paused=state.is_paused,
        breach=state.breach,
        breach_also=state.breach_also,
        tally=state.tally,
    )
    return tested(followed, rules)


@rule
def account_of(state: ChallengeState) -> Account:
    """The account as it was last seen; margin plays no part in the firm's limits."""
    return Account(state.balance_money, state.equity_money, 0.0, state.equity_money)


@rule
def tested(state: ChallengeState, rules: ChallengeRules) -> ChallengeState:
    """The state with what the limits say latched: a breach for good, a pause until the reset."""
    account, limits = account_of(state), floors(day_now(state, rules), rules)
    is_paused = state.is_paused or is_pause_due(account, limits, rules)
    breach, also = state.breach, state.breach_also
    if breach == _RUNNING:
        breach = breached_floor(account, limits, rules)
        also = also_breached(account, limits, rules)
    return ChallengeState(
        day=state.day,
        first_day=state.first_day,
        balance_money=state.balance_money,
        equity_money=state.equity_money,
        day_cash_money=state.day_cash_money,
        day_credit_money=state.day_credit_money,
        phase_cash_money=state.phase_cash_money,
        opened_count=state.opened_count,
        closed_count=state.closed_count,
        has_exposure=state.has_exposure,
        is_fresh=state.is_fresh,
        is_paused=is_paused,
        breach=breach,
        breach_also=also,
        tally=state.tally,
    )


@rule
def progress_of(state: ChallengeState, rules: ChallengeRules) -> Progress:
    """How far the phase is: days that closed, profit and shares with the running day in."""
    tally = tally_of(state, rules)
    cash = counted_cash_money(state.phase_cash_money, rules)
    return Progress(
        closed_profit_money=target_profit_money(state.balance_money, cash, rules),
        profitable_days_count=tally.counted_days_count,
        has_exposure=state.has_exposure,
        equity_profit_money=target_profit_money(state.equity_money, cash, rules),
        best_day_money=tally.best_day_money,
        positive_days_money=tally.positive_days_money,
        days_elapsed_count=state.day.day - state.first_day,
    )


@rule
def verdict_now(state: ChallengeState, rules: ChallengeRules) -> int:
    """Where the phase stands (`PhaseVerdict`); a breach stays, whatever comes after it."""
    if state.breach != _RUNNING:
        return state.breach
    return verdict(account_of(state), day_now(state, rules), progress_of(state, rules), rules)
