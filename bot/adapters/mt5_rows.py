"""The terminal's rows as the bot's values, checked field by field.

A row of another shape or with an impossible number raises `RowError`; the reader turns that into
Unknown, because half a truth about the account is none (FAULTS N01, X07).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf, isfinite
from operator import attrgetter
from typing import TypeVar

from bot.adapters.mt5_codes import (
    ACCOUNT_MARGIN_MODE_RETAIL_HEDGING,
    ACCOUNT_STOPOUT_MODE_PERCENT,
    ACCOUNT_TRADE_MODE_REAL,
    DEAL_ENTRIES,
    DEAL_REASONS,
    DEAL_TYPE_BUY,
    DEAL_TYPE_SELL,
    ORDER_STATES,
    ORDER_TYPE_BUY,
    ORDER_TYPE_CLOSE_BY,
    ORDER_TYPE_SELL,
)
from bot.model.broker import (
    AccountFacts,
    BrokerDeal,
    BrokerOrder,
    BrokerPosition,
    DealEntry,
    DealReason,
    OrderKind,
    TerminalFacts,
)

Clock = Callable[[float], float]
"""Server wall clock to UTC."""

Names = Callable[[str], str]
"""Broker's symbol to ours."""

T = TypeVar("T")

_NOT_TRADES = {2: DealEntry.NONE, 3: DealEntry.NONE}  # balance and credit; the rest are charges
_MS_PER_S = 1000.0
_US_PER_S = 1_000_000.0
_ORDER_TYPES_COUNT = 9
_UNIT_MONEY = 1.0

_ACCOUNT = attrgetter("login", "server", "currency", "leverage", "margin_mode", "trade_mode")
_ACCOUNT_MONEY = attrgetter("balance", "equity", "margin", "margin_free")
_ACCOUNT_FLOATING = attrgetter("profit", "credit")
_ACCOUNT_SWITCHES = attrgetter("trade_allowed", "trade_expert", "margin_so_mode", "margin_so_so")
_TERMINAL = attrgetter("connected", "trade_allowed", "tradeapi_disabled", "build", "ping_last")
_POSITION = attrgetter("ticket", "identifier", "symbol", "type", "magic", "comment")
_POSITION_NUMBERS = attrgetter("volume", "price_open", "sl", "tp", "profit", "swap")
_POSITION_TIME = attrgetter("time_msc", "time")
_ORDER = attrgetter("ticket", "position_id", "symbol", "type", "state", "magic", "comment")
_ORDER_NUMBERS = attrgetter("volume_current", "volume_initial", "price_open", "sl", "tp")
_ORDER_TIMES = attrgetter("time_expiration", "time_setup_msc", "time_setup")
_ORDER_DONE = attrgetter("time_done_msc", "time_done", "time_setup")
_DEAL = attrgetter("ticket", "order", "position_id", "symbol", "type", "entry", "reason")
_DEAL_NUMBERS = attrgetter("volume", "price", "profit", "swap", "commission", "fee")
_DEAL_REST = attrgetter("magic", "comment", "time_msc", "time")


class RowError(Exception):
    """A row cannot be trusted: names kind, field and value."""


def checked(kind: str, convert: Callable[[], T]) -> T:
    """Run a conversion; what a wrong shape makes Python raise becomes `RowError`."""
    try:
        return convert()
    except (AttributeError, TypeError, ValueError, OverflowError, LookupError) as error:
        message = f"{kind}: not the shape the package promises ({error})"
        raise RowError(message) from error


def account_facts(row: object) -> AccountFacts:
    """The account; an account of zeros is a failed read, not a lost one (FAULTS X10)."""
    login, server, currency, leverage, margin_mode, trade_mode = _ACCOUNT(row)
    balance, equity, margin, margin_free = _ACCOUNT_MONEY(row)
    allowed, expert, so_mode, so_level = _ACCOUNT_SWITCHES(row)
    if not isfinite(balance + equity + margin + margin_free + so_level):
        message = f"account: balance {balance!r}, equity {equity!r}, margin {margin!r}: not finite"
        raise RowError(message)
    _check_equity(row, balance, equity)
    if login <= 0 or not server or not currency:
        message = f"account: login {login!r} server {server!r} currency {currency!r}: not logged in"
        raise RowError(message)
    is_percent = so_mode == ACCOUNT_STOPOUT_MODE_PERCENT
    so_pct = so_level if is_percent else (100.0 * so_level / margin if margin > 0.0 else 0.0)
    return AccountFacts(
        login=int(login),
        server=str(server),
        currency=str(currency),
        leverage=int(leverage),
        is_hedging=margin_mode == ACCOUNT_MARGIN_MODE_RETAIL_HEDGING,
        is_demo=trade_mode != ACCOUNT_TRADE_MODE_REAL,
        trade_allowed=bool(allowed and expert),
        balance_money=float(balance),
        equity_money=float(equity),
        margin_money=float(margin),
        margin_free_money=float(margin_free),
        stop_out_level_pct=float(so_pct),
    )


def _check_equity(row: object, balance: float, equity: float) -> None:
    """No equity is believed only where balance, floating result and credit come to none, too."""
    if equity != 0.0:
        return
    if balance == 0.0:
        raise RowError("account: balance and equity are both 0.0, which is a failed read")
    profit, credit = _ACCOUNT_FLOATING(row)
    if abs(balance + profit + credit) >= _UNIT_MONEY:
        message = (
            f"account: equity is 0.0 with balance {balance!r}, profit {profit!r} and credit "
            f"{credit!r}, which is a failed read"
        )
        raise RowError(message)


def terminal_facts(row: object) -> TerminalFacts:
    """Link and switches of the terminal."""
    connected, allowed, api_disabled, build, ping_us = _TERMINAL(row)
    return TerminalFacts(
        is_connected=bool(connected),
        trade_allowed=bool(allowed),
        api_allowed=not api_disabled,
        build=int(build),
        ping_s=ping_us / _US_PER_S,
    )


def position(row: object, utc_s: Clock, name: Names) -> BrokerPosition:
    """One open position."""
    ticket, identifier, symbol, kind, magic, comment = _POSITION(row)
    lots, price, stop, target, profit, swap = _POSITION_NUMBERS(row)
    time_msc, time_s = _POSITION_TIME(row)
    if not (0.0 < lots < inf and 0.0 < price < inf and stop >= 0.0 and target >= 0.0):
        message = f"position {ticket}: volume {lots!r} price {price!r} sl {stop!r} tp {target!r}"
        raise RowError(message)
    if kind not in (ORDER_TYPE_BUY, ORDER_TYPE_SELL) or ticket <= 0 or not isfinite(profit + swap):
        message = f"position {ticket}: type {kind!r} profit {profit!r} swap {swap!r}"
        raise RowError(message)
    return BrokerPosition(
        ticket,
        identifier,
        name(symbol),
        1 if kind == ORDER_TYPE_BUY else -1,
        lots,
        price,
        stop,
        target,
        profit,
        swap,
        magic,
        comment,
        utc_s(time_msc / _MS_PER_S if time_msc else time_s),
    )


def order(row: object, utc_s: Clock, name: Names) -> BrokerOrder:
    """One order, resting or finished; the closing half of a close-by has side 0."""
    ticket, position_id, symbol, kind, state, magic, comment = _ORDER(row)
    lots, lots_initial, price, stop, target = _ORDER_NUMBERS(row)
    expires_s, placed_msc, placed_s = _ORDER_TIMES(row)
    numbers_fit = isfinite(lots + price + stop + target) and 0.0 < lots_initial < inf
    if not numbers_fit or min(lots, price, stop, target) < 0.0:
        message = f"order {ticket}: volume {lots!r} price {price!r} sl {stop!r} tp {target!r}"
        raise RowError(message)
    if not 0 <= kind < _ORDER_TYPES_COUNT or state not in ORDER_STATES or ticket <= 0:
        message = f"order {ticket}: type {kind!r} state {state!r}"
        raise RowError(message)
    is_close_by = kind == ORDER_TYPE_CLOSE_BY
    return BrokerOrder(
        ticket=ticket,
        position_id=position_id,
        symbol=name(symbol),
        side=0 if is_close_by else 1 - 2 * (kind % 2),
        kind=OrderKind.MARKET if is_close_by else OrderKind(kind // 2),
        state=ORDER_STATES[state],
        lots=lots,
        lots_initial=lots_initial,
        price=price,
        stop_price=stop,
        target_price=target,
        expires_utc_s=utc_s(expires_s) if expires_s else 0.0,
        magic=magic,
        comment=comment,
        placed_utc_s=utc_s(placed_msc / _MS_PER_S if placed_msc else placed_s),
    )


def deal(row: object, utc_s: Clock, name: Names) -> BrokerDeal:
    """One booked deal; neither a buy nor a sell is a cash operation or a charge."""
    ticket, order_ticket, position_id, symbol, kind, entry, reason = _DEAL(row)
    lots, price, profit, swap, commission, fee = _DEAL_NUMBERS(row)
    magic, comment, time_msc, time_s = _DEAL_REST(row)
    if not isfinite(lots + price + profit + swap + commission + fee) or ticket <= 0:
        message = f"deal {ticket}: volume {lots!r} price {price!r} profit {profit!r} swap {swap!r}"
        raise RowError(message)
    is_trade = kind in (DEAL_TYPE_BUY, DEAL_TYPE_SELL)
    if is_trade and entry not in DEAL_ENTRIES:
        message = f"deal {ticket}: entry {entry!r}"
        raise RowError(message)
    return BrokerDeal(
        ticket=ticket,
        order_ticket=order_ticket,
        position_id=position_id,
        symbol=name(symbol) if is_trade else "",
        side=(1 if kind == DEAL_TYPE_BUY else -1) if is_trade else 0,
        entry=DEAL_ENTRIES[entry] if is_trade else _NOT_TRADES.get(kind, DealEntry.CHARGE),
        reason=DEAL_REASONS.get(reason, DealReason.OTHER) if is_trade else DealReason.OTHER,
        lots=lots,
        price=price,
        profit_money=profit,
        swap_money=swap,
        commission_money=commission,
        fee_money=fee,
        magic=magic,
        comment=comment,
        time_utc_s=utc_s(time_msc / _MS_PER_S if time_msc else time_s),
    )


def done_utc_s(row: object, utc_s: Clock) -> float:
    """When a finished order left the book; its placement where the server states no end."""

    def convert() -> float:
        done_msc, done_s, placed_s = _ORDER_DONE(row)
        return utc_s(done_msc / _MS_PER_S if done_msc else done_s or placed_s)

    return checked("finished order", convert)


def one_per_ticket(orders: Iterable[BrokerOrder]) -> tuple[BrokerOrder, ...]:
    """One row per ticket, by ticket; some servers list placement and activation (BEHAVIOUR 8)."""
    by_ticket: dict[int, BrokerOrder] = {}
    for row in orders:
        known = by_ticket.get(row.ticket)
        if known is None or row.state >= known.state:
            by_ticket[row.ticket] = row
    return tuple(by_ticket[ticket] for ticket in sorted(by_ticket))
