"""Bars are made once per feed and clock, and shared by everyone who looks at that feed."""

from __future__ import annotations

import numpy as np
import pytest
from fault_builders import H1_CODE, with_bars
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import DataError
from bot.model.market import OffsetTable
from bot.simulator.bar_collapse import D1_S, H1_S
from bot.simulator.bar_table import bar_table
from bot.simulator.session_clock import server_times_s
from bot.simulator.terminal import SimulatedTerminal
from bot.timezones import offset_table, server_offset_table

CLOCK = server_offset_table()
OTHER_CLOCK = offset_table("UTC")


def test_two_terminals_of_one_market_share_its_tables() -> None:
    terminal, _ = with_bars()
    twin = SimulatedTerminal(terminal._state.market)
    feeds = [one._state.desks["EURUSD"].feed for one in (terminal, twin)]
    tables = [bar_table(feed, H1_S, CLOCK) for feed in feeds]
    assert tables[0] is tables[1]
    assert bar_table(feeds[0], D1_S, CLOCK) is not tables[0]


def test_another_clock_makes_another_table() -> None:
    feed = with_bars()[0]._state.desks["EURUSD"].feed
    ours, theirs = bar_table(feed, H1_S, CLOCK), bar_table(feed, H1_S, OTHER_CLOCK)
    assert (ours.times - theirs.times == 3 * H1_S).all()
    assert bar_table(feed, H1_S, CLOCK).times[0] == ours.times[0]


def test_prices_that_a_fault_changed_are_seen_by_its_own_terminal_alone() -> None:
    calm, _ = with_bars()
    struck, plan = with_bars()
    before = struck.copy_rates_from_pos("EURUSD", H1_CODE, 0, 3)
    plan.add("B32", at_utc_s=struck.now_utc_s + 1.0)
    for terminal in (calm, struck):
        terminal.advance_to(terminal.now_utc_s + H1_S)
    after = struck.copy_rates_from_pos("EURUSD", H1_CODE, 0, 3)
    assert (before["time"][1:] <= after["time"][1:]).all()
    assert not np.array_equal(after, calm.copy_rates_from_pos("EURUSD", H1_CODE, 0, 3))


@given(
    starts=st.lists(st.integers(1, 10_000), min_size=0, max_size=12, unique=True).map(sorted),
    moments=st.lists(st.integers(-100, 11_000), min_size=0, max_size=30),
    steps=st.lists(st.integers(-14, 14), min_size=13, max_size=13),
)
def test_offsets_of_many_moments_are_those_of_each(
    starts: list[int], moments: list[int], steps: list[int]
) -> None:
    clock = OffsetTable(
        np.array([0, *starts], dtype=np.int64),
        3600 * np.array(steps[: len(starts) + 1], dtype=np.int64),
    )
    shown = server_times_s(np.array(moments, dtype=np.int64), clock)
    expected = [
        at + int(clock.offsets_s[max(0, int(np.searchsorted(clock.starts_utc_s, at, "right")) - 1)])
        for at in moments
    ]
    assert shown.tolist() == expected


def test_a_table_cannot_be_asked_for_a_timeframe_the_terminal_does_not_have() -> None:
    feed = with_bars()[0]._state.desks["EURUSD"].feed
    with pytest.raises(DataError, match="timeframe 61 s does not exist"):
        bar_table(feed, 61, CLOCK)
