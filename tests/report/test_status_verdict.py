"""The headline names the hardest thing first, and clears only what is known to be clear."""

from __future__ import annotations

import pytest

from bot.model.outlook import Outlook
from bot.report.breakers import BreakerLine
from bot.report.compliance_model import LimitLine
from bot.report.day_record import HaltLine
from bot.report.status_verdict import Standing, headline_of

CLEAR = Standing("RUNNING", "NONE", (), (), (), 0, 120.0, Outlook(at_utc_s=1.0, calendar="FRESH"))
HALT = HaltLine("daily_brake", "day's loss 3.60 %", "next_server_day", 1.0)


def a_breaker(action: str) -> BreakerLine:
    return BreakerLine("trades_per_day", action, 8.0, 8.0, 1.0, "firm_day", person_may=False)


def a_limit(room_money: float) -> LimitLine:
    return LimitLine(
        "daily loss", 20_000.0, 1_000.0, 19_000.0, 19_500.0, 1.0, 500.0, 0.5, 19_500.0, room_money
    )


def word(**changes: object) -> str:
    return headline_of(CLEAR._replace(**changes)).word  # type: ignore[arg-type]


def test_nothing_against_it_is_clear() -> None:
    assert word() == "CLEAR"


def test_without_a_saved_standing_nothing_is_clear() -> None:
    assert word(outlook=None) == "UNSURE"


@pytest.mark.parametrize(
    ("verdict", "said"),
    [("PASSED", "PASSED"), ("BREACHED_DAILY", "BREACHED"), ("OUT_OF_TIME", "OVER")],
)
def test_a_phase_that_is_over_says_so_before_anything_else(verdict: str, said: str) -> None:
    assert word(verdict=verdict, halts=(HALT,)) == said


def test_a_halt_names_what_brings_it_back() -> None:
    answer = headline_of(CLEAR._replace(halts=(HALT,)))
    assert answer.word == "HALTED"
    assert "resets with the firm's next day" in answer.because


def test_a_breaker_blocks_or_reduces_by_its_action() -> None:
    assert word(breakers=(a_breaker("block"),)) == "BLOCKED"
    assert word(breakers=(a_breaker("reduce"),)) == "REDUCED"


def test_a_calendar_that_is_not_fresh_blocks_and_one_that_is_off_does_not() -> None:
    stale = Outlook(at_utc_s=1.0, calendar="CALENDAR_STALE", calendar_reason="feed: 30 h old")
    assert headline_of(CLEAR._replace(outlook=stale)) == (
        "BLOCKED",
        "the news calendar is old: feed: 30 h old",
    )
    assert word(outlook=Outlook(at_utc_s=1.0)) == "CLEAR"


def test_room_of_exactly_one_full_stop_is_room() -> None:
    assert word(limits=(a_limit(120.0),)) == "CLEAR"
    assert word(limits=(a_limit(119.99),)) == "NO ROOM"


def test_an_open_outcome_asks_for_care_and_a_brake_reduces() -> None:
    assert word(unknown_count=1, brake="REDUCE") == "CAREFUL"
    assert word(brake="REDUCE") == "REDUCED"
    assert word(brake="WARN") == "CLEAR"


def test_coasting_is_told_from_the_factor_on() -> None:
    near = Outlook(at_utc_s=1.0, calendar="FRESH", coast_factor=0.5)
    assert word(outlook=near) == "COASTING"
