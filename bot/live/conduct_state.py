"""What conduct must not forget over a restart: the latest entries, with their times and sizes."""

from __future__ import annotations

from dataclasses import dataclass, field

ENTRIES_KEPT_COUNT = 60


@dataclass(slots=True)
class EntryNote:
    """The last request of a setup that the broker took, or may have taken."""

    setup_id: int
    symbol: str
    at_utc_s: float
    risk_balance_fraction: float


@dataclass(slots=True)
class ConductState:
    """The latest entries, newest last; one line per setup, however often its order was replaced."""

    entries: list[EntryNote] = field(default_factory=list)

    def note(self, entry: EntryNote) -> None:
        """Take an entry in, in place of an earlier one of its setup."""
        self.entries = [known for known in self.entries if known.setup_id != entry.setup_id]
        self.entries.append(entry)
        del self.entries[:-ENTRIES_KEPT_COUNT]
