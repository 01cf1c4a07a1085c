"""Questions to the news rules over grids of time; a parameter is alive when an answer differs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from calendar_builders import HOUR, MINUTE, MONDAY_NOON, facts

from bot.model.decision import EntryRoute, Finding, Refusal
from bot.model.news import Impact, NewsFallback
from bot.model.settings import BotSettings
from bot.rules.news import (
    fixed_window_finding,
    gap_is_near,
    gate_is_on,
    grace_finding,
    is_watched,
    lead_s,
    source_finding,
    straddle_finding,
    window_finding,
)
from bot.timezones import server_offset_table

_RELEASE = np.array([MONDAY_NOON + 6 * HOUR])
_TABLE = server_offset_table()


def news_answers(settings: BotSettings) -> Iterator[Any]:
    s = settings.news.gate
    without_rule = s._replace(firm_has_rule=False)
    yield gate_is_on(s), gate_is_on(without_rule)
    yield NewsFallback(s.fallback)
    yield from (is_watched(impact.value, s) for impact in Impact)
    for half_minutes in range(1_440):
        now = MONDAY_NOON + half_minutes * 0.5 * MINUTE
        for route in (EntryRoute.MARKET, EntryRoute.LIMIT):
            yield window_finding(now, _RELEASE, lead_s(route.value, s), s.after_s)
        yield gap_is_near(now, _RELEASE, s)
        yield straddle_finding(1, _RELEASE[0] - now, s)
        yield fixed_window_finding(now, _TABLE, s.before_s, s)
        yield grace_finding(Finding(Refusal.CALENDAR_STALE.value, 0.0, 0.0), half_minutes * 30.0, s)
    for hours in range(100):
        yield source_finding(MONDAY_NOON, _aged(hours), s)
        yield source_finding(MONDAY_NOON, _reaching(hours), s)


def _aged(hours: int) -> Any:
    return facts(
        MONDAY_NOON,
        written_utc_s=MONDAY_NOON - hours * HOUR,
        covers_until_utc_s=MONDAY_NOON + 1e6,
    )


def _reaching(hours: int) -> Any:
    return facts(MONDAY_NOON, covers_until_utc_s=MONDAY_NOON + hours * HOUR)
