"""Paths of days are judged by the firm's rules, and luck alone passes as often as it must."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from bot.backtest.inputs import Records, records
from bot.backtest.records import DAY
from bot.model.decision import PhaseVerdict
from bot.params import load_settings
from bot.research.day_walk import LIVED_DAY, block_days_count, drawn_days, live_days, lived_days

PARAMS = Path(__file__).resolve().parents[2] / "params" / "current_params.json"
RULES = load_settings(PARAMS).rules


def days(*gains: float, lows: tuple[float, ...] | None = None) -> Records:
    found = np.zeros(len(gains), LIVED_DAY).view(np.recarray)
    found.gain_fraction = gains
    found.low_fraction = np.minimum(gains, 0.0) if lows is None else lows
    return found


def test_a_coin_flip_account_passes_as_often_as_the_gamblers_ruin_says() -> None:
    # Up by 1 % or down to where an up leads back: a fair walk in logarithms. The target is 8 steps
    # up (1.01 ** 8 > 1.08), the total floor 11 down (1.01 ** -11 < 0.9): 11 / (8 + 11) pass.
    step = 0.01
    up = math.ceil(math.log(1.0 + RULES.target.profit_fraction) / math.log(1.0 + step))
    down = math.ceil(-math.log(1.0 - RULES.overall.loss_fraction) / math.log(1.0 + step))
    lived = days(step, 1.0 / (1.0 + step) - 1.0)
    generator = np.random.default_rng(7)
    answers = [live_days(lived, generator.integers(0, 2, 2_000), 1.0, RULES)[0] for _ in range(600)]
    share = answers.count(PhaseVerdict.PASSED.value) / len(answers)
    assert answers.count(PhaseVerdict.RUNNING.value) == 0
    assert share == pytest.approx(down / (up + down), abs=0.05)


@pytest.mark.parametrize(
    ("low", "answer"),
    [(-0.0499, PhaseVerdict.RUNNING), (-0.05, PhaseVerdict.BREACHED_DAILY)],
)
def test_a_touched_daily_floor_ends_the_path(low: float, answer: PhaseVerdict) -> None:
    lived = days(0.0, lows=(low,))
    assert live_days(lived, np.array([0]), 1.0, RULES) == (answer.value, 1)


def test_a_target_before_enough_profitable_days_is_no_pass() -> None:
    lived = days(0.09, 0.0, 0.01)
    assert live_days(lived, np.array([0, 1, 1]), 1.0, RULES)[0] == PhaseVerdict.RUNNING.value
    drawn = np.array([0, 2, 2, 1])
    assert live_days(lived, drawn, 1.0, RULES) == (PhaseVerdict.PASSED.value, 4)


def test_half_the_risk_is_half_of_every_result() -> None:
    lived = days(0.0, lows=(-0.08,))
    drawn = np.array([0])
    assert live_days(lived, drawn, 1.0, RULES)[0] == PhaseVerdict.BREACHED_DAILY.value
    assert live_days(lived, drawn, 0.5, RULES)[0] == PhaseVerdict.RUNNING.value


def test_lived_days_are_fractions_of_the_balance_they_began_with() -> None:
    rows = records(DAY, 2)
    rows.balance_money, rows.equity_money = (110.0, 99.0), (104.5, 99.0)
    rows.lowest_equity_money = (95.0, 88.0)
    found = lived_days(rows, 100.0)
    assert found.gain_fraction.tolist() == pytest.approx([0.1, -0.1])
    assert found.low_fraction.tolist() == pytest.approx([-0.05, -0.2])
    assert found.floating_fraction.tolist() == pytest.approx([-0.05, 0.0])


def test_blocks_hold_following_days_and_go_round() -> None:
    drawn = drawn_days(10, 23, 5, np.random.default_rng(1))
    assert len(drawn) == 23
    for first in range(0, 20, 5):
        assert ((np.diff(drawn[first : first + 5]) % 10) == 1).all()


def test_a_block_is_at_least_a_week_long() -> None:
    assert block_days_count(days(*[0.0] * 100)) == 5
    assert block_days_count(days(*np.random.default_rng(2).normal(0.0, 0.01, 200))) >= 5
