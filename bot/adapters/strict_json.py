"""JSON read strictly: what is not plainly valid is refused with its reason (FAULTS D13)."""

from __future__ import annotations

import json
import sys
from collections import Counter

SIZE_MAX_BYTES = 64 * 1024 * 1024
DEPTH_MAX = 64
_NUMBER_MAX = sys.float_info.max
_BOM = b"\xef\xbb\xbf"


class StrictJsonError(ValueError):
    """Bytes that are not strict JSON; says what and where."""


def parse_object(
    raw: bytes, size_max_bytes: int = SIZE_MAX_BYTES, depth_max: int = DEPTH_MAX
) -> dict[str, object]:
    """The object `raw` holds; raises `StrictJsonError`.

    Refused: a byte order mark, NUL bytes, invalid UTF-8, half characters, duplicate keys, NaN and
    infinities, more than `size_max_bytes` bytes, deeper nesting than `depth_max`, anything but an
    object.
    """
    document = _parsed(raw, size_max_bytes, depth_max)
    if not isinstance(document, dict):
        raise StrictJsonError(f"holds a {type(document).__name__}, not an object")
    return document


def parse_list(
    raw: bytes, size_max_bytes: int = SIZE_MAX_BYTES, depth_max: int = DEPTH_MAX
) -> list[object]:
    """The list `raw` holds, as strictly as `parse_object`; raises `StrictJsonError`."""
    document = _parsed(raw, size_max_bytes, depth_max)
    if not isinstance(document, list):
        raise StrictJsonError(f"holds a {type(document).__name__}, not a list")
    return document


def _parsed(raw: bytes, size_max_bytes: int, depth_max: int) -> object:
    if len(raw) > size_max_bytes:
        raise StrictJsonError(f"{len(raw)} bytes: at most {size_max_bytes} are read")
    if raw.startswith(_BOM):
        raise StrictJsonError("begins with a byte order mark")
    if b"\0" in raw:
        raise StrictJsonError(f"NUL byte at offset {raw.index(0)}")
    document = _parse(raw, depth_max)
    _check_values(document, depth_max)
    if b"\\u" in raw:
        _check_characters(document)
    return document


def _parse(raw: bytes, depth_max: int) -> object:
    try:
        return json.loads(
            raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError as error:
        raise StrictJsonError(f"not UTF-8 at offset {error.start}") from error
    except RecursionError as error:
        raise StrictJsonError(f"nested deeper than {depth_max}") from error
    except json.JSONDecodeError as error:
        raise StrictJsonError(f"{error.msg} at line {error.lineno} column {error.colno}") from error
    except ValueError as error:
        raise StrictJsonError(str(error)) from error


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        doubled, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise StrictJsonError(f"key {doubled!r} appears twice")
    return document


def _check_characters(document: object) -> None:
    """Refuse an escape of one surrogate alone: such text cannot be printed or written anywhere."""
    try:
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise StrictJsonError("half a character: a lone surrogate escape") from error


def _refuse_constant(literal: str) -> object:
    raise StrictJsonError(f"{literal} is not a number")


def _check_values(document: object, depth_max: int) -> None:
    """Refuse numbers beyond floating point and nesting beyond `depth_max`."""
    level: list[object] = [document]
    for _ in range(depth_max):
        below: list[object] = []
        for value in level:
            if isinstance(value, dict):
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
            elif isinstance(value, int | float) and not abs(value) <= _NUMBER_MAX:
                raise StrictJsonError("a number beyond the range of floating point")
        if not below:
            return
        level = below
    raise StrictJsonError(f"nested deeper than {depth_max}")
