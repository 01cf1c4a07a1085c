"""Random valid arguments for the calendar rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bot.rules.calendar import DAY_S
from bot.timezones import server_offset_table

Generator = np.random.Generator

TABLE = server_offset_table()


def moment_utc_s(rng: Generator) -> float:
    return float(rng.integers(946_684_800, 2_100_000_000))


def day(rng: Generator) -> int:
    return int(rng.integers(10_957, 24_300))


def second(rng: Generator) -> float:
    return float(rng.integers(0, DAY_S))


def at_moment(rng: Generator) -> tuple[object, ...]:
    return moment_utc_s(rng), TABLE


GENERATORS: dict[str, Callable[[Generator], tuple[object, ...]]] = {
    "bot.rules.calendar.offset_at": at_moment,
    "bot.rules.calendar.server_s": at_moment,
    "bot.rules.calendar.utc_from_server_s": at_moment,
    "bot.rules.calendar.server_day": at_moment,
    "bot.rules.calendar.day_start_utc_s": lambda r: (day(r), TABLE),
    "bot.rules.calendar.weekday_of": lambda r: (day(r),),
    "bot.rules.calendar.seconds_into_day": at_moment,
    "bot.rules.calendar.is_weekend": at_moment,
    "bot.rules.calendar.next_day_start_utc_s": at_moment,
    "bot.rules.calendar.days_ended_count": lambda r: (day(r), moment_utc_s(r), TABLE),
    "bot.rules.calendar.in_window": lambda r: (second(r), second(r), second(r)),
    "bot.rules.calendar.resting_lead_s": lambda r: (r.uniform(1.0, 600.0),),
    "bot.rules.calendar.is_rollover_window": lambda r: (
        moment_utc_s(r),
        TABLE,
        second(r),
        second(r),
    ),
    "bot.rules.calendar.friday_close_within": lambda r: (moment_utc_s(r), TABLE, second(r)),
    "bot.rules.calendar.is_week_open": at_moment,
    "bot.rules.calendar.entries_open": lambda r: (moment_utc_s(r), TABLE, second(r)),
}
