"""The sieve trades what its own words say, bar by bar; a plain loop written from them agrees."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from bot.backtest.sieve import FILL, sieve, sieve_sweep
from bot.backtest.sieve_calls import Grid
from bot.backtest.sieve_cues import Bars
from bot.backtest.sieve_idea import Idea
from bot.backtest.sieve_portfolio import AccountRules, sieve_portfolio

pytestmark = pytest.mark.slow

CASH_MONEY = 100_000.0
PERIODS = (9, 21, 14)
IDEA = Idea(pullback_atr=0.5, stop_atr=1.5, expiry_bars=12, half_spread_price=0.00005)
NO_LIMITS = AccountRules(1.0, 1.0, 1.0)


def market(seed: int, count: int) -> Bars:
    rng = np.random.default_rng(seed)
    close = 1.1 * np.exp(np.cumsum(rng.normal(0.0, 0.0012, count)))
    opened = np.concatenate(([1.1], close[:-1])) * np.exp(rng.normal(0.0, 0.0003, count))
    reach = np.abs(rng.normal(0.0, 0.0008, (2, count)))
    high = np.maximum(opened, close) * (1.0 + reach[0])
    return Bars(opened, high, np.minimum(opened, close) * (1.0 - reach[1]), close)


@dataclass
class Plain:
    """The words of the module, one bar after the other, without any haste."""

    balance: float = CASH_MONEY
    trades: int = 0

    def run(self, bars: Bars, idea: Idea) -> tuple[int, float]:
        fast = slow = bars.close[0]
        kept = bars.high[0] - bars.low[0]
        order: tuple[int, float, float, int] | None = None
        position: dict[str, float] | None = None
        before = 0.0
        for k in range(1, len(bars.close)):
            if position is not None:
                position = self.held(bars, k, position, idea)
            elif order is not None:
                order, position = self.resting(bars, k, order, idea)
            spread = max(bars.high[k], bars.close[k - 1]) - min(bars.low[k], bars.close[k - 1])
            kept += (spread - kept) / PERIODS[2]
            fast += (bars.close[k] - fast) * 2 / (PERIODS[0] + 1)
            slow += (bars.close[k] - slow) * 2 / (PERIODS[1] + 1)
            now = fast - slow
            side = int(now > 0 >= before) - int(now < 0 <= before)
            if side and k >= 50 and position is None and (order is None or k >= order[3]):
                limit = bars.close[k] - side * idea.pullback_atr * kept
                order = (side, limit, idea.stop_atr * kept, k + idea.expiry_bars)
            before = now
        open_money = 0.0
        if position is not None:
            open_money = position["left"] * position["side"] * (bars.close[-1] - position["price"])
        return self.trades, self.balance + open_money

    def resting(self, bars, k, order, idea):  # type: ignore[no-untyped-def]
        side, limit, risk, until = order
        if k > until:
            return None, None
        near = bars.low[k] if side > 0 else bars.high[k]
        if side * (near - limit) > 0:
            return order, None
        price = side * min(side * bars.open[k], side * limit)
        units = math.floor(idea.risk_fraction * self.balance / risk)
        self.balance -= units * idea.half_spread_price
        self.trades += 1
        position = {"side": side, "price": price, "units": units, "left": units, "rung": 0}
        position |= {"limit": limit, "risk": risk, "stop": limit - side * risk}
        if side * (near - position["stop"]) <= 0:
            self.leave(position, units, position["stop"], idea)
            return None, None
        return None, position

    def held(self, bars, k, position, idea):  # type: ignore[no-untyped-def]
        side, stop = position["side"], position["stop"]
        worst, best = (bars.low[k], bars.high[k]) if side > 0 else (bars.high[k], bars.low[k])
        if side * (worst - stop) <= 0:
            price = side * min(side * bars.open[k], side * stop)
            self.leave(position, position["left"], price, idea)
            return None
        for rung in range(int(position["rung"]), 3):
            target = position["limit"] + side * idea.targets_r[rung] * position["risk"]
            if side * (best - target) < 0:
                break
            share = idea.shares[rung] if rung < 2 else None
            units = position["left"] if share is None else math.floor(share * position["units"])
            self.leave(position, units, side * max(side * bars.open[k], side * target), idea)
            position["rung"] = rung + 1
            if rung < 2:
                position["stop"] = position["limit"] + side * idea.stops_r[rung] * position["risk"]
        return position if position["left"] > 0 else None

    def leave(self, position, units, price, idea):  # type: ignore[no-untyped-def]
        gained = position["side"] * (price - position["price"]) - idea.half_spread_price
        self.balance += units * gained
        position["left"] -= units


@pytest.mark.parametrize("seed", range(5))
def test_one_idea_comes_to_what_a_plain_loop_comes_to(seed: int) -> None:
    bars = market(seed, 4_000)
    found = sieve(bars, PERIODS, IDEA, (CASH_MONEY, np.empty(0, FILL)))
    trades, equity = Plain().run(bars, IDEA)
    assert trades > 50
    assert found.trades_count == trades
    assert found.equity_money == pytest.approx(equity, abs=0.005)


def test_the_ledger_adds_up_to_the_balance_and_every_unit_leaves() -> None:
    bars = market(7, 4_000)
    ledger = np.empty(5_000, FILL)
    found = sieve(bars, PERIODS, IDEA, (CASH_MONEY, ledger))
    fills = ledger[: found.fills_count]
    assert fills["balance_money"][-1] == found.balance_money
    bought = fills["units"][fills["kind"] == 0].sum()
    left = fills["units"][fills["kind"] > 0].sum()
    assert left <= bought
    assert bought - left < fills["units"].max() + 1
    assert np.all(np.diff(fills["bar"]) >= 0)


def test_a_sweep_gives_each_trial_what_it_comes_to_alone_in_the_order_asked() -> None:
    bars = market(3, 3_000)
    trials = np.array(
        [[9, 21, 14, 0.5, 1.5, 12], [5, 30, 14, 0.25, 2.0, 8], [9, 21, 14, 0.75, 1.0, 24]]
    )
    for threads_count in (1, 2, 5):
        found = sieve_sweep(bars, trials, IDEA, CASH_MONEY, threads_count)
        for trial, (trades, equity) in zip(trials, found, strict=True):
            periods = (int(trial[0]), int(trial[1]), int(trial[2]))
            idea = IDEA._replace(
                pullback_atr=trial[3], stop_atr=trial[4], expiry_bars=int(trial[5])
            )
            alone = sieve(bars, periods, idea, (CASH_MONEY, np.empty(0, FILL)))
            assert (trades, equity) == (alone.trades_count, alone.equity_money)


def grid_of(*markets: Bars) -> Grid:
    columns = [np.column_stack(prices) for prices in zip(*markets, strict=True)]
    count = len(columns[0])
    return Grid(np.arange(count, dtype=np.int64) * 3_600_000_000_000, *columns)


def test_one_symbol_without_limits_is_the_idea_alone() -> None:
    bars = market(2, 3_000)
    account = (CASH_MONEY, np.array([IDEA.half_spread_price]))
    found = sieve_portfolio(grid_of(bars), PERIODS, IDEA, NO_LIMITS, account)
    trades, equity = Plain().run(bars, IDEA)
    assert found.book.trades_count == trades
    assert found.equities[-1] == pytest.approx(equity, abs=0.005)


def test_gaps_of_one_symbol_do_not_move_another() -> None:
    whole, other = market(2, 2_000), market(4, 2_000)
    gappy = Bars(*(np.where(np.arange(2_000) % 7 == 3, np.nan, prices) for prices in other))
    account = (CASH_MONEY, np.array([IDEA.half_spread_price] * 2))
    found = sieve_portfolio(grid_of(whole, gappy), PERIODS, IDEA, NO_LIMITS, account)
    plain = Plain()
    plain.run(whole, IDEA)
    assert int((found.fills["kind"][found.fills["symbol"] == 0] == 0).sum()) == plain.trades
    assert np.all(np.isfinite(found.equities))


def test_open_risk_above_its_cap_drops_orders_and_never_passes_it() -> None:
    markets = [market(seed, 2_000) for seed in range(8)]
    account = (CASH_MONEY, np.zeros(8))
    free = sieve_portfolio(grid_of(*markets), PERIODS, IDEA, NO_LIMITS, account)
    capped = sieve_portfolio(
        grid_of(*markets), PERIODS, IDEA, AccountRules(0.01, 1.0, 1.0), account
    )
    assert free.book.dropped_count == 0
    assert capped.book.dropped_count > 0
    assert capped.book.trades_count < free.book.trades_count


def test_a_bad_day_ends_flat_and_a_touched_floor_begins_anew() -> None:
    markets = [market(seed, 3_000) for seed in range(8)]
    account = (CASH_MONEY, np.full(8, 0.004))
    rules = AccountRules(1.0, 0.02, 0.05)
    found = sieve_portfolio(grid_of(*markets), PERIODS, IDEA, rules, account)
    assert found.book.halts_count > 0
    assert found.book.breaches_count > 0
    assert found.book.balance_money > CASH_MONEY * (1.0 - rules.floor_fraction) * 0.9
