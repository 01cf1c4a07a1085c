"""Calendars small enough to check by head."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from bot.model.news import (
    CalendarRead,
    CalendarSource,
    Impact,
    NewsEvent,
    NewsSettings,
    SourceFacts,
    SourceStatus,
)

MINUTE, HOUR = 60.0, 3_600.0
MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC).timestamp()

GATE = NewsSettings(
    firm_has_rule=True,
    when_firm_allows=1,
    impact_min=Impact.HIGH.value,
    before_s=5 * MINUTE,
    after_s=5 * MINUTE,
    resting_before_s=5 * MINUTE,
    straddle_s=60 * MINUTE,
    gap_before_s=30 * MINUTE,
    stale_after_s=24 * HOUR,
    cover_s=24 * HOUR,
    resting_grace_s=30 * MINUTE,
    fallback=0,
    fixed_times_s=(15.5 * HOUR,),
)


def an_event(
    utc_s: float, currency: str = "USD", impact: int = Impact.HIGH.value, title: str = "CPI y/y"
) -> NewsEvent:
    return NewsEvent(utc_s, currency, title, impact, "test")


def facts(now_utc_s: float, **changes: Any) -> SourceFacts:
    """A required source, one hour old, that covers two days either side."""
    fresh = SourceFacts(
        status=SourceStatus.READ.value,
        is_required=True,
        is_declared=False,
        written_utc_s=now_utc_s - HOUR,
        covers_from_utc_s=now_utc_s - 48 * HOUR,
        covers_until_utc_s=now_utc_s + 48 * HOUR,
        rows_count=70,
    )
    return fresh._replace(**changes)


class Pinboard:
    """A calendar a test can change between two cycles."""

    def __init__(self, events: tuple[NewsEvent, ...] = (), **changes: Any) -> None:
        self.pin(events, **changes)

    def pin(self, events: tuple[NewsEvent, ...] = (), **changes: Any) -> None:
        """Another reading; without changes it is declared complete for ever."""
        declared = facts(0.0, is_declared=True, covers_until_utc_s=1e12, covers_from_utc_s=0.0)
        source = CalendarSource("test", declared._replace(**changes), "as the test wants it")
        self._read = CalendarRead(tuple(sorted(events, key=lambda e: e.utc_s)), (source,))

    def events(self) -> CalendarRead:
        return self._read


def feed_row(**changes: Any) -> dict[str, Any]:
    row = {
        "title": "CPI m/m",
        "country": "USD",
        "date": "2026-11-24T08:30:00-05:00",
        "impact": "High",
        "forecast": "0.3%",
        "previous": "0.2%",
    }
    return {key: value for key, value in {**row, **changes}.items() if value != "absent"}


def feed(*rows: dict[str, Any]) -> bytes:
    return json.dumps(list(rows)).encode()
