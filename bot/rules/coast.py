"""Coasting: near the pass risk only ever shrinks, and a floor of our own holds under the profit.

No rule here knows what a day has earned: nothing is sized up, entered or closed to make a day
profitable. Manufacturing days is a prohibited practice (PROP_RULES A7).
"""

from __future__ import annotations

import math

from bot.model.account import Progress
from bot.model.challenge import ChallengeRules, TargetOn
from bot.model.coast import ClosedProfit, CoastRisk, CoastSettings, CoastStage, TargetPolicy
from bot.model.decision import Finding, Refusal
from bot.model.settings import RiskSettings
from bot.model.sizing import SizingMode, SizingSettings
from bot.rules._rule import rule
from bot.rules.challenge_days import EPSILON_MONEY, days_done, is_target_reached


@rule
def target_way_money(progress: Progress, rules: ChallengeRules) -> float:
    """Profit still missing to the target; at or below 0 it is reached, inf without a target."""
    if not rules.target.profit_fraction > 0.0:
        return math.inf
    profit_money = progress.closed_profit_money
    if rules.target.target_on == TargetOn.EQUITY.value:
        profit_money = min(profit_money, progress.equity_profit_money)
    return rules.target.profit_fraction * rules.initial_balance_money - profit_money


@rule
def coast_stage(progress: Progress, rules: ChallengeRules, s: CoastSettings) -> int:
    """How near the pass is (`CoastStage`): NEAR needs the days done, REACHED only the target."""
    if is_target_reached(progress, rules):
        return CoastStage.REACHED.value
    near_money = s.near_initial_fraction * rules.initial_balance_money
    is_near = target_way_money(progress, rules) <= near_money + EPSILON_MONEY
    if near_money > 0.0 and is_near and days_done(progress, rules):
        return CoastStage.NEAR.value
    return CoastStage.FREE.value


@rule
def coast_risk(balance_money: float, risk: RiskSettings, sizing: SizingSettings) -> CoastRisk:
    """The base risk of the balance, and the most any score or mode may make of it."""
    usual = risk.risk_per_trade_balance_fraction
    most, scored = usual, risk.confluence_factor_max
    if sizing.mode == SizingMode.DAILY_BUDGET.value:
        most = sizing.budget.risk_balance_fraction_max
    elif sizing.mode == SizingMode.WIN_RATE.value:
        most = usual * max(1.0, sizing.win_rate.high_factor, sizing.win_rate.top_factor)
    elif sizing.mode == SizingMode.CONFIDENCE.value:
        most, scored = usual * max(1.0, sizing.confidence.high_factor), 1.0
    return CoastRisk(usual * balance_money, most * max(1.0, scored) * balance_money)


@rule
def coast_factor(
    stage: int, closed_profit_money: float, balance_money: float, risk: CoastRisk, s: CoastSettings
) -> float:
    """What coasting leaves of a trade's risk, 0 to 1; it never raises one.

    REACHED follows the policy: nothing, the coasting risk, or all. NEAR leaves so much that the
    largest trade cannot undo more than its share of the closed profit.
    """
    if stage == CoastStage.FREE.value:
        return 1.0
    if stage == CoastStage.NEAR.value:
        return left_of(s.loss_profit_fraction_max * closed_profit_money, risk.most_money)
    if s.policy == TargetPolicy.TRADE_ON.value:
        return 1.0
    if s.policy == TargetPolicy.COAST.value:
        return left_of(s.risk_balance_fraction * balance_money, risk.usual_money)
    return 0.0


@rule
def left_of(wanted_money: float, whole_money: float) -> float:
    """The share of the whole that is wanted, within 0 and 1; of nothing, or for NaN, nothing."""
    if not (wanted_money > 0.0 and whole_money > 0.0):
        return 0.0
    return min(1.0, wanted_money / whole_money)


@rule
def lock_floor_money(profit: ClosedProfit, s: CoastSettings) -> float:
    """The floor of our own under the best closed profit; minus infinity while none is locked."""
    best_profit_money = profit.best_balance_money - profit.initial_balance_money
    from_money = s.lock_from_initial_fraction * profit.initial_balance_money
    if not (s.lock_profit_fraction > 0.0 and best_profit_money > 0.0):
        return -math.inf
    if best_profit_money < from_money - EPSILON_MONEY:
        return -math.inf
    kept_money = s.lock_profit_fraction * best_profit_money
    return profit.initial_balance_money + kept_money + profit.cash_money


@rule
def lock_finding(worst_case_money: float, entry_worst_money: float, floor_money: float) -> Finding:
    """Whether the worst case, the entry included, stays above the locked profit (a touch: no)."""
    left_money = worst_case_money - entry_worst_money
    if floor_money == -math.inf or left_money > floor_money + EPSILON_MONEY:
        return Finding(Refusal.NONE.value, left_money, floor_money)
    return Finding(Refusal.PROFIT_PROTECTED.value, left_money, floor_money)
