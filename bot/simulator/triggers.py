"""What one quote does to the positions and resting orders of its symbol.

Buys fill at the ask and close at the bid, sells the reverse. Stops fill at the quote that reached
them, which after a gap is worse than their level; limits and targets fill at their level, or at
the better quote where the account says so (BEHAVIOUR 12).
"""

from __future__ import annotations

from typing import Final

from bot.simulator.account import Totals, floating_minor
from bot.simulator.config import LimitFill
from bot.simulator.execution import (
    REASON_STOP,
    REASON_STOP_OUT,
    REASON_TARGET,
    Cause,
    Execution,
)
from bot.simulator.margin import added_margin_minor
from bot.simulator.order_rows import STATE_CANCELED
from bot.simulator.sessions import is_session_open
from bot.simulator.state import LONG, Position, RestingOrder, ServerState, SymbolDesk
from bot.simulator.tape import NO_LEVELS, Levels

_BUY_LIMIT, _SELL_LIMIT, _BUY_STOP, _SELL_STOP, _BUY_STOP_LIMIT, _SELL_STOP_LIMIT = range(2, 8)
_LIMIT_AFTER_STOP: Final = {_BUY_STOP_LIMIT: _BUY_LIMIT, _SELL_STOP_LIMIT: _SELL_LIMIT}
_EVERY_QUOTE: Final = Levels(float("inf"), -float("inf"), float("inf"), -float("inf"))


def trigger_levels(desk: SymbolDesk) -> Levels:
    """The four prices at which the first of the symbol's stops, targets or orders is reached."""
    bid_low, bid_high, ask_low, ask_high = NO_LEVELS
    for position in desk.positions.values():
        if position.side == LONG:
            bid_low = max(bid_low, position.sl or bid_low)
            bid_high = min(bid_high, position.tp or bid_high)
        else:
            ask_high = min(ask_high, position.sl or ask_high)
            ask_low = max(ask_low, position.tp or ask_low)
    for order in desk.orders.values():
        if order.is_working:
            return _EVERY_QUOTE
        if order.kind == _BUY_LIMIT:
            ask_low = max(ask_low, order.price)
        elif order.kind == _SELL_LIMIT:
            bid_high = min(bid_high, order.price)
        elif order.side == LONG:
            ask_high = min(ask_high, order.price)
        else:
            bid_low = max(bid_low, order.price)
    return Levels(bid_low, bid_high, ask_low, ask_high)


def process_quote(execution: Execution, desk: SymbolDesk) -> None:
    """Apply the quote the tape stands at: first stops and targets, then resting orders.

    A position opened by this quote meets its own stop at the next one. Outside the sessions
    nothing is triggered: the first quote of the next session decides.
    """
    if not is_session_open(desk.contract, execution.state.now_wall_ms / 1000):
        return
    standing_orders = list(desk.orders.values())
    for position in list(desk.positions.values()):
        _close_if_reached(execution, position)
    for order in standing_orders:
        if order.ticket in desk.orders:  # closing its position cancels a closing order
            activate_if_reached(execution, order)


def close_worst_position(execution: Execution, totals: Totals) -> bool:
    """Stop out: close the most losing position whose market is open; False when there is none."""
    state = execution.state
    wall_s = state.now_wall_ms / 1000
    closable = [p for p in state.positions.values() if is_session_open(p.desk.contract, wall_s)]
    if not closable:
        return False
    worst = min(closable, key=lambda position: floating_minor(state, position))
    unit = state.converter.minor_per_unit
    equity, margin = totals.equity_minor / unit, totals.margin_minor / unit
    comment = f"so {totals.level_pct:.2f}%/{equity:.2f}/{margin:.2f}"
    cause = Cause(REASON_STOP_OUT, worst.magic, comment)
    return execution.close_offered(worst, worst.closing_price, cause) is not None


def _close_if_reached(execution: Execution, position: Position) -> None:
    price, side = position.closing_price, position.side
    digits = position.desk.contract.digits
    if position.sl and (price - position.sl) * side <= 0.0:
        comment = f"[sl {position.sl:.{digits}f}]"
        cause = Cause(REASON_STOP, position.magic, comment)
    elif position.tp and (price - position.tp) * side >= 0.0:
        comment = f"[tp {position.tp:.{digits}f}]"
        cause = Cause(REASON_TARGET, position.magic, comment)
        price = _limit_price(execution.state, position.tp, price)
    else:
        return
    execution.close_offered(position, price, cause)


def activate_if_reached(execution: Execution, order: RestingOrder) -> None:
    """Fill an order that the quote the tape stands at reaches, or let it take its next step."""
    tape = order.desk.tape
    quote_price = tape.ask if order.side == LONG else tape.bid
    if order.is_working:
        _fill(execution, order, quote_price)
        return
    beyond = (quote_price - order.price) * order.side
    if order.kind in (_BUY_LIMIT, _SELL_LIMIT):
        if beyond <= 0.0:
            _fill(execution, order, _limit_price(execution.state, order.price, quote_price))
    elif beyond >= 0.0:
        if order.kind in _LIMIT_AFTER_STOP:
            order.kind = _LIMIT_AFTER_STOP[order.kind]
            order.price, order.stoplimit_price = order.stoplimit_price, 0.0
            execution.state.books_changed()
        else:
            _fill(execution, order, quote_price)


def _fill(execution: Execution, order: RestingOrder, price: float) -> None:
    """Open the order's position, or cancel it when the account cannot carry it or may not."""
    if order.closes is not None:
        execution.trade(order, price)
        return
    totals = execution.book.totals()
    needed = added_margin_minor(execution.state, order.desk, order.side, order.lots, price)
    is_short = needed > 0 and totals.margin_minor + needed > totals.equity_minor
    if is_short or not execution.state.switches.order_activation:
        execution.finish(order, STATE_CANCELED)
        return
    execution.trade(order, price)


def _limit_price(state: ServerState, level: float, quote_price: float) -> float:
    return level if state.account.limit_fill is LimitFill.AT_LEVEL else quote_price
