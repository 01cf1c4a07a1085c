"""Edges of sizing and reserves that a fault planted in the rules would slip through."""

from __future__ import annotations

import math

import numpy as np
import pytest
from builders_money import BUY, NO_RESERVES, RISK, SELL, SPEC, a_demand, a_plan, an_account

from bot.model.decision import Brake, Refusal
from bot.model.reserves import Exposure, GuardItems, SlippageSettings
from bot.rules.guard import next_relief, plan_relief
from bot.rules.reserves import night_money, slippage_reserve_r, worst_case
from bot.rules.sizing import floor_to_step, money_at_stop, size_order
from bot.rules.sizing_factors import drawdown_fraction


@pytest.mark.parametrize(
    ("lots", "step", "expected"),
    [
        (-0.5, 0.01, 0.0),
        (1.0, 1e-8, 1.0),
        (1.0, 0.9e-8, 0.0),
        (1e7, 1.0, 0.0),
        (1e7 - 0.5, 0.5, 1e7 - 0.5),
    ],
)
def test_a_volume_is_on_a_grid_and_below_any_contracts_largest(
    lots: float, step: float, expected: float
) -> None:
    assert floor_to_step(lots, step) == expected


def test_a_stop_below_a_price_of_one_bounds_the_loss() -> None:
    assert money_at_stop(BUY, 0.65, 0.64, 1.0, SPEC) == pytest.approx(1_000.0)
    assert money_at_stop(BUY, 0.65, 0.0, 1.0, SPEC) == math.inf
    case = worst_case(Exposure(BUY, 1.0, 0.65, 0.64, 0.01, 0.0), SPEC, NO_RESERVES)
    assert case.stop_money == pytest.approx(1_000.0)


def test_a_contract_worth_little_per_price_is_sized_and_a_worthless_one_is_not() -> None:
    small = SPEC._replace(loss_money_per_price_per_lot=0.5, margin_money_per_lot=0.0)
    sized = size_order(an_account(), a_plan(), a_demand(), small, RISK)
    assert (sized.lots, sized.refusal) == (SPEC.lots_max, Refusal.NONE)
    worthless = SPEC._replace(loss_money_per_price_per_lot=0.0)
    sized = size_order(an_account(), a_plan(), a_demand(), worthless, RISK)
    assert (sized.lots, sized.risk_money, sized.limit.money) == (0.0, 0.0, 0.0)
    assert sized.refusal == Refusal.LOTS_BELOW_MINIMUM


def test_a_refused_size_risks_nothing() -> None:
    halted = a_demand()._replace(brake=Brake.FLATTEN.value)
    sized = size_order(an_account(), a_plan(), halted, SPEC, RISK)
    assert (sized.lots, sized.risk_money, sized.refusal) == (0.0, 0.0, Refusal.HALTED)


def test_a_price_below_one_is_a_price_and_none_is_refused() -> None:
    cheap = a_plan()._replace(entry_price=0.65, stop_price=0.64)
    assert size_order(an_account(), cheap, a_demand(0.65), SPEC, RISK).lots == 0.12
    sized = size_order(an_account(), a_plan(SELL), a_demand(0.0), SPEC, RISK)
    assert (sized.lots, sized.refusal) == (0.0, Refusal.STOP_ON_WRONG_SIDE)
    unstopped = a_plan()._replace(stop_price=0.0)
    sized = size_order(an_account(), unstopped, a_demand(), SPEC, RISK)
    assert (sized.lots, sized.refusal) == (0.0, Refusal.STOP_ON_WRONG_SIDE)


def test_a_cent_stays_above_the_total_floor() -> None:
    demand = a_demand()._replace(total_room_money=100.0)
    sized = size_order(an_account(), a_plan(), demand, SPEC, RISK)
    assert sized.lots == 0.09
    assert sized.limit.money == pytest.approx(99.99)


def test_a_drawdown_is_a_share_however_small_the_peak() -> None:
    assert drawdown_fraction(0.25, 0.5) == 0.5
    assert drawdown_fraction(1.0, 0.0) == 0.0


def test_a_night_costs_by_the_lot_and_a_credit_is_nothing() -> None:
    spec = SPEC._replace(swap_long_money_per_lot_night=5.0, swap_short_money_per_lot_night=-4.0)
    assert (night_money(SELL, 2.0, spec), night_money(BUY, 2.0, spec)) == (8.0, 0.0)
    turned = SPEC._replace(swap_long_money_per_lot_night=-4.0, swap_short_money_per_lot_night=5.0)
    assert (night_money(SELL, 2.0, turned), night_money(BUY, 2.0, turned)) == (0.0, 8.0)


@pytest.mark.parametrize(
    ("percentile", "expected"), [(0.0, 0.1), (0.34, 0.2), (1.0, 0.3), (1.5, 0.3)]
)
def test_a_percentile_is_one_of_the_samples(percentile: float, expected: float) -> None:
    fitted = SlippageSettings(percentile, 1, 0.0)
    samples = np.array([0.3, 0.1, 0.2])
    assert slippage_reserve_r(samples, 9.0, fitted) == pytest.approx(expected)


def test_one_sample_may_be_enough_and_none_never_is() -> None:
    fitted = SlippageSettings(0.9, 0, 0.0)
    assert slippage_reserve_r(np.array([0.3]), 9.0, fitted) == pytest.approx(0.3)
    assert slippage_reserve_r(np.array([]), 9.0, fitted) == 9.0


def _items(*relief_money: float) -> GuardItems:
    count = len(relief_money)
    ones = np.ones(count)
    rank = np.zeros(count, dtype=np.int64)
    return GuardItems(rank, np.array(relief_money), ones, 0.01 * ones, 0.0 * ones)


def test_the_first_item_goes_when_it_alone_is_the_nearest_enough() -> None:
    assert next_relief(50.0, 0, _items(60.0, 200.0), np.zeros(2)) == 0


def test_of_equal_items_that_are_not_enough_the_first_goes() -> None:
    assert next_relief(500.0, 0, _items(60.0, 60.0), np.zeros(2)) == 0


def test_what_frees_nothing_is_never_taken() -> None:
    assert next_relief(50.0, 0, _items(0.0, 0.0), np.zeros(2)) == -1
    assert list(plan_relief(50.0, _items(0.0, 0.5))) == [0.0, 1.0]
