"""One named verdict per rule for a server day: ok, touched, breached or not applicable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.report import text as words
from bot.report.day_record import DayRecord, Low
from bot.report.money import MoneyDay, cents
from bot.rules.calendar import DAY_S, offset_at, seconds_into_day
from bot.timezones import server_offset_table

_ROLLOVER_BEFORE_S = 600.0  # 23:50 to 00:15 server (PROP_RULES A7: no scalping of the rollover)
_ROLLOVER_AFTER_S = 900.0
_REQUESTS_MAX_COUNT = (
    2_000  # The5ers print no number; FTMO and E8 print 2 000 a day (PROP_RULES A7)
)
_INACTIVE_ALARM_DAYS = 25  # PROP_RULES A6: alarm at 25, the firm acts at 30
_INACTIVE_MAX_DAYS = 30


class Verdict(StrEnum):
    """How a day stands against one rule. Touched: at the limit itself, or close enough to look."""

    OK = "ok"
    TOUCHED = "touched"
    BREACHED = "breached"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule, its verdict, and the figures it was reached from."""

    rule: str
    verdict: Verdict
    figures: str


def worst(lines: Iterable[RuleLine]) -> Verdict:
    """The gravest verdict of a day; ok when no rule applies."""
    found = {line.verdict for line in lines}
    for verdict in (Verdict.BREACHED, Verdict.TOUCHED):
        if verdict in found:
            return verdict
    return Verdict.OK


def floor_rule(rule: str, low: Low | None, floor_money: float | None) -> RuleLine:
    """A floor: equity above it all day is ok, to the cent on it is touched, below is breached.

    The firm's two texts disagree whether touching ends the account (PROP_RULES A2); the bot
    trades as if it did.
    """
    if low is None or floor_money is None:
        return RuleLine(rule, Verdict.NOT_APPLICABLE, "no base known for this day")
    room = cents(low.equity_money) - cents(floor_money)
    verdict = Verdict.OK if room > 0 else Verdict.TOUCHED if room == 0 else Verdict.BREACHED
    figures = f"lowest equity {words.money(low.equity_money)}, floor {words.money(floor_money)}"
    return RuleLine(rule, verdict, figures)


def money_rule(money: MoneyDay | None) -> RuleLine:
    """Start balance plus every deal is the end balance, to the cent."""
    rule = "money reconciles to the cent"
    if money is None or not money.is_compared:
        return RuleLine(rule, Verdict.NOT_APPLICABLE, "the day is still running")
    verdict = Verdict.OK if money.is_exact else Verdict.BREACHED
    return RuleLine(rule, verdict, f"difference {words.signed_money(money.difference_money)}")


def stop_rule(record: DayRecord) -> RuleLine:
    """Every position has its stop at the broker from its first moment."""
    rule = "stop on every position"
    bare = sum(1 for opening in record.openings if not opening.has_stop)
    figures = (
        f"{len(record.openings)} opened, {bare} without a stop, {record.naked_count} found bare"
    )
    if bare:
        return RuleLine(rule, Verdict.BREACHED, figures)
    if record.naked_count:
        return RuleLine(rule, Verdict.TOUCHED, figures)
    if not record.openings and not record.open_trades:
        return RuleLine(rule, Verdict.NOT_APPLICABLE, "no position today")
    return RuleLine(rule, Verdict.OK, figures)


def one_opening_rule(record: DayRecord, openings: dict[int, set[int]]) -> RuleLine:
    """No setup ever opened two positions."""
    rule = "one position per setup"
    today = {opening.setup_id for opening in record.openings}
    doubled = sorted(setup for setup in today if len(openings.get(setup, ())) > 1)
    if doubled:
        names = ", ".join(str(setup) for setup in doubled)
        return RuleLine(rule, Verdict.BREACHED, f"setups {names} opened more than once")
    if not today:
        return RuleLine(rule, Verdict.NOT_APPLICABLE, "no position opened today")
    return RuleLine(rule, Verdict.OK, f"{len(today)} setups, one position each")


def halt_rule(record: DayRecord) -> RuleLine:
    """Nothing that raises risk is sent while a halt is latched."""
    rule = "nothing opened while halted"
    count = record.halted_entries_count
    verdict = Verdict.BREACHED if count else Verdict.OK
    return RuleLine(rule, verdict, f"{count} entries sent under a halt")


def rollover_rule(record: DayRecord) -> RuleLine:
    """No entry fills around the rollover, 23:50 to 00:15 server."""
    rule = "no entry in the rollover window"
    if not record.openings:
        return RuleLine(rule, Verdict.NOT_APPLICABLE, "no position opened today")
    inside = [o.symbol for o in record.openings if _is_rollover(o.at_utc_s)]
    if inside:
        return RuleLine(rule, Verdict.TOUCHED, f"filled inside: {', '.join(inside)}")
    return RuleLine(rule, Verdict.OK, f"{len(record.openings)} fills, none inside")


def request_rule(requests_count: int) -> RuleLine:
    """Trade requests of the day against the smallest cap that any firm prints."""
    verdict = Verdict.OK if requests_count < _REQUESTS_MAX_COUNT else Verdict.TOUCHED
    figures = (
        f"{requests_count} sent; no number published, others print {_REQUESTS_MAX_COUNT} a day"
    )
    return RuleLine("trade requests", verdict, figures)


def inactivity_rule(end_utc_s: float, last_opening_utc_s: float | None) -> RuleLine:
    """Days since a trade was opened: alarm at 25, the firm closes the account at 30."""
    rule = "inactivity"
    if last_opening_utc_s is None:
        return RuleLine(rule, Verdict.NOT_APPLICABLE, "no trade opened yet in this journal")
    idle = max(0, int((end_utc_s - last_opening_utc_s) // DAY_S))
    verdict = Verdict.OK
    if idle >= _INACTIVE_MAX_DAYS:
        verdict = Verdict.BREACHED
    elif idle >= _INACTIVE_ALARM_DAYS:
        verdict = Verdict.TOUCHED
    return RuleLine(rule, verdict, f"{idle} days since an opening, limit {_INACTIVE_MAX_DAYS}")


def clock_rule(offset_s: float | None, at_utc_s: float) -> RuleLine:
    """The server's clock, as measured, is New York plus seven hours."""
    rule = "server clock"
    expected_s = offset_at(at_utc_s, server_offset_table())
    if offset_s is None:
        return RuleLine(rule, Verdict.NOT_APPLICABLE, "not measured yet")
    figures = (
        f"measured {words.offset_text(offset_s)}, New York + 7 h is {words.offset_text(expected_s)}"
    )
    is_right = abs(offset_s - expected_s) < 1.0
    return RuleLine(rule, Verdict.OK if is_right else Verdict.TOUCHED, figures)


def unmeasured_rules() -> tuple[RuleLine, ...]:
    """Rules of the firm that this version neither needs nor watches; named, not hidden."""
    return (
        RuleLine("news window", Verdict.NOT_APPLICABLE, "no calendar in this version"),
        RuleLine("consistency", Verdict.NOT_APPLICABLE, "none in this program"),
        RuleLine("time limit", Verdict.NOT_APPLICABLE, "none in this program"),
    )


def _is_rollover(utc_s: float) -> bool:
    into_s = seconds_into_day(utc_s, server_offset_table())
    return into_s >= DAY_S - _ROLLOVER_BEFORE_S or into_s < _ROLLOVER_AFTER_S
