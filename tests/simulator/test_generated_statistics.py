from pathlib import Path

import numpy as np
import pytest

from bot.adapters.bar_files import load_bars
from bot.simulator.bar_statistics import bar_statistics, statistics_text
from bot.simulator.generated import generated_market

REAL = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "h1"
START = 1_704_672_000
H1, M1 = 3_600, 60
SYMBOLS = ("EURUSD", "USDJPY", "AUDUSD", "XAUUSD", "NAS100", "BTCUSD")


@pytest.fixture(scope="module")
def feeds():
    return generated_market(11, SYMBOLS, START, 40).feeds


def hourly(feeds, name):
    bars = feeds[name].extra_history[H1]
    return bar_statistics(bars.open_utc_s, bars.close, H1)


@pytest.mark.parametrize("name", SYMBOLS)
def test_hourly_returns_are_fat_tailed_and_clustered(feeds, name):
    figures = hourly(feeds, name)
    assert 8 < figures.kurtosis < 100  # measured 2022-2025: 12 to 95
    assert 0.10 < figures.autocorrelation < 0.40  # measured: 0.21 to 0.33
    assert figures.returns_count > 10_000


@pytest.mark.parametrize("name", SYMBOLS)
def test_minutes_are_fat_tailed_and_clustered_too(feeds, name):
    bars = feeds[name].base_bars
    figures = bar_statistics(bars.open_utc_s, bars.close, M1)
    assert 6 < figures.kurtosis < 250  # measured: 8 to 114
    assert 0.08 < figures.autocorrelation < 0.45  # measured: 0.23 to 0.34


@pytest.mark.parametrize("name", ["EURUSD", "AUDUSD", "XAUUSD"])
def test_the_new_york_morning_is_livelier_than_the_night(feeds, name):
    hours = hourly(feeds, name).hour_volatility
    assert max(hours[15:18]) > 1.4
    assert hours[23] < 0.8
    assert hours[15] > 2 * hours[6]


def test_hours_without_bars_show_as_zero(feeds):
    assert hourly(feeds, "XAUUSD").hour_volatility[0] == 0
    assert hourly(feeds, "EURUSD").hour_volatility[0] > 0


def test_minutes_add_up_to_the_volatility_of_hours(feeds):
    for name in SYMBOLS:
        bars = feeds[name].base_bars
        minute = bar_statistics(bars.open_utc_s, bars.close, M1).volatility_fraction
        assert 0.4 < minute * 60**0.5 / hourly(feeds, name).volatility_fraction < 2.5


def test_daily_bars_swing_far_enough_to_have_structure(feeds):
    for name in SYMBOLS:
        days = feeds[name].extra_history[86_400]
        daily = np.std(np.diff(np.log(days.close)))
        swing = np.ptp(np.log(days.close[-250:]))
        assert swing > 6 * daily


def test_alternating_returns_have_the_figures_one_computes_by_hand():
    opens = np.arange(101, dtype=np.int64) * H1
    closes = np.where(np.arange(101) % 2 == 0, 1.0, np.e)  # log returns +1, -1, +1 …
    noisy = np.where(np.arange(101) == 50, np.e, closes)
    figures = bar_statistics(opens, noisy, H1)
    assert figures.returns_count == 100
    # 98 returns of size 1, two of size 0: variance 0.98, fourth moment 0.98
    assert figures.volatility_fraction == pytest.approx(0.98**0.5, abs=1e-3)
    assert figures.kurtosis == pytest.approx(1 / 0.98, abs=1e-3)


def test_the_table_shows_one_column_per_name(feeds):
    text = statistics_text({"made": hourly(feeds, "EURUSD"), "again": hourly(feeds, "EURUSD")})
    lines = text.splitlines()
    assert lines[0].split() == ["made", "again"]
    assert len(lines) == 5 + 24
    assert len({len(line) for line in lines}) == 1


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared hourly history is not at hand")
@pytest.mark.parametrize("name", SYMBOLS)
def test_generated_hours_resemble_real_ones(feeds, name):
    bars = load_bars(REAL / f"{name}.parquet")
    real = bar_statistics(bars.open_utc_s, bars.close_price, H1)
    made = hourly(feeds, name)
    assert 0.6 < made.volatility_fraction / real.volatility_fraction < 1.6
    assert 0.2 < made.kurtosis / real.kurtosis < 5
    assert abs(made.autocorrelation - real.autocorrelation) < 0.2
    shape = np.array([made.hour_volatility, real.hour_volatility])[:, 1:23]
    assert np.corrcoef(shape)[0, 1] > 0.8
