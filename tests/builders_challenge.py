"""Rules of a firm with figures small enough to check by head."""

from __future__ import annotations

from bot.model.challenge import (
    AmountOf,
    CashPolicy,
    ChallengeRules,
    Compare,
    ConsistencyRule,
    DailyBase,
    DailyRule,
    DayKind,
    DayRule,
    Denominator,
    EnginePolicy,
    HeldAgainst,
    LossAction,
    Observation,
    OverallKind,
    OverallRule,
    PhaseKind,
    SnapshotPolicy,
    TargetOn,
    TargetRule,
)

DAILY = DailyRule(
    loss_fraction=0.05,
    base_kind=DailyBase.DAY_START_MAX.value,
    amount_of=AmountOf.BASE.value,
    tested_on=HeldAgainst.EQUITY.value,
    compare=Compare.AT_OR_BELOW.value,
    action=LossAction.TERMINATE.value,
)
OVERALL = OverallRule(
    loss_fraction=0.10,
    kind=OverallKind.STATIC.value,
    trail_on=0,
    amount_of=AmountOf.INITIAL_BALANCE.value,
    lock_profit_fraction=0.0,
    tested_on=HeldAgainst.EQUITY.value,
    compare=Compare.AT_OR_BELOW.value,
    action=LossAction.TERMINATE.value,
    on_payout=0,
)
NO_DAILY = DailyRule(0.0, DailyBase.NONE.value, AmountOf.BASE.value, 0, 0, 0)
NO_OVERALL = OverallRule(0.0, OverallKind.NONE.value, 0, 0, 0.0, 0, 0, 0, 0)
NO_SHARE = ConsistencyRule(
    0.0, Denominator.TOTAL_NET_PROFIT.value, delays_pass=False, delays_payout=False
)


def high_stakes(initial_money: float = 20_000.0, target_fraction: float = 0.08) -> ChallengeRules:
    """5 % of the day's higher start, 10 % static, 8 % to pass, three days of half a percent."""
    return ChallengeRules(
        initial_balance_money=initial_money,
        phase_kind=PhaseKind.EVALUATION.value,
        daily=DAILY,
        overall=OVERALL,
        target=TargetRule(target_fraction, TargetOn.CLOSED_BALANCE.value, flat_to_pass=True),
        days=DayRule(DayKind.PROFITABLE.value, 3, 0.005),
        consistency=NO_SHARE,
        time_limit_days=0,
        inactive_days_max=30,
        policy=EnginePolicy(SnapshotPolicy.MAX_PRE_POST.value, CashPolicy.SHIFT_BASE.value),
    )


def prev_close(rules: ChallengeRules) -> ChallengeRules:
    """The same rules with a day that starts at the last readings before its reset."""
    policy = rules.policy._replace(snapshot=SnapshotPolicy.PREV_CLOSE.value)
    return rules._replace(policy=policy)


def a_look(
    balance: float,
    equity: float | None = None,
    *,
    cash: float = 0.0,
    credit: float = 0.0,
    trades: tuple[int, int] = (0, 0),
    has_exposure: bool = False,
) -> Observation:
    """A reading of the account; equity is the balance unless told otherwise."""
    equity = balance if equity is None else equity
    return Observation(balance, equity, cash, credit, has_exposure, *trades)
