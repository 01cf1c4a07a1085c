"""A second opinion on JSON, written apart from the bot's readers: whether it is plainly valid."""

from __future__ import annotations

import json
import math

from tools.fuzz.model import BrokenPromiseError, demand


def strict_value(raw: bytes) -> object:
    """The value of a file that was accepted; `BrokenPromiseError` when it is no plain JSON."""
    demand("accepted with a byte order mark", that=not raw.startswith(b"\xef\xbb\xbf"))
    demand("accepted with a NUL byte", that=b"\0" not in raw)
    try:
        text = raw.decode("utf-8")
        value: object = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BrokenPromiseError(f"accepted although it is no JSON: {error}") from error
    _demand_plain(value)
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        demand(f"accepted with the key {key!r} twice", that=key not in found)
        found[key] = value
    return found


def _no_constant(literal: str) -> object:
    raise BrokenPromiseError(f"accepted with {literal} in it")


def _demand_plain(value: object) -> None:
    """Finite numbers and whole characters, keys included."""
    if isinstance(value, float):
        demand(f"accepted with the number {value}", that=math.isfinite(value))
    elif isinstance(value, str):
        whole = value.encode("utf-8", errors="replace").decode("utf-8") == value
        demand(f"accepted with half a character in {value[:80]!r}", that=whole)
    elif isinstance(value, dict):
        for key, item in value.items():
            _demand_plain(key)
            _demand_plain(item)
    elif isinstance(value, list):
        for item in value:
            _demand_plain(item)
