"""Random valid arguments for the firm's rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from generators_admission import limits
from generators_sizing import account

from bot.model.account import Progress, TradingDay
from bot.model.settings import BrakeSettings, ChallengeRules

Generator = np.random.Generator

BRAKES = BrakeSettings(0.02, 0.03, 0.035, 0.09)


def rules(rng: Generator) -> ChallengeRules:
    return ChallengeRules(rng.uniform(5_000.0, 200_000.0), 0.05, 0.1, 0.08, 0.005, 3)


def day(rng: Generator) -> TradingDay:
    base = rng.uniform(0.0, 200_000.0) if rng.random() > 0.1 else 0.0
    return TradingDay(int(rng.integers(0, 30_000)), base, base)


def progress(rng: Generator) -> Progress:
    return Progress(
        rng.uniform(-2_000.0, 20_000.0), int(rng.integers(0, 6)), bool(rng.random() < 0.5)
    )


def money(rng: Generator) -> float:
    return float(rng.uniform(5_000.0, 200_000.0))


GENERATORS: dict[str, Callable[[Generator], tuple[object, ...]]] = {
    "bot.rules.challenge.day_base": lambda r: (money(r), money(r)),
    "bot.rules.challenge.open_day": lambda r: (int(r.integers(0, 30_000)), money(r), money(r)),
    "bot.rules.challenge.raise_day_base": lambda r: (day(r), money(r), money(r)),
    "bot.rules.challenge.shift_day": lambda r: (day(r), r.uniform(-2_000.0, 2_000.0)),
    "bot.rules.challenge.daily_allowance_money": lambda r: (day(r), rules(r)),
    "bot.rules.challenge.floors": lambda r: (day(r), rules(r)),
    "bot.rules.challenge.daily_loss_money": lambda r: (day(r), account(r)),
    "bot.rules.challenge.day_loss_fraction": lambda r: (day(r), account(r)),
    "bot.rules.challenge.floor_room_money": lambda r: (money(r), money(r)),
    "bot.rules.challenge.is_floor_touched": lambda r: (money(r), money(r)),
    "bot.rules.challenge.brake": lambda r: (day(r), account(r), BRAKES, rules(r)),
    "bot.rules.challenge.profitable_day_gain": lambda r: (
        money(r),
        money(r),
        money(r),
        r.uniform(-2_000.0, 2_000.0),
    ),
    "bot.rules.challenge.is_profitable_day": lambda r: (r.uniform(-500.0, 1_500.0), rules(r)),
    "bot.rules.challenge.is_target_reached": lambda r: (progress(r), rules(r)),
    "bot.rules.challenge.breached_floor": lambda r: (money(r), limits(r)),
    "bot.rules.challenge.verdict": lambda r: (account(r), day(r), progress(r), rules(r)),
}
