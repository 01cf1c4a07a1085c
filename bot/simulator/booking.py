"""What a deal does to positions and balance; the only code that books trading money."""

from __future__ import annotations

from typing import Final, NamedTuple

from bot.simulator.account import profit_minor
from bot.simulator.config import CommissionSplit
from bot.simulator.converter import to_minor
from bot.simulator.costs import commission_minor, fee_minor
from bot.simulator.ledger import ENTRY_IN, ENTRY_INOUT, ENTRY_OUT, ENTRY_OUT_BY, DealDraft
from bot.simulator.margin import margin_money
from bot.simulator.state import LONG, Position, RestingOrder, ServerState
from bot.simulator.structs import TradeDeal
from bot.simulator.symbols import SymbolContract

LOTS_DIGITS: Final = 8


class _Trade(NamedTuple):
    """What an order did in one deal; money in cents, signed as it moves the balance."""

    entry: int
    position_id: int
    lots: float
    price: float
    profit_minor: int = 0
    swap_minor: int = 0
    commission_minor: int = 0
    fee_minor: int = 0


class Booking:
    """Enters, increases, reduces and reverses positions by deals of an order at a given price."""

    def __init__(self, state: ServerState) -> None:
        self._state = state

    def enter(self, order: RestingOrder, lots: float, price: float) -> TradeDeal:
        """A new position with the order's ticket as its own and as its identifier: deal IN."""
        deal = self._book_entry(order, order.ticket, lots, price)
        self._state.add_position(self._position_of(order, lots, price))
        return deal

    def reenter(self, order: RestingOrder, identifier: int, price: float) -> TradeDeal:
        """A position closed for the night and opened again, free of costs: deal IN."""
        deal = self._book(order, _Trade(ENTRY_IN, identifier, order.lots, price))
        position = self._position_of(order, order.lots, price)
        position.identifier = identifier
        self._state.add_position(position)
        return deal

    def increase(
        self, position: Position, order: RestingOrder, lots: float, price: float
    ) -> TradeDeal:
        """More of the same side at the weighted opening price: deal IN.

        On a netting account the order's levels replace the position's, and 0 removes one
        (BEHAVIOUR 13); further parts of one order leave levels set meanwhile alone.
        """
        state = self._state
        deal = self._book_entry(order, position.identifier, lots, price)
        whole = round(position.lots + lots, LOTS_DIGITS)
        value = position.open_price * position.lots + price * lots
        position.open_price = round(value / whole, LOTS_DIGITS + position.desk.contract.digits)
        position.lots = whole
        position.margin_money += margin_money(state, position.desk.contract, lots, price)
        position.update_wall_ms = state.now_wall_ms
        if state.is_netting and not order.filled_lots:
            position.sl, position.tp = order.sl, order.tp
        state.books_changed()
        return deal

    def exit(
        self,
        position: Position,
        order: RestingOrder,
        lots: float,
        price: float,
        *,
        entry: int = ENTRY_OUT,
    ) -> TradeDeal:
        """Less of a position, at the end none of it: deal OUT or OUT_BY with its share of swap."""
        state, contract = self._state, position.desk.contract
        swap = to_minor(position.swap_minor * (lots / position.lots), 1)
        commission = fee = 0
        if entry != ENTRY_OUT_BY:
            commission = self._commission(contract, lots, price, entry)
            fee = fee_minor(state, contract, lots)
        profit = profit_minor(state, position, price, lots)
        trade = _Trade(entry, position.identifier, lots, price, profit, swap, commission, fee)
        deal = self._book(order, trade)
        position.swap_minor -= swap
        self._reduce(position, lots)
        return deal

    def reverse(
        self, position: Position, order: RestingOrder, lots: float, price: float
    ) -> TradeDeal:
        """Close a netted position and open the other side in one deal INOUT.

        The identifier stays; ticket, levels, magic and comment become the order's (BEHAVIOUR 13).
        """
        state, contract = self._state, position.desk.contract
        rest = round(lots - position.lots, LOTS_DIGITS)
        commission = self._commission(contract, position.lots, price, ENTRY_OUT)
        commission += self._commission(contract, rest, price, ENTRY_IN)
        profit = profit_minor(state, position, price, position.lots)
        identifier, swap = position.identifier, position.swap_minor
        fee = fee_minor(state, contract, lots)
        trade = _Trade(ENTRY_INOUT, identifier, lots, price, profit, swap, commission, fee)
        deal = self._book(order, trade)
        state.drop_position(position)
        reversed_position = self._position_of(order, rest, price)
        reversed_position.identifier = identifier
        state.add_position(reversed_position)
        return deal

    def _book_entry(
        self, order: RestingOrder, position_id: int, lots: float, price: float
    ) -> TradeDeal:
        contract = order.desk.contract
        commission = self._commission(contract, lots, price, ENTRY_IN)
        fee = fee_minor(self._state, contract, lots)
        return self._book(order, _Trade(ENTRY_IN, position_id, lots, price, 0, 0, commission, fee))

    def _book(self, order: RestingOrder, trade: _Trade) -> TradeDeal:
        draft = DealDraft(
            0 if order.side == LONG else 1,
            trade.entry,
            order.ticket,
            trade.position_id,
            order.desk.name,
            trade.lots,
            trade.price,
            trade.profit_minor,
            trade.swap_minor,
            trade.commission_minor,
            trade.fee_minor,
            order.reason,
            order.magic,
            order.comment,
        )
        return self._state.ledger.book(draft, self._state.now_ms)

    def _commission(self, contract: SymbolContract, lots: float, price: float, entry: int) -> int:
        """Commission of the deal itself; what is owed until the end of the day is put down."""
        state = self._state
        minor = commission_minor(state, contract, lots, price, entry=entry)
        if state.account.commission_split is CommissionSplit.DAILY:
            state.commission_due_minor += minor
            return 0
        return minor

    def _position_of(self, order: RestingOrder, lots: float, price: float) -> Position:
        state, wall_ms = self._state, self._state.now_wall_ms
        margin = margin_money(state, order.desk.contract, lots, price)
        return Position(
            order.ticket,
            order.ticket,
            order.desk,
            order.side,
            lots,
            price,
            order.sl,
            order.tp,
            order.magic,
            order.comment,
            order.reason,
            wall_ms,
            wall_ms,
            margin,
        )

    def _reduce(self, position: Position, lots: float) -> None:
        rest = round(position.lots - lots, LOTS_DIGITS)
        if rest <= 0.0:
            self._state.drop_position(position)
            return
        position.margin_money *= rest / position.lots
        position.lots = rest
        position.update_wall_ms = self._state.now_wall_ms
        self._state.books_changed()
