"""Stamps that run faster than time are old ticks delivered late, and move no clock."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.adapters.server_time import ServerTime
from bot.timezones import server_offset_table

HOUR = 3_600.0
SUMMER = datetime(2026, 7, 14, 9, 0, tzinfo=UTC).timestamp()


def test_stamps_a_minute_apart_that_came_within_seconds_prove_no_clock() -> None:
    time = ServerTime(server_offset_table())
    time.see("EURUSD", SUMMER + 3 * HOUR, SUMMER, 0.0)
    later = SUMMER + 4 * HOUR
    time.see("EURUSD", later + 1 * HOUR, later, 14_400.0)
    for stamp_s, passed_s in ((0, 10), (50, 20), (65, 25)):  # an hour old, and in a hurry
        wall_s = later + 2 * HOUR + stamp_s
        time.see("EURUSD", wall_s, later + passed_s, 14_400.0 + passed_s)
    assert time.offset_s(later) == 3 * HOUR
