"""Trading days, weekends and nights on the server's clock, in plain numbers."""

from __future__ import annotations

import numpy as np

from bot.model.market import OffsetTable
from bot.rules._rule import rule

DAY_S = 86_400
HOUR_S = 3_600
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0
_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6

FRIDAY_CLOSE_S = 23 * HOUR_S + 49 * 60
"""The week's last quote on the server's clock, measured the year round (PROP_RULES A3)."""

_WEEK_OPEN_S = 2 * HOUR_S  # FX opens at 00:05, metals and indices at 01:05


@rule
def offset_at(utc_s: float, table: OffsetTable) -> int:
    """Seconds to add to UTC at the moment `utc_s` to read the server's clock."""
    index = int(np.searchsorted(table.starts_utc_s, utc_s, side="right")) - 1
    return int(table.offsets_s[max(0, index)])


@rule
def server_s(utc_s: float, table: OffsetTable) -> float:
    """The server's wall clock, written as epoch seconds, at the moment `utc_s`."""
    return utc_s + offset_at(utc_s, table)


@rule
def utc_from_server_s(wall_s: float, table: OffsetTable) -> float:
    """The UTC moment of a server wall clock; in a doubled hour the earlier of the two."""
    earlier = wall_s - offset_at(wall_s - 15 * HOUR_S, table)
    later = wall_s - offset_at(wall_s + 15 * HOUR_S, table)
    if earlier + offset_at(earlier, table) == wall_s:
        return earlier
    return later


@rule
def server_day(utc_s: float, table: OffsetTable) -> int:
    """The server date as days since 1970-01-01; a moment exactly at midnight is the new day."""
    return int(server_s(utc_s, table) // DAY_S)


@rule
def day_start_utc_s(day: int, table: OffsetTable) -> float:
    """The UTC moment at which server day `day` begins."""
    return utc_from_server_s(float(day * DAY_S), table)


@rule
def weekday_of(day: int) -> int:
    """Weekday of a server day: Monday 0 … Sunday 6."""
    return (day + _EPOCH_WEEKDAY) % 7


@rule
def seconds_into_day(utc_s: float, table: OffsetTable) -> float:
    """Seconds since server midnight."""
    return server_s(utc_s, table) % DAY_S


@rule
def is_weekend(utc_s: float, table: OffsetTable) -> bool:
    """Whether the server's clock shows Saturday or Sunday (no FX, metals or indices)."""
    return weekday_of(server_day(utc_s, table)) >= _SATURDAY


@rule
def next_day_start_utc_s(utc_s: float, table: OffsetTable) -> float:
    """The UTC moment of the next server midnight, strictly after `utc_s`."""
    return day_start_utc_s(server_day(utc_s, table) + 1, table)


@rule
def days_ended_count(day: int, utc_s: float, table: OffsetTable) -> int:
    """How many server days ended since server day `day` began to be counted.

    0 while the clock stands in that day or before it: a clock that steps back ends no day.
    """
    return max(0, server_day(utc_s, table) - day)


@rule
def in_window(second_of_day: float, start_s: float, end_s: float) -> bool:
    """Whether a second of the day lies in [start, end), a window that may cross midnight.

    Equal ends are an empty window.
    """
    if start_s <= end_s:
        return start_s <= second_of_day < end_s
    return second_of_day >= start_s or second_of_day < end_s


@rule
def is_rollover_window(utc_s: float, table: OffsetTable, start_s: float, end_s: float) -> bool:
    """Whether the server's clock stands in the rollover window: wide spreads, watched by firms."""
    return in_window(seconds_into_day(utc_s, table), start_s, end_s)


@rule
def resting_lead_s(resting_check_s: float) -> float:
    """How long before a window orders must rest no more: two looks at them, as one may fail."""
    return 2.0 * resting_check_s


@rule
def friday_close_within(utc_s: float, table: OffsetTable, before_close_s: float) -> bool:
    """Whether the weekly close is at most `before_close_s` away, or past on the same Friday.

    False on Saturday and Sunday. The clocks change on a Sunday, so wall seconds are true seconds.
    """
    wall_s = server_s(utc_s, table)
    day = int(wall_s // DAY_S)
    weekday = weekday_of(day)
    if weekday > _FRIDAY:
        return False
    until_close_s = (_FRIDAY - weekday) * DAY_S + FRIDAY_CLOSE_S - (wall_s - day * DAY_S)
    return until_close_s <= before_close_s


@rule
def is_week_open(utc_s: float, table: OffsetTable) -> bool:
    """Whether the trading week has just begun: the first two hours of a server Monday."""
    wall_s = server_s(utc_s, table)
    day = int(wall_s // DAY_S)
    return weekday_of(day) == 0 and wall_s - day * DAY_S < _WEEK_OPEN_S


@rule
def entries_open(utc_s: float, table: OffsetTable, before_close_s: float) -> bool:
    """Whether what rests at weekends (FX, metals, indices) may be entered, the weekend near."""
    if is_weekend(utc_s, table):
        return False
    return not friday_close_within(utc_s, table, before_close_s)
