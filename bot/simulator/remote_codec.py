"""What the package's functions take and give, as plain JSON: nothing is unpickled (design rule).

Numbers, text, booleans and None travel as they are; everything else is one object with one key
that names its kind. What is not known here is refused on either side.
"""

from __future__ import annotations

import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, cast

import numpy as np

from bot.simulator import structs
from bot.simulator.bar_table import RATES_DTYPE
from bot.simulator.struct_sequence import StructSequence, new_struct
from bot.simulator.symbol_struct import SymbolInfo
from bot.simulator.ticks import TICKS_DTYPE

MOMENT: Final = struct.Struct("<d")
"""The terminal's moment, before each answer: UTC epoch seconds."""

_STRUCTS: Final[dict[str, type[StructSequence]]] = {
    kind.__name__: kind
    for kind in (
        structs.Tick,
        structs.TradeRequest,
        structs.OrderSendResult,
        structs.OrderCheckResult,
        structs.TradePosition,
        structs.TradeOrder,
        structs.TradeDeal,
        structs.AccountInfo,
        structs.TerminalInfo,
        structs.BookInfo,
        SymbolInfo,
    )
}
_ARRAYS: Final = {"rates": RATES_DTYPE, "ticks": TICKS_DTYPE}
_SCALARS: Final = {np.dtype(kind).str: np.dtype(kind) for kind in ("?", *"bhilqBHILQ", *"fd")}


class CodecError(ValueError):
    """Bytes that are no message, or a value that cannot be one: names what was met."""


def encoded(value: object) -> bytes:
    """A value as bytes. Raises `CodecError` for a kind that cannot travel."""
    return json.dumps(_packed(value), separators=(",", ":")).encode("ascii")


def decoded(content: bytes) -> object:
    """The value again. Raises `CodecError` for bytes that hold none."""
    try:
        return _unpacked(json.loads(content))
    except (ValueError, KeyError, TypeError, LookupError, RecursionError) as error:
        message = f"no message: {type(error).__name__} {error}"
        raise CodecError(message) from error


def _packed(value: object) -> object:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.generic):
        return _packed_scalar(value)
    if isinstance(value, StructSequence):
        return {"s": [type(value).__name__, *(_packed(part) for part in value)]}
    if isinstance(value, np.ndarray):
        return _packed_array(value)
    for kind, (cls, pack) in _PACKERS.items():
        if isinstance(value, cls):
            return {kind: pack(value)}
    message = f"{type(value).__name__} cannot be sent to a terminal in another process"
    raise CodecError(message)


def _packed_scalar(value: np.generic) -> object:
    if value.dtype.str not in _SCALARS:
        message = f"numpy's {value.dtype} cannot be sent to a terminal in another process"
        raise CodecError(message)
    return {"n": [value.dtype.str, value.item()]}


def _packed_array(value: np.ndarray) -> object:
    for name, dtype in _ARRAYS.items():
        if value.dtype == dtype and value.ndim == 1:
            return {"a": [name, b64encode(value.tobytes()).decode("ascii")]}
    message = f"an array of {value.dtype} cannot be sent to a terminal in another process"
    raise CodecError(message)


def _moment(value: datetime) -> list[object]:
    """A naive moment means the host's zone, as the package reads it."""
    return [value.timestamp()]


_PACKERS: Final[dict[str, tuple[type, Callable[..., object]]]] = {
    "d": (datetime, _moment),
    "x": (bytes, lambda value: b64encode(value).decode("ascii")),
    "t": (tuple, lambda value: [_packed(part) for part in value]),
    "l": (list, lambda value: [_packed(part) for part in value]),
    "m": (dict, lambda value: [[_packed(key), _packed(part)] for key, part in value.items()]),
    "i": (int, int.__int__),
    "f": (float, float.__float__),
    "u": (str, str.__str__),
}
"""Subclasses of numbers and text arrive as what they are at heart."""


def _unpacked(value: object) -> object:
    if not isinstance(value, dict):
        if isinstance(value, list):
            message = "a bare list"
            raise CodecError(message)
        return value
    ((kind, content),) = value.items()
    return _UNPACKERS[kind](content)


def _struct(content: list[object]) -> StructSequence:
    kind = _STRUCTS[cast(str, content[0])]
    values = tuple(_unpacked(part) for part in content[1:])
    if len(values) != kind.n_fields:
        message = f"{kind.__name__} of {len(values)} fields, not {kind.n_fields}"
        raise CodecError(message)
    return new_struct(kind, values)


def _array(content: list[str]) -> np.ndarray:
    """Read-only, as the package gives it."""
    name, text = content
    return np.frombuffer(b64decode(text, validate=True), dtype=_ARRAYS[name])


def _scalar(content: list[object]) -> object:
    name, item = content
    return _SCALARS[cast(str, name)].type(item)


def _parts(content: list[object]) -> list[object]:
    return [_unpacked(part) for part in content]


_UNPACKERS: Final[Mapping[str, Callable[..., object]]] = {
    "s": _struct,
    "a": _array,
    "n": _scalar,
    "d": lambda content: datetime.fromtimestamp(float(content[0]), UTC),
    "x": lambda content: b64decode(content, validate=True),
    "t": lambda content: tuple(_parts(content)),
    "l": _parts,
    "m": lambda content: {_unpacked(key): _unpacked(part) for key, part in content},
    "i": int,
    "f": float,
    "u": str,
}
