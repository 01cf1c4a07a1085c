"""MT5's numbers, and what each answer to a trade request means (FAULTS, outcome classes).

Values are the package's own (5.0.45 to 5.0.6231 agree); a test compares them with the contract.
"""

from __future__ import annotations

from enum import IntEnum

from bot.model.broker import (
    CancelOrder,
    CloseLots,
    DealEntry,
    DealReason,
    MoveStop,
    OpenMarket,
    OrderRequest,
    OrderState,
    PlaceLimit,
    SendResult,
    Timeframe,
)

TRADE_ACTION_DEAL = 1
TRADE_ACTION_PENDING = 5
TRADE_ACTION_SLTP = 6
TRADE_ACTION_REMOVE = 8

ORDER_TYPE_BUY = 0
ORDER_TYPE_SELL = 1
ORDER_TYPE_BUY_LIMIT = 2
ORDER_TYPE_SELL_LIMIT = 3
ORDER_TYPE_CLOSE_BY = 8

ORDER_FILLING_FOK = 0
ORDER_FILLING_IOC = 1
ORDER_FILLING_RETURN = 2

ORDER_TIME_GTC = 0
ORDER_TIME_SPECIFIED = 2
ORDER_TIME_SPECIFIED_DAY = 3

SYMBOL_FILLING_FOK = 1
SYMBOL_FILLING_IOC = 2
SYMBOL_EXPIRATION_SPECIFIED = 4
SYMBOL_EXPIRATION_SPECIFIED_DAY = 8
SYMBOL_ORDER_MARKET = 1

SYMBOL_TRADE_MODE_DISABLED = 0
SYMBOL_TRADE_MODE_LONGONLY = 1
SYMBOL_TRADE_MODE_SHORTONLY = 2
SYMBOL_TRADE_MODE_CLOSEONLY = 3
SYMBOL_TRADE_MODE_FULL = 4

SYMBOL_TRADE_EXECUTION_INSTANT = 1
SYMBOL_TRADE_EXECUTION_MARKET = 2
SYMBOL_TRADE_EXECUTION_EXCHANGE = 3

SYMBOL_CALC_MODE_FUTURES = 1
SYMBOL_CALC_MODE_EXCH_STOCKS = 32

SYMBOL_SWAP_MODE_DISABLED = 0
SYMBOL_SWAP_MODE_POINTS = 1
SYMBOL_SWAP_MODE_CURRENCY_SYMBOL = 2
SYMBOL_SWAP_MODE_CURRENCY_MARGIN = 3
SYMBOL_SWAP_MODE_CURRENCY_DEPOSIT = 4
SYMBOL_SWAP_MODE_INTEREST_CURRENT = 5
SYMBOL_SWAP_MODE_INTEREST_OPEN = 6
SYMBOL_SWAP_MODE_REOPEN_CURRENT = 7
SYMBOL_SWAP_MODE_REOPEN_BID = 8

ACCOUNT_TRADE_MODE_REAL = 2
ACCOUNT_MARGIN_MODE_RETAIL_HEDGING = 2
ACCOUNT_STOPOUT_MODE_PERCENT = 0

DEAL_TYPE_BUY = 0
DEAL_TYPE_SELL = 1

TRADE_RETCODE_PLACED = 10008
TRADE_RETCODE_DONE = 10009
TRADE_RETCODE_INVALID = 10013
TRADE_RETCODE_NO_CHANGES = 10025
TRADE_RETCODE_INVALID_FILL = 10030
TRADE_RETCODE_INVALID_ORDER = 10035

TIMEFRAMES: dict[Timeframe, int] = {
    Timeframe.H1: 16385,
    Timeframe.H4: 16388,
    Timeframe.D1: 16408,
    Timeframe.W1: 32769,
    Timeframe.MN1: 49153,
}

ORDER_STATES: dict[int, OrderState] = {
    0: OrderState.RESTING,  # started
    1: OrderState.RESTING,  # placed
    2: OrderState.CANCELLED,
    3: OrderState.RESTING,  # partly filled, the rest still works
    4: OrderState.FILLED,
    5: OrderState.REJECTED,
    6: OrderState.EXPIRED,
    7: OrderState.RESTING,  # being added, modified or cancelled: it may still fill
    8: OrderState.RESTING,
    9: OrderState.RESTING,
}

DEAL_ENTRIES: dict[int, DealEntry] = {
    0: DealEntry.IN,
    1: DealEntry.OUT,
    2: DealEntry.REVERSE,
    3: DealEntry.OUT_BY,
}

DEAL_REASONS: dict[int, DealReason] = {
    0: DealReason.MANUAL,  # desktop, mobile, web
    1: DealReason.MANUAL,
    2: DealReason.MANUAL,
    3: DealReason.EXPERT,
    4: DealReason.STOP,
    5: DealReason.TARGET,
    6: DealReason.STOP_OUT,
    7: DealReason.ROLLOVER,
}
"""What is not listed (variation margin, split, corporate action) is `DealReason.OTHER`."""


class RequestKind(IntEnum):
    """What a request does, as far as an answer's meaning depends on it."""

    OPEN = 0
    CLOSE = 1
    PLACE = 2
    MOVE = 3
    CANCEL = 4


REQUEST_KINDS: dict[type[OrderRequest], RequestKind] = {
    OpenMarket: RequestKind.OPEN,
    CloseLots: RequestKind.CLOSE,
    PlaceLimit: RequestKind.PLACE,
    MoveStop: RequestKind.MOVE,
    CancelOrder: RequestKind.CANCEL,
}

_BY_RESULT: dict[SendResult, tuple[int, ...]] = {
    SendResult.DONE: (10009,),
    SendResult.PARTIAL: (10010,),
    SendResult.REJECTED_PRICE: (10004, 10020, 10021),
    SendResult.REJECTED_REQUEST: (
        *(10006, 10007, 10013, 10014, 10015, 10016, 10022),
        *(10030, 10032, 10035, 10038, 10041, 10045),
    ),
    SendResult.REJECTED_CONDITION: (
        *(10017, 10018, 10019, 10024, 10026, 10027),
        *(10033, 10034, 10040, 10042, 10043, 10044),
    ),
    SendResult.WORLD_CHANGED: (10023, 10029, 10036, 10039),
    # 10008 and 10025 mean DONE for one kind of request each, see below; 10046 is not in FAULTS
    SendResult.UNKNOWN: (10008, 10011, 10012, 10025, 10028, 10031, 10046),
}

RETCODES: dict[int, SendResult] = {
    code: result for result, codes in _BY_RESULT.items() for code in codes
}
"""The class of every return code of the contract, whatever was asked for."""

_BY_KIND: dict[tuple[int, RequestKind], SendResult] = {
    # a resting order that was accepted rests; a market order that was accepted may fill or not
    (TRADE_RETCODE_PLACED, RequestKind.PLACE): SendResult.DONE,
    (TRADE_RETCODE_NO_CHANGES, RequestKind.MOVE): SendResult.DONE,
    # our request to remove is well formed, so the order itself is gone (BEHAVIOUR 10, row 14)
    (TRADE_RETCODE_INVALID, RequestKind.CANCEL): SendResult.WORLD_CHANGED,
    (TRADE_RETCODE_INVALID_ORDER, RequestKind.CANCEL): SendResult.WORLD_CHANGED,
}

_NO_ANSWER: dict[int, SendResult] = {
    -2: SendResult.REJECTED_REQUEST,  # refused inside the package: an argument
    -8: SendResult.REJECTED_CONDITION,  # "disable algo trading via Python" is set
}
"""Not -10004, "no connection": the error is read after the call, and may be another's (N03)."""


def result_of_retcode(retcode: int, kind: RequestKind) -> SendResult:
    """What a return code says about a request of this kind; an unlisted code is UNKNOWN."""
    listed = RETCODES.get(retcode, SendResult.UNKNOWN)
    return _BY_KIND.get((retcode, kind), listed)


def result_of_no_answer(error_code: int) -> SendResult:
    """What is known when `order_send` gave None or raised, from `last_error` right after it."""
    return _NO_ANSWER.get(error_code, SendResult.UNKNOWN)
