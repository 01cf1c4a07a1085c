"""From a firm's preset to the rules the engine lives by; what no bot may do is refused by name."""

from __future__ import annotations

from collections.abc import Iterator

from bot.errors import ParamsError
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
    OnPayout,
    OverallKind,
    OverallRule,
    PhaseKind,
    SnapshotPolicy,
    TargetOn,
    TargetRule,
    TrailOn,
)
from bot.model.firm_clock import FirmClock
from bot.params.base import fraction, seconds_of_time
from bot.params.firm import Consistency, DailyLoss, FirmPreset, MinDays, OverallLoss, Phase

Difference = tuple[str, object, str]
"""Field of the preset, its value, and why the bot does not trade under it."""

RECOMMENDED_POLICY = EnginePolicy(SnapshotPolicy.MAX_PRE_POST.value, CashPolicy.SHIFT_BASE.value)
"""The stricter day start, and cash kept out of profit and loss."""

_DAY_KINDS = {
    "profitable_day": DayKind.PROFITABLE,
    "trading_day_opened": DayKind.OPENED,
    "trading_day_opened_or_closed": DayKind.OPENED_OR_CLOSED,
    "trading_day_any": DayKind.ANY,
}


def to_rules(
    preset: FirmPreset,
    phase_id: str,
    initial_balance_money: float,
    policy: EnginePolicy = RECOMMENDED_POLICY,
) -> ChallengeRules:
    """The rules of one phase for an account of this size, to be traded under.

    A phase a bot may not trade is a `ParamsError` that says why; an unknown phase is one too.
    """
    phase = _phase(preset, phase_id)
    problems = [f"  {field} = {value}: {why}" for field, value, why in differences(preset, phase)]
    if problems:
        message = f"{preset.id}, phase {phase_id}: cannot be traded by a bot\n"
        raise ParamsError(message + "\n".join(problems))
    return described_rules(preset, phase_id, initial_balance_money, policy)


def described_rules(
    preset: FirmPreset,
    phase_id: str,
    initial_balance_money: float,
    policy: EnginePolicy = RECOMMENDED_POLICY,
) -> ChallengeRules:
    """The rules of one phase as the preset states them, whether a bot may trade it or not."""
    phase = _phase(preset, phase_id)
    inactivity = preset.activity.inactivity_days
    is_funded = phase.kind == "funded"
    idle_days = None
    if inactivity is not None:
        idle_days = inactivity.funded if is_funded else inactivity.evaluation
    return ChallengeRules(
        initial_balance_money=initial_balance_money,
        phase_kind=(PhaseKind.FUNDED if is_funded else PhaseKind.EVALUATION).value,
        daily=_daily(preset.daily_loss_in(phase)),
        overall=_overall(preset.overall_loss_in(phase)),
        target=TargetRule(
            profit_fraction=fraction(phase.target_pct) if phase.target_pct is not None else 0.0,
            target_on=TargetOn[phase.target_on.upper()].value,
            flat_to_pass=phase.flat_to_pass,
        ),
        days=_days(phase.min_days),
        consistency=_consistency(preset.consistency, phase),
        time_limit_days=phase.time_limit_days or 0,
        inactive_days_max=idle_days or 0,
        policy=policy,
    )


def differences(preset: FirmPreset, phase: Phase) -> Iterator[Difference]:
    """Why a bot may not trade this phase at all."""
    if preset.conduct.ea == "prohibited_except_preapproved_risk_tools":
        yield ("conduct.ea", preset.conduct.ea, "the firm forbids automatic trading")
    days = phase.min_days
    if days is not None and days.kind == "profitable_day" and days.threshold_pct is None:
        place = f"phases.{phase.id}.min_days.threshold_pct"
        yield (place, None, "what a profitable day has to earn must be stated")


def to_clock(preset: FirmPreset) -> FirmClock:
    """When the firm's day begins."""
    return FirmClock(preset.clock.tz, int(seconds_of_time(preset.clock.reset)))


def _phase(preset: FirmPreset, phase_id: str) -> Phase:
    phase = preset.phase(phase_id)
    if phase is None:
        known = ", ".join(item.id for item in preset.phases)
        message = f"{preset.id} has no phase {phase_id!r}; its phases: {known}"
        raise ParamsError(message)
    return phase


def _daily(loss: DailyLoss | None) -> DailyRule:
    if loss is None:
        return DailyRule(0.0, DailyBase.NONE.value, AmountOf.BASE.value, 0, 0, 0)
    return DailyRule(
        loss_fraction=fraction(loss.pct),
        base_kind=DailyBase[loss.base.upper()].value,
        amount_of=AmountOf[loss.amount_of.upper()].value,
        tested_on=HeldAgainst[loss.test.upper()].value,
        compare=Compare[loss.compare.upper()].value,
        action=LossAction[loss.action.upper()].value,
    )


def _overall(loss: OverallLoss | None) -> OverallRule:
    if loss is None:
        return OverallRule(0.0, OverallKind.NONE.value, 0, 0, 0.0, 0, 0, 0, 0)
    of_peak = loss.amount_of == "peak"
    return OverallRule(
        loss_fraction=fraction(loss.pct),
        kind=OverallKind[loss.kind.upper()].value,
        trail_on=TrailOn[(loss.trail_on or "nothing").upper()].value,
        amount_of=(AmountOf.BASE if of_peak else AmountOf.INITIAL_BALANCE).value,
        lock_profit_fraction=fraction(loss.lock.trigger_profit_pct) if loss.lock else 0.0,
        tested_on=HeldAgainst[loss.test.upper()].value,
        compare=Compare[loss.compare.upper()].value,
        action=LossAction[loss.action.upper()].value,
        on_payout=OnPayout[loss.on_payout.upper()].value,
    )


def _days(days: MinDays | None) -> DayRule:
    if days is None:
        return DayRule(DayKind.NONE.value, 0, 0.0)
    return DayRule(
        kind=_DAY_KINDS[days.kind].value,
        needed_count=days.count,
        threshold_fraction=fraction(days.threshold_pct) if days.threshold_pct is not None else 0.0,
    )


def _consistency(rule: Consistency | None, phase: Phase) -> ConsistencyRule:
    if rule is None or not {phase.id, "all"} & set(rule.phases):
        return ConsistencyRule(
            0.0, Denominator.TOTAL_NET_PROFIT.value, delays_pass=False, delays_payout=False
        )
    is_funded = phase.kind == "funded"
    return ConsistencyRule(
        share_fraction_max=fraction(rule.max_pct),
        denominator=Denominator[rule.denominator.upper()].value,
        delays_pass=("scale" if is_funded else "pass") in rule.checked_at,
        delays_payout="payout" in rule.checked_at and is_funded,
    )
