"""A calendar somebody vouches for: a simulation's, whose releases its market made itself."""

from __future__ import annotations

from math import inf

from bot.model.news import CalendarRead, CalendarSource, NewsEvent, SourceFacts, SourceStatus


class DeclaredCalendar:
    """Always fresh; with no events it says that there are none, not that nobody knows."""

    def __init__(self, name: str, events: tuple[NewsEvent, ...] = ()) -> None:
        facts = SourceFacts(
            status=SourceStatus.READ.value,
            is_required=True,
            is_declared=True,
            written_utc_s=0.0,
            covers_from_utc_s=-inf,
            covers_until_utc_s=inf,
            rows_count=len(events),
        )
        by_time = tuple(sorted(events, key=lambda event: event.utc_s))
        self._read = CalendarRead(by_time, (CalendarSource(name, facts),))

    def events(self) -> CalendarRead:
        """The same reading, always."""
        return self._read
