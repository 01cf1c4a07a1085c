"""The calendar of news: whether it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.events.base import Event


@dataclass(frozen=True, slots=True)
class CalendarChanged(Event):
    """The calendar became fresh, missing, stale or empty; anything but fresh blocks entries."""

    before: str
    after: str
    reason: str
    sources: tuple[str, ...]
    events_count: int
