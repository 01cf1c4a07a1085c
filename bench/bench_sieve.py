"""The sieve beside the workloads W2 to W5 of the shared benchmark: python bench/bench_sieve.py

With a folder of that benchmark (--spec) the hand-written limit runs in turns with it on the same
bars, and the ratio is of the medians of one process. Results must be the same to the cent.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bot.backtest.sieve import FILL, sieve, sieve_sweep
from bot.backtest.sieve_calls import Grid
from bot.backtest.sieve_cues import Bars
from bot.backtest.sieve_idea import Idea
from bot.backtest.sieve_portfolio import AccountRules, sieve_portfolio

CHECKED = True
Prices = Mapping[str, np.ndarray]

Work = Callable[[], tuple[int, float]]
"""Does the workload; trades and final money."""


def works(name: str, prices: Prices, spec: Any, limit: Any) -> tuple[Work, Work]:
    """The sieve's and the limit's way of doing one workload."""
    if name == "W3":
        return _portfolio(prices, spec, limit)
    if name == "W4a":
        return _sweep(prices, spec, limit)
    return _single(prices, spec.W5 if name == "W5" else spec.W2, limit)


def _bars(prices: Prices) -> Bars:
    return Bars(*(np.ascontiguousarray(prices[key]) for key in "ohlc"))


def _idea(tuned: Mapping[str, Any]) -> Idea:
    return Idea(
        pullback_atr=tuned["retr"],
        stop_atr=tuned["slk"],
        expiry_bars=tuned["expiry"],
        risk_fraction=tuned["risk"],
        half_spread_price=tuned["half_spread"],
    )


def _single(prices: Prices, tuned: Mapping[str, Any], limit: Any) -> tuple[Work, Work]:
    bars, idea = _bars(prices), _idea(tuned)
    periods = (tuned["fast"], tuned["slow"], tuned["atr"])
    ledger, theirs = np.empty(60_000, FILL), np.empty((60_000, 6))
    numbers = [tuned[key] for key in ("fast", "slow", "atr", "retr", "slk", "expiry", "risk")]

    def ours() -> tuple[int, float]:
        found = sieve(bars, periods, idea, (tuned["cash"], ledger))
        return found.trades_count, found.equity_money

    def limits() -> tuple[int, float]:
        found = limit.w2(*bars, *numbers, tuned["half_spread"], tuned["cash"], CHECKED, theirs)
        return found[0], found[3]

    return ours, limits


def _sweep(prices: Prices, spec: Any, limit: Any) -> tuple[Work, Work]:
    bars, tuned, grid = _bars(prices), spec.W2, spec.GRID
    trials = np.array(
        [[g["fast"], g["slow"], tuned["atr"], g["retr"], g["slk"], g["expiry"]] for g in grid]
    )
    pairs = sorted({(g["fast"], g["slow"]) for g in grid})
    columns = [np.array([g[key] for g in grid]) for key in ("retr", "slk", "expiry")]
    place = np.array([pairs.index((g["fast"], g["slow"])) for g in grid])
    fasts, slows = np.array([f for f, _ in pairs]), np.array([s for _, s in pairs])
    out = np.empty((len(grid), 2))

    def ours() -> tuple[int, float]:
        found = sieve_sweep(bars, trials, _idea(tuned), tuned["cash"])
        return int(found[:, 0].sum()), float(found[:, 1].sum())

    def limits() -> tuple[int, float]:
        money = (tuned["risk"], tuned["half_spread"], tuned["cash"], CHECKED, out)
        limit.w4_sweep_1t(*bars, tuned["atr"], fasts, slows, place, *columns, *money)
        return int(out[:, 0].sum()), float(out[:, 1].sum())

    return ours, limits


def _portfolio(prices: Prices, spec: Any, limit: Any) -> tuple[Work, Work]:
    tuned = spec.W3
    grid = Grid(prices["t"], *(np.ascontiguousarray(prices[key]) for key in "ohlc"))
    first = [grid.close[np.isfinite(grid.close[:, k]), k][0] for k in range(grid.close.shape[1])]
    half = np.array(first) * tuned["rel_spread"] / 2
    rules = AccountRules(tuned["max_open_risk"], tuned["daily_loss"], tuned["floor"])
    periods = (tuned["fast"], tuned["slow"], tuned["atr"])
    ledger, equity = np.empty((200_000, 7)), np.empty(len(grid.time_ns))
    numbers = [
        tuned[key] for key in ("fast", "slow", "atr", "retr", "slk", "expiry", "risk", "cash")
    ]
    limits_of = [tuned[key] for key in ("max_open_risk", "daily_loss", "floor")]

    def ours() -> tuple[int, float]:
        book = sieve_portfolio(grid, periods, _idea(tuned), rules, (tuned["cash"], half)).book
        return int(book.trades_count), float(book.equity_money)

    def limits() -> tuple[int, float]:
        found = limit.w3(*grid, half, *numbers, *limits_of, CHECKED, ledger, equity)
        return found[1], found[5]

    return ours, limits


def in_turns(both: tuple[Work, Work], rounds_count: int) -> tuple[float, float]:
    """Median seconds of either, run in turns so that a busy machine slows both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds_count):
        for work, taken in zip(both, times, strict=True):
            gc.collect()
            began = time.perf_counter()
            work()
            taken.append(time.perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])


def main() -> None:
    """Prints one row per workload."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spec", type=Path, required=True, help="folder with spec.py")
    parser.add_argument("--bars", type=Path, required=True, help="folder of prepared npz files")
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    sys.path.insert(0, str(asked.spec))
    spec, limit = importlib.import_module("spec"), importlib.import_module("limit_kernels")
    print(
        "| workload | trades | sieve s | limit s | share of the limit |\n|---|---:|---:|---:|---:|"
    )
    for name, key in (("W2", "W2_H1"), ("W3", "W3"), ("W4a", "W4a"), ("W5", "W5")):
        with np.load(asked.bars / f"{spec.DATA[key]}.npz") as file:
            prices = {column: file[column] for column in file.files}
        both = works(name, prices, spec, limit)
        (trades, money), (their_trades, their_money) = both[0](), both[1]()
        if trades != their_trades or abs(money - their_money) > 0.01 * max(1, trades) / 1_000:
            print(f"{name}: {trades}, {money:.4f}; limit {their_trades}, {their_money:.4f}")
        mine, theirs = in_turns(both, asked.rounds)
        print(
            f"| {name} | {trades} | {mine:.6f} | {theirs:.6f} | {theirs / mine:.0%} |", flush=True
        )


if __name__ == "__main__":
    main()
