from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from simulator_builders import START_S, WALL_S, after, contract_of, feed_of, market_of, terminal_of

from bot.rules.calendar import DAY_S
from bot.simulator.bar_collapse import MN1_S, W1_S
from bot.simulator.bar_table import Rates
from bot.simulator.config import TerminalConfig
from bot.simulator.constants import Constants
from bot.simulator.feed import Market, SymbolFeed, all_bars
from bot.simulator.generated import generated_market
from bot.simulator.quotes import BarArrays, QuoteArrays
from bot.simulator.session_clock import server_times_s
from bot.simulator.surface.rates import timeframe_length_s
from bot.simulator.terminal import SimulatedTerminal
from bot.timezones import server_offset_table

TIMEFRAMES = {name: code for name, code in vars(Constants).items() if name.startswith("TIMEFRAME_")}
CLOCK = server_offset_table()
MIDWEEK_S = 1_709_683_200  # Wednesday 2024-03-06 00:00 UTC, a week before New York's changeover


@cache
def small_market() -> Market:
    """Two symbols over twelve days that contain a month's start and a changeover."""
    return generated_market(11, ["EURUSD", "BTCUSD"], MIDWEEK_S, 12, history_days_count=60)


def attached(market: Market, moment_s: float) -> SimulatedTerminal:
    terminal = SimulatedTerminal(market)
    assert terminal.initialize()
    terminal.advance_to(moment_s)
    return terminal


def rates_of(terminal: SimulatedTerminal, symbol: str, code: int, count: int = 99_999) -> Rates:
    rates = terminal.copy_rates_from_pos(symbol, code, 0, count)
    assert rates is not None, terminal.last_error()
    return rates


def without_future(feed: SymbolFeed, moment_s: float, noise: float) -> SymbolFeed:
    """The feed with everything after a moment bent by `noise`."""
    quotes, bars = feed.quotes, feed.base_bars
    later_quotes = np.where(quotes.time_utc_ms > moment_s * 1000, noise, 1.0)
    later_bars = np.where(bars.open_utc_s + feed.base_timeframe_s > moment_s, noise, 1.0)
    bent = BarArrays(
        bars.open_utc_s,
        bars.open * later_bars,
        bars.high * later_bars,
        bars.low * later_bars,
        bars.close * later_bars,
        bars.tick_volume,
        bars.spread_points,
    )
    bent_quotes = QuoteArrays(
        quotes.time_utc_ms, quotes.bid * later_quotes, quotes.ask * later_quotes
    )
    return replace(feed, base_bars=bent, quotes=bent_quotes)


MOMENTS = [
    MIDWEEK_S + 1,
    MIDWEEK_S + 3 * 3600 + 17 * 60 + 21,
    MIDWEEK_S + 2 * DAY_S + 22 * 3600,  # Friday's end on the server
    MIDWEEK_S + 4 * DAY_S + 7 * 3600 + 30,  # Sunday of the changeover
    MIDWEEK_S + 6 * DAY_S + 13 * 3600 + 59 * 60 + 59,
    MIDWEEK_S + 9 * DAY_S + 0.5,
]


@pytest.mark.parametrize("moment_s", MOMENTS)
def test_no_bar_of_any_timeframe_shows_the_future(moment_s: float) -> None:
    market = small_market()
    bent = {name: without_future(feed, moment_s, 1.5) for name, feed in market.feeds.items()}
    terminal = attached(market, moment_s)
    blind = attached(replace(market, feeds=bent), moment_s)
    for symbol in market.feeds:
        for name, code in TIMEFRAMES.items():
            seen, blindly = rates_of(terminal, symbol, code), rates_of(blind, symbol, code)
            assert seen.tobytes() == blindly.tobytes(), (symbol, name)


@pytest.mark.parametrize("moment_s", MOMENTS[1:])
def test_the_last_bar_is_the_one_of_the_last_tick_and_closes_at_its_bid(moment_s: float) -> None:
    terminal = attached(small_market(), moment_s)
    for symbol in small_market().feeds:
        tick = terminal.symbol_info_tick(symbol)
        assert tick is not None
        for name, code in TIMEFRAMES.items():
            last = rates_of(terminal, symbol, code, 1)[-1]
            length_s = timeframe_length_s(code) or 0
            longest_s = 31 * DAY_S if length_s == MN1_S else length_s
            assert last["time"] <= tick.time < last["time"] + longest_s, name
            assert last["close"] == tick.bid, name


def test_live_bars_are_what_their_quotes_were() -> None:
    market = small_market()
    moment_s = MOMENTS[4]
    terminal = attached(market, moment_s)
    quotes = market.feeds["EURUSD"].quotes
    seen = quotes.time_utc_ms <= moment_s * 1000
    wall_s = server_times_s(quotes.time_utc_ms[seen] // 1000, CLOCK)
    bids = quotes.bid[seen]
    for code in (Constants.TIMEFRAME_M1, Constants.TIMEFRAME_M12, Constants.TIMEFRAME_H4):
        length_s = timeframe_length_s(code) or 0
        buckets = wall_s // length_s * length_s
        for row in rates_of(terminal, "EURUSD", code, 20):
            inside = bids[buckets == row["time"]]
            wanted = (inside[0], inside.max(), inside.min(), inside[-1])
            assert tuple(row)[1:5] == wanted, row


def test_bars_before_the_live_window_are_the_given_history() -> None:
    market = small_market()
    terminal = attached(market, MOMENTS[-1])
    for length_s, code in ((3600, 16385), (14_400, 16388), (DAY_S, 16408), (W1_S, 32769)):
        whole = all_bars(market.feeds["EURUSD"], length_s, CLOCK)
        wall_s = server_times_s(whole.open_utc_s, CLOCK)
        rates = rates_of(terminal, "EURUSD", code)
        ended = len(rates) - 1
        np.testing.assert_array_equal(rates["time"], wall_s[: len(rates)])
        np.testing.assert_array_equal(rates["high"][:ended], whole.high[:ended])
        np.testing.assert_array_equal(rates["tick_volume"][:ended], whole.tick_volume[:ended])
        assert len(rates) > 60 * DAY_S / length_s * 0.6


def test_a_timeframe_without_history_of_its_own_is_made_of_shorter_bars() -> None:
    terminal = attached(small_market(), MOMENTS[2])
    two_hours, hours = (rates_of(terminal, "BTCUSD", code) for code in (16386, 16385))
    np.testing.assert_array_equal(two_hours["time"], np.unique(hours["time"] // 7200 * 7200))
    assert two_hours["high"].max() == hours["high"].max()


def test_weeks_open_on_sunday_months_on_the_first_days_at_midnight() -> None:
    terminal = attached(small_market(), MOMENTS[-1])
    weeks, months, days = (
        rates_of(terminal, "EURUSD", TIMEFRAMES[f"TIMEFRAME_{name}"])
        for name in ("W1", "MN1", "D1")
    )
    assert set((weeks["time"] // DAY_S + 4) % 7) == {0}  # 1970-01-01 was a Thursday
    assert set(months["time"].astype("datetime64[s]").astype("datetime64[D]").astype(str)) <= {
        f"2024-{month:02d}-01" for month in range(1, 4)
    }
    assert set(days["time"] % DAY_S) == {0}
    assert set((days["time"] // DAY_S + 4) % 7) <= {1, 2, 3, 4, 5}  # no Sunday bars
    assert np.all(np.diff(weeks["time"]) == W1_S)


def test_bars_shorter_than_the_base_come_from_the_quotes() -> None:
    rows = [(0.0, 1.1, 1.1002), (30.0, 1.2, 1.2003), (59.0, 1.15, 1.1501), (120.0, 1.3, 1.3002)]
    terminal = after(terminal_of({"EURUSD": rows}), 125)
    shown = [tuple(row) for row in rates_of(terminal, "EURUSD", 1)]
    assert shown == [
        (WALL_S, 1.1, 1.2, 1.1, 1.15, 3, 10, 0),
        (WALL_S + 120, 1.3, 1.3, 1.3, 1.3, 1, 20, 0),
    ]


# --- the three ways of asking ----------------------------------------------------------------


def ten_minutes() -> SimulatedTerminal:
    """Ten minute bars, the last one forming."""
    rows = [(60.0 * n, 1.1 + n / 1000, 1.1001 + n / 1000) for n in range(10)]
    return after(terminal_of({"EURUSD": rows}), 570)


def minutes(rates: Rates | None) -> list[int]:
    """Which of the ten minutes came back."""
    assert rates is not None
    return [int(time_s - WALL_S) // 60 for time_s in rates["time"]]


@pytest.mark.parametrize(
    ("start", "count", "shown"),
    [(0, 3, [7, 8, 9]), (2, 3, [5, 6, 7]), (8, 5, [0, 1]), (10, 5, []), (50, 5, [])],
)
def test_positions_count_back_from_the_forming_bar(
    start: int, count: int, shown: list[int]
) -> None:
    terminal = ten_minutes()
    assert minutes(terminal.copy_rates_from_pos("EURUSD", 1, start, count)) == shown
    assert terminal.last_error() == (1, "Success")


@pytest.mark.parametrize(
    ("from_s", "count", "shown"),
    [
        (0, 5, [0]),
        (59, 5, [0]),
        (60, 5, [0, 1]),
        (570, 3, [7, 8, 9]),
        (9_999, 2, [8, 9]),
        (-1, 5, []),
    ],
)
def test_from_a_date_back_means_bars_opening_by_it(
    from_s: int, count: int, shown: list[int]
) -> None:
    rates = ten_minutes().copy_rates_from("EURUSD", 1, WALL_S + from_s, count)
    assert minutes(rates) == shown


@pytest.mark.parametrize(
    ("from_s", "to_s", "shown"),
    [(60, 180, [1, 2, 3]), (61, 179, [2]), (540, 9_999, [9]), (181, 181, []), (300, 60, [])],
)
def test_a_range_contains_both_its_ends(from_s: int, to_s: int, shown: list[int]) -> None:
    rates = ten_minutes().copy_rates_range("EURUSD", 1, WALL_S + from_s, WALL_S + to_s)
    assert minutes(rates) == shown


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("NOPE", 1, 0, 5), -1),
        (("EURUSD", 7, 0, 5), -2),
        (("EURUSD", 1, -1, 5), -2),
        (("EURUSD", 1, 0, 0), -2),
        (("EURUSD", 1, 0, 10), -2),
    ],
)
def test_what_the_terminal_refuses_is_none_with_its_words(
    args: tuple[str, int, int, int], code: int
) -> None:
    market = market_of([feed_of(contract_of("EURUSD"), [(0.0, 1.1, 1.1001)])])
    terminal = SimulatedTerminal(market, terminal=TerminalConfig(bars_max_count=10))
    assert terminal.initialize()
    assert terminal.copy_rates_from_pos(*args) is None
    texts = {-1: "Terminal: Call failed", -2: "Terminal: Invalid params"}
    assert terminal.last_error() == (code, texts[code])
    assert terminal.copy_rates_from_pos("EURUSD", 1, 0, 9) is not None


def test_a_range_as_long_as_the_bar_limit_fails_as_a_whole() -> None:
    rows = [(60.0 * n, 1.1, 1.1001) for n in range(10)]
    market = market_of([feed_of(contract_of("EURUSD"), rows)])
    terminal = SimulatedTerminal(market, terminal=TerminalConfig(bars_max_count=5))
    assert terminal.initialize()
    after(terminal, 600)
    assert terminal.copy_rates_range("EURUSD", 1, WALL_S, WALL_S + 240) is None
    assert terminal.last_error() == (-1, "Terminal: Call failed")
    assert minutes(terminal.copy_rates_range("EURUSD", 1, WALL_S, WALL_S + 239)) == [0, 1, 2, 3]


def test_a_base_bar_that_has_begun_without_a_quote_is_not_shown_yet() -> None:
    opens = np.array([START_S, START_S + 3600])
    price, whole = np.array([1.1, 1.2]), np.array([4, 4])
    bars = BarArrays(opens, price, price, price, price, whole, whole)
    quiet = feed_of(contract_of("EURUSD"), [(0.0, 1.1, 1.1001), (3900.0, 1.2, 1.2001)])
    terminal = SimulatedTerminal(market_of([replace(quiet, base_bars=bars)]))
    assert terminal.initialize()
    for seconds, count in ((0, 1), (3600, 1), (3899, 1), (3900, 2), (9000, 2)):
        assert len(rates_of(after(terminal, seconds), "EURUSD", 16385)) == count, seconds


def test_bars_are_read_only_copies() -> None:
    terminal = ten_minutes()
    first = rates_of(terminal, "EURUSD", 1)
    with pytest.raises(ValueError, match="read-only"):
        first["close"][0] = 9.0
    first = first.copy()
    first["close"] = 9.0
    assert rates_of(terminal, "EURUSD", 1)["close"].max() < 2.0


def test_a_market_without_quotes_or_bars_has_empty_arrays() -> None:
    terminal = SimulatedTerminal(market_of([feed_of(contract_of("EURUSD"), [])]))
    assert terminal.initialize()
    after(terminal, 60)
    for code in (1, 16385, 16408, 49153):
        assert len(rates_of(terminal, "EURUSD", code)) == 0
    assert terminal.copy_ticks_from("EURUSD", START_S, 5, -1) is not None
