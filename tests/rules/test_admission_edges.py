"""Edges of admission and exits that a fault planted in the rules would slip through."""

from __future__ import annotations

import pytest
from builders_money import (
    ADMISSION,
    BUY,
    EMPTY_BOOK,
    EXITS,
    FLOORS,
    RISK,
    SPEC,
    WEEKEND,
    a_candidate,
    a_quote,
    a_trade,
    an_account,
)

from bot.model.account import Account
from bot.model.decision import ExitAction, Finding, Refusal
from bot.model.reserves import NO_FIRM_CAPS
from bot.rules.admission import (
    check_caps,
    check_firm_counts,
    check_intent,
    check_money,
    check_order,
)
from bot.rules.exits import gap_step, is_frozen, stop_step, tighter_stop


def test_an_account_of_less_than_one_is_still_an_account() -> None:
    poor = Account(0.5, 0.5, 0.0, 0.5)
    cheap = a_candidate(risk_money=0.001)
    assert check_order(cheap, poor, RISK).refusal == Refusal.NONE
    broke = Account(0.5, 0.0, 0.0, 0.5)
    assert check_order(cheap, broke, RISK) == Finding(Refusal.ACCOUNT_UNKNOWN, 0.0, 0.0)


def test_a_price_below_one_is_a_price() -> None:
    cheap = a_candidate()._replace(entry_price=0.65, stop_price=0.64)
    assert check_order(cheap, an_account(), RISK).refusal == Refusal.NONE


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"lots": 0.0}, Finding(Refusal.LOTS_BELOW_MINIMUM, 0.0, 0.0)),
        ({"risk_money": 0.0}, Finding(Refusal.RISK_ABOVE_INTENT, 0.0, 200.0)),
        ({"risk_money": 0.5}, Finding(Refusal.NONE, 0.5, 200.0)),
        ({"reserve_money": -0.5}, Finding(Refusal.RISK_ABOVE_INTENT, -0.5, 0.0)),
        ({"reserve_money": 0.5}, Finding(Refusal.NONE, 120.0, 200.0)),
    ],
)
def test_an_intent_is_answered_with_its_figures(
    change: dict[str, float], expected: Finding
) -> None:
    assert check_intent(a_candidate()._replace(**change), an_account(), RISK) == expected


def test_an_exposed_symbol_is_answered_with_its_count() -> None:
    book = EMPTY_BOOK._replace(symbol_exposures_count=2)
    assert check_caps(book, RISK) == Finding(Refusal.SYMBOL_HAS_EXPOSURE, 2.0, 0.0)


def test_the_firms_cap_on_positions_is_answered_with_what_would_be_live() -> None:
    firm = NO_FIRM_CAPS._replace(positions_max_count=3.0)
    two = check_firm_counts(a_candidate(), EMPTY_BOOK._replace(positions_count=2), firm)
    assert two.refusal == Refusal.NONE
    three = check_firm_counts(a_candidate(), EMPTY_BOOK._replace(positions_count=3), firm)
    assert three == Finding(Refusal.FIRM_POSITIONS_AT_CAP, 4.0, 3.0)


def test_a_floor_at_risk_is_named_before_margin() -> None:
    near = FLOORS._replace(daily_money=19_990.0)
    bound = an_account()._replace(margin_free_money=0.0)
    found = check_money(a_candidate(), EMPTY_BOOK, bound, near, ADMISSION)
    assert found.refusal == Refusal.DAILY_FLOOR_AT_RISK
    found = check_money(a_candidate(), EMPTY_BOOK, bound, FLOORS, ADMISSION)
    assert found.refusal == Refusal.MARGIN_TOO_LOW


CHEAP = a_trade()._replace(entry_price=0.65, stop_price=0.64)


def test_a_stop_below_a_price_of_one_is_never_loosened() -> None:
    assert tighter_stop(BUY, 0.64, 0.63, a_quote(0.65), SPEC) == 0.64
    assert tighter_stop(BUY, 0.64, 0.640005, a_quote(0.65), SPEC) == 0.64
    assert tighter_stop(BUY, 0.64, 0.64001, a_quote(0.65), SPEC) == pytest.approx(0.64001)


def test_a_stop_below_a_price_of_one_stands_and_is_not_naked() -> None:
    held = stop_step(CHEAP, a_quote(0.651), SPEC, EXITS)
    assert (held.action, held.lots, held.stop_price) == (ExitAction.HOLD, 0.0, 0.0)
    naked = stop_step(CHEAP._replace(stop_price=0.0), a_quote(0.651), SPEC, EXITS)
    assert (naked.action, naked.stop_price) == (ExitAction.MOVE_STOP, pytest.approx(0.64))
    beyond = stop_step(CHEAP._replace(stop_price=0.0), a_quote(0.63), SPEC, EXITS)
    assert (beyond.action, beyond.lots, beyond.stop_price) == (ExitAction.CLOSE, 1.0, 0.0)


def test_a_stop_near_a_price_below_one_is_frozen() -> None:
    frozen = SPEC._replace(freeze_level_price=0.005)
    assert is_frozen(CHEAP, a_quote(0.644), frozen)
    assert not is_frozen(CHEAP, a_quote(0.646), frozen)
    assert not is_frozen(CHEAP._replace(stop_price=0.0), a_quote(0.004), frozen)


def test_a_gap_below_a_price_of_one_is_counted_from_the_last_price() -> None:
    opened = a_quote(0.658)
    assert gap_step(CHEAP, opened, WEEKEND, 0.66).action == ExitAction.HOLD
    assert gap_step(CHEAP, opened, WEEKEND, 0.67).action == ExitAction.CLOSE
    assert gap_step(CHEAP, a_quote(0.6399), WEEKEND, 0.6401).action == ExitAction.CLOSE
