"""What the server does by the clock alone: expiry of orders, swap and day-end clean-up."""

from __future__ import annotations

from typing import Final

from bot.rules.calendar import DAY_S
from bot.simulator.costs import nights_charged, swap_minor_per_night
from bot.simulator.execution import Execution
from bot.simulator.ledger import DEAL_COMMISSION_DAILY, DealDraft
from bot.simulator.order_rows import STATE_CANCELED, STATE_EXPIRED
from bot.simulator.state import LONG, Position

_NEVER_MS: Final = 1 << 62
_DAILY, _DAILY_NO_STOPS = 1, 2
_REOPEN_CURRENT, _REOPEN_BID = 7, 8
_EPOCH_WEEKDAY_OF_MT5: Final = 4  # 1970-01-01 was a Thursday; Sunday is 0


class Rollover:
    """Knows the next moment at which the clock alone changes the books, and what happens then."""

    def __init__(self, execution: Execution) -> None:
        state = execution.state
        self._state = state
        self._execution = execution
        self._clock_table = state.clock.table
        self._midnight_ms = state.clock.midnight_after_ms(state.now_ms)
        self._expiry_ms = _NEVER_MS
        self._expiry_version = -1

    def next_ms(self) -> int:
        """The next midnight or expiry after now, whichever comes first."""
        state = self._state
        if self._midnight_ms <= state.now_ms or self._clock_table is not state.clock.table:
            self._clock_table = state.clock.table
            self._midnight_ms = state.clock.midnight_after_ms(state.now_ms)
        if self._expiry_version != state.books_version:
            expiries = [order.expiry_ms for order in state.orders.values() if order.expiry_ms]
            self._expiry_ms = min(expiries, default=_NEVER_MS)
            self._expiry_version = state.books_version
        return min(self._midnight_ms, self._expiry_ms)

    def act(self) -> None:
        """Do what is due now: expire first, then, at midnight, charge swap and end the day."""
        state = self._state
        due = [o for o in state.orders.values() if o.expiry_ms and o.expiry_ms <= state.now_ms]
        for order in due:
            self._execution.finish(order, STATE_EXPIRED)
        if state.now_ms == self._midnight_ms:
            self._charge_swap()
            self._book_commission()
            self._end_day()
            self._midnight_ms = state.clock.midnight_after_ms(state.now_ms)

    def _charge_swap(self) -> None:
        state = self._state
        ended_day = state.now_wall_ms // 1000 // DAY_S - 1
        weekday = (ended_day + _EPOCH_WEEKDAY_OF_MT5) % 7
        for position in list(state.positions.values()):
            nights = nights_charged(position.desk.contract, weekday)
            if not nights:
                continue
            position.desk.tape.seek(state.now_ms)
            if position.desk.contract.swap_mode in (_REOPEN_CURRENT, _REOPEN_BID):
                self._reopen(position, nights)
            else:
                position.swap_minor += nights * swap_minor_per_night(state, position)
        if state.positions:
            state.books_changed()

    def _reopen(self, position: Position, nights: int) -> None:
        """Close at the day's last price and open again that price plus or minus the swap points."""
        contract, tape = position.desk.contract, position.desk.tape
        is_bid = contract.swap_mode == _REOPEN_BID
        price = tape.bid if is_bid else position.closing_price
        points = contract.swap_long if position.side == LONG else contract.swap_short
        opened = price - position.side * nights * points * contract.point
        self._execution.reopen(position, price, round(opened, contract.digits))

    def _book_commission(self) -> None:
        """The commission of the day as a deal of its own, where the broker books it so."""
        state = self._state
        if state.commission_due_minor:
            draft = DealDraft(
                DEAL_COMMISSION_DAILY,
                commission_minor=state.commission_due_minor,
                comment="Commission",
            )
            state.commission_due_minor = 0
            state.ledger.book(draft, state.now_ms)
            state.books_changed()

    def _end_day(self) -> None:
        """GTC mode 1 deletes pending orders and protective levels, mode 2 only pending orders."""
        state = self._state
        for order in list(state.orders.values()):
            if order.desk.contract.gtc_mode in (_DAILY, _DAILY_NO_STOPS):
                self._execution.finish(order, STATE_CANCELED)
        for position in state.positions.values():
            if position.desk.contract.gtc_mode == _DAILY:
                position.sl = position.tp = 0.0
                state.books_changed()
