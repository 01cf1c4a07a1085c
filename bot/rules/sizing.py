"""Lots from money: what a trade may cost, and the volume whose loss stays within it."""

from __future__ import annotations

import math

from bot.model.account import Account
from bot.model.decision import Brake, Lots, Refusal
from bot.model.market import SymbolSpec
from bot.model.settings import RiskSettings
from bot.model.trade import Plan, SizeDemand
from bot.rules._rule import rule

RISK_HARD_CEILING_BALANCE_FRACTION = 0.02
"""No parameter file can risk more of the balance on one trade."""

FLOOR_CLEARANCE_MONEY = 0.01
"""A touched floor is a breach, so sizing leaves one cent above it."""

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
def least(first: float, second: float) -> float:
    """The smaller of two, NaN if either is: a limit that is not known must not fall away."""
    if math.isnan(first) or first <= second:
        return first
    return second


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
def night_money(side: int, lots: float, spec: SymbolSpec) -> float:
    """What one night may cost in swap, as a positive amount; a credit is not counted."""
    if side > 0:
        return max(0.0, -spec.swap_long_money_per_lot_night * lots)
    return max(0.0, -spec.swap_short_money_per_lot_night * lots)


@rule
def reserve_money(
    side: int, risk_money: float, lots: float, spec: SymbolSpec, s: RiskSettings
) -> float:
    """What the worst case adds to the loss at the stop: slippage in R, and the coming night."""
    return risk_money * s.slippage_reserve_r + night_money(side, lots, spec)


@rule
def confluence_factor(points: float, s: RiskSettings) -> float:
    """Risk multiple of a setup's score: a step per point from the base, within its bounds."""
    factor = 1.0 + s.confluence_step_fraction * (points - s.confluence_points_base)
    return min(max(factor, s.confluence_factor_min), s.confluence_factor_max)


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
def risk_ceiling_money(account: Account, s: RiskSettings) -> float:
    """The most one trade may risk, whatever its factors say; the code's own ceiling included."""
    fraction = min(s.risk_ceiling_balance_fraction, RISK_HARD_CEILING_BALANCE_FRACTION)
    return fraction * account.balance_money


@rule
def intended_risk_money(account: Account, points: float, brake: int, s: RiskSettings) -> float:
    """What the risk rule grants a trade: base x confluence x brake of the balance, capped."""
    fraction = s.risk_per_trade_balance_fraction * confluence_factor(points, s)
    money = fraction * brake_factor(brake, s) * account.balance_money
    return min(money, risk_ceiling_money(account, s))


@rule
def floors_room_as_risk_money(
    loss_per_lot_money: float, side: int, demand: SizeDemand, spec: SymbolSpec, s: RiskSettings
) -> float:
    """Loss at the stop that fits the nearer floor once its reserves are added."""
    room = least(demand.daily_room_money, demand.total_room_money) - FLOOR_CLEARANCE_MONEY
    worst_per_lot = loss_per_lot_money + reserve_money(side, loss_per_lot_money, 1.0, spec, s)
    return room * loss_per_lot_money / worst_per_lot


@rule
def no_lots_refusal(risk_lots: float, demand: SizeDemand, floors_room_money: float) -> int:
    """Which limit left no tradable volume (`Refusal`); `risk_lots` is what the risk rule gave."""
    if risk_lots <= 0.0:
        return Refusal.LOTS_BELOW_MINIMUM.value
    if demand.cumulative_room_money <= floors_room_money:
        return Refusal.CUMULATIVE_RISK.value
    if demand.daily_room_money <= demand.total_room_money:
        return Refusal.DAILY_FLOOR_AT_RISK.value
    return Refusal.TOTAL_FLOOR_AT_RISK.value


@rule
def size_order(
    account: Account, plan: Plan, demand: SizeDemand, spec: SymbolSpec, s: RiskSettings
) -> Lots:
    """Lots for a plan that fills at `demand.fill_price` now, with every factor that led there.

    The smallest of risk rule, ceiling, room to each floor and room under the cumulative cap binds;
    lots are floored to the step. 0 lots carry the `Refusal` that explains them.
    """
    base = s.risk_per_trade_balance_fraction
    factor = confluence_factor(demand.points, s)
    braked = brake_factor(demand.brake, s)
    if braked <= 0.0:
        return Lots(0.0, 0.0, base, factor, braked, 0.0, Refusal.HALTED.value)
    distance_price = plan.side * (demand.fill_price - plan.stop_price)
    if not (distance_price > 0.0 and plan.stop_price > 0.0):
        return Lots(0.0, 0.0, base, factor, braked, 0.0, Refusal.STOP_ON_WRONG_SIDE.value)
    loss_per_lot = loss_money_per_lot(distance_price, spec)
    floors_room = floors_room_as_risk_money(loss_per_lot, plan.side, demand, spec, s)
    room = least(demand.cumulative_room_money, floors_room)
    risk_money = intended_risk_money(account, demand.points, demand.brake, s)
    lots = lots_for_risk(least(risk_money, room), distance_price, spec)
    if lots <= 0.0:
        risk_lots = lots_for_risk(risk_money, distance_price, spec)
        refusal = no_lots_refusal(risk_lots, demand, floors_room)
        return Lots(0.0, 0.0, base, factor, braked, room, refusal)
    return Lots(lots, lots * loss_per_lot, base, factor, braked, room, Refusal.NONE.value)


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
