"""Strict JSON: what a lenient reader would swallow is refused, with the place where it stands."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn, TypeAlias, cast

from bot.errors import ParamsError

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Document: TypeAlias = "dict[str, Json]"

_BYTES_MAX = 1_000_000
_DEPTH_MAX = 20
_DIGITS_MAX = 20
_SHOWN_MAX = 60
_BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "a UTF-8 byte order mark",
    b"\xff\xfe": "a UTF-16 byte order mark",
    b"\xfe\xff": "a UTF-16 byte order mark",
}
_HINTS = {
    "/": "comments are not allowed",
    "#": "comments are not allowed",
    "'": "text stands between double quotes",
    "}": "no comma after the last entry",
    "]": "no comma after the last entry",
}


class _Refused:
    """Stands in the parsed tree where a value was that JSON has but we refuse."""

    def __init__(self, literal: str) -> None:
        self.literal = literal


class _Object(dict[str, Json]):
    """An object that remembers the keys written twice."""

    repeated: tuple[str, ...] = ()


def read_document(path: Path) -> Document:
    """The object in the JSON file `path`; every defect of the text is a `ParamsError`.

    Refused by name: no file, no permission, other encodings, byte order marks, half characters,
    broken JSON (line, column and text), keys written twice, NaN, Infinity and numbers too large,
    anything but an object, absurd size or depth.
    """
    return parse_document(_text(path, _bytes(path)), path)


def parse_document(text: str, path: Path) -> Document:
    """The object written in `text`; `path` only names it in errors."""
    try:
        tree = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_Refused,
            parse_float=_float,
            parse_int=_int,
        )
    except json.JSONDecodeError as error:
        _refuse(path, _place(text, error))
    except RecursionError:
        _refuse(path, f"nested deeper than {_DEPTH_MAX} levels")
    if "\\u" in text and _has_half_characters(tree):
        _refuse(path, "half a character: an escape such as \\ud800 without its other half")
    problems = list(_defects(tree, "", 0))
    if problems:
        _refuse(path, "; ".join(problems))
    if not isinstance(tree, dict):
        _refuse(path, f"must be an object in braces, not {shown(tree)}")
    return cast(Document, tree)


def shown(value: object) -> str:
    """A JSON value as written, cut where it grows long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 3] + "..."


def join(path: str, key: str | int) -> str:
    """`path` one step deeper: `exits` and `ladder`, `exits.ladder` and 0."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(_BYTES_MAX + 1)
    except FileNotFoundError:
        _refuse(path, "no such file")
    except IsADirectoryError:
        _refuse(path, "is a folder, not a file")
    except OSError as error:
        _refuse(path, f"cannot be read ({error.strerror})")
    if len(raw) > _BYTES_MAX:
        _refuse(path, f"longer than {_BYTES_MAX} bytes")
    return raw


def _text(path: Path, raw: bytes) -> str:
    for mark, name in _BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            _refuse(path, f"begins with {name}; save it as UTF-8 without one")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        _refuse(path, f"line {line}: not UTF-8 text")


def _refuse(path: Path, text: str) -> NoReturn:
    message = f"{path}: {text}"
    raise ParamsError(message)


def _place(text: str, error: json.JSONDecodeError) -> str:
    """Where the text stops being JSON, what stands there, and a hint for the usual slips."""
    where = f"line {error.lineno} column {error.colno}: {error.msg.lower()}"
    if error.pos >= len(text.rstrip()):
        return f"{where}, but the file ends there"
    line = text.splitlines()[error.lineno - 1].strip()
    hint = _HINTS.get(_offender(text, error.pos), "")
    near = line if len(line) <= _SHOWN_MAX else text[error.pos : error.pos + _SHOWN_MAX]
    return f"{where}, at {near!r}" + (f" ({hint})" if hint else "")


def _offender(text: str, pos: int) -> str:
    """The character that does not belong there, past blanks and the comma pointed at."""
    rest = text[pos:].lstrip()
    return rest.lstrip(",").lstrip()[:1] if rest.startswith(",") else rest[:1]


def _object(pairs: list[tuple[str, Json]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        found.repeated = tuple(key for key in found if counts[key] > 1)
    return found


def _has_half_characters(tree: object) -> bool:
    """Whether some text cannot be written as UTF-8, and so neither shown nor stored."""
    waiting = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
            return True
    return False


def _float(literal: str) -> float | _Refused:
    number = float(literal)
    return number if math.isfinite(number) else _Refused(literal)


def _int(literal: str) -> int | _Refused:
    return int(literal) if len(literal) <= _DIGITS_MAX else _Refused(literal)


def _defects(value: object, path: str, depth: int) -> Iterator[str]:
    if depth > _DEPTH_MAX:
        yield f"{path}: nested deeper than {_DEPTH_MAX} levels"
    elif isinstance(value, _Refused):
        yield f"{path or 'the file'} = {value.literal[:_SHOWN_MAX]}: must be an ordinary number"
    elif isinstance(value, _Object):
        for key in value.repeated:
            yield f"{join(path, key)}: written twice"
        for key, item in value.items():
            yield from _defects(item, join(path, key), depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _defects(item, join(path, index), depth + 1)
