"""Each mode's base risk: both sides of every threshold, and a name for every no."""

from __future__ import annotations

import math

import pytest
from builders_money import RISK

from bot.model.decision import Refusal
from bot.model.sizing import (
    BaseReason,
    BaseRisk,
    BudgetFacts,
    BudgetSettings,
    ConfidenceSettings,
    DayTally,
    DrawdownSettings,
    SizingFacts,
    SizingMode,
    SizingSettings,
    WinFacts,
    WinRateSettings,
)
from bot.rules.sizing_modes import (
    base_risk,
    confidence_risk,
    daily_budget_risk,
    is_score_counted,
    shrunk_win_fraction,
    tally_after,
    win_rate_risk,
    win_rate_step,
)

BALANCE = 20_000.0
BUDGET = BudgetSettings(
    budget_equity_fraction=0.02,
    risk_balance_fraction_min=0.003,
    risk_balance_fraction_max=0.01,
    trades_max_count=3,
    losses_in_row_max_count=2,
)
WINS = WinRateSettings(
    window_count=20,
    trades_min_count=10,
    prior_fraction=0.5,
    prior_weight_count=0.0,
    low_below_fraction=0.45,
    high_above_fraction=0.55,
    top_above_fraction=0.65,
    low_factor=0.5,
    high_factor=1.2,
    top_factor=1.5,
)
CONFIDENCE = ConfidenceSettings(0.70, 0.85, 0.3, 1.5)
FRESH = BudgetFacts(BALANCE, 0.0, 0, DayTally())


def a_budget_day(
    *, charged: float = 0.0, at_risk: float = 0.0, slots: int = 0, row: int = 0
) -> BudgetFacts:
    """A day that began with 20 000: a budget of 400, 60 at least and 200 at most a trade."""
    return BudgetFacts(BALANCE, at_risk, slots, DayTally(charged, row))


def money_of(facts: BudgetFacts, s: BudgetSettings = BUDGET) -> float:
    return daily_budget_risk(BALANCE, facts, s).balance_fraction * BALANCE


def test_a_fresh_day_splits_its_budget_over_every_slot() -> None:
    assert money_of(FRESH) == pytest.approx(400.0 / 3.0)


@pytest.mark.parametrize(
    ("facts", "expected", "reason"),
    [
        (a_budget_day(charged=100.0, slots=1), 150.0, BaseReason.BUDGET_SHARE),
        (a_budget_day(at_risk=100.0, slots=1), 150.0, BaseReason.BUDGET_SHARE),
        (a_budget_day(charged=60.0, at_risk=40.0, slots=1), 150.0, BaseReason.BUDGET_SHARE),
        (a_budget_day(slots=1), 200.0, BaseReason.BUDGET_SHARE),
        (a_budget_day(slots=2), 200.0, BaseReason.BUDGET_MOST),
        (a_budget_day(charged=280.0, slots=1), 60.0, BaseReason.BUDGET_SHARE),
        (a_budget_day(charged=281.0, slots=1), 60.0, BaseReason.BUDGET_LEAST),
        (a_budget_day(charged=340.0, slots=1), 60.0, BaseReason.BUDGET_LEAST),
    ],
)
def test_what_is_left_of_the_budget_is_split_over_the_slots_left(
    facts: BudgetFacts, expected: float, reason: BaseReason
) -> None:
    answer = daily_budget_risk(BALANCE, facts, BUDGET)
    assert answer.balance_fraction * BALANCE == pytest.approx(expected)
    assert (answer.reason, answer.refusal) == (reason, Refusal.NONE)


@pytest.mark.parametrize(
    ("facts", "refusal", "value", "limit"),
    [
        (a_budget_day(slots=3), Refusal.ENTRIES_TODAY_AT_CAP, 3.0, 3.0),
        (a_budget_day(slots=2, row=2), Refusal.LOSSES_IN_A_ROW, 2.0, 2.0),
        (a_budget_day(charged=340.01, slots=1), Refusal.DAY_BUDGET_SPENT, 60.0, 59.99),
        (a_budget_day(at_risk=math.inf, slots=1), Refusal.DAY_BUDGET_SPENT, 60.0, -math.inf),
        (a_budget_day(at_risk=math.nan, slots=1), Refusal.DAY_BUDGET_SPENT, 60.0, math.nan),
    ],
)
def test_a_day_closes_for_slots_for_losses_in_a_row_and_for_a_spent_budget(
    facts: BudgetFacts, refusal: Refusal, value: float, limit: float
) -> None:
    answer = daily_budget_risk(BALANCE, facts, BUDGET)
    assert (answer.refusal, answer.balance_fraction) == (refusal, 0.0)
    assert (answer.value, answer.limit) == pytest.approx((value, limit), nan_ok=True)


def test_one_slot_and_one_loss_before_their_caps_still_trade() -> None:
    assert daily_budget_risk(BALANCE, a_budget_day(slots=2, row=1), BUDGET).refusal == 0


@pytest.mark.parametrize("balance", [0.0, -1.0, math.nan])
def test_a_balance_that_is_no_money_grants_nothing(balance: float) -> None:
    answer = daily_budget_risk(balance, FRESH, BUDGET)
    assert (answer.refusal, answer.balance_fraction) == (Refusal.ACCOUNT_UNKNOWN, 0.0)


@pytest.mark.parametrize(
    ("net_money", "risk_money", "expected"),
    [
        (-120.0, 120.0, DayTally(170.0, 2)),
        (-30.0, 120.0, DayTally(170.0, 2)),  # a small loss is charged with its whole risk
        (-150.0, 120.0, DayTally(200.0, 2)),
        (-30.0, 0.0, DayTally(80.0, 2)),
        (-0.01, 0.0, DayTally(50.01, 2)),
        (0.0, 120.0, DayTally(50.0, 0)),
        (90.0, 120.0, DayTally(50.0, 0)),  # a win refills nothing
    ],
)
def test_a_loss_charges_the_budget_and_a_win_ends_the_row(
    net_money: float, risk_money: float, expected: DayTally
) -> None:
    assert tally_after(DayTally(50.0, 1), net_money, risk_money) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("wins", "trades", "weight", "expected"),
    [(13, 20, 0.0, 0.65), (13, 20, 20.0, 0.575), (0, 0, 20.0, 0.5), (0, 0, 0.0, 0.5)],
)
def test_a_rate_of_wins_is_drawn_towards_the_prior(
    wins: int, trades: int, weight: float, expected: float
) -> None:
    s = WINS._replace(prior_weight_count=weight)
    assert shrunk_win_fraction(WinFacts(trades, wins, 0), s) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("wins", "step", "factor"),
    [
        (8, BaseReason.WINS_LOW, 0.5),  # 0.40
        (9, BaseReason.WINS_USUAL, 1.0),  # 0.45, not below
        (11, BaseReason.WINS_USUAL, 1.0),  # 0.55, not above
        (12, BaseReason.WINS_HIGH, 1.2),  # 0.60
        (13, BaseReason.WINS_HIGH, 1.2),  # 0.65, not above
        (14, BaseReason.WINS_TOP, 1.5),  # 0.70
    ],
)
def test_the_rate_of_wins_scales_the_fixed_risk_in_steps(
    wins: int, step: BaseReason, factor: float
) -> None:
    answer = win_rate_risk(0.01, WinFacts(20, wins, 0), WINS)
    assert (answer.reason, answer.balance_fraction) == (step, pytest.approx(0.01 * factor))


@pytest.mark.parametrize(
    ("trades", "expected"),
    [(9, BaseReason.WINS_TOO_FEW_TRADES), (10, BaseReason.WINS_TOP)],
)
def test_a_rate_of_too_few_trades_says_nothing(trades: int, expected: BaseReason) -> None:
    assert win_rate_step(WinFacts(trades, trades, 0), WINS) == expected


@pytest.mark.parametrize(
    ("row", "expected"), [(0, BaseReason.WINS_TOP), (1, BaseReason.WINS_USUAL)]
)
def test_a_loss_is_not_what_completes_the_evidence_for_a_higher_risk(
    row: int, expected: BaseReason
) -> None:
    assert win_rate_step(WinFacts(10, 9, row), WINS) == expected


def test_the_recommended_prior_asks_for_more_than_luck() -> None:
    shrunk = WINS._replace(prior_weight_count=20.0)
    assert win_rate_step(WinFacts(20, 14, 0), shrunk) == BaseReason.WINS_HIGH
    assert win_rate_step(WinFacts(20, 16, 0), shrunk) == BaseReason.WINS_HIGH
    assert win_rate_step(WinFacts(20, 17, 0), shrunk) == BaseReason.WINS_TOP


@pytest.mark.parametrize(
    ("score", "step", "factor"),
    [
        (0.6999, BaseReason.SCORE_LOW, 0.3),
        (0.70, BaseReason.SCORE_USUAL, 1.0),
        (0.8499, BaseReason.SCORE_USUAL, 1.0),
        (0.85, BaseReason.SCORE_HIGH, 1.5),
        (1.0, BaseReason.SCORE_HIGH, 1.5),
        (0.0, BaseReason.SCORE_LOW, 0.3),
        (math.nan, BaseReason.SCORE_LOW, 0.3),
    ],
)
def test_confidence_scales_the_fixed_risk_by_the_score(
    score: float, step: BaseReason, factor: float
) -> None:
    answer = confidence_risk(0.006, score, CONFIDENCE)
    assert (answer.reason, answer.balance_fraction) == (step, pytest.approx(0.006 * factor))


@pytest.mark.parametrize("reason", list(BaseReason))
def test_only_the_confidence_mode_has_counted_the_score(reason: BaseReason) -> None:
    base = BaseRisk(0.006, reason.value, 0, 0.0, 0.0)
    assert is_score_counted(base) is reason.name.startswith("SCORE_")


@pytest.mark.parametrize(
    ("mode", "reason", "expected"),
    [
        (SizingMode.FIXED_PER_TRADE, BaseReason.PARAMETER, 0.006),
        (SizingMode.DAILY_BUDGET, BaseReason.BUDGET_SHARE, 0.02 / 3),
        (SizingMode.WIN_RATE, BaseReason.WINS_TOP, 0.009),
        (SizingMode.CONFIDENCE, BaseReason.SCORE_LOW, 0.0018),
    ],
)
def test_each_mode_answers_for_itself(
    mode: SizingMode, reason: BaseReason, expected: float
) -> None:
    s = SizingSettings(
        mode.value, 1.0, 10.0, DrawdownSettings(0.02, 0.06, 0.5), BUDGET, WINS, CONFIDENCE
    )
    facts = SizingFacts(0.5, FRESH, WinFacts(20, 20, 0))
    answer = base_risk(BALANCE, facts, RISK, s)
    assert answer == BaseRisk(pytest.approx(expected), reason, Refusal.NONE, 0.0, 0.0)
