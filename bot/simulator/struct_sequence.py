"""Result types that behave as CPython's struct sequences do, which is what the package returns."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import TypeVar

_T = TypeVar("_T", bound="StructSequence")


class StructSequence(tuple[object, ...]):
    """A tuple with named fields: index and attribute access, `_asdict()`, nothing else added.

    A subclass annotates its fields in order. There is no `_fields`, `_replace` or `_make`
    (BEHAVIOUR 5). Inside the simulator instances are made with `new_struct`, which trusts its
    caller; the constructor checks the length as the package's types do.
    """

    __slots__ = ()
    __match_args__: tuple[str, ...] = ()
    n_fields: int = 0
    n_sequence_fields: int = 0
    n_unnamed_fields: int = 0

    def __init_subclass__(cls) -> None:
        if cls.__bases__ != (StructSequence,):
            message = f"type '{cls.__bases__[0].__name__}' is not an acceptable base type"
            raise TypeError(message)
        names = tuple(cls.__annotations__)
        attributes: dict[str, object] = {
            name: property(itemgetter(position)) for position, name in enumerate(names)
        }
        attributes["__match_args__"] = names
        attributes["__module__"] = "builtins"  # the package's types carry bare names
        attributes["n_fields"] = attributes["n_sequence_fields"] = len(names)
        for name, value in attributes.items():
            setattr(cls, name, value)

    def __new__(cls: type[_T], sequence: Iterable[object]) -> _T:
        """Build from a sequence of exactly `n_fields` values; else `TypeError`."""
        try:
            values = tuple(sequence)
        except TypeError:
            message = "constructor requires a sequence"
            raise TypeError(message) from None
        if len(values) != cls.n_fields:
            given = f"({len(values)}-sequence given)"
            message = f"{cls.__name__}() takes a {cls.n_fields}-sequence {given}"
            raise TypeError(message)
        return tuple.__new__(cls, values)

    def __repr__(self) -> str:
        pairs = zip(self.__match_args__, self, strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in pairs)})"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (tuple(self),)

    def _asdict(self) -> dict[str, object]:
        """Field names to values; nested structures stay what they are."""
        return dict(zip(self.__match_args__, self, strict=True))


def new_struct(kind: type[_T], values: tuple[object, ...]) -> _T:
    """An instance of `kind` from values the caller knows to be complete and in order."""
    return tuple.__new__(kind, values)
