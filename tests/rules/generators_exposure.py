"""Random valid arguments for the rules of exposure, correlation, conduct and coasting."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from generators_challenge import progress, rules
from generators_entry import one_of, side, spec
from generators_sizing import lots, risk_settings
from generators_sizing_steps import settings as sizing_settings

from bot.model.coast import ClosedProfit, CoastRisk, CoastSettings
from bot.model.conduct import ConductSettings, EntryTimes, Requests
from bot.model.exposure import (
    CorrelationSettings,
    ExposureSettings,
    MarginFacts,
    NightPlan,
    Returns,
    SizedEntry,
)

Generator = np.random.Generator


def correlation(rng: Generator) -> CorrelationSettings:
    return CorrelationSettings(60, int(rng.integers(0, 20)), one_of(rng, 0.3, 0.7, 1.0))


def exposure(rng: Generator) -> ExposureSettings:
    return ExposureSettings(
        currency_max_r=rng.uniform(0.5, 6.0),
        group_cap_fraction=rng.uniform(0.1, 1.0),
        one_side_cap_fraction=rng.uniform(0.1, 1.0),
        stop_out_buffer_equity_fraction=rng.uniform(0.05, 0.9),
        swap_max_r=rng.uniform(0.01, 0.5),
        hold_nights_count=int(rng.integers(1, 20)),
        correlation=correlation(rng),
    )


def amount(rng: Generator) -> float:
    return one_of(rng, 0.0, rng.uniform(0.0, 800.0), np.nan, np.inf)


def margin(rng: Generator) -> MarginFacts:
    equity = one_of(rng, 0.0, 20_000.0, np.nan)
    bound = one_of(rng, 0.0, 3_000.0, 19_000.0, np.inf)
    return MarginFacts(equity, bound, rng.uniform(0.0, 20_000.0), one_of(rng, 0.0, 0.5, 1.0))


def nights(rng: Generator) -> NightPlan:
    weekday, triple = (int(x) for x in rng.integers(0, 7, 2))
    return NightPlan(weekday, int(rng.integers(0, 20)), triple, int(one_of(rng, 5, 7)))


def entry(rng: Generator) -> SizedEntry:
    return SizedEntry(side(rng), lots(rng), amount(rng), spec(rng))


def signed(rng: Generator) -> np.ndarray:
    return rng.normal(0.0, 1.5, int(rng.integers(0, 9)))


def returns(rng: Generator) -> Returns:
    count, days = int(rng.integers(1, 9)), int(rng.integers(1, 40))
    common = rng.normal(0.0, 0.01, days)
    values = rng.normal(0.0, 0.006, (count, days)) + np.outer(rng.uniform(-1, 1, count), common)
    values[rng.random((count, days)) < 0.1] = np.nan
    return Returns(values, rng.integers(0, 3, count))


def alike(rng: Generator) -> np.ndarray:
    count = int(rng.integers(1, 9))
    found = np.round(rng.uniform(0.0, 1.0, (count, count)), 1)
    found = np.triu(found, 1)
    return np.asarray(found + found.T + np.eye(count))


def links(rng: Generator) -> tuple[np.ndarray, int, int]:
    found = alike(rng)
    while len(found) < 2:
        found = alike(rng)
    first, second = sorted(int(x) for x in rng.choice(len(found), 2, replace=False))
    return np.triu(found, 1), first, second


def conduct(rng: Generator) -> ConductSettings:
    gap = one_of(rng, 0.0, 30.0)
    return ConductSettings(gap, 300.0, 10.0, 900.0, 60.0, 2.0, int(rng.integers(3, 20)), 5)


def fractions(rng: Generator) -> np.ndarray:
    return rng.uniform(0.0, 0.02, int(rng.integers(0, 40)))


def coast(rng: Generator) -> CoastSettings:
    return CoastSettings(
        int(rng.integers(0, 3)), 0.002, one_of(rng, 0.0, 0.01, 0.05), 0.1, 0.05, one_of(rng, 0, 0.5)
    )


def coast_risk(rng: Generator) -> CoastRisk:
    usual = one_of(rng, 0.0, 120.0)
    return CoastRisk(usual, usual * 1.5)


def money(rng: Generator) -> float:
    return float(rng.uniform(15_000.0, 25_000.0))


GENERATORS: dict[str, Callable[[Generator], tuple[object, ...]]] = {
    "bot.rules.exposure.capped": lambda r: (35, amount(r), amount(r)),
    "bot.rules.exposure.bucket_r": lambda r: (signed(r), signed(r), side(r)),
    "bot.rules.exposure.currency_finding": lambda r: (
        one_of(r, r.uniform(-3.0, 4.0), np.nan, np.inf),
        r.uniform(0.0, 2.0),
        exposure(r),
    ),
    "bot.rules.exposure.group_finding": lambda r: (amount(r), amount(r), 1_000.0, exposure(r)),
    "bot.rules.exposure.one_side_finding": lambda r: (amount(r), amount(r), 1_000.0, exposure(r)),
    "bot.rules.exposure.margin_level_finding": lambda r: (margin(r), one_of(r, 0.0, 0.25)),
    "bot.rules.exposure.stop_out_finding": lambda r: (margin(r), exposure(r)),
    "bot.rules.exposure.charged_nights": lambda r: (nights(r),),
    "bot.rules.exposure.swap_finding": lambda r: (entry(r), nights(r), exposure(r)),
    "bot.rules.correlation.log_returns": lambda r: (r.uniform(1.0, 2.0, (3, 9)),),
    "bot.rules.correlation.mean_of": lambda r: (r.normal(0.0, 1.0, 12),),
    "bot.rules.correlation.pair_correlation": lambda r: (
        r.normal(0.0, 1.0, 12),
        one_of_arrays(r),
        int(r.integers(0, 14)),
    ),
    "bot.rules.correlation.likeness": lambda r: (returns(r), correlation(r)),
    "bot.rules.correlation.groups_of": lambda r: (alike(r), correlation(r)),
    "bot.rules.correlation.joined": links,
    "bot.rules.conduct.spacing_finding": lambda r: (
        EntryTimes(one_of(r, 0.0, 10.0, 40.0, np.inf), one_of(r, 100.0, 900.0, np.inf)),
        conduct(r),
    ),
    "bot.rules.conduct.stop_edit_is_due": lambda r: (
        one_of(r, 0.0, 20.0, 2_000.0, np.inf),
        Requests(int(r.integers(0, 600)), 300),
        conduct(r),
    ),
    "bot.rules.conduct.exit_must_wait": lambda r: (
        r.uniform(-100.0, 200.0),
        int(r.integers(0, 14)),
        conduct(r),
    ),
    "bot.rules.conduct.usual_risk_fraction": lambda r: (fractions(r), conduct(r)),
    "bot.rules.conduct.size_cap_fraction": lambda r: (fractions(r), conduct(r)),
    "bot.rules.coast.target_way_money": lambda r: (progress(r), rules(r)),
    "bot.rules.coast.coast_stage": lambda r: (progress(r), rules(r), coast(r)),
    "bot.rules.coast.coast_risk": lambda r: (money(r), risk_settings(r), sizing_settings(r)),
    "bot.rules.coast.coast_factor": lambda r: (
        int(r.integers(0, 3)),
        r.uniform(-500.0, 2_000.0),
        money(r),
        coast_risk(r),
        coast(r),
    ),
    "bot.rules.coast.left_of": lambda r: (amount(r), amount(r)),
    "bot.rules.coast.lock_floor_money": lambda r: (
        ClosedProfit(20_000.0, money(r), one_of(r, 0.0, -500.0)),
        coast(r),
    ),
    "bot.rules.coast.lock_finding": lambda r: (
        money(r),
        amount(r),
        one_of(r, -np.inf, 19_000.0, 20_500.0),
    ),
}


def one_of_arrays(rng: Generator) -> np.ndarray:
    """Independent, the same every day, or with days missing."""
    kind = int(rng.integers(0, 3))
    found = rng.normal(0.0, 1.0, 12) if kind != 1 else np.full(12, 0.5)
    if kind == 2:
        found[:4] = np.nan
    return found
