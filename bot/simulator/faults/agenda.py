"""What is due at simulated moments, in order."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

from bot.simulator.faults.seam import NEVER_MS

Action = Callable[[], None]


class Agenda:
    """Actions by UTC millisecond; those of one moment run in the order they were entered."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, int, Action]] = []
        self._entered_count = 0

    def at(self, moment_ms: int, action: Action) -> None:
        """Run `action` at that moment; never, if it is `NEVER_MS` or later."""
        if moment_ms < NEVER_MS:
            heappush(self._entries, (moment_ms, self._entered_count, action))
            self._entered_count += 1

    def next_ms(self) -> int:
        """The earliest moment entered; `NEVER_MS` when there is none."""
        return self._entries[0][0] if self._entries else NEVER_MS

    def run_due(self, now_ms: int) -> None:
        """Run everything due by now, what is entered meanwhile included."""
        while self._entries and self._entries[0][0] <= now_ms:
            heappop(self._entries)[2]()
