"""Random valid arguments for the rules of the no-breach gate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from generators_challenge import BRAKES, day, rules
from generators_entry import one_of, side, spec
from generators_sizing import account, lots, reserve_terms

from bot.model.reserves import (
    Exposure,
    GapFractions,
    GuardItems,
    LossLadders,
    Occasion,
    ResetOutlook,
    SlippageSettings,
)

Generator = np.random.Generator


def exposure(rng: Generator) -> Exposure:
    direction = side(rng)
    return Exposure(
        side=direction,
        lots=lots(rng),
        from_price=rng.uniform(1.05, 1.15),
        stop_price=one_of(rng, 0.0, 1.1 - direction * 0.01, 1.1 + direction * 0.01),
        one_r_price=one_of(rng, 0.0, 0.01),
        commission_share=one_of(rng, 0.5, 1.0),
    )


def gaps(rng: Generator) -> GapFractions:
    return GapFractions(*(float(x) for x in rng.uniform(0.0, 0.05, 3)))


def occasion(rng: Generator) -> Occasion:
    return Occasion(*(bool(x) for x in rng.random(3) < 0.5))


def slippage(rng: Generator) -> SlippageSettings:
    return SlippageSettings(one_of(rng, 0.5, 0.95, 1.0), int(rng.integers(0, 30)), 20.0)


def items(rng: Generator) -> GuardItems:
    count = int(rng.integers(0, 9))
    steps = rng.integers(1, 200, count)
    is_order = rng.random(count) < 0.4
    return GuardItems(
        rank=np.where(is_order, 0, 1).astype(np.int64),
        relief_money=np.where(rng.random(count) < 0.1, 0.0, rng.uniform(1.0, 400.0, count)),
        lots=steps * 0.01,
        lots_min=np.full(count, 0.01),
        lots_step=np.where(is_order, 0.0, 0.01),
    )


def place(rng: Generator) -> tuple[float, int, GuardItems]:
    found = items(rng)
    while len(found.lots) == 0:
        found = items(rng)
    return rng.uniform(0.0, 500.0), int(rng.integers(0, len(found.lots))), found


def ladders(rng: Generator) -> LossLadders:
    return LossLadders(0.04, 0.045, 0.06, one_of(rng, 0.5, 0.2), 0.08, 0.25)


def outlook(rng: Generator) -> ResetOutlook:
    return ResetOutlook(20_000.0, 19_000.0, 19_000.0, 19_500.0, rng.uniform(-500.0, 500.0))


GENERATORS: dict[str, Callable[[Generator], tuple[object, ...]]] = {
    "bot.rules.reserves.night_money": lambda r: (side(r), lots(r), spec(r)),
    "bot.rules.reserves.nights_count": lambda r: (
        int(r.integers(0, 7)),
        int(r.integers(0, 7)),
    ),
    "bot.rules.reserves.gap_fraction": lambda r: (gaps(r), occasion(r)),
    "bot.rules.reserves.slippage_reserve_r": lambda r: (
        r.normal(0.02, 0.1, int(r.integers(0, 60))),
        0.1,
        slippage(r),
    ),
    "bot.rules.reserves.reserve_money": lambda r: (
        side(r),
        r.uniform(0.0, 500.0),
        lots(r),
        spec(r),
        reserve_terms(r),
    ),
    "bot.rules.reserves.worst_case": lambda r: (exposure(r), spec(r), reserve_terms(r)),
    "bot.rules.guard.relief_lots": place,
    "bot.rules.guard.relief_of": lambda r: (lots(r), *place(r)[1:]),
    "bot.rules.guard.next_relief": lambda r: _next(r, items(r)),
    "bot.rules.guard.plan_relief": lambda r: (r.uniform(-10.0, 1_500.0), items(r)),
    "bot.rules.loss_ladders.emergency": lambda r: (
        day(r),
        account(r),
        ladders(r),
        BRAKES,
        rules(r),
    ),
    "bot.rules.loss_ladders.total_rung_money": lambda r: (day(r), r.uniform(), BRAKES, rules(r)),
    "bot.rules.loss_ladders.total_loss_factor": lambda r: (
        day(r),
        account(r),
        ladders(r),
        rules(r),
    ),
    "bot.rules.reset_night.reset_outlook": lambda r: (
        day(r),
        account(r),
        r.uniform(4_000.0, 200_000.0),
        r.uniform(0.0, 500.0),
        rules(r),
    ),
    "bot.rules.reset_night.reset_finding": lambda r: (
        outlook(r),
        r.uniform(0.0, 500.0),
        r.uniform(0.0, 4_000.0),
        1_800.0,
    ),
}


def _next(rng: Generator, found: GuardItems) -> tuple[float, int, GuardItems, np.ndarray]:
    plan = np.where(rng.random(len(found.lots)) < 0.3, found.lots, 0.0)
    return rng.uniform(0.0, 500.0), int(rng.integers(0, 2)), found, plan
