"""The simulated server alone: quotes through matching, requests, and memory for quotes."""

from __future__ import annotations

import argparse
import statistics
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from bot.rules.calendar import DAY_S
from bot.simulator.config import AccountConfig
from bot.simulator.feed import Market, SymbolFeed
from bot.simulator.generated import generated_market
from bot.simulator.quotes import BarArrays, QuoteArrays
from bot.simulator.symbols import default_contract
from bot.simulator.terminal import SimulatedTerminal

QUOTES_COUNT = 1_000_000
QUOTES_PER_S = 20
LIVE_COUNTS = (0, 10, 100)
STEP_S = 60.0
SENDS_COUNT, ROUNDS_COUNT = 1_000, 7
AIM_QUOTES_PER_S, AIM_SEND_US = 300_000, 50.0
MONDAY_UTC_S = int(datetime(2026, 3, 16, 12, 0, tzinfo=UTC).timestamp())
SEED = 7
DONE = 10009


def quotes_of_a_day(count: int) -> QuoteArrays:
    """A random walk of EURUSD on its tick grid, `QUOTES_PER_S` a second."""
    steps = np.random.default_rng(SEED).integers(-1, 2, count)
    bids = np.round(1.1 + np.cumsum(steps) * 1e-5, 5)
    times = MONDAY_UTC_S * 1000 + np.arange(count, dtype=np.int64) * (1000 // QUOTES_PER_S)
    return QuoteArrays(times, bids, np.round(bids + 0.0001, 5))


def tick_market(count: int) -> Market:
    """One symbol, nothing but quotes."""
    whole, price = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64)
    bars = BarArrays(whole, price, price, price, price, whole, whole)
    feed = SymbolFeed(default_contract("EURUSD"), 60, bars, {}, quotes_of_a_day(count))
    return Market("ticks", {"EURUSD": feed}, MONDAY_UTC_S, MONDAY_UTC_S + DAY_S)


def terminal_of(market: Market) -> SimulatedTerminal:
    terminal = SimulatedTerminal(market, AccountConfig(balance_money=1e7))
    assert terminal.initialize()
    return terminal


def with_live(count: int, quotes_count: int) -> SimulatedTerminal:
    """Half positions with stop and target, half resting orders, all out of the market's reach."""
    terminal = terminal_of(tick_market(quotes_count))
    for number in range(count):
        away = 0.05 + number * 0.0001
        if number % 2:
            request: dict[str, object] = {"action": 5, "type": 2, "price": round(1.1 - away, 5)}
            request["type_filling"] = 2
        else:
            request = {"action": 1, "type": 0, "type_filling": 1}
            request |= {"sl": round(1.1 - away, 5), "tp": round(1.1 + away, 5)}
        answer = terminal.order_send({"symbol": "EURUSD", "volume": 0.01, **request})
        assert answer is not None
        assert answer.retcode == DONE, answer
    return terminal


def quotes_per_s(live_count: int, quotes_count: int) -> float:
    """Quotes of all steps over the processor time of letting them pass, one minute a step."""
    terminal = with_live(live_count, quotes_count)
    end_utc_s = MONDAY_UTC_S + quotes_count / QUOTES_PER_S
    began = time.process_time()
    while terminal.now_utc_s < end_utc_s:
        terminal.advance_to(min(terminal.now_utc_s + STEP_S, end_utc_s))
    spent_s = time.process_time() - began
    assert (terminal.positions_total() or 0) + (terminal.orders_total() or 0) == live_count
    return quotes_count / spent_s


def single_quotes_per_s(live_count: int, quotes_count: int) -> float:
    """The same with the clock stopped at every single quote, as a script that looks at each."""
    terminal = with_live(live_count, quotes_count)
    moments = (quotes_of_a_day(quotes_count).time_utc_ms / 1000).tolist()
    began = time.process_time()
    for moment in moments:
        terminal.advance_to(moment)
    return quotes_count / (time.process_time() - began)


def dense_quotes_per_s(quotes_count: int) -> float:
    """The same where orders lie in the way: the walk sets off hundreds of stops and limits."""
    terminal = with_live(0, quotes_count)
    bids = quotes_of_a_day(quotes_count).bid
    low, high = float(bids.min()), float(bids.max())
    for number, price in enumerate(np.round(np.linspace(low, high, 200), 5)):
        kind = 2 if price < 1.1 else 4
        request = {"action": 5, "symbol": "EURUSD", "volume": 0.01, "type": kind, "magic": number}
        terminal.order_send({**request, "price": float(price), "type_filling": 2})
    began = time.process_time()
    terminal.advance_to(MONDAY_UTC_S + quotes_count / QUOTES_PER_S)
    return quotes_count / (time.process_time() - began)


def send_us(send: Callable[[SimulatedTerminal], object]) -> float:
    """Microseconds of one call of `send`: the least of several medians, for neighbours only add."""
    return min(_median_us(send) for _ in range(ROUNDS_COUNT))


def _median_us(send: Callable[[SimulatedTerminal], object]) -> float:
    terminal = terminal_of(tick_market(1_000))
    spent: list[float] = []
    for _ in range(SENDS_COUNT):
        began = time.perf_counter()
        send(terminal)
        spent.append(time.perf_counter() - began)
    return statistics.median(spent) * 1e6


def open_and_close(terminal: SimulatedTerminal) -> None:
    """Two requests: a market order, and its close."""
    request = {"action": 1, "symbol": "EURUSD", "volume": 0.01, "type": 0, "type_filling": 1}
    opened = terminal.order_send(request)
    assert opened is not None
    closed = terminal.order_send({**request, "type": 1, "position": opened.order})
    assert closed is not None
    assert closed.retcode == DONE


def place_and_remove(terminal: SimulatedTerminal) -> None:
    """Two requests: a limit order, and its removal."""
    request = {"action": 5, "symbol": "EURUSD", "volume": 0.01, "type": 2, "price": 1.05}
    placed = terminal.order_send({**request, "type_filling": 2})
    assert placed is not None
    removed = terminal.order_send({"action": 8, "order": placed.order})
    assert removed is not None
    assert removed.retcode == DONE


def mib_per_million_quotes() -> float:
    """What a terminal and its market hold for a million quotes."""
    tracemalloc.start()
    terminal = terminal_of(tick_market(QUOTES_COUNT))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert terminal.symbols_total() == 1
    return held / QUOTES_COUNT * 1e6 / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quotes", type=int, default=QUOTES_COUNT)
    quotes_count = parser.parse_args().quotes
    for live_count in LIVE_COUNTS:
        rate = quotes_per_s(live_count, quotes_count)
        print(f"{live_count:4} live     {rate:14,.0f} quotes/s", end="   ")
        print(f"aim {AIM_QUOTES_PER_S:,}, ratio {rate / AIM_QUOTES_PER_S:.1f}")
    for live_count in LIVE_COUNTS:
        rate = single_quotes_per_s(live_count, quotes_count // 5)
        print(f"{live_count:4} live     {rate:14,.0f} quotes/s, stopping at each one")
    print(f"200 in reach  {dense_quotes_per_s(quotes_count):14,.0f} quotes/s")
    for name, send in (("open, close", open_and_close), ("place, remove", place_and_remove)):
        each_us = send_us(send) / 2
        print(f"{name:13} {each_us:10.1f} us a request, {1e6 / each_us:,.0f} a second", end="   ")
        print(f"aim {AIM_SEND_US:.0f} us, ratio {each_us / AIM_SEND_US:.2f}")
    print(f"memory        {mib_per_million_quotes():10.1f} MiB per million quotes")
    began = time.process_time()
    market = generated_market(SEED, ("EURUSD", "XAUUSD"), MONDAY_UTC_S, 30)
    made = sum(len(feed.quotes) for feed in market.feeds.values())
    print(f"generated     {made / (time.process_time() - began):14,.0f} quotes/s made from a seed")


if __name__ == "__main__":
    main()
