"""What limits the size of an order beyond its intended risk; the tightest binds and has a name."""

from __future__ import annotations

import math

from bot.model.decision import Refusal
from bot.model.market import SymbolSpec
from bot.model.sizing import Limit, SizeLimit
from bot.model.trade import SizeDemand
from bot.rules._rule import rule
from bot.rules.reserves import reserve_money

FLOOR_CLEARANCE_MONEY = 0.01
"""A touched floor is a breach, so sizing leaves one cent above it."""

_REFUSALS = (
    Refusal.LOTS_BELOW_MINIMUM.value,  # no limit but the grid itself
    Refusal.LOTS_BELOW_MINIMUM.value,
    Refusal.LOTS_BELOW_MINIMUM.value,
    Refusal.FIRM_OPEN_RISK_AT_CAP.value,
    Refusal.DAILY_FLOOR_AT_RISK.value,
    Refusal.TOTAL_FLOOR_AT_RISK.value,
    Refusal.CUMULATIVE_RISK.value,
    Refusal.SYMBOL_RISK_AT_CAP.value,
    Refusal.MARGIN_TOO_LOW.value,
    Refusal.LEVERAGE_AT_CAP.value,
    Refusal.FIRM_LOTS_AT_CAP.value,
    Refusal.LOTS_BELOW_MINIMUM.value,
    Refusal.SIZE_UNUSUAL.value,
)
"""By `SizeLimit`: what is said when its limit leaves less than the smallest volume."""


@rule
def least(first: float, second: float) -> float:
    """The smaller of two, NaN if either is: a limit that is not known must not fall away."""
    if math.isnan(first) or first <= second:
        return first
    return second


@rule
def tighter(limit: Limit, money: float, step: int) -> Limit:
    """The smaller of two limits, the earlier of equal ones; an unknown one stays and binds."""
    if math.isnan(limit.money) or limit.money <= money:
        return limit
    return Limit(money, step)


@rule
def room_at_stop(room_money: float, loss_money: float, reserve: float) -> float:
    """Loss at the stop that fits a room, when each `loss_money` needs a reserve besides."""
    return room_money * loss_money / (loss_money + reserve)


@rule
def limit_by_rooms(
    limit: Limit, loss_money: float, side: int, demand: SizeDemand, spec: SymbolSpec
) -> Limit:
    """`limit`, or a room for risk where that is tighter; `loss_money` is one lot's at the stop.

    The firm's caps and both floors pay the reserves too; the bot's own caps count the stop alone.
    """
    one, reserve = loss_money, reserve_money(side, loss_money, 1.0, spec, demand.reserves)
    daily_money = room_at_stop(demand.daily_room_money - FLOOR_CLEARANCE_MONEY, one, reserve)
    total_money = room_at_stop(demand.total_room_money - FLOOR_CLEARANCE_MONEY, one, reserve)
    firm_money = room_at_stop(demand.caps.firm_risk_money, one, reserve)
    limit = tighter(limit, firm_money, SizeLimit.FIRM_RISK.value)
    limit = tighter(limit, daily_money, SizeLimit.DAILY_FLOOR.value)
    limit = tighter(limit, total_money, SizeLimit.TOTAL_FLOOR.value)
    limit = tighter(limit, demand.cumulative_room_money, SizeLimit.CUMULATIVE.value)
    limit = tighter(limit, demand.caps.usual_risk_money, SizeLimit.USUAL_SIZE.value)
    return tighter(limit, demand.caps.symbol_risk_money, SizeLimit.SYMBOL_RISK.value)


@rule
def margin_money_per_lot(notional_money: float, leverage: float, spec: SymbolSpec) -> float:
    """Margin of one lot: the terminal's, and never less than the firm's leverage demands."""
    if notional_money / leverage > spec.margin_money_per_lot:
        return notional_money / leverage
    return spec.margin_money_per_lot


@rule
def limit_by_volume(limit: Limit, loss_money: float, demand: SizeDemand, spec: SymbolSpec) -> Limit:
    """`limit`, or margin, leverage or a cap on lots where that is tighter.

    `loss_money` is one lot's at the stop: volumes are compared as the risk they carry. A contract
    without margin ties up none.
    """
    caps = demand.caps
    notional_money = spec.loss_money_per_price_per_lot * demand.fill_price
    margin_money = margin_money_per_lot(notional_money, caps.margin_leverage, spec)
    if margin_money != 0.0:
        most_money = caps.margin_money / margin_money * loss_money
        limit = tighter(limit, most_money, SizeLimit.MARGIN.value)
    most_money = caps.notional_money / notional_money * loss_money
    limit = tighter(limit, most_money, SizeLimit.LEVERAGE.value)
    limit = tighter(limit, caps.lots * loss_money, SizeLimit.FIRM_LOTS.value)
    return tighter(limit, spec.lots_max * loss_money, SizeLimit.CONTRACT_LOTS.value)


@rule
def limit_refusal(step: int) -> int:
    """The `Refusal` of a limit that left less than the smallest volume."""
    return _REFUSALS[step]
