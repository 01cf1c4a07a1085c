"""One trade request with everything on the server it refers to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.simulator.execution import Execution
from bot.simulator.state import LONG, SHORT, Position, RestingOrder, ServerState, SymbolDesk
from bot.simulator.structs import TradeRequest

ACTION_DEAL, ACTION_PENDING, ACTION_SLTP, ACTION_MODIFY = 1, 5, 6, 7
ACTION_REMOVE, ACTION_CLOSE_BY = 8, 10


class Route(Enum):
    """What a request asks for; on a hedging account a DEAL that names a position closes it."""

    OPEN = "open"
    CLOSE = "close"
    PENDING = "pending"
    LEVELS = "levels"
    MODIFY = "modify"
    REMOVE = "remove"
    CLOSE_BY = "close by"
    UNKNOWN = "unknown"


_ROUTES = {
    ACTION_DEAL: Route.OPEN,
    ACTION_PENDING: Route.PENDING,
    ACTION_SLTP: Route.LEVELS,
    ACTION_MODIFY: Route.MODIFY,
    ACTION_REMOVE: Route.REMOVE,
    ACTION_CLOSE_BY: Route.CLOSE_BY,
}


@dataclass(slots=True, eq=False)
class Case:
    """A request, its route, and the symbol, positions and order it names; None where unknown.

    `netted` is the position a market order meets on a netting account, whatever it names.
    """

    execution: Execution
    request: TradeRequest
    route: Route
    desk: SymbolDesk | None
    position: Position | None = None
    other: Position | None = None
    order: RestingOrder | None = None
    netted: Position | None = None

    @property
    def state(self) -> ServerState:
        """The server the request reached."""
        return self.execution.state

    @property
    def known_desk(self) -> SymbolDesk:
        """The symbol, for rules that only run once it is known to exist."""
        assert self.desk is not None, "form comes before every rule that needs the symbol"
        return self.desk

    @property
    def side(self) -> int:
        """1 when the order type is a buy, -1 when it is a sell."""
        return SHORT if self.request.type % 2 else LONG

    @property
    def is_reducing(self) -> bool:
        """Whether a market order only takes volume off a netted position."""
        netted = self.netted
        return (
            netted is not None and netted.side != self.side and self.request.volume <= netted.lots
        )


def case_of(execution: Execution, request: TradeRequest) -> Case:
    """Look up what the request refers to; quotes of its symbol are read up to now."""
    state = execution.state
    route = _ROUTES.get(request.action, Route.UNKNOWN)
    if route is Route.OPEN and request.position and not state.is_netting:
        route = Route.CLOSE
    case = Case(execution, request, route, state.desks.get(request.symbol))
    if state.is_netting and case.desk is not None:
        case.netted = case.desk.netted_position
    if route in (Route.CLOSE, Route.LEVELS, Route.CLOSE_BY):
        case.position = state.positions.get(request.position)
        if route is Route.LEVELS and not request.position:
            case.position = case.netted
        case.other = state.positions.get(request.position_by)
        if case.position is not None and (not request.symbol or route is Route.CLOSE_BY):
            case.desk = case.position.desk
    elif route in (Route.MODIFY, Route.REMOVE):
        case.order = state.orders.get(request.order)
        case.desk = None if case.order is None else case.order.desk
    if case.desk is not None:
        case.desk.tape.seek(state.now_ms)
    return case
