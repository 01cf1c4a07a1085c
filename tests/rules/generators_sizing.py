"""Random valid arguments for the sizing rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from generators_entry import one_of, plan, side, spec

from bot.model.account import Account
from bot.model.reserves import ReserveTerms
from bot.model.settings import RiskSettings
from bot.model.sizing import BaseReason, BaseRisk, Limit, RiskFactors, SizeCaps, SizeLimit
from bot.model.trade import SizeDemand

Generator = np.random.Generator


def account(rng: Generator) -> Account:
    balance = rng.uniform(5_000.0, 200_000.0)
    equity = balance * rng.uniform(0.9, 1.1)
    margin = equity * rng.uniform(0.0, 0.5)
    return Account(balance, equity, margin, equity - margin)


def risk_settings(rng: Generator) -> RiskSettings:
    return RiskSettings(
        risk_per_trade_balance_fraction=one_of(rng, 0.0, 0.003, 0.006, 0.03),
        risk_reduced_balance_fraction=one_of(rng, 0.002, 0.004),
        risk_ceiling_balance_fraction=one_of(rng, 0.01, 0.02, 0.5),
        confluence_points_base=4.0,
        confluence_step_fraction=0.15,
        confluence_factor_min=0.6,
        confluence_factor_max=1.5,
        cumulative_risk_equity_fraction_max=rng.uniform(0.01, 0.1),
        positions_max_count=int(rng.integers(1, 20)),
        entries_per_day_max_count=int(rng.integers(1, 10)),
        floor_reserve_initial_fraction=rng.uniform(0.0, 0.02),
        slippage_reserve_r=rng.uniform(0.0, 0.5),
        margin_free_equity_fraction_min=rng.uniform(0.0, 0.5),
        fill_excess_steps_max=one_of(rng, 1.0, 3.0),
    )


def points(rng: Generator) -> float:
    return float(rng.uniform(0.0, 9.0))


def brake(rng: Generator) -> int:
    return int(rng.integers(0, 4))


def lots(rng: Generator) -> float:
    return float(rng.integers(0, 300)) / 100


def reserve_terms(rng: Generator) -> ReserveTerms:
    return ReserveTerms(rng.uniform(0.0, 0.5), rng.uniform(0.0, 0.01), one_of(rng, 1.0, 3.0))


def base(rng: Generator) -> BaseRisk:
    reason = int(rng.integers(0, len(BaseReason)))
    refusal = int(one_of(rng, 0.0, 0.0, 0.0, 43.0))
    return BaseRisk(one_of(rng, 0.0, 0.003, 0.01, 0.05), reason, refusal, 60.0, 40.0)


def factors(rng: Generator) -> RiskFactors:
    return RiskFactors(*(one_of(rng, -1.0, 0.0, 0.5, 1.0, 1.0, 2.0, np.nan) for _ in range(4)))


def caps(rng: Generator) -> SizeCaps:
    return SizeCaps(*(one_of(rng, -5.0, 1.0, 50.0, np.nan, np.inf, np.inf) for _ in range(5)), 25.0)


def limit(rng: Generator) -> Limit:
    return Limit(one_of(rng, -1.0, 50.0, 500.0, np.nan), int(rng.integers(0, len(SizeLimit))))


def demand(rng: Generator) -> SizeDemand:
    rooms = [float(x) for x in rng.uniform(-200.0, 3_000.0, 3)]
    price = 1.1 + rng.uniform(-0.002, 0.002)
    return SizeDemand(
        price,
        points(rng),
        brake(rng),
        *rooms,
        reserve_terms(rng),
        base(rng),
        factors(rng),
        caps(rng),
    )


GENERATORS: dict[str, Callable[[Generator], tuple[object, ...]]] = {
    "bot.rules.sizing.floor_to_step": lambda r: (
        one_of(r, r.uniform(-1.0, 100.0), lots(r), np.nan, np.inf),
        one_of(r, 0.0, 0.001, 0.01, 0.1, 0.25, 1.0),
    ),
    "bot.rules.sizing.loss_money_per_lot": lambda r: (r.uniform(0.0, 0.1), spec(r)),
    "bot.rules.sizing.lots_for_risk": lambda r: (
        r.uniform(-10.0, 2_000.0),
        r.uniform(-0.001, 0.1),
        spec(r),
    ),
    "bot.rules.sizing.money_at_stop": lambda r: (
        side(r),
        r.uniform(1.0, 1.2),
        one_of(r, 0.0, 1.05, 1.15),
        lots(r),
        spec(r),
    ),
    "bot.rules.sizing.risk_ceiling_money": lambda r: (account(r), risk_settings(r)),
    "bot.rules.sizing.standing_refusal": lambda r: (plan(r), one_of(r, 0.0, 1.0), demand(r)),
    "bot.rules.sizing.score_factor": lambda r: (demand(r), risk_settings(r)),
    "bot.rules.sizing.size_limit": lambda r: (
        limit(r),
        r.uniform(0.001, 0.1),
        side(r),
        demand(r),
        spec(r),
    ),
    "bot.rules.sizing.size_order": lambda r: (
        account(r),
        plan(r),
        demand(r),
        spec(r),
        risk_settings(r),
    ),
    "bot.rules.sizing.keep_right": lambda r: (lots(r), lots(r), spec(r)),
    "bot.rules.sizing.fill_excess_lots": lambda r: (lots(r), lots(r), spec(r), risk_settings(r)),
}
