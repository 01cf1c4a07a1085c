"""What the broker says and is asked: facts, requests and outcomes, validated at the edge.

Symbols are the bot's own names, times UTC epoch seconds, money account currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from bot.model.market import SymbolSpec


class Timeframe(IntEnum):
    """Bar lengths the strategy joins; the value is the nominal length in seconds."""

    H1 = 3_600
    H4 = 14_400
    D1 = 86_400
    W1 = 604_800
    MN1 = 2_592_000


class OrderKind(IntEnum):
    """What a resting order is; MARKET only in history."""

    MARKET = 0
    LIMIT = 1
    STOP = 2
    STOP_LIMIT = 3


class OrderState(IntEnum):
    """Where an order is; RESTING covers every state that may still fill."""

    RESTING = 0
    FILLED = 1
    CANCELLED = 2
    EXPIRED = 3
    REJECTED = 4


class DealEntry(IntEnum):
    """Which way a deal changed a position; NONE is money paid in or out, CHARGE any other cost."""

    IN = 0
    OUT = 1
    REVERSE = 2
    OUT_BY = 3
    NONE = 4
    CHARGE = 5


class DealReason(IntEnum):
    """Who made the deal, as far as the broker tells."""

    OTHER = 0
    EXPERT = 1
    MANUAL = 2
    STOP = 3
    TARGET = 4
    STOP_OUT = 5
    ROLLOVER = 6


class SendResult(IntEnum):
    """Classes of an answer to a trade request (FAULTS, outcome classes)."""

    DONE = 0
    PARTIAL = 1
    REJECTED_PRICE = 2
    REJECTED_REQUEST = 3
    REJECTED_CONDITION = 4
    WORLD_CHANGED = 5
    NOT_SENT = 6
    UNKNOWN = 7


MARKET_CLOSED_RETCODE = 10018
"""The one return code the shell tells apart: asking again soon cannot help."""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """The account as the broker states it now."""

    login: int
    server: str
    currency: str
    leverage: int
    is_hedging: bool
    is_demo: bool
    trade_allowed: bool
    balance_money: float
    equity_money: float
    margin_money: float
    margin_free_money: float
    stop_out_level_pct: float


@dataclass(frozen=True, slots=True)
class TerminalFacts:
    """The terminal's own state; trading needs all three flags."""

    is_connected: bool
    trade_allowed: bool
    api_allowed: bool
    build: int
    ping_s: float


@dataclass(frozen=True, slots=True)
class Instrument:
    """A symbol of ours, what the broker calls it, and its contract now.

    The night after `triple_swap_weekday` (Monday 0) is charged three times its swap.
    """

    symbol: str
    broker_symbol: str
    asset_class: str
    base_currency: str
    profit_currency: str
    spec: SymbolSpec
    point_price: float
    can_open_long: bool
    can_open_short: bool
    is_24_7: bool
    triple_swap_weekday: int = 2


@dataclass(frozen=True, slots=True)
class BrokerPosition:
    """One open position; `position_id` never changes, `ticket` may."""

    ticket: int
    position_id: int
    symbol: str
    side: int
    lots: float
    open_price: float
    stop_price: float
    target_price: float
    profit_money: float
    swap_money: float
    magic: int
    comment: str
    opened_utc_s: float


@dataclass(frozen=True, slots=True)
class BrokerOrder:
    """One order, resting or finished; `lots` is what is still unfilled."""

    ticket: int
    position_id: int
    symbol: str
    side: int
    kind: OrderKind
    state: OrderState
    lots: float
    lots_initial: float
    price: float
    stop_price: float
    target_price: float
    expires_utc_s: float
    magic: int
    comment: str
    placed_utc_s: float


@dataclass(frozen=True, slots=True)
class BrokerDeal:
    """One booked deal; `symbol` is empty for balance operations, `side` is 0 there."""

    ticket: int
    order_ticket: int
    position_id: int
    symbol: str
    side: int
    entry: DealEntry
    reason: DealReason
    lots: float
    price: float
    profit_money: float
    swap_money: float
    commission_money: float
    fee_money: float
    magic: int
    comment: str
    time_utc_s: float


@dataclass(frozen=True, slots=True)
class OpenMarket:
    """Open a position now; its stop travels in the same request."""

    symbol: str
    side: int
    lots: float
    price: float
    deviation_price: float
    stop_price: float
    target_price: float
    magic: int
    comment: str


@dataclass(frozen=True, slots=True)
class PlaceLimit:
    """Rest a limit order with stop, target and expiry."""

    symbol: str
    side: int
    lots: float
    price: float
    stop_price: float
    target_price: float
    expires_utc_s: float
    magic: int
    comment: str


@dataclass(frozen=True, slots=True)
class CloseLots:
    """Close `lots` of one position; cannot be built without its ticket (FAULTS B23).

    `is_whole`: these are all its lots. They may go whatever the volume rules say by now (B11).
    """

    symbol: str
    ticket: int
    position_side: int
    lots: float
    price: float
    deviation_price: float
    magic: int
    comment: str
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class MoveStop:
    """Replace both protective levels of a position; 0.0 would remove one, so both are given."""

    symbol: str
    ticket: int
    stop_price: float
    target_price: float


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Remove one resting order."""

    symbol: str
    ticket: int


OrderRequest = OpenMarket | PlaceLimit | CloseLots | MoveStop | CancelOrder


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """The broker's answer; `lots` and `price` are what it says was done (0.0 when it does not)."""

    result: SendResult
    retcode: int
    text: str
    order_ticket: int = 0
    deal_ticket: int = 0
    lots: float = 0.0
    price: float = 0.0
