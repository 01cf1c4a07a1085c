"""How orders become deals: how much of them is filled, in which position, and what is left."""

from __future__ import annotations

from typing import Final, NamedTuple

from bot.simulator.account import AccountBook
from bot.simulator.booking import LOTS_DIGITS, Booking
from bot.simulator.ledger import ENTRY_OUT_BY
from bot.simulator.liquidity import Liquidity, Wanted
from bot.simulator.order_rows import (
    CLOSE_BY_KIND,
    STATE_CANCELED,
    STATE_FILLED,
    STATE_REJECTED,
    FinishedOrder,
    finished_order_row,
)
from bot.simulator.state import LONG, Position, RestingOrder, ServerState, SymbolDesk
from bot.simulator.structs import TradeDeal

FOK, IOC, RETURN, BOC = range(4)
"""ORDER_FILLING_* values."""

MARKET_KINDS: Final = (0, 1)
LIMIT_KINDS: Final = (2, 3)
REASON_CLIENT: Final = 0
REASON_EXPERT: Final = 3
REASON_STOP: Final = 4
REASON_TARGET: Final = 5
REASON_STOP_OUT: Final = 6
REASON_ROLLOVER: Final = 7


class Cause(NamedTuple):
    """Who closes a position: the package's reason code, the closing side's magic and comment."""

    reason: int
    magic: int = 0
    comment: str = ""


class Execution:
    """Fills and closes at a given price; whether that price is right is the caller's question."""

    def __init__(self, state: ServerState, book: AccountBook) -> None:
        self.state = state
        self.book = book
        self.liquidity = Liquidity()
        self._booking = Booking(state)

    def market_order(self, desk: SymbolDesk, side: int, lots: float, cause: Cause) -> RestingOrder:
        """A market order of our own making, not in any book."""
        return RestingOrder(
            ticket=self.state.ledger.next_order_ticket(),
            desk=desk,
            kind=0 if side == LONG else 1,
            lots=lots,
            price=0.0,
            stoplimit_price=0.0,
            sl=0.0,
            tp=0.0,
            type_time=0,
            type_filling=0,
            expiration_wall_s=0,
            expiry_ms=0,
            magic=cause.magic,
            comment=cause.comment,
            reason=cause.reason,
            setup_wall_ms=self.state.now_wall_ms,
        )

    def trade(self, order: RestingOrder, price: float) -> TradeDeal | None:
        """Fill what the market offers of an order, then let the rest of it stay or go.

        FOK fills whole or not at all, IOC drops the rest, RETURN and BOC leave it resting
        (BEHAVIOUR 11). None when nothing was filled.
        """
        wanted = Wanted(order.desk, order.side, order.lots, order.filled_lots)
        lots = min(order.lots, self.liquidity.offered_lots(wanted))
        if lots < order.lots and order.type_filling == FOK:
            lots = 0.0
        deal = None
        if lots > 0.0:
            self.liquidity.take(wanted, lots)
            deal = self._deal(order, lots, price)
        if order.lots > 0.0:
            self._leave_rest(order)
        return deal

    def close(self, position: Position, lots: float, price: float, cause: Cause) -> TradeDeal:
        """Close `lots` of a position at `price`, whatever the market offers: deal OUT, history."""
        order = self.market_order(position.desk, -position.side, lots, cause)
        order.closes = position
        return self._deal(order, lots, price)

    def close_offered(self, position: Position, price: float, cause: Cause) -> TradeDeal | None:
        """Close what the market takes of a position; None when that is nothing."""
        wanted = Wanted(position.desk, -position.side, position.lots)
        lots = min(position.lots, self.liquidity.offered_lots(wanted))
        if lots <= 0.0:
            return None
        self.liquidity.take(wanted, lots)
        return self.close(position, lots, price, cause)

    def close_by(self, position: Position, other: Position, cause: Cause) -> RestingOrder:
        """Close two opposite positions against each other at the other's opening price.

        The whole result is booked on the deal of `position`, none on the other's (BEHAVIOUR 11).
        """
        lots, price = min(position.lots, other.lots), other.open_price
        order = self.market_order(position.desk, -position.side, lots, cause)
        opposite = self.market_order(position.desk, position.side, lots, cause)
        opposite.ticket = order.ticket
        self._booking.exit(position, order, lots, price, entry=ENTRY_OUT_BY)
        self._booking.exit(other, opposite, lots, price, entry=ENTRY_OUT_BY)
        order.kind = CLOSE_BY_KIND
        order.filled_lots, order.lots = lots, 0.0
        order.position_id = position.identifier
        self._shelve(order, FinishedOrder(STATE_FILLED, price, by_id=other.identifier))
        self._drop_closers(position)
        self._drop_closers(other)
        return order

    def reopen(self, position: Position, closed_price: float, opened_price: float) -> None:
        """Close a position and open it again at another price; only its identifier stays."""
        cause = Cause(REASON_ROLLOVER, position.magic, position.comment)
        lots, levels, identifier = position.lots, (position.sl, position.tp), position.identifier
        self.close(position, lots, closed_price, cause)
        order = self.market_order(position.desk, position.side, lots, cause)
        order.sl, order.tp = levels
        self._booking.reenter(order, identifier, opened_price)
        order.filled_lots, order.lots, order.position_id = lots, 0.0, identifier
        self._shelve(order, FinishedOrder(STATE_FILLED, opened_price))

    def finish(self, order: RestingOrder, state_code: int) -> None:
        """Take an order out of the book with what is unfilled: cancelled, expired or rejected."""
        order.desk.tape.seek(self.state.now_ms)
        tape = order.desk.tape
        price = tape.ask if order.side == LONG else tape.bid
        if order.ticket in self.state.orders:
            self.state.drop_order(order)
        self._shelve(order, FinishedOrder(state_code, price))

    def _deal(self, order: RestingOrder, lots: float, price: float) -> TradeDeal:
        deal = self._booked(order, lots, price)
        order.position_id = deal.position_id
        order.filled_lots = round(order.filled_lots + lots, LOTS_DIGITS)
        order.lots = round(order.lots - lots, LOTS_DIGITS)
        if order.lots <= 0.0:
            if order.ticket in self.state.orders:
                self.state.drop_order(order)
            self._shelve(order, FinishedOrder(STATE_FILLED, price))
        if order.desk.orders and order.closes is not None:
            self._drop_closers(order.closes)
        return deal

    def _booked(self, order: RestingOrder, lots: float, price: float) -> TradeDeal:
        position = order.closes
        if position is not None:
            return self._booking.exit(position, order, lots, price)
        if self.state.is_netting:
            position = order.desk.netted_position
        elif order.filled_lots:
            position = self.state.positions.get(order.ticket)
        if position is None:
            return self._booking.enter(order, lots, price)
        if position.side == order.side:
            return self._booking.increase(position, order, lots, price)
        if lots <= position.lots:
            return self._booking.exit(position, order, lots, price)
        return self._booking.reverse(position, order, lots, price)

    def _leave_rest(self, order: RestingOrder) -> None:
        """RETURN and BOC rest until they are filled; other fillings end here."""
        is_orphan = order.closes is not None and order.closes.ticket not in self.state.positions
        if is_orphan or order.type_filling not in (RETURN, BOC):
            self.finish(order, STATE_CANCELED if order.filled_lots else STATE_REJECTED)
            return
        order.is_working = order.kind not in LIMIT_KINDS
        if order.ticket in self.state.orders:
            self.state.books_changed()
        else:
            self.state.add_order(order)

    def _drop_closers(self, position: Position) -> None:
        """Cancel the orders that were to close a position which is gone."""
        if position.ticket in self.state.positions:
            return
        for order in list(position.desk.orders.values()):
            if order.closes is position:
                self.finish(order, STATE_CANCELED)

    def _shelve(self, order: RestingOrder, ended: FinishedOrder) -> None:
        row = finished_order_row(order, ended, self.state.now_wall_ms)
        self.state.ledger.shelve_order(row, self.state.now_ms)
