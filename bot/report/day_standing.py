"""How near the day came to the limits, and how far the phase is."""

from __future__ import annotations

from bot.model.challenge import ChallengeRules
from bot.report.compliance_model import DayEnd, LimitLine, ProgressLine
from bot.report.day_record import DayRecord, Low
from bot.report.days import DayFold
from bot.report.documents import Document, flag, number, whole
from bot.report.money import to_cents

_FRACTION_DIGITS = 4


def limits_of(record: DayRecord, end: DayEnd | None) -> tuple[LimitLine, ...]:
    """Daily and total loss limit of a day; none when its base is not known."""
    opened, low = record.opened, record.low
    if opened is None or low is None:
        return ()
    equity_money = number(opened, "equity_money") if end is None else end.equity_money
    base_money = number(opened, "base_money")
    initial_money = base_money
    if record.started is not None:
        initial_money = number(record.started, "initial_balance_money")
    daily = (base_money, number(opened, "daily_floor_money"))
    total = (initial_money, number(opened, "total_floor_money"))
    return (
        _limit("daily loss", daily, low, equity_money),
        _limit("total loss", total, low, equity_money),
    )


def _limit(name: str, limit: tuple[float, float], low: Low, equity_money: float) -> LimitLine:
    base_money, floor_money = limit
    allowance_money = base_money - floor_money
    lost_money = max(0.0, base_money - low.equity_money)
    used = lost_money / allowance_money if allowance_money > 0.0 else 0.0
    return LimitLine(
        name=name,
        base_money=to_cents(base_money),
        allowance_money=to_cents(allowance_money),
        floor_money=to_cents(floor_money),
        lowest_equity_money=to_cents(low.equity_money),
        lowest_equity_utc_s=low.at_utc_s,
        room_at_lowest_money=to_cents(low.equity_money - floor_money),
        used_fraction=round(used, _FRACTION_DIGITS),
        equity_money=to_cents(equity_money),
        room_money=to_cents(equity_money - floor_money),
    )


def progress_of(
    fold: DayFold, record: DayRecord, rules: ChallengeRules | None, end: DayEnd | None
) -> ProgressLine | None:
    """Target and profitable days at the end of the day, or so far; None before the first anchor."""
    if record.opened is None:
        return None
    profit_money = _closed_profit(record, end)
    target_money, needed_money, days_min_count = _aims(record, rules)
    return ProgressLine(
        target_money=target_money,
        closed_profit_money=to_cents(profit_money),
        target_done_fraction=_share(profit_money, target_money),
        profitable_days_count=_profitable_days(fold, record),
        profitable_days_min_count=days_min_count,
        day_gain_money=_day_gain(record, end),
        day_gain_needed_money=needed_money,
        is_profitable_day=None if record.closed is None else _is_profitable(record.closed),
    )


def _aims(
    record: DayRecord, rules: ChallengeRules | None
) -> tuple[float | None, float | None, int | None]:
    """Target, a profitable day's gain and how many are needed: the rules', else as started with.

    A start says the same as the rules, so that a journal alone is enough.
    """
    started = record.started
    if rules is not None:
        initial_money, share = rules.initial_balance_money, rules.target.profit_fraction
        gain_share, needed_count = rules.days.threshold_fraction, rules.days.needed_count
    elif started is not None and started.get("are_rules_told"):
        initial_money = number(started, "initial_balance_money")
        share = number(started, "target_initial_fraction")
        gain_share = number(started, "day_gain_initial_fraction")
        needed_count = whole(started, "days_needed_count")
    else:
        return record.target_money, None, None
    return to_cents(initial_money * share), to_cents(initial_money * gain_share), needed_count


def _closed_profit(record: DayRecord, end: DayEnd | None) -> float:
    if record.closed is not None:
        return number(record.closed, "closed_profit_money")
    assert record.opened is not None
    balance_money = number(record.opened, "balance_money") if end is None else end.balance_money
    if record.started is None:
        return 0.0
    return balance_money - number(record.started, "initial_balance_money")


def _share(profit_money: float, target_money: float | None) -> float | None:
    if target_money is None or target_money <= 0.0:
        return None
    return round(profit_money / target_money, _FRACTION_DIGITS)


def _profitable_days(fold: DayFold, record: DayRecord) -> int | None:
    """The count after the last closed day up to this one."""
    for day in sorted(fold.days, reverse=True):
        closed = fold.days[day].closed
        if day <= record.day and closed is not None:
            return whole(closed, "profitable_days_count")
    return 0


def _day_gain(record: DayRecord, end: DayEnd | None) -> float | None:
    """min(balance, equity) at the end minus the balance at the start (PROP_RULES A4)."""
    if record.closed is not None:
        return to_cents(number(record.closed, "profitable_day_gain_money"))
    if end is None or record.opened is None:
        return None
    lower_money = min(end.balance_money, end.equity_money)
    return to_cents(lower_money - number(record.opened, "balance_money"))


def _is_profitable(closed: Document) -> bool:
    return flag(closed, "is_profitable_day")
