"""Arguments as the extension's C code reads them, mistakes included (BEHAVIOUR 1 and 6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from operator import index
from typing import Final, SupportsFloat, SupportsIndex

from bot.simulator.requests import CallRefusedError, as_system_error, utf16_length
from bot.simulator.retcodes import argument_error, field_error

SYMBOL_UNITS_MAX: Final = 29
GROUP_UNITS_MAX: Final = 1997
PATH_UNITS_MAX: Final = 257
CREDENTIAL_UNITS_MAX: Final = 253

_INT32_MIN, _INT32_MAX = -(2**31), 2**31 - 1
_UINT32_SPAN: Final = 2**32
_UINT64_MAX: Final = 2**64 - 1
_ORDINALS: Final = ("1st", "2nd", "3rd")


def demand_count(args: tuple[object, ...], least: int, most: int) -> None:
    """Refuse a wrong number of arguments where the package counts them itself."""
    if not least <= len(args) <= most:
        raise CallRefusedError(argument_error("Invalid number of arguments"))


def demand_parsed_count(args: tuple[object, ...], least: int, most: int) -> None:
    """`SystemError` for a wrong number of arguments where `PyArg_ParseTuple` counts them."""
    if not least <= len(args) <= most:
        message = f"function takes {most} arguments ({len(args)} given)"
        raise as_system_error(TypeError(message))


def unnamed(position: int) -> CallRefusedError:
    """The refusal of a positional argument (0 is the first)."""
    if position < len(_ORDINALS):
        return CallRefusedError(argument_error(f"Invalid {_ORDINALS[position]} unnamed argument"))
    return CallRefusedError(argument_error())


def symbol_at(args: tuple[object, ...], position: int) -> str:
    """A symbol name given by position."""
    value = args[position]
    if not isinstance(value, str) or utf16_length(value) > SYMBOL_UNITS_MAX:
        raise unnamed(position)
    return value


def c_int(value: object) -> int:
    """A C `int`: anything with `__index__`; otherwise, or out of range, `SystemError`."""
    if not isinstance(value, (int, SupportsIndex)):
        message = f"'{type(value).__name__}' object cannot be interpreted as an integer"
        raise as_system_error(TypeError(message))
    number = index(value)
    if not _INT32_MIN <= number <= _INT32_MAX:
        message = "signed integer is out of range"
        raise as_system_error(OverflowError(message))
    return number


def c_unsigned_long(value: object) -> int:
    """A C `unsigned long`: a true Python int only, wrapped to 32 bits; else `SystemError`."""
    if not isinstance(value, int):
        message = f"argument must be int, not {type(value).__name__}"
        raise as_system_error(TypeError(message))
    return int(value) % _UINT32_SPAN


def c_double(value: object) -> float:
    """A C `double`: anything that converts to float; else `SystemError`."""
    if type(value) is float:
        return value
    if isinstance(value, str) or not isinstance(value, SupportsFloat | SupportsIndex):
        message = f"must be real number, not {type(value).__name__}"
        raise as_system_error(TypeError(message))
    return float(value)


def wall_second(args: tuple[object, ...], position: int) -> int:
    """A date as whole seconds in 32 bits: int, float or datetime; naive ones in the host's zone.

    Floats and datetimes past 2038-01-19 wrap, ints raise. Zero means "not given" to the package,
    which then uses whatever its memory holds; here it is refused (assumed).
    """
    value = args[position]
    if isinstance(value, datetime):
        number: int | float = value.timestamp()
    elif isinstance(value, int | float):
        number = value
    else:
        raise unnamed(position)
    if isinstance(number, int) and not _INT32_MIN <= number <= _INT32_MAX:
        message = "Python int too large to convert to C long"
        raise as_system_error(OverflowError(message))
    if number != number or abs(number) > _UINT64_MAX:  # noqa: PLR0124 - that is what NaN is
        raise unnamed(position)
    seconds = (int(number) - _INT32_MIN) % _UINT32_SPAN + _INT32_MIN
    if seconds == 0:
        raise unnamed(position)
    return seconds


def ticket_of(kwargs: Mapping[str, object], name: str) -> int:
    """An unsigned ticket given by keyword."""
    value = kwargs[name]
    if not isinstance(value, int):
        raise CallRefusedError(field_error(name))
    if not 0 <= value <= _UINT64_MAX:
        message = "can't convert negative int to unsigned"
        raise as_system_error(OverflowError(message))
    return int(value)


def text_of(kwargs: Mapping[str, object], name: str, units_max: int) -> str:
    """A text given by keyword."""
    value = kwargs[name]
    if not isinstance(value, str) or utf16_length(value) > units_max:
        raise CallRefusedError(field_error(name))
    return value


@lru_cache(maxsize=256)
def is_in_group(symbol: str, group: str) -> bool:
    """Whether a symbol matches a group mask (BEHAVIOUR 5).

    A comma list; `*` is any run of characters and the only wildcard; `!mask` excludes wherever it
    stands; exclusions alone match nothing.
    """
    elements = [element.strip() for element in group.split(",")]
    if any(_matches(symbol, element[1:]) for element in elements if element.startswith("!")):
        return False
    return any(_matches(symbol, element) for element in elements if not element.startswith("!"))


def _matches(symbol: str, mask: str) -> bool:
    """Glob with `*` alone, in one pass, so that no mask can make it slow."""
    first, *runs = mask.split("*")
    if not runs:
        return symbol == mask
    last = runs.pop()
    position, end = len(first), len(symbol) - len(last)
    if position > end or not symbol.startswith(first) or not symbol.endswith(last):
        return False
    for run in runs:
        found = symbol.find(run, position, end)
        if found < 0:
            return False
        position = found + len(run)
    return True
