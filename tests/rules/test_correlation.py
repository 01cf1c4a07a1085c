"""Groups that move together: measured, deterministic, tight, and by asset class until then."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.exposure import CorrelationSettings, Returns
from bot.rules.correlation import groups_of, likeness, log_returns, pair_correlation

S = CorrelationSettings(60, 40, 0.7)


def matrix(*rows: list[float]) -> np.ndarray:
    return np.array(rows)


def test_a_pair_is_measured_over_the_days_both_have() -> None:
    first = np.array([1.0, 2.0, 3.0, math.nan, 9.0])
    second = np.array([2.0, 4.0, 6.0, 1.0, math.nan])
    assert pair_correlation(first, second, 3) == pytest.approx(1.0)
    assert math.isnan(pair_correlation(first, second, 4))


def test_a_price_that_stands_still_correlates_with_nothing() -> None:
    assert math.isnan(pair_correlation(np.ones(50), np.arange(50.0), 40))


def test_opposite_moves_are_as_alike_as_equal_ones() -> None:
    one = np.random.default_rng(1).normal(size=60)
    found = likeness(Returns(np.array([one, -one]), np.array([0, 1])), S)
    assert found[0, 1] == pytest.approx(1.0)


def test_until_enough_days_are_known_the_asset_class_decides() -> None:
    rng = np.random.default_rng(2)
    few = Returns(rng.normal(size=(3, 39)), np.array([0, 0, 1]))
    assert likeness(few, S).tolist() == [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    enough = Returns(rng.normal(size=(3, 40)), np.array([0, 0, 1]))
    assert likeness(enough, S)[0, 1] < 0.7


@pytest.mark.parametrize(("alike", "groups"), [(0.7, [0, 0]), (0.6999, [0, 1])])
def test_two_are_a_group_from_the_least_likeness_on(alike: float, groups: list[int]) -> None:
    assert groups_of(matrix([1.0, alike], [alike, 1.0]), S).tolist() == groups


def test_a_chain_of_likenesses_makes_no_group() -> None:
    chain = matrix([1.0, 0.9, 0.2], [0.9, 1.0, 0.8], [0.2, 0.8, 1.0])
    assert groups_of(chain, S).tolist() == [0, 0, 2]


def test_of_equal_likenesses_the_first_is_joined() -> None:
    equal = matrix([1.0, 0.8, 0.1], [0.8, 1.0, 0.8], [0.1, 0.8, 1.0])
    assert groups_of(equal, S).tolist() == [0, 0, 2]


@given(st.integers(1, 12), st.integers(0, 10_000))
def test_within_a_group_each_two_are_alike_and_no_two_groups_could_join(
    count: int, seed: int
) -> None:
    upper = np.triu(np.round(np.random.default_rng(seed).uniform(size=(count, count)), 1), 1)
    alike = upper + upper.T + np.eye(count)
    group = groups_of(alike, S)
    assert group.tolist() == groups_of(alike, S).tolist()
    members = {g: np.flatnonzero(group == g) for g in set(group.tolist())}
    for name, rows in members.items():
        assert rows[0] == name
        assert alike[np.ix_(rows, rows)].min() >= S.alike_min
        for other, columns in members.items():
            if other != name:
                assert alike[np.ix_(rows, columns)].min() < S.alike_min


def test_a_missing_close_costs_two_returns_not_the_row() -> None:
    found = log_returns(np.array([[1.0, math.e, math.nan, 1.0, 1.0]]))
    assert found[0, 0] == pytest.approx(1.0)
    assert np.isnan(found[0, 1:3]).all()
    assert found[0, 3] == 0.0
