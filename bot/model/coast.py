"""Near the pass: what is risked once the target is reached or close, and what profit is locked."""

from __future__ import annotations

from typing import NamedTuple

from bot.model.numbered import Numbered


class TargetPolicy(Numbered):
    """What happens once closed profit meets the target while profitable days are missing."""

    STOP = 0
    COAST = 1
    TRADE_ON = 2


class CoastStage(Numbered):
    """How near the pass is: far, days done and the target near, or the target reached."""

    FREE = 0
    NEAR = 1
    REACHED = 2


class CoastSettings(NamedTuple):
    """How the pass is protected; fractions name what they are a share of.

    NEAR: a trade risks at most `loss_profit_fraction_max` of the closed profit. A lock of 0 is off;
    it keeps `lock_profit_fraction` of the best closed profit once that was `lock_from_…`.
    """

    policy: int
    risk_balance_fraction: float
    near_initial_fraction: float
    loss_profit_fraction_max: float
    lock_from_initial_fraction: float
    lock_profit_fraction: float


class CoastRisk(NamedTuple):
    """What trades may risk when nothing coasts: the base risk, and the most that may be granted."""

    usual_money: float
    most_money: float


class ClosedProfit(NamedTuple):
    """Closed balances: the phase's initial one, the best since, and what was paid in (+) or out."""

    initial_balance_money: float
    best_balance_money: float
    cash_money: float
