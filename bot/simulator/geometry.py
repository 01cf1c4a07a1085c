"""Where prices, stops and targets may lie relative to the market (BEHAVIOUR 12)."""

from __future__ import annotations

from typing import Final

from bot.simulator.case import Case, Route
from bot.simulator.retcodes import (
    FROZEN,
    INVALID_ORDER,
    INVALID_PRICE,
    INVALID_STOPS,
    PASSED,
    PRICE_OFF,
    REQUOTE,
)
from bot.simulator.state import LONG, Position, SymbolDesk
from bot.simulator.symbols import SymbolContract

_INSTANT_MODES: Final = (0, 1)
_EXCHANGE_MODE: Final = 3  # limit orders on either side of the market: they execute at once
_LIMIT_KINDS: Final = (2, 3)
_STOP_LIMIT_KINDS: Final = (6, 7)
_PRICE_MAX: Final = 1e12
_TICK_NOISE: Final = 1e-4  # of a tick; binary noise of decimal prices is far below
_SL_BIT, _TP_BIT = 16, 32


def instant_price(case: Case) -> int:
    """Request and Instant execution fill only within the deviation of the price asked for."""
    desk, request = case.known_desk, case.request
    if desk.contract.exemode not in _INSTANT_MODES:
        return PASSED
    if not 0.0 < request.price < _PRICE_MAX:
        return INVALID_PRICE
    market = desk.tape.ask if case.side == LONG else desk.tape.bid
    allowed = (request.deviation + _TICK_NOISE) * desk.contract.point
    return PASSED if abs(request.price - market) <= allowed else REQUOTE


def pending_price(case: Case) -> int:
    """A pending order lies on the tick grid, on its side of the market, outside the stops level."""
    desk, request = case.known_desk, case.request
    if desk.tape.bid <= 0.0:
        return PRICE_OFF
    kind = request.type if case.order is None else case.order.kind
    side = case.side if case.order is None else case.order.side
    contract = desk.contract
    if not _is_on_grid(request.price, contract):
        return INVALID_PRICE
    market = desk.tape.ask if side == LONG else desk.tape.bid
    beyond = (request.price - market) * side
    distance = -beyond if kind in _LIMIT_KINDS else beyond
    is_free = kind in _LIMIT_KINDS and contract.exemode == _EXCHANGE_MODE
    if not is_free and not _is_beyond(distance, contract):
        return INVALID_PRICE
    if kind in _STOP_LIMIT_KINDS:
        pullback = (request.price - request.stoplimit) * side
        if not _is_on_grid(request.stoplimit, contract) or not _is_beyond(pullback, contract):
            return INVALID_PRICE
    return PASSED


def entry_stops(case: Case) -> int:
    """Stop and target of a market order, measured from the side that would close it."""
    desk = case.known_desk
    if desk.tape.bid <= 0.0:
        return PRICE_OFF
    closing = desk.tape.bid if case.side == LONG else desk.tape.ask
    return _stops(case, case.side, closing)


def pending_stops(case: Case) -> int:
    """Stop and target of a pending order, measured from the price at which it would fill."""
    kind = case.request.type if case.order is None else case.order.kind
    side = case.side if case.order is None else case.order.side
    request = case.request
    reference = request.stoplimit if kind in _STOP_LIMIT_KINDS else request.price
    return _stops(case, side, reference)


def position_stops(case: Case) -> int:
    """New stop and target of an open position, measured from the side that would close it."""
    if case.position is None:
        return PASSED
    return _stops(case, case.position.side, case.position.closing_price)


def frozen(case: Case) -> int:
    """Inside the freeze level nothing may be modified, removed or closed."""
    if case.desk is None or case.desk.contract.freeze_level <= 0:
        return PASSED
    freeze = (case.desk.contract.freeze_level - _TICK_NOISE) * case.desk.contract.point
    if case.route is Route.OPEN:
        netted = case.netted if case.is_reducing else None
        return FROZEN if netted is not None and _is_level_near(netted, freeze) else PASSED
    if case.order is not None:
        tape, order = case.desk.tape, case.order
        market = tape.ask if order.side == LONG else tape.bid
        return FROZEN if abs(order.price - market) < freeze else PASSED
    positions = (case.position, case.other)
    if any(p is not None and _is_level_near(p, freeze) for p in positions):
        return FROZEN
    return PASSED


def level_on_grid(price: float, desk: SymbolDesk) -> float:
    """`price` as the float its decimal text gives at the symbol's digits."""
    return round(price, desk.contract.digits) if price else 0.0


def _stops(case: Case, side: int, reference: float) -> int:
    contract, request = case.known_desk.contract, case.request
    least = (contract.stops_level - _TICK_NOISE) * contract.point
    for level, away, bit in ((request.sl, -side, _SL_BIT), (request.tp, side, _TP_BIT)):
        if level == 0.0:
            continue
        if not contract.order_mask & bit:
            return INVALID_ORDER
        if not _is_on_grid(level, contract) or not (level - reference) * away >= least:
            return INVALID_STOPS
        if case.route in (Route.PENDING, Route.MODIFY) and level == reference:
            return INVALID_STOPS
    return PASSED


def _is_beyond(distance: float, contract: SymbolContract) -> bool:
    """Strictly on the right side, and at least the stops level away."""
    return distance >= max(contract.stops_level, 1) * contract.point * (1 - _TICK_NOISE)


def _is_on_grid(price: float, contract: SymbolContract) -> bool:
    if not 0.0 < price < _PRICE_MAX:
        return False
    ticks = price / contract.tick_size
    return abs(ticks - round(ticks)) <= max(_TICK_NOISE, ticks * 1e-12)


def _is_level_near(position: Position, freeze: float) -> bool:
    closing = position.closing_price
    return any(level and abs(level - closing) < freeze for level in (position.sl, position.tp))
