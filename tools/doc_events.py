"""The page of journal events, from the event classes."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator

from bot.model.events import EVENTS, Event
from tools.doc_text import NOTE, one_line, table

_ENVELOPE = (
    ("event", "str", "name of the event, as in the headings below"),
    ("seq", "int", "number of the line, never twice"),
    ("at_utc_s", "float", "seconds since 1970-01-01 00:00 UTC"),
    ("day", "int", "day of the server's clock, counted from 1970-01-01"),
    ("prev", "str", "check of the line before, so that a lost line is noticed"),
    ("crc", "str", "check of this line"),
)

_UNITS = {
    "_utc_s": "seconds since 1970-01-01 00:00 UTC",
    "_money": "account currency",
    "_price": "price",
    "_lots": "lots",
    "_fraction": "0 to 1",
    "_factor": "multiplier",
    "_count": "how many",
    "_ticket": "the broker's number",
    "_r": "multiples of the setup's first risk",
    "_s": "seconds",
}


def events_page() -> str:
    """The whole text of docs/events.md."""
    parts = [
        "# Events\n",
        NOTE,
        "Everything the bot did and refused is one line of JSON in `journal/YYYY-MM-DD.jsonl`, one "
        "file per server day. Every page, status and report is a fold over these lines. A durable "
        "event is on disk before the code goes on.\n",
        "Each line begins and ends with the same fields:\n",
        table(("field", "type", "meaning"), [(f"`{n}`", t, says) for n, t, says in _ENVELOPE]),
    ]
    for title, kinds in _chapters():
        parts.append(f"## {title}\n")
        parts += [_event_text(kind) for kind in kinds]
    return "\n".join(parts)


def unit_of_field(name: str) -> str:
    """What the ending of a field's name says about its value; empty when it says nothing."""
    endings = [ending for ending in _UNITS if name.endswith(ending)]
    if name == "lots":
        return _UNITS["_lots"]
    return _UNITS[max(endings, key=len)] if endings else ""


def _chapters() -> Iterator[tuple[str, list[type[Event]]]]:
    """Events by the module they live in, titled by its docstring."""
    modules = list(dict.fromkeys(kind.__module__ for kind in EVENTS.values()))
    for name in modules:
        title = one_line(sys.modules[name].__doc__ or name).split(". ")[0].rstrip(".")
        yield title, [kind for kind in EVENTS.values() if kind.__module__ == name]


def _event_text(kind: type[Event]) -> str:
    durable = " Durable." if kind.DURABLE else ""
    fields = [
        (f"`{part.name}`", f"`{part.type}`", unit_of_field(part.name))
        for part in dataclasses.fields(kind)
    ]
    says = one_line(kind.__doc__ or "")
    return f"### {kind.__name__}\n\n{says}{durable}\n\n{table(('field', 'type', 'unit'), fields)}"
