"""The trade server: one request in, one answer out, and a clock that others move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.rules.calendar import DAY_S
from bot.simulator.account import AccountBook
from bot.simulator.booking import LOTS_DIGITS
from bot.simulator.case import Case, Route, case_of
from bot.simulator.checks import TIME_DAY, TIME_SPECIFIED, TIME_SPECIFIED_DAY
from bot.simulator.config import AccountConfig, TerminalConfig
from bot.simulator.execution import BOC, LIMIT_KINDS, REASON_EXPERT, Cause, Execution
from bot.simulator.feed import Market
from bot.simulator.geometry import level_on_grid
from bot.simulator.ledger import DEAL_BALANCE, DealDraft
from bot.simulator.margin import added_margin_minor, freed_margin_minor
from bot.simulator.matching import Matcher
from bot.simulator.order_rows import STATE_CANCELED
from bot.simulator.retcodes import (
    DONE,
    DONE_PARTIAL,
    PASSED,
    PLACED,
    REJECTED,
    REQUOTE,
    RETCODE_TEXTS,
    TERMINAL_SIDE_CODES,
)
from bot.simulator.rulebook import SERVER_ONLY, first_refusal
from bot.simulator.server_clock import ServerClock
from bot.simulator.state import LONG, RestingOrder, ServerState
from bot.simulator.struct_sequence import new_struct
from bot.simulator.structs import OrderCheckResult, OrderSendResult, TradeDeal, TradeRequest
from bot.simulator.triggers import activate_if_reached

_DAY_END_S: Final = DAY_S - 1  # SPECIFIED_DAY orders live until 23:59:59 of their day


class TradeServer:
    """Checks and executes trade requests on one account, and lets its market run."""

    def __init__(
        self, market: Market, account: AccountConfig, terminal: TerminalConfig, clock: ServerClock
    ) -> None:
        self.state = ServerState(market, account, terminal, clock)
        self.book = AccountBook(self.state)
        self.execution = Execution(self.state, self.book)
        self._matcher = Matcher(self.execution)
        self._next_request_id = terminal.first_request_id
        self._handlers: dict[Route, Callable[[Case], OrderSendResult]] = {
            Route.OPEN: self._open,
            Route.CLOSE: self._close,
            Route.PENDING: self._place,
            Route.LEVELS: self._set_levels,
            Route.MODIFY: self._modify,
            Route.REMOVE: self._remove,
            Route.CLOSE_BY: self._close_by,
        }
        minor = self.state.converter.minor_per_unit
        deposit = DealDraft(
            DEAL_BALANCE, profit_minor=round(account.balance_money * minor), comment="Deposit"
        )
        self.state.ledger.book(deposit, self.state.now_ms)

    def advance(self, now_ms: int) -> None:
        """Let the market run up to and including this moment (UTC milliseconds)."""
        self._matcher.advance(now_ms)

    def send(self, request: TradeRequest) -> OrderSendResult:
        """Check a request and execute it at the quote of now."""
        case = case_of(self.execution, request)
        code = first_refusal(case)
        if code != PASSED:
            return self._refusal(case, code)
        return self._handlers[case.route](case)

    def answer(
        self, request: TradeRequest, code: int, *, order: int = 0, lots: float = 0.0
    ) -> OrderSendResult:
        """An answer to a request that is not looked at, with the quote of now; faults use it."""
        case = case_of(self.execution, request)
        if code in TERMINAL_SIDE_CODES or case.desk is None:
            return self._result(case, code, (0, order, lots, 0.0, 0.0, 0.0))
        tape = case.desk.tape
        return self._result(case, code, (0, order, lots, 0.0, tape.bid, tape.ask))

    def check(self, request: TradeRequest) -> OrderCheckResult:
        """What the account would look like after the trade, or why it would be refused."""
        case = case_of(self.execution, request)
        code = first_refusal(case, skipping=SERVER_ONLY)
        if code != PASSED:
            zeros = (0.0,) * 6
            return new_struct(OrderCheckResult, (code, *zeros, RETCODE_TEXTS[code], request))
        totals, unit = self.book.totals(), self.state.converter.minor_per_unit
        margin = totals.margin_minor + self._margin_change_minor(case)
        values = (
            code,
            self.state.ledger.balance_minor / unit,
            totals.equity_minor / unit,
            (totals.profit_minor + totals.swap_minor) / unit,
            margin / unit,
            (totals.equity_minor - margin) / unit,
            totals.equity_minor / margin * 100.0 if margin else 0.0,
            RETCODE_TEXTS[code],
            request,
        )
        return new_struct(OrderCheckResult, values)

    def _margin_change_minor(self, case: Case) -> int:
        """How the account's margin would move with the trade, in cents."""
        lots, desk = case.request.volume, case.desk
        if case.route is Route.CLOSE and case.position is not None:
            return -freed_margin_minor(self.state, case.position, lots)
        if case.route is not Route.OPEN or desk is None:
            return 0
        price = desk.tape.ask if case.side == LONG else desk.tape.bid
        return added_margin_minor(self.state, desk, case.side, lots, price)

    def _open(self, case: Case) -> OrderSendResult:
        order = self._order_from(case)
        tape = order.desk.tape
        deal = self.execution.trade(order, tape.ask if order.side == LONG else tape.bid)
        return self._dealt(case, order, deal)

    def _close(self, case: Case) -> OrderSendResult:
        position, order = case.position, self._order_from(case)
        assert position is not None, "the rules demand an existing position"
        order.sl = order.tp = 0.0
        order.closes, order.position_id = position, position.identifier
        deal = self.execution.trade(order, position.closing_price)
        return self._dealt(case, order, deal)

    def _place(self, case: Case) -> OrderSendResult:
        order = self._order_from(case)
        self._set_expiry(order, case.request)
        is_marketable = self._is_marketable(order)
        if is_marketable and order.type_filling == BOC:
            self.execution.finish(order, STATE_CANCELED)
            return self._refusal(case, REJECTED)
        self.state.add_order(order)
        if is_marketable:
            activate_if_reached(self.execution, order)
        return self._answer(case, order_ticket=order.ticket, lots=case.request.volume)

    def _is_marketable(self, order: RestingOrder) -> bool:
        """Whether a limit order would execute at once; only exchanges accept such a one."""
        tape = order.desk.tape
        market = tape.ask if order.side == LONG else tape.bid
        return order.kind in LIMIT_KINDS and (market - order.price) * order.side <= 0.0

    def _set_levels(self, case: Case) -> OrderSendResult:
        position = case.position
        assert position is not None, "the rules demand an existing position"
        position.sl = level_on_grid(case.request.sl, position.desk)
        position.tp = level_on_grid(case.request.tp, position.desk)
        self.state.books_changed()
        return self._answer(case)

    def _modify(self, case: Case) -> OrderSendResult:
        order, request = case.order, case.request
        assert order is not None, "the rules demand an existing order"
        order.price = level_on_grid(request.price, order.desk)
        order.stoplimit_price = level_on_grid(request.stoplimit, order.desk)
        order.sl = level_on_grid(request.sl, order.desk)
        order.tp = level_on_grid(request.tp, order.desk)
        self._set_expiry(order, request)
        self.state.books_changed()
        return self._answer(case, order_ticket=order.ticket)

    def _remove(self, case: Case) -> OrderSendResult:
        order = case.order
        assert order is not None, "the rules demand an existing order"
        self.execution.finish(order, STATE_CANCELED)
        return self._answer(case, order_ticket=order.ticket)

    def _close_by(self, case: Case) -> OrderSendResult:
        position, other, request = case.position, case.other, case.request
        assert position is not None, "the rules demand existing positions"
        assert other is not None, "the rules demand existing positions"
        cause = Cause(REASON_EXPERT, request.magic, request.comment)
        order = self.execution.close_by(position, other, cause)
        return self._answer(case, order_ticket=order.ticket, lots=order.filled_lots)

    def _order_from(self, case: Case) -> RestingOrder:
        """The order of a request, good till cancelled; positional, for it is made all the time."""
        request, desk, state = case.request, case.known_desk, self.state
        return RestingOrder(
            state.ledger.next_order_ticket(),
            desk,
            request.type,
            round(request.volume, LOTS_DIGITS),
            level_on_grid(request.price, desk),
            level_on_grid(request.stoplimit, desk),
            level_on_grid(request.sl, desk),
            level_on_grid(request.tp, desk),
            0,
            request.type_filling,
            0,
            0,
            request.magic,
            request.comment,
            REASON_EXPERT,
            state.now_wall_ms,
        )

    def _set_expiry(self, order: RestingOrder, request: TradeRequest) -> None:
        """Expiry as wall clock (what is shown) and as UTC (when it happens)."""
        clock = self.state.clock
        order.type_time = request.type_time
        order.expiration_wall_s = order.expiry_ms = 0
        if request.type_time == TIME_DAY:
            order.expiry_ms = clock.midnight_after_ms(self.state.now_ms)
            order.expiration_wall_s = clock.wall_ms(order.expiry_ms) // 1000
            return
        if request.type_time == TIME_SPECIFIED:
            order.expiration_wall_s = request.expiration
        elif request.type_time == TIME_SPECIFIED_DAY:
            order.expiration_wall_s = request.expiration // DAY_S * DAY_S + _DAY_END_S
        if order.expiration_wall_s:
            order.expiry_ms = clock.utc_ms(order.expiration_wall_s)

    def _dealt(self, case: Case, order: RestingOrder, deal: TradeDeal | None) -> OrderSendResult:
        """Done, done in part, or, where the market took nothing, resting or rejected."""
        tape = order.desk.tape
        if deal is None:
            if order.ticket in self.state.orders:
                return self._result(case, PLACED, (0, order.ticket, 0.0, 0.0, tape.bid, tape.ask))
            return self._refusal(case, REJECTED)
        code = DONE if order.lots <= 0.0 else DONE_PARTIAL
        numbers = (deal.ticket, deal.order, deal.volume, deal.price, tape.bid, tape.ask)
        return self._result(case, code, numbers)

    def _answer(self, case: Case, order_ticket: int = 0, lots: float = 0.0) -> OrderSendResult:
        """A done request without a deal; placing shows the quote, changing levels does not."""
        bid = ask = 0.0
        if case.route is Route.PENDING and case.desk is not None:
            bid, ask = case.desk.tape.bid, case.desk.tape.ask
        return self._result(case, DONE, (0, order_ticket, lots, 0.0, bid, ask))

    def _refusal(self, case: Case, code: int) -> OrderSendResult:
        bid = ask = 0.0
        if code == REQUOTE and case.desk is not None:
            bid, ask = case.desk.tape.bid, case.desk.tape.ask
        return self._result(case, code, (0, 0, 0.0, 0.0, bid, ask))

    def _result(
        self, case: Case, code: int, numbers: tuple[int, int, float, float, float, float]
    ) -> OrderSendResult:
        request_id = 0
        if code not in TERMINAL_SIDE_CODES:
            request_id = self._next_request_id
            self._next_request_id += 1
        values = (code, *numbers, RETCODE_TEXTS[code], request_id, 0, case.request)
        return new_struct(OrderSendResult, values)
