"""Faults of clocks: the server's offset, its changeover dates, and the host's own clock."""

from __future__ import annotations

import numpy as np

from bot.errors import ParamsError
from bot.model.market import OffsetTable
from bot.simulator.faults.injection import Injection, Undo
from bot.timezones import offset_table

_HOUR_S = 3600


def move_offset(injection: Injection) -> Undo:
    """C01: the server's clock is set to another offset."""
    return _shift_server(injection, injection.whole("shift_s"))


def bend_day(injection: Injection) -> Undo:
    """C02: the server day that is now has 23 or 25 hours."""
    hours = injection.whole("hours")
    return _shift_server(injection, (24 - hours) * _HOUR_S)


def _shift_server(injection: Injection, shift_s: int) -> Undo:
    clock = injection.world.state.clock
    _go_by(injection, _moved(clock.table, shift_s))
    injection.note = f"server clock {shift_s:+d} s"
    return lambda: _go_by(injection, _moved(clock.table, -shift_s))


def change_zone(injection: Injection) -> Undo:
    """C03: the server changes to and from summer time on other dates than New York."""
    before, zone = injection.world.state.clock.table, injection.word("zone")
    try:
        _go_by(injection, offset_table(zone, injection.whole("shift_s")))
    except (KeyError, ValueError) as error:
        message = f"C03: zone is {zone!r}; allowed: names of the time zone database ({error})"
        raise ParamsError(message) from error
    injection.note = f"server clock by {zone}"
    return lambda: _go_by(injection, before)


def _go_by(injection: Injection, table: OffsetTable) -> None:
    """Let the server go by another clock from now on; what is past keeps its stamps."""
    state, now_s = injection.world.state, int(injection.world.now_utc_s)
    past = state.clock.table
    is_past, is_later = past.starts_utc_s < now_s, table.starts_utc_s > now_s
    here = max(0, len(is_later) - int(is_later.sum()) - 1)
    now = np.array([now_s], dtype=np.int64)
    state.clock.change_to(
        OffsetTable(
            np.concatenate([past.starts_utc_s[is_past], now, table.starts_utc_s[is_later]]),
            np.concatenate(
                [
                    past.offsets_s[is_past],
                    table.offsets_s[here : here + 1],
                    table.offsets_s[is_later],
                ]
            ),
        )
    )
    state.books_changed()


def _moved(table: OffsetTable, shift_s: int) -> OffsetTable:
    return OffsetTable(table.starts_utc_s, table.offsets_s + shift_s)


def step_host_clock(injection: Injection) -> Undo:
    """C04, C05: the computer's own clock is wrong by so much."""
    world, step_s = injection.world, injection.number("step_s")
    world.host_clock_error_s += step_s
    injection.note = f"host clock {step_s:+g} s"

    def step_back() -> None:
        world.host_clock_error_s -= step_s

    return step_back
