"""The sieve for many symbols in one account: open risk is capped, a bad day ends, a floor breaches.

Rows are moments common to all symbols, in order; a symbol without a bar at a moment has NaN there.
Per row: exits and fills, then the account's rules on the closes, then new signals.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.backtest.compiled import compiled, machine
from bot.backtest.inputs import Records
from bot.backtest.reference import by_reference
from bot.backtest.sieve import ENTRY, FILL, FORCED, STOP
from bot.backtest.sieve_calls import Grid, calls_of
from bot.backtest.sieve_cues import Prices
from bot.backtest.sieve_idea import Idea

_DAY_NS = 86_400_000_000_000
_LAST_RUNG = 3  # takes the rest; every later kind of fill ends a position too
_FILLS_PER_CALL = 5

PLACE = np.dtype(
    [
        ("side", "i8"),
        ("waiting", "i8"),
        ("expires", "i8"),
        ("rung", "i8"),
        ("limit", "f8"),
        ("risk_price", "f8"),
        ("stop", "f8"),
        ("target", "f8"),
        ("open_price", "f8"),
        ("units", "f8"),
        ("left", "f8"),
        ("risk_money", "f8"),
        ("half_spread", "f8"),
        ("last_close", "f8"),
    ],
    align=True,
)
"""One symbol: `waiting` and `side` are +1, -1 or 0 for an order and a position."""

BOOK = np.dtype(
    [
        ("cash_money", "f8"),
        ("balance_money", "f8"),
        ("equity_money", "f8"),
        ("reference_money", "f8"),
        ("open_risk_money", "f8"),
        ("day", "i8"),
        ("call", "i8"),
        ("is_halted", "?"),
        ("fills_count", "i8"),
        ("trades_count", "i8"),
        ("breaches_count", "i8"),
        ("halts_count", "i8"),
        ("dropped_count", "i8"),
    ],
    align=True,
)
"""The account: what it holds, what its day began with, and what has happened to it."""

EQUITY = np.dtype([("money", "f8")])


class AccountRules(NamedTuple):
    """Fractions of the balance at risk, of the day's reference, and of the first balance."""

    open_risk_max_fraction: float
    day_loss_max_fraction: float
    floor_fraction: float


class Pan(NamedTuple):
    """Prices, one row of symbols after the other; signals in the order of rows; the account.

    One `PLACE` per symbol, one `BOOK`, a ledger of `FILL` that may have no rows, equity per row.
    """

    time_ns: NDArray[np.int64]
    open: Prices
    high: Prices
    low: Prices
    close: Prices
    calls: Records
    places: Records
    book: Records
    ledger: Records
    equities: Records


class Sifted(NamedTuple):
    """The account at the end, its fills, and its equity after each row."""

    book: Records
    fills: Records
    equities: Prices


@compiled
def sift_portfolio(w: Pan, idea: Idea, rules: AccountRules) -> None:
    """Trade the calls; the book begins with its cash and ends with what came of it."""
    book = w.book[0]
    book.balance_money = book.equity_money = book.cash_money
    book.day = -1
    for row in range(len(w.time_ns)):
        begin_day(book, w.time_ns[row] // _DAY_NS)
        floating = 0.0
        for symbol in range(len(w.places)):
            place = w.places[symbol]
            if place.side != 0 or place.waiting != 0:
                floating += step_symbol(w, row, symbol, idea, rules)
        book.equity_money = book.balance_money + floating
        step_account(w, row, rules)
        w.equities[row].money = book.equity_money
        while book.call < len(w.calls) and w.calls[book.call].row == row:
            listen(w, idea)
            book.call += 1


@compiled
def begin_day(book: Records, day: int) -> None:
    """A new UTC day refers to the better of balance and equity, and may trade again."""
    if day != book.day:
        book.day, book.is_halted = day, False
        book.reference_money = max(book.balance_money, book.equity_money)


@compiled
def step_symbol(w: Pan, row: int, symbol: int, idea: Idea, rules: AccountRules) -> float:
    """The symbol's bar meets its position or order; what is open is worth at the last close."""
    place, bar = w.places[symbol], row * len(w.places) + symbol
    close = w.close[bar]
    if not math.isnan(close):
        place.last_close = close
        if place.side != 0:
            leave(w, (row, symbol), idea)
        else:
            enter(w, (row, symbol), idea, rules)
    if place.side == 0:
        return 0.0
    return float(place.left * place.side * (place.last_close - place.open_price))


@compiled
def leave(w: Pan, at: tuple[int, int], idea: Idea) -> None:
    """Stop before targets; several targets may be met in one bar."""
    place, bar = w.places[at[1]], at[0] * len(w.places) + at[1]
    side = place.side
    if is_beyond(w, bar, -side, place.stop):
        close_units(w, at, STOP, place.left, side * min(side * w.open[bar], side * place.stop))
        return
    while place.side != 0 and is_beyond(w, bar, side, place.target):
        price = side * max(side * w.open[bar], side * place.target)
        rung = place.rung
        if rung == 0:
            w.book[0].open_risk_money -= place.risk_money
        place.rung = rung + 1
        if rung == len(idea.shares):
            close_units(w, at, rung + 1, place.left, price)
            return
        close_units(w, at, rung + 1, math.floor(idea.shares[rung] * place.units), price)
        place.stop = place.limit + side * idea.stops_r[rung] * place.risk_price
        place.target = place.limit + side * idea.targets_r[rung + 1] * place.risk_price


@compiled
def is_beyond(w: Pan, bar: int, direction: int, level: float) -> bool:
    """Whether the bar reaches a level above (direction 1) or below it (-1)."""
    return bool(w.high[bar] >= level if direction > 0 else w.low[bar] <= level)


@compiled
def close_units(w: Pan, at: tuple[int, int], kind: int, units: float, price: float) -> None:
    """Book an exit; the last rung, a stop and a forced exit end the position."""
    place, book = w.places[at[1]], w.book[0]
    book.balance_money += units * (place.side * (price - place.open_price) - place.half_spread)
    place.left -= units
    note(w, at, kind, units, price)
    if kind >= _LAST_RUNG:
        if place.rung == 0:
            book.open_risk_money -= place.risk_money
        place.side = 0


@compiled
def enter(w: Pan, at: tuple[int, int], idea: Idea, rules: AccountRules) -> None:
    """A resting order fills, is dropped for want of room, or gets older."""
    place, book = w.places[at[1]], w.book[0]
    bar = at[0] * len(w.places) + at[1]
    side = place.waiting
    place.expires -= 1
    if not is_beyond(w, bar, -side, place.limit):
        place.waiting = side if place.expires > 0 else 0
        return
    place.waiting = 0
    risk_money = idea.risk_fraction * book.balance_money
    if book.open_risk_money + risk_money > rules.open_risk_max_fraction * book.balance_money:
        book.dropped_count += 1
        return
    place.units = place.left = math.floor(risk_money / place.risk_price)
    place.open_price = side * min(side * w.open[bar], side * place.limit)
    place.stop = place.limit - side * place.risk_price
    place.target = place.limit + side * idea.targets_r[0] * place.risk_price
    place.side, place.rung, place.risk_money = side, 0, risk_money
    book.open_risk_money += risk_money
    book.balance_money -= place.units * place.half_spread
    book.trades_count += 1
    note(w, at, ENTRY, place.units, place.open_price)
    if idea.checks_entry_bar and is_beyond(w, bar, -side, place.stop):
        close_units(w, at, STOP, place.left, place.stop)


@compiled
def step_account(w: Pan, row: int, rules: AccountRules) -> None:
    """A day that lost too much ends flat; the floor is a breach, and the account begins anew."""
    book = w.book[0]
    floor = book.cash_money * (1.0 - rules.floor_fraction)
    day_floor = book.reference_money * (1.0 - rules.day_loss_max_fraction)
    is_bad_day = book.equity_money <= day_floor and not book.is_halted
    if not (is_bad_day or book.equity_money <= floor):
        return
    for symbol in range(len(w.places)):
        place = w.places[symbol]
        place.waiting = 0
        if place.side != 0:
            close_units(w, (row, symbol), FORCED, place.left, place.last_close)
    book.open_risk_money, book.is_halted = 0.0, True
    if book.balance_money <= floor:
        book.breaches_count += 1
        book.balance_money = book.reference_money = book.cash_money
    else:
        book.halts_count += 1
    book.equity_money = book.balance_money


@compiled
def listen(w: Pan, idea: Idea) -> None:
    """A signal on a symbol that is free leaves an order behind the close."""
    call = w.calls[w.book[0].call]
    place = w.places[call.symbol]
    if w.book[0].is_halted or place.side != 0 or place.waiting != 0:
        return
    place.waiting, place.expires = call.side, idea.expiry_bars
    place.risk_price = idea.stop_atr * call.range_price
    close = w.close[call.row * len(w.places) + call.symbol]
    place.limit = close - call.side * idea.pullback_atr * call.range_price


@compiled
def note(w: Pan, at: tuple[int, int], kind: int, units: float, price: float) -> None:
    """Count a fill, and write it down where the ledger has room."""
    book = w.book[0]
    if book.fills_count < len(w.ledger):
        line = w.ledger[book.fills_count]
        line.bar, line.symbol, line.kind = at[0], at[1], kind
        line.side = w.places[at[1]].side
        line.units, line.price, line.balance_money = units, price, book.balance_money
    book.fills_count += 1


def _sift(grid: Grid, account: _Account, idea: Idea, rules: AccountRules) -> None:
    calls, places, book, ledger, equities = account
    opens, highs = grid.open.ravel(), grid.high.ravel()
    lows, closes = grid.low.ravel(), grid.close.ravel()
    pan = Pan(grid.time_ns, opens, highs, lows, closes, calls, places, book, ledger, equities)
    sift_portfolio(by_reference(pan), idea, rules)


_Account = tuple[Records, Records, Records, Records, Records]
_CALLS = machine(calls_of)
_SIFT = machine(_sift)


def sieve_portfolio(
    grid: Grid,
    periods: tuple[int, int, int],
    idea: Idea,
    rules: AccountRules,
    account: tuple[float, Prices],
) -> Sifted:
    """Many symbols in one account; `account` is its cash and the half spreads, one per symbol."""
    calls = _CALLS(grid, periods)
    places, book = np.zeros(grid.close.shape[1], PLACE), np.zeros(1, BOOK)
    places["half_spread"] = account[1]
    book["cash_money"] = account[0]
    ledger = np.empty(_FILLS_PER_CALL * len(calls), FILL)
    equities = np.empty(len(grid.time_ns), EQUITY)
    _SIFT(grid, (calls, places, book, ledger, equities), idea, rules)
    told = book.view(np.recarray)[0]
    return Sifted(told, ledger[: told.fills_count].view(np.recarray), equities["money"])
