"""Lines for watching: what matters has one, what is frequent has none."""

from __future__ import annotations

from bot.model import events
from bot.report.headline import headline
from bot.report.plain import plain


def told(event: events.Event) -> str:
    return plain(headline(event))


def test_a_refusal_shows_its_value_against_the_limit() -> None:
    refused = events.OrderRefused(1, "EURUSD", "SPREAD_TOO_WIDE", 0.00009, 0.00006, 0)
    assert told(refused) == ("[EURUSD] refused: spread too wide: spread 0.9 pips, at most 0.6 pips")
    paused = events.OrderRefused(1, "EURUSD", "PAUSED", 0.0, 0.0, 0)
    assert told(paused) == "[EURUSD] refused: paused by a person"


def test_what_is_too_frequent_to_watch_has_no_line() -> None:
    assert told(events.EquityLowMarked(19_900.0, 900.0, 1_900.0)) == ""


def test_the_gate_the_news_and_the_coast_have_lines() -> None:
    lines = [
        told(events.CalendarChanged("FRESH", "CALENDAR_STALE", "feed: 30 h old", ("feed",), 9)),
        told(events.CoastChanged("FREE", "REACHED", 1_600.0, 1_600.0, 0.25, 21_000.0)),
        told(events.EmergencyChanged("NONE", "ANY_PRICE", 19_100.0, 19_000.0, 100.0)),
        told(events.ExposureRelieved("floor", "reduce", 1, "EURUSD", 9, 0.1, 50.0, 40.0)),
        told(events.ResetNightJudged(2e4, 19e3, 19e3, 18_990.0, -10.0, "trim", "reduce", 2)),
        told(events.InactivityNoticed(25, 30, 0.0)),
    ]
    assert lines == [
        "the news calendar is old: feed: 30 h old",
        "coast reached: trades risk 25 % of the usual, profit locked at 21 000.00",
        "EMERGENCY any price: 100.00 above the floor",
        "[EURUSD] reduce 0.10 lots: gives back 50.00",
        "before the reset: tomorrow's room -10.00, trim: reduce",
        "no trade opened for 25 days of 30",
    ]
