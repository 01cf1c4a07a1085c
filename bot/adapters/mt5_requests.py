"""One trade request as the dictionary the package accepts: strict types, on the price grid.

The package refuses an int where it wants a float, and a comment longer than 29 characters
(BEHAVIOUR 5). Prices go to the nearest tick, volumes down to the step: never more than was asked.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from bot.adapters import mt5_codes as mt5
from bot.adapters.contract_terms import Terms
from bot.adapters.terminal_surface import RequestValue
from bot.model.broker import (
    CancelOrder,
    CloseLots,
    MoveStop,
    OpenMarket,
    OrderRequest,
    PlaceLimit,
)

_COMMENT_LENGTH_MAX = 25  # the package takes 29; servers append to it
_MAGIC_MAX = 2**63 - 1
_DEVIATION_POINTS_MAX = 2**31 - 1
_GRID_SLACK = 1e-6  # of a step: volumes and prices carry binary noise

RequestFields = dict[str, RequestValue]


class MalformedRequestError(Exception):
    """We asked for something that must never reach the broker: names field and value."""


class Route(NamedTuple):
    """How the request travels: the broker's name, its terms, filling, and expiry on its clock."""

    broker_symbol: str
    terms: Terms
    filling: int
    expires_wall_s: int


def fields_of(request: OrderRequest, route: Route) -> RequestFields:
    """The request dictionary; raises `MalformedRequestError` before anything is sent."""
    if isinstance(request, OpenMarket):
        return _open(request, route)
    if isinstance(request, PlaceLimit):
        return _place(request, route)
    if isinstance(request, CloseLots):
        return _close(request, route)
    if isinstance(request, MoveStop):
        return _move(request, route)
    return cancel_fields(request)


def cancel_fields(request: CancelOrder) -> RequestFields:
    """Removing an order needs nothing but its ticket."""
    return {"action": mt5.TRADE_ACTION_REMOVE, "order": _ticket(request.ticket)}


def fillings(kind: mt5.RequestKind, terms: Terms) -> tuple[int, ...]:
    """Filling modes this symbol allows, the one to try first in front (BEHAVIOUR 11).

    An entry wants all or nothing, an exit takes what there is, a resting order keeps its rest. In
    the Market mode the table knows no RETURN, yet servers take it for resting orders.
    """
    by_mask = [
        mode
        for bit, mode in (
            (mt5.SYMBOL_FILLING_FOK, mt5.ORDER_FILLING_FOK),
            (mt5.SYMBOL_FILLING_IOC, mt5.ORDER_FILLING_IOC),
        )
        if terms.filling_mode & bit or terms.trade_exemode <= mt5.SYMBOL_TRADE_EXECUTION_INSTANT
    ]
    if kind == mt5.RequestKind.CLOSE:
        by_mask.reverse()
    if kind == mt5.RequestKind.PLACE:
        return (mt5.ORDER_FILLING_RETURN, *by_mask)
    if terms.trade_exemode == mt5.SYMBOL_TRADE_EXECUTION_MARKET and by_mask:
        return tuple(by_mask)
    return (*by_mask, mt5.ORDER_FILLING_RETURN)


def _open(request: OpenMarket, route: Route) -> RequestFields:
    _check_levels(request.side, request.price, request.stop_price, request.target_price)
    volume = _on_step(request.lots, route.terms)
    return {
        **_dealing(request.side, volume, request.price, route),
        "action": mt5.TRADE_ACTION_DEAL,
        "sl": _on_tick("stop_price", request.stop_price, route.terms),
        "tp": _on_tick("target_price", request.target_price, route.terms),
        "deviation": _deviation_points(request.deviation_price, route.terms),
        "magic": _magic(request.magic),
        "comment": _comment(request.comment),
    }


def _place(request: PlaceLimit, route: Route) -> RequestFields:
    _check_levels(request.side, request.price, request.stop_price, request.target_price)
    is_buy = request.side > 0
    volume = _on_step(request.lots, route.terms)
    return {
        **_dealing(request.side, volume, request.price, route),
        "action": mt5.TRADE_ACTION_PENDING,
        "type": mt5.ORDER_TYPE_BUY_LIMIT if is_buy else mt5.ORDER_TYPE_SELL_LIMIT,
        "sl": _on_tick("stop_price", request.stop_price, route.terms),
        "tp": _on_tick("target_price", request.target_price, route.terms),
        **_expiry(request.expires_utc_s, route),
        "magic": _magic(request.magic),
        "comment": _comment(request.comment),
    }


def _close(request: CloseLots, route: Route) -> RequestFields:
    volume = _all_of(request.lots) if request.is_whole else _on_step(request.lots, route.terms)
    return {
        **_dealing(-request.position_side, volume, request.price, route),
        "action": mt5.TRADE_ACTION_DEAL,
        "position": _ticket(request.ticket),
        "deviation": _deviation_points(request.deviation_price, route.terms),
        "magic": _magic(request.magic),
        "comment": _comment(request.comment),
    }


def _move(request: MoveStop, route: Route) -> RequestFields:
    _require("stop_price", request.stop_price, is_fine=request.stop_price > 0.0)
    _require("target_price", request.target_price, is_fine=request.target_price >= 0.0)
    return {
        "action": mt5.TRADE_ACTION_SLTP,
        "symbol": route.broker_symbol,
        "position": _ticket(request.ticket),
        "sl": _on_tick("stop_price", request.stop_price, route.terms),
        "tp": _on_tick("target_price", request.target_price, route.terms),
    }


def _dealing(side: int, volume: float, price: float, route: Route) -> RequestFields:
    _check_dealing(side, price)
    return {
        "symbol": route.broker_symbol,
        "volume": volume,
        "price": _on_tick("price", price, route.terms),
        "type": mt5.ORDER_TYPE_BUY if side > 0 else mt5.ORDER_TYPE_SELL,
        "type_filling": int(route.filling),
    }


def _check_dealing(side: int, price: float) -> None:
    _require("side", side, is_fine=side in (1, -1))
    _require("price", price, is_fine=0.0 < price < math.inf)


def _check_levels(side: int, price: float, stop_price: float, target_price: float) -> None:
    """An entry has its stop on the losing side; its target, if any, on the other (FAULTS B24)."""
    _check_dealing(side, price)
    has_stop = stop_price > 0.0 and (price - stop_price) * side > 0.0
    _require("stop_price", stop_price, is_fine=has_stop)
    has_target = target_price == 0.0 or (target_price - price) * side > 0.0
    _require("target_price", target_price, is_fine=has_target)


def _on_step(lots: float, terms: Terms) -> float:
    _require("lots", lots, is_fine=0.0 < lots < math.inf)
    steps_count = math.floor(lots / terms.volume_step + _GRID_SLACK)
    on_step = round(steps_count * terms.volume_step, 8)
    slack = _GRID_SLACK * terms.volume_step
    fits = terms.volume_min - slack <= on_step <= terms.volume_max + slack
    _require("lots", lots, is_fine=fits)
    return float(on_step)


def _all_of(lots: float) -> float:
    """All lots of a position, as the broker states them: its grid may have changed since (B11)."""
    _require("lots", lots, is_fine=0.0 < lots < math.inf)
    return float(lots)


def _on_tick(name: str, price: float, terms: Terms) -> float:
    _require(name, price, is_fine=math.isfinite(price))
    ticks_count = round(price / terms.trade_tick_size)
    return float(round(ticks_count * terms.trade_tick_size, terms.digits))


def _deviation_points(deviation_price: float, terms: Terms) -> int:
    _require("deviation_price", deviation_price, is_fine=0.0 <= deviation_price < math.inf)
    return min(int(deviation_price / terms.point + _GRID_SLACK), _DEVIATION_POINTS_MAX)


def _expiry(expires_utc_s: float, route: Route) -> RequestFields:
    """Every resting order ends by itself where the symbol allows it; 0.0 asks for no end."""
    _require("expires_utc_s", expires_utc_s, is_fine=0.0 <= expires_utc_s < math.inf)
    modes = route.terms.expiration_mode
    for bit, time_type in (
        (mt5.SYMBOL_EXPIRATION_SPECIFIED, mt5.ORDER_TIME_SPECIFIED),
        (mt5.SYMBOL_EXPIRATION_SPECIFIED_DAY, mt5.ORDER_TIME_SPECIFIED_DAY),
    ):
        if expires_utc_s > 0.0 and modes & bit:
            return {"type_time": time_type, "expiration": int(route.expires_wall_s)}
    return {"type_time": mt5.ORDER_TIME_GTC}


def _magic(magic: int) -> int:
    _require("magic", magic, is_fine=0 <= magic <= _MAGIC_MAX)
    return int(magic)


def _ticket(ticket: int) -> int:
    _require("ticket", ticket, is_fine=ticket > 0)
    return int(ticket)


def _comment(comment: str) -> str:
    printable = "".join(c if " " <= c <= "~" else "?" for c in comment)
    return printable[:_COMMENT_LENGTH_MAX]


def _require(name: str, value: float, *, is_fine: bool) -> None:
    if not is_fine:
        message = f"{name} = {value!r}: not sent, the broker would refuse it or do something else"
        raise MalformedRequestError(message)
