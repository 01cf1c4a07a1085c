import calendar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DataError
from bot.model.market import Bars
from bot.simulator.bar_collapse import bucket_opens_utc_s, collapse_bars, join_bars
from bot.simulator.feed import Replay, SourceBars, all_bars, market_from_bars
from bot.simulator.quotes import BarArrays
from bot.simulator.session_clock import server_times_s
from bot.simulator.spreads import SpreadProfile
from bot.timezones import server_offset_table

CLOCK = server_offset_table()
H1, H4, D1, W1, MN1 = 3_600, 14_400, 86_400, 604_800, 2_592_000
TEN_POINTS = SpreadProfile((10.0,) * 24)


def utc(*parts: int) -> int:
    return calendar.timegm((*parts, 0, 0, 0)[:6])


MONDAY = utc(2024, 1, 7, 22)  # Monday 2024-01-08, 00:00 server


def hours_of(start_utc_s: int, days_count: int, price: float = 1.1) -> Bars:
    """Hourly bars around the clock, a slow saw between 0 and 23 points above `price`."""
    count = days_count * 24
    opens_utc_s = start_utc_s + H1 * np.arange(count, dtype=np.int64)
    opens = np.round(price + (np.arange(count) % 24) * 1e-5, 5)
    return Bars(opens_utc_s, opens, opens + 5e-5, opens - 5e-5, opens + 1e-5)


def days_of(start_utc_s: int, days_count: int, price: float = 1.1) -> Bars:
    opens_utc_s = start_utc_s + D1 * np.arange(days_count, dtype=np.int64)
    opens = np.full(days_count, price)
    return Bars(opens_utc_s, opens, opens + 3e-3, opens - 3e-3, opens + 1e-4)


def replayed(sources, start_utc_s=MONDAY, days_count=5, **options):
    options.setdefault("spreads", {"EURUSD": TEN_POINTS, "BTCUSD": TEN_POINTS})
    window = Replay(start_utc_s=start_utc_s, end_utc_s=start_utc_s + days_count * D1, **options)
    return market_from_bars("test", sources, window)


def test_bid_bars_are_replayed_as_they_are():
    source = SourceBars(hours_of(MONDAY, 5))
    feed = replayed({"EURUSD": {H1: source}}).feeds["EURUSD"]
    assert feed.base_timeframe_s == H1
    assert np.array_equal(feed.base_bars.open, np.round(source.bars.open_price, 5))
    assert len(feed.quotes) == 4 * 5 * 24
    assert np.allclose(feed.quotes.ask - feed.quotes.bid, 10e-5)


def test_mid_bars_are_lowered_by_half_the_spread():
    source = SourceBars(hours_of(MONDAY, 5), price_basis="mid")
    bars = replayed({"EURUSD": {H1: source}}).feeds["EURUSD"].base_bars
    assert np.allclose(bars.open, source.bars.open_price - 5e-5)
    assert np.allclose(bars.high, source.bars.high_price - 5e-5)


def test_a_recorded_spread_goes_before_the_profile_and_zero_means_unknown():
    recorded = np.tile(np.array([25, 0], dtype=np.int64), 60)
    source = SourceBars(hours_of(MONDAY, 5), spread_points=recorded)
    bars = replayed({"EURUSD": {H1: source}}).feeds["EURUSD"].base_bars
    assert bars.spread_points[:4].tolist() == [25, 10, 25, 10]


def test_ticks_are_kept_and_at_least_one():
    ticks = np.arange(120, dtype=np.int64)
    source = SourceBars(hours_of(MONDAY, 5), tick_volume=ticks)
    bars = replayed({"EURUSD": {H1: source}}).feeds["EURUSD"].base_bars
    assert bars.tick_volume[:3].tolist() == [1, 1, 2]


def test_weekend_bars_of_a_currency_are_left_out_and_those_of_crypto_stay():
    hours = SourceBars(hours_of(MONDAY, 8))
    feeds = replayed({"EURUSD": {H1: hours}, "BTCUSD": {H1: hours}}, days_count=8).feeds
    assert len(feeds["EURUSD"].base_bars) == 6 * 24
    assert len(feeds["BTCUSD"].base_bars) == 8 * 24


def test_the_window_is_half_open_and_holds_whole_bars():
    market = replayed({"EURUSD": {H1: SourceBars(hours_of(MONDAY - 14 * D1, 40))}}, days_count=2)
    bars = market.feeds["EURUSD"].base_bars
    assert bars.open_utc_s[0] == market.start_utc_s
    assert bars.open_utc_s[-1] + H1 == market.end_utc_s


def test_history_ends_where_the_window_begins_and_grows_to_every_strategy_timeframe():
    market = replayed({"EURUSD": {H1: SourceBars(hours_of(MONDAY - 28 * D1, 40))}})
    history = market.feeds["EURUSD"].extra_history
    assert sorted(history) == [H1, H4, D1, W1, MN1]
    for bars in history.values():
        assert bars.open_utc_s[-1] < market.start_utc_s
    assert len(history[D1]) == 20


def test_the_month_running_at_the_start_is_one_bar_with_its_rest():
    market = replayed({"EURUSD": {H1: SourceBars(hours_of(MONDAY - 28 * D1, 40))}})
    months = all_bars(market.feeds["EURUSD"], MN1, CLOCK)
    assert len(months) == 2  # December and January; January began before the window
    january_wall_s = server_times_s(months.open_utc_s[-1:], CLOCK)[0]
    assert january_wall_s == utc(2024, 1, 1)


def test_longer_files_bring_the_older_history():
    sources = {
        H1: SourceBars(hours_of(MONDAY - 7 * D1, 20)),
        D1: SourceBars(days_of(MONDAY - 364 * D1, 360, price=1.2)),
    }
    history = replayed({"EURUSD": sources}).feeds["EURUSD"].extra_history
    days = history[D1]
    assert len(days) == 260
    assert days.open[0] == 1.2
    assert days.open[-1] == 1.1  # the daily file ends early; hours fill the rest
    assert len(history[H1]) == 5 * 24
    assert len(history[W1]) == 52


def test_a_finer_file_that_does_not_cover_the_window_is_not_the_base():
    sources = {900: SourceBars(hours_of(MONDAY - 40 * D1, 10)), H1: SourceBars(hours_of(MONDAY, 9))}
    assert replayed({"EURUSD": sources}).feeds["EURUSD"].base_timeframe_s == H1


def test_the_base_can_be_asked_for():
    sources = {H1: SourceBars(hours_of(MONDAY, 9)), D1: SourceBars(days_of(MONDAY, 9))}
    feed = replayed({"EURUSD": sources}, base_timeframe_s=D1).feeds["EURUSD"]
    assert feed.base_timeframe_s == D1
    assert len(feed.quotes) == 4 * 5


def test_a_window_no_file_covers_is_refused_with_what_there_is():
    with pytest.raises(DataError, match=r"EURUSD: no bars cover .* there are, by timeframe"):
        replayed({"EURUSD": {H1: SourceBars(hours_of(MONDAY - 40 * D1, 10))}})


def test_weekly_bars_cannot_be_replayed():
    with pytest.raises(DataError, match="bars of 604800 s cannot be replayed"):
        replayed({"EURUSD": {W1: SourceBars(days_of(MONDAY, 9))}})


def test_an_empty_window_is_refused():
    with pytest.raises(DataError, match="is not before end_utc_s"):
        Replay(start_utc_s=5, end_utc_s=5)


def test_a_suffix_lists_the_feed_under_the_decorated_name():
    market = replayed({"EURUSD": {H1: SourceBars(hours_of(MONDAY, 5))}}, suffix=".r")
    assert list(market.feeds) == ["EURUSD.r"]


def test_bars_finer_than_the_base_are_refused():
    feed = replayed({"EURUSD": {H1: SourceBars(hours_of(MONDAY, 5))}}).feeds["EURUSD"]
    with pytest.raises(DataError, match="bars of 60 s cannot come from a base of 3600 s"):
        all_bars(feed, 60, CLOCK)


@pytest.mark.parametrize(
    ("timeframe_s", "wall_open"),
    [
        (H1, (2024, 3, 13, 14)),
        (H4, (2024, 3, 13, 12)),
        (D1, (2024, 3, 13)),
        (W1, (2024, 3, 10)),  # Sunday
        (MN1, (2024, 3, 1)),
    ],
)
def test_buckets_open_on_the_servers_clock(timeframe_s, wall_open):
    moment = np.array([utc(2024, 3, 13, 11, 59)])  # Wednesday 14:59 server
    opened = bucket_opens_utc_s(moment, timeframe_s, CLOCK)
    assert server_times_s(opened, CLOCK)[0] == utc(*wall_open)


def test_a_timeframe_the_terminal_lacks_is_refused():
    with pytest.raises(DataError, match="timeframe 61 s does not exist"):
        bucket_opens_utc_s(np.array([0]), 61, CLOCK)


def test_bars_begun_in_one_series_and_ended_in_the_other_are_one():
    def single(prices, ticks, spread):
        columns = (np.array([price]) for price in prices)
        return BarArrays(np.array([MONDAY]), *columns, np.array([ticks]), np.array([spread]))

    joined = join_bars(single((1.0, 1.5, 0.9, 1.2), 10, 7), single((1.2, 1.3, 0.8, 1.1), 5, 9))
    assert len(joined) == 1
    assert (joined.open[0], joined.high[0], joined.low[0], joined.close[0]) == (1.0, 1.5, 0.8, 1.1)
    assert (joined.tick_volume[0], joined.spread_points[0]) == (15, 7)


@settings(max_examples=100, deadline=None)
@given(
    start_day=st.integers(utc(2020, 1, 1) // D1, utc(2026, 1, 1) // D1),
    days_count=st.integers(1, 45),
    cut=st.floats(0, 1),
    timeframe_s=st.sampled_from([H1, H4, D1, W1, MN1]),
)
def test_collapsing_in_two_parts_and_joining_equals_collapsing_at_once(
    start_day, days_count, cut, timeframe_s
):
    bars = hours_of(start_day * D1, days_count)
    noise = np.random.default_rng(start_day).integers(-90, 90, len(bars.open_utc_s)) * 1e-5
    ones = np.ones(len(noise), dtype=np.int64)
    whole = BarArrays(
        bars.open_utc_s,
        bars.open_price + noise,
        bars.high_price + noise,
        bars.low_price + noise,
        bars.close_price + noise,
        ones,
        ones,
    )
    at = int(cut * len(noise))
    parts = (whole.take(slice(0, at)), whole.take(slice(at, None)))
    joined = join_bars(*(collapse_bars(part, timeframe_s, CLOCK) for part in parts))
    at_once = collapse_bars(whole, timeframe_s, CLOCK)
    for name in BarArrays.__slots__:
        assert np.array_equal(getattr(joined, name), getattr(at_once, name)), name
    assert at_once.tick_volume.sum() == len(noise)
    assert at_once.high.max() == whole.high.max()
    assert at_once.low.min() == whole.low.min()
