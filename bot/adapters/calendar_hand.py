"""The calendar a person keeps: own events on top of the others, or a span they vouch for.

One object with `events` of `utc` (ISO 8601 with offset), `currency` (or ALL), `title`, `impact`,
and, for a file that stands in for the others, `complete_from` and `complete_until`.
"""

from __future__ import annotations

from pydantic import ConfigDict, TypeAdapter

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
from bot.adapters.strict_json import StrictJsonError, parse_object
from bot.model.news import NewsEvent

HAND_NAME = "hand"

_SPAN_DAYS_MAX = 15
_DAY_S = 86_400.0


class _HandRow(Row):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    utc: str
    currency: CurrencyCode
    title: Title
    impact: ImpactWord


class _Hand(Row):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    events: list[_HandRow]
    complete_from: str | None = None
    complete_until: str | None = None


_HAND: TypeAdapter[_Hand] = TypeAdapter(_Hand)


def parse_hand(raw: bytes) -> CalendarPage:
    """The page in `raw`; raises `CalendarFormatError` naming every defect.

    Without a declared span it only adds events. A span is at most 15 days: nobody knows further.
    """
    try:
        document = parse_object(raw, BYTES_MAX, DEPTH_MAX)
    except StrictJsonError as error:
        raise CalendarFormatError(str(error)) from error
    hand = checked(_HAND, document)
    demand_few_rows(len(hand.events))
    from_utc_s, until_utc_s = _span(hand)
    return CalendarPage(
        events=tuple(_event(index, row) for index, row in enumerate(hand.events)),
        covers_from_utc_s=from_utc_s,
        covers_until_utc_s=until_utc_s,
        is_declared=until_utc_s > 0.0,
    )


def _span(hand: _Hand) -> tuple[float, float]:
    if hand.complete_from is None and hand.complete_until is None:
        return 0.0, 0.0
    if hand.complete_from is None or hand.complete_until is None:
        raise CalendarFormatError("complete_from and complete_until: give both or neither")
    first = utc_s_of(hand.complete_from, "complete_from")
    last = utc_s_of(hand.complete_until, "complete_until")
    if not 0.0 < last - first <= _SPAN_DAYS_MAX * _DAY_S:
        raise CalendarFormatError(
            f"complete_until = {hand.complete_until!r}: must be after complete_from, "
            f"and at most {_SPAN_DAYS_MAX} days"
        )
    return first, last


def _event(index: int, row: _HandRow) -> NewsEvent:
    return NewsEvent(
        utc_s=utc_s_of(row.utc, f"events[{index}].utc"),
        currency=row.currency.upper(),
        title=row.title,
        impact=impact_of(row.impact),
        source=HAND_NAME,
    )
