"""Valid examples of what the bot writes, with something in every field there is."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

_PLAIN: Mapping[object, object] = {int: 3, float: 1.5, str: "x", bool: False, object: "x"}
_NAMED: Mapping[str, object] = {
    "date": "2026-03-17",
    "OrderIntended.action": "open_market",
    "BreakerTripped.action": "block",
    "breaker": "consecutive_losses",
    "day_zone": "America/New_York",
}
"""Text that is more than text."""


def example_of(kind: type[T]) -> T:
    """An instance of a dataclass, NamedTuple, enum or plain type, collections with one entry."""
    return cast(T, _example(kind))


def _example(kind: object) -> object:
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is not None:
        return _of_generic(origin, arguments)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if is_dataclass(kind):
        names = [field.name for field in fields(kind) if field.init]
    else:
        names = list(getattr(kind, "_fields", ()))
    hints = get_type_hints(kind)
    made = cast("type[object]", kind)
    own = {name: _NAMED.get(f"{made.__name__}.{name}", _NAMED.get(name)) for name in names}
    return made(**{name: own[name] or _example(hints[name]) for name in names})


def _of_generic(origin: object, arguments: Sequence[object]) -> object:
    if origin in (Union, types.UnionType):
        return _example(next(kind for kind in arguments if kind is not type(None)))
    if origin is Literal:
        return arguments[0]
    if origin is typing.ClassVar:
        return None
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {_example(arguments[0]): _example(arguments[1])}
    if origin is tuple:
        return tuple(_example(kind) for kind in arguments if kind is not Ellipsis)
    return [_example(arguments[0])]
