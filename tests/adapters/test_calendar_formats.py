"""Three formats, one promise: a row is understood, or the file is refused with the reason."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from calendar_builders import feed, feed_row
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.calendar_export import parse_export
from bot.adapters.calendar_feed import parse_feed
from bot.adapters.calendar_hand import parse_hand
from bot.adapters.calendar_rows import (
    BYTES_MAX,
    ROWS_MAX,
    CalendarFormatError,
    CalendarPage,
    impact_of,
)
from bot.model.news import ANY_CURRENCY, Impact
from bot.timezones import server_offset_table

TABLE = server_offset_table()


def utc(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[misc,arg-type]


def refused(parse: Any, raw: bytes) -> str:
    with pytest.raises(CalendarFormatError) as caught:
        parse(raw)
    return str(caught.value)


def parsed(parse: Any, raw: bytes) -> CalendarPage | None:
    """The page, or None when the bytes were refused; any other error fails the test."""
    try:
        return parse(raw)
    except CalendarFormatError:
        return None


# --- the weekly feed ----------------------------------------------------------------------------


def test_a_feed_row_becomes_an_event_in_utc():
    (event,) = parse_feed(feed(feed_row())).events
    assert event.utc_s == utc(2026, 11, 24, 13, 30)
    assert (event.currency, event.title, event.impact) == ("USD", "CPI m/m", Impact.HIGH.value)


def test_the_offset_of_each_row_is_its_own():
    rows = (feed_row(date="2026-03-08T01:30:00-05:00"), feed_row(date="2026-03-08T08:30:00-04:00"))
    assert [e.utc_s for e in parse_feed(feed(*rows)).events] == [
        utc(2026, 3, 8, 6, 30),
        utc(2026, 3, 8, 12, 30),
    ]


def test_a_feed_speaks_for_its_week_from_sunday_to_sunday_in_new_york():
    page = parse_feed(feed(feed_row()))
    assert page.covers_from_utc_s == utc(2026, 11, 22, 5)
    assert page.covers_until_utc_s == utc(2026, 11, 29, 5)
    assert page.written_utc_s is None


def test_the_week_of_the_changeover_is_an_hour_shorter():
    page = parse_feed(feed(feed_row(date="2026-03-10T08:30:00-04:00")))
    assert page.covers_from_utc_s == utc(2026, 3, 8, 5)
    assert page.covers_until_utc_s == utc(2026, 3, 15, 4)


def test_a_sunday_evening_belongs_to_the_new_week():
    page = parse_feed(feed(feed_row(date="2026-11-22T17:00:00-05:00")))
    assert page.covers_from_utc_s == utc(2026, 11, 22, 5)


def test_an_empty_feed_is_a_page_without_rows():
    assert parse_feed(b"[]").events == ()


def test_an_event_of_everybody_keeps_its_name():
    (event,) = parse_feed(feed(feed_row(country="All"))).events
    assert event.currency == ANY_CURRENCY


@pytest.mark.parametrize(
    ("word", "impact"),
    [
        ("High", Impact.HIGH),
        ("Medium", Impact.MEDIUM),
        ("Low", Impact.LOW),
        ("Holiday", Impact.NONE),
        (" moderate ", Impact.MEDIUM),
        ("none", Impact.NONE),
        ("Red", Impact.HIGH),
        ("", Impact.HIGH),
        (None, Impact.HIGH),
    ],
)
def test_an_impact_nobody_knows_counts_as_high(word, impact):
    assert impact_of(word) == impact.value


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"date": "2026-11-24T08:30:00"}, "[1].date = '2026-11-24T08:30:00': must be a moment w"),
        ({"date": "tomorrow"}, "[1].date = 'tomorrow': must be an ISO 8601 moment"),
        ({"date": 5}, "[1].date = 5: input should be a valid string"),
        ({"date": "1926-11-24T08:30:00-05:00"}, "between the years 2000 and 2100"),
        ({"country": "United States"}, "[1].country = 'United States': string should match"),
        ({"country": None}, "[1].country = None"),
        ({"title": ""}, "[1].title = ''"),
        ({"title": "x" * 201}, "[1].title = "),
        ({"impact": 3}, "[1].impact = 3"),
        ({"impact": "absent"}, "[1].impact: field required"),
        ({"date": "2026-12-24T08:30:00-05:00"}, "week of 2026-11-22 to that of 2026-12-20"),
    ],
)
def test_a_malformed_row_is_named_with_its_field_and_value(changes, words):
    assert words in refused(parse_feed, feed(feed_row(), feed_row(**changes)))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "line 1 column 1"),
        (b"{}", "not a list"),
        (b"[", "line 1 column 2"),
        (b"<html>slow down</html>", "line 1 column 1"),
        (b"\xef\xbb\xbf[]", "byte order mark"),
        (b"[NaN]", "NaN is not a number"),
        (b"[" * 40 + b"]" * 40, "nested deeper"),
        (b"[3]", "[0] = 3"),
        (b" " * (BYTES_MAX + 1), "bytes: at most"),
        (b"[" + b"{}," * ROWS_MAX + b"{}]", f"{ROWS_MAX + 1} rows: at most"),
    ],
)
def test_what_is_no_feed_says_why(raw, words):
    assert words in refused(parse_feed, raw)


def test_many_malformed_rows_are_told_up_to_twenty():
    said = refused(parse_feed, feed(*[feed_row(title="") for _ in range(50)]))
    assert said.count("\n") == 20
    assert said.endswith("and 30 more")


# --- the terminal's export ----------------------------------------------------------------------


def an_export(**changes: Any) -> bytes:
    rows = [{"title": "CPI", "currency": "USD", "time_server_s": 0, "impact": "high"}]
    rows[0]["time_server_s"] = int(utc(2026, 11, 24, 15, 30))
    document = {
        "format": "calendar-export",
        "version": 1,
        "written_at": "2026-11-23T12:00:00Z",
        "server_offset_s": 7_200,
        "from_server_s": int(utc(2026, 11, 22)),
        "to_server_s": int(utc(2026, 12, 1)),
        "rows_count": 1,
        "rows": rows,
    }
    return json.dumps({k: v for k, v in {**document, **changes}.items() if v != "absent"}).encode()


def test_an_export_in_server_time_becomes_utc_by_the_measured_offset():
    page = parse_export(an_export(), TABLE)
    assert page.events[0].utc_s == utc(2026, 11, 24, 13, 30)
    assert page.covers_until_utc_s == utc(2026, 11, 30, 22)
    assert page.written_utc_s == utc(2026, 11, 23, 12)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"server_offset_s": 10_800}, "server_offset_s = 10800: must be 7200"),
        ({"server_offset_s": 7_201}, "server_offset_s = 7201"),
        ({"server_offset_s": 99_900}, "server_offset_s = 99900"),
        ({"rows_count": 2}, "rows_count = 2: must be the number of rows, 1"),
        ({"format": "other"}, "format = 'other'"),
        ({"version": 2}, "version = 2"),
        ({"written_at": "2026-11-23T12:00:00"}, "written_at = "),
        ({"rows": [{"title": "CPI"}]}, "rows[0].currency: field required"),
        ({"rows": "absent"}, "rows: field required"),
        ({"to_server_s": "soon"}, "to_server_s = 'soon'"),
    ],
)
def test_a_malformed_export_is_named_with_its_field_and_value(changes, words):
    assert words in refused(lambda raw: parse_export(raw, TABLE), an_export(**changes))


def test_an_export_with_a_moment_of_another_century_is_refused():
    row = {"title": "CPI", "currency": "USD", "time_server_s": 5, "impact": "high"}
    said = refused(lambda raw: parse_export(raw, TABLE), an_export(rows=[row]))
    assert "rows[0].time_server_s = 5" in said


# --- the file kept by hand ----------------------------------------------------------------------


def by_hand(**changes: Any) -> bytes:
    row = {"utc": "2026-11-24T13:30Z", "currency": "usd", "title": "Speech", "impact": "high"}
    return json.dumps({"events": [row], **changes}).encode()


def test_a_file_kept_by_hand_adds_events_and_vouches_for_nothing():
    page = parse_hand(by_hand())
    assert (page.events[0].utc_s, page.events[0].currency) == (utc(2026, 11, 24, 13, 30), "USD")
    assert not page.is_declared


def test_a_file_kept_by_hand_may_vouch_for_a_span():
    page = parse_hand(
        by_hand(complete_from="2026-11-22T00:00Z", complete_until="2026-11-29T00:00Z", events=[])
    )
    assert page.is_declared
    assert page.covers_until_utc_s == utc(2026, 11, 29)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"complete_from": "2026-11-22T00:00Z"}, "give both or neither"),
        (
            {"complete_from": "2026-11-22T00:00Z", "complete_until": "2026-11-22T00:00Z"},
            "must be after complete_from",
        ),
        (
            {"complete_from": "2026-11-22T00:00Z", "complete_until": "2027-11-22T00:00Z"},
            "at most 15 days",
        ),
        ({"complete_til": "2026-11-22T00:00Z"}, "complete_til = "),
        ({"events": [{"utc": "2026-11-24T13:30Z"}]}, "events[0].currency: field required"),
        ({"events": "none"}, "events = 'none'"),
    ],
)
def test_a_malformed_hand_file_is_named_with_its_field_and_value(changes, words):
    assert words in refused(parse_hand, by_hand(**changes))


def test_a_hand_file_that_is_no_object_says_so():
    assert "not an object" in refused(parse_hand, b"[]")


# --- nonsense -----------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["title", "country", "date", "impact", "rows", "events", "utc"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_do_anything_but_parse_or_be_refused(raw):
    for parse in (parse_feed, parse_hand, lambda raw: parse_export(raw, TABLE)):
        page = parsed(parse, raw)
        assert page is None or all(event.utc_s > 0.0 for event in page.events)


@given(st.data())
def test_a_feed_with_one_byte_changed_parses_or_is_refused(data):
    raw = bytearray(feed(feed_row(), feed_row(title="PPI")))
    index = data.draw(st.integers(0, len(raw) - 1))
    raw[index] = data.draw(st.integers(0, 255))
    page = parsed(parse_feed, bytes(raw))
    assert page is None or len(page.events) == 2


# --- what the page says -------------------------------------------------------------------------


def test_the_examples_on_the_page_are_read():
    page = (Path(__file__).resolve().parents[2] / "docs" / "news.md").read_text("utf-8")
    export, hand = (text.encode() for text in re.findall(r"```json\n(.*?)```", page, re.S))
    read = parse_export(export, TABLE)
    assert read.events[0].utc_s == utc(2026, 11, 24, 13, 30)
    assert read.covers_from_utc_s < read.events[0].utc_s < read.covers_until_utc_s
    assert parse_hand(hand).events[0].utc_s == utc(2026, 11, 24, 13, 30)


def test_the_terminal_s_service_writes_the_keys_the_reader_wants():
    root = Path(__file__).resolve().parents[2]
    service = (root / "examples" / "mql5" / "CalendarExport.mq5").read_text("utf-8")
    for key in json.loads(an_export()):
        assert f'\\"{key}\\"' in service, key
    for key in json.loads(an_export())["rows"][0]:
        assert f'\\"{key}\\"' in service, key
