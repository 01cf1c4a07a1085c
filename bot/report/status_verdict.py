"""The headline of the status page: may it enter, and if not, what stands against it first."""

from __future__ import annotations

from typing import NamedTuple

from bot.model.outlook import Outlook
from bot.report import text as words
from bot.report.breakers import BreakerLine, figures_text, reset_words
from bot.report.compliance_model import LimitLine
from bot.report.day_record import HaltLine
from bot.report.refusals import refusal_says

_FRESH = "FRESH"
_REDUCES = "reduce"
_OVER = {
    "PASSED": "the phase is passed: a person goes on from here",
    "BREACHED_DAILY": "the daily loss limit is breached",
    "BREACHED_TOTAL": "the total loss limit is breached",
    "OUT_OF_TIME": "the phase's time is over",
}
RESETS = {
    "next_server_day": "resets with the firm's next day",
    "person": "resets only by a person: bot resume",
}
"""What brings a halt back, in words."""


class Headline(NamedTuple):
    """One word and the reason for it."""

    word: str
    because: str


class Standing(NamedTuple):
    """What the headline is drawn from; `full_stop_money` is 0 where no trade is known."""

    verdict: str
    brake: str
    halts: tuple[HaltLine, ...]
    breakers: tuple[BreakerLine, ...]
    limits: tuple[LimitLine, ...]
    unknown_count: int
    full_stop_money: float
    outlook: Outlook | None


def headline_of(standing: Standing) -> Headline:
    """The hardest thing first: over, halted, blocked, no room, careful, reduced; else clear.

    Without a saved standing nothing is clear: the journal alone does not know every guard.
    """
    for look in (_over, _halted, _blocked, _without_room, _careful, _reduced, _untold):
        answer = look(standing)
        if answer is not None:
            return answer
    return Headline("CLEAR", "entries are allowed, nothing stands against them")


def _over(standing: Standing) -> Headline | None:
    if standing.verdict == "RUNNING":
        return None
    word = "OVER" if standing.verdict == "OUT_OF_TIME" else standing.verdict.partition("_")[0]
    return Headline(word, _OVER.get(standing.verdict, standing.verdict.lower()))


def _halted(standing: Standing) -> Headline | None:
    if not standing.halts:
        return None
    halt = standing.halts[0]
    name = halt.halt.replace("_", " ")
    return Headline("HALTED", f"{name}: {halt.reason}; {RESETS.get(halt.resets, halt.resets)}")


def _blocked(standing: Standing) -> Headline | None:
    for line in standing.breakers:
        if line.action != _REDUCES:
            figures = figures_text(line.breaker, line.value, line.limit)
            return Headline("BLOCKED", f"{figures}; {reset_words(line.breaker)}")
    outlook = standing.outlook
    if outlook is None or outlook.calendar in ("", _FRESH):
        return None
    return Headline("BLOCKED", f"{refusal_says(outlook.calendar)}: {outlook.calendar_reason}")


def _without_room(standing: Standing) -> Headline | None:
    for limit in standing.limits:
        if limit.room_money < standing.full_stop_money:
            room = words.money(limit.room_money)
            return Headline("NO ROOM", f"{limit.name}: {room} is less than one full stop")
    return None


def _careful(standing: Standing) -> Headline | None:
    if not standing.unknown_count:
        return None
    return Headline("CAREFUL", "a request's outcome is still open; its symbol waits for evidence")


def _reduced(standing: Standing) -> Headline | None:
    for line in standing.breakers:
        return Headline("REDUCED", f"{figures_text(line.breaker, line.value, line.limit)}")
    if standing.brake == "REDUCE":
        return Headline("REDUCED", "the day's loss: trades are smaller until the firm's next day")
    outlook = standing.outlook
    if outlook is not None and outlook.coast_factor < 1.0:
        left = words.pct(outlook.coast_factor, 0)
        return Headline("COASTING", f"near the pass: trades risk {left} of the usual")
    return None


def _untold(standing: Standing) -> Headline | None:
    if standing.outlook is not None:
        return None
    return Headline("UNSURE", "the trader has not written down yet how the account stands")
