"""The deflated Sharpe ratio as its authors publish it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.research.deflated import Sample, deflated, luck_sharpe, probable_sharpe

PAPER = Sample(2.5 / math.sqrt(250), -3.0, 10.0, 1250)
PAPER_VARIANCE = 0.5 / 250


@pytest.mark.parametrize(("trials_count", "published"), [(100, 0.9004), (46, 0.9505)])
def test_the_papers_example_comes_out(trials_count: int, published: float) -> None:
    bar = luck_sharpe(PAPER_VARIANCE, trials_count)
    assert probable_sharpe(PAPER, bar) == pytest.approx(published, abs=5e-5)


def test_the_papers_luck_of_a_hundred_trials_comes_out() -> None:
    assert luck_sharpe(PAPER_VARIANCE, 100) == pytest.approx(0.1132, abs=5e-5)


def test_one_trial_has_no_luck_to_deflate() -> None:
    found = deflated(Sample(0.0, 0.0, 3.0, 100), [0.0])
    assert (found.luck_sharpe, found.probability) == (0.0, 0.5)


@pytest.mark.parametrize("results_count", [0, 1])
def test_too_few_results_prove_nothing(results_count: int) -> None:
    assert probable_sharpe(Sample(5.0, 0.0, 3.0, results_count), 0.0) == 0.0


@given(st.integers(2, 5000), st.integers(1, 500), st.floats(1e-4, 1.0))
def test_more_trials_never_lower_the_bar(count: int, more: int, variance: float) -> None:
    assert luck_sharpe(variance, count + more) > luck_sharpe(variance, count)


@given(st.floats(-0.5, 0.5), st.floats(-1, 1), st.floats(2.5, 20), st.integers(2, 2000))
def test_a_probability_stays_one(sharpe: float, skew: float, kurtosis: float, count: int) -> None:
    assert 0.0 <= probable_sharpe(Sample(sharpe, skew, kurtosis, count), 0.1) <= 1.0
