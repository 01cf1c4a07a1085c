"""Forward migrations of the snapshot: from each schema version to the next, never back (D08).

A version is kept as a fixture for good, and the shape of today's is pinned by a test: whoever
changes it raises `SCHEMA_VERSION`, writes the step here and stores a fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Document = dict[str, object]


def _second(document: Document) -> Document:
    """From 1, which had no marks of what was settled, and at first no cash already looked at.

    What a field had no value for takes today's default; money that was paid in or out before the
    snapshot had already moved the day's base, and must not move it again.
    """
    moved = dict(document)
    day = moved.get("day")
    if isinstance(day, dict) and "cash_seen_money" not in day:
        moved["day"] = {**day, "cash_seen_money": day.get("cash_money", 0.0)}
    return moved


MIGRATIONS: Mapping[int, Callable[[Document], Document]] = {1: _second}
"""What turns a document of a version into one of the next."""
