"""Open positions and resting orders as the package lists them, rebuilt only after a change."""

from __future__ import annotations

from math import inf

from bot.simulator.account import floating_minor
from bot.simulator.order_rows import resting_order_row
from bot.simulator.state import Position, ServerState
from bot.simulator.struct_sequence import new_struct
from bot.simulator.structs import TradeOrder, TradePosition


class PositionBoard:
    """The lists behind `positions_get` and `orders_get`, in order of opening."""

    def __init__(self, state: ServerState) -> None:
        self._state = state
        self._positions: tuple[TradePosition, ...] = ()
        self._positions_version = -1
        self._orders: tuple[TradeOrder, ...] = ()
        self._orders_version = -1

    def positions(self) -> tuple[TradePosition, ...]:
        """Every open position at the last quotes."""
        state = self._state
        if self._positions_version != state.version:
            latest_ms = shown_until_ms(state, state.delays.position_s)
            self._positions = tuple(
                _row(state, p) for p in state.positions.values() if p.open_wall_ms <= latest_ms
            )
            self._positions_version = state.version
        return self._positions

    def orders(self) -> tuple[TradeOrder, ...]:
        """Every resting order at the last quotes."""
        state = self._state
        if self._orders_version != state.version:
            latest_ms = shown_until_ms(state, state.delays.order_s)
            shown = [o for o in state.orders.values() if o.setup_wall_ms <= latest_ms]
            for order in shown:
                order.desk.tape.seek(state.now_ms)
            self._orders = tuple(resting_order_row(order) for order in shown)
            self._orders_version = state.version
        return self._orders


def shown_until_ms(state: ServerState, delay_s: float) -> float:
    """The latest wall-clock moment whose events are shown; any, where nothing is delayed."""
    return state.now_wall_ms - delay_s * 1000.0 if delay_s else inf


def _row(state: ServerState, position: Position) -> TradePosition:
    profit_minor = floating_minor(state, position)  # reads the tape on: the price below is fresh
    unit = state.converter.minor_per_unit
    values = (
        position.ticket,
        position.open_wall_ms // 1000,
        position.open_wall_ms,
        position.update_wall_ms // 1000,
        position.update_wall_ms,
        0 if position.side > 0 else 1,
        position.magic,
        position.identifier,
        position.reason,
        position.lots,
        position.open_price,
        position.sl,
        position.tp,
        position.closing_price,
        position.swap_minor / unit,
        profit_minor / unit,
        position.desk.name,
        position.comment,
        "",
    )
    return new_struct(TradePosition, values)
