"""A script's request dictionary as the package parses it: strict types, nothing guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.simulator.retcodes import ErrorPair, field_error
from bot.simulator.struct_sequence import new_struct
from bot.simulator.structs import TradeRequest

TEXT_UNITS_MAX: Final = 29
"""Longest symbol or comment in UTF-16 units that Python's package accepts (BEHAVIOUR 5)."""

EXCEPTION_SET: Final = "returned a result with an exception set"
"""What the interpreter says of an extension's function that failed with an exception pending."""

_UINT32_MAX, _UINT64_MAX = 2**32 - 1, 2**64 - 1
_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1
_BMP_MAX: Final = "\uffff"


class CallRefusedError(Exception):
    """The package or the terminal refuses a call; carries the `last_error` pair."""

    def __init__(self, pair: ErrorPair) -> None:
        super().__init__(pair[1])
        self.pair = pair


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, which is how the package counts."""
    if text.isascii():
        return len(text)
    return len(text) + sum(character > _BMP_MAX for character in text)


def as_system_error(cause: Exception) -> SystemError:
    """The error a caller sees when the extension fails with a Python exception still set."""
    error = SystemError(f"<built-in function> {EXCEPTION_SET}")
    error.__cause__ = cause
    return error


def parse_request(request: Mapping[str, object]) -> TradeRequest:
    """The request as the package understood it; missing keys are 0, 0.0 or ''.

    Raises `CallRefusedError` for a wrong type or too long a text, and `SystemError` (caused by
    an `OverflowError`) for an integer that does not fit its C type. Unknown keys are ignored.
    """
    values = list(_DEFAULTS)
    for name, value in request.items():
        known = _KNOWN.get(name)
        if known is not None:
            place, convert = known
            values[place] = convert(name, value)
    return new_struct(TradeRequest, tuple(values))


def _integer_within(least: int, most: int) -> Callable[[str, object], int]:
    def convert(name: str, value: object) -> int:
        if not isinstance(value, int):
            raise CallRefusedError(field_error(name))
        if not least <= value <= most:
            message = f"{name}={value} does not fit between {least} and {most}"
            raise as_system_error(OverflowError(message))
        return int(value)

    return convert


def _number(name: str, value: object) -> float:
    if not isinstance(value, float):
        raise CallRefusedError(field_error(name))
    return float(value)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or utf16_length(value) > TEXT_UNITS_MAX:
        raise CallRefusedError(field_error(name))
    return str(value)


_uint32 = _integer_within(0, _UINT32_MAX)
_uint64 = _integer_within(0, _UINT64_MAX)
_int64 = _integer_within(_INT64_MIN, _INT64_MAX)

_FIELDS: Final[tuple[tuple[str, object, Callable[[str, object], object]], ...]] = (
    ("action", 0, _uint32),
    ("magic", 0, _uint64),
    ("order", 0, _uint64),
    ("symbol", "", _text),
    ("volume", 0.0, _number),
    ("price", 0.0, _number),
    ("stoplimit", 0.0, _number),
    ("sl", 0.0, _number),
    ("tp", 0.0, _number),
    ("deviation", 0, _uint64),
    ("type", 0, _uint32),
    ("type_filling", 0, _uint32),
    ("type_time", 0, _uint32),
    ("expiration", 0, _int64),
    ("comment", "", _text),
    ("position", 0, _uint64),
    ("position_by", 0, _uint64),
)
_DEFAULTS: Final = tuple(default for _, default, _ in _FIELDS)
_KNOWN: Final = {name: (place, convert) for place, (name, _, convert) in enumerate(_FIELDS)}
