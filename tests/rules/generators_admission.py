"""Random valid arguments for the admission rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from generators_entry import one_of, side
from generators_sizing import account, lots, risk_settings

from bot.model.account import Account, Floors
from bot.model.reserves import FirmCaps
from bot.model.settings import AdmissionSettings, RiskSettings
from bot.model.trade import Book, Candidate

Generator = np.random.Generator


def book(rng: Generator) -> Book:
    risks = [float(x) for x in rng.uniform(0.0, 1_500.0, 3)]
    counts = [int(x) for x in rng.integers(0, 5, 3)]
    tail = [rng.uniform(0.0, 300.0), rng.uniform(0.0, 5.0)]
    return Book(*risks, *counts, int(rng.random() < 0.1), int(rng.integers(0, 8)), *tail)


def limits(rng: Generator) -> Floors:
    initial = rng.uniform(5_000.0, 100_000.0)
    return Floors(initial * rng.uniform(0.85, 1.0), initial * 0.9, initial)


def candidate(rng: Generator) -> Candidate:
    direction = side(rng)
    return Candidate(
        side=direction,
        entry_price=1.1,
        stop_price=one_of(rng, 1.1 - direction * 0.01, 1.1 + direction * 0.01, 0.0),
        lots=lots(rng),
        risk_money=rng.uniform(0.0, 1_000.0),
        reserve_money=rng.uniform(0.0, 100.0),
        margin_money=rng.uniform(0.0, 20_000.0),
        spread_price=rng.uniform(0.0, 0.011),
    )


def ask(rng: Generator) -> tuple[Candidate, Book, Account, Floors, RiskSettings]:
    return candidate(rng), book(rng), account(rng), limits(rng), risk_settings(rng)


def firm_caps(rng: Generator) -> FirmCaps:
    return FirmCaps(
        open_risk_initial_fraction_max=one_of(rng, 0.02, 0.1, np.inf),
        trade_risk_initial_fraction_max=one_of(rng, 0.005, 0.02, np.inf),
        lots_max=one_of(rng, 3.0, 20.0, np.inf),
        positions_max_count=one_of(rng, 3.0, 20.0, np.inf),
        margin_equity_fraction_max=one_of(rng, 0.3, np.inf),
    )


def admission(rng: Generator) -> AdmissionSettings:
    return AdmissionSettings(risk_settings(rng), firm_caps(rng), one_of(rng, 0.01, 0.05))


def full_ask(rng: Generator) -> tuple[Candidate, Book, Account, Floors, AdmissionSettings]:
    return candidate(rng), book(rng), account(rng), limits(rng), admission(rng)


GENERATORS: dict[str, Callable[[Generator], tuple[object, ...]]] = {
    "bot.rules.admission.book_risk_money": lambda r: (book(r),),
    "bot.rules.admission.worst_case_equity": lambda r: (account(r), book(r)),
    "bot.rules.admission.floor_reserve_money": lambda r: (limits(r), risk_settings(r)),
    "bot.rules.admission.daily_room_money": lambda r: ask(r)[2:3] + ask(r)[1:2] + ask(r)[3:],
    "bot.rules.admission.total_room_money": lambda r: ask(r)[2:3] + ask(r)[1:2] + ask(r)[3:],
    "bot.rules.admission.cumulative_room_money": lambda r: (
        account(r),
        book(r),
        risk_settings(r),
    ),
    "bot.rules.admission.check_order": lambda r: (candidate(r), account(r), risk_settings(r)),
    "bot.rules.admission.check_caps": lambda r: (book(r), risk_settings(r)),
    "bot.rules.admission.check_intent": lambda r: (candidate(r), account(r), risk_settings(r)),
    "bot.rules.admission.live_count": lambda r: (book(r),),
    "bot.rules.admission.check_firm_counts": lambda r: (candidate(r), book(r), firm_caps(r)),
    "bot.rules.admission.check_firm_risk": lambda r: (
        candidate(r),
        book(r),
        r.uniform(5_000.0, 100_000.0),
        firm_caps(r),
    ),
    "bot.rules.admission.check_risk": lambda r: (
        candidate(r),
        book(r),
        account(r),
        admission(r),
    ),
    "bot.rules.admission.check_margin": lambda r: (candidate(r), account(r), admission(r)),
    "bot.rules.admission.check_floors": ask,
    "bot.rules.admission.check_money": full_ask,
    "bot.rules.admission.admit": full_ask,
}
