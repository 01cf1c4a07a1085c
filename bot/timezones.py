"""Turns a named time zone into the offset table that rules understand."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from bot.model.firm_clock import SERVER_MIDNIGHT, FirmClock
from bot.model.market import OffsetTable

_FIXED_ZONE = re.compile(r"^UTC([+-])([0-9]{2}):([0-9]{2})$")
_DAY_S, _NOON_S = 86_400, 43_200
_FIRST_YEAR, _LAST_YEAR = 1990, 2037


@lru_cache(maxsize=16)
def offset_table(zone_name: str, shift_s: int = 0) -> OffsetTable:
    """Offsets of `zone_name` plus `shift_s` from UTC, 1990 to 2037.

    The MT5 server of The5ers shows New York time plus seven hours (PROP_RULES A3):
    `offset_table("America/New_York", 7 * 3600)`. An unknown zone raises `ZoneInfoNotFoundError`.
    """
    zone = ZoneInfo(zone_name)
    starts: list[int] = []
    offsets: list[int] = []
    moment = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC)
    end = datetime(_LAST_YEAR, 12, 31, tzinfo=UTC)
    step = timedelta(days=1)
    while moment < end:
        if not offsets or _offset_s(moment, zone) + shift_s != offsets[-1]:
            starts.append(_transition_s(moment, zone) if offsets else 0)
            offsets.append(_offset_s(moment, zone) + shift_s)
        moment += step
    return OffsetTable(np.array(starts, dtype=np.int64), np.array(offsets, dtype=np.int64))


def server_offset_table() -> OffsetTable:
    """The clock of the firm's MT5 server: New York plus seven hours, US changeover dates."""
    return firm_day_table(SERVER_MIDNIGHT)


@lru_cache(maxsize=16)
def firm_day_table(clock: FirmClock) -> OffsetTable:
    """A clock whose midnights are the firm's resets, so that its dates are the firm's days.

    A reset from noon on begins the day after (17:00 New York on the 9th begins the 10th), an
    earlier one the day of its own date. Raises `ZoneInfoNotFoundError` for an unknown zone.
    """
    shift_s = _DAY_S - clock.reset_s if clock.reset_s >= _NOON_S else -clock.reset_s
    fixed = _FIXED_ZONE.match(clock.zone_name)
    if fixed is None:
        return offset_table(clock.zone_name, shift_s)
    sign, hours, minutes = fixed.groups()
    offset_s = (int(hours) * 60 + int(minutes)) * 60 * (-1 if sign == "-" else 1)
    return OffsetTable(
        np.array([0], dtype=np.int64), np.array([offset_s + shift_s], dtype=np.int64)
    )


def _offset_s(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _transition_s(after: datetime, zone: ZoneInfo) -> int:
    """First second of the offset that holds at `after`, which began in the day before it."""
    new = _offset_s(after, zone)
    low, high = int(after.timestamp()) - 86_400, int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_s(datetime.fromtimestamp(middle, UTC), zone) == new:
            high = middle
        else:
            low = middle
    return high
