"""The releases a generated market jumps with, as a calendar would have announced them."""

from __future__ import annotations

import numpy as np

from bot.model.news import Impact, NewsEvent
from bot.rules.calendar import DAY_S
from bot.simulator.generated_table import FACTORS
from bot.simulator.generated_world import draw_world
from bot.simulator.session_clock import server_times_s
from bot.timezones import server_offset_table

HISTORY_DAYS_COUNT = 900
"""Days before the start that `generated_market` draws when it is not told otherwise."""

_DOLLAR = "USD"


def generated_news(
    seed: int,
    start_utc_s: int,
    days_count: int,
    history_days_count: int = HISTORY_DAYS_COUNT,
) -> tuple[NewsEvent, ...]:
    """The releases within the live days of `generated_market` with these very arguments.

    A release that moves several factors is the dollar's, one that moves one is that currency's.
    """
    clock = server_offset_table()
    first_live_day = int(server_times_s(np.array([start_utc_s]), clock)[0]) // DAY_S
    first_day = first_live_day - history_days_count
    events = draw_world(seed, first_day, history_days_count + days_count, clock).events
    return tuple(
        NewsEvent(float(time_utc_s), currency, f"{currency} release", Impact.HIGH.value, "market")
        for time_utc_s, jumps in zip(events.time_utc_s, events.jumps_fraction, strict=True)
        if time_utc_s >= start_utc_s and (currency := _currency_of(jumps.tolist()))
    )


def _currency_of(jumps_fraction: list[float]) -> str:
    moved = [index for index, jump in enumerate(jumps_fraction) if jump != 0.0]
    if not moved:
        return ""
    return FACTORS[moved[0]].name if len(moved) == 1 else _DOLLAR
