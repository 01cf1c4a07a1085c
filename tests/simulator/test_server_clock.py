"""The server's wall clock when somebody moves it: its midnights go on."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.model.market import OffsetTable
from bot.rules.calendar import DAY_S
from bot.simulator.server_clock import ServerClock, spliced
from bot.timezones import server_offset_table

_CHANGEOVER_UTC_S = 1_772_953_200
"""Sunday, 8 March 2026, 07:00 UTC: the clocks in New York, and the server's, go an hour ahead."""


def moved(shift_s: int, at_utc_s: int) -> ServerClock:
    """A clock that somebody moved at a moment, and that follows the rule otherwise."""
    rule = server_offset_table()
    shifted = OffsetTable(rule.starts_utc_s, np.asarray(rule.offsets_s + shift_s))
    return ServerClock(spliced(rule, shifted, at_utc_s))


@given(
    shift_s=st.sampled_from((-10_800, -3_600, 3_600, 7_200)),
    moved_before_s=st.integers(-2 * DAY_S, 2 * DAY_S),
    asked_before_s=st.integers(-2 * DAY_S, 2 * DAY_S),
)
def test_the_next_midnight_lies_ahead_however_the_clock_was_moved(
    shift_s: int, moved_before_s: int, asked_before_s: int
) -> None:
    clock = moved(shift_s, _CHANGEOVER_UTC_S - moved_before_s)
    utc_ms = (_CHANGEOVER_UTC_S - asked_before_s) * 1000
    assert utc_ms < clock.midnight_after_ms(utc_ms) <= utc_ms + 30 * 3_600_000


def test_a_clock_moved_within_hours_of_a_changeover_shows_its_next_midnight() -> None:
    clock = moved(3_600, 1_772_882_467)
    assert clock.midnight_after_ms(1_772_913_600_000) == 1_772_917_200_000
