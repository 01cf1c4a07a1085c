"""Faults that change a trade request on its way: what is executed is not what was asked for."""

from __future__ import annotations

from dataclasses import replace

from bot.simulator.case import ACTION_DEAL, ACTION_MODIFY, ACTION_PENDING, ACTION_SLTP
from bot.simulator.checks import TIME_SPECIFIED, TIME_SPECIFIED_DAY
from bot.simulator.faults.answers import (
    altered,
    changed,
    known_request,
    request_of,
    sent_request,
)
from bot.simulator.faults.injection import Injection, Proceed
from bot.simulator.faults.seam import Call
from bot.simulator.faults.world import quoted
from bot.simulator.liquidity import Liquidity, Wanted, floor_to_step
from bot.simulator.retcodes import DONE_PARTIAL, REQUOTE
from bot.simulator.state import LONG, Position, RestingOrder
from bot.simulator.structs import OrderSendResult, TradeRequest
from bot.simulator.symbols import FILLING_IOC, SymbolContract

_FOK, _IOC = 0, 1
_DATED = (TIME_SPECIFIED, TIME_SPECIFIED_DAY)


class _Part(Liquidity):
    """Offers one part of what is wanted, once."""

    def __init__(self, lots: float) -> None:
        super().__init__()
        self._lots = lots

    def offered_lots(self, wanted: Wanted) -> float:
        """The part."""
        return min(self._lots, wanted.lots)


def is_divisible(injection: Injection, call: Call) -> bool:
    """A market deal that would be done, of more than the smallest volume."""
    request = request_of(call)
    if request is None or request.action != ACTION_DEAL or injection.world.refusal(request):
        return False
    return 0.0 < _part_lots(injection, request) < request.volume


def fill_in_part(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B06: only part of the volume is there; the rest is cancelled, also of a fill-or-kill order.

    Servers answer 10010 to whatever they could not fill whole, so the filling mode gives way. The
    rest of a RETURN order stays and fills at the next quotes.
    """
    request, world = known_request(call), injection.world
    lots, usual = _part_lots(injection, request), world.execution.liquidity
    filling = _IOC if request.type_filling == _FOK else request.type_filling
    allow = world.changes.contract(
        world.state.desks[request.symbol],
        lambda c: replace(c, filling_mask=c.filling_mask | FILLING_IOC),
    )
    world.execution.liquidity = _Part(lots)
    try:
        answer = altered(call, proceed, type_filling=filling)
    finally:
        world.execution.liquidity = usual
        allow()
    if isinstance(answer, OrderSendResult) and answer.retcode == DONE_PARTIAL:
        injection.note = f"{answer.volume} of {request.volume} lots done"
    return answer


def _part_lots(injection: Injection, request: TradeRequest) -> float:
    desk = injection.world.state.desks.get(request.symbol)
    if desk is None:
        return 0.0
    part = floor_to_step(request.volume * injection.number("fraction"), desk)
    return max(part, desk.contract.volume_min)


def slip(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B08: the deal is done at a worse price than the quote."""
    request, state = known_request(call), injection.world.state
    desk = state.desks.get(request.symbol)
    if desk is None:
        return proceed(call)
    contract, tape = desk.contract, desk.tape
    tape.seek(state.now_ms)
    bid, ask, offset = tape.bid, tape.ask, injection.number("points") * contract.point
    if request.type % 2:
        bid_or_less, ask_or_more = _price(bid - offset, contract), ask
    else:
        bid_or_less, ask_or_more = bid, _price(ask + offset, contract)
    with quoted(state, {desk.name: (bid_or_less, ask_or_more)}):
        answer = proceed(call)
    if not isinstance(answer, OrderSendResult) or not (answer.deal or answer.retcode == REQUOTE):
        return answer
    injection.note = f"{injection.number('points'):g} points worse: {answer.retcode}"
    return changed(answer, bid=bid, ask=ask) if answer.deal else answer


def _price(price: float, contract: SymbolContract) -> float:
    return max(round(price, contract.digits), contract.point)


def strip_ticket(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B23: the close arrives without its ticket and opens the opposite."""
    injection.note = f"ticket {known_request(call).position} lost"
    return altered(call, proceed, position=0)


def strip_levels(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B24: the entry is done without its stop or target; nothing announces it."""
    which = injection.word("levels")
    gone = {name: 0.0 for name in ("sl", "tp") if which in (name, "both")}
    injection.note = f"{' and '.join(gone)} dropped"
    return altered(call, proceed, **gone)


def has_stop(injection: Injection, call: Call) -> bool:
    """A request that sets a stop; a close sets none, whatever it says."""
    request = sent_request(injection, call)
    if request is None or (request.action == ACTION_DEAL and request.position):
        return False
    return request.sl > 0.0


def shift_stop(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B25: the server sets another stop than it was asked for; positive points loosen it."""
    request, state = known_request(call), injection.world.state
    owner: Position | RestingOrder | None = state.positions.get(request.position)
    owner = owner or state.orders.get(request.order)
    if owner is None and request.action == ACTION_SLTP and request.symbol in state.desks:
        owner = state.desks[request.symbol].netted_position
    desk = state.desks.get(request.symbol) if owner is None else owner.desk
    if desk is None:
        return proceed(call)
    side = owner.side if owner is not None else -1 if request.type % 2 else LONG
    shift = side * injection.number("points") * desk.contract.point
    stop = round(request.sl - shift, desk.contract.digits)
    injection.note = f"stop {request.sl} set as {stop}"
    return altered(call, proceed, sl=stop)


def spoil_comment(injection: Injection, call: Call, proceed: Proceed) -> object:
    """B26: the comment is cut, rewritten or lost."""
    comment, how = known_request(call).comment, injection.word("how")
    spoilt = {"lost": "", "cut": comment[: injection.whole("keep_count")], "rewritten": "by broker"}
    injection.note = f"comment {comment!r} became {spoilt[how]!r}"
    return altered(call, proceed, comment=spoilt[how])


def has_expiry(injection: Injection, call: Call) -> bool:
    """A pending order or its change with a date of expiry."""
    request = sent_request(injection, call)
    if request is None or request.action not in (ACTION_PENDING, ACTION_MODIFY):
        return False
    return request.type_time in _DATED and request.expiration > 0


def shift_expiry(injection: Injection, call: Call, proceed: Proceed) -> object:
    """C08: the date of expiry is read in another zone."""
    shift_s = injection.whole("shift_s")
    injection.note = f"expiry moved by {shift_s} s"
    moved_s = max(known_request(call).expiration + shift_s, 1)
    return altered(call, proceed, expiration=moved_s)
