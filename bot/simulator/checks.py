"""Reasons to refuse a trade request: permissions, modes, volumes, dates, sessions and money."""

from __future__ import annotations

from math import fsum
from typing import Final

from bot.rules.calendar import DAY_S
from bot.simulator.case import Case, Route
from bot.simulator.geometry import level_on_grid
from bot.simulator.margin import added_margin_minor
from bot.simulator.retcodes import (
    CLIENT_DISABLES_AT,
    CLOSE_ONLY,
    CLOSE_ORDER_EXISTS,
    CONNECTION,
    FIFO_CLOSE,
    HEDGE_PROHIBITED,
    INVALID_CLOSE_VOLUME,
    INVALID_EXPIRATION,
    INVALID_FILL,
    INVALID_ORDER,
    INVALID_VOLUME,
    LIMIT_ORDERS,
    LIMIT_POSITIONS,
    LIMIT_VOLUME,
    LONG_ONLY,
    MARKET_CLOSED,
    NO_CHANGES,
    NO_MONEY,
    PASSED,
    POSITION_CLOSED,
    PRICE_OFF,
    SERVER_DISABLES_AT,
    SHORT_ONLY,
    TRADE_DISABLED,
)
from bot.simulator.sessions import has_fresh_quote, is_session_open
from bot.simulator.state import LONG

_DISABLED_MODE, _LONG_MODE, _SHORT_MODE, _CLOSE_MODE = 0, 1, 2, 3
_MARKET_BIT, _LIMIT_BIT, _STOP_BIT, _STOP_LIMIT_BIT, _CLOSE_BY_BIT = 1, 2, 4, 8, 64
KIND_BITS: Final = {
    0: _MARKET_BIT,
    1: _MARKET_BIT,
    2: _LIMIT_BIT,
    3: _LIMIT_BIT,
    4: _STOP_BIT,
    5: _STOP_BIT,
    6: _STOP_LIMIT_BIT,
    7: _STOP_LIMIT_BIT,
}
_FOK, _IOC, _RETURN, _BOC = range(4)
_FILLING_BITS: Final = {_FOK: 1, _IOC: 2, _BOC: 4}
_BOC_KINDS: Final = (2, 3, 6, 7)
_INSTANT_MODES: Final = (0, 1)
_MARKET_EXECUTION: Final = 2
_EXPIRATION_BITS: Final = {0: 1, 1: 2, 2: 4, 3: 8}
TIME_DAY, TIME_SPECIFIED, TIME_SPECIFIED_DAY = 1, 2, 3
_STEP_NOISE: Final = 1e-6


def permission(case: Case) -> int:
    """Switches of the terminal and the account, and the link to the server."""
    switches = case.state.switches
    if not switches.algo_trading:
        return CLIENT_DISABLES_AT
    if not switches.account_experts:
        return SERVER_DISABLES_AT
    if not switches.connected:
        return CONNECTION
    return PASSED if switches.account_trading else TRADE_DISABLED


def opening_mode(case: Case) -> int:
    """The symbol's trade mode, for requests that add exposure."""
    mode = case.known_desk.contract.trade_mode
    if case.is_reducing and mode != _DISABLED_MODE:
        return PASSED
    refusals = {_DISABLED_MODE: TRADE_DISABLED, _CLOSE_MODE: CLOSE_ONLY}
    if mode == _LONG_MODE and case.side != LONG:
        return LONG_ONLY
    if mode == _SHORT_MODE and case.side == LONG:
        return SHORT_ONLY
    return refusals.get(mode, PASSED)


def any_mode(case: Case) -> int:
    """The symbol's trade mode, for requests that only change or reduce what is there."""
    is_disabled = case.desk is not None and case.desk.contract.trade_mode == _DISABLED_MODE
    return TRADE_DISABLED if is_disabled else PASSED


def order_mask(case: Case) -> int:
    """Whether the symbol takes orders of this kind."""
    bit = _CLOSE_BY_BIT if case.route is Route.CLOSE_BY else KIND_BITS[case.request.type]
    return PASSED if case.desk is None or case.desk.contract.order_mask & bit else INVALID_ORDER


def filling(case: Case) -> int:
    """The filling mode against the symbol's execution mode and mask (BEHAVIOUR 11)."""
    contract, mode = case.known_desk.contract, case.request.type_filling
    is_pending = case.route is Route.PENDING
    if mode == _RETURN:
        is_allowed = is_pending or contract.exemode != _MARKET_EXECUTION
    elif mode == _BOC and not (is_pending and case.request.type in _BOC_KINDS):
        is_allowed = False
    elif mode in _FILLING_BITS:
        is_instant = contract.exemode in _INSTANT_MODES
        is_allowed = is_instant or bool(contract.filling_mask & _FILLING_BITS[mode])
    else:
        is_allowed = False
    return PASSED if is_allowed else INVALID_FILL


def volume(case: Case) -> int:
    """Volume within the symbol's limits and on its step; a whole position may always close."""
    contract, lots = case.known_desk.contract, case.request.volume
    closed = case.position if case.route is Route.CLOSE else case.netted
    if closed is not None and lots == closed.lots and (case.position or case.is_reducing):
        return PASSED
    if not contract.volume_min <= lots <= contract.volume_max:
        return INVALID_VOLUME
    steps = lots / contract.volume_step
    return PASSED if abs(steps - round(steps)) <= _STEP_NOISE else INVALID_VOLUME


def expiration(case: Case) -> int:
    """The kind of expiry against the symbol's mask, and a date that is not past."""
    request, contract = case.request, case.known_desk.contract
    bit = _EXPIRATION_BITS.get(request.type_time, 0)
    if not contract.expiration_mask & bit:
        return INVALID_EXPIRATION
    now_s = case.state.now_wall_ms // 1000
    if request.type_time == TIME_SPECIFIED and request.expiration <= now_s:
        return INVALID_EXPIRATION
    if request.type_time == TIME_SPECIFIED_DAY and request.expiration // DAY_S < now_s // DAY_S:
        return INVALID_EXPIRATION
    return PASSED


def session(case: Case) -> int:
    """Outside the symbol's sessions nothing is traded or changed."""
    if case.desk is None:
        return PASSED
    is_open = is_session_open(case.desk.contract, case.state.now_wall_ms / 1000)
    return PASSED if is_open else MARKET_CLOSED


def quotes(case: Case) -> int:
    """A quote young enough to trade on, of a selected symbol, and crosses to convert with."""
    desk, now_ms = case.desk, case.state.now_ms
    if desk is None:
        return PASSED
    is_shown = desk.is_selected and desk.ticks_from_ms <= now_ms
    if not is_shown or not has_fresh_quote(case.state, desk):
        return PRICE_OFF
    rates = case.state.converter.rates
    profit, margin = desk.contract.currency_profit, desk.contract.currency_margin
    if rates(profit, now_ms).loss <= 0.0 or rates(margin, now_ms).loss <= 0.0:
        return PRICE_OFF
    return PASSED


def existence(case: Case) -> int:
    """The positions a request names are still there."""
    is_missing = case.position is None or (case.route is Route.CLOSE_BY and case.other is None)
    return POSITION_CLOSED if is_missing else PASSED


def close_volume(case: Case) -> int:
    """Not more than the position holds."""
    if case.position is not None and case.request.volume > case.position.lots + _STEP_NOISE:
        return INVALID_CLOSE_VOLUME
    return PASSED


def closing_order(case: Case) -> int:
    """No other order is about to close the same position."""
    position = case.position
    if position is None or not position.desk.orders:
        return PASSED
    is_taken = any(order.closes is position for order in position.desk.orders.values())
    return CLOSE_ORDER_EXISTS if is_taken else PASSED


def oldest_first(case: Case) -> int:
    """On a FIFO account only the oldest position of a symbol may be closed."""
    position = case.position
    if not case.state.account.fifo_close or position is None:
        return PASSED
    oldest = next(iter(position.desk.positions.values()))
    return PASSED if position is oldest or case.other is oldest else FIFO_CLOSE


def one_side(case: Case) -> int:
    """Where hedging is prohibited, nothing is opened or placed against an open position."""
    state = case.state
    if not state.account.hedge_prohibited or state.is_netting:
        return PASSED
    is_opposed = any(p.side != case.side for p in case.known_desk.positions.values())
    return HEDGE_PROHIBITED if is_opposed else PASSED


def order_count(case: Case) -> int:
    """The account's limit on resting orders."""
    limit = case.state.account.limit_orders
    return LIMIT_ORDERS if 0 < limit <= len(case.state.orders) else PASSED


def position_count(case: Case) -> int:
    """The account's limit on open positions."""
    limit = case.state.account.limit_positions
    if case.netted is not None:
        return PASSED
    return LIMIT_POSITIONS if 0 < limit <= len(case.state.positions) else PASSED


def direction_volume(case: Case) -> int:
    """The symbol's limit on volume in one direction, positions and resting orders together."""
    desk = case.known_desk
    if desk.contract.volume_limit <= 0.0:
        return PASSED
    lots = case.request.volume
    if case.netted is not None and case.netted.side != case.side:
        lots -= case.netted.lots
    lots += fsum(p.lots for p in desk.positions.values() if p.side == case.side)
    lots += fsum(o.lots for o in desk.orders.values() if o.side == case.side)
    return LIMIT_VOLUME if lots > desk.contract.volume_limit + _STEP_NOISE else PASSED


def money(case: Case) -> int:
    """Equity covers the margin of everything open plus this order."""
    desk = case.known_desk
    price = desk.tape.ask if case.side == LONG else desk.tape.bid
    added = added_margin_minor(case.state, desk, case.side, case.request.volume, price)
    totals = case.execution.book.totals()
    is_short = added > 0 and totals.margin_minor + added > totals.equity_minor
    return NO_MONEY if is_short else PASSED


def changes(case: Case) -> int:
    """Something is different from what already stands."""
    request, position, order, desk = case.request, case.position, case.order, case.known_desk
    sl, tp = level_on_grid(request.sl, desk), level_on_grid(request.tp, desk)
    if position is not None:
        return NO_CHANGES if (sl, tp) == (position.sl, position.tp) else PASSED
    assert order is not None, "only positions and resting orders are changed"
    price, stoplimit = level_on_grid(request.price, desk), level_on_grid(request.stoplimit, desk)
    asked = (price, stoplimit, sl, tp, request.type_time)
    stands = (order.price, order.stoplimit_price, order.sl, order.tp, order.type_time)
    is_same_date = request.type_time not in (TIME_SPECIFIED, TIME_SPECIFIED_DAY) or (
        request.expiration == order.expiration_wall_s
    )
    return NO_CHANGES if asked == stands and is_same_date else PASSED
