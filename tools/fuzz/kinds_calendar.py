"""The news calendar: the feed, the terminal's export, the hand-kept file, the fetcher's notes."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bot.adapters.calendar_feed import parse_feed
from bot.adapters.calendar_files import FileCalendar
from bot.adapters.clock import ManualClock
from bot.model.news import CalendarFiles, SourceFile, SourceStatus
from bot.timezones import server_offset_table
from bot.watch.calendar_fetch import (
    Answer as WebAnswer,
)
from bot.watch.calendar_fetch import (
    CalendarFetcher,
    FetchParts,
    Manners,
    Question,
)
from tools.fuzz.edits import json_edit
from tools.fuzz.model import Answer, Kind, demand, demand_kept
from tools.fuzz.strict import strict_value

_NOW_UTC_S: Final = 1_773_748_800.0
_YEARS: Final = (946_684_800.0, 4_102_444_800.0)
_WEEK_S: Final = 7 * 86_400.0
_IMPACT_MAX: Final = 3
_OFF: Final = SourceFile("off", "none")


def calendar_kinds() -> tuple[Kind, ...]:
    """Every file the gate's calendar is made of."""
    return (
        Kind("calendar feed", (_feed(),), _reader("feed"), json_edit),
        Kind("calendar export", (_export(),), _reader("terminal"), json_edit),
        Kind("calendar by hand", (_hand(),), _reader("hand"), json_edit),
        Kind("fetch notes", (_notes(),), _read_notes, json_edit),
    )


def _feed() -> bytes:
    row = {"title": "CPI y/y", "country": "USD", "impact": "High", "forecast": "", "previous": ""}
    dates = ("2026-03-17T08:30:00-04:00", "2026-03-18T14:00:00-04:00")
    return json.dumps([{**row, "date": date} for date in dates]).encode()


def _export() -> bytes:
    server_s = int(_NOW_UTC_S) + 10_800 - 3_600
    row = {"title": "CPI", "currency": "USD", "time_server_s": server_s, "impact": "high"}
    document = {
        "format": "calendar-export",
        "version": 1,
        "written_at": "2026-03-17T11:00:00Z",
        "server_offset_s": 10_800,
        "from_server_s": server_s - 86_400,
        "to_server_s": server_s + 604_800,
        "rows_count": 2,
        "rows": [row, {**row, "currency": "EUR"}],
    }
    return json.dumps(document).encode()


def _hand() -> bytes:
    row = {"utc": "2026-03-17T12:30:00Z", "currency": "ALL", "title": "speech", "impact": "high"}
    span = {"complete_from": "2026-03-16T00:00:00Z", "complete_until": "2026-03-23T00:00:00Z"}
    return json.dumps({"events": [row], **span}).encode()


def _reader(name: str) -> Callable[[Path, bytes], Answer]:
    sources = dict.fromkeys(("feed", "terminal", "hand"), _OFF)
    sources[name] = SourceFile("required", "calendar.json")
    files = CalendarFiles(**sources, reread_s=60.0, feed_url="")

    def read(folder: Path, raw: bytes) -> Answer:
        (folder / "calendar.json").write_bytes(raw)
        clock = ManualClock(_NOW_UTC_S)
        found = FileCalendar(files, folder, clock, server_offset_table()).events()
        demand_kept(folder, raw)
        (source,) = found.sources
        if source.facts.status != SourceStatus.READ.value:
            demand("refused, and rows of it kept", that=not found.events)
            demand("refused without the file's name", that="calendar.json" in source.reason)
            return Answer.REFUSED
        strict_value(raw)
        demand("rows counted wrong", that=source.facts.rows_count == len(found.events))
        for event in found.events:
            demand(f"at {event.utc_s}", that=_YEARS[0] <= event.utc_s <= _YEARS[1])
            demand(f"currency {event.currency!r}", that=len(event.currency) == len("USD"))
            demand(f"impact {event.impact}", that=0 <= event.impact <= _IMPACT_MAX)
        covers = (source.facts.covers_from_utc_s, source.facts.covers_until_utc_s)
        demand(f"covers {covers}", that=all(math.isfinite(edge) for edge in covers))
        return Answer.ACCEPTED

    return read


def _notes() -> bytes:
    notes = Manners((_NOW_UTC_S - 900.0, _NOW_UTC_S - 600.0), _NOW_UTC_S - 60.0, 1, '"e"', "", "")
    return json.dumps(asdict(notes)).encode()


def _write(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)


def _read_notes(folder: Path, raw: bytes) -> Answer:
    """Bad notes neither stop the fetching for good nor let it ask more often than is polite."""
    file = folder / "feed.json"
    (folder / "feed.json.fetch").write_bytes(raw)
    asked: list[Question] = []

    def download(question: Question) -> WebAnswer:
        asked.append(question)
        return WebAnswer(status=200, body=_feed(), etag="", last_modified="", retry_after="")

    parts = FetchParts(
        download,
        lambda body: len(parse_feed(body).events),
        _write,
        ManualClock(_NOW_UTC_S),
    )
    fetched = CalendarFetcher("https://calendar.test/week.json", file, parts).fetch()
    wait_s = fetched.next_utc_s - _NOW_UTC_S
    demand(f"asks again in {wait_s} s", that=math.isfinite(wait_s) and wait_s <= _WEEK_S)
    for question in asked:
        for word in (question.etag, question.last_modified):
            demand(f"asks with the header {word!r:.60}", that=word.isascii() and word.isprintable())
    return Answer.ACCEPTED if asked else Answer.REFUSED
