import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DataError
from bot.model.market import Bars
from bot.simulator.feed import Replay, SourceBars
from bot.simulator.feed_ticks import SourceTicks, market_from_ticks, minute_bars
from bot.simulator.quotes import QuoteArrays
from bot.simulator.symbols import default_contract
from bot.simulator.terminal import SimulatedTerminal

START = 1_704_704_400  # 2024-01-08 09:00 UTC, a Monday
H1, M1, D1 = 3_600, 60, 86_400
EURUSD = default_contract("EURUSD")


def ticks_of(*rows):
    seconds, bids, asks = zip(*rows, strict=True)
    times = np.array([START * 1000 + round(second * 1000) for second in seconds], dtype=np.int64)
    return SourceTicks(times, np.array(bids), np.array(asks))


def market_of(ticks, from_s=0, to_s=D1, **options):
    window = Replay(start_utc_s=START + from_s, end_utc_s=START + to_s)
    return market_from_ticks("ticks", {"EURUSD": ticks}, window, **options)


PLAIN = ((0.25, 1.1, 1.1001), (0.75, 1.1002, 1.1003), (61.0, 1.0999, 1.1001), (61.0, 1.1, 1.1001))


def test_every_tick_becomes_a_quote_at_its_own_millisecond():
    quotes = market_of(ticks_of(*PLAIN)).feeds["EURUSD"].quotes
    assert (quotes.time_utc_ms - START * 1000).tolist() == [250, 750, 61_000, 61_000]
    assert quotes.bid.tolist() == [1.1, 1.1002, 1.0999, 1.1]
    assert quotes.ask.tolist() == [1.1001, 1.1003, 1.1001, 1.1001]


def test_minutes_are_made_of_their_ticks():
    bars = market_of(ticks_of(*PLAIN)).feeds["EURUSD"].base_bars
    assert (bars.open_utc_s - START).tolist() == [0, 60]
    assert bars.open.tolist() == [1.1, 1.0999]
    assert bars.high.tolist() == [1.1002, 1.1]
    assert bars.low.tolist() == [1.1, 1.0999]
    assert bars.close.tolist() == [1.1002, 1.1]
    assert bars.tick_volume.tolist() == [2, 2]
    assert bars.spread_points.tolist() == [10, 10]


def test_crossed_empty_and_closed_hour_ticks_are_left_out():
    saturday_s = 5 * D1
    rows = ((1, 1.1, 1.0999), (2, 0.0, 1.1), (3, 1.1, 1.1), (saturday_s, 1.1, 1.2))
    quotes = market_of(ticks_of(*rows), to_s=7 * D1).feeds["EURUSD"].quotes
    assert (quotes.time_utc_ms - START * 1000).tolist() == [3_000]


def test_the_window_is_half_open_and_what_came_before_is_history():
    feed = market_of(ticks_of(*PLAIN, (120.0, 1.1, 1.1001)), from_s=60, to_s=120).feeds["EURUSD"]
    assert (feed.quotes.time_utc_ms - START * 1000).tolist() == [61_000, 61_000]
    assert feed.extra_history[M1].close.tolist() == [1.1002]


def test_recorded_bars_give_the_older_history():
    opens = START - H1 * np.arange(48, 0, -1, dtype=np.int64)
    price = np.full(48, 1.2)
    bars = {"EURUSD": {H1: SourceBars(Bars(opens, price, price, price, price))}}
    history = market_of(ticks_of(*PLAIN), bars=bars).feeds["EURUSD"].extra_history
    assert len(history[H1]) == 11  # the rest is a weekend
    assert set(history[H1].close.tolist()) == {1.2}
    assert D1 in history


def test_a_window_without_ticks_is_refused_with_what_there_is():
    with pytest.raises(DataError, match=r"EURUSD: no usable tick .* there are 4, "):
        market_of(ticks_of(*PLAIN), from_s=D1, to_s=2 * D1)
    with pytest.raises(DataError, match=r"there are 0$"):
        market_of(ticks_of((1, 1.1, 1.0)))


def test_a_terminal_trades_on_them():
    rows = [(second, 1.1 + second % 5 * 1e-5, 1.1001 + second % 5 * 1e-5) for second in range(90)]
    terminal = SimulatedTerminal(market_of(ticks_of(*rows)))
    terminal.initialize()
    terminal.advance_to(START + 30.4)
    assert terminal.symbol_info_tick("EURUSD").ask == 1.1001
    limit = {"action": 5, "symbol": "EURUSD", "volume": 0.1, "type": 2, "price": 1.0990}
    assert terminal.order_send(limit | {"type_filling": 2}).retcode == 10009
    sent = {"action": 1, "symbol": "EURUSD", "volume": 0.1, "type": 0, "tp": 1.10004}
    assert terminal.order_send(sent | {"type_filling": 1}).price == 1.1001
    terminal.advance_to(START + 80)
    assert terminal.positions_total() == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(-9, 9)), min_size=1, max_size=60))
def test_minutes_keep_every_tick_and_its_extremes(moves):
    times = START * 1000 + np.cumsum([gap * 1000 for gap, _ in moves]).astype(np.int64)
    bids = np.round(1.1 + np.cumsum([step for _, step in moves]) * 1e-5, 5)
    bars = minute_bars(QuoteArrays(times, bids, bids + 1e-4), EURUSD)
    assert bars.tick_volume.sum() == len(moves)
    assert bars.high.max() == bids.max()
    assert bars.low.min() == bids.min()
    assert bars.open[0] == bids[0]
    assert bars.close[-1] == bids[-1]
    assert np.all(bars.open_utc_s % M1 == 0)
