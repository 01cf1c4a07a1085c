import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DataError
from bot.simulator.quotes import (
    BarArrays,
    ExtremeOrder,
    QuoteArrays,
    QuotePath,
    on_tick_grid,
    quotes_from_bars,
)
from bot.simulator.session_clock import server_times_s
from bot.simulator.symbols import default_contract
from bot.timezones import server_offset_table

CLOCK = server_offset_table()
EURUSD = default_contract("EURUSD")
TUESDAY_10_00 = 1_704_189_600 - 7_200 + 86_400  # 2024-01-03 08:00 UTC, 10:00 server, a Wednesday
ROW = (1.10000, 1.10020, 1.09990, 1.10010)  # open, high, low, close: a rising bar
FALLING_ROW = (1.10010, 1.10020, 1.09990, 1.10000)


def bars_of(*rows, start_utc_s=TUESDAY_10_00, timeframe_s=60, spread_points=10) -> BarArrays:
    prices = np.array(rows, dtype=np.float64)
    count = len(rows)
    return BarArrays(
        start_utc_s + timeframe_s * np.arange(count, dtype=np.int64),
        *(prices[:, column].copy() for column in range(4)),
        np.full(count, 7, dtype=np.int64),
        np.full(count, spread_points, dtype=np.int64),
    )


def quotes_of(bars, order=ExtremeOrder.ADVERSE_FIRST, timeframe_s=60, **options) -> QuoteArrays:
    return quotes_from_bars(bars, timeframe_s, EURUSD, CLOCK, QuotePath(order, **options))


def test_adverse_first_visits_the_extreme_against_the_close_first():
    assert quotes_of(bars_of(ROW)).bid.tolist() == [1.10000, 1.09990, 1.10020, 1.10010]
    assert quotes_of(bars_of(FALLING_ROW)).bid.tolist() == [1.10010, 1.10020, 1.09990, 1.10000]


def test_by_direction_visits_the_extreme_towards_the_close_first():
    rising = quotes_of(bars_of(ROW), ExtremeOrder.BY_DIRECTION)
    falling = quotes_of(bars_of(FALLING_ROW), ExtremeOrder.BY_DIRECTION)
    assert rising.bid.tolist() == [1.10000, 1.10020, 1.09990, 1.10010]
    assert falling.bid.tolist() == [1.10010, 1.09990, 1.10020, 1.10000]


def test_an_unchanged_bar_counts_as_rising():
    assert quotes_of(bars_of((1.1, 1.2, 1.0, 1.1))).bid.tolist() == [1.1, 1.0, 1.2, 1.1]


def test_random_order_depends_on_seed_and_time_but_not_on_the_window():
    bars = bars_of(*[ROW] * 200)
    whole = quotes_of(bars, ExtremeOrder.RANDOM, seed=5).bid
    part = quotes_of(bars.take(slice(50, 200)), ExtremeOrder.RANDOM, seed=5).bid
    other = quotes_of(bars, ExtremeOrder.RANDOM, seed=6).bid
    low_first_count = np.count_nonzero(whole[1::4] == 1.09990)
    assert 60 < low_first_count < 140
    assert np.array_equal(whole[200:], part)
    assert not np.array_equal(whole, other)


def test_quotes_come_at_the_start_the_thirds_and_a_second_before_the_end():
    offsets_ms = quotes_of(bars_of(ROW)).time_utc_ms - TUESDAY_10_00 * 1000
    assert offsets_ms.tolist() == [0, 19_666, 39_333, 59_000]


def test_ask_is_bid_plus_the_spread_of_the_bar():
    quotes = quotes_of(bars_of(ROW, spread_points=12))
    assert quotes.ask.tolist() == [1.10012, 1.10002, 1.10032, 1.10022]


def test_a_negative_spread_never_crosses_the_quote():
    quotes = quotes_of(bars_of(ROW, spread_points=-4))
    assert np.array_equal(quotes.ask, quotes.bid)


def test_prices_land_on_the_tick_grid_as_their_text_would():
    rounded = on_tick_grid(np.array([1.1000349, 0.12345501, 1 / 3]), EURUSD)
    assert rounded.tolist() == [1.10003, 0.12346, 0.33333]


def test_the_first_hour_of_a_session_is_quoted_from_its_opening_minute():
    monday_00_00 = 1_704_146_400  # 2024-01-01 22:00 UTC = Tuesday 00:00 server
    bars = bars_of(ROW, start_utc_s=monday_00_00, timeframe_s=3_600)
    quotes = quotes_of(bars, timeframe_s=3_600)
    wall_s = server_times_s(quotes.time_utc_ms // 1000, CLOCK) % 86_400
    assert wall_s[0] == 300  # 00:05
    assert wall_s[-1] == 3_599


def test_a_bar_outside_every_session_gives_no_quotes():
    saturday = TUESDAY_10_00 + 3 * 86_400
    assert len(quotes_of(bars_of(ROW, start_utc_s=saturday))) == 0


def test_repeated_quotes_bring_fresh_stamps_and_no_new_prices():
    bars = bars_of(ROW, ROW, timeframe_s=3_600)
    plain = quotes_of(bars, timeframe_s=3_600)
    repeated = quotes_of(bars, timeframe_s=3_600, repeat_every_s=60)
    assert np.diff(repeated.time_utc_ms).max() <= 60_000
    changes = np.flatnonzero(np.diff(repeated.bid, prepend=0.0) != 0)
    assert repeated.bid[changes].tolist() == plain.bid.tolist()
    assert set(plain.time_utc_ms.tolist()) <= set(repeated.time_utc_ms.tolist())
    assert repeated.time_utc_ms[-1] < (TUESDAY_10_00 + 7_200) * 1000


def test_a_negative_repetition_is_refused():
    with pytest.raises(DataError, match="repeat_every_s is -1"):
        QuotePath(repeat_every_s=-1)


def test_crossed_quotes_cannot_be_built():
    with pytest.raises(DataError, match=r"quote 1: ask 0\.9 is below bid 1\.0"):
        QuoteArrays(np.array([1, 2]), np.array([1.0, 1.0]), np.array([1.0, 0.9]))


def test_bars_out_of_order_cannot_be_built():
    bars = bars_of(ROW, ROW)
    with pytest.raises(DataError, match="bar 1 opens at"):
        bars.take(np.array([True, True])).take(slice(None, None, -1))


def test_arrays_of_different_length_cannot_be_built():
    with pytest.raises(DataError, match="bid has 2 rows but ask has 1"):
        QuoteArrays(np.array([1, 2]), np.array([1.0, 1.0]), np.array([1.0]))


ticks = st.integers(min_value=-400, max_value=400)


@st.composite
def random_bars(draw):
    count = draw(st.integers(1, 12))
    timeframe_s = draw(st.sampled_from([60, 900, 3_600, 14_400]))
    start = draw(st.integers(1_640_995_200 // 14_400, 1_735_689_600 // 14_400)) * 14_400
    rows = []
    for _ in range(count):
        open_, close = (110_000 + draw(ticks) for _ in range(2))
        high = max(open_, close) + abs(draw(ticks))
        low = min(open_, close) - abs(draw(ticks))
        rows.append(tuple(round(p * 1e-5, 5) for p in (open_, high, low, close)))
    spread = draw(st.integers(0, 300))
    return bars_of(*rows, start_utc_s=start, timeframe_s=timeframe_s, spread_points=spread)


@settings(max_examples=150, deadline=None)
@given(random_bars(), st.sampled_from(list(ExtremeOrder)), st.sampled_from(["EURUSD", "BTCUSD"]))
def test_quotes_replay_each_bar_inside_its_range_and_its_session(bars, order, name):
    contract = default_contract(name)
    timeframe_s = int(np.diff(bars.open_utc_s)[0]) if len(bars) > 1 else 60
    quotes = quotes_from_bars(bars, timeframe_s, contract, CLOCK, QuotePath(order, seed=3))
    assert np.all(quotes.ask >= quotes.bid)
    index = np.searchsorted(bars.open_utc_s, quotes.time_utc_ms // 1000, side="right") - 1
    half_tick = contract.tick_size / 2 + 1e-9
    assert np.all(quotes.bid <= bars.high[index] + half_tick)
    assert np.all(quotes.bid >= bars.low[index] - half_tick)
    for bar in np.unique(index):
        of_bar = quotes.bid[index == bar]
        assert len(of_bar) == 4
        assert abs(of_bar[0] - bars.open[bar]) <= half_tick
        assert abs(of_bar[-1] - bars.close[bar]) <= half_tick
        assert abs(of_bar.max() - bars.high[bar]) <= half_tick
        assert abs(of_bar.min() - bars.low[bar]) <= half_tick
    wall_s = server_times_s(quotes.time_utc_ms // 1000, CLOCK)
    for moment in wall_s.tolist():
        sessions = contract.sessions[(moment // 86_400 + 3) % 7]
        assert any(low <= moment % 86_400 < high for low, high in sessions)
