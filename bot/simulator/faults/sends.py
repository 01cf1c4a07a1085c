"""Faults of trade requests and of the answers to them."""

from __future__ import annotations

from functools import partial
from typing import Final

from bot.simulator.execution import REASON_EXPERT, REASON_STOP, REASON_TARGET, Cause
from bot.simulator.faults.answers import (
    known_request,
    with_code,
)
from bot.simulator.faults.injection import Injection, Proceed
from bot.simulator.faults.seam import Call
from bot.simulator.faults.views import InFlight, NotYetVisible, StillThere
from bot.simulator.order_rows import (
    STATE_REJECTED,
    FinishedOrder,
    finished_order_row,
    resting_order_row,
)
from bot.simulator.position_rows import PositionBoard
from bot.simulator.retcodes import DONE, NO_CHANGES, PLACED, REQUOTE
from bot.simulator.state import LONG, RestingOrder
from bot.simulator.structs import OrderSendResult, TradeRequest

_TIMEOUT: Final = 10012
_PRICE_CHANGED, _PRICE_OFF, _TOO_MANY = 10020, 10021, 10024
_PRICE_MOVED: Final = (REQUOTE, _PRICE_CHANGED, _PRICE_OFF)
_IPC_TIMEOUT: Final = -10005


def lose_request(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B01: the request never reaches the server and the answer is None."""
    del proceed
    injection.note = "request lost before the server"
    return injection.world.fail(call, injection.whole("error_code"))


def lose_answer(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B02, N08: the server executes the request and its answer is lost."""
    answer = proceed(call)
    if not isinstance(answer, OrderSendResult):
        return answer
    injection.note = f"answer {answer.retcode} lost"
    return injection.world.fail(call, injection.whole("error_code"))


def execute_late(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B03: time out now; the server executes the request later at the price of then."""
    del proceed
    world, request, delay_s = injection.world, known_request(call), injection.delay_s()

    def execute() -> None:
        result = world.send_late(request)
        injection.happened(f"executed late: {result.retcode} {result.comment}")

    world.agenda.at(world.after_ms(delay_s), execute)
    injection.note = f"to be executed in {delay_s:.3f} s"
    if injection.word("answer") == "none":
        return world.fail(call, _IPC_TIMEOUT)
    return world.server.answer(request, _TIMEOUT)


def place_then_fill(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B05: accept a market deal without executing it; it is filled or rejected later."""
    world, request = injection.world, known_request(call)
    desk = world.state.desks.get(request.symbol)
    if desk is None or world.refusal(request):
        return proceed(call)
    side = -1 if request.type % 2 else LONG
    cause = Cause(REASON_EXPERT, request.magic, request.comment)
    order = world.execution.market_order(desk, side, request.volume, cause)
    lift = world.lay(InFlight(resting_order_row(order)))
    delay_s = injection.delay_s()
    settle = partial(_settle, injection, order, request)

    def end() -> None:
        lift()
        settle()

    world.agenda.at(world.after_ms(delay_s), end)
    injection.note = f"order {order.ticket} in flight for {delay_s:.3f} s"
    return world.server.answer(request, PLACED, order=order.ticket, lots=request.volume)


def _settle(injection: Injection, order: RestingOrder, request: TradeRequest) -> None:
    """Fill the order under the ticket it was given, or enter it as rejected."""
    world = injection.world
    ledger = world.state.ledger
    if injection.word("outcome") == "filled":
        ledger.keep_ticket(order.ticket)
        result = world.send_late(request)
        injection.happened(f"order {order.ticket}: {result.retcode} {result.comment}")
        if result.order == order.ticket:
            return
        ledger.next_order_ticket()  # the ticket that was kept and not used
    else:
        injection.happened(f"order {order.ticket} rejected")
    ended = FinishedOrder(STATE_REJECTED, 0.0)
    row = finished_order_row(order, ended, world.state.now_wall_ms)
    ledger.shelve_order(row, world.state.now_ms)


def show_later(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B07: the result is known, and what it led to is not visible yet."""
    answer = proceed(call)
    if not isinstance(answer, OrderSendResult) or not answer.order:
        return answer
    world, delay_s = injection.world, injection.delay_s()
    lift = world.lay(NotYetVisible(answer.order, injection.word("where")))
    world.agenda.at(world.after_ms(delay_s), lift)
    injection.note = f"order {answer.order} invisible for {delay_s:.3f} s"
    return answer


def requote(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B09: the price has moved, again and again."""
    del proceed
    code = injection.whole("retcode") or injection.chance.one_of(_PRICE_MOVED)
    injection.note = f"refused with {code}"
    return injection.world.server.answer(known_request(call), code)


def refuse(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B10: the server says no with the code that is set."""
    del proceed
    injection.note = f"refused with {injection.whole('retcode')}"
    return injection.world.server.answer(known_request(call), injection.whole("retcode"))


def limit_rate(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B18: more requests than allowed within a span are refused with 10024."""
    now_s, span_s = injection.world.now_utc_s, injection.number("per_s")
    sent = injection.memory.setdefault("sent", [])
    assert isinstance(sent, list)
    sent[:] = [moment_s for moment_s in sent if moment_s > now_s - span_s]
    if len(sent) < injection.whole("requests_max"):
        sent.append(now_s)
        injection.note = "let through"
        return proceed(call)
    injection.note = "refused as one too many"
    return injection.world.server.answer(known_request(call), _TOO_MANY)


def nothing_changed(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B19: the edit is done, and the answer says there was nothing to do."""
    answer = proceed(call)
    if not isinstance(answer, OrderSendResult) or answer.retcode != DONE:
        return answer
    injection.note = "edit done, called no change"
    return with_code(answer, NO_CHANGES)


def close_first(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B22, B30: stop or target takes the position just before the request arrives."""
    world, at_stop = injection.world, injection.word("level") == "stop"
    position = world.state.positions[known_request(call).position]
    price = position.sl if at_stop else position.tp
    if not price:
        return proceed(call)
    word, reason = ("sl", REASON_STOP) if at_stop else ("tp", REASON_TARGET)
    comment = f"[{word} {price:.{position.desk.contract.digits}f}]"
    world.execution.close(position, position.lots, price, Cause(reason, position.magic, comment))
    injection.note = f"position {position.ticket} closed {comment} before"
    return proceed(call)


def show_half(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B29: after a close the deal is seen and the position still at its old volume, or reverse."""
    world, ticket = injection.world, known_request(call).position
    rows = PositionBoard(world.state).positions()
    before = next(row for row in rows if row.ticket == ticket)
    answer = proceed(call)
    if not isinstance(answer, OrderSendResult) or answer.retcode != DONE:
        return answer
    delay_s = injection.delay_s()
    if injection.word("late") == "position":
        lift = world.lay(StillThere(before))
    else:
        lift = world.lay(NotYetVisible(answer.order, "history"))
    world.agenda.at(world.after_ms(delay_s), lift)
    injection.note = f"{injection.word('late')} of {ticket} late by {delay_s:.3f} s"
    return answer


def fill_after_cancel(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B45: the removal is confirmed, and yet the order fills."""
    world, request = injection.world, known_request(call)
    order = world.state.orders.get(request.order)
    if order is None or world.refusal(request):
        return proceed(call)
    lift, delay_s = world.lay(NotYetVisible(order.ticket)), injection.delay_s()

    def fill() -> None:
        lift()
        if order.ticket in world.state.orders:
            world.execution.trade(order, order.price)
            injection.happened(f"order {order.ticket} filled after its removal")

    world.agenda.at(world.after_ms(delay_s), fill)
    injection.note = f"order {order.ticket} said to be removed"
    return world.server.answer(request, DONE, order=order.ticket)
