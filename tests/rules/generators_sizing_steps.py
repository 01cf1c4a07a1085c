"""Random valid arguments for the rules of the sizing pipeline's steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from generators_entry import one_of, side, spec
from generators_sizing import account, base, brake, demand, factors, limit, points, risk_settings

from bot.model.reserves import FirmCaps
from bot.model.settings import AdmissionSettings
from bot.model.sizing import (
    BudgetFacts,
    BudgetSettings,
    ConfidenceSettings,
    DayTally,
    DrawdownSettings,
    Leverage,
    SizeLimit,
    SizingFacts,
    SizingSettings,
    WinFacts,
    WinRateSettings,
)
from bot.model.trade import Book

Generator = np.random.Generator


def book(rng: Generator) -> Book:
    risks = [float(x) for x in rng.uniform(0.0, 1_500.0, 3)]
    counts = [int(x) for x in rng.integers(0, 5, 5)]
    return Book(*risks, *counts, rng.uniform(0.0, 300.0), rng.uniform(0.0, 5.0))


def admission(rng: Generator) -> AdmissionSettings:
    firm = FirmCaps(*(one_of(rng, 0.01, 0.05, np.inf) for _ in range(5)))
    return AdmissionSettings(risk_settings(rng), firm, one_of(rng, 0.01, 0.05))


def tally(rng: Generator) -> DayTally:
    return DayTally(one_of(rng, 0.0, 60.0, 300.0), int(rng.integers(0, 4)))


def budget_facts(rng: Generator) -> BudgetFacts:
    open_money = one_of(rng, 0.0, 80.0, 500.0, np.inf)
    return BudgetFacts(
        rng.uniform(5_000.0, 200_000.0), open_money, int(rng.integers(0, 5)), tally(rng)
    )


def budget_settings(rng: Generator) -> BudgetSettings:
    return BudgetSettings(one_of(rng, 0.01, 0.02), 0.003, 0.01, int(rng.integers(1, 5)), 2)


def win_facts(rng: Generator) -> WinFacts:
    trades = int(rng.integers(0, 31))
    wins = int(rng.integers(0, trades + 1))
    return WinFacts(trades, wins, int(rng.integers(0, trades - wins + 1)))


def win_settings(rng: Generator) -> WinRateSettings:
    prior = (one_of(rng, 0.4, 0.5), one_of(rng, 0.0, 20.0))
    return WinRateSettings(30, int(rng.integers(0, 12)), *prior, 0.45, 0.55, 0.65, 0.5, 1.2, 1.5)


def drawdown_settings(rng: Generator) -> DrawdownSettings:
    return DrawdownSettings(0.02, one_of(rng, 0.03, 0.06), one_of(rng, 0.25, 0.5))


CONFIDENCE = ConfidenceSettings(0.70, 0.85, 0.3, 1.5)


def score(rng: Generator) -> float:
    return one_of(rng, 0.0, 0.69, 0.7, 0.84, 0.85, 1.0, np.nan)


def settings(rng: Generator) -> SizingSettings:
    mode = int(rng.integers(0, 4))
    steps = (drawdown_settings(rng), budget_settings(rng), win_settings(rng), CONFIDENCE)
    return SizingSettings(mode, 1.0, 10.0, *steps)


def facts(rng: Generator) -> SizingFacts:
    return SizingFacts(score(rng), budget_facts(rng), win_facts(rng))


GENERATORS: dict[str, Callable[[Generator], tuple[object, ...]]] = {
    "bot.rules.sizing_factors.confluence_factor": lambda r: (points(r), risk_settings(r)),
    "bot.rules.sizing_factors.brake_factor": lambda r: (brake(r), risk_settings(r)),
    "bot.rules.sizing_factors.drawdown_fraction": lambda r: (
        r.uniform(15_000.0, 25_000.0),
        one_of(r, 0.0, 20_000.0, 24_000.0),
    ),
    "bot.rules.sizing_factors.drawdown_factor": lambda r: (
        one_of(r, 0.0, 0.02, 0.04, 0.08, np.nan),
        drawdown_settings(r),
    ),
    "bot.rules.sizing_factors.only_reducing": lambda r: (one_of(r, -1.0, 0.5, 2.0, np.nan),),
    "bot.rules.sizing_factors.loss_factor": lambda r: (factors(r),),
    "bot.rules.sizing_factors.reduction": lambda r: (factors(r),),
    "bot.rules.sizing_limits.least": lambda r: (
        one_of(r, 1.0, 2.0, np.nan),
        one_of(r, 1.5, np.nan),
    ),
    "bot.rules.sizing_limits.tighter": lambda r: (limit(r), one_of(r, 20.0, 90.0, np.nan), 4),
    "bot.rules.sizing_limits.room_at_stop": lambda r: (
        r.uniform(-100.0, 2_000.0),
        r.uniform(1.0, 5_000.0),
        r.uniform(0.0, 500.0),
    ),
    "bot.rules.sizing_limits.limit_by_rooms": lambda r: (
        limit(r),
        r.uniform(1.0, 5_000.0),
        side(r),
        demand(r),
        spec(r),
    ),
    "bot.rules.sizing_limits.margin_money_per_lot": lambda r: (
        r.uniform(100.0, 200_000.0),
        one_of(r, 2.0, 100.0, np.inf),
        spec(r),
    ),
    "bot.rules.sizing_limits.limit_by_volume": lambda r: (
        limit(r),
        r.uniform(1.0, 5_000.0),
        demand(r),
        spec(r),
    ),
    "bot.rules.sizing_limits.limit_refusal": lambda r: (int(r.integers(0, len(SizeLimit))),),
    "bot.rules.order_caps.firm_risk_room_money": lambda r: (book(r), 20_000.0, admission(r)),
    "bot.rules.order_caps.margin_room_money": lambda r: (account(r), admission(r)),
    "bot.rules.order_caps.order_caps": lambda r: (
        account(r),
        book(r),
        20_000.0,
        admission(r),
        Leverage(10.0, one_of(r, 2.0, np.inf)),
    ),
    "bot.rules.sizing_modes.granted": lambda r: (r.uniform(0.0, 0.02), int(r.integers(0, 14))),
    "bot.rules.sizing_modes.not_granted": lambda r: (43, r.uniform(0.0, 9.0), r.uniform(0.0, 9.0)),
    "bot.rules.sizing_modes.tally_after": lambda r: (
        tally(r),
        one_of(r, -150.0, -20.0, 0.0, 90.0),
        one_of(r, 0.0, 100.0),
    ),
    "bot.rules.sizing_modes.budget_money": lambda r: (budget_facts(r), budget_settings(r)),
    "bot.rules.sizing_modes.budget_left_money": lambda r: (budget_facts(r), budget_settings(r)),
    "bot.rules.sizing_modes.budget_closed": lambda r: (budget_facts(r), 60.0, budget_settings(r)),
    "bot.rules.sizing_modes.daily_budget_risk": lambda r: (
        one_of(r, -1.0, 0.0, 20_000.0, 100_000.0),
        budget_facts(r),
        budget_settings(r),
    ),
    "bot.rules.sizing_modes.shrunk_win_fraction": lambda r: (win_facts(r), win_settings(r)),
    "bot.rules.sizing_modes.win_rate_step": lambda r: (win_facts(r), win_settings(r)),
    "bot.rules.sizing_modes.win_rate_risk": lambda r: (0.006, win_facts(r), win_settings(r)),
    "bot.rules.sizing_modes.confidence_risk": lambda r: (0.006, score(r), CONFIDENCE),
    "bot.rules.sizing_modes.is_score_counted": lambda r: (base(r),),
    "bot.rules.sizing_modes.base_risk": lambda r: (
        one_of(r, 0.0, 20_000.0),
        facts(r),
        risk_settings(r),
        settings(r),
    ),
}
