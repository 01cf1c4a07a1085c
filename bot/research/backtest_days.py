"""The firm's days of a walk, each with the floors it was held against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.backtest.engine import Walked
from bot.model.account import TradingDay
from bot.model.challenge import ChallengeRules, OverallKind
from bot.research.market import PreparedMarket
from bot.rules.challenge import floors

_CENTS = 100
_CYCLE_S = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class WalkFacts:
    """A walk and what it was walked with."""

    walked: Walked
    prepared: PreparedMarket
    rules: ChallengeRules
    currency: str


@dataclass(frozen=True, slots=True)
class DayPoint:
    """A day of the firm; floors are None where the preset has none or they move within days."""

    day: int
    balance_money: float
    equity_money: float
    lowest_equity_money: float
    gain_money: float
    daily_floor_money: float | None
    total_floor_money: float | None
    entries_count: int
    is_counted: bool


def days_of(facts: WalkFacts) -> tuple[DayPoint, ...]:
    """Every closed day, and the one the walk ended in as far as it had come.

    A day that only began with the last cycle is left out.
    """
    before = facts.rules.initial_balance_money
    found = []
    for row in [*facts.walked.days, *_running_day(facts)]:
        base, equity = float(row["base_money"]), float(row["equity_money"])
        daily, total = _floors(facts.rules, int(row["day"]), base)
        found.append(
            DayPoint(
                day=int(row["day"]),
                balance_money=float(row["balance_money"]),
                equity_money=equity,
                lowest_equity_money=float(row["lowest_equity_money"]),
                gain_money=round(equity - before, 2),
                daily_floor_money=daily,
                total_floor_money=total,
                entries_count=int(row["entries_count"]),
                is_counted=bool(row["is_counted"]),
            )
        )
        before = equity
    return tuple(found)


def days_lost_count(days: Sequence[DayPoint]) -> int:
    """Days between the first and the last that the walk had no room to keep."""
    return days[-1].day - days[0].day + 1 - len(days) if days else 0


def _running_day(facts: WalkFacts) -> list[dict[str, float]]:
    me = facts.walked.account
    if me.now_s - me.firm_day_start_s < _CYCLE_S and len(facts.walked.days):
        return []
    running = {
        "day": int(me.day),
        "base_money": float(me.base_money),
        "balance_money": int(me.balance_minor) / _CENTS,
        "equity_money": int(me.equity_minor) / _CENTS,
        "lowest_equity_money": float(me.lowest_equity_money),
        "entries_count": int(me.entries_count),
        "is_counted": False,
    }
    return [running]


def _floors(
    rules: ChallengeRules, day: int, base_money: float
) -> tuple[float | None, float | None]:
    """A floor that trails is not kept by the walk for each day, so that it is not drawn."""
    found = floors(TradingDay(day, base_money, base_money), rules)
    is_static = rules.overall.kind == OverallKind.STATIC.value
    total = found.total_money if is_static else -math.inf
    return _known(found.daily_money), _known(total)


def _known(floor_money: float) -> float | None:
    return floor_money if math.isfinite(floor_money) else None
