"""Faults as a person types them: `B02@call:3`, `N01@p:0.02`, `B42@time:2026-03-17T02:00,for:1800`.

An id, then after `@` a comma list of `name:value`. Scheduling names are `call`, `time`, `p`,
`from`, `until`, `every`, `for`, `times`, `on` (a function) and `symbol`; all others are parameters
of the fault. Moments are UTC, as ISO dates or epoch seconds; `ever` is an endless `for` and no
limit for `times`. The word `once` stands alone.
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf
from typing import Final

from bot.errors import ParamsError
from bot.simulator.faults.kind import Setting

_NAMES: Final = {
    "call": "at_call",
    "time": "at_utc_s",
    "p": "probability",
    "from": "from_utc_s",
    "until": "until_utc_s",
    "every": "every_s",
    "for": "for_s",
    "times": "times",
    "on": "function",
    "symbol": "symbol",
}
_WHOLE: Final = frozenset({"at_call", "times"})
_MOMENTS: Final = frozenset({"at_utc_s", "from_utc_s", "until_utc_s"})
_NUMBERS: Final = frozenset({"probability", "every_s", "for_s"})
_EVER: Final = "ever"


def settings_from_text(text: str) -> tuple[str, dict[str, Setting]]:
    """A fault's id and settings. Raises `ParamsError` naming the part that cannot be read."""
    fault_id, _, rest = text.strip().partition("@")
    settings: dict[str, Setting] = {}
    for part in filter(None, (piece.strip() for piece in rest.split(","))):
        name, value = _setting(part, text)
        if name in settings:
            message = f"{text!r}: {part.partition(':')[0]} is given twice"
            raise ParamsError(message)
        settings[name] = value
    return fault_id.strip().upper(), settings


def _setting(part: str, text: str) -> tuple[str, Setting]:
    if part == "once":
        return "once", True
    word, colon, value = part.partition(":")
    if not colon or not value:
        message = f"{text!r}: {part!r} cannot be read; allowed: name:value or once"
        raise ParamsError(message)
    name = _NAMES.get(word, word)
    try:
        return name, _value(name, value)
    except ValueError:
        message = f"{text!r}: {word} is {value!r}; allowed: {_allowed(name)}"
        raise ParamsError(message) from None


def _value(name: str, value: str) -> Setting:
    if value == _EVER and name in ("for_s", "times"):
        return inf if name == "for_s" else 0
    if name in _WHOLE:
        return int(value)
    if name in _MOMENTS:
        return _moment_utc_s(value)
    return float(value) if name in _NUMBERS else value


def _moment_utc_s(value: str) -> float:
    if value.replace(".", "", 1).isdigit():
        return float(value)
    moment = datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _allowed(name: str) -> str:
    if name in _MOMENTS:
        return "a UTC moment as 2026-03-17T02:00 or in epoch seconds"
    return "a whole number" if name in _WHOLE else "a number, or ever"
