"""Trade return codes and `last_error` pairs, with their texts."""

from __future__ import annotations

from typing import Final

PASSED: Final = 0
REQUOTE: Final = 10004
REJECTED: Final = 10006
PLACED: Final = 10008
DONE: Final = 10009
DONE_PARTIAL: Final = 10010
INVALID: Final = 10013
INVALID_VOLUME: Final = 10014
INVALID_PRICE: Final = 10015
INVALID_STOPS: Final = 10016
TRADE_DISABLED: Final = 10017
MARKET_CLOSED: Final = 10018
NO_MONEY: Final = 10019
PRICE_OFF: Final = 10021
INVALID_EXPIRATION: Final = 10022
NO_CHANGES: Final = 10025
SERVER_DISABLES_AT: Final = 10026
CLIENT_DISABLES_AT: Final = 10027
FROZEN: Final = 10029
INVALID_FILL: Final = 10030
CONNECTION: Final = 10031
LIMIT_ORDERS: Final = 10033
LIMIT_VOLUME: Final = 10034
LIMIT_POSITIONS: Final = 10040
INVALID_ORDER: Final = 10035
POSITION_CLOSED: Final = 10036
INVALID_CLOSE_VOLUME: Final = 10038
CLOSE_ORDER_EXISTS: Final = 10039
LONG_ONLY: Final = 10042
SHORT_ONLY: Final = 10043
CLOSE_ONLY: Final = 10044
FIFO_CLOSE: Final = 10045
HEDGE_PROHIBITED: Final = 10046

RETCODE_TEXTS: Final[dict[int, str]] = {
    0: "Done",
    10004: "Requote",
    10006: "Request rejected",
    10007: "Request canceled",
    10008: "Order placed",
    10009: "Request executed",
    10010: "Request executed partially",
    10011: "Request error",
    10012: "Request timeout",
    10013: "Invalid request",
    10014: "Invalid volume",
    10015: "Invalid price",
    10016: "Invalid stops",
    10017: "Trade disabled",
    10018: "Market closed",
    10019: "No money",
    10020: "Price changed",
    10021: "No prices",
    10022: "Invalid expiration",
    10023: "Order changed",
    10024: "Too many requests",
    10025: "No changes",
    10026: "AutoTrading disabled by server",
    10027: "AutoTrading disabled by client",
    10028: "Request locked",
    10029: "Order or position frozen",
    10030: "Unsupported filling mode",
    10031: "No connection",
    10032: "Only real accounts allowed",
    10033: "Orders limit reached",
    10034: "Volume limit reached",
    10035: "Invalid order",
    10036: "Position doesn't exist",
    10038: "Invalid close volume",
    10039: "Close order already exists",
    10040: "Positions limit reached",
    10041: "Order activation rejected",
    10042: "Only long positions are allowed",
    10043: "Only short positions are allowed",
    10044: "Only position closing is allowed",
    10045: "Only FIFO closing is allowed",
    10046: "Hedge is prohibited",
}
"""The comment the server sends with each return code; 0 is `order_check`'s own."""

TERMINAL_SIDE_CODES: Final = frozenset(
    {
        INVALID,
        INVALID_VOLUME,
        INVALID_PRICE,
        INVALID_STOPS,
        TRADE_DISABLED,
        PRICE_OFF,
        INVALID_EXPIRATION,
        SERVER_DISABLES_AT,
        CLIENT_DISABLES_AT,
        INVALID_FILL,
        CONNECTION,
        INVALID_ORDER,
        LONG_ONLY,
        SHORT_ONLY,
        CLOSE_ONLY,
    }
)
"""Refusals the terminal makes itself: their answers carry request_id 0. Recorded for 10013, 10015,
10016 and 10021 (BEHAVIOUR 10), assumed for the other checks of form and permission."""

ErrorPair = tuple[int, str]

LAST_ERROR_TEXTS: Final[dict[int, str]] = {
    1: "Success",
    -1: "Terminal: Call failed",
    -2: "Terminal: Invalid params",
    -3: "Terminal: Out of memory",
    -4: "Terminal: Not found",
    -5: (
        "Terminal: Incompatible versions, please install the latest version of "
        "Terminal and Python module"
    ),
    -6: "Terminal: Authorization failed",
    -7: "Terminal: Unsupported function",
    -8: "Auto-Trading using Python API disabled in Terminal",
    -10000: "IPC call failed",
    -10001: "IPC send failed",
    -10002: "IPC recv failed",
    -10003: "IPC initialize failed, MetaTrader 5 x64 not found",
    -10004: "No IPC connection",
    -10005: "IPC timeout",
}
"""`last_error` texts per code where the terminal or the transport speaks."""

SUCCESS: Final[ErrorPair] = (1, "Success")


def terminal_error(code: int) -> ErrorPair:
    """The `last_error` pair of `code` in the terminal's or transport's own words."""
    return code, LAST_ERROR_TEXTS[code]


def argument_error(text: str = "Invalid arguments") -> ErrorPair:
    """A rejection by the package itself, before anything reached the terminal."""
    return -2, text


def field_error(name: str) -> ErrorPair:
    """The package's rejection of one named argument or request key."""
    return -2, f'Invalid "{name}" argument'
