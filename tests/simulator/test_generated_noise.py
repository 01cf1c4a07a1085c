import numpy as np
import pytest

from bot.errors import DataError
from bot.simulator.bar_statistics import bar_statistics
from bot.simulator.generated_noise import NoiseSource
from bot.simulator.generated_table import FACTORS, correlation, legs_of
from bot.simulator.symbols import known_symbols

PINNED_UNIFORMS = [0.7839079634497955, 0.6685289572173779, 0.02763930978048834]
PINNED_HEAVY = [0.616945120331032, 0.33222389725217993, -1.8944351358651108]


def test_streams_of_one_name_agree_and_of_two_names_do_not():
    first, same = NoiseSource(1, "a").uniforms(100), NoiseSource(1, "a").uniforms(100)
    assert np.array_equal(first, same)
    assert not np.array_equal(first, NoiseSource(1, "b").uniforms(100))
    assert not np.array_equal(first, NoiseSource(2, "a").uniforms(100))


def test_the_first_numbers_of_a_stream_are_pinned():
    assert NoiseSource(1, "a").uniforms(3).tolist() == PINNED_UNIFORMS
    assert NoiseSource(1, "a").heavy_tailed(3).tolist() == PINNED_HEAVY


def test_uniforms_fill_the_unit_interval_evenly():
    drawn = NoiseSource(3, "uniform").uniforms(100_000)
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert np.histogram(drawn, 10, (0, 1))[0].min() > 9_500


def test_heavy_tails_are_centred_scaled_and_fat():
    drawn = NoiseSource(3, "heavy").heavy_tailed(400_000)
    assert abs(drawn.mean()) < 0.01
    assert 0.93 < drawn.var() < 1.02
    assert np.mean(np.abs(drawn) > 4) > 20 * 6.3e-5  # a normal's share
    assert 8 < np.abs(drawn).max() < 15


def test_exponentials_have_mean_and_deviation_one():
    drawn = NoiseSource(3, "exponential").exponentials(400_000)
    assert drawn.min() >= 0
    assert abs(drawn.mean() - 1) < 0.01
    assert abs(drawn.std() - 1) < 0.02


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.name)
def test_each_factor_keeps_some_life_of_its_own(factor):
    assert 0.1 < factor.own_loading < 1


def test_loadings_give_the_measured_correlations():
    names = [factor.name for factor in FACTORS]

    def between(first, second):
        return correlation(names.index(first), names.index(second))

    # hourly returns 2022-2025, currencies as dollars per unit
    measured = {
        ("EUR", "GBP"): 0.76,
        ("EUR", "CHF"): 0.71,
        ("AUD", "NZD"): 0.88,
        ("AUD", "NAS100"): 0.45,
        ("JPY", "NAS100"): -0.30,
        ("XAU", "XAG"): 0.74,
        ("NAS100", "US30"): 0.80,
        ("BTC", "ETH"): 0.82,
        ("EUR", "NAS100"): -0.03,
    }
    for pair, value in measured.items():
        assert abs(between(*pair) - value) < 0.15, pair


def test_every_symbol_is_priced_by_one_or_two_factors():
    for name in known_symbols():
        legs = legs_of(name)
        assert legs != (None, None)
        assert all(leg is None or 0 <= leg < len(FACTORS) for leg in legs)
    assert legs_of("USDJPY") == (None, 2)
    assert legs_of("EURUSD") == (0, None)


def test_statistics_need_enough_consecutive_bars():
    opens = np.arange(30, dtype=np.int64) * 3_600
    with pytest.raises(DataError, match="29 returns of consecutive bars"):
        bar_statistics(opens, np.full(30, 1.1), 3_600)
