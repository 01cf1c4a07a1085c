import calendar
import time

import numpy as np
import pytest

from bot.errors import DataError
from bot.simulator.bar_collapse import collapse_bars
from bot.simulator.feed import all_bars
from bot.simulator.generated import HISTORY_TIMEFRAMES_S, generated_market
from bot.simulator.quotes import ExtremeOrder, QuotePath
from bot.simulator.session_clock import open_spans_utc_s, server_times_s, weekdays
from bot.simulator.spreads import default_spread_profile
from bot.simulator.symbols import known_symbols
from bot.timezones import server_offset_table
from tools.trace import market_digest

CLOCK = server_offset_table()
START = calendar.timegm((2024, 1, 8, 0, 0, 0))  # Monday
H1, D1 = 3_600, 86_400
SYMBOLS = ("EURUSD", "USDJPY", "EURJPY", "GBPUSD", "EURGBP", "XAUUSD", "NAS100", "BTCUSD")

# Of the market below, on any platform: a change here is a change of every demo and recorded run.
PINNED_DIGEST = "29c81133c283dfbb4b10d4ef7f37582723c353c81c60941a6010ad85c7f2ceca"


@pytest.fixture(scope="module")
def market():
    return generated_market(7, SYMBOLS, START, 12, history_days_count=120)


def test_the_same_seed_gives_the_same_bytes_everywhere(market):
    again = generated_market(7, SYMBOLS, START, 12, history_days_count=120)
    assert market_digest(again) == market_digest(market)
    assert market_digest(market) == PINNED_DIGEST


def test_another_seed_gives_another_market(market):
    other = generated_market(8, SYMBOLS, START, 12, history_days_count=120)
    for name, feed in market.feeds.items():
        assert not np.array_equal(feed.base_bars.close, other.feeds[name].base_bars.close)


def test_a_symbols_prices_do_not_depend_on_its_company(market):
    alone = generated_market(7, ["XAUUSD"], START, 12, history_days_count=120).feeds["XAUUSD"]
    beside = market.feeds["XAUUSD"]
    assert np.array_equal(alone.quotes.bid, beside.quotes.bid)
    assert np.array_equal(alone.extra_history[D1].close, beside.extra_history[D1].close)


def test_the_window_is_whole_server_days(market):
    edges = server_times_s(np.array([market.start_utc_s, market.end_utc_s]), CLOCK)
    assert (edges % D1).tolist() == [0, 0]
    assert edges[1] - edges[0] == 12 * D1
    assert market.start_utc_s <= START


@pytest.mark.parametrize("name", SYMBOLS)
def test_bars_enclose_their_open_and_close_and_sit_on_the_tick_grid(market, name):
    feed = market.feeds[name]
    for bars in (feed.base_bars, *feed.extra_history.values()):
        assert np.all(bars.high >= np.maximum(bars.open, bars.close))
        assert np.all(bars.low <= np.minimum(bars.open, bars.close))
        assert np.all(bars.low > 0)
        assert np.all(bars.tick_volume > 0)
        assert np.all(bars.spread_points > 0)
        assert np.array_equal(bars.close, np.round(bars.close, feed.contract.digits))


@pytest.mark.parametrize("name", SYMBOLS)
def test_the_timeframes_tell_one_story(market, name):
    feed = market.feeds[name]
    hours = feed.extra_history[H1]
    for timeframe_s in HISTORY_TIMEFRAMES_S:
        from_hours = collapse_bars(hours, timeframe_s, CLOCK)
        assert np.array_equal(from_hours.high, feed.extra_history[timeframe_s].high)
        whole = all_bars(feed, timeframe_s, CLOCK)
        assert whole.high.max() == max(hours.high.max(), feed.base_bars.high.max())
        assert whole.low.min() == min(hours.low.min(), feed.base_bars.low.min())
        assert whole.close[-1] == feed.base_bars.close[-1]
        assert np.all(np.diff(whole.open_utc_s) > 0)


@pytest.mark.parametrize("name", ["EURUSD", "USDJPY", "BTCUSD"])
def test_history_meets_the_live_window_without_a_step(name):
    # a Wednesday: no weekend gap can stand between the two
    wednesday = START + 2 * D1
    feed = generated_market(3, [name], wednesday, 2, history_days_count=30).feeds[name]
    last, first = feed.extra_history[H1].close[-1], feed.base_bars.open[0]
    typical = np.std(np.diff(np.log(feed.extra_history[H1].close)))
    assert abs(np.log(first / last)) < 3 * typical


def mids(feed) -> dict[int, float]:
    bars = feed.base_bars
    half = bars.spread_points * feed.contract.point / 2
    return dict(zip(bars.open_utc_s.tolist(), (bars.close + half).tolist(), strict=True))


@pytest.mark.parametrize(
    ("cross", "first", "second", "power"),
    [("EURJPY", "EURUSD", "USDJPY", 1), ("EURGBP", "EURUSD", "GBPUSD", -1)],
)
def test_crosses_agree_with_their_legs_within_a_tick_of_each(market, cross, first, second, power):
    feeds = [market.feeds[name] for name in (cross, first, second)]
    of_cross, of_first, of_second = (mids(feed) for feed in feeds)
    ticks = [feed.contract.tick_size for feed in feeds]
    assert of_cross.keys() == of_first.keys() == of_second.keys()
    for moment, price in of_cross.items():
        a, b = of_first[moment], of_second[moment]
        expected = a * b if power == 1 else a / b
        rounding = ticks[0] / 2 + expected * (ticks[1] / 2 / a + ticks[2] / 2 / b)
        assert abs(price - expected) <= rounding * 1.001


@pytest.mark.parametrize("name", SYMBOLS)
def test_every_quote_lies_in_a_session_and_is_uncrossed(market, name):
    feed = market.feeds[name]
    wall_s = server_times_s(feed.quotes.time_utc_ms // 1000, CLOCK)
    days = weekdays(wall_s)
    bounds = np.array([day[0] if day else (0, 0) for day in feed.contract.sessions])
    assert np.all(wall_s % D1 >= bounds[days, 0])
    assert np.all(wall_s % D1 < bounds[days, 1])
    assert np.all(feed.quotes.ask > feed.quotes.bid)


def test_every_open_minute_has_its_bar(market):
    minutes = np.arange(market.start_utc_s, market.end_utc_s, 60, dtype=np.int64)
    for feed in market.feeds.values():
        starts, ends = open_spans_utc_s(minutes, 60, feed.contract, CLOCK)
        assert np.array_equal(feed.base_bars.open_utc_s, minutes[ends > starts])


def test_crypto_trades_at_the_weekend_and_currencies_do_not(market):
    for name, expected in (("BTCUSD", True), ("EURUSD", False)):
        wall_s = server_times_s(market.feeds[name].base_bars.open_utc_s, CLOCK)
        assert bool(np.any(weekdays(wall_s) >= 5)) is expected


def test_currencies_gap_over_the_weekend():
    feed = generated_market(5, ["GBPUSD"], START, 5, history_days_count=400).feeds["GBPUSD"]
    hours = feed.extra_history[H1]
    mid = hours.spread_points * feed.contract.point / 2
    gaps = np.abs(np.log((hours.open + mid)[1:] / (hours.close + mid)[:-1]))
    over_weekend = np.diff(hours.open_utc_s) > 24 * H1
    assert np.count_nonzero(over_weekend) > 50
    assert np.median(gaps[over_weekend]) > 20 * np.median(gaps[~over_weekend])


def test_spreads_follow_the_profile_and_widen_at_the_rollover(market):
    bars = market.feeds["EURUSD"].base_bars
    ordinary = default_spread_profile("EURUSD").points_at(bars.open_utc_s, 60, CLOCK)
    ratio = np.median(bars.spread_points / ordinary)
    assert 0.9 < ratio < 1.3
    rolling = ordinary > 3 * ordinary.min()
    assert np.median(bars.spread_points[rolling]) > 3 * np.median(bars.spread_points[~rolling])


def test_news_widens_some_spreads_far_beyond_the_ordinary():
    feed = generated_market(2, ["EURUSD"], START, 20, history_days_count=5).feeds["EURUSD"]
    bars = feed.base_bars
    ordinary = default_spread_profile("EURUSD").points_at(bars.open_utc_s, 60, CLOCK)
    assert np.count_nonzero(bars.spread_points > 3.5 * ordinary) >= 5


def test_currencies_move_together_as_their_dollar_does(market):
    closes = {name: feed.extra_history[H1] for name, feed in market.feeds.items()}
    shared = closes["EURUSD"].open_utc_s

    def returns(name):
        bars = closes[name]
        return np.diff(np.log(bars.close[np.isin(bars.open_utc_s, shared)]))

    euro = returns("EURUSD")
    assert np.corrcoef(euro, returns("GBPUSD"))[0, 1] > 0.5
    assert np.corrcoef(euro, returns("USDJPY"))[0, 1] < -0.2


def test_every_symbol_of_the_universe_can_be_generated():
    symbols = known_symbols()
    feeds = generated_market(1, symbols, START, 1, history_days_count=7).feeds
    assert list(feeds) == list(symbols)
    assert all(len(feed.base_bars) for feed in feeds.values())


def test_the_clock_changes_inside_the_window_leave_the_servers_minutes_unique():
    before = calendar.timegm((2024, 11, 1, 0, 0, 0))
    feed = generated_market(1, ["BTCUSD"], before, 4, history_days_count=3).feeds["BTCUSD"]
    wall_s = server_times_s(feed.base_bars.open_utc_s, CLOCK)
    assert np.all(np.diff(wall_s) > 0)


def test_the_suffix_and_the_order_of_extremes_are_options():
    path = QuotePath(ExtremeOrder.ADVERSE_FIRST)
    market = generated_market(1, ["EURUSD"], START, 2, history_days_count=3, suffix=".r", path=path)
    feed = market.feeds["EURUSD.r"]
    rising = feed.base_bars.close >= feed.base_bars.open
    assert np.array_equal(feed.quotes.bid[1::4][rising], feed.base_bars.low[rising])


def test_years_of_history_stay_near_where_the_market_lives():
    for seed in range(3):
        feeds = generated_market(seed, ["EURUSD", "XAUUSD", "NAS100"], START, 1).feeds
        for feed in feeds.values():
            days = feed.extra_history[D1]
            assert days.high.max() / days.low.min() < 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"symbols": []}, "symbols is empty"),
        ({"symbols": ["EURUSX"]}, "'EURUSX' has no contract figures"),
        ({"seed": -1}, "seed is -1; allowed: 0 or more"),
        ({"days_count": 0}, "days_count is 0; allowed: 1 or more"),
        ({"history_days_count": 0}, "history_days_count is 0; allowed: 1 or more"),
    ],
)
def test_what_cannot_be_generated_is_refused_by_name(changes, words):
    asked = {"seed": 1, "symbols": ["EURUSD"], "start_utc_s": START, "days_count": 2}
    with pytest.raises(DataError, match=words):
        generated_market(**{**asked, **changes})


def test_a_demo_sized_market_is_there_within_seconds():
    started = time.perf_counter()
    generated_market(1, known_symbols()[:10], START, 45)
    assert time.perf_counter() - started < 6
