"""The decision at t is the same whatever came later: removed, changed, or already known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signal_worlds import (
    SERVER,
    UTC,
    Market,
    everything_on,
    market_of,
    part,
    random_h4,
    random_market,
    real_bars,
    since,
    view_of,
)

from bot.indicators import features_of, monthly_bars, weekly_bars
from bot.model.broker import Timeframe
from bot.model.market import Bars, OffsetTable
from bot.model.signal import Signal
from bot.rules.signal import detect_signal
from bot.rules.timeframes import bar_close_utc_s

SETTINGS = everything_on()
FRAMES = (Timeframe.D1, Timeframe.W1, Timeframe.MN1, Timeframe.H4)
SYMBOLS = ("EURUSD", "GBPJPY", "XAUUSD", "BTCUSD")
YEAR_2023_UTC_S = 1_672_531_200


def signal_at(market: Market, d1_index: int, clock: OffsetTable) -> Signal:
    features = features_of(*market, SETTINGS)
    return detect_signal(features, view_of(features, d1_index, clock), SETTINGS)


def decided_at(market: Market, d1_index: int, clock: OffsetTable) -> float:
    return bar_close_utc_s(float(market[0].open_utc_s[d1_index]), Timeframe.D1.value, clock)


def closed_count(bars: Bars, frame: Timeframe, moment_utc_s: float, clock: OffsetTable) -> int:
    """Bars over at the moment, counted one by one from the newest."""
    count = bars.open_utc_s.size
    while count and bar_close_utc_s(float(bars.open_utc_s[count - 1]), frame.value, clock) > (
        moment_utc_s
    ):
        count -= 1
    return count


def without_future(market: Market, d1_index: int, clock: OffsetTable) -> Market:
    """Every timeframe cut behind its last bar that was over."""
    moment = decided_at(market, d1_index, clock)
    d1, w1, mn1, h4 = (
        part(bars, 0, closed_count(bars, frame, moment, clock))
        for bars, frame in zip(market, FRAMES, strict=True)
    )
    return d1, w1, mn1, h4


def with_other_future(
    market: Market, d1_index: int, clock: OffsetTable, rng: np.random.Generator
) -> Market:
    """Bars running at the moment, and all later ones, with prices that never were."""
    moment = decided_at(market, d1_index, clock)
    changed: list[Bars] = []
    for bars, frame in zip(market, FRAMES, strict=True):
        first = closed_count(bars, frame, moment, clock)
        prices = [column.copy() for column in bars[1:]]
        middle = prices[3][first - 1] * np.exp(rng.normal(0.0, 0.5, prices[3].size - first))
        for column, factor in zip(prices, (1.0, 1.3, 0.7, 1.1), strict=True):
            column[first:] = middle * factor
        changed.append(Bars(bars.open_utc_s, *prices))
    d1, w1, mn1, h4 = changed
    return d1, w1, mn1, h4


def assert_blind_to_the_future(
    market: Market, d1_index: int, clock: OffsetTable, seed: int
) -> None:
    answer = signal_at(market, d1_index, clock)
    assert signal_at(without_future(market, d1_index, clock), d1_index, clock) == answer
    other = with_other_future(market, d1_index, clock, np.random.default_rng(seed))
    assert signal_at(other, d1_index, clock) == answer


@given(st.integers(0, 1_000), st.integers(200, 259))
@settings(max_examples=120, deadline=None)
def test_a_random_markets_future_changes_nothing(seed: int, d1_index: int) -> None:
    assert_blind_to_the_future(random_market(seed), d1_index, UTC, seed)


@given(st.integers(0, 1_000), st.integers(200, 258))
@settings(max_examples=60, deadline=None)
def test_the_servers_calendar_lets_nothing_through_either(seed: int, d1_index: int) -> None:
    """On New York's clock, with 23 and 25 hour days among them."""
    h4 = random_h4(np.random.default_rng(seed), 260, SERVER)
    assert_blind_to_the_future(market_of(h4, SERVER), d1_index, SERVER, seed)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_a_real_markets_future_changes_nothing(symbol: str) -> None:
    clock = UTC if symbol == "BTCUSD" else SERVER
    d1 = since(real_bars("d1", symbol), YEAR_2023_UTC_S)
    h4 = since(real_bars("h4", symbol), YEAR_2023_UTC_S)
    market = (d1, weekly_bars(d1, clock), monthly_bars(d1, clock), h4)
    rng = np.random.default_rng(len(symbol))
    for d1_index in rng.integers(200, d1.open_utc_s.size - 1, 25):
        assert_blind_to_the_future(market, int(d1_index), clock, int(d1_index))


def test_the_check_itself_notices_a_rule_that_peeks() -> None:
    """A view one bar too far into any timeframe answers differently before long."""
    for frame in ("d1_index", "w1_index", "mn1_index", "h4_index"):
        assert any(_peeking_shows(seed, frame) for seed in range(40)), frame


def _peeking_shows(seed: int, frame: str) -> bool:
    market = random_market(seed)
    other = with_other_future(market, 230, UTC, np.random.default_rng(seed))
    answers = []
    for one in (market, other):
        features = features_of(*one, SETTINGS)
        view = view_of(features, 230)
        peeking = view._replace(**{frame: getattr(view, frame) + 1})
        answers.append(detect_signal(features, peeking, SETTINGS))
    return answers[0] != answers[1]


@given(st.integers(0, 300), st.integers(200, 240), st.integers(1, 15))
@settings(max_examples=60, deadline=None)
def test_a_late_scan_decides_as_a_punctual_one(seed: int, d1_index: int, late_days: int) -> None:
    """Bars of every timeframe that closed since are at hand and stay out of it."""
    market = random_market(seed)
    punctual = without_future(market, d1_index, UTC)
    late = without_future(market, d1_index + late_days, UTC)
    assert signal_at(late, d1_index, UTC) == signal_at(punctual, d1_index, UTC)
