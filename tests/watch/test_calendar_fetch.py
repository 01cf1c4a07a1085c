"""Fetching the calendar from a real server on loopback: polite, bounded, never for the worse."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest
from calendar_builders import MONDAY_NOON, feed, feed_row

pytest.importorskip("httpx", reason="the extra [watch] is not installed")

from calendar_server import CalendarServer, calendar_server, drips, hangs, says

from bot.adapters.calendar_feed import parse_feed
from bot.adapters.clock import ManualClock, SystemClock
from bot.cli.calendar_fetch import replace_file
from bot.watch.calendar_fetch import (
    DOWNLOADS_SPAN_S,
    REFUSED_WAIT_S,
    CalendarFetcher,
    DownloadError,
    FetchParts,
    FetchResult,
    Question,
)
from bot.watch.calendar_http import Bounds, HttpDownload

WEEK = feed(feed_row())
NEXT_WEEK = feed(feed_row(date="2026-12-01T08:30:00-05:00"))


class Errand:
    """A fetcher with its folder, clock and server."""

    def __init__(self, folder: Path, server: CalendarServer) -> None:
        self.file = folder / "calendar" / "week.json"
        self.server = server
        self.clock = ManualClock(MONDAY_NOON)
        self.bounds = Bounds(step_s=5.0)
        self.file.parent.mkdir()

    @property
    def fetcher(self) -> CalendarFetcher:
        """A new one each time: politeness lives on disk."""
        parts = FetchParts(
            download=HttpDownload(SystemClock(), self.bounds),
            check=lambda body: len(parse_feed(body).events),
            write=replace_file,
            clock=self.clock,
        )
        return CalendarFetcher(self.server.url, self.file, parts)

    def after(self, wait_s: float) -> FetchResult:
        self.clock.sleep(wait_s)
        return self.fetcher.fetch().result


@pytest.fixture
def errand(tmp_path: Path) -> Iterator[Errand]:
    with calendar_server() as server:
        yield Errand(tmp_path, server)


def test_a_new_week_is_written_whole(errand):
    errand.server.answers = [says(200, WEEK)]
    fetched = errand.fetcher.fetch()
    assert (fetched.result, fetched.words) == (FetchResult.NEW, "1 events")
    assert errand.file.read_bytes() == WEEK
    assert sorted(p.name for p in errand.file.parent.iterdir()) == ["week.json", "week.json.fetch"]


def test_at_most_two_downloads_are_made_in_five_minutes(errand):
    errand.server.answers = [says(200, WEEK)]
    results = [errand.after(30.0) for _ in range(6)]
    assert results[:2] == [FetchResult.NEW] * 2
    assert set(results[2:]) == {FetchResult.WAITED}
    assert len(errand.server.asked) == 2
    assert errand.after(DOWNLOADS_SPAN_S - 150.0) == FetchResult.NEW


def test_a_fetch_that_waits_says_until_when(errand):
    errand.server.answers = [says(200, WEEK)]
    assert errand.after(0.0) == errand.after(1.0) == FetchResult.NEW
    assert errand.fetcher.fetch().next_utc_s == MONDAY_NOON + DOWNLOADS_SPAN_S


def test_an_unchanged_file_is_not_sent_again_but_counts_as_confirmed(errand):
    errand.server.answers = [
        says(200, WEEK, ETag='"abc"', Last_Modified="Mon, 23 Nov 2026 10:00:00 GMT"),
        says(304),
    ]
    errand.fetcher.fetch()
    os.utime(errand.file, (0, 0))
    assert errand.after(3_600.0) == FetchResult.UNCHANGED
    assert errand.server.asked[0].get("If-None-Match") is None
    assert errand.server.asked[1]["If-None-Match"] == '"abc"'
    assert errand.server.asked[1]["If-Modified-Since"] == "Mon, 23 Nov 2026 10:00:00 GMT"
    assert errand.file.read_bytes() == WEEK
    assert errand.file.stat().st_mtime == MONDAY_NOON + 3_600.0


def test_a_file_somebody_changed_is_asked_for_whatever_the_server_remembers(errand):
    errand.server.answers = [says(200, WEEK, ETag='"abc"')]
    errand.fetcher.fetch()
    errand.file.write_bytes(b"[]")
    assert errand.after(3_600.0) == FetchResult.NEW
    assert errand.server.asked[1].get("If-None-Match") is None


@pytest.mark.parametrize("status", [429, 403, 503])
def test_a_refusal_is_followed_by_half_an_hour_of_silence(errand, status):
    errand.server.answers = [says(status), says(200, WEEK)]
    assert errand.fetcher.fetch().result == FetchResult.FAILED
    assert errand.after(REFUSED_WAIT_S - 1.0) == FetchResult.WAITED
    assert len(errand.server.asked) == 1
    assert errand.after(1.0) == FetchResult.NEW


@pytest.mark.parametrize(
    ("retry_after", "wait_s"),
    [
        ("7200", 7_200.0),
        ("60", REFUSED_WAIT_S),
        (formatdate(MONDAY_NOON + 5_400.0, usegmt=True), 5_400.0),
        ("99999999", 86_400.0),
        ("soon", REFUSED_WAIT_S),
        ("-5", REFUSED_WAIT_S),
    ],
)
def test_the_server_s_own_wish_is_honoured_when_it_is_longer(errand, retry_after, wait_s):
    errand.server.answers = [says(429, Retry_After=retry_after)]
    assert errand.fetcher.fetch().next_utc_s == MONDAY_NOON + wait_s


@pytest.mark.parametrize(
    "answer",
    [
        says(200, b"<html>checking your browser</html>"),
        says(200, b"[]"),
        says(200, feed(feed_row(date="soon"))),
        says(200, WEEK[:-20]),
        says(200, WEEK, Content_Length=str(len(WEEK) + 50)),
        says(200, WEEK, Content_Encoding="gzip"),
        says(304),
        says(404),
        says(500),
        says(301, Location="/week.json"),
    ],
    ids=[
        "html",
        "empty",
        "bad row",
        "cut",
        "torn",
        "not gzip",
        "304 unasked",
        "404",
        "500",
        "circle",
    ],
)
def test_the_last_good_file_is_kept_over_anything_that_is_no_calendar(errand, answer):
    errand.server.answers = [says(200, WEEK), answer]
    errand.fetcher.fetch()
    written_s = errand.file.stat().st_mtime
    errand.clock.sleep(3_600.0)
    fetched = errand.fetcher.fetch()
    if fetched.result != FetchResult.UNCHANGED:  # 304 confirms what we hold
        assert fetched.result == FetchResult.FAILED
        assert fetched.next_utc_s >= errand.clock.now_utc_s() + 300.0
        assert errand.file.stat().st_mtime == written_s
    assert errand.file.read_bytes() == WEEK


def test_a_304_without_a_file_is_a_failure(errand):
    errand.server.answers = [says(304)]
    assert errand.fetcher.fetch().result == FetchResult.FAILED
    assert not errand.file.exists()


def test_failures_in_a_row_are_followed_by_longer_and_longer_pauses(errand):
    errand.server.answers = [says(500)]
    pauses = []
    for _ in range(6):
        fetched = errand.fetcher.fetch()
        pauses.append(fetched.next_utc_s - errand.clock.now_utc_s())
        errand.clock.sleep(pauses[-1])
    assert pauses == [300.0, 600.0, 1_200.0, 2_400.0, 3_600.0, 3_600.0]
    errand.server.answers = [says(200, NEXT_WEEK), says(500)]
    assert errand.fetcher.fetch().result == FetchResult.NEW
    errand.clock.sleep(600.0)
    assert errand.fetcher.fetch().next_utc_s - errand.clock.now_utc_s() == 300.0


def test_an_answer_without_end_is_cut_off_by_its_size(errand):
    errand.server.answers = [drips(b"x" * 65_536, errand.server)]
    fetched = errand.fetcher.fetch()
    assert fetched.result == FetchResult.FAILED
    assert "bytes" in fetched.words
    assert errand.server.hung_up.wait(10.0)


def test_an_answer_that_drips_is_cut_off_by_the_clock(errand):
    errand.bounds = Bounds(step_s=5.0, whole_s=0.05, bytes_max=10**9)
    errand.server.answers = [drips(b"x", errand.server)]
    fetched = errand.fetcher.fetch()
    assert fetched.result == FetchResult.FAILED
    assert "not done after" in fetched.words


def test_a_server_that_never_answers_is_left(errand):
    errand.bounds = Bounds(step_s=0.1)
    errand.server.answers = [hangs(errand.server)]
    fetched = errand.fetcher.fetch()
    assert fetched.result == FetchResult.FAILED
    assert "Timeout" in fetched.words


def test_a_server_that_is_not_there_is_a_failure(tmp_path):
    with calendar_server() as server:
        gone = Errand(tmp_path, server)
    fetched = gone.fetcher.fetch()
    assert fetched.result == FetchResult.FAILED
    assert "ConnectError" in fetched.words


def test_an_address_that_is_none_is_a_failure():
    with pytest.raises(DownloadError, match="://"):
        HttpDownload(SystemClock())(Question("nowhere", "", ""))


def test_a_question_is_noted_before_it_is_asked(errand):
    """A fetcher that dies in the middle must not ask again at once, over and over."""
    notes: list[int] = []
    path = errand.file.with_name("week.json.fetch")

    def respond(handler):
        notes.append(len(json.loads(path.read_bytes())["asked_utc_s"]))
        says(200, WEEK)(handler)

    errand.server.answers = [respond]
    errand.fetcher.fetch()
    assert notes == [1]


def test_notes_that_cannot_be_read_count_as_two_downloads(errand):
    errand.server.answers = [says(200, WEEK)]
    errand.file.with_name("week.json.fetch").write_bytes(b"{broken")
    assert errand.fetcher.fetch().result == FetchResult.WAITED
    assert errand.after(DOWNLOADS_SPAN_S) == FetchResult.NEW


def test_a_clock_that_was_set_back_does_not_silence_the_fetcher(errand):
    errand.server.answers = [says(429), says(200, WEEK)]
    errand.clock.sleep(10 * 86_400.0)
    errand.fetcher.fetch()
    errand.clock = ManualClock(MONDAY_NOON)
    assert errand.fetcher.fetch().result == FetchResult.NEW
