"""Lots from money: exact on the grid, never more than intended."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from builders_money import (
    BUY,
    NO_RESERVES,
    RISK,
    SELL,
    SPEC,
    an_account,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.reserves import night_money, reserve_money
from bot.rules.sizing import (
    floor_to_step,
    loss_money_per_lot,
    lots_for_risk,
    money_at_stop,
    risk_ceiling_money,
)

NIGHTS = SPEC._replace(swap_long_money_per_lot_night=-7.0, swap_short_money_per_lot_night=3.0)


STEPS = ["0.001", "0.01", "0.05", "0.1", "0.25", "0.5", "1.0", "5.0"]


@pytest.mark.parametrize(
    ("lots", "step", "expected"),
    [
        (0.1 + 0.2, 0.1, 0.3),
        (0.3, 0.1, 0.3),
        (0.29, 0.01, 0.29),
        (0.57, 0.01, 0.57),
        (1.15, 0.01, 1.15),
        (0.0199, 0.01, 0.01),
        (0.019999, 0.01, 0.01),
        (0.0099, 0.01, 0.0),
        (2.9, 1.0, 2.0),
        (3.0, 1.0, 3.0),
        (0.0129, 0.001, 0.012),
        (0.7, 0.25, 0.5),
        (1_000.0 - 999.9, 0.01, 0.1),
        (123_456.78, 0.01, 123_456.78),
    ],
)
def test_lots_are_floored_to_the_step_and_binary_noise_costs_no_step(
    lots: float, step: float, expected: float
) -> None:
    assert floor_to_step(lots, step) == expected


@pytest.mark.parametrize(
    ("lots", "step"),
    [
        (0.0, 0.01),
        (-1.0, 0.01),
        (math.nan, 0.01),
        (math.inf, 0.01),
        (1.0, 0.0),
        (1.0, -0.01),
        (1.0, math.nan),
        (1e8, 0.01),
    ],
)
def test_what_is_no_volume_is_zero_lots(lots: float, step: float) -> None:
    assert floor_to_step(lots, step) == 0.0


@settings(max_examples=200, deadline=None)
@given(step=st.sampled_from(STEPS), steps_count=st.integers(1, 100_000))
def test_a_multiple_of_the_step_is_kept_to_the_last_bit(step: str, steps_count: int) -> None:
    exact = float(Decimal(step) * steps_count)
    assert floor_to_step(exact, float(step)) == exact
    assert floor_to_step(steps_count * float(step), float(step)) == exact


@settings(max_examples=200, deadline=None)
@given(step=st.sampled_from(STEPS), lots=st.floats(0.0, 10_000.0))
def test_flooring_never_rounds_up_and_never_loses_a_whole_step(step: str, lots: float) -> None:
    floored, size_step = floor_to_step(lots, float(step)), float(step)
    assert floored <= lots + 1e-8 * size_step * max(1.0, lots)
    assert lots - floored < size_step * (1.0 + 1e-9)
    steps = Decimal(str(floored)) / Decimal(step)
    assert steps == steps.to_integral_value()


@pytest.mark.parametrize(
    ("risk_money", "stop_price", "expected"),
    [
        (120.0, 0.01, 0.12),
        (129.99, 0.01, 0.12),
        (10.0, 0.01, 0.01),
        (9.99, 0.01, 0.0),
        (1e9, 0.01, 50.0),
        (0.0, 0.01, 0.0),
        (-5.0, 0.01, 0.0),
        (math.nan, 0.01, 0.0),
        (120.0, 0.0, 0.0),
        (120.0, -0.01, 0.0),
        (120.0, math.nan, 0.0),
    ],
)
def test_lots_are_the_largest_whose_loss_fits_the_risk(
    risk_money: float, stop_price: float, expected: float
) -> None:
    assert lots_for_risk(risk_money, stop_price, SPEC) == expected


def test_commission_is_part_of_the_loss() -> None:
    spec = SPEC._replace(commission_money_per_lot=4.0)
    assert loss_money_per_lot(0.01, spec) == pytest.approx(1_004.0)
    assert lots_for_risk(1_003.99, 0.01, spec) == 0.99
    assert lots_for_risk(1_004.0, 0.01, spec) == 1.0


@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan])
def test_a_contract_without_a_value_per_price_is_not_traded(rate: float) -> None:
    spec = SPEC._replace(loss_money_per_price_per_lot=rate, commission_money_per_lot=4.0)
    assert lots_for_risk(120.0, 0.01, spec) == 0.0


@pytest.mark.parametrize(("risk_money", "expected"), [(99.9, 0.0), (100.0, 0.1), (110.0, 0.11)])
def test_a_minimum_above_the_step_is_respected(risk_money: float, expected: float) -> None:
    assert lots_for_risk(risk_money, 0.01, SPEC._replace(lots_min=0.1)) == expected


@settings(max_examples=200, deadline=None)
@given(
    risk_money=st.floats(0.01, 5_000.0),
    stop_price=st.floats(1e-5, 50.0),
    rate=st.floats(0.01, 1e6),
    commission_money=st.floats(0.0, 20.0),
    step=st.sampled_from(STEPS),
)
def test_the_loss_at_the_stop_never_exceeds_the_risk_granted(
    risk_money: float, stop_price: float, rate: float, commission_money: float, step: str
) -> None:
    spec = SPEC._replace(
        lots_step=float(step),
        lots_min=float(step),
        loss_money_per_price_per_lot=rate,
        commission_money_per_lot=commission_money,
    )
    lots = lots_for_risk(risk_money, stop_price, spec)
    loss = money_at_stop(BUY, 100.0, 100.0 - stop_price, lots, spec) + commission_money * lots
    assert loss <= risk_money * (1.0 + 1e-8)
    one_more = floor_to_step(lots + spec.lots_step, spec.lots_step)
    is_largest = one_more * loss_money_per_lot(stop_price, spec) > risk_money * (1.0 - 1e-8)
    assert is_largest or lots == spec.lots_max or one_more > spec.lots_max


@pytest.mark.parametrize(
    ("side", "from_price", "stop_price", "expected"),
    [
        (BUY, 1.1, 1.09, 500.0),
        (BUY, 1.09, 1.1, 0.0),
        (BUY, 1.1, 1.1, 0.0),
        (SELL, 1.1, 1.11, 500.0),
        (SELL, 1.11, 1.1, 0.0),
        (SELL, 1.1, 0.0, math.inf),
        (BUY, 1.1, 0.0, math.inf),
        (BUY, 1.1, math.nan, math.inf),
    ],
)
def test_money_at_the_stop_is_a_loss_or_nothing_and_unbounded_without_one(
    side: int, from_price: float, stop_price: float, expected: float
) -> None:
    assert money_at_stop(side, from_price, stop_price, 0.5, SPEC) == pytest.approx(expected)


def test_a_loss_is_converted_at_the_dearer_side() -> None:
    spec = SPEC._replace(loss_money_per_price_per_lot=101_000.0)
    assert money_at_stop(BUY, 1.1, 1.09, 1.0, spec) == pytest.approx(1_010.0)


@pytest.mark.parametrize(("side", "expected"), [(BUY, 14.0), (SELL, 0.0)])
def test_a_night_costs_its_swap_and_a_swap_credit_is_not_counted(
    side: int, expected: float
) -> None:
    assert night_money(side, 2.0, NIGHTS) == expected


def test_the_reserve_is_slippage_in_r_and_a_night() -> None:
    terms = NO_RESERVES._replace(slippage_r=0.1)
    assert reserve_money(BUY, 120.0, 0.5, NIGHTS, terms) == pytest.approx(12.0 + 3.5)


@pytest.mark.parametrize(("ceiling", "expected"), [(0.01, 200.0), (0.02, 400.0), (0.9, 400.0)])
def test_no_parameter_lifts_the_ceiling_in_the_code(ceiling: float, expected: float) -> None:
    s = RISK._replace(risk_ceiling_balance_fraction=ceiling)
    assert risk_ceiling_money(an_account(), s) == pytest.approx(expected)
