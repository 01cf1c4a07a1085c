"""Random valid arguments for the firm's rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from generators_admission import limits
from generators_sizing import account

from bot.model.account import Progress, TradingDay, Trail
from bot.model.challenge import (
    ChallengeRules,
    ConsistencyRule,
    DailyRule,
    DayRule,
    EnginePolicy,
    OverallRule,
    TargetRule,
)
from bot.model.settings import BrakeSettings

Generator = np.random.Generator

BRAKES = BrakeSettings(0.02, 0.03, 0.035, 0.09)


def upto(rng: Generator, highest: int) -> int:
    return int(rng.integers(0, highest + 1))


def coin(rng: Generator) -> bool:
    return bool(rng.random() < 0.5)


def rules(rng: Generator) -> ChallengeRules:
    loss = float(rng.uniform(0.01, 0.12))
    daily = DailyRule(loss, upto(rng, 5), upto(rng, 1), upto(rng, 1), upto(rng, 1), upto(rng, 1))
    overall = OverallRule(
        float(rng.uniform(0.03, 0.12)),
        upto(rng, 2),
        upto(rng, 4),
        upto(rng, 1),
        0.06 if coin(rng) else 0.0,
        upto(rng, 1),
        upto(rng, 1),
        upto(rng, 1),
        upto(rng, 1),
    )
    return ChallengeRules(
        float(rng.uniform(5_000.0, 200_000.0)),
        upto(rng, 1),
        daily,
        overall,
        TargetRule(0.08 if coin(rng) else 0.0, upto(rng, 1), coin(rng)),
        DayRule(upto(rng, 4), upto(rng, 5), 0.005),
        ConsistencyRule(float(rng.uniform(0.1, 0.5)), upto(rng, 1), coin(rng), coin(rng)),
        upto(rng, 40),
        upto(rng, 60),
        EnginePolicy(upto(rng, 1), upto(rng, 1)),
    )


def trail(rng: Generator) -> Trail:
    peak = float(rng.uniform(5_000.0, 200_000.0)) if coin(rng) else 0.0
    return Trail(peak, 0.9 * peak, coin(rng))


def day(rng: Generator) -> TradingDay:
    base = float(rng.uniform(0.0, 200_000.0)) if rng.random() > 0.1 else 0.0
    return TradingDay(int(rng.integers(0, 30_000)), base, base, trail(rng))


def progress(rng: Generator) -> Progress:
    return Progress(
        float(rng.uniform(-2_000.0, 20_000.0)),
        upto(rng, 6),
        coin(rng),
        float(rng.uniform(-2_000.0, 20_000.0)),
        float(rng.uniform(0.0, 5_000.0)),
        float(rng.uniform(0.0, 20_000.0)),
        upto(rng, 60),
    )


def money(rng: Generator) -> float:
    return float(rng.uniform(5_000.0, 200_000.0))


def cash(rng: Generator) -> float:
    return float(rng.uniform(-2_000.0, 2_000.0))


GENERATORS: dict[str, Callable[[Generator], tuple[object, ...]]] = {
    "bot.rules.challenge.day_base": lambda r: (money(r), money(r)),
    "bot.rules.challenge.start_base_money": lambda r: (money(r), money(r), rules(r)),
    "bot.rules.challenge.first_day": lambda r: (int(r.integers(0, 30_000)), rules(r)),
    "bot.rules.challenge.day_after": lambda r: (day(r), money(r), money(r), rules(r)),
    "bot.rules.challenge.raise_day_base": lambda r: (day(r), money(r), money(r), rules(r)),
    "bot.rules.challenge.shift_day": lambda r: (day(r), cash(r)),
    "bot.rules.challenge.daily_allowance_money": lambda r: (day(r), rules(r)),
    "bot.rules.challenge.floors": lambda r: (day(r), rules(r)),
    "bot.rules.challenge.daily_loss_money": lambda r: (day(r), account(r)),
    "bot.rules.challenge.day_loss_fraction": lambda r: (day(r), account(r)),
    "bot.rules.challenge.floor_room_money": lambda r: (money(r), money(r)),
    "bot.rules.challenge.is_floor_touched": lambda r: (money(r), money(r)),
    "bot.rules.challenge.is_floor_broken": lambda r: (money(r), money(r), upto(r, 1)),
    "bot.rules.challenge.tested_money": lambda r: (account(r), upto(r, 1)),
    "bot.rules.challenge.is_daily_hit": lambda r: (account(r), limits(r), rules(r)),
    "bot.rules.challenge.is_total_hit": lambda r: (account(r), limits(r), rules(r)),
    "bot.rules.challenge.is_pause_due": lambda r: (account(r), limits(r), rules(r)),
    "bot.rules.challenge.ended_by": lambda r: (account(r), limits(r), rules(r)),
    "bot.rules.challenge.breached_floor": lambda r: (account(r), limits(r), rules(r)),
    "bot.rules.challenge.also_breached": lambda r: (account(r), limits(r), rules(r)),
    "bot.rules.challenge.brake_base_money": lambda r: (day(r), rules(r)),
    "bot.rules.challenge.brake": lambda r: (day(r), account(r), BRAKES, rules(r)),
    "bot.rules.challenge.verdict": lambda r: (account(r), day(r), progress(r), rules(r)),
    "bot.rules.challenge_trail.overall_amount_money": lambda r: (money(r), rules(r)),
    "bot.rules.challenge_trail.raised_trail": lambda r: (trail(r), money(r), rules(r)),
    "bot.rules.challenge_trail.closing_trail": lambda r: (trail(r), money(r), money(r), rules(r)),
    "bot.rules.challenge_trail.live_trail": lambda r: (trail(r), money(r), money(r), rules(r)),
    "bot.rules.challenge_trail.rebased_trail": lambda r: (money(r), rules(r)),
    "bot.rules.challenge_trail.total_floor_money": lambda r: (trail(r), rules(r)),
    "bot.rules.challenge_trail.total_reference_money": lambda r: (trail(r), rules(r)),
}
