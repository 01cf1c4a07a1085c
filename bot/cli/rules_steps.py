"""Checks the parts of a history one by one: each says, by name, what cannot be lived."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from zoneinfo import ZoneInfoNotFoundError

from bot.cli.challenge_history import Facts, number_in, text_in, utc_s
from bot.errors import DataError
from bot.model.challenge import CashPolicy, Denominator, SnapshotPolicy
from bot.model.firm_clock import FirmClock
from bot.model.news_rule import NewsAction
from bot.params.problems import nearest
from bot.params.reader import shown
from bot.timezones import firm_day_table

_POLICY, _CLOCK = ("snapshot", "cash_ops"), ("tz", "reset", "label", "assumed")
_CASH_OP, _CASH_TYPES = ("type", "amount", "note"), ("balance", "credit")
_RESET = re.compile(r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
_MONEY_MAX = 1e12
_PCT_MIN, _PCT_MAX = 0.01, 100.0
_FIRST_UTC_S, _LAST_UTC_S = 631_152_000.0, 2_145_916_800.0


def history_checks(vector: Facts, kind: str) -> Iterator[str]:
    """What is wrong with a history beside its steps."""
    if kind in ("equity_path", "news"):
        yield from asked(lambda: text_in(vector, "phase"))
    if kind == "equity_path":
        yield from asked(lambda: _positive(vector, "initial_balance"))
        yield from _part(vector, "policy", _POLICY, _check_policy)
        yield from _part(vector, "clock_override", _CLOCK, _check_clock)
    if kind == "news":
        event = vector.get("event")
        if not isinstance(event, dict):
            yield f"event = {shown(event)}: must be an object with its time"
            return
        for text in asked(lambda: moment_in(event, _key_of(event))):
            yield f"event.{text}"


def moment_in(step: Facts, key: str = "t_utc") -> float:
    """The moment in a step; raises `DataError` for none, or one no clock is known for."""
    moment = utc_s(step, key)
    if not _FIRST_UTC_S <= moment < _LAST_UTC_S:
        message = f"{key} = {step[key]!r}: must lie in the years 1990 to 2037"
        raise DataError(message)
    return moment


def _equity_step(step: Facts) -> Iterator[str]:
    yield from asked(lambda: moment_in(step))
    for key in ("balance", "equity"):
        yield from _money_fault(step, key)
    count = step.get("open_positions", 0)
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        yield f"open_positions = {shown(count)}: must be a whole number of 0 or more"
    yield from _part(step, "cash_op", _CASH_OP, _check_cash)


def _news_step(step: Facts) -> Iterator[str]:
    yield from asked(lambda: moment_in(step, _key_of(step)))
    action = str(step.get("action"))
    known = [item.name.lower() for item in NewsAction]
    if action not in known:
        yield f"action = {shown(step.get('action'))}: {nearest(action, known)}"
    if not isinstance(step.get("symbol_related"), bool):
        yield f"symbol_related = {shown(step.get('symbol_related'))}: must be true or false"


def _clock_step(step: Facts) -> Iterator[str]:
    yield from asked(lambda: moment_in(step))


def _idle_step(step: Facts) -> Iterator[str]:
    yield from asked(lambda: text_in(step, "phase"))
    texts = [*asked(lambda: moment_in(step, "last_new_trade_utc"))]
    texts += asked(lambda: moment_in(step, "now_utc"))
    yield from texts
    if not texts and utc_s(step, "now_utc") < utc_s(step, "last_new_trade_utc"):
        yield f"now_utc = {shown(step['now_utc'])}: lies before last_new_trade_utc"


def _share_step(step: Facts) -> Iterator[str]:
    profits = step.get("daily_profits")
    if not isinstance(profits, list) or not all(_is_amount(item) for item in profits):
        yield f"daily_profits = {shown(profits)}: must be a list of amounts up to {_MONEY_MAX:g}"
    share = step.get("max_pct")
    if not _is_number(share) or not _PCT_MIN <= float(str(share)) <= _PCT_MAX:
        yield f"max_pct = {shown(share)}: must be a number from {_PCT_MIN:g} to {_PCT_MAX:g}"
    known = [item.name.lower() for item in Denominator]
    if step.get("denominator") not in known:
        yield f"denominator = {shown(step.get('denominator'))}: must be one of {', '.join(known)}"


STEP_CHECKS: Mapping[str, Callable[[Facts], Iterator[str]]] = {
    "equity_path": _equity_step,
    "news": _news_step,
    "clock": _clock_step,
    "inactivity": _idle_step,
    "consistency": _share_step,
}
"""What is wrong with a step, by the kind of its history."""


def _is_amount(value: object) -> bool:
    return _is_number(value) and abs(float(str(value))) <= _MONEY_MAX


def _key_of(facts: Facts) -> str:
    return "t_utc" if "t_utc" in facts else "t_server"


def _check_policy(policy: Facts) -> Iterator[str]:
    for key, kind in (("snapshot", SnapshotPolicy), ("cash_ops", CashPolicy)):
        known = [item.name.lower() for item in kind]
        value = policy.get(key, known[0])
        if value not in known:
            yield f"policy.{key} = {shown(value)}: must be one of {', '.join(known)}"


def _check_clock(clock: Facts) -> Iterator[str]:
    reset, zone = clock.get("reset"), clock.get("tz")
    if not isinstance(reset, str) or not _RESET.match(reset):
        yield f"clock_override.reset = {shown(reset)}: must be a time such as 17:00"
    try:
        firm_day_table(FirmClock(str(zone), 0))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"clock_override.tz = {shown(zone)}: must be a zone such as America/New_York"


def _check_cash(operation: Facts) -> Iterator[str]:
    for text in _money_fault(operation, "amount"):
        yield f"cash_op.{text}"
    kind = operation.get("type", _CASH_TYPES[0])
    if kind not in _CASH_TYPES:
        yield f"cash_op.type = {shown(kind)}: must be one of {', '.join(_CASH_TYPES)}"


def _part(
    facts: Facts, key: str, known: tuple[str, ...], check: Callable[[Facts], Iterator[str]]
) -> Iterator[str]:
    """An object that may be absent: its keys, then its values."""
    part = facts.get(key)
    if part is None:
        return
    if not isinstance(part, dict):
        yield f"{key} = {shown(part)}: must be an object with {', '.join(known)}"
        return
    for name, value in part.items():
        if name not in known:
            yield f"{key}.{name} = {shown(value)}: unknown field; {nearest(name, known)}"
    yield from check(part)


def asked(read: Callable[[], object]) -> Iterator[str]:
    """What the reading of a value complains about, if anything."""
    try:
        read()
    except DataError as error:
        yield str(error)


def _money_fault(facts: Facts, key: str) -> Iterator[str]:
    return asked(lambda: _money(facts, key))


def _money(facts: Facts, key: str) -> float:
    value = number_in(facts, key)
    if not isfinite(value) or abs(value) > _MONEY_MAX:
        message = f"{key} = {value!r}: must be an amount of at most {_MONEY_MAX:g}"
        raise DataError(message)
    return value


def _positive(facts: Facts, key: str) -> float:
    value = _money(facts, key)
    if value <= 0.0:
        message = f"{key} = {value!r}: must be above 0"
        raise DataError(message)
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
