"""From a firm's preset to the rules this version enforces; what it cannot enforce it refuses."""

from __future__ import annotations

from collections.abc import Iterator

from bot.errors import ParamsError
from bot.model.settings import ChallengeRules
from bot.params.base import fraction
from bot.params.firm import DailyLoss, FirmPreset, Limits, MinDays, OverallLoss, Phase

PROFITABLE_DAY_FORMULA = "min(midnight_balance, midnight_equity) - previous_day_balance"
_SERVER_DAY = ("America/New_York", "17:00")

Difference = tuple[str, object, str]
"""Field of the preset, its value, and what this version can do."""


def to_rules(preset: FirmPreset, phase_id: str, initial_balance_money: float) -> ChallengeRules:
    """The rules of one phase for an account of this size.

    A rule kind this version cannot enforce is a `ParamsError` that names each, because a bot that
    guards another rule than the firm's guards nothing. An unknown phase is one too.
    """
    phase = preset.phase(phase_id)
    if phase is None:
        known = ", ".join(item.id for item in preset.phases)
        message = f"{preset.id} has no phase {phase_id!r}; its phases: {known}"
        raise ParamsError(message)
    problems = [f"  {field} = {value}: {can}" for field, value, can in differences(preset, phase)]
    if problems:
        message = f"{preset.id}, phase {phase_id}: this version cannot enforce\n"
        raise ParamsError(message + "\n".join(problems))
    return _rules(preset, phase, initial_balance_money)


def differences(preset: FirmPreset, phase: Phase) -> Iterator[Difference]:
    """Every rule of the phase that this version cannot enforce."""
    if (preset.clock.tz, preset.clock.reset) != _SERVER_DAY:
        yield (
            "clock",
            f"{preset.clock.reset} {preset.clock.tz}",
            "the day must begin at 17:00 America/New_York",
        )
    yield from _phase_differences(preset, phase)
    yield from _daily_differences(preset.daily_loss_in(phase))
    yield from _overall_differences(preset.overall_loss_in(phase))
    yield from _limit_differences(preset.limits_in(phase))
    consistency = preset.consistency
    if consistency and "pass" in consistency.checked_at and phase.id in consistency.phases:
        yield ("consistency.checked_at", "pass", "a best-day share cannot be checked yet")


def not_enforced(preset: FirmPreset, phase_id: str) -> tuple[str, ...]:
    """What the firm demands in this phase and this version leaves to the trader, in words."""
    notes = [
        f"news: entries from {rule.before_s:g} s before to {rule.after_s:g} s after "
        f"{' and '.join(rule.impact)} impact events ({rule.effect})"
        for rule in preset.news
        if rule.triggers and (phase_id in rule.phases or "all" in rule.phases)
    ]
    inactivity = preset.activity.inactivity_days
    if inactivity and inactivity.evaluation:
        notes.append(f"activity: a new trade at least every {inactivity.evaluation} days")
    if preset.conduct.ea == "paid_addon_required":
        notes.append("conduct: automatic trading needs a paid add-on of the firm")
    return tuple(notes)


def _rules(preset: FirmPreset, phase: Phase, initial_balance_money: float) -> ChallengeRules:
    daily, overall = preset.daily_loss_in(phase), preset.overall_loss_in(phase)
    assert daily is not None
    assert overall is not None
    assert phase.target_pct is not None
    days = phase.min_days
    threshold_pct = days.threshold_pct if days is not None else None
    return ChallengeRules(
        initial_balance_money=initial_balance_money,
        daily_loss_base_fraction=fraction(daily.pct),
        total_loss_initial_fraction=fraction(overall.pct),
        target_initial_fraction=fraction(phase.target_pct),
        profitable_day_initial_fraction=fraction(threshold_pct or 0.0),
        profitable_days_min_count=days.count if days is not None else 0,
    )


def _phase_differences(preset: FirmPreset, phase: Phase) -> Iterator[Difference]:
    where = f"phases.{phase.id}"
    if phase.kind == "funded":
        yield (f"{where}.kind", phase.kind, "payouts and scaling are not followed yet")
    if phase.target_pct is None:
        yield (f"{where}.target_pct", None, "a target must be stated")
    if phase.target_on != "closed_balance":
        yield (f"{where}.target_on", phase.target_on, "only closed_balance")
    if phase.time_limit_days is not None:
        yield (f"{where}.time_limit_days", phase.time_limit_days, "no time limit can be kept")
    if phase.min_days is not None:
        yield from _days_differences(where, phase.min_days)
    if preset.conduct.ea == "prohibited_except_preapproved_risk_tools":
        yield ("conduct.ea", preset.conduct.ea, "the firm forbids automatic trading")


def _days_differences(where: str, days: MinDays) -> Iterator[Difference]:
    if days.kind != "profitable_day" or days.formula != PROFITABLE_DAY_FORMULA:
        yield (
            f"{where}.min_days",
            f"{days.kind}, {days.formula}",
            f"only profitable_day, {PROFITABLE_DAY_FORMULA}",
        )
    elif days.threshold_pct is None:
        yield (f"{where}.min_days.threshold_pct", None, "a threshold must be stated")


def _daily_differences(daily: DailyLoss | None) -> Iterator[Difference]:
    if daily is None:
        yield ("daily_loss", None, "a daily loss rule must be stated")
        return
    if (daily.base, daily.amount_of) != ("day_start_max", "base"):
        yield (
            "daily_loss.base",
            f"{daily.base}, amount of {daily.amount_of}",
            "only day_start_max, amount of base",
        )
    if daily.test != "equity":
        yield ("daily_loss.test", daily.test, "only equity")
    if daily.action != "terminate":
        yield ("daily_loss.action", daily.action, "only terminate")


def _overall_differences(overall: OverallLoss | None) -> Iterator[Difference]:
    if overall is None:
        yield ("overall_loss", None, "an overall loss rule must be stated")
        return
    if overall.kind != "static" or overall.amount_of != "initial_balance":
        yield (
            "overall_loss.kind",
            f"{overall.kind}, amount of {overall.amount_of}",
            "only static, amount of initial_balance",
        )
    if overall.lock is not None:
        yield ("overall_loss.lock", overall.lock.floor_at, "only null")
    if overall.test != "equity":
        yield ("overall_loss.test", overall.test, "only equity")
    if overall.action != "terminate":
        yield ("overall_loss.action", overall.action, "only terminate")


def _limit_differences(limits: Limits | None) -> Iterator[Difference]:
    """Every trade has its stop in the opening request, so a stop rule is kept by itself."""
    if limits is None:
        return
    for field in (
        "max_lots",
        "max_positions",
        "max_open_risk_pct",
        "max_risk_per_trade_pct",
        "max_margin_pct",
        "daily_profit_cap",
        "min_trade_seconds",
    ):
        value = getattr(limits, field)
        if value is not None:
            yield (f"limits.{field}", value, "this cap is not kept yet")
