"""Halts: latched with day and reason, cleared only by their own rule (I6)."""

from __future__ import annotations

from bot.live.record import Record
from bot.live.state import Halt
from bot.model.events import HaltCleared, HaltLatched
from bot.model.market import OffsetTable
from bot.rules.calendar import server_day

NEXT_SERVER_DAY = "next_server_day"
PERSON = "person"


class HaltBook:
    """Latches and clears; a restart changes nothing, because halts live in the state."""

    def __init__(self, record: Record, table: OffsetTable) -> None:
        self._record = record
        self._table = table

    def latch(self, kind: str, reason: str, *, needs_person: bool, flattens: bool) -> None:
        """Latch a halt; a second latch of the same kind changes nothing."""
        halts = self._record.state.halts
        if kind in halts:
            return
        now = self._record.now_utc_s()
        resets = PERSON if needs_person else NEXT_SERVER_DAY
        halts[kind] = Halt(
            kind=kind,
            reason=reason,
            since_utc_s=now,
            day=server_day(now, self._table),
            resets=resets,
            flattens=flattens,
        )
        self._record.event(HaltLatched(halt=kind, reason=reason, resets=resets, flattens=flattens))
        self._record.save()

    def clear(self, kind: str, reason: str) -> None:
        """Clear a halt because its reset rule was met."""
        if self._record.state.halts.pop(kind, None) is not None:
            self._record.state.cleared_utc_s[kind] = self._record.now_utc_s()
            self._record.event(HaltCleared(halt=kind, reason=reason))

    def new_day(self, day: int) -> None:
        """Clear what resets with the server day; a halt of this very day stays."""
        for halt in list(self._record.state.halts.values()):
            if halt.resets == NEXT_SERVER_DAY and halt.day < day:
                self.clear(halt.kind, "next server day")

    def flattening(self) -> list[Halt]:
        """Halts that want the account flat and have not seen it confirmed."""
        halts = self._record.state.halts.values()
        return [halt for halt in halts if halt.flattens and not halt.is_flat_confirmed]
