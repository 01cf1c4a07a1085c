"""What is computed once per symbol, against slow and obvious versions of itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signal_worlds import (
    DAY_S,
    MONDAY_UTC_S,
    SERVER,
    UTC,
    bars_of,
    closes,
    daily,
    everything_on,
    flat,
    random_features,
    random_h4,
    random_market,
)

from bot.indicators import (
    features_of,
    monthly_bars,
    pivots_of,
    structure_breaks,
    weekly_bars,
    zscore,
)
from bot.model.market import Bars

PRICES = st.lists(st.integers(1, 12), min_size=0, max_size=40)


def bars_with(highs: list[int]) -> Bars:
    """Bars whose highs and lows move together; ties are common."""
    return bars_of([(float(high),) * 4 for high in highs])


@given(PRICES, st.integers(1, 4))
@settings(max_examples=200, deadline=None)
def test_a_swing_point_is_exceeded_by_none_of_its_neighbours(prices: list[int], wing: int) -> None:
    pivots = pivots_of(bars_with(prices), wing)
    centres = range(wing, len(prices) - wing)
    around = {bar: prices[bar - wing : bar + wing + 1] for bar in centres}
    assert [bar for bar in centres if prices[bar] == max(around[bar])] == list(pivots.high_index)
    assert [bar for bar in centres if prices[bar] == min(around[bar])] == list(pivots.low_index)


@given(PRICES, st.integers(1, 4))
@settings(max_examples=200, deadline=None)
def test_a_swing_point_counts_from_the_bar_that_completes_its_wing(
    prices: list[int], wing: int
) -> None:
    pivots = pivots_of(bars_with(prices), wing)
    for bar in range(len(prices)):
        assert pivots.high_count[bar] == sum(one + wing <= bar for one in pivots.high_index)
        assert pivots.low_count[bar] == sum(one + wing <= bar for one in pivots.low_index)


@given(st.integers(0, 50), st.integers(2, 9))
@settings(max_examples=50, deadline=None)
def test_the_newest_break_is_remembered_until_the_next(seed: int, bars_before: int) -> None:
    bars = daily(random_h4(np.random.default_rng(seed), 60))
    up, down = structure_breaks(bars, bars_before)
    newest_up = newest_down = -1
    for bar in range(60):
        if bar >= bars_before:
            before = slice(bar - bars_before, bar)
            body = bars.close_price[bar] - bars.open_price[bar]
            if bars.close_price[bar] > bars.high_price[before].max() and body > 0.0:
                newest_up = bar
            if bars.close_price[bar] < bars.low_price[before].min() and body < 0.0:
                newest_down = bar
        assert (up[bar], down[bar]) == (newest_up, newest_down)


def test_the_atr_starts_as_a_mean_and_forgets_by_a_fourteenth() -> None:
    """REFERENCE_STRATEGY 1.2: the mean of the first 14 true ranges, then Wilder's smoothing."""
    bars = random_market(4, 60)[0]
    high, low, before = bars.high_price[1:], bars.low_price[1:], bars.close_price[:-1]
    ranges = np.maximum(high, before) - np.minimum(low, before)
    expected = ranges[:14].mean()
    features = random_features(4, everything_on(), 60)
    assert np.isnan(features.d1_atr_price[:14]).all()
    for bar in range(14, 60):
        if bar > 14:
            expected = (13.0 * expected + ranges[bar - 1]) / 14.0
        assert features.d1_atr_price[bar] == pytest.approx(expected, rel=1e-12)


def test_two_histories_agree_on_the_atr_once_both_are_long() -> None:
    settings = everything_on()
    long_ago = random_features(7, settings, 800)
    d1 = long_ago.d1
    recent = features_of(Bars(*(column[-500:].copy() for column in d1)), *long_ago[1:4], settings)
    assert recent.d1_atr_price[-1] == pytest.approx(long_ago.d1_atr_price[-1], rel=1e-9)
    assert recent.d1_adx[-1] == pytest.approx(long_ago.d1_adx[-1], rel=1e-9)


def test_the_zscore_counts_deviations_from_the_mean() -> None:
    assert zscore(closes(1.0, 3.0, 1.0, 3.0), 4)[-1] == pytest.approx(1.0)
    assert zscore(closes(5.0, 5.0, 5.0, 5.0), 4)[-1] == 0.0


def test_weeks_are_put_together_from_sunday_to_saturday_of_the_server() -> None:
    candles = [(float(day), day + 10.0, day - 10.0, day + 1.0) for day in range(14)]
    weeks = weekly_bars(bars_of(candles), UTC)
    assert list((weeks.open_utc_s - MONDAY_UTC_S) // DAY_S) == [-1, 6, 13]
    assert list(weeks.open_price) == [0.0, 6.0, 13.0]
    assert list(weeks.high_price) == [15.0, 22.0, 23.0]
    assert list(weeks.low_price) == [-10.0, -4.0, 3.0]
    assert list(weeks.close_price) == [6.0, 13.0, 14.0]
    from_monday = weekly_bars(bars_of(candles), UTC, 0)
    assert list((from_monday.open_utc_s - MONDAY_UTC_S) // DAY_S) == [0, 7]


def test_months_are_put_together_on_the_servers_clock() -> None:
    """A bar that opened 22:00 UTC on 31 January is the server's first of February."""
    bars = bars_of(flat(3), first_s=1_706_652_000 - DAY_S)  # 2024-01-29 22:00 UTC
    months = monthly_bars(bars, SERVER)
    assert list(months.open_utc_s) == [1_703_973_600 + DAY_S, 1_706_652_000 + DAY_S]
    assert list(monthly_bars(bars, UTC).open_utc_s) == [1_704_067_200]


def test_no_bars_give_no_weeks_no_months_and_empty_features() -> None:
    nothing = bars_of([])
    assert weekly_bars(nothing, SERVER).open_utc_s.size == 0
    assert monthly_bars(nothing, SERVER).open_utc_s.size == 0
    features = features_of(nothing, nothing, nothing, nothing, everything_on())
    assert features.d1_atr_price.size == 0
    assert features.d1_pivots.high_count.size == 0


@given(st.integers(0, 30))
@settings(max_examples=30, deadline=None)
def test_any_number_of_bars_gives_features_of_that_length(count: int) -> None:
    bars = bars_of(flat(count))
    features = features_of(bars, bars, bars, bars, everything_on())
    sizes = {column.size for column in features[4:11]}
    assert sizes == {count}
    assert features.h4_pivots.low_count.size == count
