import calendar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.simulator.feed import all_bars
from bot.simulator.generated import generated_market
from bot.simulator.generated_table import FACTORS
from bot.simulator.generated_world import draw_world
from bot.simulator.session_clock import server_times_s, weekdays
from bot.simulator.symbols import known_symbols
from bot.timezones import server_offset_table

CLOCK = server_offset_table()
H1, D1 = 3_600, 86_400
FIRST_DAY = calendar.timegm((2024, 1, 1, 0, 0, 0)) // D1
FACTOR_SYMBOLS = {"EUR": "EURUSD", "GBP": "GBPUSD", "AUD": "AUDUSD", "NZD": "NZDUSD"}


@pytest.fixture(scope="module")
def world():
    return draw_world(4, FIRST_DAY, 728, CLOCK)  # winter to winter: whole days


def test_volatility_waves_have_a_mean_square_near_one(world):
    assert world.volatility.shape == (len(FACTORS), 728 * 24)
    assert np.all(world.volatility > 0)
    assert 0.7 < np.mean(world.volatility**2) < 1.4


def test_volatility_stays_high_for_days(world):
    daily = world.volatility[0].reshape(-1, 24).mean(axis=1)
    assert np.corrcoef(daily[1:], daily[:-1])[0, 1] > 0.5


def test_trends_last_for_weeks_and_end(world):
    for drift in world.drift_days:
        changes = np.count_nonzero(np.diff(drift))
        assert 15 < changes < 80  # one in twenty days


def test_releases_come_on_working_days_in_time_order(world):
    times = world.events.time_utc_s
    assert np.all(np.diff(times) >= 0)
    assert np.all(weekdays(server_times_s(times, CLOCK)) < 5)
    assert 0.2 < len(times) / 728 < 0.6


def test_a_dollar_release_moves_every_currency_and_a_local_one_its_own(world):
    moved = np.count_nonzero(world.events.jumps_fraction, axis=1)
    assert set(moved.tolist()) >= {1}
    assert np.any(moved >= 7)


def test_flash_crashes_are_occasional():
    counts = [len(draw_world(seed, FIRST_DAY, 45, CLOCK).crashes) for seed in range(60)]
    assert 0.3 < np.mean(counts) < 1.5
    assert min(counts) == 0


def test_a_flash_crash_falls_within_minutes_comes_back_and_widens_the_spread():
    found = 0
    for seed in range(80):
        for crash in draw_world(seed, FIRST_DAY, 30, CLOCK).crashes:
            symbol = FACTOR_SYMBOLS.get(FACTORS[crash.factor].name)
            live_day = int(server_times_s(np.array([crash.time_utc_s]), CLOCK)[0]) // D1
            if symbol is None or live_day == FIRST_DAY or crash.fall_fraction < 0:
                continue
            found += 1
            start_utc_s = (FIRST_DAY + 1) * D1
            feed = generated_market(seed, [symbol], start_utc_s, 29, history_days_count=1).feeds[
                symbol
            ]
            bars = feed.base_bars
            at = int(np.searchsorted(bars.open_utc_s, crash.time_utc_s))
            before, bottom = bars.open[at], bars.low[at : at + 12].min()
            later = bars.close[at + 34 : at + 60].mean()
            assert (before - bottom) / before > 0.6 * crash.fall_fraction
            assert (later - bottom) / (before - bottom) > 0.2
            usual = np.median(bars.spread_points)
            assert bars.spread_points[at : at + 5].min() > 4 * usual
        if found >= 2:
            return
    pytest.fail("no crash to look at in 80 seeds")


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 2**63),
    day=st.integers(calendar.timegm((2000, 1, 1, 0, 0, 0)) // D1, 24_000),
    symbol=st.sampled_from(known_symbols()),
    days_count=st.integers(1, 8),
)
def test_any_market_is_uncrossed_positive_ordered_and_joins_its_history(
    seed, day, symbol, days_count
):
    market = generated_market(seed, [symbol], day * D1, days_count, history_days_count=40)
    feed = market.feeds[symbol]
    assert np.all(feed.quotes.ask > feed.quotes.bid)
    assert np.all(feed.quotes.bid > 0)
    assert np.all(np.diff(feed.quotes.time_utc_ms) > 0)
    if len(feed.quotes):
        assert feed.quotes.time_utc_ms[0] >= market.start_utc_s * 1000
        assert feed.quotes.time_utc_ms[-1] < market.end_utc_s * 1000
    for timeframe_s, history in feed.extra_history.items():
        assert history.open_utc_s[-1] < market.start_utc_s
        joined = all_bars(feed, timeframe_s, CLOCK)
        assert np.all(np.diff(joined.open_utc_s) > 0)
        ticks = history.tick_volume.sum() + feed.base_bars.tick_volume.sum()
        assert joined.tick_volume.sum() == ticks
