"""Random valid arguments for the entry rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bot.model.market import Quote, SymbolSpec
from bot.model.settings import EntrySettings
from bot.model.trade import Plan

Generator = np.random.Generator


def side(rng: Generator) -> int:
    return int(rng.choice([1, -1]))


def one_of(rng: Generator, *values: float) -> float:
    return float(rng.choice(values))


def spec(rng: Generator) -> SymbolSpec:
    step = one_of(rng, 0.001, 0.01, 0.1, 1.0)
    digits = int(rng.integers(0, 6))
    tick = 10.0**-digits
    return SymbolSpec(
        digits=digits,
        tick_size_price=tick,
        contract_size=one_of(rng, 1.0, 100.0, 100_000.0),
        lots_min=step * int(rng.integers(1, 5)),
        lots_max=one_of(rng, 20.0, 100.0),
        lots_step=step,
        loss_money_per_price_per_lot=rng.uniform(0.5, 200_000.0),
        gain_money_per_price_per_lot=rng.uniform(0.5, 200_000.0),
        stops_level_price=tick * int(rng.integers(0, 20)),
        freeze_level_price=tick * int(rng.integers(0, 5)),
        commission_money_per_lot=one_of(rng, 0.0, 4.0),
        swap_long_money_per_lot_night=rng.uniform(-20.0, 5.0),
        swap_short_money_per_lot_night=rng.uniform(-20.0, 5.0),
        margin_money_per_lot=rng.uniform(10.0, 5_000.0),
    )


def quote(rng: Generator, around_price: float = 1.1, width_price: float = 0.02) -> Quote:
    bid = around_price + rng.uniform(-width_price, width_price)
    return Quote(bid, bid + rng.uniform(0.0, width_price / 10.0), rng.uniform(0.0, 2_000.0))


def plan(rng: Generator) -> Plan:
    direction = side(rng)
    stop = 1.1 - direction * one_of(rng, 0.0, 0.003, 0.01)
    return Plan(direction, 1.1, stop, rng.uniform(500.0, 3_000.0))


def entry_settings(rng: Generator) -> EntrySettings:
    return EntrySettings(
        market_max_r=rng.uniform(0.0, 0.2),
        limit_max_r=rng.uniform(0.2, 1.0),
        drop_above_r=rng.uniform(1.0, 3.0),
        expiry_s=604_800.0,
        spread_wait_max_s=432_000.0,
        spread_max_r=rng.uniform(0.01, 0.3),
        spread_max_percentile_fraction=0.9,
        spread_samples_min_count=int(rng.integers(10, 200)),
        quote_age_max_s=60.0,
        deviation_max_r=0.05,
    )


def limit_price(rng: Generator) -> float:
    return float(rng.uniform(0.0, 0.002))


GENERATORS: dict[str, Callable[[Generator], tuple[object, ...]]] = {
    "bot.rules.entry.fill_price": lambda r: (side(r), quote(r)),
    "bot.rules.entry.exit_price": lambda r: (side(r), quote(r)),
    "bot.rules.entry.levels_on_grid": lambda r: (
        side(r),
        r.uniform(0.5, 3_000.0),
        r.uniform(0.5, 3_000.0),
        one_of(r, 0.00001, 0.001, 0.01, 0.25),
    ),
    "bot.rules.entry.decimal_price": lambda r: (r.uniform(0.5, 100_000.0),),
    "bot.rules.entry.distance_r": lambda r: (plan(r), quote(r)),
    "bot.rules.entry.stop_touched": lambda r: (plan(r), quote(r)),
    "bot.rules.entry.spread_limit_price": lambda r: (
        plan(r),
        limit_price(r),
        int(r.integers(0, 300)),
        entry_settings(r),
    ),
    "bot.rules.entry.is_quote_sane": lambda r: (quote(r, 0.0),),
    "bot.rules.entry.route_entry": lambda r: (
        plan(r),
        quote(r),
        limit_price(r),
        r.uniform(0.0, 2_000.0),
        entry_settings(r),
    ),
    "bot.rules.entry.route_within_reach": lambda r: (
        plan(r),
        quote(r, width_price=0.005),
        limit_price(r),
        entry_settings(r),
    ),
    "bot.rules.entry.is_stop_legal": lambda r: (
        side(r),
        r.uniform(1.0, 1.2),
        one_of(r, 0.0, 1.0, 1.1, 1.2),
        spec(r),
    ),
    "bot.rules.entry.is_limit_legal": lambda r: (plan(r), quote(r), spec(r)),
}
