"""What the worst case adds to the loss at the stop, each part by itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.market import SymbolSpec
from bot.model.reserves import (
    Exposure,
    GapFractions,
    GateSettings,
    Occasion,
    ReserveTerms,
    ResetPolicy,
    SlippageSettings,
    WorstCase,
)
from bot.rules.reserves import (
    gap_fraction,
    nights_count,
    reserve_money,
    slippage_reserve_r,
    worst_case,
)

BUY, SELL = 1, -1
SPEC = SymbolSpec(
    digits=5,
    tick_size_price=0.00001,
    contract_size=100_000.0,
    lots_min=0.01,
    lots_max=50.0,
    lots_step=0.01,
    loss_money_per_price_per_lot=100_000.0,
    gain_money_per_price_per_lot=100_000.0,
    stops_level_price=0.0,
    freeze_level_price=0.0,
    commission_money_per_lot=4.0,
    swap_long_money_per_lot_night=-7.0,
    swap_short_money_per_lot_night=3.0,
    margin_money_per_lot=1_000.0,
)
TERMS = ReserveTerms(slippage_r=0.1, gap_price=0.002, nights_count=3.0)
LONG = Exposure(BUY, 2.0, 1.1, 1.09, 0.01, 0.5)
GAPS = GapFractions(weekend_fraction=0.02, news_fraction=0.005, rollover_fraction=0.01)
FITTING = SlippageSettings(percentile_fraction=0.95, samples_min_count=20, prior_weight_count=20.0)


def test_the_worst_case_names_each_part_and_their_sum() -> None:
    case = worst_case(LONG, SPEC, TERMS)
    expected = WorstCase(2_000.0, 200.0, 4.0, 42.0, 400.0, 2_646.0)
    assert case == pytest.approx(expected)


def test_a_swap_that_is_paid_to_us_is_not_counted() -> None:
    case = worst_case(LONG._replace(side=SELL, stop_price=1.11), SPEC, TERMS)
    assert case.swap_money == 0.0
    assert case.stop_money == pytest.approx(2_000.0)


def test_a_position_without_a_stop_has_no_bound() -> None:
    for stop_price in (0.0, math.nan):
        assert worst_case(LONG._replace(stop_price=stop_price), SPEC, TERMS).total_money == math.inf


def test_a_stop_in_profit_costs_nothing_at_the_stop_but_still_slips_and_gaps() -> None:
    case = worst_case(LONG._replace(stop_price=1.12), SPEC, TERMS)
    assert case.stop_money == 0.0
    assert case.slippage_money == pytest.approx(200.0)  # of the trade's own 1R
    assert case.gap_money == pytest.approx(400.0)


def test_slippage_is_counted_on_the_longer_of_1r_and_the_way_to_the_stop() -> None:
    assert worst_case(LONG._replace(from_price=1.12), SPEC, TERMS).slippage_money == pytest.approx(
        600.0
    )
    assert worst_case(LONG._replace(from_price=1.095), SPEC, TERMS).slippage_money == (
        pytest.approx(200.0)
    )


def test_an_order_reserves_what_its_worst_case_adds_to_the_stop() -> None:
    order = LONG._replace(commission_share=1.0)
    case = worst_case(order, SPEC, TERMS)
    risk_money = case.stop_money + case.commission_money
    reserve = reserve_money(BUY, risk_money, 2.0, SPEC, TERMS)
    assert risk_money + reserve >= case.total_money
    assert reserve == pytest.approx(0.1 * 2_008.0 + 42.0 + 400.0)


@pytest.mark.parametrize(("weekday", "nights"), [(1, 1.0), (2, 3.0), (3, 1.0), (5, 1.0)])
def test_the_triple_day_charges_three_nights(weekday: int, nights: float) -> None:
    assert nights_count(weekday, 2) == nights


@pytest.mark.parametrize(
    ("occasion", "fraction"),
    [
        (Occasion(False, False, False), 0.0),
        (Occasion(True, False, False), 0.02),
        (Occasion(False, True, False), 0.005),
        (Occasion(False, False, True), 0.01),
        (Occasion(False, True, True), 0.01),
        (Occasion(True, True, True), 0.02),
    ],
)
def test_the_widest_gap_ahead_counts_and_gaps_do_not_add_up(
    occasion: Occasion, fraction: float
) -> None:
    assert gap_fraction(GAPS, occasion) == fraction


def test_too_few_stop_fills_leave_the_prior() -> None:
    assert slippage_reserve_r(np.full(19, 9.0), 0.1, FITTING) == 0.1
    assert slippage_reserve_r(np.zeros(0), 0.1, FITTING) == 0.1
    no_minimum = FITTING._replace(samples_min_count=0)
    assert slippage_reserve_r(np.zeros(0), 0.1, no_minimum) == 0.1


def test_own_stop_fills_are_shrunk_towards_the_prior() -> None:
    # 20 fills against a prior worth 20: half and half
    assert slippage_reserve_r(np.full(20, 0.5), 0.1, FITTING) == pytest.approx(0.3)
    assert slippage_reserve_r(np.full(180, 0.5), 0.1, FITTING) == pytest.approx(0.46)
    free = FITTING._replace(prior_weight_count=0.0)
    assert slippage_reserve_r(np.full(20, 0.5), 0.1, free) == 0.5


def test_the_percentile_of_own_fills_is_one_of_them_and_never_too_low() -> None:
    free = FITTING._replace(prior_weight_count=0.0)
    samples = np.arange(1.0, 101.0)[::-1].copy()
    assert slippage_reserve_r(samples, 0.0, free) == 95.0
    assert slippage_reserve_r(samples, 0.0, free._replace(percentile_fraction=1.0)) == 100.0
    assert slippage_reserve_r(samples[:21], 0.0, free) == 99.0  # 20 of 21 slipped no more


def test_luck_at_stops_is_not_reckoned_with() -> None:
    assert slippage_reserve_r(np.full(200, -0.5), 0.0, FITTING) == 0.0


@given(
    samples=st.lists(st.floats(-1.0, 5.0), min_size=0, max_size=60),
    prior_r=st.floats(0.0, 1.0),
)
def test_the_fitted_slippage_lies_between_prior_and_worst_fill(
    samples: list[float], prior_r: float
) -> None:
    answer = slippage_reserve_r(np.array(samples), prior_r, FITTING)
    assert 0.0 <= answer <= max(prior_r, *samples, 0.0) + 1e-12


@given(
    terms=st.builds(ReserveTerms, st.floats(0.0, 1.0), st.floats(0.0, 0.1), st.floats(0.0, 3.0)),
    from_price=st.floats(1.0, 1.2),
    stop_price=st.floats(1.0, 1.2),
    side=st.sampled_from([BUY, SELL]),
)
def test_no_part_of_a_worst_case_is_negative_and_nothing_is_lost_in_the_sum(
    terms: ReserveTerms, from_price: float, stop_price: float, side: int
) -> None:
    exposure = LONG._replace(side=side, from_price=from_price, stop_price=stop_price)
    case = worst_case(exposure, SPEC, terms)
    assert min(case) >= 0.0
    assert case.total_money == pytest.approx(sum(case[:-1]))


GATE = GateSettings(
    slippage=FITTING,
    symbol_risk_equity_fraction_max=0.015,
    weekend_lead_s=0.0,
    rollover_lead_s=0.0,
    gaps_by_class=(("fx", GAPS), ("metal", GapFractions(0.01, 0.03, 0.0))),
    gaps_by_symbol=(("XAGUSD", GapFractions(0.05, 0.05, 0.05)),),
    reset_window_s=1_800.0,
    reset_policy=ResetPolicy.TRIM,
)


def test_a_symbols_own_gaps_come_before_its_class_and_an_unknown_class_gets_the_widest() -> None:
    assert GATE.gaps_of("XAGUSD", "metal").weekend_fraction == 0.05
    assert GATE.gaps_of("XAUUSD", "metal").weekend_fraction == 0.01
    assert GATE.gaps_of("TSLA", "") == GapFractions(0.02, 0.03, 0.01)
