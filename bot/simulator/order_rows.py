"""Orders as the package shows them, resting and finished."""

from __future__ import annotations

from typing import Final, NamedTuple

from bot.simulator.state import LONG, RestingOrder
from bot.simulator.struct_sequence import new_struct
from bot.simulator.structs import TradeOrder

STATE_PLACED: Final = 1
STATE_CANCELED: Final = 2
STATE_PARTIAL: Final = 3
STATE_FILLED: Final = 4
STATE_REJECTED: Final = 5
STATE_EXPIRED: Final = 6
CLOSE_BY_KIND: Final = 8
_MARKET_KINDS: Final = (0, 1, CLOSE_BY_KIND)
_LOTS_DIGITS: Final = 8


class FinishedOrder(NamedTuple):
    """How an order ended: its state, the price at that moment, and whom a close-by met."""

    state: int
    price: float
    by_id: int = 0


class _Shown(NamedTuple):
    state: int
    done_wall_ms: int
    by_id: int
    price_open: float
    price_current: float


def finished_order_row(order: RestingOrder, ended: FinishedOrder, wall_ms: int) -> TradeOrder:
    """The history row of an order that ended at `wall_ms` on the server's clock."""
    price_open = ended.price if order.kind in _MARKET_KINDS else order.price
    shown = _Shown(
        ended.state,
        wall_ms,
        ended.by_id,
        price_open,
        ended.price,
    )
    return _row(order, shown)


def resting_order_row(order: RestingOrder) -> TradeOrder:
    """A resting order now; its current price is the ask for buys and the bid for sells."""
    tape = order.desk.tape
    price = tape.ask if order.side == LONG else tape.bid
    state = STATE_PARTIAL if order.filled_lots else STATE_PLACED
    return _row(order, _Shown(state, 0, 0, order.price, price))


def _row(order: RestingOrder, shown: _Shown) -> TradeOrder:
    values = (
        order.ticket,
        order.setup_wall_ms // 1000,
        order.setup_wall_ms,
        shown.done_wall_ms // 1000,
        shown.done_wall_ms,
        order.expiration_wall_s,
        order.kind,
        order.type_time,
        order.type_filling,
        shown.state,
        order.magic,
        order.position_id,
        shown.by_id,
        order.reason,
        round(order.lots + order.filled_lots, _LOTS_DIGITS),
        order.lots,
        shown.price_open,
        order.sl,
        order.tp,
        shown.price_current,
        order.stoplimit_price,
        order.desk.name,
        order.comment,
        "",
    )
    return new_struct(TradeOrder, values)
