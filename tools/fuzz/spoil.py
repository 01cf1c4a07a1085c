"""Ways to spoil a file whatever it holds: bits, spans, encodings, and words that readers dread."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Final

from tools.fuzz.dread import WORDS

SPOILT_MAX_BYTES: Final = 2_000_000
_SPAN_MAX: Final = 4_000
_STACK_MAX: Final = 4
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_NUMBER: Final = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_TEXT: Final = re.compile(rb'"[^"\\\n]{0,200}"')
_MEMBER: Final = re.compile(rb'"[^"\\\n]{1,80}"\s*:\s*(?:"[^"\\\n]*"|-?[\d.eE+]+|true|false|null)')

Spoil = Callable[[Random, bytes, bytes], bytes]
"""Draws from the source of chance, changes the file, may take from another valid one."""


def spoilt(rng: Random, raw: bytes, other: bytes) -> bytes:
    """`raw` changed in one to four ways; `other` is a valid file to splice with."""
    for _ in range(1 + min(rng.randrange(_STACK_MAX), rng.randrange(_STACK_MAX))):
        raw = rng.choice(SPOILS)(rng, raw, other)[:SPOILT_MAX_BYTES]
    return raw


def _flip(rng: Random, raw: bytes, _other: bytes) -> bytes:
    changed = bytearray(raw)
    for _ in range(rng.choice((1, 1, 2, 8)) if raw else 0):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _set_bytes(rng: Random, raw: bytes, _other: bytes) -> bytes:
    first, last = _span(rng, raw)
    fill = rng.choice((b"\0", b"\xff", b" ", bytes([rng.randrange(256)])))
    return raw[:first] + fill * (last - first) + raw[last:]


def _cut_end(rng: Random, raw: bytes, _other: bytes) -> bytes:
    return raw[: rng.randrange(len(raw) + 1)]


def _cut_start(rng: Random, raw: bytes, _other: bytes) -> bytes:
    return raw[rng.randrange(len(raw) + 1) :]


def _drop(rng: Random, raw: bytes, _other: bytes) -> bytes:
    first, last = _span(rng, raw)
    return raw[:first] + raw[last:]


def _double(rng: Random, raw: bytes, _other: bytes) -> bytes:
    first, last = _span(rng, raw)
    return raw[:last] + raw[first:last] * rng.choice((1, 1, 3, 50)) + raw[last:]


def _move(rng: Random, raw: bytes, _other: bytes) -> bytes:
    first, last = _span(rng, raw)
    rest = raw[:first] + raw[last:]
    at = rng.randrange(len(rest) + 1)
    return rest[:at] + raw[first:last] + rest[at:]


def _splice(rng: Random, raw: bytes, other: bytes) -> bytes:
    return raw[: rng.randrange(len(raw) + 1)] + other[rng.randrange(len(other) + 1) :]


def _paste(rng: Random, raw: bytes, other: bytes) -> bytes:
    first, last = _span(rng, other)
    at = rng.randrange(len(raw) + 1)
    return raw[:at] + other[first:last] + raw[at:]


def _insert_word(rng: Random, raw: bytes, _other: bytes) -> bytes:
    at = rng.randrange(len(raw) + 1)
    return raw[:at] + rng.choice(WORDS) + raw[at:]


def _put_for_number(rng: Random, raw: bytes, _other: bytes) -> bytes:
    return _put_for(rng, raw, _NUMBER)


def _put_for_text(rng: Random, raw: bytes, _other: bytes) -> bytes:
    return _put_for(rng, raw, _TEXT)


def _double_member(rng: Random, raw: bytes, _other: bytes) -> bytes:
    """The same key twice, with the same or another value."""
    found = list(_MEMBER.finditer(raw[:200_000]))
    if not found:
        return raw
    member = rng.choice(found)
    again = member[0]
    if rng.getrandbits(1):
        again = again.split(b":", 1)[0] + b":" + rng.choice((b"0", b"1e9", b"null", b'"x"'))
    return raw[: member.end()] + b"," + again + raw[member.end() :]


def _encode_otherwise(rng: Random, raw: bytes, _other: bytes) -> bytes:
    text = raw.decode("utf-8", errors="replace")
    name = rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"))
    return text.encode(name, errors="replace")


def _mark_order(rng: Random, raw: bytes, _other: bytes) -> bytes:
    return rng.choice(_BOMS) + raw


def _end_lines_otherwise(rng: Random, raw: bytes, _other: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n", b"")))


def _whole_otherwise(rng: Random, raw: bytes, other: bytes) -> bytes:
    nothing = (b"", b"\n", b"\0" * len(raw))
    return rng.choice((*nothing, raw * 2, raw + other, other, rng.choice(WORDS)))


def _put_for(rng: Random, raw: bytes, pattern: re.Pattern[bytes]) -> bytes:
    found = list(pattern.finditer(raw[:200_000]))
    if not found:
        return raw
    place = rng.choice(found)
    return raw[: place.start()] + rng.choice(WORDS) + raw[place.end() :]


def _span(rng: Random, raw: bytes) -> tuple[int, int]:
    first = rng.randrange(len(raw) + 1)
    length = rng.choice((1, 2, 8, 64, 512, _SPAN_MAX))
    return first, min(len(raw), first + rng.randrange(1, length + 1))


SPOILS: Final[tuple[Spoil, ...]] = (
    _flip,
    _flip,
    _set_bytes,
    _cut_end,
    _cut_start,
    _drop,
    _double,
    _move,
    _splice,
    _paste,
    _insert_word,
    _put_for_number,
    _put_for_text,
    _double_member,
    _encode_otherwise,
    _mark_order,
    _end_lines_otherwise,
    _whole_otherwise,
)
