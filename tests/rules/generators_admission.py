"""Random valid arguments for the admission rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from generators_entry import one_of, side
from generators_sizing import account, lots, risk_settings

from bot.model.account import Account, Floors
from bot.model.settings import RiskSettings
from bot.model.trade import Book, Candidate

Generator = np.random.Generator


def book(rng: Generator) -> Book:
    risks = [float(x) for x in rng.uniform(0.0, 1_500.0, 3)]
    counts = [int(x) for x in rng.integers(0, 5, 3)]
    return Book(*risks, *counts, int(rng.random() < 0.1), int(rng.integers(0, 8)))


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
    "bot.rules.admission.check_floors": ask,
    "bot.rules.admission.check_money": ask,
    "bot.rules.admission.admit": ask,
}
