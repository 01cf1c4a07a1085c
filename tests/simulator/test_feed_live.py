"""A second simulated terminal plays the real one."""

import numpy as np
import pytest

from bot.errors import DataError
from bot.simulator.config import AccountConfig
from bot.simulator.feed_live import CHART_READS, dry_run_terminal
from bot.simulator.generated import generated_market
from bot.simulator.symbols import default_contract
from bot.simulator.terminal import SimulatedTerminal

START = 1_704_672_000 + 36_000  # a Monday, 10:00 UTC
SYMBOLS = ("EURUSD", "USDJPY")
DEAL, BUY, SELL, DONE = 1, 0, 1, 10009


class Pair:
    """A real terminal and the dry run on it; `wait` lets the host's clock and the market go on."""

    def __init__(self, suffix=""):
        market = generated_market(5, SYMBOLS, START, 3, history_days_count=30, suffix=suffix)
        self.real = SimulatedTerminal(market, AccountConfig(login=77, balance_money=900.0))
        self.real.initialize()
        self.now = float(START)
        self.real.advance_to(self.now)
        contracts = {name + suffix: default_contract(name, suffix) for name in SYMBOLS}
        self.dry = dry_run_terminal(self.real, contracts, AccountConfig(), lambda: self.now)
        self.dry.initialize()

    def wait(self, seconds):
        self.now += seconds
        self.real.advance_to(self.now)


@pytest.fixture
def pair():
    return Pair()


def an_order(symbol="EURUSD", **changes):
    return {"action": DEAL, "symbol": symbol, "volume": 0.1, "type": BUY} | changes


def test_quotes_are_those_of_the_real_terminal(pair):
    for _ in range(40):
        pair.wait(20)
        for name in SYMBOLS:
            seen, real = pair.dry.symbol_info_tick(name), pair.real.symbol_info_tick(name)
            assert (seen.bid, seen.ask, seen.time_msc) == (real.bid, real.ask, real.time_msc)


def test_orders_are_filled_here_and_never_sent_there(pair):
    pair.wait(60)
    ask = pair.real.symbol_info_tick("EURUSD").ask
    result = pair.dry.order_send(an_order())
    assert (result.retcode, result.price) == (DONE, ask)
    assert pair.dry.positions_total() == 1
    assert pair.real.positions_total() == 0
    assert pair.real.history_deals_total(1_000_000, 2_000_000_000) == 1  # its deposit
    assert pair.dry.account_info().login != pair.real.account_info().login


def test_a_stop_is_hit_by_the_first_copied_quote_beyond_it(pair):
    pair.wait(60)
    stop = round(pair.real.symbol_info_tick("EURUSD").bid - 0.0004, 5)
    assert pair.dry.order_send(an_order(sl=stop)).retcode == DONE
    for _ in range(3_000):
        pair.wait(20)
        bid = pair.real.symbol_info_tick("EURUSD").bid
        held = pair.dry.positions_total()
        assert held == (1 if bid > stop else 0)
        if not held:
            break
    closed = pair.dry.history_deals_get(1_000_000, 2_000_000_000)[-1]
    assert closed.price == bid
    assert pair.dry.positions_total() == 0


def test_a_quote_between_two_looks_is_not_seen(pair):
    pair.wait(60)
    pair.dry.symbol_info_tick("EURUSD")
    before = len(pair.dry._state.desks["EURUSD"].tape.quotes)
    pair.wait(600)
    pair.dry.symbol_info_tick("EURUSD")
    assert len(pair.dry._state.desks["EURUSD"].tape.quotes) == before + 1


def test_a_quote_seen_late_counts_from_when_it_was_seen(pair):
    pair.wait(60)
    pair.dry.account_info()
    late = pair.real.symbol_info_tick("EURUSD")._asdict() | {"bid": 1.0, "ask": 1.0001}
    late["time_msc"] -= 30_000
    pair.real.symbol_info_tick = lambda _name: type("Tick", (), late)
    pair.now += 5
    pair.dry.symbol_info_tick("EURUSD")
    times = pair.dry._state.desks["EURUSD"].tape.quotes.time_utc_ms
    assert np.all(np.diff(times) > 0)
    assert pair.dry.symbol_info_tick("EURUSD").bid == 1.0


@pytest.mark.parametrize("prices", [(0.0, 1.1), (1.1, 0.0), (1.2, 1.1), (float("nan"), 1.1)])
def test_a_broken_tick_is_not_copied(pair, prices):
    pair.wait(60)
    good = pair.dry.symbol_info_tick("EURUSD")
    broken = good._asdict() | {"bid": prices[0], "ask": prices[1], "time_msc": good.time_msc + 1}
    pair.real.symbol_info_tick = lambda _name: type("Tick", (), broken)
    pair.now += 5
    assert pair.dry.symbol_info_tick("EURUSD").bid == good.bid


def test_charts_come_from_the_real_terminal(pair):
    pair.wait(60)
    asked = ("EURUSD", 16385, 0, 50)
    dry, real = pair.dry.copy_rates_from_pos(*asked), pair.real.copy_rates_from_pos(*asked)
    assert dry.tobytes() == real.tobytes()
    assert len(dry) == 50
    assert set(CHART_READS) <= {name for name in dir(pair.real) if name.startswith("copy_")}


def test_a_chart_that_fails_there_fails_here_with_its_error(pair):
    pair.wait(60)
    assert pair.dry.copy_rates_from_pos("NOSUCH", 16385, 0, 5) is None
    assert pair.dry.last_error() == pair.real.last_error()
    assert pair.dry.last_error()[0] < 0


def test_a_terminal_that_answers_nothing_stands_still(pair):
    pair.wait(60)
    last = pair.dry.symbol_info_tick("EURUSD")
    pair.real.symbol_info_tick = lambda _name: None
    pair.wait(7_200)
    assert pair.dry.symbol_info_tick("EURUSD").time_msc == last.time_msc
    assert pair.dry.order_send(an_order()).retcode != DONE  # too old to trade on


def test_more_ticks_than_the_first_room_holds_are_all_kept(pair):
    bids = np.round(1.1 + np.arange(5_000) % 7 * 1e-5, 5)
    for number, bid in enumerate(bids.tolist()):
        stamp = int(pair.now * 1000) + 7_200_000 + number
        tick = type("Tick", (), {"time_msc": stamp, "bid": bid, "ask": bid + 0.0001})
        pair.real.symbol_info_tick = lambda _name, tick=tick: tick
        pair.now += 1
        if number % 500 == 0 or number > 4_990:
            pair.dry.symbol_info_tick("EURUSD")
        else:
            pair.dry._faults.copy()
    assert pair.dry._state.desks["EURUSD"].tape.quotes.bid.tolist() == bids.tolist()


def test_listed_names_with_a_suffix_work_alike():
    pair = Pair(suffix=".r")
    pair.wait(60)
    assert pair.dry.order_send(an_order("EURUSD.r")).retcode == DONE


def test_a_dry_run_of_nothing_is_refused(pair):
    with pytest.raises(DataError, match="contracts is empty"):
        dry_run_terminal(pair.real, {}, AccountConfig(), lambda: START)
