"""The trend vote, drawn by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signal_worlds import closes, everything_on

from bot.model.signal import MixedDirection, TrendSettings
from bot.rules.trend import breakout_vote, mean_close, mixed_side, trend_of, trends_to

TREND = TrendSettings(
    fast_bars=2,
    slow_bars=4,
    breakout_bars=3,
    closes_min_count=3,
    d1_window_bars=4,
    when_mixed=MixedDirection.DAILY.value,
)
ALL = 1_000


def trend(*prices: float, window_bars: int = ALL) -> int:
    return trend_of(closes(*prices), len(prices) - 1, window_bars, TREND)


def test_rising_closes_trend_up_and_falling_closes_down() -> None:
    assert trend(1.0, 2.0, 3.0, 4.0) == 1
    assert trend(4.0, 3.0, 2.0, 1.0) == -1


def test_two_votes_that_disagree_are_mixed() -> None:
    # slow mean 2.75, fast mean 3.0 above it, close 2.5 below it, inside the closes before it
    assert trend(2.0, 3.0, 3.5, 2.5) == 0


def test_a_breakout_decides_between_disagreeing_averages() -> None:
    # fast mean below the slow one, close above it and above the three closes before it
    assert trend(10.0, 9.0, 1.0, 10.5) == 1
    assert trend(12.0, 9.0, 1.0, 10.5) == 0


def test_a_breakout_needs_a_close_beyond_all_of_the_closes_before() -> None:
    assert breakout_vote(closes(1.0, 3.0, 2.0, 3.5), 3, 3) == 1
    assert breakout_vote(closes(1.0, 3.0, 2.0, 3.0), 3, 3) == 0
    assert breakout_vote(closes(2.0, 3.0, 2.0, 1.5), 3, 3) == -1


def test_equal_averages_abstain() -> None:
    assert trend(5.0, 5.0, 5.0) == 0
    assert trend(5.0, 5.0, 5.0, 5.1) == 1
    assert trend(5.0, 5.0, 5.0, 4.9) == -1


def test_a_history_shorter_than_the_fast_average_is_judged_by_its_last_close() -> None:
    shape = TREND._replace(fast_bars=10, slow_bars=20, closes_min_count=2)
    assert trend_of(closes(1.0, 2.0, 3.0), 2, ALL, shape) == 1
    assert trend_of(closes(3.0, 2.0, 1.0), 2, ALL, shape) == -1


def test_too_few_closes_are_mixed() -> None:
    assert trend(1.0, 2.0) == 0
    assert trend(1.0, 2.0, 3.0) == 1


def test_no_closes_at_all_are_mixed() -> None:
    assert trend_of(closes(), -1, 0, TREND) == 0


def test_the_breakout_vote_waits_until_enough_closes_exist() -> None:
    # without it: fast mean 5.5 above 5.0 votes up, close 4.5 below votes down; no third vote
    assert trend(4.0, 6.5, 4.5) == 0


def test_the_window_hides_older_closes() -> None:
    long_rise_then_fall = (1.0, 2.0, 3.0, 20.0, 19.0, 18.0, 17.0)
    assert trend(*long_rise_then_fall, window_bars=4) == -1
    assert trend(*long_rise_then_fall, window_bars=2) == 0


def test_the_mean_sums_exactly_the_bars_asked_for() -> None:
    assert mean_close(closes(100.0, 1.0, 2.0, 6.0), 3, 3) == 3.0


@pytest.mark.parametrize(
    ("d1", "when_mixed", "side"),
    [
        (1, MixedDirection.NO_TRADE, 0),
        (1, MixedDirection.DAILY, 1),
        (-1, MixedDirection.DAILY, -1),
        (0, MixedDirection.DAILY, 0),
        (0, MixedDirection.DAILY_OR_LONG, 1),
        (-1, MixedDirection.DAILY_OR_LONG, -1),
    ],
)
def test_without_a_majority_the_setting_decides(
    d1: int, when_mixed: MixedDirection, side: int
) -> None:
    assert mixed_side(d1, when_mixed.value) == side


def test_votes_are_counted_for_the_side_taken() -> None:
    assert trends_to(1, 1, 1, 0) == 2
    assert trends_to(-1, 1, 1, 0) == 0


@given(st.lists(st.integers(1, 200), min_size=1, max_size=60))
@settings(max_examples=200, deadline=None)
def test_a_trend_turns_over_with_its_chart(prices: list[int]) -> None:
    chart = closes(*(float(price) for price in prices))
    shape = everything_on().trend
    last = chart.size - 1
    assert trend_of(chart, last, ALL, shape) == -trend_of(-chart, last, ALL, shape)
