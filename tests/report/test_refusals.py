"""Every refusal has words, and its value against its limit in the unit it is held in."""

from __future__ import annotations

import pytest

from bot.model.decision import Refusal
from bot.report.pips import distance_text, pip_price
from bot.report.plain import plain
from bot.report.refusals import (
    passed_figures,
    refusal_figures,
    refusal_says,
    smallest_volume_figures,
)

NO_FIGURES = {
    Refusal.NONE,
    Refusal.HALTED,
    Refusal.PAUSED,
    Refusal.UNRESOLVED_INTENT,
    Refusal.QUOTE_CROSSED,
    Refusal.OUTSIDE_SESSION,
    Refusal.ROLLOVER_WINDOW,
    Refusal.STATE_NOT_SAVED,
    Refusal.TERMINAL_NOT_READY,
    Refusal.TARGET_REACHED,
    Refusal.SYMBOL_BLOCKED,
    Refusal.PRICE_MOVED,
    Refusal.WEEKEND_CLOSE,
    Refusal.CALENDAR_MISSING,
    Refusal.DAY_PAUSED_BY_FIRM,
    Refusal.TIME_LIMIT_OVER,
}


def figures(refusal: Refusal, value: float, limit: float, symbol: str = "EURUSD") -> str:
    return plain(refusal_figures(refusal.name, value, limit, symbol))


@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_has_words_of_its_own(refusal: Refusal) -> None:
    says = refusal_says(refusal.name)
    assert says
    assert "_" not in says
    others = {refusal_says(other.name) for other in Refusal if other != refusal}
    assert says not in others


@pytest.mark.parametrize("refusal", [r for r in Refusal if r not in NO_FIGURES])
@pytest.mark.parametrize(("value", "limit"), [(3.0, 2.0), (2.0, 3.0)])
def test_a_refusal_with_figures_shows_both(refusal: Refusal, value: float, limit: float) -> None:
    one, other = figures(refusal, value, limit), figures(refusal, value, limit + 1.0)
    assert one
    assert one != other  # the limit is shown
    assert figures(refusal, value + 0.5, limit) != one or "s old" in one or "s " in one


@pytest.mark.parametrize("refusal", sorted(NO_FIGURES))
def test_a_refusal_without_figures_shows_none(refusal: Refusal) -> None:
    assert figures(refusal, 0.0, 0.0) == ""


@pytest.mark.parametrize(
    ("refusal", "value", "limit", "told"),
    [
        (Refusal.SPREAD_TOO_WIDE, 0.00009, 0.00006, "spread 0.9 pips, at most 0.6 pips"),
        (Refusal.QUOTE_STALE, 90.0, 60.0, "last quote 1 min 30 s old, at most 1 min 00 s"),
        (Refusal.CURRENCY_EXPOSURE, 3.2, 3.0, "3.20 R with it, at most 3.00 R"),
        (Refusal.MARGIN_LEVEL_TOO_LOW, 1.2, 1.33, "level 120.0 %, at least 133.0 %"),
        (Refusal.STOP_OUT_TOO_NEAR, 0.1, 0.15, "10.0 % of equity away, at least 15.0 %"),
        (Refusal.FIRM_LOTS_AT_CAP, 5.1, 5.0, "5.10 lots with it, at most 5.00 lots"),
        (Refusal.POSITIONS_AT_CAP, 10.0, 10.0, "10 open or waiting, at most 10"),
        (Refusal.NEWS_WINDOW, 120.0, 300.0, "a release 2 min 00 s away, at least 5 min 00 s"),
        (Refusal.CALENDAR_STALE, 90_000.0, 86_400.0, "25 h 00 min old, at most 24 h 00 min"),
        (
            Refusal.CALENDAR_STALE,
            3_600.0,
            86_400.0,
            "reaches 1 h 00 min from now, at least 24 h 00 min",
        ),
        (
            Refusal.DAILY_FLOOR_AT_RISK,
            19_050.0,
            19_100.0,
            "worst case leaves 19 050.00, needs more than 19 100.00",
        ),
        (
            Refusal.MARGIN_TOO_LOW,
            400.0,
            500.0,
            "margin free afterwards 400.00, at least 500.00",
        ),
        (Refusal.MARGIN_TOO_LOW, 600.0, 500.0, "margin bound 600.00, at most 500.00"),
        (
            Refusal.DAY_BUDGET_SPENT,
            60.0,
            0.0,
            "least risk of a trade 60.00, 0.00 is left",
        ),
    ],
)
def test_figures_stand_in_their_unit(
    refusal: Refusal, value: float, limit: float, told: str
) -> None:
    assert figures(refusal, value, limit) == told


def test_a_size_that_came_to_nothing_shows_the_smallest_volume_against_what_is_left() -> None:
    told = smallest_volume_figures("CUMULATIVE_RISK", 5.04, 4.58, "EURUSD")
    assert plain(told) == "the smallest volume risks 5.04, 4.58 is left for it"
    spent = smallest_volume_figures("ENTRIES_TODAY_AT_CAP", 3.0, 3.0, "EURUSD")
    assert spent == "3 of at most 3"


def test_a_passed_check_reads_like_the_refusal_it_was_not() -> None:
    floor = passed_figures("DAILY_FLOOR_AT_RISK", 19_800.0, 19_100.0, "EURUSD")
    assert plain(floor) == "worst case leaves 19 800.00, needs more than 19 100.00"
    spread = passed_figures("SPREAD_TOO_WIDE", 0.0001, 0.0003, "EURUSD")
    assert plain(spread) == "spread 1.0 pips, at most 3.0 pips"


def test_names_of_another_version_are_shown_as_they_are() -> None:
    assert refusal_says("MOON_TOO_FULL") == "moon too full"
    assert refusal_figures("MOON_TOO_FULL", 2.0, 1.0, "EURUSD") == "2, limit 1"
    assert passed_figures("MOON_TOO_FULL", 1.0, 2.0, "EURUSD") == "moon too full 1, limit 2"


def test_a_figure_that_is_not_finite_is_said_to_be_unknown() -> None:
    assert figures(Refusal.SWAP_TOO_DEAR, float("inf"), 0.1).startswith("unknown for the nights")


@pytest.mark.parametrize(
    ("symbol", "pip"),
    [("EURUSD", 0.0001), ("GBPJPY", 0.01), ("XAUUSD", None), ("NAS100", None), ("BTCUSD", None)],
)
def test_only_pairs_have_pips(symbol: str, pip: float | None) -> None:
    assert pip_price(symbol) == pip


def test_what_has_no_pips_is_told_in_price() -> None:
    assert distance_text(2.35, "XAUUSD") == "2.35 in price"
