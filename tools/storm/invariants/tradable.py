"""What the server would say to a request right now, and what a price step is worth there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.simulator.case import case_of
from bot.simulator.requests import CallRefusedError, parse_request
from bot.simulator.rulebook import first_refusal
from bot.simulator.server import TradeServer
from bot.simulator.state import Position, RestingOrder, ServerState, SymbolDesk
from bot.simulator.valuation import money_per_price
from tools.storm.invariants.sight import DEAL, REMOVE

UNREADABLE: Final = -2
_FILLINGS: Final = (1, 0, 2)


def refusal_now(server: TradeServer, request: Mapping[str, object]) -> int:
    """The code with which the server would refuse `request` now; 0: it would take it."""
    try:
        parsed = parse_request(request)
    except CallRefusedError:
        return UNREADABLE
    return first_refusal(case_of(server.execution, parsed))


def takes_close(server: TradeServer, position: Position) -> bool:
    """Whether the server would close this position now, with whichever filling."""
    request: dict[str, object] = {
        "action": DEAL,
        "symbol": position.desk.name,
        "position": position.ticket,
        "volume": float(position.lots),
        "type": 1 if position.side > 0 else 0,
        "price": float(position.closing_price),
        "deviation": 1_000_000,
    }
    return any(refusal_now(server, {**request, "type_filling": f}) == 0 for f in _FILLINGS)


def takes_cancel(server: TradeServer, order: RestingOrder) -> bool:
    """Whether the server would remove this order now."""
    return refusal_now(server, {"action": REMOVE, "order": order.ticket}) == 0


def result_money(
    state: ServerState, desk: SymbolDesk, side: int, lots: float, prices: tuple[float, float]
) -> float:
    """What `lots` gain from the first to the second of `prices`, in account money, at rates now."""
    opened, closed = prices
    amount = (closed - opened) * side * lots * money_per_price(desk.contract)
    rates = state.converter.rates(desk.contract.currency_profit, state.now_ms)
    return amount * (rates.gain if amount > 0.0 else rates.loss)


def loss_money(
    state: ServerState, desk: SymbolDesk, side: int, lots: float, prices: tuple[float, float]
) -> float:
    """The loss of that move as a positive amount; 0 for a gain."""
    return max(0.0, -result_money(state, desk, side, lots, prices))


def tolerance_price(desk: SymbolDesk) -> float:
    """Levels this close are the same: one tick and binary noise."""
    return desk.contract.tick_size * 1.000001 + 1e-9
