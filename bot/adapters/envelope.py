"""One generation of a stored document: a readable file that proves it is whole.

The envelope is a JSON object whose last member is the document; the checksum is over both
numbers and the bytes of the document as they stand in the file, so any changed byte is seen
(FAULTS D07, D08).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from bot.adapters.fast_json import text_encoder
from bot.adapters.strict_json import StrictJsonError, parse_object

_MARK = b',\n "document": '
_END = b"\n}\n"


class Generation(NamedTuple):
    """A document as it was saved the `number`-th time."""

    number: int
    schema_version: int
    document: dict[str, object]


class EnvelopeError(ValueError):
    """Bytes that are not a whole generation; says what is wrong."""


def document_bytes(document: Mapping[str, object]) -> bytes:
    """Strict JSON of a document, for people too: one line per entry of its collections.

    Raises `ValueError` or `TypeError` for what strict JSON cannot hold (NaN, other types).
    """
    lines = [f"  {_key(str(name))}: {_spread(value)}" for name, value in document.items()]
    return ("{\n" + ",\n".join(lines) + "\n }").encode("utf-8") if lines else b"{}"


def seal(number: int, schema_version: int, body: bytes) -> bytes:
    """The file of generation `number` around the document's bytes."""
    digest = _digest(number, schema_version, body)
    head = f'{{\n "generation": {number},\n "schema": {schema_version},\n "sha256": "{digest}"'
    return head.encode("ascii") + _MARK + body + _END


def unseal(raw: bytes) -> Generation:
    """The generation a file holds; raises `EnvelopeError` unless every byte of it is right."""
    try:
        envelope = parse_object(raw)
    except StrictJsonError as error:
        raise EnvelopeError(str(error)) from error
    number, schema_version = envelope.get("generation"), envelope.get("schema")
    document, digest = envelope.get("document"), envelope.get("sha256")
    if not (_is_count(number) and _is_count(schema_version) and isinstance(document, dict)):
        raise EnvelopeError("generation, schema or document are missing or of the wrong type")
    start, end = raw.find(_MARK), len(raw) - len(_END)
    if start < 0 or not raw.endswith(_END):
        raise EnvelopeError("the envelope was rewritten by another program")
    body = raw[start + len(_MARK) : end]
    generation = Generation(int(str(number)), int(str(schema_version)), document)
    if _digest(generation.number, generation.schema_version, body) != digest:
        raise EnvelopeError("checksum does not fit: the file was damaged or edited")
    if seal(generation.number, generation.schema_version, body) != raw:
        raise EnvelopeError("the envelope was damaged or edited")
    return generation


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _digest(number: int, schema_version: int, body: bytes) -> str:
    return hashlib.sha256(b"%d:%d:%s" % (number, schema_version, body)).hexdigest()


def _spread(value: object) -> str:
    """A collection of collections with one line per entry; everything else on one line."""
    if isinstance(value, dict) and any(isinstance(entry, _NESTED) for entry in value.values()):
        entries = [f"   {_key(str(name))}: {_text(entry)}" for name, entry in value.items()]
        return "{\n" + ",\n".join(entries) + "\n  }"
    if isinstance(value, list | tuple) and any(isinstance(entry, _NESTED) for entry in value):
        return "[\n" + ",\n".join([f"   {_text(entry)}" for entry in value]) + "\n  ]"
    return _text(value)


_NESTED = (dict, list, tuple)
_text = text_encoder()
_key = lru_cache(maxsize=2_048)(_text)
"""Names come again with every save."""
