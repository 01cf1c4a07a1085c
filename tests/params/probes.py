"""Grids of questions to the rules; a parameter is alive when some answer depends on it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from probes_gate import ladder_answers
from probes_sizing import a_grant, a_start, mode_answers, the_caps

from bot.indicators import features_of
from bot.model.account import Account, Floors, Progress, TradingDay
from bot.model.decision import Brake, ExitAction
from bot.model.market import Bars, Quote, SymbolSpec
from bot.model.reserves import ReserveTerms
from bot.model.settings import BotSettings, ExitSettings
from bot.model.signal import Leg, SignalSettings, SignalView, Volatility
from bot.model.trade import Book, Candidate, OpenTrade, Plan, SizeDemand
from bot.rules.admission import admit
from bot.rules.challenge import brake, floors, verdict
from bot.rules.challenge_days import is_profitable_day
from bot.rules.entry import route_entry, spread_limit_price
from bot.rules.exits import gap_step, step_position, weekend_step
from bot.rules.levels import levels_of
from bot.rules.signal import detect_signal
from bot.rules.sizing import fill_excess_lots, size_order

SPEC = SymbolSpec(
    digits=5,
    tick_size_price=0.00001,
    contract_size=100_000.0,
    lots_min=0.01,
    lots_max=50.0,
    lots_step=0.01,
    loss_money_per_price_per_lot=100_000.0,
    gain_money_per_price_per_lot=100_000.0,
    stops_level_price=0.0,
    freeze_level_price=0.0,
    commission_money_per_lot=4.0,
    swap_long_money_per_lot_night=-3.0,
    swap_short_money_per_lot_night=1.0,
    margin_money_per_lot=1_000.0,
)
BALANCE = 20_000.0
ACCOUNT = Account(BALANCE, BALANCE, 0.0, BALANCE)
ONE_R = 0.01
RESERVES = ReserveTerms(0.1, 0.0, 1.0)
PLAN = Plan(side=1, entry_price=1.1, stop_price=1.1 - ONE_R, expires_utc_s=1e9)


def entry_answers(settings: BotSettings) -> Iterator[Any]:
    s = settings.entry
    for step, spread in product(range(-90, 260), (0.0001, 0.0006, 0.0009)):
        ask = PLAN.entry_price + step / 100 * ONE_R
        limit = spread_limit_price(PLAN, 0.0005, 200, s)
        yield route_entry(PLAN, Quote(ask - spread, ask, 0.0), limit, 0.0, s)
    for samples in range(0, 1_000, 7):
        yield spread_limit_price(PLAN, 0.0001, samples, s)


def sizing_answers(settings: BotSettings) -> Iterator[Any]:
    s, a = settings.risk, settings.admission
    yield from mode_answers(settings)
    for half_points, level in product(range(21), Brake):
        rooms = (1e9, 1e9, 1e9, RESERVES)
        steps = (a_grant(settings), a_start(settings), the_caps(settings))
        demand = SizeDemand(1.1, half_points / 2, level.value, *rooms, *steps)
        yield size_order(ACCOUNT, PLAN, demand, SPEC, s)
    floor = Floors(0.0, 0.0, BALANCE)
    for count in range(60):
        order = Candidate(1, 1.1, 1.09, 0.1, 50.0, 5.0, 100.0, 0.0)
        free = Book(0.0, 0.0, 0.0, 0, 0, 0, 0, 0)
        yield admit(order, free._replace(positions_count=count), ACCOUNT, floor, a)
        yield admit(order, free._replace(entries_today_count=count), ACCOUNT, floor, a)
        yield admit(order, free._replace(open_risk_money=count * 20.0), ACCOUNT, floor, a)
        yield admit(order._replace(risk_money=count * 10.0), free, ACCOUNT, floor, a)
        yield admit(order._replace(margin_money=count * 350.0), free, ACCOUNT, floor, a)
        near = Floors(BALANCE - count * 10.0, 0.0, BALANCE)
        yield admit(order, free, ACCOUNT, near, a)
        yield fill_excess_lots(1.0 + count * 0.0025, 1.0, SPEC, s)


def challenge_answers(settings: BotSettings) -> Iterator[Any]:
    yield from ladder_answers(settings)
    rules = settings.rules
    for lost in range(0, 2_500, 5):
        account = Account(BALANCE - lost, BALANCE - lost, 0.0, BALANCE - lost)
        same_day = TradingDay(1, BALANCE, BALANCE)
        fresh_day = TradingDay(1, BALANCE - lost, BALANCE - lost)
        yield brake(same_day, account, settings.brakes, rules)
        yield brake(fresh_day, account, settings.brakes, rules)
        yield verdict(account, fresh_day, Progress(0.0, 0, has_exposure=False), rules)
        yield is_profitable_day(lost / 10, rules)
    yield floors(TradingDay(1, BALANCE, BALANCE), rules)
    for gained, days in product(range(0, 3_000, 50), range(6)):
        progress = Progress(float(gained), days, has_exposure=False)
        yield verdict(ACCOUNT, TradingDay(1, BALANCE, BALANCE), progress, rules)


def exit_answers(settings: BotSettings) -> Iterator[Any]:
    """Climbs the ladder to each height, comes back, and waits; what is done on the way."""
    for age_h, top in product((0, 50, 500, 1_900), (0.1, 0.3, 0.7, 1.0, 1.3, 1.9, 2.5)):
        yield tuple(_climb(top, age_h * 3600.0, settings.exits))
    trade = OpenTrade(1, 1.1, 1.09, ONE_R, 1.0, 1.0, 0, 0.0)
    for step in range(-100, 300):
        bid = 1.1 + step / 100 * ONE_R
        quote = Quote(bid, bid, 0.0)
        yield weekend_step(trade, quote, settings.weekend, SPEC)
        yield gap_step(trade._replace(stop_price=1.0), quote, settings.weekend)


def _climb(top_r: float, age_s: float, s: ExitSettings) -> Iterator[Any]:
    trade = OpenTrade(1, 1.1, 1.09, ONE_R, 1.0, 1.0, 0, 0.0)
    bid = 1.1 + top_r * ONE_R
    for _ in range(30):
        step = step_position(trade, Quote(bid, bid, age_s), age_s, SPEC, s)
        yield tuple(0.0 if math.isnan(part) else part for part in step)
        if step.action == ExitAction.TAKE_RUNG:
            hits, lots = trade.targets_hit_count + 1, trade.lots - step.lots
            trade = trade._replace(targets_hit_count=hits, lots=lots)
        elif step.action == ExitAction.MOVE_STOP:
            trade = trade._replace(stop_price=step.stop_price)
        if step.action in (ExitAction.HOLD, ExitAction.CLOSE) or trade.lots <= 0.0:
            return


def signal_answers(settings: BotSettings) -> Iterator[Any]:
    no_leg = Leg(near_price=1.0, far_price=1.0, extreme_price=1.0, is_found=True)
    yield levels_of(no_leg, 1.1, 1.09, 0.01, settings.signal.levels)  # random markets have legs
    for seed in range(MARKETS_COUNT):
        yield from _signals(seed, settings.signal)


MARKETS_COUNT = 12
_DAYS, _JUDGED_DAYS = 420, 120


def _signals(seed: int, settings: SignalSettings) -> Iterator[Any]:
    d1, w1, mn1, h4 = a_market(seed)
    features = features_of(d1, w1, mn1, h4, settings)
    yield detect_signal(features, SignalView(130, 25, 5, 785, 0), settings)
    for day in range(_DAYS - _JUDGED_DAYS, _DAYS):
        week, month = (day + 1) // 5 - 1, min((day + 1) // 21 - 1, seed)
        for volatility in Volatility:
            view = SignalView(day, week, month, (day + 1) * 6 - 1, volatility.value)
            yield detect_signal(features, view, settings)


@cache
def a_market(seed: int) -> tuple[Bars, Bars, Bars, Bars]:
    """A wandering price with trends, as six H4 bars a day, five days a week, 21 a month."""
    rng = np.random.default_rng(seed)
    count = _DAYS * 6
    drift = np.repeat(rng.normal(0.0, 0.0004, count // 60 + 1), 60)[:count]
    scale = np.repeat(rng.uniform(0.3, 2.0, count // 90 + 1), 90)[:count]
    close = np.exp(np.cumsum(drift + scale * rng.standard_t(4, count) * 0.0012))
    opened = np.concatenate(([1.0], close[:-1]))
    wick = np.abs(rng.normal(0.0, 0.0012, (2, count))) * scale
    high, low = np.maximum(opened, close) * (1 + wick[0]), np.minimum(opened, close) * (1 - wick[1])
    h4 = Bars(np.arange(count, dtype=np.int64) * 14_400, opened, high, low, close)
    return merged(h4, 6), merged(h4, 30), merged(h4, 126), h4


def merged(bars: Bars, size: int) -> Bars:
    """Every `size` bars as one; an unfinished rest is dropped."""
    count = len(bars.open_utc_s) // size

    def cut(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return array[: count * size].reshape(count, size)

    return Bars(
        cut(bars.open_utc_s)[:, 0].copy(),
        cut(bars.open_price)[:, 0].copy(),
        cut(bars.high_price).max(axis=1),
        cut(bars.low_price).min(axis=1),
        cut(bars.close_price)[:, -1].copy(),
    )
