"""JSON texts by the thousand: the standard library's encoder, set up once instead of per text."""

from __future__ import annotations

import json
from collections.abc import Callable
from json import encoder


def text_encoder(
    separators: tuple[str, str] = (", ", ": "),
    default: Callable[[object], object] | None = None,
) -> Callable[[object], str]:
    """Strict JSON of a value on one line; `separators` between items and behind keys.

    The text is that of `json.JSONEncoder`, which builds its compiled encoder for every text anew.
    `default` stands in for what JSON does not know. The encoder raises `ValueError` for numbers
    that are not finite, `TypeError` for other types, `RecursionError` for what holds itself.
    """
    plain = json.JSONEncoder(
        ensure_ascii=False,
        allow_nan=False,
        check_circular=False,
        separators=separators,
        default=default,
    )
    make = getattr(encoder, "c_make_encoder", None)  # CPython's; other Pythons have none
    if make is None:
        return plain.encode
    item, key = separators
    chunks = make(
        markers=None,
        default=plain.default,
        encoder=encoder.encode_basestring,
        indent=None,
        key_separator=key,
        item_separator=item,
        sort_keys=False,
        skipkeys=False,
        allow_nan=False,
    )

    def text(value: object) -> str:
        return "".join(chunks(value, 0))

    return text
