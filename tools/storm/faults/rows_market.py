"""The faults of network, clock and data; most pass through the simulated terminal."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tools.storm.faults.clock import ClockError
from tools.storm.faults.draws import Level, Pick, Span, Whole
from tools.storm.faults.outside import StaleCalendar
from tools.storm.faults.row import FaultRow, Terminal, at_calls, at_moments, elsewhere, scenic

_RARE: Final = Span(0.0005, 0.01)
_EPISODE_S: Final = Span(30, 3600)
_LONG_S: Final = Span(600, 172_800)
_DAY_S: Final = 86_400.0
_YEAR_S: Final = 365 * _DAY_S
_ERRORS: Final = Pick(-1, -3, -10000, -10001, -10002, -10004, -10005)
_STEP: Final = Span(0.001, 0.01)


def _lasting(row: FaultRow, lasts_s: float) -> FaultRow:
    assert isinstance(row.way, Terminal), "only what passes through the terminal lasts there"
    return FaultRow(row.fault_id, row.text, replace(row.way, lasts_s=lasts_s))


NETWORK_ROWS: Final[tuple[FaultRow, ...]] = (
    at_calls("N01", "A read fails and looks like an empty one.", _RARE, error_code=_ERRORS),
    at_moments(
        "N02", "Positions, orders and history read as empty although they are not.", Span(1, 120)
    ),
    at_calls("N03", "A read fails, and its error is overwritten by another call's.", _RARE),
    at_moments("N04", "The link is away for minutes to hours.", Span(60, 36_000)),
    at_moments(
        "N05", "The link comes and goes.", Span(60, 3600), down_s=Span(1, 120), up_s=Span(1, 120)
    ),
    at_calls(
        "N06",
        "A call does not return, or returns very late; its work may be done.",
        Span(0.00002, 0.0005),
        hang_s=Pick(3, 15, 45, 3600),
        executed=Pick("yes", "no"),
    ),
    at_calls(
        "N07",
        "History is read in the wrong zone, or calls by ticket are refused.",
        Span(0.005, 0.2),
        what=Pick("dates", "ticket"),
        shift_s=Pick(-10_800, -7200, 3600),
    ),
    at_calls("N08", "The bridge gives up waiting although the request is done.", Span(0.05, 0.5)),
    scenic(
        "N09",
        "The news feed stops answering, and what it last said grows old.",
        StaleCalendar,
        shape=Pick("old"),
        for_s=Span(3600, 86_400),
    ),
    elsewhere(
        "N10",
        "Alerts come in a flood, or the chat does not answer.",
        "alerts leave through the watching process, which shares only files with the trader",
        "tests/watch/test_alerts.py::test_a_flood_drops_the_least_severe_and_says_so",
    ),
)

CLOCK_ROWS: Final[tuple[FaultRow, ...]] = (
    at_moments(
        "C01",
        "The server's clock moves to another offset.",
        _LONG_S,
        shift_s=Pick(-3600, 3600, 7200),
    ),
    at_moments("C02", "A server day has 23 or 25 hours.", Span(3600, _DAY_S), hours=Pick(23, 25)),
    at_moments(
        "C03",
        "The server changes to summer time on other dates.",
        _LONG_S,
        zone=Pick("Europe/Athens", "Etc/GMT-3"),
    ),
    scenic(
        "C04",
        "The computer's clock is off by seconds to a minute.",
        ClockError,
        step_s=Pick(-60, -5, -1, 1, 3, 30),
        for_s=_LONG_S,
    ),
    scenic(
        "C05",
        "The computer's clock is off by hours to years.",
        ClockError,
        step_s=Pick(-_YEAR_S, -_DAY_S, -3600, 3600, _DAY_S, _YEAR_S),
        for_s=_LONG_S,
    ),
    _lasting(
        at_moments(
            "C06",
            "Nothing can be reached around midnight.",
            before_s=Span(30, 3600),
            after_s=Span(30, 7200),
        ),
        _DAY_S + 7200,
    ),
    at_moments("C07", "Quotes are stamped in another zone than everything else.", _EPISODE_S),
    at_calls(
        "C08",
        "The server reads an order's expiry in another zone.",
        Span(0.1, 0.6),
        shift_s=Pick(-10_800, -7200, 7200, 10_800),
    ),
    at_moments(
        "C09",
        "Quotes stop: the market is closed, or its feed is dead.",
        Span(300, 14_400),
        cause=Pick("closed", "stale"),
    ),
    at_moments("C10", "A whole day without a session that no calendar knows.", Pick(_DAY_S)),
)

DATA_ROWS: Final[tuple[FaultRow, ...]] = (
    at_moments("X01", "A quote stands still while the market moves on.", Span(30, 3600)),
    at_calls(
        "X02",
        "A quote is crossed, zero or far away.",
        _RARE,
        shape=Pick("crossed", "zero", "spike"),
        fraction=Pick(-0.2, -0.03, 0.03, 0.2),
    ),
    at_moments(
        "X03",
        "The forming bar is missing, or the next one is early.",
        _EPISODE_S,
        shape=Pick("absent", "early"),
    ),
    at_moments(
        "X04",
        "A closed bar is no longer what it was.",
        _LONG_S,
        back_count=Whole(0, 5),
        fraction=Level(-0.01, 0.01),
    ),
    at_calls(
        "X05",
        "Bars are missing, doubled or out of order.",
        Span(0.01, 0.3),
        shape=Pick("missing", "twice", "swapped"),
    ),
    at_moments(
        "X06",
        "The tick value is many times too large or too small.",
        _LONG_S,
        factor=Pick(0, 0.01, 0.1, 1.5, 10, 100),
    ),
    at_calls("X07", "A price, a tick value or the equity is not a number.", _RARE),
    scenic(
        "X08",
        "The calendar of news is empty, old, broken or gone.",
        StaleCalendar,
        shape=Pick("absent", "empty", "broken"),
        for_s=Span(600, 86_400),
    ),
    at_moments("X09", "A name leads to another symbol.", _LONG_S),
    at_calls(
        "X10", "The account reads as if there were no equity.", _RARE, balance=Pick("keep", "zero")
    ),
    at_moments("X11", "Volumes carry the noise of binary fractions.", _LONG_S),
    at_moments(
        "X12",
        "A dividend or a roll moves prices by a step.",
        fraction=_STEP,
        direction=Pick("up", "down"),
    ),
)
