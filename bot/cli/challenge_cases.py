"""The other worked cases a firm's rules are checked by: news, clock, inactivity, best-day share.

Each takes one vector of its kind and answers with one mapping per step, keyed as its `expect` is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import cast

from bot.cli.challenge_history import (
    Answer,
    Facts,
    date_text,
    figure,
    number_in,
    replay_equity,
    steps_of,
    text_in,
    utc_s,
)
from bot.errors import DataError
from bot.model.challenge import Denominator
from bot.model.firm_clock import FirmClock
from bot.model.news import Impact
from bot.model.news_rule import NewsAction, NewsDeed, NewsMoment
from bot.params.base import fraction
from bot.params.firm import FirmPreset
from bot.params.firm_news import news_rules
from bot.params.firm_rules import described_rules, to_clock
from bot.rules.calendar import HOUR_S, offset_at, server_day, server_s, utc_from_server_s
from bot.rules.challenge_days import (
    idle_days_count,
    is_inactive,
    is_share_kept,
    whole_needed_money,
)
from bot.rules.news_rule import breaks_news_rule
from bot.timezones import firm_day_table, server_offset_table

ALARM_DAYS = 25
"""Idle days from which on a history of inactivity raises an alert, in every phase."""

_DAYS_OF_OTHERS = {
    "ftmo_day": FirmClock("Europe/Prague", 0),
    "wrong_eet_day": FirmClock("Europe/Athens", 0),
}
"""Keys of a clock history whose day is counted in a zone of its own."""


def replay_news(vector: Facts, preset: FirmPreset) -> list[Answer]:
    """Whether each action breaks a news rule of the phase, and with what effect."""
    rules = news_rules(preset, text_in(vector, "phase"))
    event = _event(cast(Facts, vector["event"]))
    answers: list[Answer] = []
    for step in steps_of(vector):
        deed = _deed(step, event)
        broken = [rule for rule in rules if breaks_news_rule(deed, event, rule.rule)]
        effect = broken[0].effect if broken else None
        answers.append({"violation": bool(broken), "effect": effect})
    return answers


def replay_clock(vector: Facts, preset: FirmPreset) -> list[Answer]:
    """The server's wall clock, the preset's trading day, and the days other clocks would count."""
    server, day_table = server_offset_table(), firm_day_table(to_clock(preset))
    tables = {key: firm_day_table(clock) for key, clock in _DAYS_OF_OTHERS.items()}
    answers: list[Answer] = []
    for step in steps_of(vector):
        moment = utc_s(step)
        wall = datetime.fromtimestamp(server_s(moment, server), UTC).replace(tzinfo=None)
        answer: Answer = {
            "server": wall.isoformat(),
            "server_utc_offset_h": offset_at(moment, server) // HOUR_S,
            "the5ers_day": date_text(server_day(moment, server)),
            "trading_day": date_text(server_day(moment, day_table)),
        }
        days = {key: date_text(server_day(moment, table)) for key, table in tables.items()}
        answers.append(_asked(answer | days, step))
    return answers


def replay_inactivity(vector: Facts, preset: FirmPreset) -> list[Answer]:
    """Idle trading days against the phase's limit."""
    table = firm_day_table(to_clock(preset))
    answers: list[Answer] = []
    for step in steps_of(vector):
        limit = described_rules(preset, text_in(step, "phase"), 1.0).inactive_days_max
        idle = idle_days_count(
            server_day(utc_s(step, "last_new_trade_utc"), table),
            server_day(utc_s(step, "now_utc"), table),
        )
        answers.append(
            {
                "idle_days": idle,
                "limit_days": limit or None,
                "expired": bool(is_inactive(idle, limit)),
                "alert": idle >= ALARM_DAYS,
            }
        )
    return answers


def replay_consistency(vector: Facts, _preset: FirmPreset | None = None) -> list[Answer]:
    """The best day's share of the whole, and how large the whole would have to be."""
    answers: list[Answer] = []
    for step in steps_of(vector):
        profits = [float(value) for value in cast("list[float]", step["daily_profits"])]
        kind = Denominator[text_in(step, "denominator").upper()]
        is_net = kind == Denominator.TOTAL_NET_PROFIT
        whole = sum(profits) if is_net else sum(max(0.0, value) for value in profits)
        best = max([0.0, *profits])
        share = fraction(number_in(step, "max_pct"))
        answers.append(
            {
                "best_day": figure(best),
                "denominator": figure(whole),
                "best_share_pct": figure(100.0 * best / whole) if whole > 0.0 else None,
                "ok": bool(is_share_kept(best, whole, share)),
                "required_total": figure(whole_needed_money(best, share)),
            }
        )
    return answers


REPLAYS: Mapping[str, Callable[[Facts, FirmPreset], list[Answer]]] = {
    "equity_path": replay_equity,
    "news": replay_news,
    "clock": replay_clock,
    "inactivity": replay_inactivity,
    "consistency": replay_consistency,
}
"""How each kind of history is replayed."""


def compare(expect: Facts, answer: Answer) -> list[tuple[str, object, object]]:
    """Every expected field that came out otherwise: name, expected, answered.

    A field the answer does not have counts as None.
    """
    return [
        (name, wanted, answer.get(name))
        for name, wanted in expect.items()
        if answer.get(name) != wanted
    ]


def _asked(answer: Answer, step: Facts) -> Answer:
    """The answer without the days of other clocks that nobody asked for."""
    expect = cast("Facts | None", step.get("expect"))
    if expect is None:
        return answer
    return {key: value for key, value in answer.items() if key in expect}


def _event(facts: Facts) -> NewsMoment:
    start = _moment(facts, "t")
    end = _moment(facts, "t_end") if {"t_end_server", "t_end_utc"} & set(facts) else start
    impact = str(facts.get("impact", "high")).upper()
    is_speech = facts.get("kind") == "speech" or bool(facts.get("speech"))
    grade = Impact[impact] if impact in Impact.__members__ else Impact.HIGH
    return NewsMoment(start, end, grade.value, is_speech)


def _deed(step: Facts, event: NewsMoment) -> NewsDeed:
    name = text_in(step, "action").upper()
    if name not in NewsAction.__members__:
        known = ", ".join(action.name.lower() for action in NewsAction)
        message = f"action = {name.lower()!r}: must be one of {known}"
        raise DataError(message)
    at = _moment(step, "t")
    opened = _opened(step, event, at)
    return NewsDeed(NewsAction[name].value, at, bool(step.get("symbol_related")), opened)


def _opened(step: Facts, event: NewsMoment, at_utc_s: float) -> float:
    """Since when the trade is open: a time, or seconds before the event; else it opens now."""
    for key, value in step.items():
        if "opened" not in key or value is None:
            continue
        if isinstance(value, str):
            on_server = "utc" not in key and not value.endswith("Z")
            wall = utc_s(step, key)
            return utc_from_server_s(wall, server_offset_table()) if on_server else wall
        return event.start_utc_s - number_in(step, key)
    return at_utc_s


def _moment(facts: Facts, key: str) -> float:
    """A moment given as `key_utc`, or as `key_server` on the server's clock."""
    if f"{key}_utc" in facts:
        return utc_s(facts, f"{key}_utc")
    wall = utc_s(facts, f"{key}_server")
    return utc_from_server_s(wall, server_offset_table())
