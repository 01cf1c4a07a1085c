"""The compliance page of one server day: everything a firm would ask, and what we ask ourselves."""

from __future__ import annotations

from collections.abc import Iterable

from bot.model.challenge import ChallengeRules
from bot.report import verdicts
from bot.report.compliance_model import (
    SCHEMA,
    Activity,
    Book,
    ComplianceDay,
    CostLine,
    DayEnd,
    Now,
    Who,
)
from bot.report.conduct import conduct_of
from bot.report.day_money import money_of, settle
from bot.report.day_record import DayRecord
from bot.report.day_standing import limits_of, progress_of
from bot.report.days import DayFold
from bot.report.documents import Document, flag, number, text, whole
from bot.report.money import MoneyDay, to_cents
from bot.report.text import day_text, weekday_text
from bot.report.verdicts import RuleLine
from bot.rules.calendar import day_start_utc_s


def compliance_day(
    documents: Iterable[Document],
    day: int,
    rules: ChallengeRules | None = None,
    now: Now | None = None,
) -> ComplianceDay:
    """The page of server day `day`, from every document up to then.

    `rules` are the phase's, for target and profitable-day lines; `now` completes a running day.
    """
    fold = DayFold()
    for document in documents:
        fold.take(document)
    settle(fold)
    return page(fold, day, rules, now)


def page(
    fold: DayFold, day: int, rules: ChallengeRules | None, now: Now | None = None
) -> ComplianceDay:
    """The page of one day of a settled fold; a day never spoken of has an empty page."""
    record = fold.days.get(day) or DayRecord(day)
    if record.closed is None and day == max(fold.days, default=day):
        fold.stand(record)
    _lower(fold, record, now)
    end = _end_of(record, now)
    money = money_of(fold, record, end)
    offset_s = _clock_offset(record, now)
    lines = _rule_lines(fold, record, (money, offset_s), end)
    return ComplianceDay(
        schema=SCHEMA,
        date=day_text(day),
        weekday=weekday_text(day),
        is_closed=record.closed is not None,
        is_estimated=_is_estimated(record),
        is_recorded=day in fold.days,
        status=verdicts.worst(lines),
        who=_who(record),
        rules=lines,
        limits=limits_of(record, end),
        progress=progress_of(fold, record, rules, end),
        money=money,
        floating_money=None if end is None else to_cents(end.equity_money - end.balance_money),
        costs=_costs(record, money),
        book=_book(fold, record),
        activity=_activity(record, offset_s),
        conduct=conduct_of(record, tuple(fold.trades.rows.values()), _requests_count(record)),
    )


def _lower(fold: DayFold, record: DayRecord, now: Now | None) -> None:
    """Between two marks the snapshot may know a lower low of the running day."""
    if now is None or now.low is None or record.closed is not None or record.low is None:
        return
    if now.low.at_utc_s >= day_start_utc_s(record.day, fold.clock):
        record.low = min(record.low, now.low)


def _end_of(record: DayRecord, now: Now | None) -> DayEnd | None:
    closed = record.closed
    if closed is not None:
        at_utc_s = number(closed, "at_utc_s")
        return DayEnd(at_utc_s, number(closed, "balance_money"), number(closed, "equity_money"))
    if now is None:
        return None
    return DayEnd(now.at_utc_s, now.balance_money, now.equity_money)


def _rule_lines(
    fold: DayFold,
    record: DayRecord,
    measured: tuple[MoneyDay | None, float | None],
    end: DayEnd | None,
) -> tuple[RuleLine, ...]:
    opened = record.opened
    money, offset_s = measured
    at_utc_s = day_start_utc_s(record.day + 1, fold.clock)
    if record.closed is None and end is not None:
        at_utc_s = end.at_utc_s
    daily_floor = None if opened is None else number(opened, "daily_floor_money")
    total_floor = None if opened is None else number(opened, "total_floor_money")
    return (
        verdicts.floor_rule("daily floor", record.low, daily_floor),
        verdicts.floor_rule("total floor", record.low, total_floor),
        verdicts.stop_rule(record),
        verdicts.one_opening_rule(record, fold.openings),
        verdicts.halt_rule(record),
        verdicts.rollover_rule(record),
        verdicts.request_rule(_requests_count(record)),
        verdicts.inactivity_rule(at_utc_s, fold.last_opening_utc_s(record.day)),
        verdicts.clock_rule(offset_s, at_utc_s),
        verdicts.money_rule(money),
        *verdicts.unmeasured_rules(),
    )


def _who(record: DayRecord) -> Who | None:
    started = record.started
    if started is None:
        return None
    return Who(
        preset=text(started, "preset"),
        phase=text(started, "phase"),
        mode=text(started, "mode"),
        login=whole(started, "login"),
        server=text(started, "server"),
        currency=text(started, "currency"),
        initial_balance_money=number(started, "initial_balance_money"),
        version=text(started, "version"),
        params_hash=text(started, "params_hash"),
    )


def _costs(record: DayRecord, money: MoneyDay | None) -> CostLine | None:
    if money is None:
        return None
    worst = max(record.openings, key=lambda opening: opening.slippage_r, default=None)
    return CostLine(
        gross_money=money.gross_money,
        commission_money=money.commission_money,
        swap_money=money.swap_money,
        net_money=money.deals_money,
        slippage_money=to_cents(sum(opening.slippage_money for opening in record.openings)),
        slippage_worst_r=0.0 if worst is None else round(worst.slippage_r, 4),
        slippage_worst_symbol="" if worst is None else worst.symbol,
    )


def _book(fold: DayFold, record: DayRecord) -> Book:
    closed = [fold.trades.rows[position] for position in record.closed_positions]
    return Book(
        trades_closed=tuple(sorted(closed, key=lambda row: (row.closed_utc_s, row.position_id))),
        trades_open=record.open_trades,
        orders_resting=record.resting,
        setups_waiting=record.waiting,
    )


def _activity(record: DayRecord, offset_s: float | None) -> Activity:
    return Activity(
        scans=dict(sorted(record.scans.items())),
        setups_created_count=record.setups_count,
        refusals=dict(sorted(record.refusals.items(), key=lambda item: (-item[1], item[0]))),
        requests_count=_requests_count(record),
        answers=dict(sorted(record.answers.items())),
        faults=dict(sorted(record.faults.items())),
        brakes=tuple(record.brakes),
        halts=tuple(record.halts),
        commands=tuple(record.commands),
        phase_verdicts=tuple(record.verdicts),
        starts_count=record.starts_count,
        cycles_count=None if record.closed is None else whole(record.closed, "cycles_count"),
        clock_offset_s=offset_s,
    )


def _requests_count(record: DayRecord) -> int:
    """What the day's end states; while it runs, the requests journalled so far."""
    if record.closed is None:
        return record.requests_count
    return whole(record.closed, "requests_count")


def _clock_offset(record: DayRecord, now: Now | None) -> float | None:
    if record.closed is not None:
        return number(record.closed, "clock_offset_s")
    return None if now is None else now.clock_offset_s


def _is_estimated(record: DayRecord) -> bool:
    documents = (record.opened, record.closed)
    return any(flag(document, "is_estimated") for document in documents if document is not None)
