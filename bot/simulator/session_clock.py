"""The server's wall clock and its trading sessions, over whole arrays of moments.

The scalar twins are in `bot.rules.calendar`; both read the same offset table.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.model.market import IntArray, OffsetTable
from bot.rules.calendar import DAY_S, HOUR_S
from bot.simulator.symbols import Sessions, SymbolContract

_EPOCH_WEEKDAY: Final = 3  # 1970-01-01 was a Thursday; Monday is 0
_SEARCH_S: Final = 15 * HOUR_S  # farther than any clock is from UTC
_FEW_CHANGES_COUNT: Final = 6  # up to so many, one comparison each is quicker than a search


def server_times_s(utc_s: IntArray, clock: OffsetTable) -> IntArray:
    """The server's wall clock, as epoch seconds, at each UTC moment."""
    return utc_s + _offsets_s(utc_s, clock)


def utc_times_s(wall_s: IntArray, clock: OffsetTable) -> IntArray:
    """The UTC moment of each wall-clock time; in a doubled hour the earlier of the two."""
    earlier = wall_s - _offsets_s(wall_s - _SEARCH_S, clock)
    later = wall_s - _offsets_s(wall_s + _SEARCH_S, clock)
    return np.where(server_times_s(earlier, clock) == wall_s, earlier, later)


def is_repeated_hour(utc_s: IntArray, clock: OffsetTable) -> NDArray[np.bool_]:
    """Whether the server's clock has shown this time before, an hour of UTC earlier.

    No simulated symbol is quoted then: only crypto could be, and its bars would come twice.
    """
    index = np.searchsorted(clock.starts_utc_s, utc_s, side="right") - 1
    steps_back = np.maximum(-np.diff(clock.offsets_s, prepend=clock.offsets_s[0]), 0)
    index = np.maximum(index, 0)
    return np.asarray(utc_s - clock.starts_utc_s[index] < steps_back[index], dtype=np.bool_)


def weekdays(server_s: IntArray) -> IntArray:
    """Weekday of each wall-clock time: Monday 0 to Sunday 6."""
    return (server_s // DAY_S + _EPOCH_WEEKDAY) % 7


def open_spans_utc_s(
    open_utc_s: IntArray, timeframe_s: int, contract: SymbolContract, clock: OffsetTable
) -> tuple[IntArray, IntArray]:
    """First second and end of the part of each bar that lies in one session of its server day.

    A bar that touches several sessions gets the longest part; one that touches none, or repeats an
    hour of the server's clock, gets an empty span. For timeframes up to one day.
    """
    wall_s = server_times_s(open_utc_s, clock)
    from_day_s = wall_s % DAY_S
    days = weekdays(wall_s)
    best_from = np.zeros_like(from_day_s)
    best_length = np.zeros_like(from_day_s)
    for froms, tos in _session_slots(contract.sessions):
        low = np.maximum(from_day_s, froms[days])
        length = np.minimum(from_day_s + timeframe_s, tos[days]) - low
        better = length > best_length
        best_from = np.where(better, low - from_day_s, best_from)
        best_length = np.where(better, length, best_length)
    best_length = np.where(is_repeated_hour(open_utc_s, clock), 0, best_length)
    starts = open_utc_s + best_from
    return starts, starts + best_length


def _session_slots(sessions: Sessions) -> list[tuple[IntArray, IntArray]]:
    """The n-th session of every weekday as two arrays of seven; a missing one is empty."""
    count = max((len(day) for day in sessions), default=0)
    slots = []
    for n in range(count):
        spans = [day[n] if n < len(day) else (0, 0) for day in sessions]
        pairs = np.array(spans, dtype=np.int64)
        slots.append((pairs[:, 0], pairs[:, 1]))
    return slots


def _offsets_s(utc_s: IntArray, clock: OffsetTable) -> IntArray:
    """The offset at each moment; the clock changes so seldom that most arrays see few changes."""
    starts, offsets = clock.starts_utc_s, clock.offsets_s
    if len(utc_s) == 0:
        return np.zeros_like(utc_s, dtype=np.int64)
    ends = np.searchsorted(starts, (utc_s.min(), utc_s.max()), side="right") - 1
    first, last = max(0, int(ends[0])), max(0, int(ends[1]))
    if last - first > _FEW_CHANGES_COUNT:
        index = np.searchsorted(starts, utc_s, side="right") - 1
        return offsets[np.maximum(index, 0)]
    found = np.full(len(utc_s), offsets[first], dtype=np.int64)
    for change in range(first + 1, last + 1):
        found[utc_s >= starts[change]] = offsets[change]
    return found
