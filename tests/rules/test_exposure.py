"""Exposure: both sides of each cap, and what may never be a hedge."""

from __future__ import annotations

import math

import numpy as np
import pytest
from builders_money import SPEC
from hypothesis import given
from hypothesis import strategies as st

from bot.model.decision import Refusal
from bot.model.exposure import (
    CorrelationSettings,
    ExposureSettings,
    MarginFacts,
    NightPlan,
    SizedEntry,
)
from bot.rules.exposure import (
    bucket_r,
    charged_nights,
    currency_finding,
    group_finding,
    margin_level_finding,
    one_side_finding,
    stop_out_finding,
    swap_finding,
)

S = ExposureSettings(3.0, 0.4, 0.7, 0.15, 0.25, 5, CorrelationSettings(60, 40, 0.7))
CAP_MONEY = 1_000.0  # 5 % of 20 000
MONDAY, WEDNESDAY, FRIDAY = 0, 2, 4
COSTLY = SPEC._replace(swap_long_money_per_lot_night=-3.0, swap_short_money_per_lot_night=1.0)
signed_r = st.lists(st.floats(-5.0, 5.0), max_size=20)


def refusal_of(finding: object) -> Refusal:
    return Refusal(finding.refusal)  # type: ignore[attr-defined]


def test_open_positions_net_within_a_currency() -> None:
    assert bucket_r(np.array([1.0, 1.0, -0.5]), np.array([]), 1) == 1.5
    assert bucket_r(np.array([1.0, 1.0, -0.5]), np.array([]), -1) == -1.5


def test_a_resting_order_counts_where_it_adds_and_hedges_nothing() -> None:
    resting = np.array([1.0, -1.0])
    assert bucket_r(np.array([2.0]), resting, 1) == 3.0
    assert bucket_r(np.array([2.0]), resting, -1) == -1.0


@given(signed_r, signed_r)
def test_a_waiting_order_never_lowers_a_lean(held: list[float], waiting: list[float]) -> None:
    for sign in (1, -1):
        without = bucket_r(np.array(held), np.array([]), sign)
        assert bucket_r(np.array(held), np.array(waiting), sign) >= without - 1e-9


@given(signed_r, signed_r, st.floats(0.01, 3.0), st.sampled_from([1, -1]))
def test_what_is_let_in_keeps_every_filling_of_the_book_within_the_cap(
    held: list[float], waiting: list[float], entry_r: float, sign: int
) -> None:
    lean = bucket_r(np.array(held), np.array(waiting), sign)
    if refusal_of(currency_finding(lean, entry_r, S)) != Refusal.NONE:
        return
    rng = np.random.default_rng(len(held))
    for _ in range(5):
        fills = [r for r in waiting if rng.random() < 0.5]
        assert sign * (sum(held) + sum(fills)) + entry_r <= S.currency_max_r + 1e-6


@pytest.mark.parametrize(
    ("held_r", "refusal"),
    [
        (2.0, Refusal.NONE),
        (2.01, Refusal.CURRENCY_EXPOSURE),
        (-5.0, Refusal.NONE),
        (math.inf, Refusal.CURRENCY_EXPOSURE),
        (math.nan, Refusal.CURRENCY_EXPOSURE),
    ],
)
def test_a_currency_is_full_above_its_cap(held_r: float, refusal: Refusal) -> None:
    finding = currency_finding(held_r, 1.0, S)
    assert refusal_of(finding) == refusal
    assert finding.limit == 3.0


@pytest.mark.parametrize(("held", "refusal"), [(280.0, 0), (280.1, 36), (math.nan, 36)])
def test_a_group_holds_at_most_its_share_of_the_open_risk_cap(held: float, refusal: int) -> None:
    finding = group_finding(held, 120.0, CAP_MONEY, S)
    assert (finding.refusal, finding.limit) == (refusal, 400.0)
    assert math.isnan(held) or finding.value == held + 120.0


@pytest.mark.parametrize(("held", "refusal"), [(580.0, 0), (580.1, 37), (math.inf, 37)])
def test_one_side_holds_at_most_its_share_of_the_open_risk_cap(held: float, refusal: int) -> None:
    finding = one_side_finding(held, 120.0, CAP_MONEY, S)
    assert (finding.refusal, finding.limit) == (refusal, 700.0)


@pytest.mark.parametrize(
    ("margin", "refusal"), [(15_000.0, 0), (15_000.01, 38), (0.0, 0), (math.inf, 38)]
)
def test_a_quarter_of_equity_stays_free_with_everything_filled(margin: float, refusal: int) -> None:
    facts = MarginFacts(20_000.0, margin, 19_000.0, 0.5)
    assert margin_level_finding(facts, 0.25).refusal == refusal


@pytest.mark.parametrize(
    ("worst", "refusal"), [(8_000.0, 0), (7_999.0, 39), (math.nan, 39), (-math.inf, 39)]
)
def test_the_worst_case_stays_a_buffer_above_the_stop_out(worst: float, refusal: int) -> None:
    finding = stop_out_finding(MarginFacts(20_000.0, 10_000.0, worst, 0.5), S)
    assert (finding.refusal, finding.limit) == (refusal, 0.15)  # stop-out at 5 000


def test_an_account_without_equity_has_no_margin_for_anything() -> None:
    facts = MarginFacts(0.0, 0.0, 0.0, 0.5)
    assert refusal_of(margin_level_finding(facts, 0.25)) == Refusal.MARGIN_LEVEL_TOO_LOW
    assert refusal_of(stop_out_finding(facts, S)) == Refusal.STOP_OUT_TOO_NEAR


@pytest.mark.parametrize(
    ("weekday", "nights", "charged_weekdays", "expected"),
    [
        (MONDAY, 1, 5, 1.0),
        (WEDNESDAY, 1, 5, 3.0),
        (MONDAY, 5, 5, 7.0),
        (FRIDAY, 3, 5, 1.0),  # weekend nights were charged on Wednesday
        (FRIDAY, 3, 7, 3.0),
        (MONDAY, 0, 5, 0.0),
    ],
)
def test_the_triple_day_counts_three(
    weekday: int, nights: int, charged_weekdays: int, expected: float
) -> None:
    assert charged_nights(NightPlan(weekday, nights, WEDNESDAY, charged_weekdays)) == expected


@pytest.mark.parametrize(("risk_money", "refusal"), [(84.0, 0), (83.9, 40), (0.0, 40)])
def test_a_trade_whose_nights_cost_too_much_is_refused(risk_money: float, refusal: int) -> None:
    dear = NightPlan(MONDAY, 5, WEDNESDAY, 5)  # 7 nights of 3.00 are 21.00
    finding = swap_finding(SizedEntry(1, 1.0, risk_money, COSTLY), dear, S)
    assert (finding.refusal, finding.limit) == (refusal, 0.25)


def test_a_swap_that_pays_is_no_cost() -> None:
    plan = NightPlan(MONDAY, 30, WEDNESDAY, 7)
    assert swap_finding(SizedEntry(-1, 1.0, 10.0, COSTLY), plan, S).value == 0.0
