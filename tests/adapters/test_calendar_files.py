"""Files on disk as a calendar: re-read when they change, never silently empty."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from calendar_builders import MONDAY_NOON, feed, feed_row

from bot.adapters.calendar_declared import DeclaredCalendar
from bot.adapters.calendar_files import FileCalendar
from bot.adapters.calendar_rows import BYTES_MAX
from bot.adapters.clock import ManualClock
from bot.model.news import CalendarFiles, CalendarSource, SourceFile, SourceStatus
from bot.timezones import server_offset_table

FILES = CalendarFiles(
    feed=SourceFile("required", "week.json"),
    terminal=SourceFile("extra", "terminal.json"),
    hand=SourceFile("extra", "news.json"),
    reread_s=30.0,
    feed_url="",
)


class Desk:
    """A folder of calendar files, a clock and the calendar on both."""

    def __init__(self, folder: Path, files: CalendarFiles = FILES) -> None:
        self.folder = folder
        self.clock = ManualClock(MONDAY_NOON)
        self.calendar = FileCalendar(files, folder, self.clock, server_offset_table())

    def put(self, name: str, raw: bytes, at_utc_s: float = MONDAY_NOON) -> None:
        (self.folder / name).write_bytes(raw)
        os.utime(self.folder / name, (at_utc_s, at_utc_s))

    def source(self, name: str = "feed") -> CalendarSource:
        return next(s for s in self.calendar.events().sources if s.name == name)

    def titles(self) -> list[str]:
        return [event.title for event in self.calendar.events().events]


HAND = json.dumps(
    {"events": [{"utc": "2026-11-24T10:00Z", "currency": "EUR", "title": "Own", "impact": "high"}]}
).encode()


def test_the_sources_are_joined_in_the_order_of_time(tmp_path):
    desk = Desk(tmp_path)
    desk.put("week.json", feed(feed_row(title="PPI"), feed_row(date="2026-11-23T08:00:00-05:00")))
    desk.put("news.json", HAND)
    assert desk.titles() == ["CPI m/m", "Own", "PPI"]
    assert [s.name for s in desk.calendar.events().sources] == ["feed", "terminal", "hand"]


def test_the_age_of_a_feed_is_the_file_s(tmp_path):
    desk = Desk(tmp_path)
    desk.put("week.json", feed(feed_row()), MONDAY_NOON - 7_200.0)
    assert desk.source().facts.written_utc_s == MONDAY_NOON - 7_200.0


def test_a_file_that_is_not_there_is_absent_and_named(tmp_path):
    source = Desk(tmp_path).source()
    assert source.facts.status == SourceStatus.ABSENT.value
    assert source.reason.endswith("week.json: no such file")


@pytest.mark.parametrize(
    "raw", [b"", b"[{]", feed(feed_row(date="soon")), b" " * (BYTES_MAX + 1), b"\x00"]
)
def test_a_broken_file_is_broken_and_never_empty(tmp_path, raw):
    desk = Desk(tmp_path)
    desk.put("week.json", raw)
    assert desk.source().facts.status == SourceStatus.BROKEN.value
    assert "week.json: " in desk.source().reason
    assert desk.titles() == []


def test_a_folder_in_place_of_a_file_is_broken(tmp_path):
    (tmp_path / "week.json").mkdir()
    assert Desk(tmp_path).source().facts.status == SourceStatus.BROKEN.value


def test_a_file_is_looked_at_again_only_when_it_is_due(tmp_path):
    desk = Desk(tmp_path)
    desk.put("week.json", feed(feed_row()))
    first = desk.calendar.events()
    desk.put("week.json", feed(feed_row(title="NFP")), MONDAY_NOON + 1)
    desk.clock.sleep(29.0)
    assert desk.calendar.events() is first
    desk.clock.sleep(1.0)
    assert desk.titles() == ["NFP"]


def test_an_unchanged_file_is_the_same_reading(tmp_path):
    desk = Desk(tmp_path)
    desk.put("week.json", feed(feed_row()))
    first = desk.calendar.events()
    desk.clock.sleep(300.0)
    assert desk.calendar.events() is first


def test_a_file_that_is_confirmed_again_is_younger(tmp_path):
    desk = Desk(tmp_path)
    desk.put("week.json", feed(feed_row()))
    desk.source()
    os.utime(tmp_path / "week.json", (MONDAY_NOON + 600, MONDAY_NOON + 600))
    desk.clock.sleep(30.0)
    assert desk.source().facts.written_utc_s == MONDAY_NOON + 600


def test_a_file_that_disappears_takes_its_events_with_it(tmp_path):
    desk = Desk(tmp_path)
    desk.put("week.json", feed(feed_row()))
    assert desk.titles() == ["CPI m/m"]
    (tmp_path / "week.json").unlink()
    desk.clock.sleep(30.0)
    assert desk.titles() == []
    assert desk.source().facts.status == SourceStatus.ABSENT.value


def test_a_file_that_breaks_and_is_mended_is_read_again(tmp_path):
    desk = Desk(tmp_path)
    for step, raw in enumerate([feed(feed_row()), b"[{", feed(feed_row())]):
        desk.put("week.json", raw, MONDAY_NOON + step)
        desk.clock.sleep(30.0)
        assert desk.titles() == ([] if step == 1 else ["CPI m/m"])


def test_a_source_that_is_off_is_not_read(tmp_path):
    files = replace(FILES, hand=SourceFile("off", "news.json"))
    desk = Desk(tmp_path, files)
    desk.put("news.json", b"broken")
    assert [s.name for s in desk.calendar.events().sources] == ["feed", "terminal"]


def test_which_source_is_required_comes_from_its_role(tmp_path):
    desk = Desk(tmp_path)
    assert desk.source("feed").facts.is_required
    assert not desk.source("terminal").facts.is_required


def test_an_export_is_as_old_as_it_says_whatever_the_file_s_date(tmp_path):
    desk = Desk(tmp_path)
    document = {
        "format": "calendar-export",
        "version": 1,
        "written_at": "2026-11-23T11:00:00Z",
        "server_offset_s": 7_200,
        "from_server_s": 1_795_392_000,
        "to_server_s": 1_796_169_600,
        "rows_count": 0,
        "rows": [],
    }
    desk.put("terminal.json", json.dumps(document).encode())
    assert desk.source("terminal").facts.written_utc_s == MONDAY_NOON - 3_600.0


def test_a_declared_calendar_with_no_events_is_not_an_unknown_one():
    (source,) = DeclaredCalendar("replay").events().sources
    assert source.facts.is_declared
    assert source.facts.status == SourceStatus.READ.value
