"""What the bot reads of its account's books: positions, orders and history, checked at the edge."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bot.adapters import mt5_rows as rows
from bot.adapters.mt5_rows import RowError, checked
from bot.adapters.mt5_session import Session
from bot.model.broker import BrokerDeal, BrokerOrder, BrokerPosition
from bot.ports import Ok, Read, Unknown

T = TypeVar("T")

_DAY_S = 86_400
_ORDER_LIFE_MAX_S = 9 * _DAY_S  # a resting order lives 168 h; history may file it under its birth
_SETTLE_S = 10.0  # after a new link books may read as empty (FAULTS N02)
_SETTLE_WAIT_S = 0.2
_DEALS_KEPT_MAX_COUNT = 2_000
_CENT_MONEY = 0.005


class BookReads:
    """Positions, orders and history of the account."""

    _session: Session

    def __init__(self) -> None:
        self._position_rows: object = None
        self._positions: Ok[tuple[BrokerPosition, ...]] = Ok(())
        self._order_rows: object = None
        self._orders: Ok[tuple[BrokerOrder, ...]] = Ok(())
        self._deals: dict[object, BrokerDeal] = {}
        self._revision = (0, 0)

    def positions(self) -> Read[tuple[BrokerPosition, ...]]:
        """Every open position; an empty answer that the account's margin denies is Unknown."""
        session = self._session
        found = self._book("positions", session.link.terminal.positions_get)
        if isinstance(found, Unknown):
            return found
        if not found:
            return self._flat()
        if found is not self._position_rows:
            read = self._convert("positions", found, rows.position)
            if isinstance(read, Unknown):
                return read
            self._position_rows, self._positions = found, Ok(tuple(read))
        return self._positions

    def orders(self) -> Read[tuple[BrokerOrder, ...]]:
        """Every resting order."""
        found = self._book("orders", self._session.link.terminal.orders_get)
        if isinstance(found, Unknown):
            return found
        if found is not self._order_rows:
            read = self._convert("orders", found, rows.order)
            if isinstance(read, Unknown):
                return read
            self._order_rows, self._orders = found, Ok(tuple(read))
        return self._orders

    def deals(self, since_utc_s: float) -> Read[tuple[BrokerDeal, ...]]:
        """Every deal booked at or after `since_utc_s`, by ticket."""
        terminal = self._session.link.terminal
        found = self._history("deals", terminal.history_deals_get, since_utc_s - _DAY_S)
        if isinstance(found, Unknown):
            return found
        read = self._convert("deals", found, self._deal)
        if isinstance(read, Unknown):
            return read
        by_ticket = {deal.ticket: deal for deal in read if deal.time_utc_s >= since_utc_s}
        return Ok(tuple(by_ticket[ticket] for ticket in sorted(by_ticket)))

    def finished_orders(self, since_utc_s: float) -> Read[tuple[BrokerOrder, ...]]:
        """Orders that left the book at or after `since_utc_s`, one row per ticket."""
        terminal = self._session.link.terminal
        from_utc_s = since_utc_s - _ORDER_LIFE_MAX_S
        found = self._history("finished orders", terminal.history_orders_get, from_utc_s)
        if isinstance(found, Unknown):
            return found
        try:
            utc_s = self._session.time.utc_s
            recent = [r for r in found if rows.done_utc_s(r, utc_s) >= since_utc_s]
        except RowError as error:
            return Unknown(str(error))
        read = self._convert("finished orders", tuple(recent), rows.order)
        return read if isinstance(read, Unknown) else Ok(rows.one_per_ticket(read))

    def _deal(self, row: object, utc_s: rows.Clock, name: rows.Names) -> BrokerDeal:
        """A deal, converted once: history is read often and hardly ever changes."""
        known = self._deals.get(row)
        if known is None:
            if len(self._deals) >= _DEALS_KEPT_MAX_COUNT:
                self._deals.clear()
            known = self._deals[row] = rows.deal(row, utc_s, name)
        return known

    def _book(self, kind: str, function: Callable[[], object]) -> tuple[object, ...] | Unknown:
        """All rows; an empty book soon after a new link is asked for twice."""
        self._forget_if_stale()
        link = self._session.link
        found = _as_tuple(kind, link.ask(function))
        if found == ():
            linked_for_s = self._session.linked_for_s()
            if linked_for_s < 0.0:
                return Unknown(f"{kind}: empty while the terminal has no server link")
            if linked_for_s < _SETTLE_S:
                self._session.clock.sleep(_SETTLE_WAIT_S)
                return _as_tuple(kind, link.ask(function))
        return found

    def _forget_if_stale(self) -> None:
        """What was converted under another clock or mapping is converted again."""
        revision = self._session.revision()
        if revision != self._revision:
            self._revision = revision
            self._position_rows = self._order_rows = None
            self._deals.clear()

    def _flat(self) -> Read[tuple[BrokerPosition, ...]]:
        """No positions, if the account agrees: no margin bound, no floating result (N02)."""
        read = self._session.account()
        if isinstance(read, Unknown):
            return Unknown(f"positions: empty, and the account cannot confirm it: {read.reason}")
        if read.value.margin_money > _CENT_MONEY:
            margin = read.value.margin_money
            return Unknown(f"positions: empty while the account binds {margin:.2f} of margin")
        return Ok(())

    def _history(
        self, kind: str, function: Callable[..., object], from_utc_s: float
    ) -> tuple[object, ...] | Unknown:
        """Rows of a range of server time that surely ends after the newest (BEHAVIOUR 6)."""
        self._forget_if_stale()
        session = self._session
        time = session.time
        first_s = max(1, int(time.wall_s(max(0.0, from_utc_s))))  # 0 would mean "not given"
        last_s = int(time.wall_s(session.clock.now_utc_s())) + _DAY_S
        return _as_tuple(kind, session.link.ask(function, first_s, last_s))

    def _convert(
        self, kind: str, found: tuple[object, ...], convert: Callable[..., T]
    ) -> list[T] | Unknown:
        utc_s, name = self._session.time.utc_s, self._session.names.our_name
        try:
            return checked(kind, lambda: [convert(row, utc_s, name) for row in found])
        except RowError as error:
            return Unknown(str(error))


def _as_tuple(kind: str, answer: object) -> tuple[object, ...] | Unknown:
    if isinstance(answer, tuple | Unknown):
        return answer
    return Unknown(f"{kind}: expected a tuple, got {type(answer).__name__}")
