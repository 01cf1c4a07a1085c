"""A report's figures add up, name what they are made of, and never sound surer than they are."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from walk_builders import DAY_S, FIRST_DAY, START_S, Made, facts_of

from bot.backtest.kinds import Trigger
from bot.model.breakers import BreakerAction
from bot.model.challenge import OverallKind
from bot.model.decision import ExitReason, PhaseVerdict, Refusal
from bot.research.backtest import Figures, exposure_of, figures_of
from bot.research.backtest_trades import TradeRow
from bot.research.ratios import ratios_of
from bot.research.report_tables import careful_lines, headline_rows, money_line, verdict_line

CENTS = st.integers(-200_000, 200_000)
TRADES = st.lists(
    st.builds(
        Made,
        gross=CENTS,
        commission=st.integers(-900, 0),
        swap=st.integers(-900, 900),
        symbol=st.integers(0, 1),
        opened=st.just(0.25),
        closed=st.floats(0.3, 4.9),
        side=st.sampled_from([1, -1]),
        reason=st.sampled_from([ExitReason.STOP, ExitReason.TARGET]),
    ),
    max_size=12,
)


def figures(*trades: Made, days_count: int = 5) -> Figures:
    return figures_of(facts_of(trades, days_count))


@settings(deadline=None, max_examples=25)
@given(TRADES)
def test_every_cent_is_in_the_sum_and_in_every_cut(trades: list[Made]) -> None:
    found = figures(*trades)
    money = found.money
    assert money.left_over_money == 0.0
    parts = money.gross_money + money.commission_money + money.swap_money
    assert math.isclose(money.start_money + parts, money.end_balance_money, abs_tol=1e-6)
    for cuts in found.cuts.values():
        assert sum(cut.trades_count for cut in cuts) == len(trades)
        assert math.isclose(
            sum(cut.net_money for cut in cuts), money.net_money, abs_tol=1e-6 * (1 + len(trades))
        )
        assert sum(cut.won_count for cut in cuts) == sum(t.is_won for t in found.trades)


@settings(deadline=None, max_examples=25)
@given(TRADES)
def test_day_results_add_up_to_the_last_equity(trades: list[Made]) -> None:
    found = figures(*trades)
    total = sum(day.gain_money for day in found.days)
    assert math.isclose(found.money.start_money + total, found.days[-1].equity_money, abs_tol=0.01)


def test_a_cent_that_no_deal_explains_is_shown() -> None:
    facts = facts_of([Made(gross=5_000)])
    facts.walked.account.balance_minor += 1
    found = figures_of(facts)
    assert found.money.left_over_money == 0.01
    assert "LEFT OVER +0.01" in money_line(found)
    assert "reconciled to the cent" in money_line(figures(Made(gross=5_000)))


def test_costs_stand_on_lines_of_their_own() -> None:
    rows = dict(headline_rows(figures(Made(gross=5_000, commission=-700, swap=-120))))
    assert rows["gross"].startswith("+50.00")
    assert rows["commission"] == "\u22127.00"
    assert rows["swap"] == "\u22121.20"
    assert rows["net"].startswith("+41.80 USD")


def test_floors_are_the_rules_own() -> None:
    day = figures(Made(gross=-10_000)).days[1]
    assert day.total_floor_money == 18_000.0
    assert day.daily_floor_money is not None
    assert 18_000.0 < day.daily_floor_money < day.equity_money


def test_a_floor_that_trails_is_not_drawn_as_if_it_stood_still() -> None:
    facts = facts_of([])
    overall = facts.rules.overall._replace(kind=OverallKind.TRAILING.value)
    found = figures_of(replace(facts, rules=facts.rules._replace(overall=overall)))
    assert {day.total_floor_money for day in found.days} == {None}


def test_the_day_the_walk_ended_in_is_there_once_it_has_begun() -> None:
    facts = facts_of([Made(gross=5_000)])
    assert len(figures_of(facts).days) == 5
    facts.walked.account.now_s += 3_600.0
    facts.walked.account.day = FIRST_DAY + 5
    days = figures_of(facts).days
    assert [day.day for day in days[-2:]] == [FIRST_DAY + 4, FIRST_DAY + 5]


def test_hours_and_weekdays_are_the_servers() -> None:
    found = figures(Made(gross=100, opened=0.5), Made(gross=100, opened=4.0, closed=4.5))
    assert [cut.name for cut in found.cuts["weekday"]] == ["Monday", "Friday"]
    assert [cut.name for cut in found.cuts["hour"]] == ["00:00", "12:00"]


def test_untraded_setups_are_counted_by_reason_and_zeros_left_out() -> None:
    facts = facts_of([])
    facts.walked.account.refusals_count[Refusal.SPREAD_TOO_WIDE.value] = 3
    facts.walked.account.refusals_count[Refusal.BREAKER_OPEN.value] = 9
    facts.walked.account.dropped_old_count = 2
    found = figures_of(facts)
    assert [row.count for row in found.refused] == [9, 3]
    assert {row.reason: row.count for row in found.dropped}["setup grew too old"] == 2


def test_days_the_walk_had_no_room_for_are_said_and_no_ratio_is_made_over_them() -> None:
    facts = facts_of([Made(gross=5_000)])
    assert figures_of(facts).ratios.sharpe is not None
    facts.walked.days[-1].day += 3
    found = figures_of(facts)
    assert found.days_lost_count == 3
    assert found.ratios.sharpe is None
    assert found.ratios.drawdown_fraction is None
    assert any("no room for 3 of its days" in line for line in careful_lines(found))


# --- exposure -----------------------------------------------------------------------------------


def test_time_in_the_market_counts_overlaps_once() -> None:
    found = figures(
        Made(gross=1, opened=0.0, closed=1.0),
        Made(gross=1, opened=0.5, closed=1.5, symbol=1),
        Made(gross=1, opened=3.0, closed=4.0),
    )
    assert math.isclose(found.exposure.in_market_fraction, 2.5 / 5)
    assert found.exposure.positions_max_count == 2
    assert math.isclose(found.exposure.positions_mean_count, 3.0 / 5)
    assert found.exposure.held_longest_s == DAY_S


def test_no_trades_are_no_exposure() -> None:
    none: tuple[TradeRow, ...] = ()
    exposure = exposure_of(none, START_S, START_S + DAY_S)
    assert exposure.in_market_fraction == 0.0
    assert exposure.held_mean_s == 0.0


# --- ratios -------------------------------------------------------------------------------------


def test_ratios_of_nothing_are_none_and_not_zero() -> None:
    ratios = ratios_of([20_000.0] * 30, [], [])
    assert ratios.sharpe is None
    assert ratios.expectancy_r is None
    assert ratios.profit_factor is None
    assert ratios.drawdown_fraction == 0.0


def test_drawdown_and_profit_factor_are_those_of_a_sheet_of_paper() -> None:
    ratios = ratios_of([100.0, 110.0, 88.0, 99.0], [1.0, -2.0, 1.0], [10.0, -22.0, 11.0])
    assert math.isclose(ratios.drawdown_fraction, 0.2)
    assert math.isclose(ratios.ulcer_fraction, math.sqrt((0.2**2 + 0.1**2) / 4))
    assert ratios.profit_factor is not None
    assert math.isclose(ratios.profit_factor, 21 / 22)
    assert ratios.expectancy_r == 0.0


def test_the_sharpe_ratio_is_mean_over_deviation_of_a_year() -> None:
    returns = [0.01, -0.005, 0.002, 0.0, 0.007]
    equity = [1.0]
    for one in returns:
        equity.append(equity[-1] * (1 + one))
    mean = sum(returns) / 5
    deviation = math.sqrt(sum((one - mean) ** 2 for one in returns) / 4)
    ratios = ratios_of(equity, [], [])
    assert ratios.sharpe is not None
    assert math.isclose(ratios.sharpe, mean / deviation * math.sqrt(252), rel_tol=1e-9)


def test_few_trades_and_few_days_are_warned_of_and_enough_are_not() -> None:
    few = ratios_of([100.0] * 250, [0.1] * 99, [1.0] * 99)
    assert any("Only 99 trades" in text for text in few.warnings)
    assert any("Only 249 trading days" in text for text in few.warnings)
    enough = ratios_of([100.0] * 251, [0.1, 0.2] * 50, [1.0] * 100)
    assert enough.warnings == ()


def test_a_mean_that_may_be_zero_is_said_to_be_nothing() -> None:
    unsure = ratios_of([100.0] * 300, [1.0, -1.0] * 100, [1.0, -1.0] * 100)
    assert any("earns nothing" in text for text in unsure.warnings)
    losing = ratios_of([100.0] * 300, [-1.0, -0.5] * 100, [-1.0, -0.5] * 100)
    assert any("loses money" in text for text in losing.warnings)


# --- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        (PhaseVerdict.RUNNING, "STILL RUNNING"),
        (PhaseVerdict.PASSED, "PASSED"),
        (PhaseVerdict.BREACHED_DAILY, "BREACHED"),
        (PhaseVerdict.BREACHED_TOTAL, "BREACHED"),
        (PhaseVerdict.OUT_OF_TIME, "OUT OF TIME"),
    ],
)
def test_every_verdict_has_its_words(verdict: PhaseVerdict, says: str) -> None:
    facts = facts_of([])
    facts.walked.account.verdict = verdict.value
    assert verdict_line(figures_of(facts)).startswith(says)


def test_a_breaker_nobody_reset_is_said_first() -> None:
    facts = facts_of([])
    trip = facts.walked.account.trips[Trigger.CONSECUTIVE_LOSSES.value]
    trip.on, trip.action, trip.since_s = True, BreakerAction.BLOCK.value, START_S + DAY_S
    assert "consecutive losses tripped" in careful_lines(figures_of(facts))[0]
    assert "80" in careful_lines(figures_of(facts))[0]
    trip.action = BreakerAction.REDUCE.value
    assert not any("tripped" in line for line in careful_lines(figures_of(facts)))
