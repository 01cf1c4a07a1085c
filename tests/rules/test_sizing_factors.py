"""What scales and reduces the base risk: nothing but a score ever raises it."""

from __future__ import annotations

import math

import pytest
from builders_money import RISK
from hypothesis import given
from hypothesis import strategies as st

from bot.model.decision import Brake
from bot.model.sizing import UNREDUCED, DrawdownSettings
from bot.rules.sizing_factors import (
    brake_factor,
    confluence_factor,
    drawdown_factor,
    drawdown_fraction,
    loss_factor,
    only_reducing,
    reduction,
)

DRAWDOWN = DrawdownSettings(start_fraction=0.02, full_fraction=0.06, least_factor=0.5)


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (4.0, 1.0),
        (5.0, 1.15),
        (3.0, 0.85),
        (7.0, 1.45),
        (8.0, 1.5),
        (1.3, 0.6),
        (0.0, 0.6),
        (math.nan, 0.6),
    ],
)
def test_confluence_scales_risk_by_points_within_its_bounds(points: float, expected: float) -> None:
    assert confluence_factor(points, RISK) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("brake", "expected"),
    [(Brake.NONE, 1.0), (Brake.WARN, 1.0), (Brake.REDUCE, 4 / 6), (Brake.FLATTEN, 0.0)],
)
def test_each_brake_leaves_its_share_of_the_risk(brake: Brake, expected: float) -> None:
    assert brake_factor(brake.value, RISK) == pytest.approx(expected)


def test_a_reduced_risk_above_the_base_risk_does_not_raise_it() -> None:
    assert brake_factor(2, RISK._replace(risk_reduced_balance_fraction=0.009)) == 1.0
    assert brake_factor(2, RISK._replace(risk_per_trade_balance_fraction=0.0)) == 1.0


@pytest.mark.parametrize(
    ("closed_money", "peak_money", "expected"),
    [
        (20_000.0, 20_000.0, 0.0),
        (21_000.0, 20_000.0, 0.0),
        (19_600.0, 20_000.0, 0.02),
        (0.0, 20_000.0, 1.0),
        (19_600.0, 0.0, 0.0),
    ],
)
def test_a_drawdown_is_a_share_of_the_peak(
    closed_money: float, peak_money: float, expected: float
) -> None:
    assert drawdown_fraction(closed_money, peak_money) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("fall", "expected"),
    [
        (0.0, 1.0),
        (0.02, 1.0),
        (0.0201, 0.99875),
        (0.04, 0.75),
        (0.0599, 0.50125),
        (0.06, 0.5),
        (0.5, 0.5),
        (math.nan, 0.5),
    ],
)
def test_a_drawdown_reduces_evenly_between_its_start_and_its_full_depth(
    fall: float, expected: float
) -> None:
    assert drawdown_factor(fall, DRAWDOWN) == pytest.approx(expected)


@given(first=st.floats(0.0, 0.2), second=st.floats(0.0, 0.2))
def test_a_deeper_drawdown_never_leaves_more(first: float, second: float) -> None:
    shallow, deep = sorted((first, second))
    assert 0.5 <= drawdown_factor(deep, DRAWDOWN) <= drawdown_factor(shallow, DRAWDOWN) <= 1.0


@pytest.mark.parametrize(
    ("factor", "expected"),
    [(1.0, 1.0), (0.4, 0.4), (0.0, 0.0), (-1.0, 0.0), (1.5, 1.0), (math.nan, 0.0), (math.inf, 1.0)],
)
def test_a_factor_from_elsewhere_can_only_reduce(factor: float, expected: float) -> None:
    assert only_reducing(factor) == expected


def test_one_loss_is_not_counted_by_drawdown_and_ladder_both() -> None:
    assert loss_factor(UNREDUCED._replace(drawdown=0.5, total_loss=0.25)) == 0.25
    assert loss_factor(UNREDUCED._replace(drawdown=0.5)) == 0.5


def test_coasting_and_a_fresh_start_reduce_on_top_of_losses() -> None:
    assert reduction(UNREDUCED) == 1.0
    both = UNREDUCED._replace(drawdown=0.5, coast=0.5, start=0.8)
    assert reduction(both) == pytest.approx(0.2)
