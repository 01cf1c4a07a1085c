"""What scales the base risk of a trade: its score, the day's brake, and the losses so far."""

from __future__ import annotations

from bot.model.decision import Brake
from bot.model.settings import RiskSettings
from bot.model.sizing import DrawdownSettings, RiskFactors
from bot.rules._rule import rule


@rule
def confluence_factor(points: float, s: RiskSettings) -> float:
    """Risk multiple of a setup's score: a step per point from the base, within its bounds.

    A score that is not a number has the least.
    """
    factor = 1.0 + s.confluence_step_fraction * (points - s.confluence_points_base)
    if not factor >= s.confluence_factor_min:
        return s.confluence_factor_min
    return min(factor, s.confluence_factor_max)


@rule
def brake_factor(brake: int, s: RiskSettings) -> float:
    """What the day's brake leaves of the base risk: all, the reduced share, or nothing."""
    if brake >= Brake.FLATTEN.value:
        return 0.0
    if brake < Brake.REDUCE.value:
        return 1.0
    if not s.risk_per_trade_balance_fraction > 0.0:
        return 1.0
    return min(1.0, s.risk_reduced_balance_fraction / s.risk_per_trade_balance_fraction)


@rule
def drawdown_fraction(closed_money: float, peak_money: float) -> float:
    """How far the closed balance stands below its peak, as a share of the peak; 0 above it."""
    if not peak_money > 0.0:
        return 0.0
    return max(0.0, (peak_money - closed_money) / peak_money)


@rule
def drawdown_factor(fall_fraction: float, s: DrawdownSettings) -> float:
    """What a drawdown leaves of the risk: all at `start`, `least` from `full`, evenly between.

    A drawdown that is not a number leaves the least.
    """
    if fall_fraction <= s.start_fraction:
        return 1.0
    if not fall_fraction < s.full_fraction:
        return s.least_factor
    way = (fall_fraction - s.start_fraction) / (s.full_fraction - s.start_fraction)
    return 1.0 - way * (1.0 - s.least_factor)


@rule
def only_reducing(factor: float) -> float:
    """A factor from elsewhere, within 0 and 1; what is not a number leaves nothing."""
    if not factor > 0.0:
        return 0.0
    return min(factor, 1.0)


@rule
def loss_factor(factors: RiskFactors) -> float:
    """The harder of drawdown and total-loss ladder: one loss is not counted twice."""
    return min(only_reducing(factors.drawdown), only_reducing(factors.total_loss))


@rule
def reduction(factors: RiskFactors) -> float:
    """What losses, coasting and a fresh start leave of the risk together, 0 to 1."""
    return loss_factor(factors) * only_reducing(factors.coast) * only_reducing(factors.start)
