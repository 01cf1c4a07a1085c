"""Faults of clocks: the server's offset, its changeover dates, and the host's own clock."""

from __future__ import annotations

from zoneinfo import ZoneInfo

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
    injection.note = f"server clock {shift_s:+d} s"

    def shifted(table: OffsetTable) -> OffsetTable:
        return OffsetTable(table.starts_utc_s, table.offsets_s + shift_s)

    return injection.world.changes.clock(shifted)


def change_zone(injection: Injection) -> Undo:
    """C03: the server changes to and from summer time on other dates than New York."""
    zone = injection.word("zone")
    table = offset_table(zone, injection.whole("shift_s"))
    injection.note = f"server clock by {zone}"
    return injection.world.changes.clock(lambda _: table)


def is_zone(name: str) -> bool:
    """Whether the time zone database has a zone of that name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def step_host_clock(injection: Injection) -> Undo:
    """C04, C05: the computer's own clock is wrong by so much."""
    world, step_s = injection.world, injection.number("step_s")
    world.host_clock_error_s += step_s
    injection.note = f"host clock {step_s:+g} s"

    def step_back() -> None:
        world.host_clock_error_s -= step_s

    return step_back
