"""How orders become deals and deals change positions; the only code that books trading money."""

from __future__ import annotations

from typing import Final, NamedTuple

from bot.simulator.account import AccountBook, profit_minor
from bot.simulator.converter import to_minor
from bot.simulator.costs import commission_minor
from bot.simulator.ledger import ENTRY_IN, ENTRY_OUT, ENTRY_OUT_BY, DealDraft
from bot.simulator.margin import margin_money
from bot.simulator.order_rows import (
    CLOSE_BY_KIND,
    STATE_FILLED,
    FinishedOrder,
    finished_order_row,
)
from bot.simulator.state import LONG, Position, RestingOrder, ServerState, SymbolDesk
from bot.simulator.structs import TradeDeal

REASON_CLIENT: Final = 0
REASON_EXPERT: Final = 3
REASON_STOP: Final = 4
REASON_TARGET: Final = 5
REASON_STOP_OUT: Final = 6
_LOTS_DIGITS: Final = 8


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

    def open(self, order: RestingOrder, price: float) -> TradeDeal:
        """Fill an opening order whole: deal IN, a position with the order's ticket, history."""
        state, contract = self.state, order.desk.contract
        commission = commission_minor(state, contract, order.lots, price, entry=ENTRY_IN)
        draft = DealDraft(
            kind=0 if order.side == LONG else 1,
            entry=ENTRY_IN,
            order=order.ticket,
            position_id=order.ticket,
            symbol=order.desk.name,
            lots=order.lots,
            price=price,
            commission_minor=commission,
            reason=order.reason,
            magic=order.magic,
            comment=order.comment,
        )
        deal = state.ledger.book(draft, state.now_ms)
        if order.ticket in state.orders:
            state.drop_order(order)
        self._shelve(order, FinishedOrder(STATE_FILLED, order.ticket, price))
        state.add_position(self._position_of(order, price))
        return deal

    def close(self, position: Position, lots: float, price: float, cause: Cause) -> TradeDeal:
        """Close `lots` of a position at `price`: deal OUT with its share of swap, history."""
        order = self.market_order(position.desk, -position.side, lots, cause)
        return self.close_with(order, position, price)

    def close_with(self, order: RestingOrder, position: Position, price: float) -> TradeDeal:
        """As `close`, by an order that already exists; its volume is what gets closed."""
        state = self.state
        deal = self._book_exit(order, position, price, ENTRY_OUT)
        self._shelve(order, FinishedOrder(STATE_FILLED, position.identifier, price))
        self._reduce(position, order.lots)
        state.books_changed()
        return deal

    def close_by(self, position: Position, other: Position, cause: Cause) -> RestingOrder:
        """Close two opposite positions against each other at the other's opening price.

        The whole result is booked on the deal of `position`, none on the other's (BEHAVIOUR 11).
        """
        lots = min(position.lots, other.lots)
        order = self.market_order(position.desk, -position.side, lots, cause)
        self._book_exit(order, position, other.open_price, ENTRY_OUT_BY)
        opposite = self.market_order(position.desk, position.side, lots, cause)
        opposite.ticket = order.ticket
        self._book_exit(opposite, other, other.open_price, ENTRY_OUT_BY)
        order.kind = CLOSE_BY_KIND
        ended = FinishedOrder(
            STATE_FILLED, position.identifier, other.open_price, by_id=other.identifier
        )
        self._shelve(order, ended)
        self._reduce(position, lots)
        self._reduce(other, lots)
        self.state.books_changed()
        return order

    def finish(self, order: RestingOrder, state_code: int) -> None:
        """Take a resting order out of the book unfilled: cancelled, expired or rejected."""
        order.desk.tape.seek(self.state.now_ms)
        tape = order.desk.tape
        price = tape.ask if order.side == LONG else tape.bid
        self.state.drop_order(order)
        self._shelve(order, FinishedOrder(state_code, 0, price, unfilled_lots=order.lots))

    def _position_of(self, order: RestingOrder, price: float) -> Position:
        state, wall_ms = self.state, self.state.now_wall_ms
        return Position(
            ticket=order.ticket,
            identifier=order.ticket,
            desk=order.desk,
            side=order.side,
            lots=order.lots,
            open_price=price,
            sl=order.sl,
            tp=order.tp,
            magic=order.magic,
            comment=order.comment,
            reason=order.reason,
            open_wall_ms=wall_ms,
            update_wall_ms=wall_ms,
            margin_money=margin_money(state, order.desk.contract, order.lots, price),
        )

    def _book_exit(
        self, order: RestingOrder, position: Position, price: float, entry: int
    ) -> TradeDeal:
        state, lots = self.state, order.lots
        swap = to_minor(position.swap_minor * (lots / position.lots), 1)
        contract = position.desk.contract
        commission = 0
        if entry == ENTRY_OUT:
            commission = commission_minor(state, contract, lots, price, entry=entry)
        draft = DealDraft(
            kind=0 if order.side == LONG else 1,
            entry=entry,
            order=order.ticket,
            position_id=position.identifier,
            symbol=position.desk.name,
            lots=lots,
            price=price,
            profit_minor=profit_minor(state, position, price, lots),
            swap_minor=swap,
            commission_minor=commission,
            reason=order.reason,
            magic=order.magic,
            comment=order.comment,
        )
        deal = state.ledger.book(draft, state.now_ms)
        position.swap_minor -= swap
        return deal

    def _reduce(self, position: Position, lots: float) -> None:
        rest = round(position.lots - lots, _LOTS_DIGITS)
        if rest <= 0.0:
            self.state.drop_position(position)
            return
        position.margin_money *= rest / position.lots
        position.lots = rest
        position.update_wall_ms = self.state.now_wall_ms

    def _shelve(self, order: RestingOrder, ended: FinishedOrder) -> None:
        row = finished_order_row(order, ended, self.state.now_wall_ms)
        self.state.ledger.shelve_order(row, self.state.now_ms)
