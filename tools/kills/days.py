"""What must hold of the firm's days, whenever a trader died."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from bot.report.text import day_number
from bot.rules.calendar import DAY_S, day_start_utc_s
from bot.timezones import firm_day_table, server_offset_table
from tools.kills.facts import CENT, MONEY, Facts, Row, cents_of

_DEAL_BALANCE: Final = 2
_HALF_CENT: Final = 0.005


def day_lines(facts: Facts) -> Iterable[str]:
    """I20: no date is skipped, and each begins with the balance the broker's deals say."""
    opened = facts.told("DayOpened")
    numbers = [day_number(str(line["date"])) for line in opened]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))) if numbers else False:
        yield f"I20: days opened: {[line['date'] for line in opened]}"
    table, server = firm_day_table(facts.settings.firm_clock), server_offset_table()
    for number, line in zip(numbers, opened, strict=True):
        reset_utc_s = day_start_utc_s(number, table)
        cents = sum(
            cents_of(deal, MONEY)
            for deal in facts.truth["deals"]
            if _utc_s(deal["time_msc"], server) < reset_utc_s or deal["type"] == _DEAL_BALANCE
        )
        if round(CENT * line["balance_money"]) != cents:
            yield f"I20: {line['date']} opened with {line['balance_money']}, the deals say {cents}"
        if line["base_money"] < line["balance_money"] - 1e-9:
            yield f"I20: {line['date']} has base {line['base_money']} below its balance"


def comparable_dates(facts: Facts, other: Facts) -> list[str]:
    """Dates both opened whose deals before the reset are the same, line for line."""
    table, server = firm_day_table(facts.settings.firm_clock), server_offset_table()
    theirs = {line["date"] for line in other.told("DayOpened")}
    dates = []
    for line in facts.told("DayOpened"):
        reset_utc_s = day_start_utc_s(day_number(str(line["date"])), table)
        ours, others = (
            [_trade(d) for d in one.truth["deals"] if _utc_s(d["time_msc"], server) < reset_utc_s]
            for one in (facts, other)
        )
        if line["date"] in theirs and ours == others:
            dates.append(str(line["date"]))
    return dates


def differing_days(facts: Facts, other: Facts, dates: Iterable[str]) -> Iterable[str]:
    """I5, I20: killed or not, a date has the same anchor; where unsure, the stricter one."""
    ours, theirs = ({d["date"]: d for d in one.told("DayOpened")} for one in (facts, other))
    for date in dates:
        day, wanted = ours[date], theirs[date]
        is_sure = not day["is_estimated"]
        for name in ("base_money", "balance_money", "daily_floor_money", "total_floor_money"):
            if day[name] < wanted[name] or (is_sure and day[name] != wanted[name]):
                yield f"I20: {date} has {name} {day[name]}, unkilled {wanted[name]}"


def judged_bases(facts: Facts) -> list[str]:
    """I5: one answer for each day opened at its reset, empty or what is wrong with its base.

    The base of a trader that lives through is the highest of balance and equity at its last look
    before the reset and its first after it (snapshot `max_pre_post`); where a killed one was not
    sure, it may be stricter, never below what it saw.
    """
    table, answers = firm_day_table(facts.settings.firm_clock), []
    for line in facts.told("DayOpened"):
        reset_utc_s = day_start_utc_s(day_number(str(line["date"])), table)
        before = [seen for seen in facts.seen if seen.utc_s < reset_utc_s]
        after = [seen for seen in facts.seen if seen.utc_s >= reset_utc_s]
        if not before or not after or reset_utc_s - before[-1].utc_s > DAY_S / 2:
            continue
        wanted = max(max(seen[1:]) for seen in (before[-1], after[0]))
        base, is_sure = line["base_money"], not line["is_estimated"]
        is_right = (
            abs(base - wanted) < _HALF_CENT if is_sure else base > max(after[0][1:]) - _HALF_CENT
        )
        words = f"I5: {line['date']} has base {base}, the account's was {wanted}"
        answers.append("" if is_right else words)
    return answers


def _trade(deal: Row) -> tuple[object, ...]:
    """What a deal did; its tickets count requests, of which a killed trader sends other numbers."""
    names = ("time_msc", "type", "entry", "symbol", "volume", "price", *MONEY)
    return tuple(deal[name] for name in names)


def _utc_s(wall_ms: int, table: Any) -> float:
    wall_s = wall_ms / 1000.0
    index = int((table.starts_utc_s + table.offsets_s <= wall_s).sum()) - 1
    return wall_s - float(table.offsets_s[max(index, 0)])
