"""Trade requests, open positions and resting orders, and the two calculators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from bot.simulator.converter import to_minor
from bot.simulator.margin import margin_money
from bot.simulator.requests import CallRefusedError, parse_request
from bot.simulator.retcodes import argument_error
from bot.simulator.state import SymbolDesk
from bot.simulator.structs import (
    OrderCheckResult,
    OrderSendResult,
    TradeOrder,
    TradePosition,
    TradeRequest,
)
from bot.simulator.surface.arguments import (
    GROUP_UNITS_MAX,
    SYMBOL_UNITS_MAX,
    c_double,
    c_unsigned_long,
    demand_count,
    demand_parsed_count,
    is_in_group,
    symbol_at,
    text_of,
    ticket_of,
    unnamed,
)
from bot.simulator.surface.base import Surface, guarded, refusal
from bot.simulator.valuation import money_per_price

_INVALID_PARAMS: Final = -2
_NOT_FOUND: Final = -4
_API_DISABLED: Final = -8
_MARKET_KINDS: Final = (0, 1)
_PENDING_KIND_MAX: Final = 7

_Row = TypeVar("_Row", TradePosition, TradeOrder)


class TradingCalls(Surface):
    """order_send, order_check, order_calc_*, positions_* and orders_*."""

    @guarded
    def order_send(self, /, *args: object, **kwargs: object) -> OrderSendResult:
        """Send a request, one dictionary or keywords; None only if it never reached the server."""
        request = _request_of(args, kwargs)
        if not self._state.switches.python_api:
            raise refusal(_API_DISABLED)
        return self._server.send(request)

    @guarded
    def order_check(self, /, *args: object, **kwargs: object) -> OrderCheckResult:
        """What the account would look like after the request; retcode 0 when it would pass."""
        return self._server.check(_request_of(args, kwargs))

    @guarded
    def order_calc_margin(self, *args: object) -> float:
        """(action, symbol, volume, price): margin of one isolated order; 0.0 for pending types."""
        demand_parsed_count(args, 4, 4)
        kind, lots, price = c_unsigned_long(args[0]), c_double(args[2]), c_double(args[3])
        desk = self._desk_at(args)
        if kind > _PENDING_KIND_MAX or not price > 0.0 or not lots >= 0.0:
            raise refusal(_INVALID_PARAMS)
        if kind not in _MARKET_KINDS:
            return 0.0
        unit = self._state.converter.minor_per_unit
        return to_minor(margin_money(self._state, desk.contract, lots, price), unit) / unit

    @guarded
    def order_calc_profit(self, *args: object) -> float:
        """(action, symbol, volume, price_open, price_close): result at today's crosses."""
        demand_parsed_count(args, 5, 5)
        kind = c_unsigned_long(args[0])
        lots, opened, closed = (c_double(value) for value in args[2:5])
        desk = self._desk_at(args)
        if kind not in _MARKET_KINDS or not (opened > 0.0 and closed > 0.0 and lots >= 0.0):
            raise refusal(_INVALID_PARAMS)
        side, contract, converter = 1 - 2 * kind, desk.contract, self._state.converter
        amount = (closed - opened) * side * lots * money_per_price(contract)
        rates = converter.rates(contract.currency_profit, self._state.now_ms)
        return converter.minor(amount, rates) / converter.minor_per_unit

    @guarded
    def positions_total(self) -> int:
        """How many positions are open."""
        if self._state.delays.position_s:
            return len(self._book.positions())
        return len(self._state.positions)

    @guarded
    def positions_get(self, /, *args: object, **kwargs: object) -> tuple[TradePosition, ...]:
        """Open positions: all, or those of a ticket, else a symbol, else a group mask."""
        if not args and not kwargs:
            return self._book.positions()
        return _filtered(self._book.positions(), args, kwargs)

    @guarded
    def orders_total(self) -> int:
        """How many orders rest."""
        if self._state.delays.order_s:
            return len(self._book.orders())
        return len(self._state.orders)

    @guarded
    def orders_get(self, /, *args: object, **kwargs: object) -> tuple[TradeOrder, ...]:
        """Resting orders: all, or those of a ticket, else a symbol, else a group mask."""
        if not args and not kwargs:
            return self._book.orders()
        return _filtered(self._book.orders(), args, kwargs)

    def _desk_at(self, args: tuple[object, ...]) -> SymbolDesk:
        desk = self._state.desks.get(symbol_at(args, 1))
        if desk is None:
            raise refusal(_NOT_FOUND)
        return desk


def _request_of(args: tuple[object, ...], kwargs: Mapping[str, object]) -> TradeRequest:
    demand_count(args, 0, 1)
    if not args:
        return parse_request(kwargs)
    if not isinstance(args[0], dict):
        raise unnamed(0)
    return parse_request(args[0])


def _filtered(
    rows: Sequence[_Row], args: tuple[object, ...], kwargs: Mapping[str, object]
) -> tuple[_Row, ...]:
    """Exactly one filter counts: ticket, else symbol, else group; other keywords are ignored."""
    if args:
        raise CallRefusedError(argument_error("Unnamed arguments not allowed"))
    if "ticket" in kwargs:
        ticket = ticket_of(kwargs, "ticket")
        return tuple(row for row in rows if row.ticket == ticket)
    if "symbol" in kwargs:
        symbol = text_of(kwargs, "symbol", SYMBOL_UNITS_MAX)
        return tuple(row for row in rows if row.symbol == symbol)
    if "group" in kwargs:
        group = text_of(kwargs, "group", GROUP_UNITS_MAX)
        return tuple(row for row in rows if is_in_group(row.symbol, group))
    return tuple(rows)
