"""A rule set in the words of a trader: part, name and sentence, every number with its unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bot.model.challenge import (
    AmountOf,
    CashPolicy,
    ChallengeRules,
    DailyBase,
    EnginePolicy,
    OverallKind,
    SnapshotPolicy,
)
from bot.params.firm import DailyLoss, FirmPreset, MinDays, OverallLoss, Phase
from bot.params.firm_rules import RECOMMENDED_POLICY, described_rules
from bot.params.rules_text import rules_in_words
from bot.report.text import money
from bot.rules.challenge import daily_allowance_money, first_day, floors

LIMITS, PASSING, POLICY = "loss limits", "to pass", "where firms are silent"
GRADES = {
    "A": "the firm's own words",
    "B": "two sources that agree, or a copy of the firm's page",
    "C": "one secondary source, or sources that disagree",
    "D": "inferred, nobody states it",
}
_SNAPSHOTS = {
    SnapshotPolicy.PREV_CLOSE: "a day starts from the last reading before the reset",
    SnapshotPolicy.MAX_PRE_POST: (
        "a day starts from the higher of the last reading before the reset and the first after"
    ),
}
_CASH = {
    CashPolicy.SHIFT_BASE: "payouts and deposits move the day's base and are no profit or loss",
    CashPolicy.LITERAL: "payouts and deposits leave the base alone and count as profit or loss",
}


class Line(NamedTuple):
    """One thing to know; `part` is the heading it stands under."""

    part: str
    name: str
    text: str


class Account(NamedTuple):
    """For which account the money is worked out; `policy` is how silence is read."""

    balance_money: float
    policy: EnginePolicy = RECOMMENDED_POLICY


def words(text: str) -> str:
    """A word of the schema as people write it."""
    return text.replace("_", " ")


def phase_lines(preset: FirmPreset, phase: Phase, account: Account) -> Iterator[Line]:
    """What may be lost in a phase and what passes it, with the money for this account."""
    rules = described_rules(preset, phase.id, account.balance_money, account.policy)
    said = dict(rules_in_words(rules))
    yield Line(LIMITS, "daily loss", said["daily loss"])
    yield from _daily_lines(preset.daily_loss_in(phase), rules)
    yield Line(LIMITS, "total loss", said["total loss"])
    yield from _overall_lines(preset.overall_loss_in(phase), rules)
    yield Line(PASSING, "target", said["target"] + _target_rest(phase))
    still = "must be closed to pass" if phase.flat_to_pass else "may stay open"
    yield Line(PASSING, "open positions", still)
    yield Line(PASSING, "days", said["days"] + _days_rest(phase, phase.min_days))
    yield Line(PASSING, "best day", said["best day"] + _share_rest(preset, rules))
    yield Line(PASSING, "time limit", said["time limit"])


def policy_lines(policy: EnginePolicy) -> Iterator[Line]:
    """How the bot reads what firms do not publish."""
    yield Line(POLICY, "day start", _SNAPSHOTS[SnapshotPolicy(policy.snapshot)])
    yield Line(POLICY, "cash", _CASH[CashPolicy(policy.cash)])
    yield Line(POLICY, "breach", "once broken stays broken; of two limits the higher one names it")
    yield Line(POLICY, "target", "follows the balance: what is lost again must be earned again")


def _daily_lines(loss: DailyLoss | None, rules: ChallengeRules) -> Iterator[Line]:
    if loss is None:
        return
    day = first_day(0, rules)
    amount, floor = daily_allowance_money(day, rules), floors(day, rules).daily_money
    grows = rules.daily.amount_of == AmountOf.BASE
    kind = "share of the day's base, so it grows and shrinks" if grows else "fixed amount"
    live = rules.daily.base_kind == DailyBase.INTRADAY_PEAK_EQUITY
    moves = "rises with every new high of the day" if live else "stands still within the day"
    yield Line(LIMITS, "  amount", kind)
    first = f"may lose {money(amount)}, floor {money(floor)}; it {moves}"
    yield Line(LIMITS, "  on the first day", first)
    yield Line(LIMITS, "  judged on", _judged(loss.test))


def _overall_lines(loss: OverallLoss | None, rules: ChallengeRules) -> Iterator[Line]:
    if loss is None:
        return
    floor = floors(first_day(0, rules), rules).total_money
    static = rules.overall.kind == OverallKind.STATIC
    moves = "it never moves" if static else "it rises and never falls"
    yield Line(LIMITS, "  floor at the start", f"{money(floor)}; {moves}")
    if loss.lock is not None:
        locked = money(rules.initial_balance_money * (1.0 + rules.overall.lock_profit_fraction))
        yield Line(LIMITS, "  locks", f"at {words(loss.lock.floor_at)} once {locked} was reached")
    if loss.on_payout != "none":
        yield Line(LIMITS, "  a payout", words(loss.on_payout))
    yield Line(LIMITS, "  judged on", _judged(loss.test))


def _judged(test: str) -> str:
    return "equity, live: open profit and loss count" if test == "equity" else "closed balance"


def _target_rest(phase: Phase) -> str:
    if phase.target_pct is None:
        return ""
    on = "closed trades" if phase.target_on == "closed_balance" else "equity"
    return f", on {on}"


def _days_rest(phase: Phase, days: MinDays | None) -> str:
    if days is None:
        return ""
    what = f" ({words(days.formula)})" if days.formula else ""
    return what + (", for scaling only" if phase.min_days_for == "scaling_only" else "")


def _share_rest(preset: FirmPreset, rules: ChallengeRules) -> str:
    rule = preset.consistency
    if rule is None or rules.consistency.share_fraction_max == 0.0:
        return ""
    checked = " and ".join(rule.checked_at)
    return (
        f"; {rule.max_pct:g} % of {words(rule.denominator)}, day's profit {words(rule.day_profit)},"
        f" looked at for {checked}, {words(rule.effect)}"
    )
