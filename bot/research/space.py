"""What a sweep may change: parameters by their path in the file, each with the values it tries.

A range is `path=low:high:step`, a list `path=a,b,c`. Values are the file's own (percents, hours, R)
and are held against the parameter file's schema before anything is walked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import cast

from bot.errors import ParamsError
from bot.params.problems import nearest
from bot.params.reader import Document, Json, shown
from bot.params.schema import Leaf, leaves

Value = bool | int | float | str
Changes = Mapping[str, Value]
"""Parameters that differ from the file, by path."""

VALUES_MAX_COUNT = 1_000
GRID_MAX_COUNT = 200_000
_FIXED_GROUPS = ("account", "universe", "costs", "schedule", "$schema")
_SHORT = re.compile(r"^exits\.tp(\d+)_(r|close_pct|stop_r)$")
_SHORT_NAMES = {"r": "target_r", "close_pct": "close_pct", "stop_r": "stop_after_r"}
_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter and the values it may take, in order; neighbours stand beside each other."""

    path: str
    values: tuple[Value, ...]

    @property
    def is_numeric(self) -> bool:
        """Whether its values have an order of their own."""
        return all(not isinstance(value, bool | str) for value in self.values)


@dataclass(frozen=True, slots=True)
class Space:
    """All axes of a sweep; a point is one value of each."""

    axes: tuple[Axis, ...]

    @property
    def points_count(self) -> int:
        """How many points the whole grid has."""
        return math.prod(len(axis.values) for axis in self.axes)

    def points(self) -> Iterator[dict[str, Value]]:
        """Every point of the grid, the last axis fastest."""
        paths = [axis.path for axis in self.axes]
        for values in product(*(axis.values for axis in self.axes)):
            yield dict(zip(paths, values, strict=True))

    def neighbours(self, point: Changes) -> list[dict[str, Value]]:
        """Points one step away along one axis; a word or switch has all its other values."""
        found: list[dict[str, Value]] = []
        for axis in self.axes:
            here = axis.values.index(point[axis.path])
            near = (here - 1, here + 1) if axis.is_numeric else range(len(axis.values))
            found += [
                {**point, axis.path: axis.values[place]}
                for place in near
                if 0 <= place < len(axis.values) and place != here
            ]
        return found

    def document(self) -> dict[str, list[Value]]:
        """As a study's manifest holds it."""
        return {axis.path: list(axis.values) for axis in self.axes}


def space_of(asked: Sequence[str], document: Document) -> Space:
    """The space of several `path=values`; raises `ParamsError` naming path, value and allowed."""
    known = {leaf.path: leaf for leaf in leaves(document)}
    axes = [_axis(text, known) for text in asked]
    paths = [axis.path for axis in axes]
    doubled = sorted({path for path in paths if paths.count(path) > 1})
    if doubled:
        message = f"--space names {', '.join(doubled)} twice; allowed: each parameter once"
        raise ParamsError(message)
    if not axes:
        message = "nothing to change: give --space path=low:high:step or --preset NAME"
        raise ParamsError(message)
    return Space(tuple(axes))


def changed(document: Document, changes: Changes) -> Document:
    """`document` with the values at the paths of `changes` replaced; the rest is shared."""
    made: Json = document
    for path, value in changes.items():
        made = _replaced(made, keys_of(path), value)
    return cast(Document, made)


def keys_of(path: str) -> list[str | int]:
    """`exits.ladder[0].target_r` as its keys."""
    return [name or int(number) for name, number in _PART.findall(path)]


def _replaced(node: Json, keys: list[str | int], value: Value) -> Json:
    """A copy of `node` along the way `keys`, with `value` at its end."""
    if not keys:
        return value
    key, *rest = keys
    if isinstance(key, int):
        entries = list(cast("list[Json]", node))
        entries[key] = _replaced(entries[key], rest, value)
        return entries
    group = cast(Document, node)
    return {**group, key: _replaced(group[key], rest, value)}


def _axis(text: str, known: Mapping[str, Leaf]) -> Axis:
    path, equals, values = (part.strip() for part in text.partition("="))
    if not (equals and path and values):
        message = f"--space {text!r}: must be path=low:high:step or path=a,b,c"
        raise ParamsError(message)
    path = _long_path(path)
    leaf = known.get(path)
    if leaf is None:
        message = f"--space {path}: no such parameter; {nearest(path, sorted(known))}"
        raise ParamsError(message)
    if path.split(".")[0] in _FIXED_GROUPS or isinstance(leaf.value, list):
        message = (
            f"--space {path}: is a fact of the account, not a choice; allowed: single values below "
            "signal, entry, queues, sizing, gate, brakes, breakers, exposure, conduct, coast, "
            "exits, weekend and news"
        )
        raise ParamsError(message)
    return Axis(path, tuple(_value(one, leaf) for one in _written(path, values)))


def _long_path(path: str) -> str:
    """`exits.tp1_r` is how traders call `exits.ladder[0].target_r`."""
    short = _SHORT.match(path)
    if short is None or short[1] == "0":
        return path
    return f"exits.ladder[{int(short[1]) - 1}].{_SHORT_NAMES[short[2]]}"


def _written(path: str, values: str) -> list[str]:
    """Every single value, as written."""
    if ":" not in values:
        words = [word.strip() for word in values.split(",")]
        if len(set(words)) < len(words) or not all(words):
            message = f"--space {path}={values}: must be different values between commas"
            raise ParamsError(message)
        return words
    try:
        low, high, step = (Decimal(part.strip()) for part in values.split(":"))
        steps = (high - low) / step
    except (InvalidOperation, ValueError, ArithmeticError) as error:
        message = f"--space {path}={values}: must be low:high:step, three numbers"
        raise ParamsError(message) from error
    if not (step > 0 and 0 <= steps < VALUES_MAX_COUNT):
        message = (
            f"--space {path}={values}: low must not be above high, the step above 0 and the "
            f"values fewer than {VALUES_MAX_COUNT}"
        )
        raise ParamsError(message)
    return [str(low + step * place) for place in range(int(steps) + 1)]


def _value(word: str, leaf: Leaf) -> Value:
    """`word` as a value of the parameter's kind and within its range."""
    kinds = {leaf.node.get("type")} | {
        cast(Document, option).get("type")
        for option in cast("list[Json]", leaf.node.get("anyOf", []))
    }
    if "boolean" in kinds and word in ("true", "false"):
        return word == "true"
    if {"number", "integer"} & kinds:
        return _number(word, leaf, kinds)
    words = cast("list[Json]", leaf.node.get("enum", []))
    if word in words:
        return word
    allowed = ", ".join(shown(one) for one in words) or "true, false"
    message = f"--space {leaf.path} = {word}: must be one of {allowed}"
    raise ParamsError(message)


def _number(word: str, leaf: Leaf, kinds: set[Json]) -> Value:
    low, high = _bounds(leaf.node)
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    is_whole = "number" in kinds or number.is_integer()
    if not (low <= number <= high and is_whole):
        what = "a number" if "number" in kinds else "a whole number"
        message = f"--space {leaf.path} = {word}: must be {what} from {low:g} to {high:g}"
        raise ParamsError(message)
    return number if "number" in kinds else int(number)


def _bounds(node: Document) -> tuple[float, float]:
    nodes = [node, *cast("list[Document]", node.get("anyOf", []))]
    lows = [cast(float, one["minimum"]) for one in nodes if "minimum" in one]
    highs = [cast(float, one["maximum"]) for one in nodes if "maximum" in one]
    return (lows[0] if lows else -math.inf), (highs[0] if highs else math.inf)


def bounds_of(leaf: Leaf) -> tuple[float, float] | None:
    """The range of a numeric parameter, None for words, switches and lists."""
    if isinstance(leaf.value, bool | str | list | dict) or leaf.value is None:
        return None
    low, high = _bounds(leaf.node)
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def is_tunable(leaf: Leaf) -> bool:
    """Whether a sweep may change it at all."""
    return leaf.path.split(".")[0] not in _FIXED_GROUPS
