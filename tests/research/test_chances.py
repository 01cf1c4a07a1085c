"""Cut runs are neither passes nor fails, and overlapping runs are not taken for many."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bot.research.attempts import Ending
from bot.research.chances import (
    Chance,
    Runs,
    block_draws,
    block_length_count,
    chances,
    difference,
    exact_interval,
    incidences,
    independent_count,
    mean_chance,
    median_ending_days,
    median_pass_days,
    surviving_curve,
)

PASS, CUT, DAILY = Ending.PASSED.value, Ending.CUT.value, Ending.DAILY_LOSS.value


def runs(lasted: list[float], endings: list[int], step_days: int = 1) -> Runs:
    begun = np.arange(len(lasted)) * step_days
    return Runs(begun, np.array(lasted, dtype=float), np.array(endings, dtype=np.int64))


def test_a_run_cut_off_before_an_ending_shifts_its_weight_to_those_still_seen() -> None:
    # 4 runs: one cut at day 3, a pass at day 5 among the 2 left after a fail at day 3
    found = incidences(np.array([5.0, 3.0, 3.0, 10.0]), np.array([PASS, CUT, DAILY, CUT]))
    assert found[PASS - 1] == pytest.approx(0.75 / 2)
    assert found[DAILY - 1] == pytest.approx(0.25)


def test_runs_that_are_all_cut_off_are_neither_passes_nor_fails() -> None:
    found = chances(runs([9.0] * 40, [CUT] * 40), 1)
    assert all(chance.fraction == 0.0 for chance in found.values())
    assert all(chance.high_fraction > 0.0 for chance in found.values())


def test_without_cuts_a_chance_is_a_share() -> None:
    found = incidences(np.arange(1.0, 11.0), np.array([PASS] * 3 + [DAILY] * 7))
    assert found[PASS - 1] == pytest.approx(0.3)
    assert found[DAILY - 1] == pytest.approx(0.7)


@given(st.lists(st.tuples(st.floats(0.0, 500.0), st.integers(0, 6)), min_size=1, max_size=40))
def test_chances_of_all_endings_never_add_up_to_more_than_one(
    pairs: list[tuple[float, int]],
) -> None:
    lasted, endings = zip(*pairs, strict=True)
    found = incidences(np.array(lasted), np.array(endings))
    assert (found >= 0.0).all()
    assert found.sum() <= 1.0 + 1e-9


def test_overlapping_starts_are_worth_few_independent_runs() -> None:
    endings = ([PASS] * 60 + [DAILY] * 60) * 3
    overlapping = runs([60.0] * 360, endings)
    assert independent_count(overlapping) == pytest.approx((359 + 60) / 60)
    chance = chances(overlapping, 3)[Ending.PASSED]
    assert chance.worth_count < 30
    naive = exact_interval(0.5, 360)
    assert chance.low_fraction < naive[0]
    assert chance.high_fraction > naive[1]


def test_blocks_are_as_long_as_the_median_run() -> None:
    assert block_length_count(runs([60.0] * 100, [PASS] * 100)) == 60
    assert block_length_count(runs([60.0] * 100, [PASS] * 100, step_days=10)) == 6
    assert block_length_count(runs([1.0] * 100, [PASS] * 100)) == 5


@pytest.mark.parametrize(("count", "has_draws"), [(49, False), (50, True)])
def test_fewer_than_five_blocks_are_not_resampled(count: int, has_draws: bool) -> None:
    lasted = [10.0] * count
    assert (block_draws(runs(lasted, [PASS] * count), 0) is not None) == has_draws


@pytest.mark.parametrize(("hits", "count"), [(0, 10), (3, 10), (10, 10)])
def test_the_exact_interval_is_that_of_the_library(hits: int, count: int) -> None:
    wanted = stats.binomtest(hits, count).proportion_ci(0.95)
    assert exact_interval(hits / count, count) == pytest.approx((wanted.low, wanted.high))


def test_nothing_seen_allows_everything() -> None:
    assert exact_interval(0.0, 0.0) == (0.0, 1.0)


def test_equal_seeds_still_have_an_interval() -> None:
    chance = mean_chance(np.zeros(20))
    assert chance.fraction == 0.0
    assert 0.1 < chance.high_fraction < 0.2


def test_a_difference_is_as_uncertain_as_both_sides() -> None:
    gap, low, high = difference(Chance(0.5, 0.4, 0.6, 1.0), Chance(0.3, 0.2, 0.4, 1.0))
    assert gap == pytest.approx(0.2)
    assert (low, high) == pytest.approx((0.2 - 0.02**0.5, 0.2 + 0.02**0.5))


def test_medians_know_what_was_cut_off() -> None:
    seen = runs([10.0, 20.0, 30.0, 40.0], [PASS, PASS, PASS, CUT])
    assert median_pass_days(seen) == 20.0
    assert median_ending_days(seen) == 20.0
    assert median_ending_days(runs([10.0, 20.0, 30.0, 40.0], [PASS, CUT, CUT, CUT])) is None
    assert median_pass_days(runs([10.0], [DAILY])) is None


def test_survival_falls_only_at_endings() -> None:
    curve = surviving_curve(runs([5.0, 10.0, 10.0], [CUT, PASS, DAILY]))
    assert curve.fractions == (1.0, 0.0)
    assert curve.days == (0.0, 10.0)
