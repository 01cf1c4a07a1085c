"""Lots from money: what a trade may cost, and the volume whose loss stays within it.

`size_order` is the pipeline: base risk of the mode x score x brake x reductions, then the tightest
limit, then lots on the grid. Each step is in its answer.
"""

from __future__ import annotations

import math

from bot.model.account import Account
from bot.model.decision import Refusal
from bot.model.market import SymbolSpec
from bot.model.settings import RiskSettings
from bot.model.sizing import Limit, Lots, SizeLimit
from bot.model.trade import Plan, SizeDemand
from bot.rules._rule import rule
from bot.rules.sizing_factors import brake_factor, confluence_factor, loss_factor, reduction
from bot.rules.sizing_limits import limit_by_rooms, limit_by_volume, limit_refusal, tighter
from bot.rules.sizing_modes import is_score_counted

RISK_HARD_CEILING_BALANCE_FRACTION = 0.02
"""No parameter file can risk more of the balance on one trade."""

_LOTS_CEILING = 1e7  # beyond any contract; keeps the integer arithmetic below exact
_LOTS_GRID_PER_LOT = 1e8  # volumes are decimals of at most eight places
_STEPS_NOISE = 1e-9  # 0.1 + 0.2 is three steps of 0.1, not two


@rule
def floor_to_step(lots: float, step: float) -> float:
    """Largest multiple of `step` not above `lots`, as the double nearest to its decimal.

    Never rounds up, binary noise aside (a billionth of a step). What is no volume at all (NaN,
    infinite, negative, no step) is 0.
    """
    if not (0.0 < lots < _LOTS_CEILING and step * _LOTS_GRID_PER_LOT >= 1.0):
        return 0.0
    steps_count = math.floor(lots / step * (1.0 + 1e-12) + _STEPS_NOISE)
    return math.floor(steps_count * step * _LOTS_GRID_PER_LOT + 0.5) / _LOTS_GRID_PER_LOT


@rule
def loss_money_per_lot(stop_distance_price: float, spec: SymbolSpec) -> float:
    """What one lot loses over this distance, round-trip commission included."""
    return stop_distance_price * spec.loss_money_per_price_per_lot + spec.commission_money_per_lot


@rule
def lots_for_risk(risk_money: float, stop_distance_price: float, spec: SymbolSpec) -> float:
    """Largest tradable volume whose loss at the stop stays within `risk_money`.

    0 below the smallest volume (rounding up would risk more than was granted), and without a
    distance or a value per price.
    """
    if not (risk_money > 0.0 and stop_distance_price > 0.0):
        return 0.0
    if not spec.loss_money_per_price_per_lot > 0.0:
        return 0.0
    wanted_lots = risk_money / loss_money_per_lot(stop_distance_price, spec)
    lots = floor_to_step(min(wanted_lots, spec.lots_max), spec.lots_step)
    if lots < spec.lots_min - _STEPS_NOISE * spec.lots_step:
        return 0.0
    return lots


@rule
def money_at_stop(
    side: int, from_price: float, stop_price: float, lots: float, spec: SymbolSpec
) -> float:
    """Loss if `lots` go from `from_price` to the stop, at the dearer conversion, costs aside.

    0 when the stop lies on the winning side; infinite without a stop, for nothing bounds it.
    """
    if not stop_price > 0.0:
        return math.inf
    return max(0.0, side * (from_price - stop_price)) * lots * spec.loss_money_per_price_per_lot


@rule
def risk_ceiling_money(account: Account, s: RiskSettings) -> float:
    """The most one trade may risk, whatever its factors say; the code's own ceiling included."""
    fraction = min(s.risk_ceiling_balance_fraction, RISK_HARD_CEILING_BALANCE_FRACTION)
    return fraction * account.balance_money


@rule
def standing_refusal(plan: Plan, braked: float, demand: SizeDemand) -> int:
    """What speaks against any size at all (`Refusal`): the mode, a halt, the pass, the stop."""
    if demand.base.refusal != Refusal.NONE.value:
        return demand.base.refusal
    if braked <= 0.0 or loss_factor(demand.factors) <= 0.0:
        return Refusal.HALTED.value
    if not demand.factors.coast > 0.0:
        return Refusal.PROFIT_PROTECTED.value
    distance_price = plan.side * (demand.fill_price - plan.stop_price)
    if not (distance_price > 0.0 and plan.stop_price > 0.0 and demand.fill_price > 0.0):
        return Refusal.STOP_ON_WRONG_SIDE.value
    return Refusal.NONE.value


@rule
def score_factor(demand: SizeDemand, s: RiskSettings) -> float:
    """The confluence factor, or 1 where the mode has counted the score already."""
    if is_score_counted(demand.base):
        return 1.0
    return confluence_factor(demand.points, s)


@rule
def size_limit(
    limit: Limit, distance_price: float, side: int, demand: SizeDemand, spec: SymbolSpec
) -> Limit:
    """`limit`, or the tightest room or cap; a contract without a value per price allows nothing."""
    if not spec.loss_money_per_price_per_lot > 0.0:
        return Limit(0.0, SizeLimit.CONTRACT_LOTS.value)
    loss_money = loss_money_per_lot(distance_price, spec)
    limit = limit_by_rooms(limit, loss_money, side, demand, spec)
    return limit_by_volume(limit, loss_money, demand, spec)


@rule
def size_order(
    account: Account, plan: Plan, demand: SizeDemand, spec: SymbolSpec, s: RiskSettings
) -> Lots:
    """Lots for a plan that fills at `demand.fill_price` now, with every step that led there.

    Base risk of the mode x score x brake x reductions, then the tightest of the ceilings, the room
    to each floor and under the cumulative cap, margin, leverage and volume; lots are floored to
    the step. 0 lots carry the `Refusal` that explains them.
    """
    base, factors = demand.base, demand.factors
    scored, braked = score_factor(demand, s), brake_factor(demand.brake, s)
    granted_money = base.balance_fraction * account.balance_money
    wanted_money = granted_money * scored * braked * reduction(factors)
    limit = Limit(wanted_money, SizeLimit.RISK.value)
    limit = tighter(limit, risk_ceiling_money(account, s), SizeLimit.CEILING.value)
    lots, risk_money = 0.0, 0.0
    value, allowed = base.value, base.limit
    refusal = standing_refusal(plan, braked, demand)
    if refusal == Refusal.NONE.value:
        distance_price = plan.side * (demand.fill_price - plan.stop_price)
        limit = size_limit(limit, distance_price, plan.side, demand, spec)
        lots = lots_for_risk(limit.money, distance_price, spec)
        risk_money = lots * loss_money_per_lot(distance_price, spec)
        if lots <= 0.0:
            refusal = limit_refusal(limit.step)
            value = spec.lots_min * loss_money_per_lot(distance_price, spec)
            allowed = limit.money
    return Lots(
        lots,
        risk_money,
        base,
        scored,
        braked,
        factors,
        wanted_money,
        limit,
        refusal,
        value,
        allowed,
    )


@rule
def keep_right(order_lots: float, wanted_lots: float, spec: SymbolSpec) -> bool:
    """Whether a resting order must be replaced: the size for now differs by a step or more."""
    return abs(wanted_lots - order_lots) >= spec.lots_step * (1.0 - 1e-6)


@rule
def fill_excess_lots(
    filled_lots: float, wanted_lots: float, spec: SymbolSpec, s: RiskSettings
) -> float:
    """Volume to close after a fill that is larger than the size for the balance at that moment.

    0 while the excess is under `fill_excess_steps_max` steps. What is closed is tradable and what
    stays is tradable or nothing: where the grid has no such split, everything is closed.
    """
    excess_lots = filled_lots - max(0.0, wanted_lots)
    if not excess_lots >= s.fill_excess_steps_max * spec.lots_step * (1.0 - 1e-6):
        return 0.0
    close_lots = max(floor_to_step(excess_lots, spec.lots_step), spec.lots_min)
    if filled_lots - close_lots < spec.lots_min - _STEPS_NOISE:
        return filled_lots
    return close_lots
