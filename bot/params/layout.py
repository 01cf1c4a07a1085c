"""A document as a person likes to read it: small objects on one line, long lists wrapped."""

from __future__ import annotations

import json

from bot.params.reader import Document, Json

_WIDTH = 88


def laid_out(document: Document) -> str:
    """The document as JSON text ending in a newline; the same document gives the same text."""
    return _lines(document, 0) + "\n"


def _lines(value: Json, depth: int) -> str:
    inline = json.dumps(value, ensure_ascii=False)
    if depth > 1 and len(inline) + 2 * depth < _WIDTH:
        return inline
    if isinstance(value, dict) and value:
        rows = [
            f"{json.dumps(key, ensure_ascii=False)}: {_lines(item, depth + 1)}"
            for key, item in value.items()
        ]
        return _block("{", rows, "}", depth)
    if isinstance(value, list) and value:
        return _block("[", _list_rows(value, depth), "]", depth)
    return inline


def _list_rows(values: list[Json], depth: int) -> list[str]:
    """Plain values fill lines, objects and long text have a line each."""
    rows: list[str] = []
    for value in values:
        text = _lines(value, depth + 1)
        is_plain = not isinstance(value, dict | list)
        if is_plain and rows and len(rows[-1]) + len(text) + 2 * depth < _WIDTH:
            rows[-1] += f", {text}"
        else:
            rows.append(text)
    return rows


def _block(opening: str, rows: list[str], closing: str, depth: int) -> str:
    pad = "  " * depth
    inner = ",\n".join(f"{pad}  {row}" for row in rows)
    return f"{opening}\n{inner}\n{pad}{closing}"
