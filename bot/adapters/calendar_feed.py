"""The weekly feed file as downloaded: a list of rows, the week from Sunday in New York.

Fields (PROP_RULES F): title, country (a currency code, or All), date with offset, impact,
forecast, previous. The file speaks for the whole week its rows lie in.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from bot.adapters.calendar_rows import (
    BYTES_MAX,
    DEPTH_MAX,
    CalendarFormatError,
    CalendarPage,
    CurrencyCode,
    ImpactWord,
    Row,
    Title,
    checked,
    demand_few_rows,
    impact_of,
    utc_s_of,
)
from bot.adapters.strict_json import StrictJsonError, parse_list
from bot.model.news import NewsEvent

FEED_NAME = "feed"

_WEEK_ZONE = ZoneInfo("America/New_York")
_DAYS_PER_WEEK = 7


class _FeedRow(Row):
    title: Title
    country: CurrencyCode
    date: str
    impact: ImpactWord
    forecast: str | None = None
    previous: str | None = None


_ROWS: TypeAdapter[list[_FeedRow]] = TypeAdapter(list[_FeedRow])


def parse_feed(raw: bytes) -> CalendarPage:
    """The week in `raw`; raises `CalendarFormatError` naming every malformed row.

    Rows of several weeks are refused: a file that mixes weeks covers neither. An empty list is a
    page without rows, which the gate calls empty.
    """
    try:
        document = parse_list(raw, BYTES_MAX, DEPTH_MAX)
    except StrictJsonError as error:
        raise CalendarFormatError(str(error)) from error
    demand_few_rows(len(document))
    rows = checked(_ROWS, document)
    events = [_event(index, row) for index, row in enumerate(rows)]
    if not events:
        return CalendarPage((), 0.0, 0.0)
    moments = [event.utc_s for event in events]
    start, last_start = _week_start(min(moments)), _week_start(max(moments))
    if start != last_start:
        weeks = f"{start:%Y-%m-%d} to that of {last_start:%Y-%m-%d}"
        raise CalendarFormatError(f"rows from the week of {weeks}: must be one week")
    end = start + timedelta(days=_DAYS_PER_WEEK)
    return CalendarPage(tuple(events), _utc_s(start), _utc_s(end))


def _event(index: int, row: _FeedRow) -> NewsEvent:
    return NewsEvent(
        utc_s=utc_s_of(row.date, f"[{index}].date"),
        currency=row.country.upper(),
        title=row.title,
        impact=impact_of(row.impact),
        source=FEED_NAME,
    )


def _week_start(utc_s: float) -> datetime:
    """The New York Sunday midnight before a moment; wall-clock arithmetic, so DST-safe."""
    local = datetime.fromtimestamp(utc_s, _WEEK_ZONE)
    midnight = datetime(local.year, local.month, local.day, tzinfo=_WEEK_ZONE)
    return midnight - timedelta(days=(midnight.weekday() + 1) % _DAYS_PER_WEEK)


def _utc_s(moment: datetime) -> float:
    return moment.astimezone(UTC).timestamp()
