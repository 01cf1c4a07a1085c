"""Sizing over random money: never above a limit, on the grid, total, and no martingale."""

from __future__ import annotations

import math

from builders_money import BUY, NO_RESERVES, RISK, SPEC, a_plan, an_account
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_sizing_modes import BUDGET, CONFIDENCE, WINS

from bot.live.sizing_facts import wins_of
from bot.live.state import TradeResult
from bot.model.decision import Refusal
from bot.model.market import SymbolSpec
from bot.model.sizing import (
    BaseReason,
    BaseRisk,
    BudgetFacts,
    DayTally,
    DrawdownSettings,
    Lots,
    RiskFactors,
    SizeCaps,
    SizingFacts,
    SizingMode,
    SizingSettings,
    WinFacts,
)
from bot.model.trade import SizeDemand
from bot.rules.reserves import reserve_money
from bot.rules.sizing import floor_to_step, loss_money_per_lot, money_at_stop, size_order
from bot.rules.sizing_modes import (
    base_risk,
    budget_left_money,
    confidence_risk,
    daily_budget_risk,
    tally_after,
    win_rate_risk,
)

BALANCE = 20_000.0
EXAMPLES = settings(max_examples=400, deadline=None)

any_number = st.floats(allow_nan=True, allow_infinity=True)
share = st.floats(0.0, 1.5) | st.just(math.nan)
money = st.floats(-500.0, 5_000.0) | st.sampled_from([math.nan, math.inf, -math.inf])
grants = st.builds(
    BaseRisk,
    balance_fraction=st.floats(0.0, 0.2),
    reason=st.sampled_from([reason.value for reason in BaseReason]),
    refusal=st.just(0),
    value=st.just(0.0),
    limit=st.just(0.0),
)
caps = st.builds(SizeCaps, money, money, st.floats(0.0, 5.0), money, money, st.floats(1.0, 500.0))
demands = st.builds(
    SizeDemand,
    fill_price=st.floats(1.0901, 1.3),
    points=st.floats(0.0, 10.0) | st.just(math.nan),
    brake=st.integers(0, 3),
    daily_room_money=money,
    total_room_money=money,
    cumulative_room_money=money,
    reserves=st.builds(
        NO_RESERVES._replace, slippage_r=st.floats(0.0, 1.0), gap_price=st.floats(0.0, 0.02)
    ),
    base=grants,
    factors=st.builds(RiskFactors, share, share, share, share),
    caps=caps,
)
contracts = st.builds(
    SPEC._replace,
    lots_step=st.sampled_from([0.001, 0.01, 0.1, 1.0]),
    lots_min=st.sampled_from([0.001, 0.01, 0.1, 1.0]),
    lots_max=st.sampled_from([0.5, 5.0, 50.0]),
    loss_money_per_price_per_lot=st.floats(0.5, 200_000.0),
    commission_money_per_lot=st.sampled_from([0.0, 4.0]),
    margin_money_per_lot=st.floats(0.0, 5_000.0),
)


def limits_of(demand: SizeDemand, spec: SymbolSpec) -> list[float]:
    """Every limit as risk at the stop, worked out again by hand."""
    one = loss_money_per_lot(demand.fill_price - 1.09, spec)
    worst = one + reserve_money(BUY, one, 1.0, spec, demand.reserves)
    c, worth = demand.caps, spec.loss_money_per_price_per_lot * demand.fill_price
    rooms = [demand.daily_room_money, demand.total_room_money, c.firm_risk_money]
    margin = max(spec.margin_money_per_lot, worth / c.margin_leverage)
    return [
        *(room * one / worst for room in rooms),
        demand.cumulative_room_money,
        c.symbol_risk_money,
        c.lots * one,
        c.margin_money / margin * one,
        c.notional_money / worth * one,
        spec.lots_max * one,
        0.02 * BALANCE,
        RISK.risk_ceiling_balance_fraction * BALANCE,
    ]


def sized_by(demand: SizeDemand, spec: SymbolSpec) -> Lots:
    return size_order(an_account(), a_plan(), demand, spec, RISK)


@EXAMPLES
@given(demand=demands, spec=contracts)
def test_the_planned_loss_is_within_the_intended_risk_and_every_limit(
    demand: SizeDemand, spec: SymbolSpec
) -> None:
    sized = sized_by(demand, spec)
    assert sized.lots >= 0.0  # and so a number
    assert (sized.lots > 0.0) == (sized.refusal == Refusal.NONE)
    if sized.lots == 0.0:
        return
    at_stop = money_at_stop(BUY, demand.fill_price, 1.09, sized.lots, spec)
    planned = at_stop + spec.commission_money_per_lot * sized.lots
    assert planned <= sized.intended_money * (1.0 + 1e-7)  # I18
    for limit in limits_of(demand, spec):
        assert planned <= limit * (1.0 + 1e-7)


@EXAMPLES
@given(demand=demands, spec=contracts)
def test_lots_are_on_the_grid_floored_and_between_least_and_most(
    demand: SizeDemand, spec: SymbolSpec
) -> None:
    assume(spec.lots_min >= spec.lots_step)
    sized = sized_by(demand, spec)
    if sized.lots == 0.0:
        return
    assert floor_to_step(sized.lots, spec.lots_step) == sized.lots
    assert spec.lots_min <= sized.lots <= spec.lots_max
    one = loss_money_per_lot(demand.fill_price - 1.09, spec)
    assert sized.limit.money - sized.risk_money < spec.lots_step * one * (1.0 + 1e-6)


@EXAMPLES
@given(demand=demands, spec=contracts, less=st.floats(0.0, 1.0))
def test_less_of_any_room_or_factor_never_makes_a_larger_size(
    demand: SizeDemand, spec: SymbolSpec, less: float
) -> None:
    before = sized_by(demand, spec).lots
    factors = demand.factors
    smaller = [
        demand._replace(daily_room_money=min(demand.daily_room_money * less, 0.0)),
        demand._replace(cumulative_room_money=demand.cumulative_room_money - 100.0 * less),
        demand._replace(factors=factors._replace(coast=factors.coast * less)),
        demand._replace(factors=factors._replace(drawdown=factors.drawdown * less)),
        demand._replace(brake=min(demand.brake + 1, 3)),
        demand._replace(
            base=demand.base._replace(balance_fraction=demand.base.balance_fraction * less)
        ),
    ]
    assert all(sized_by(item, spec).lots <= before + 1e-12 for item in smaller)


def a_setting(mode: SizingMode, weight: float = 20.0) -> SizingSettings:
    wins = WINS._replace(prior_weight_count=weight)
    drawdown = DrawdownSettings(0.02, 0.06, 0.5)
    return SizingSettings(mode.value, 1.0, 10.0, drawdown, BUDGET, wins, CONFIDENCE)


@EXAMPLES
@given(
    mode=st.sampled_from(SizingMode),
    score=any_number,
    balance=any_number,
    budget=st.builds(
        BudgetFacts,
        any_number,
        any_number,
        st.integers(0, 10),
        st.builds(DayTally, any_number, st.integers(0, 5)),
    ),
    trades=st.integers(0, 40),
    wins=st.integers(0, 40),
    row=st.integers(0, 40),
)
def test_every_mode_answers_every_question_with_a_number_and_a_name(
    *,
    mode: SizingMode,
    score: float,
    balance: float,
    budget: BudgetFacts,
    trades: int,
    wins: int,
    row: int,
) -> None:
    facts = SizingFacts(score, budget, WinFacts(trades, min(wins, trades), min(row, trades)))
    answer = base_risk(balance, facts, RISK, a_setting(mode))
    assert 0.0 <= answer.balance_fraction <= 0.01
    assert (answer.balance_fraction > 0.0) == (answer.refusal == Refusal.NONE)
    assert Refusal(answer.refusal).name
    assert BaseReason(answer.reason).name


loss = st.floats(-400.0, -0.01)
budget_days = st.builds(
    BudgetFacts,
    st.floats(10_000.0, 30_000.0),
    st.floats(0.0, 500.0),
    st.integers(0, 3),
    st.builds(DayTally, st.floats(0.0, 500.0), st.integers(0, 2)),
)


@EXAMPLES
@given(facts=budget_days, lost=loss, risk=st.floats(0.0, 200.0))
def test_a_loss_never_raises_the_share_of_the_budget(
    facts: BudgetFacts, lost: float, risk: float
) -> None:
    """The losing trade held its risk open before; afterwards the loss is charged instead."""
    opened = facts._replace(open_risk_money=facts.open_risk_money + risk)
    closed = facts._replace(tally=tally_after(facts.tally, lost, risk))
    before = daily_budget_risk(BALANCE, opened, BUDGET).balance_fraction
    assert daily_budget_risk(BALANCE, closed, BUDGET).balance_fraction <= before + 1e-12


@EXAMPLES
@given(facts=budget_days, charged=st.floats(0.0, 500.0))
def test_a_grant_is_never_more_than_what_is_left_and_shrinks_with_it(
    facts: BudgetFacts, charged: float
) -> None:
    granted = daily_budget_risk(BALANCE, facts, BUDGET).balance_fraction
    assert granted * BALANCE <= max(0.0, budget_left_money(facts, BUDGET)) + 1e-6
    more = facts._replace(tally=facts.tally._replace(charged_money=charged))
    fewer, much = sorted((facts, more), key=lambda f: f.tally.charged_money)
    after = daily_budget_risk(BALANCE, much, BUDGET).balance_fraction
    assert after <= daily_budget_risk(BALANCE, fewer, BUDGET).balance_fraction


@EXAMPLES
@given(results=st.lists(st.floats(-1.0, 1.5), min_size=1, max_size=12))
def test_a_day_of_trades_never_loses_more_than_its_budget(results: list[float]) -> None:
    """Each trade risks its grant and returns a multiple of it, at worst the whole of it."""
    tally, lost = DayTally(), 0.0
    for taken, result_r in enumerate(results):
        facts = BudgetFacts(BALANCE, 0.0, taken, tally)
        risk = daily_budget_risk(BALANCE, facts, BUDGET).balance_fraction * BALANCE
        lost += max(0.0, -result_r * risk)
        tally = tally_after(tally, result_r * risk, risk) if risk > 0.0 else tally
    assert lost <= BUDGET.budget_equity_fraction * BALANCE + 1e-6


def a_result(number: int, net_money: float) -> TradeResult:
    return TradeResult(number, "EURUSD", float(number), net_money, net_money / 100.0)


outcomes = st.lists(st.sampled_from([120.0, 80.0, 0.0, -100.0]), max_size=45)


@EXAMPLES
@given(nets=outcomes, net=st.sampled_from([-100.0, -0.01, 0.0]), weight=st.floats(0.0, 60.0))
def test_a_trade_without_a_win_never_raises_the_risk_of_the_win_rate_mode(
    nets: list[float], net: float, weight: float
) -> None:
    s = a_setting(SizingMode.WIN_RATE, weight).win_rate
    results = [a_result(number, money) for number, money in enumerate(nets)]
    before = win_rate_risk(0.006, wins_of(results, s.window_count), s).balance_fraction
    later = [*results, a_result(len(nets), net)]
    assert win_rate_risk(0.006, wins_of(later, s.window_count), s).balance_fraction <= before


@EXAMPLES
@given(trades=st.integers(0, 20), wins=st.integers(0, 20))
def test_one_win_more_among_as_many_trades_never_lowers_the_risk(trades: int, wins: int) -> None:
    assume(wins < trades)
    s = a_setting(SizingMode.WIN_RATE).win_rate
    fewer = win_rate_risk(0.006, WinFacts(trades, wins, 0), s).balance_fraction
    assert win_rate_risk(0.006, WinFacts(trades, wins + 1, 0), s).balance_fraction >= fewer


@EXAMPLES
@given(first=st.floats(0.0, 1.0), second=st.floats(0.0, 1.0))
def test_a_higher_score_never_has_less_risk(first: float, second: float) -> None:
    low, high = sorted((first, second))
    less = confidence_risk(0.006, low, CONFIDENCE).balance_fraction
    assert confidence_risk(0.006, high, CONFIDENCE).balance_fraction >= less
