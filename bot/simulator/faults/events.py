"""Faults that happen once, without any request: money moves, foreign trades, stop-outs, gaps."""

from __future__ import annotations

from typing import Final

from bot.simulator.converter import to_minor
from bot.simulator.execution import REASON_CLIENT, Cause
from bot.simulator.faults.injection import Injection, Proceed, Undo
from bot.simulator.faults.market_edits import reprice, step_by, widen_by
from bot.simulator.faults.seam import NEVER_MS, Call
from bot.simulator.faults.views import ListedTwice
from bot.simulator.ledger import DealDraft
from bot.simulator.state import LONG, SHORT, SymbolDesk
from bot.simulator.triggers import close_worst_position

_BALANCE, _CREDIT, _CHARGE, _COMMISSION, _DIVIDEND = 2, 3, 4, 7, 15
MONEY_KINDS: Final = {
    "deposit": (_BALANCE, 1),
    "withdrawal": (_BALANCE, -1),
    "credit": (_CREDIT, 1),
    "charge": (_CHARGE, -1),
    "commission": (_COMMISSION, -1),
    "dividend": (_DIVIDEND, 1),
}
"""Deal type of each kind of money operation, and whether it adds or takes."""

_EVERYTHING: Final = 1_000_000


def move_money(injection: Injection) -> None:
    """B34: money comes or goes that no trade has made."""
    world, kind, money = injection.world, injection.word("kind"), injection.number("money")
    state = world.state
    unit = state.converter.minor_per_unit
    if kind == "swap" and not state.positions:
        return
    injection.note = f"{kind} of {money:g}"
    if kind == "swap":
        for position in state.positions.values():
            position.swap_minor -= to_minor(money, unit)
    else:
        deal_type, sign = MONEY_KINDS[kind]
        draft = DealDraft(
            deal_type, profit_minor=sign * to_minor(money, unit), comment=kind.capitalize()
        )
        state.ledger.book(draft, state.now_ms)
    state.books_changed()


def stop_out(injection: Injection) -> None:
    """B31: the server closes the worst position, or all, as for want of margin."""
    world = injection.world
    closed_count = 0
    most = injection.whole("positions_count") or _EVERYTHING
    while closed_count < most and world.state.positions:
        if not close_worst_position(world.execution, world.server.book.totals()):
            break
        closed_count += 1
    if closed_count:
        injection.note = f"{closed_count} positions stopped out"


def trade_by_hand(injection: Injection) -> None:
    """B43: somebody else's position appears on the account."""
    world, side = injection.world, LONG if injection.word("side") == "buy" else SHORT
    desk = injection.desks()[0]
    desk.tape.seek(world.state.now_ms)
    price = desk.tape.ask if side == LONG else desk.tape.bid
    if price <= 0.0:
        return  # no quote yet: nobody can have traded
    lots = injection.number("lots") or desk.contract.volume_min
    cause = Cause(REASON_CLIENT, injection.whole("magic"), injection.word("comment"))
    order = world.execution.market_order(desk, side, lots, cause)
    world.execution.trade(order, price)
    injection.note = f"position {order.ticket} of somebody else: {lots} {desk.name}"


def gap(injection: Injection) -> None:
    """B32, X12: from the next quote on all prices are a step away."""
    for desk in injection.desks():
        fraction = injection.number("fraction") * _direction(injection, desk)
        if reprice(injection.world, desk, NEVER_MS, step_by(fraction)):
            injection.note += f"{desk.name} {fraction:+.4%} "
    injection.note = injection.note.strip()


def widen_spread(injection: Injection) -> None:
    """B33: the spread is many times what it was, for the server too."""
    factor = injection.number("factor")
    quotes_count = sum(
        reprice(injection.world, desk, injection.until_ms(), widen_by(factor))
        for desk in injection.desks()
    )
    if quotes_count:
        injection.note = f"{quotes_count} quotes with {factor:g} times the spread"


def renumber(injection: Injection) -> Undo:
    """B27: positions get ids that no order has; or a ticket stands twice in the history."""
    if injection.word("what") == "orders":
        injection.note = "filled pending orders stand twice in the history"
        return injection.world.lay(ListedTwice())
    injection.note = "positions get ids of their own"
    return injection.world.lay(_OwnIds(injection))


class _OwnIds:
    """Renumbers every position before and after each call, once."""

    functions: frozenset[str] = frozenset()
    is_wall = False

    def __init__(self, injection: Injection) -> None:
        self._world, self._chance = injection.world, injection.chance
        self._known: set[int] = set()
        self._renumber()

    def answer(self, call: Call, proceed: Proceed) -> object:
        """The answer, without any id from before."""
        self._renumber()
        answer = proceed(call)
        self._renumber()
        return answer

    def _renumber(self) -> None:
        state = self._world.state
        new_positions = [p for ticket, p in state.positions.items() if ticket not in self._known]
        for position in new_positions:
            old_id, new_id = position.identifier, self._unused_id()
            state.drop_position(position)
            position.ticket = position.identifier = new_id
            state.add_position(position)
            state.ledger.renumber_position(old_id, new_id)
            for order in state.orders.values():
                if order.position_id == old_id:
                    order.position_id = new_id

    def _unused_id(self) -> int:
        ticket = self._chance.whole(10**9, 2**31)
        while ticket in self._known:
            ticket += 1
        self._known.add(ticket)
        return ticket


def _direction(injection: Injection, desk: SymbolDesk) -> int:
    """Up or down as told; "adverse" is against the symbol's oldest position, else down."""
    told = {"up": 1, "down": -1}.get(injection.word("direction"))
    if told is not None:
        return told
    oldest = next(iter(desk.positions.values()), None)
    return -1 if oldest is None else -oldest.side
