"""Where each server day's money begins and ends: at its midnights."""

from __future__ import annotations

from bot.report.compliance_model import DayEnd
from bot.report.day_record import DayRecord
from bot.report.days import DayFold
from bot.report.documents import number
from bot.report.money import Anchor, BookedDeal, CutKey, MoneyDay, money_day
from bot.rules.calendar import day_start_utc_s

_ALL_LATER = CutKey(float("inf"), float("inf"))
_BEFORE_ANY_TICKET = -1


def settle(fold: DayFold, since_day: int = 0) -> None:
    """Fix where each closed day's deals end, from `since_day` on, oldest first.

    The balance of a midnight is the last one seen before it, so a deal of the last moments may
    belong to the next day; the cut is put where the balances meet.
    """
    for day in sorted(fold.days):
        record = fold.days[day]
        if day >= since_day and record.opened is not None and record.closed is not None:
            start = (_start_cut(fold, record), number(record.opened, "balance_money"))
            end = Anchor(
                day_start_utc_s(day + 1, fold.clock), number(record.closed, "balance_money")
            )
            record.close_cut = fold.deals.cut(start, end)


def money_of(fold: DayFold, record: DayRecord, end: DayEnd | None) -> MoneyDay | None:
    """The day's reconciliation in a settled fold; None for a day that was never opened."""
    if record.opened is None:
        return None
    until = record.close_cut or _ALL_LATER
    deals = fold.deals.between(_start_cut(fold, record), until)
    anchor = None if end is None else Anchor(end.at_utc_s, end.balance_money)
    return money_day(deals, number(record.opened, "balance_money"), anchor)


def deals_since_start(fold: DayFold) -> list[BookedDeal]:
    """Every deal from the first opened day on; older ones are in its start balance."""
    opened = (day for day in sorted(fold.days) if fold.days[day].opened is not None)
    first = next(opened, None)
    if first is None:
        return []
    return fold.deals.between(_start_cut(fold, fold.days[first]), _ALL_LATER)


def _start_cut(fold: DayFold, record: DayRecord) -> CutKey:
    """Where the day before ended; without it, the midnight itself."""
    before = fold.days.get(record.day - 1)
    if before is not None and before.close_cut is not None:
        return before.close_cut
    return CutKey(day_start_utc_s(record.day, fold.clock), _BEFORE_ANY_TICKET)
