"""A line of the journal as an alert says it: the words of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from bot.model.events import EVENTS
from bot.report.headline import headline


def words_of(kind: str, line: Mapping[str, object]) -> str:
    """The event in one line; only its name when the line is another version's."""
    event = EVENTS.get(kind)
    if event is None:
        return f"{kind}: {line.get('detail', '')}".rstrip(": ")
    try:
        said = headline(event(**{f.name: line[f.name] for f in fields(event) if f.name in line}))
    except (TypeError, ValueError, KeyError, AttributeError):
        said = ""
    return f"{kind}: {said}".rstrip(": ")
