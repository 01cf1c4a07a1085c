"""The account's money in whole cents, and the history of deals and finished orders behind it."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from bot.simulator.config import TerminalConfig
from bot.simulator.server_clock import ServerClock
from bot.simulator.struct_sequence import new_struct
from bot.simulator.structs import TradeDeal, TradeOrder

DEAL_BUY, DEAL_SELL, DEAL_BALANCE, DEAL_CREDIT = 0, 1, 2, 3
DEAL_COMMISSION_DAILY = 8
ENTRY_IN, ENTRY_OUT, ENTRY_INOUT, ENTRY_OUT_BY = range(4)

_Row = TypeVar("_Row", TradeDeal, TradeOrder)


class DealDraft(NamedTuple):
    """A deal before it has a ticket; money in cents, signed as it moves the balance."""

    kind: int
    entry: int = ENTRY_IN
    order: int = 0
    position_id: int = 0
    symbol: str = ""
    lots: float = 0.0
    price: float = 0.0
    profit_minor: int = 0
    swap_minor: int = 0
    commission_minor: int = 0
    fee_minor: int = 0
    reason: int = 0
    magic: int = 0
    comment: str = ""


@dataclass(slots=True)
class _Shelf(Generic[_Row]):
    """Rows in the order they happened, found by time or by an id."""

    rows: list[_Row] = field(default_factory=list)
    times_utc_s: list[float] = field(default_factory=list)
    by_ticket: dict[int, list[_Row]] = field(default_factory=dict)
    by_position: dict[int, list[_Row]] = field(default_factory=dict)

    def put(self, row: _Row, utc_s: float, ticket: int, position_id: int) -> None:
        self.rows.append(row)
        self.times_utc_s.append(utc_s)
        self.by_ticket.setdefault(ticket, []).append(row)
        if position_id:
            self.by_position.setdefault(position_id, []).append(row)

    def renumber(self, old_id: int, new_id: int) -> None:
        """Replace the rows of a position by the same rows with another position id."""
        for row in self.by_position.pop(old_id, ()):
            changed = row._asdict() | {"position_id": new_id}
            new_row = new_struct(type(row), tuple(changed.values()))
            ticket = row.order if isinstance(row, TradeDeal) else row.ticket
            for rows in (self.rows, self.by_ticket[ticket]):
                rows[_last_index(rows, row)] = new_row
            self.by_position.setdefault(new_id, []).append(new_row)

    def near(self, from_utc_s: float, to_utc_s: float) -> list[_Row]:
        low = bisect_left(self.times_utc_s, from_utc_s)
        return self.rows[low : bisect_right(self.times_utc_s, to_utc_s)]


def _last_index(rows: Sequence[_Row], row: _Row) -> int:
    """Where a row stands, looked for from the newest."""
    return next(index for index in reversed(range(len(rows))) if rows[index] is row)


class Ledger:
    """Balance and credit, kept as integers, moved only by deals; and everything that is past.

    At any moment the balance equals the sum of profit, swap, commission and fee over all deals
    except credit operations, exactly.
    """

    def __init__(self, clock: ServerClock, minor_per_unit: int, terminal: TerminalConfig) -> None:
        self.minor_per_unit = minor_per_unit
        self.balance_minor = 0
        self.credit_minor = 0
        self._clock = clock
        self._next_order = terminal.first_order_ticket
        self._spare_order = 0
        self._next_deal = terminal.first_deal_ticket
        self._deals: _Shelf[TradeDeal] = _Shelf()
        self._orders: _Shelf[TradeOrder] = _Shelf()

    def next_order_ticket(self) -> int:
        """A ticket no order has had."""
        if self._spare_order:
            ticket, self._spare_order = self._spare_order, 0
            return ticket
        self._next_order += 1
        return self._next_order - 1

    def keep_ticket(self, ticket: int) -> None:
        """Let the next order have this ticket, which was taken and not used."""
        self._spare_order = ticket

    def renumber_position(self, old_id: int, new_id: int) -> None:
        """Give a position another id in every deal and finished order, old ones included."""
        self._deals.renumber(old_id, new_id)
        self._orders.renumber(old_id, new_id)

    def book(self, draft: DealDraft, now_ms: int) -> TradeDeal:
        """Enter a deal now and move the balance (or the credit) by what it carries."""
        moved = draft.profit_minor + draft.swap_minor + draft.commission_minor + draft.fee_minor
        if draft.kind == DEAL_CREDIT:
            self.credit_minor += moved
        else:
            self.balance_minor += moved
        deal = self._deal(draft, self._clock.wall_ms(now_ms))
        self._deals.put(deal, now_ms / 1000, draft.order, draft.position_id)
        return deal

    def shelve_order(self, order: TradeOrder, now_ms: int) -> None:
        """Enter a finished order into the history."""
        self._orders.put(order, now_ms / 1000, order.ticket, order.position_id)

    def deals_between(self, from_wall_s: int, to_wall_s: int) -> list[TradeDeal]:
        """Deals whose wall-clock second lies in the inclusive range."""
        least, most = self._clock.offset_range_s
        near = self._deals.near(from_wall_s - most, to_wall_s - least + 1)
        return [deal for deal in near if from_wall_s <= deal.time <= to_wall_s]

    def orders_between(self, from_wall_s: int, to_wall_s: int) -> list[TradeOrder]:
        """Orders that finished in the inclusive range of wall-clock seconds."""
        least, most = self._clock.offset_range_s
        near = self._orders.near(from_wall_s - most, to_wall_s - least + 1)
        return [order for order in near if from_wall_s <= order.time_done <= to_wall_s]

    def deals_of_order(self, ticket: int) -> list[TradeDeal]:
        """Deals an order led to."""
        return self._deals.by_ticket.get(ticket, [])

    def deals_of_position(self, position_id: int) -> list[TradeDeal]:
        """Deals that opened, changed or closed a position."""
        return self._deals.by_position.get(position_id, [])

    def orders_by_ticket(self, ticket: int) -> list[TradeOrder]:
        """Finished orders of that ticket."""
        return self._orders.by_ticket.get(ticket, [])

    def orders_of_position(self, position_id: int) -> list[TradeOrder]:
        """Finished orders that opened or closed a position."""
        return self._orders.by_position.get(position_id, [])

    def trace_hash(self) -> str:
        """A digest of every deal and finished order so far: equal runs have equal digests."""
        digest = hashlib.blake2b(digest_size=16)
        for row in (*self._deals.rows, *self._orders.rows):
            digest.update(repr(tuple(row)).encode())
        return digest.hexdigest()

    def _deal(self, draft: DealDraft, wall_ms: int) -> TradeDeal:
        ticket = self._next_deal
        self._next_deal += 1
        unit = self.minor_per_unit
        values = (
            ticket,
            draft.order,
            wall_ms // 1000,
            wall_ms,
            draft.kind,
            draft.entry,
            draft.magic,
            draft.position_id,
            draft.reason,
            draft.lots,
            draft.price,
            draft.commission_minor / unit,
            draft.swap_minor / unit,
            draft.profit_minor / unit,
            draft.fee_minor / unit,
            draft.symbol,
            draft.comment,
            "",
        )
        return new_struct(TradeDeal, values)
