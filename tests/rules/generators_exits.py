"""Random valid arguments for the exit rules."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from generators_entry import one_of, quote, side, spec

from bot.model.settings import ExitSettings, WeekendSettings
from bot.model.trade import OpenTrade

Generator = np.random.Generator


def trade(rng: Generator) -> OpenTrade:
    direction = side(rng)
    opened = int(rng.integers(1, 200)) / 100
    stop_r = one_of(rng, -1.0, 0.02, 0.4)
    return OpenTrade(
        side=direction,
        entry_price=1.1,
        stop_price=one_of(rng, 1.1 + direction * stop_r * 0.01, 0.0),
        one_r_price=one_of(rng, 0.01, 0.005, 0.0),
        lots=opened * one_of(rng, 1.0, 0.5),
        lots_opened=opened,
        targets_hit_count=int(rng.integers(0, 4)),
        opened_utc_s=rng.uniform(0.0, 1_000.0),
    )


def exit_settings(rng: Generator) -> ExitSettings:
    return ExitSettings(
        targets_r=(0.6, 1.2, 2.0),
        close_fractions=(0.35, 0.30, 0.35),
        stops_after_r=(0.0, one_of(rng, 1.1, math.nan), math.nan),
        breakeven_cost_r=0.02,
        time_stop_s=one_of(rng, 0.0, 4_000.0),
        stale_after_s=one_of(rng, 0.0, 2_000.0),
        stale_below_r=0.2,
        trail_start_r=one_of(rng, 0.0, 0.5),
        trail_distance_r=one_of(rng, 0.3, 0.8),
    )


def weekend_settings(rng: Generator) -> WeekendSettings:
    return WeekendSettings(18_000.0, rng.uniform(-0.5, 0.2), rng.uniform(0.8, 2.0), 0.5, 0.4)


def price(rng: Generator) -> float:
    return float(rng.uniform(1.08, 1.12))


def now_utc_s(rng: Generator) -> float:
    return float(rng.uniform(0.0, 6_000.0))


GENERATORS: dict[str, Callable[[Generator], tuple[object, ...]]] = {
    "bot.rules.exits.open_trade_r": lambda r: (trade(r), price(r)),
    "bot.rules.exits.price_at_r": lambda r: (trade(r), r.uniform(-1.0, 2.0)),
    "bot.rules.exits.closable_lots": lambda r: (
        r.uniform(0.0, 2.0),
        int(r.integers(1, 200)) / 100,
        spec(r),
    ),
    "bot.rules.exits.rung_lots": lambda r: (trade(r), spec(r), exit_settings(r)),
    "bot.rules.exits.rung_stop_price": lambda r: (
        trade(r),
        int(r.integers(0, 3)),
        exit_settings(r),
    ),
    "bot.rules.exits.trail_stop_price": lambda r: (trade(r), price(r), price(r), exit_settings(r)),
    "bot.rules.exits.price_on_tick": lambda r: (side(r), price(r), spec(r)),
    "bot.rules.exits.legal_stop": lambda r: (side(r), price(r), quote(r), spec(r)),
    "bot.rules.exits.legal_edit": lambda r: (side(r), price(r), price(r), quote(r), spec(r)),
    "bot.rules.exits.tighter_stop": lambda r: (
        side(r),
        one_of(r, 0.0, price(r)),
        one_of(r, price(r), math.nan),
        quote(r),
        spec(r),
    ),
    "bot.rules.exits.stop_after_step": lambda r: (trade(r), quote(r), spec(r), exit_settings(r)),
    "bot.rules.exits.stop_step": lambda r: (trade(r), quote(r), spec(r), exit_settings(r)),
    "bot.rules.exits.is_frozen": lambda r: (trade(r), quote(r), spec(r)),
    "bot.rules.exits.end_reason": lambda r: (
        trade(r),
        r.uniform(-1.0, 2.0),
        now_utc_s(r),
        exit_settings(r),
    ),
    "bot.rules.exits.step_position": lambda r: (
        trade(r),
        quote(r),
        now_utc_s(r),
        spec(r),
        exit_settings(r),
    ),
    "bot.rules.exits.weekend_step": lambda r: (trade(r), quote(r), weekend_settings(r), spec(r)),
    "bot.rules.exits.gap_step": lambda r: (
        trade(r),
        quote(r),
        weekend_settings(r),
        one_of(r, 0.0, price(r)),
    ),
}
