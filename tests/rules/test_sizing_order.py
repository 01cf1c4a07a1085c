"""The size of an order: the smallest limit binds and has a name."""

from __future__ import annotations

import math

import pytest
from builders_money import (
    A_GRANT,
    BUY,
    NO_RESERVES,
    RISK,
    SELL,
    SPEC,
    a_demand,
    a_plan,
    an_account,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.model.account import Account
from bot.model.decision import Brake, Refusal
from bot.model.market import SymbolSpec
from bot.model.settings import RiskSettings
from bot.model.sizing import (
    UNCAPPED,
    UNREDUCED,
    BaseReason,
    Lots,
    RiskFactors,
    SizeLimit,
)
from bot.model.trade import SizeDemand
from bot.rules.reserves import reserve_money
from bot.rules.sizing import (
    RISK_HARD_CEILING_BALANCE_FRACTION,
    fill_excess_lots,
    keep_right,
    size_order,
)

SLIPPING = NO_RESERVES._replace(slippage_r=0.1)
NIGHTS = SPEC._replace(swap_long_money_per_lot_night=-7.0, swap_short_money_per_lot_night=3.0)


def size(
    demand: SizeDemand | None = None,
    spec: SymbolSpec = SPEC,
    s: RiskSettings = RISK,
    account: Account | None = None,
) -> Lots:
    return size_order(account or an_account(), a_plan(), demand or a_demand(), spec, s)


def test_size_is_the_risk_rule_when_nothing_else_binds() -> None:
    sized = size()
    assert (sized.lots, sized.refusal) == (0.12, Refusal.NONE)
    assert sized.risk_money == pytest.approx(120.0)
    assert sized.limit == (pytest.approx(120.0), SizeLimit.RISK)
    assert (sized.base, sized.factors) == (A_GRANT, UNREDUCED)


def test_size_follows_the_balance_and_not_the_equity() -> None:
    assert size(account=an_account(19_000.0, 20_000.0)).lots == 0.12
    assert size(account=an_account(20_000.0, 10_000.0)).lots == 0.06


def test_size_is_taken_from_the_fill_price_and_not_from_the_planned_entry() -> None:
    assert size(a_demand(fill_price=1.095)).lots == 0.24


@pytest.mark.parametrize(
    ("brake", "lots", "refusal"),
    [
        (Brake.WARN, 0.12, Refusal.NONE),
        (Brake.REDUCE, 0.08, Refusal.NONE),
        (Brake.FLATTEN, 0.0, Refusal.HALTED),
    ],
)
def test_the_brake_reduces_and_then_halts(brake: Brake, lots: float, refusal: Refusal) -> None:
    sized = size(a_demand()._replace(brake=brake.value))
    assert (sized.lots, sized.refusal) == (lots, refusal)


@pytest.mark.parametrize(
    ("room", "lots", "refusal"),
    [
        ({"daily_room_money": 50.01}, 0.05, Refusal.NONE),
        ({"daily_room_money": 50.0}, 0.04, Refusal.NONE),  # the floor itself is never touched
        ({"daily_room_money": 9.99}, 0.0, Refusal.DAILY_FLOOR_AT_RISK),
        ({"daily_room_money": -500.0}, 0.0, Refusal.DAILY_FLOOR_AT_RISK),
        ({"total_room_money": 70.01}, 0.07, Refusal.NONE),
        ({"total_room_money": 5.0}, 0.0, Refusal.TOTAL_FLOOR_AT_RISK),
        ({"cumulative_room_money": 60.0}, 0.06, Refusal.NONE),
        ({"cumulative_room_money": 5.0}, 0.0, Refusal.CUMULATIVE_RISK),
        ({"cumulative_room_money": -math.inf}, 0.0, Refusal.CUMULATIVE_RISK),
        ({"cumulative_room_money": math.nan}, 0.0, Refusal.CUMULATIVE_RISK),
        ({"daily_room_money": math.nan}, 0.0, Refusal.DAILY_FLOOR_AT_RISK),
        ({"total_room_money": math.nan}, 0.0, Refusal.TOTAL_FLOOR_AT_RISK),
    ],
)
def test_the_smallest_room_binds_and_names_the_refusal(
    room: dict[str, float], lots: float, refusal: Refusal
) -> None:
    sized = size(a_demand()._replace(**room))
    assert (sized.lots, sized.refusal) == (lots, refusal)


def test_room_to_a_floor_pays_slippage_and_the_night_too() -> None:
    # a lot loses 1 000 at the stop, 100 of slippage and 7 of swap: 11.07 per 0.01
    demand = a_demand()._replace(daily_room_money=55.35 + 0.011, reserves=SLIPPING)
    assert size(demand, NIGHTS).lots == 0.05
    assert size(demand._replace(daily_room_money=55.35), NIGHTS).lots == 0.04


def test_room_to_a_floor_pays_three_nights_and_a_gap_too() -> None:
    # a lot loses 1 000 at the stop, 21 of swap and 200 in the gap: 12.21 per 0.01
    reserves = NO_RESERVES._replace(nights_count=3.0, gap_price=0.002)
    demand = a_demand()._replace(daily_room_money=61.05 + 0.011, reserves=reserves)
    assert size(demand, NIGHTS).lots == 0.05
    assert size(demand._replace(daily_room_money=61.05), NIGHTS).lots == 0.04


def test_the_cumulative_cap_counts_the_loss_at_the_stop_alone() -> None:
    demand = a_demand()._replace(cumulative_room_money=50.0, reserves=SLIPPING)
    assert size(demand).lots == 0.05


def test_a_balance_too_small_for_the_smallest_volume_is_not_traded() -> None:
    sized = size(account=an_account(1_000.0, 1_000.0))
    assert (sized.lots, sized.refusal) == (0.0, Refusal.LOTS_BELOW_MINIMUM)


@pytest.mark.parametrize("fill_price", [1.09, 1.0899, math.nan])
def test_a_fill_at_or_beyond_the_stop_is_not_sized(fill_price: float) -> None:
    sized = size(a_demand(fill_price))
    assert (sized.lots, sized.refusal) == (0.0, Refusal.STOP_ON_WRONG_SIDE)


def test_a_plan_without_a_stop_is_not_sized() -> None:
    plan = a_plan()._replace(stop_price=0.0)
    sized = size_order(an_account(), plan, a_demand(), SPEC, RISK)
    assert (sized.lots, sized.refusal) == (0.0, Refusal.STOP_ON_WRONG_SIDE)


def test_a_sell_is_sized_like_a_buy() -> None:
    assert size_order(an_account(), a_plan(SELL), a_demand(), SPEC, RISK).lots == 0.12


def test_the_factors_multiply_the_base_risk_and_are_all_in_the_answer() -> None:
    factors = RiskFactors(drawdown=0.8, total_loss=0.5, coast=0.9, start=0.5)
    sized = size(a_demand()._replace(points=6.0, brake=2, factors=factors))
    assert sized.intended_money == pytest.approx(120.0 * 1.3 * (4 / 6) * 0.5 * 0.9 * 0.5)
    assert (sized.lots, sized.limit.step) == (0.02, SizeLimit.RISK)
    assert (sized.confluence_factor, sized.brake_factor) == pytest.approx((1.3, 4 / 6))
    assert sized.factors == factors


def test_a_mode_that_counts_the_score_is_not_scaled_by_its_points_again() -> None:
    base = A_GRANT._replace(reason=BaseReason.SCORE_HIGH.value)
    assert size(a_demand()._replace(points=8.0, base=base)).confluence_factor == 1.0
    assert size(a_demand()._replace(points=8.0)).confluence_factor == 1.5


def test_what_the_mode_refuses_is_refused_with_its_figures() -> None:
    base = A_GRANT._replace(refusal=Refusal.DAY_BUDGET_SPENT.value, value=60.0, limit=12.5)
    sized = size(a_demand()._replace(base=base))
    assert (sized.lots, sized.refusal) == (0.0, Refusal.DAY_BUDGET_SPENT)
    assert (sized.value, sized.limit_value) == (60.0, 12.5)


@pytest.mark.parametrize(
    ("factors", "refusal"),
    [
        (UNREDUCED._replace(drawdown=0.0), Refusal.HALTED),
        (UNREDUCED._replace(total_loss=0.0), Refusal.HALTED),
        (UNREDUCED._replace(coast=0.0), Refusal.PROFIT_PROTECTED),
        (UNREDUCED._replace(coast=math.nan), Refusal.PROFIT_PROTECTED),
        (UNREDUCED._replace(coast=0.5), Refusal.NONE),
    ],
)
def test_a_factor_that_leaves_nothing_is_a_named_no(factors: RiskFactors, refusal: Refusal) -> None:
    assert size(a_demand()._replace(factors=factors)).refusal == refusal


def test_too_small_a_size_says_what_the_smallest_volume_costs_and_what_may_be_risked() -> None:
    sized = size(account=an_account(1_000.0, 1_000.0))
    assert (sized.refusal, sized.limit.step) == (Refusal.LOTS_BELOW_MINIMUM, SizeLimit.RISK)
    assert (sized.value, sized.limit_value) == pytest.approx((10.0, 6.0))


@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan])
def test_a_contract_without_a_value_per_price_has_no_size(rate: float) -> None:
    sized = size(spec=SPEC._replace(loss_money_per_price_per_lot=rate))
    assert (sized.lots, sized.refusal) == (0.0, Refusal.LOTS_BELOW_MINIMUM)


@pytest.mark.parametrize(("ceiling", "expected"), [(0.01, 200.0), (0.012, 240.0), (0.9, 400.0)])
def test_the_intended_risk_stops_at_the_ceilings(ceiling: float, expected: float) -> None:
    base = A_GRANT._replace(balance_fraction=0.05)
    s = RISK._replace(risk_ceiling_balance_fraction=ceiling)
    sized = size(a_demand()._replace(base=base), s=s)
    assert sized.limit == (pytest.approx(expected), SizeLimit.CEILING)
    assert sized.risk_money == pytest.approx(expected)


@settings(max_examples=200, deadline=None)
@given(
    balance_money=st.floats(500.0, 500_000.0),
    points=st.floats(0.0, 10.0),
    brake=st.integers(0, 3),
    fraction=st.floats(0.0001, 0.5),
    room_money=st.floats(-1_000.0, 20_000.0),
)
def test_no_size_risks_more_than_the_ceiling_or_the_room(
    balance_money: float, points: float, brake: int, fraction: float, room_money: float
) -> None:
    s = RISK._replace(risk_ceiling_balance_fraction=1.0)
    grant = A_GRANT._replace(balance_fraction=fraction)
    account = an_account(balance_money, balance_money)
    total_room_money = 2.0 * room_money + 1_000.0
    rooms = (room_money, total_room_money, room_money)
    demand = SizeDemand(1.1, points, brake, *rooms, SLIPPING, grant, UNREDUCED, UNCAPPED)
    sized = size(demand, s=s, account=account)
    ceiling = RISK_HARD_CEILING_BALANCE_FRACTION * balance_money
    assert sized.risk_money <= ceiling * (1.0 + 1e-9)
    assert (sized.lots > 0.0) == (sized.refusal == Refusal.NONE)
    if sized.lots > 0.0:
        worst = sized.risk_money + reserve_money(BUY, sized.risk_money, sized.lots, SPEC, SLIPPING)
        assert worst < room_money


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(0.12, False), (0.13, True), (0.11, True), (0.1299, False), (0.0, True)],
)
def test_a_resting_order_is_replaced_when_its_size_moved_by_a_step(
    wanted: float, expected: bool
) -> None:
    assert keep_right(0.12, wanted, SPEC) is expected


@pytest.mark.parametrize(
    ("filled", "wanted", "expected"),
    [
        (0.37, 0.33, 0.04),
        (0.34, 0.33, 0.01),
        (0.33, 0.33, 0.0),
        (0.30, 0.33, 0.0),
        (0.33, 0.0, 0.33),
        (0.33, -1.0, 0.33),
        (0.02, 0.01, 0.01),
    ],
)
def test_an_excess_of_a_step_is_closed_and_a_shortfall_is_not(
    filled: float, wanted: float, expected: float
) -> None:
    assert fill_excess_lots(filled, wanted, SPEC, RISK) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("filled", "expected"), [(0.35, 0.0), (0.36, 0.03)])
def test_the_tolerated_excess_is_a_parameter(filled: float, expected: float) -> None:
    s = RISK._replace(fill_excess_steps_max=3.0)
    assert fill_excess_lots(filled, 0.33, SPEC, s) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("filled", "wanted", "expected"),
    [(0.35, 0.22, 0.13), (0.35, 0.3, 0.1), (0.15, 0.1, 0.15), (0.2, 0.1, 0.1)],
)
def test_an_excess_the_grid_cannot_split_off_closes_more_rather_than_less(
    filled: float, wanted: float, expected: float
) -> None:
    spec = SPEC._replace(lots_min=0.1)
    assert fill_excess_lots(filled, wanted, spec, RISK) == pytest.approx(expected)


@settings(max_examples=200, deadline=None)
@given(
    step=st.sampled_from(["0.01", "0.1", "1.0"]),
    min_steps=st.integers(1, 20),
    filled_steps=st.integers(1, 500),
    wanted_steps=st.integers(0, 500),
)
def test_after_the_excess_is_closed_less_than_a_step_too_much_is_left(
    step: str, min_steps: int, filled_steps: int, wanted_steps: int
) -> None:
    assume(filled_steps >= min_steps)
    assume(wanted_steps == 0 or wanted_steps >= min_steps)
    lots_step = float(step)
    spec = SPEC._replace(lots_step=lots_step, lots_min=min_steps * lots_step)
    filled, wanted = filled_steps * lots_step, wanted_steps * lots_step
    closed = fill_excess_lots(filled, wanted, spec, RISK)
    left = filled - closed
    assert left - wanted < lots_step * (1.0 - 1e-9)
    assert abs(left) < 1e-9 or left >= spec.lots_min - 1e-9
    assert closed == 0.0 or closed >= spec.lots_min - 1e-9
