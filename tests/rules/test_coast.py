"""Coasting: near the pass risk only shrinks, and nobody here knows what a day has earned."""

from __future__ import annotations

import ast
import math
from pathlib import Path

import numpy as np
import pytest
from builders_challenge import high_stakes
from generators_challenge import progress as any_progress
from generators_challenge import rules as any_rules
from generators_exposure import coast as any_coast
from generators_exposure import coast_risk as any_risk
from generators_sizing import risk_settings
from generators_sizing_steps import facts as sizing_facts
from generators_sizing_steps import settings as sizing_settings
from hypothesis import given
from hypothesis import strategies as st

from bot.model.account import Progress
from bot.model.coast import ClosedProfit, CoastRisk, CoastSettings, CoastStage, TargetPolicy
from bot.model.decision import Refusal
from bot.model.sizing import SizingMode
from bot.rules.coast import (
    coast_factor,
    coast_risk,
    coast_stage,
    lock_finding,
    lock_floor_money,
    target_way_money,
)
from bot.rules.sizing_factors import confluence_factor
from bot.rules.sizing_modes import base_risk

REPOSITORY = Path(__file__).resolve().parents[2]
RULES = high_stakes()  # 20 000, target 8 %: 1 600, three days
S = CoastSettings(TargetPolicy.COAST.value, 0.002, 0.01, 0.10, 0.05, 0.5)
RISKED = CoastRisk(120.0, 180.0)
DAYS = 3


def reached(profit_money: float, days: int = DAYS) -> Progress:
    return Progress(profit_money, days, has_exposure=False, equity_profit_money=profit_money)


@pytest.mark.parametrize(
    ("profit", "days", "stage"),
    [
        (1_600.0, 0, CoastStage.REACHED),
        (1_599.99, DAYS, CoastStage.NEAR),
        (1_400.0, DAYS, CoastStage.NEAR),
        (1_399.99, DAYS, CoastStage.FREE),
        (1_500.0, DAYS - 1, CoastStage.FREE),
    ],
)
def test_near_needs_the_days_and_reached_the_target(
    profit: float, days: int, stage: CoastStage
) -> None:
    assert coast_stage(reached(profit, days), RULES, S) == stage


def test_a_near_zone_of_nothing_is_off() -> None:
    off = S._replace(near_initial_fraction=0.0)
    assert coast_stage(reached(1_599.99), RULES, off) == CoastStage.FREE


def test_a_phase_without_a_target_has_no_way_to_it() -> None:
    endless = RULES._replace(target=RULES.target._replace(profit_fraction=0.0))
    assert target_way_money(reached(9_000.0), endless) == math.inf
    assert coast_stage(reached(9_000.0), endless, S) == CoastStage.FREE


@pytest.mark.parametrize(
    ("policy", "factor"),
    [(TargetPolicy.STOP, 0.0), (TargetPolicy.COAST, 0.36), (TargetPolicy.TRADE_ON, 1.0)],
)
def test_with_the_target_reached_the_policy_decides(policy: TargetPolicy, factor: float) -> None:
    s = S._replace(policy=policy.value)
    found = coast_factor(CoastStage.REACHED.value, 1_600.0, 21_600.0, RISKED, s)
    assert found == pytest.approx(factor)  # 43.20 of 120


def test_near_the_target_the_largest_trade_undoes_at_most_its_share_of_the_profit() -> None:
    factor = coast_factor(CoastStage.NEAR.value, 1_500.0, 21_500.0, RISKED, S)
    assert factor * RISKED.most_money == pytest.approx(150.0)
    assert coast_factor(CoastStage.NEAR.value, 1_900.0, 21_900.0, RISKED, S) == 1.0


@pytest.mark.parametrize("profit", [0.0, -10.0, math.nan])
def test_near_a_target_without_a_profit_nothing_is_risked(profit: float) -> None:
    assert coast_factor(CoastStage.NEAR.value, profit, 20_000.0, RISKED, S) == 0.0


@given(st.integers(0, 100_000))
def test_coasting_never_raises_a_risk(seed: int) -> None:
    rng = np.random.default_rng(seed)
    s, risk = any_coast(rng), any_risk(rng)
    stage = coast_stage(any_progress(rng), any_rules(rng), s)
    for each in (stage, *CoastStage):
        assert 0.0 <= coast_factor(int(each), rng.uniform(-900, 5_000), 20_000.0, risk, s) <= 1.0


@given(st.integers(0, 100_000), st.integers(0, 6))
def test_a_missing_day_never_changes_a_size_but_back_to_the_usual(seed: int, days: int) -> None:
    """Never manufacture days: with days missing the risk is the usual or the policy's, no more."""
    rng = np.random.default_rng(seed)
    rules, s, risk = any_rules(rng), any_coast(rng), any_risk(rng)
    now = any_progress(rng)._replace(profitable_days_count=days)
    stage = coast_stage(now, rules, s)
    if days < rules.days.needed_count:
        assert stage != CoastStage.NEAR
    profit = now.closed_profit_money
    assert coast_factor(stage, profit, 20_000.0, risk, s) <= 1.0


@given(st.integers(0, 100_000), st.floats(0.0, 12.0))
def test_the_most_a_mode_grants_is_known(seed: int, points: float) -> None:
    """NEAR protects the profit from every trade, whatever mode, score or wins say."""
    rng = np.random.default_rng(seed)
    risk, sizing = risk_settings(rng), sizing_settings(rng)
    granted = base_risk(20_000.0, sizing_facts(rng), risk, sizing)
    scored = 1.0 if sizing.mode == SizingMode.CONFIDENCE else confluence_factor(points, risk)
    most = coast_risk(20_000.0, risk, sizing).most_money
    assert granted.balance_fraction * scored * 20_000.0 <= most * (1.0 + 1e-9) + 1e-9


# --- the lock -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("best", "cash", "floor"),
    [
        (20_999.0, 0.0, -math.inf),
        (21_000.0, 0.0, 20_500.0),
        (21_600.0, 0.0, 20_800.0),
        (21_600.0, -1_000.0, 19_800.0),
        (0.0, 0.0, -math.inf),
    ],
)
def test_part_of_the_best_profit_is_locked_once_it_was_large_enough(
    best: float, cash: float, floor: float
) -> None:
    assert lock_floor_money(ClosedProfit(20_000.0, best, cash), S) == floor


def test_a_lock_that_keeps_nothing_is_off() -> None:
    off = S._replace(lock_profit_fraction=0.0)
    assert lock_floor_money(ClosedProfit(20_000.0, 30_000.0, 0.0), off) == -math.inf


@pytest.mark.parametrize(
    ("worst", "floor", "refusal"),
    [
        (20_620.01, 20_500.0, Refusal.NONE),
        (20_620.0, 20_500.0, Refusal.PROFIT_PROTECTED),
        (math.nan, 20_500.0, Refusal.PROFIT_PROTECTED),
        (-math.inf, -math.inf, Refusal.NONE),
    ],
)
def test_an_entry_may_not_stake_the_locked_profit(
    worst: float, floor: float, refusal: Refusal
) -> None:
    assert lock_finding(worst, 120.0, floor).refusal == refusal


@given(st.floats(20_000.0, 40_000.0), st.floats(0.0, 1_000.0))
def test_the_lock_rises_with_the_best_profit_and_stays_below_it(best: float, more: float) -> None:
    now = lock_floor_money(ClosedProfit(20_000.0, best, 0.0), S)
    later = lock_floor_money(ClosedProfit(20_000.0, best + more, 0.0), S)
    assert now <= later
    assert now < best or best == 20_000.0


# --- never manufacture days ---------------------------------------------------------------------

DAY_WORDS = {
    "profitable_day_gain",
    "is_profitable_day",
    "is_counted_day",
    "day_needed_money",
    "threshold_fraction",
    "gain_money",
}
KNOW_NO_DAY = (
    *("bot/rules/coast.py", "bot/rules/sizing.py", "bot/rules/sizing_factors.py"),
    *("bot/rules/sizing_modes.py", "bot/rules/sizing_limits.py", "bot/rules/exits.py"),
    *("bot/rules/admission.py", "bot/rules/entry.py", "bot/rules/order_caps.py"),
    *("bot/live/position_keeper.py", "bot/live/exit_desk.py", "bot/live/order_desk.py"),
    *("bot/live/risk_manager.py", "bot/live/coast.py", "bot/live/pending_queue.py"),
)


@pytest.mark.parametrize("path", KNOW_NO_DAY)
def test_nothing_that_sizes_enters_or_closes_knows_what_a_day_earned(path: str) -> None:
    tree = ast.parse((REPOSITORY / path).read_text("utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert not names & DAY_WORDS
