"""The server's wall clock for single moments, fast enough for every quote."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from bot.model.market import OffsetTable
from bot.rules.calendar import DAY_S, day_start_utc_s, server_day, utc_from_server_s
from bot.timezones import server_offset_table

_FAR_S = 1 << 60


class ServerClock:
    """Server wall clock from UTC; remembers the offset in force, which changes twice a year."""

    __slots__ = ("_from_s", "_offset_s", "_offsets", "_starts", "_until_s", "table")

    def __init__(self, table: OffsetTable | None = None) -> None:
        self.change_to(server_offset_table() if table is None else table)

    def change_to(self, table: OffsetTable) -> None:
        """Go by another table from now on; what was stamped before stays as it is."""
        self.table = table
        self._starts = [int(start) for start in self.table.starts_utc_s]
        self._offsets = [int(offset) for offset in self.table.offsets_s]
        self._from_s = self._until_s = 0
        self._offset_s = self._offsets[0]

    @property
    def offset_range_s(self) -> tuple[int, int]:
        """Smallest and largest offset this clock ever has."""
        return min(self._offsets), max(self._offsets)

    def offset_s(self, utc_s: float) -> int:
        """Seconds to add to UTC at that moment."""
        if self._from_s <= utc_s < self._until_s:
            return self._offset_s
        index = max(0, bisect_right(self._starts, utc_s) - 1)
        self._from_s = self._starts[index] if index else -_FAR_S
        self._until_s = self._starts[index + 1] if index + 1 < len(self._starts) else _FAR_S
        self._offset_s = self._offsets[index]
        return self._offset_s

    def wall_ms(self, utc_ms: int) -> int:
        """The wall clock, as epoch milliseconds, at a UTC moment in milliseconds."""
        return utc_ms + self.offset_s(utc_ms / 1000) * 1000

    def utc_ms(self, wall_s: int) -> int:
        """The UTC moment of a wall clock second; in a doubled hour the earlier one."""
        return int(utc_from_server_s(float(wall_s), self.table)) * 1000

    def midnight_after_ms(self, utc_ms: int) -> int:
        """The first server midnight strictly after a UTC moment."""
        next_day = server_day(utc_ms / 1000, self.table) + 1
        found_ms = int(day_start_utc_s(next_day, self.table)) * 1000
        if found_ms > utc_ms:
            return found_ms
        # the clock was moved within hours of a changeover: go by what it shows now
        return int(next_day * DAY_S - self.offset_s(utc_ms / 1000)) * 1000

    def day_start_ms(self, utc_ms: int) -> int:
        """The UTC moment at which the server day of that moment began."""
        return int(day_start_utc_s(server_day(utc_ms / 1000, self.table), self.table)) * 1000


def spliced(past: OffsetTable, future: OffsetTable, now_utc_s: int) -> OffsetTable:
    """The offsets of `past` before `now_utc_s` and those of `future` from then on."""
    is_past, is_later = past.starts_utc_s < now_utc_s, future.starts_utc_s > now_utc_s
    here = max(0, len(is_later) - int(is_later.sum()) - 1)
    now = np.array([now_utc_s], dtype=np.int64)
    return OffsetTable(
        np.concatenate([past.starts_utc_s[is_past], now, future.starts_utc_s[is_later]]),
        np.concatenate(
            [
                past.offsets_s[is_past],
                future.offsets_s[here : here + 1],
                future.offsets_s[is_later],
            ]
        ),
    )
