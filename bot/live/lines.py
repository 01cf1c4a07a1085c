"""Fields of a journalled line; one that is missing or of another type raises `TypeError`."""

from __future__ import annotations

from collections.abc import Mapping

Line = Mapping[str, object]


def int_of(line: Line, key: str) -> int:
    """A whole number."""
    value = line.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{key} = {value!r} is not a whole number")
    return value


def float_of(line: Line, key: str) -> float:
    """A number."""
    value = line.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{key} = {value!r} is not a number")
    return float(value)


def text_of(line: Line, key: str) -> str:
    """A text."""
    value = line.get(key)
    if not isinstance(value, str):
        raise TypeError(f"{key} = {value!r} is not a text")
    return value


def side_of(line: Line) -> int:
    """1 for a buy, -1 for a sell."""
    return {"buy": 1, "sell": -1}[text_of(line, "side")]


def floats_of(line: Line, key: str) -> list[float | None]:
    """A list of numbers, `None` where the line has none; empty in a line of an older build."""
    value = line.get(key, [])
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{key} = {value!r} is not a list")
    return [None if entry is None else float(str(entry)) for entry in value]
