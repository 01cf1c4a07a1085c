"""The terminal's own calendar, written by the service in `examples/mql5/CalendarExport.mq5`.

One object: `format` "calendar-export", `version` 1, `written_at` (ISO 8601 UTC),
`server_offset_s`, `from_server_s` and `to_server_s` (the span that was asked for), `rows_count`,
and `rows` of `title`, `currency`, `time_server_s`, `impact`. Server times are the server's wall
clock as epoch seconds; they become UTC by the offset the terminal measured, and that one must be
the offset we know.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

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
    sane_utc_s,
    utc_s_of,
)
from bot.adapters.strict_json import StrictJsonError, parse_object
from bot.model.market import OffsetTable
from bot.model.news import NewsEvent
from bot.rules.calendar import offset_at

EXPORT_NAME = "terminal"

_OFFSET_MAX_S = 14 * 3_600
_SERVER_END_S = 2**40  # far beyond any calendar, and still an exact number of seconds


_ServerS = Annotated[int, Field(ge=0, le=_SERVER_END_S)]


class _ExportRow(Row):
    title: Title
    currency: CurrencyCode
    time_server_s: _ServerS
    impact: ImpactWord


class _Export(Row):
    format: Literal["calendar-export"]
    version: Literal[1]
    written_at: str
    server_offset_s: Annotated[int, Field(ge=-_OFFSET_MAX_S, le=_OFFSET_MAX_S, multiple_of=900)]
    from_server_s: _ServerS
    to_server_s: _ServerS
    rows_count: Annotated[int, Field(ge=0)]
    rows: list[_ExportRow]


_EXPORT: TypeAdapter[_Export] = TypeAdapter(_Export)


def parse_export(raw: bytes, table: OffsetTable) -> CalendarPage:
    """The export in `raw`; raises `CalendarFormatError` naming every defect.

    A count that differs from the rows is a torn file; an offset that differs from the server's
    clock as we know it would move every release by an hour or more.
    """
    try:
        document = parse_object(raw, BYTES_MAX, DEPTH_MAX)
    except StrictJsonError as error:
        raise CalendarFormatError(str(error)) from error
    export = checked(_EXPORT, document)
    demand_few_rows(len(export.rows))
    if export.rows_count != len(export.rows):
        raise CalendarFormatError(
            f"rows_count = {export.rows_count}: must be the number of rows, {len(export.rows)}"
        )
    written_utc_s = utc_s_of(export.written_at, "written_at")
    offset_s = export.server_offset_s
    known_s = offset_at(written_utc_s, table)
    if offset_s != known_s:
        raise CalendarFormatError(
            f"server_offset_s = {offset_s}: must be {known_s}, the server's clock as we know it; "
            "the clock of this machine or of the terminal is wrong"
        )
    return CalendarPage(
        events=tuple(_event(index, row, offset_s) for index, row in enumerate(export.rows)),
        covers_from_utc_s=float(export.from_server_s - offset_s),
        covers_until_utc_s=float(export.to_server_s - offset_s),
        written_utc_s=written_utc_s,
    )


def _event(index: int, row: _ExportRow, offset_s: int) -> NewsEvent:
    place = f"rows[{index}].time_server_s"
    return NewsEvent(
        utc_s=sane_utc_s(float(row.time_server_s - offset_s), place, row.time_server_s),
        currency=row.currency.upper(),
        title=row.title,
        impact=impact_of(row.impact),
        source=EXPORT_NAME,
    )
