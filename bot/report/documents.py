"""Typed access to the fields of a journal document."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from bot.errors import StateCorruptError

Document = Mapping[str, object]


def kind(document: Document) -> str:
    """The event's class name."""
    return text(document, "event")


def text(document: Document, field: str) -> str:
    """A text field; raises `StateCorruptError` naming field and value when it is not text."""
    value = document.get(field)
    if isinstance(value, str):
        return value
    raise StateCorruptError(_complaint(document, field, value, "text"))


def number(document: Document, field: str) -> float:
    """A numeric field as float; raises `StateCorruptError` when it is not a number.

    The journal writes numbers that are not finite as null; they come back as NaN.
    """
    value = document.get(field, "")
    if value is None:
        return math.nan
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise StateCorruptError(_complaint(document, field, value, "a number"))


def whole(document: Document, field: str) -> int:
    """A whole-number field; raises `StateCorruptError` when it is not one."""
    value = document.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise StateCorruptError(_complaint(document, field, value, "a whole number"))


def flag(document: Document, field: str) -> bool:
    """A yes-or-no field; raises `StateCorruptError` when it is not one."""
    value = document.get(field)
    if isinstance(value, bool):
        return value
    raise StateCorruptError(_complaint(document, field, value, "true or false"))


def texts(document: Document, field: str) -> tuple[str, ...]:
    """A field holding a list of texts; raises `StateCorruptError` when it is not one."""
    value = document.get(field)
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise StateCorruptError(_complaint(document, field, value, "a list of texts"))


def numbers(document: Document, field: str) -> tuple[float, ...]:
    """A field holding a list of numbers; raises `StateCorruptError` when it is not one.

    A number that was not finite comes back as NaN.
    """
    value = document.get(field)
    if not isinstance(value, list | tuple):
        raise StateCorruptError(_complaint(document, field, value, "a list of numbers"))
    return tuple(number({**document, field: item}, field) for item in value)


def of_kind(documents: Iterable[Document], *kinds: str) -> Iterator[Document]:
    """The documents whose event is one of `kinds`, in order."""
    return (document for document in documents if document.get("event") in kinds)


def _complaint(document: Document, field: str, value: object, wanted: str) -> str:
    where = f"journal line {document.get('seq', '?')} ({document.get('event', 'no event')})"
    return f"{where}: {field} = {value!r}, must be {wanted}"
