"""One event as one line: compact JSON, chained to the line before, with its own checksum.

    {"seq":7,"at_utc_s":1.5,"day":20000,"event":"BotStopped","reason":"...","prev":"...","crc":"..."}

`prev` is the hash of the whole line before, so lines cannot be lost, doubled, reordered or edited
unseen; `crc` covers the line itself, so a torn one is told from a broken chain.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from dataclasses import fields
from math import isfinite
from typing import NamedTuple

from bot.adapters.fast_json import text_encoder
from bot.adapters.strict_json import StrictJsonError, parse_object
from bot.model.events import Event

GENESIS = "0" * 16
SEAM = "JournalMended"
"""The event before which lines are missing: the chain begins anew behind it."""

LINE_MAX_BYTES = 1024 * 1024
_TEXT_MAX_LENGTH = 2_000
_TUPLE_MAX_COUNT = 200
_HASH_LENGTH = 16
_OWN_NAMES = frozenset({"seq", "at_utc_s", "day", "event", "prev", "crc"})
_ODD = re.compile(rb"\\u[dD]|\d[eE]\+?[1-9]\d\d|\d{300}")
"""Half characters, and numbers beyond the range of floating point."""

_DIGITS_ALIKE = bytes.maketrans(b"123456789E", b"000000000e")
_ODD_SIGNS = (b"\\u", b"0e000", b"0e+000", b"0" * 300)
"""One of these stands in every odd line whose digits are all made alike; in few others."""

_CRC_MARK = ',"crc":"'
_CRC_LENGTH = 8
_TAIL_LENGTH = len(_CRC_MARK) + _CRC_LENGTH + len('"}')


class LineError(ValueError):
    """A line that is not as it was written; says why."""


class Stamp(NamedTuple):
    """Where and when an event stands."""

    seq: int
    at_utc_s: float
    day: int


class EventLines:
    """Turns events into lines; remembers each event class's fields."""

    def __init__(self) -> None:
        self._names: dict[type[Event], tuple[str, ...]] = {}

    def line(self, event: Event, stamp: Stamp, previous_hash: str) -> bytes:
        """The line, newline included. Numbers that are not finite are written as null."""
        kind = type(event)
        names = self._names.get(kind)
        if names is None:
            names = self._learn(kind)
        document: dict[str, object] = {
            "seq": stamp.seq,
            "at_utc_s": stamp.at_utc_s,
            "day": stamp.day,
            "event": kind.__name__,
        }
        for name in names:
            document[name] = getattr(event, name)
        document["prev"] = previous_hash
        body = _text(document)[:-1].encode("utf-8")
        if len(body) + _TAIL_LENGTH > LINE_MAX_BYTES:  # no reader would take it
            short = {name: _shortened(value) for name, value in document.items()}
            body = _text(short)[:-1].encode("utf-8")
        return body + _tail(body) + b"\n"

    def _learn(self, kind: type[Event]) -> tuple[str, ...]:
        names = tuple(field.name for field in fields(kind))
        assert not _OWN_NAMES & set(names), f"{kind.__name__} uses a name of the journal's own"
        self._names[kind] = names
        return names


def line_hash(line: bytes) -> str:
    """What the next line carries as `prev`; `line` without its newline."""
    return hashlib.sha256(line).hexdigest()[:_HASH_LENGTH]


def read_line(line: bytes) -> dict[str, object]:
    """The document of a line without its newline; raises `LineError` when it is not whole."""
    if len(line) > LINE_MAX_BYTES:
        raise LineError(f"{len(line)} bytes: at most {LINE_MAX_BYTES} are read")
    body, tail = line[:-_TAIL_LENGTH], line[-_TAIL_LENGTH:]
    if tail != _tail(body):
        raise LineError(_what_is_wrong(line))
    try:
        if _may_be_odd(line) and _ODD.search(line):  # nothing we write: looked at closely
            parse_object(line, LINE_MAX_BYTES)
        document = _decode(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise LineError(str(error)) from error
    if not (isinstance(document, dict) and _has_own(document)):
        raise LineError("no seq or event, no day or at_utc_s, or one of the wrong type")
    return document


def _may_be_odd(line: bytes) -> bool:
    alike = line.translate(_DIGITS_ALIKE)
    return any(sign in alike for sign in _ODD_SIGNS)


def _has_own(document: dict[str, object]) -> bool:
    seq, day, at_utc_s = (document.get(name) for name in ("seq", "day", "at_utc_s"))
    is_whole = type(seq) is int and type(day) is int
    return is_whole and type(at_utc_s) in (int, float) and isinstance(document.get("event"), str)


def _tail(body: bytes) -> bytes:
    return f'{_CRC_MARK}{zlib.crc32(body):08x}"}}'.encode("ascii")


def _what_is_wrong(line: bytes) -> str:
    """Why a line without a fitting checksum is none: most often it is not even JSON."""
    try:
        parse_object(line, LINE_MAX_BYTES)
    except StrictJsonError as error:
        return str(error)
    return "checksum does not fit"


def _refuse_constant(literal: str) -> object:
    raise LineError(f"{literal} is not a number")


def _text(document: dict[str, object]) -> str:
    try:
        return _encode(document)
    except ValueError:
        return _encode({name: _finite(value) for name, value in document.items()})


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return value


def _shortened(value: object) -> object:
    """A value that fits into a line: what is cut off is nothing a decision rests on."""
    if isinstance(value, str):
        return value[:_TEXT_MAX_LENGTH]
    if isinstance(value, list | tuple):
        return [_shortened(entry) for entry in value[:_TUPLE_MAX_COUNT]]
    return value


def _plain(value: object) -> object:
    """A numpy scalar as its Python value; anything else is our mistake."""
    item = getattr(value, "item", None)
    if item is None:
        message = f"{value!r} of type {type(value).__name__} cannot be journalled"
        raise TypeError(message)
    return item()


_encode = text_encoder((",", ":"), _plain)
_decode = json.JSONDecoder(parse_constant=_refuse_constant).decode
