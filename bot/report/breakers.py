"""Tripped breakers as a person reads them: what tripped, what it does, and what brings it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot.model.breakers import RESETS, Breaker, BreakerAction, ResetRule
from bot.report import text as words
from bot.report.documents import number

_WORDS: dict[Breaker, tuple[str, str]] = {
    Breaker.CONSECUTIVE_LOSSES: ("losses in a row", ""),
    Breaker.DAY_LOSSES: ("losses in a row today", ""),
    Breaker.RAPID_LOSS: ("fall of equity", "pct"),
    Breaker.DAILY_DRAWDOWN: ("loss of the day", "pct"),
    Breaker.TRADES_PER_DAY: ("entries today", ""),
    Breaker.SLIPPAGE: ("slippage of own entries", "r"),
    Breaker.SPREAD_REGIME: ("symbols with a wide spread", "pct"),
    Breaker.DISCONNECTS: ("disconnects within an hour", ""),
    Breaker.REQUESTS_SOFT: ("requests today", ""),
    Breaker.REQUESTS_HARD: ("requests today", ""),
    Breaker.DISK: ("free disk space", "mb"),
    Breaker.MEMORY: ("own memory", "mb"),
}
_DOES = {
    BreakerAction.REDUCE: "trades smaller",
    BreakerAction.BLOCK: "opens nothing",
    BreakerAction.FLATTEN: "closes everything and opens nothing",
}
_COMES_BACK = {
    ResetRule.FIRM_DAY: "resets with the next firm day",
    ResetRule.TIME: "resets after its pause",
    ResetRule.HEALED: "resets once healed for a while",
    ResetRule.PERSON: "resets only by a person",
}
_BYTES_PER_MB = 1_000_000.0


class BreakerLine(NamedTuple):
    """A tripped breaker: its figures share one unit, `resets` is its rule's name."""

    breaker: str
    action: str
    value: float
    limit: float
    since_utc_s: float
    resets: str
    person_may: bool


def breaker_lines(state: Mapping[str, object] | None) -> tuple[BreakerLine, ...]:
    """The tripped breakers in a saved snapshot, in the order of `Breaker`."""
    own = None if state is None else state.get("breakers")
    tripped = own.get("tripped") if isinstance(own, Mapping) else None
    if not isinstance(tripped, Mapping):
        return ()
    return tuple(
        _line(breaker, tripped[breaker.value])
        for breaker in Breaker
        if isinstance(tripped.get(breaker.value), Mapping)
    )


def breaker_text(line: BreakerLine) -> str:
    """One line of the status page."""
    since = words.server_stamp(line.since_utc_s)
    figures = figures_text(line.breaker, line.value, line.limit)
    does = _DOES[BreakerAction[line.action.upper()]]
    return f"BREAKER   {line.breaker} since {since}: {figures}; {does}; {reset_words(line.breaker)}"


def figures_text(breaker: str, value: float, limit: float) -> str:
    """A breaker's value against its limit, in its own unit."""
    what, unit = _WORDS[Breaker(breaker)]
    return f"{what} {_figure(value, unit)}, limit {_figure(limit, unit)}"


def reset_words(breaker: str) -> str:
    """What brings a breaker back, and the command where a person may."""
    terms = RESETS[Breaker(breaker)]
    comes_back = _COMES_BACK[terms.rule]
    if not terms.person_may:
        return comes_back
    joined = f"{comes_back}:" if terms.rule == ResetRule.PERSON else f"{comes_back}, or:"
    return f"{joined} bot reset {breaker} --reason ..."


def _line(breaker: Breaker, saved: Mapping[str, object]) -> BreakerLine:
    terms = RESETS[breaker]
    return BreakerLine(
        breaker=breaker.value,
        action=BreakerAction(int(number(saved, "action"))).name.lower(),
        value=number(saved, "value"),
        limit=number(saved, "limit"),
        since_utc_s=number(saved, "since_utc_s"),
        resets=terms.rule.name.lower(),
        person_may=terms.person_may,
    )


def _figure(value: float, unit: str) -> str:
    if unit == "pct":
        return words.pct(value)
    if unit == "r":
        return words.r_multiple(value)
    if unit == "mb":
        return f"{value / _BYTES_PER_MB:.0f} MB"
    return f"{value:g}"
