"""What people and the broker can do to an account besides sending requests through the package."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.errors import DataError
from bot.simulator.config import Delays, Switches
from bot.simulator.converter import to_minor
from bot.simulator.execution import REASON_CLIENT, Cause
from bot.simulator.geometry import level_on_grid
from bot.simulator.ledger import DEAL_BALANCE, DEAL_CREDIT, DealDraft
from bot.simulator.liquidity import Liquidity
from bot.simulator.order_rows import STATE_CANCELED
from bot.simulator.server import TradeServer
from bot.simulator.state import Position

_CHARGE: Final = 4


class Operator:
    """Hands on the account: deposits, manual trades, switches. Not part of the package.

    Manual closes carry reason 0, magic 0 and no comment, as recorded from terminals (BEHAVIOUR 13).
    Raises `DataError` for tickets and symbols that do not exist.
    """

    def __init__(self, server: TradeServer) -> None:
        self._server = server
        self._state = server.state

    @property
    def switches(self) -> Switches:
        """Link, AutoTrading button, Python option and account permissions; all settable."""
        return self._state.switches

    @property
    def delays(self) -> Delays:
        """How late reads show positions, orders and history; all settable."""
        return self._state.delays

    def fill_by(self, liquidity: Liquidity) -> None:
        """Let this decide from now on how much of each order the market takes."""
        self._server.execution.liquidity = liquidity

    def respecify(self, symbol: str, **changes: object) -> None:
        """Change a symbol's specification in mid-run, by the names of `SymbolContract`."""
        desk = self._state.desks.get(symbol)
        if desk is None:
            message = f"symbol {symbol!r} is not listed; listed: {', '.join(self._state.desks)}"
            raise DataError(message)
        desk.contract = replace(desk.contract, **changes)  # type: ignore[arg-type]
        self._state.books_changed()

    def deposit(self, amount_money: float, comment: str = "Deposit") -> int:
        """Book a balance operation; a negative amount withdraws. Returns the deal's ticket."""
        return self._book(DEAL_BALANCE, amount_money, comment)

    def withdraw(self, amount_money: float, comment: str = "Withdrawal") -> int:
        """Take money out of the balance."""
        return self._book(DEAL_BALANCE, -amount_money, comment)

    def give_credit(self, amount_money: float, comment: str = "Credit") -> int:
        """Credit counts as equity but not as balance; a negative amount takes it back."""
        return self._book(DEAL_CREDIT, amount_money, comment)

    def charge(self, amount_money: float, comment: str = "Charge") -> int:
        """A charge of the broker, taken from the balance."""
        return self._book(_CHARGE, -amount_money, comment)

    def close_position(self, ticket: int, lots: float = 0.0) -> int:
        """Close a position by hand, wholly or `lots` of it. Returns the deal's ticket."""
        position = self._position(ticket)
        position.desk.tape.seek(self._state.now_ms)
        closed = min(lots, position.lots) if lots > 0.0 else position.lots
        cause = Cause(REASON_CLIENT)
        return self._server.execution.close(position, closed, position.closing_price, cause).ticket

    def move_levels(self, ticket: int, sl: float, tp: float) -> None:
        """Set stop and target of a position by hand, unchecked; 0 removes one."""
        position = self._position(ticket)
        position.sl = level_on_grid(sl, position.desk)
        position.tp = level_on_grid(tp, position.desk)
        self._state.books_changed()

    def delete_order(self, ticket: int) -> None:
        """Delete a resting order by hand."""
        order = self._state.orders.get(ticket)
        if order is None:
            message = f"order {ticket} is not resting; resting: {sorted(self._state.orders)}"
            raise DataError(message)
        self._server.execution.finish(order, STATE_CANCELED)

    def _position(self, ticket: int) -> Position:
        position = self._state.positions.get(ticket)
        if position is None:
            message = f"position {ticket} is not open; open: {sorted(self._state.positions)}"
            raise DataError(message)
        return position

    def _book(self, kind: int, amount_money: float, comment: str) -> int:
        minor = to_minor(amount_money, self._state.converter.minor_per_unit)
        draft = DealDraft(kind, profit_minor=minor, comment=comment)
        deal = self._state.ledger.book(draft, self._state.now_ms)
        self._state.books_changed()
        return deal.ticket
