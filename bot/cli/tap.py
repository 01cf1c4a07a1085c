"""A journal that lets others see each event as it is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.model.events import Event
from bot.ports import Journal


class TappedJournal:
    """Passes every event on to `listen` after it is recorded."""

    def __init__(self, journal: Journal, listen: Callable[[Event], None]) -> None:
        self._journal = journal
        self._listen = listen

    def record(self, event: Event) -> None:
        """Record, then tell. Raises `StoreError` when it could not be recorded; nobody is told."""
        self._journal.record(event)
        self._listen(event)

    def events(self, day: int | None = None) -> Sequence[Mapping[str, object]]:
        """What the journal holds."""
        return self._journal.events(day)
