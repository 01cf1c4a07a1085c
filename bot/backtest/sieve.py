"""A sieve for ideas: thousands of parameter sets over bare bars, before a few go on the full walk.

An idea waits with a limit order behind each signal and climbs a ladder of targets. It knows no
firm, no session and no swap: what passes here has still to pass `bot.backtest.walk`. Per bar the
stop comes before the targets; a gap fills at the open; half the spread is paid per unit and fill.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from bot.backtest.compiled import compiled, machine
from bot.backtest.inputs import Records
from bot.backtest.reference import by_reference
from bot.backtest.sieve_cues import CUE, FIRST_BAR, Bars, Prices, cues_of
from bot.backtest.sieve_idea import Idea, tuned

ENTRY, STOP, FORCED = 0, 4, 5
"""Kinds of a fill; 1 to 3 are the rungs of the ladder."""

FILL = np.dtype(
    [
        ("bar", "i8"),
        ("symbol", "i8"),
        ("kind", "i8"),
        ("side", "i8"),
        ("units", "f8"),
        ("price", "f8"),
        ("balance_money", "f8"),
    ],
    align=True,
)


class Sifted(NamedTuple):
    """What an idea came to: balance is realised, equity counts what is open at the last close."""

    trades_count: int
    fills_count: int
    balance_money: float
    equity_money: float


class Pan(NamedTuple):
    """What an idea is sifted with: prices, signals, a ledger (which may have no rows), a trade."""

    open: Prices
    high: Prices
    low: Prices
    close: Prices
    cues: Records
    ledger: Records
    trade: Records


TRADE = np.dtype(
    [
        ("balance_money", "f8"),
        ("fills_count", "i8"),
        ("bar", "i8"),
        ("side", "i8"),
        ("units", "f8"),
        ("left", "f8"),
        ("open_price", "f8"),
        ("limit_price", "f8"),
        ("risk_price", "f8"),
        ("stop_price", "f8"),
        ("target_price", "f8"),
        ("rung", "i8"),
    ],
    align=True,
)
"""The running trade, and the account it changes."""


@compiled
def sift(w: Pan, idea: Idea, cash_money: float) -> Sifted:
    """Trade one idea through all bars."""
    t = w.trade[0]
    t.balance_money, t.fills_count = cash_money, 0
    end, free, trades = len(w.close), 0, 0
    for k in range(len(w.cues)):
        cue = w.cues[k]
        at = cue.bar
        if at < free:
            continue
        t.side = cue.side
        t.risk_price = idea.stop_atr * cue.range_price
        t.limit_price = w.close[at] - cue.side * idea.pullback_atr * cue.range_price
        last = min(at + idea.expiry_bars, end - 1)
        t.bar = first_at(w, at + 1, last, cue.side, t.limit_price)
        if t.bar > last:
            free = at + idea.expiry_bars
            continue
        trades += 1
        fill(w, idea)
        climb(w, idea)
        free = t.bar
        if t.left > 0.0:
            floating = t.left * t.side * (w.close[end - 1] - t.open_price)
            return Sifted(trades, t.fills_count, t.balance_money, t.balance_money + floating)
    return Sifted(trades, t.fills_count, t.balance_money, t.balance_money)


@compiled
def first_at(w: Pan, first: int, last: int, side: int, limit: float) -> int:
    """The first bar from `first` to `last` that trades at the limit; one past `last` for none."""
    k = first
    if side > 0:
        while k <= last and w.low[k] > limit:
            k += 1
    else:
        while k <= last and w.high[k] < limit:
            k += 1
    return k


@compiled
def fill(w: Pan, idea: Idea) -> None:
    """The order fills at its limit or a better open."""
    t = w.trade[0]
    t.open_price = t.side * min(t.side * w.open[t.bar], t.side * t.limit_price)
    t.units = t.left = math.floor(idea.risk_fraction * t.balance_money / t.risk_price)
    t.stop_price = t.limit_price - t.side * t.risk_price
    t.target_price = t.limit_price + t.side * idea.targets_r[0] * t.risk_price
    t.rung = 0
    t.balance_money -= t.units * idea.half_spread_price
    note(w, ENTRY, t.units, t.open_price)


@compiled
def climb(w: Pan, idea: Idea) -> None:
    """From the fill to the last unit, or to the last bar."""
    t = w.trade[0]
    if idea.checks_entry_bar and is_stopped(w):
        close_units(w, idea, STOP, t.left, t.stop_price)
    while t.left > 0.0:
        t.bar = left_quiet(w, t.bar + 1, t.side, t.stop_price, t.target_price)
        if t.bar >= len(w.close):
            return
        if is_stopped(w):
            price = t.side * min(t.side * w.open[t.bar], t.side * t.stop_price)
            close_units(w, idea, STOP, t.left, price)
        else:
            take_targets(w, idea)


@compiled
def take_targets(w: Pan, idea: Idea) -> None:
    """Every target the bar reaches, in order; the stop follows for the next bar."""
    t = w.trade[0]
    best = w.high[t.bar] if t.side > 0 else w.low[t.bar]
    while t.left > 0.0 and t.side * (best - t.target_price) >= 0.0:
        price = t.side * max(t.side * w.open[t.bar], t.side * t.target_price)
        rung = t.rung
        t.rung = rung + 1
        if rung == len(idea.shares):
            close_units(w, idea, rung + 1, t.left, price)
            return
        close_units(w, idea, rung + 1, math.floor(idea.shares[rung] * t.units), price)
        t.stop_price = t.limit_price + t.side * idea.stops_r[rung] * t.risk_price
        t.target_price = t.limit_price + t.side * idea.targets_r[rung + 1] * t.risk_price


@compiled
def close_units(w: Pan, idea: Idea, kind: int, units: float, price: float) -> None:
    """Book an exit."""
    t = w.trade[0]
    t.balance_money += units * (t.side * (price - t.open_price) - idea.half_spread_price)
    t.left -= units
    note(w, kind, units, price)


@compiled
def is_stopped(w: Pan) -> bool:
    """Whether the trade's bar reaches its stop."""
    t = w.trade[0]
    if t.side > 0:
        return bool(w.low[t.bar] <= t.stop_price)
    return bool(w.high[t.bar] >= t.stop_price)


@compiled
def left_quiet(w: Pan, first: int, side: int, stop: float, target: float) -> int:
    """The first bar from `first` on that reaches the stop or the target; one past the end."""
    end, k = len(w.close), first
    if side > 0:
        while k < end and w.low[k] > stop and w.high[k] < target:
            k += 1
    else:
        while k < end and w.high[k] < stop and w.low[k] > target:
            k += 1
    return k


@compiled
def note(w: Pan, kind: int, units: float, price: float) -> None:
    """Count a fill, and write it down where the ledger has room."""
    t = w.trade[0]
    if t.fills_count < len(w.ledger):
        row = w.ledger[t.fills_count]
        row.bar, row.symbol, row.kind, row.side = t.bar, 0, kind, t.side
        row.units, row.price, row.balance_money = units, price, t.balance_money
    t.fills_count += 1


def _sift_once(bars: Bars, periods: tuple[int, int, int], idea: Idea, account: _Account) -> Sifted:
    cues = cues_of(bars, periods, FIRST_BAR)
    cash_money, ledger = account
    trade = np.zeros(1, dtype=TRADE)
    pan = Pan(bars.open, bars.high, bars.low, bars.close, cues, ledger, trade)
    return sift(by_reference(pan), idea, cash_money)


def _sift_trials(bars: Bars, trials: Prices, base: Idea, account: _Account) -> Prices:
    """Trials of one pair of averages stand together and share their signals."""
    cash_money, ledger = account
    trade = np.zeros(1, dtype=TRADE)
    found = np.empty((len(trials), 2))
    known = (0, 0, 0)
    cues = np.empty(0, dtype=CUE)
    for k in range(len(trials)):
        trial = trials[k]
        periods = (int(trial[0]), int(trial[1]), int(trial[2]))
        if periods != known:
            known, cues = periods, cues_of(bars, periods, FIRST_BAR)
        idea = tuned(base, trial[3], trial[4], int(trial[5]))
        pan = Pan(bars.open, bars.high, bars.low, bars.close, cues, ledger, trade)
        sifted = sift(by_reference(pan), idea, cash_money)
        found[k, 0], found[k, 1] = sifted.trades_count, sifted.equity_money
    return found


_Account = tuple[float, Records]
_SIFT_ONCE = machine(_sift_once)
_SIFT_TRIALS = machine(_sift_trials)


def sieve(
    bars: Bars, periods: tuple[int, int, int], idea: Idea, account: tuple[float, Records]
) -> Sifted:
    """One idea on the crossings of two averages; periods as in `cues_of`.

    `account` is the cash and an array of `FILL` that fills are written to while it has room.
    """
    return _SIFT_ONCE(bars, periods, idea, account)


def sieve_sweep(
    bars: Bars, trials: Prices, base: Idea, cash_money: float, threads_count: int = 1
) -> Prices:
    """Trades and final equity, shape (trials, 2), in the order of `trials`.

    Columns of `trials`: periods of the fast and the slow average and of the ATR, pullback and stop
    in ATR, expiry in bars; everything else is the base's. Threads take whole groups of periods.
    """
    order = np.lexsort((trials[:, 2], trials[:, 1], trials[:, 0]))
    inside = trials[order]
    edges = np.flatnonzero(np.any(np.diff(inside[:, :3], axis=0) != 0, axis=1)) + 1
    wanted = np.linspace(0, len(inside), threads_count + 1)[1:-1]
    parts = [inside]
    if len(edges) and len(wanted):
        cuts = edges[np.minimum(np.searchsorted(edges, wanted), len(edges) - 1)]
        parts = np.split(inside, np.unique(cuts))

    def sifted(part: Prices) -> Prices:
        return _SIFT_TRIALS(bars, part, base, (cash_money, np.empty(0, FILL)))

    with ThreadPoolExecutor(threads_count) as pool:
        done = list(pool.map(sifted, parts))
    found = np.empty((len(trials), 2))
    found[order] = np.concatenate(done)
    return found
