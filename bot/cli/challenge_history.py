"""Replays a written history of an account through the rules that trade live, step by step.

One history is a mapping as in the firm's worked examples: `kind`, `preset`, `phase`, `policy`,
`steps`. Each kind answers with one mapping per step, whose keys are those of the step's `expect`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

from bot.errors import DataError
from bot.model.challenge import (
    CashPolicy,
    ChallengeRules,
    ChallengeState,
    DailyBase,
    DayEnd,
    DayKind,
    DayRule,
    EnginePolicy,
    LossAction,
    Observation,
    OverallKind,
    SnapshotPolicy,
)
from bot.model.decision import PhaseVerdict
from bot.model.firm_clock import FirmClock
from bot.model.market import OffsetTable
from bot.params.base import seconds_of_time
from bot.params.firm import FirmPreset
from bot.params.firm_rules import described_rules, to_clock
from bot.rules.calendar import DAY_S, server_day
from bot.rules.challenge import (
    daily_allowance_money,
    daily_loss_money,
    floor_room_money,
    floors,
)
from bot.rules.challenge_days import is_target_reached
from bot.rules.challenge_engine import (
    account_of,
    begin,
    day_now,
    end_of_day,
    next_day,
    observe,
    progress_of,
    verdict_now,
)
from bot.timezones import firm_day_table

Facts = Mapping[str, object]
Answer = dict[str, object]

_DIGITS = 4
_NAMES = {
    PhaseVerdict.BREACHED_DAILY: "daily_loss",
    PhaseVerdict.BREACHED_TOTAL: "overall_loss",
}


def replay_equity(vector: Facts, preset: FirmPreset) -> list[Answer]:
    """What the firm would show after each snapshot of an `equity_path` history."""
    rules = history_rules(vector, preset)
    table = firm_day_table(_clock(vector, preset))
    steps = steps_of(vector)
    if not steps:
        return []
    state = begin(server_day(utc_s(steps[0]), table), rules)
    answers: list[Answer] = []
    for step in steps:
        state, ends = _rolled(state, step, (rules, table))
        state = observe(state, _look(step), rules)
        answers.append(_answer(state, rules, ends))
    return answers


def history_rules(vector: Facts, preset: FirmPreset) -> ChallengeRules:
    """The rules such a history is judged by.

    Snapshots tell of no trades and name no shares, so day kinds that count trades, and the best
    day's share, delay no pass here.
    """
    policy = cast(Facts, vector.get("policy") or {})
    rules = described_rules(
        preset,
        text_in(vector, "phase"),
        number_in(vector, "initial_balance"),
        EnginePolicy(
            SnapshotPolicy[str(policy.get("snapshot", "prev_close")).upper()].value,
            CashPolicy[str(policy.get("cash_ops", "shift_base")).upper()].value,
        ),
    )
    days = rules.days
    if days.kind != DayKind.PROFITABLE:
        days = DayRule(DayKind.NONE.value, 0, 0.0)
    share = rules.consistency._replace(delays_pass=False)
    return rules._replace(days=days, consistency=share, time_limit_days=0)


def _rolled(
    state: ChallengeState, step: Facts, world: tuple[ChallengeRules, OffsetTable]
) -> tuple[ChallengeState, list[DayEnd]]:
    """Every day that ended before this snapshot, closed with the values it left."""
    rules, table = world
    ends: list[DayEnd] = []
    today = server_day(utc_s(step), table)
    while state.day.day < today:
        ends.append(end_of_day(state, rules))
        state = next_day(state, rules)
    return state, ends


def _look(step: Facts) -> Observation:
    operation = cast("Facts | None", step.get("cash_op"))
    amount = 0.0 if operation is None else number_in(operation, "amount")
    is_credit = operation is not None and operation.get("type") == "credit"
    return Observation(
        balance_money=number_in(step, "balance"),
        equity_money=number_in(step, "equity"),
        cash_money=0.0 if is_credit else amount,
        credit_money=amount if is_credit else 0.0,
        has_exposure=bool(step.get("open_positions")),
        opened_count=0,
        closed_count=0,
    )


def _answer(state: ChallengeState, rules: ChallengeRules, ends: list[DayEnd]) -> Answer:
    answer: Answer = {"trading_day": date_text(state.day.day)}
    answer |= _daily_part(state, rules) | _overall_part(state, rules)
    answer["breached"] = state.breach != PhaseVerdict.RUNNING
    if state.breach:
        answer["breach_rule"] = _NAMES[PhaseVerdict(state.breach)]
    if state.breach_also:
        answer["breach_also"] = [_NAMES[PhaseVerdict(state.breach_also)]]
    if LossAction.PAUSE_UNTIL_RESET in (rules.daily.action, rules.overall.action):
        answer["paused"] = bool(state.is_paused)
    if ends:
        answer["days_closed"] = [_day_end(end, rules) for end in ends]
    if rules.days.kind == DayKind.PROFITABLE:
        answer["profitable_days"] = state.tally.counted_days_count
    if rules.target.profit_fraction > 0.0:
        answer["target_reached"] = bool(is_target_reached(progress_of(state, rules), rules))
        answer["phase_passed"] = verdict_now(state, rules) == PhaseVerdict.PASSED
    return answer


def _daily_part(state: ChallengeState, rules: ChallengeRules) -> Answer:
    if rules.daily.base_kind == DailyBase.NONE:
        return {}
    day, account = day_now(state, rules), account_of(state)
    floor, allowance = floors(day, rules).daily_money, daily_allowance_money(day, rules)
    loss = daily_loss_money(day, account)
    return {
        "daily_base": figure(day.base_money),
        "daily_allowance": figure(allowance),
        "daily_floor": figure(floor),
        "daily_loss_used": figure(loss),
        "daily_used_pct_of_allowance": figure(100.0 * loss / allowance) if allowance else 0.0,
        "daily_room": figure(floor_room_money(account.equity_money, floor)),
    }


def _overall_part(state: ChallengeState, rules: ChallengeRules) -> Answer:
    if rules.overall.kind == OverallKind.NONE:
        return {}
    floor = floors(day_now(state, rules), rules).total_money
    return {
        "overall_floor": figure(floor),
        "overall_room": figure(floor_room_money(state.equity_money, floor)),
    }


def _day_end(end: DayEnd, rules: ChallengeRules) -> Answer:
    answer: Answer = {
        "date": date_text(end.day),
        "balance": figure(end.balance_money),
        "equity": figure(end.equity_money),
    }
    if rules.days.kind == DayKind.PROFITABLE:
        answer["gain"] = figure(end.gain_money)
        answer["needed"] = figure(end.needed_money)
        answer["profitable"] = bool(end.is_counted)
    return answer


def _clock(vector: Facts, preset: FirmPreset) -> FirmClock:
    override = cast("Facts | None", vector.get("clock_override"))
    if override is None:
        return to_clock(preset)
    return FirmClock(text_in(override, "tz"), int(seconds_of_time(text_in(override, "reset"))))


def figure(value: float) -> float:
    """Four decimals, as such histories are written; a negative zero is zero."""
    return round(value, _DIGITS) + 0.0


def date_text(day: int) -> str:
    """A trading day as YYYY-MM-DD."""
    return datetime.fromtimestamp(day * DAY_S, UTC).date().isoformat()


def utc_s(step: Facts, key: str = "t_utc") -> float:
    """The moment in a step's ISO text, as UTC seconds."""
    text = text_in(step, key)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{key} = {text!r}: must be an ISO time such as 2026-03-10T21:00:00Z"
        raise DataError(message) from error
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


def steps_of(vector: Facts) -> Sequence[Facts]:
    """The steps of a history; `DataError` when there is no list of them."""
    steps = vector.get("steps")
    if not isinstance(steps, list):
        message = f"steps = {steps!r}: must be a list of snapshots"
        raise DataError(message)
    return steps


def number_in(facts: Facts, key: str) -> float:
    """A number of a step; `DataError` for anything else."""
    value = facts.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        message = f"{key} = {value!r}: must be a number"
        raise DataError(message)
    return float(value)


def text_in(facts: Facts, key: str) -> str:
    """A text of a step; `DataError` for anything else."""
    value = facts.get(key)
    if not isinstance(value, str):
        message = f"{key} = {value!r}: must be text"
        raise DataError(message)
    return value
