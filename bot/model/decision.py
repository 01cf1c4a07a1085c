"""Named answers: every "no" has a name, every "yes" says how."""

from __future__ import annotations

from typing import NamedTuple

from bot.model.numbered import Numbered


class EntryRoute(Numbered):
    """What to do with a setup at this price (DESIGN.md section 4)."""

    WAIT = 0
    MARKET = 1
    LIMIT = 2
    WAIT_FOR_SPREAD = 3
    DROP_TOO_FAR = 4
    DROP_EXPIRED = 5
    DROP_STOP_TOUCHED = 6


class Refusal(Numbered):
    """Why an order is not sent; NONE means it may be."""

    NONE = 0
    HALTED = 1
    PAUSED = 2
    UNRESOLVED_INTENT = 3
    SYMBOL_HAS_EXPOSURE = 4
    QUOTE_STALE = 5
    QUOTE_CROSSED = 6
    SPREAD_TOO_WIDE = 7
    STOP_ON_WRONG_SIDE = 8
    STOP_TOO_CLOSE = 9
    LOTS_BELOW_MINIMUM = 10
    RISK_ABOVE_INTENT = 11
    CUMULATIVE_RISK = 12
    DAILY_FLOOR_AT_RISK = 13
    TOTAL_FLOOR_AT_RISK = 14
    MARGIN_TOO_LOW = 15
    POSITIONS_AT_CAP = 16
    ENTRIES_TODAY_AT_CAP = 17
    OUTSIDE_SESSION = 18
    ROLLOVER_WINDOW = 19
    STATE_NOT_SAVED = 20
    ACCOUNT_UNKNOWN = 21
    TERMINAL_NOT_READY = 22
    TARGET_REACHED = 23
    SYMBOL_BLOCKED = 24
    BROKER_REJECTED = 25
    PRICE_MOVED = 26
    WEEKEND_CLOSE = 27
    REQUESTS_AT_CAP = 28
    TERMINAL_CALCULATOR_DISAGREES = 29
    BREAKER_OPEN = 30
    NEWS_WINDOW = 31
    CALENDAR_MISSING = 32
    CALENDAR_STALE = 33
    CALENDAR_EMPTY = 34
    CURRENCY_EXPOSURE = 35
    CORRELATED_EXPOSURE = 36
    ONE_DIRECTION = 37
    MARGIN_LEVEL_TOO_LOW = 38
    STOP_OUT_TOO_NEAR = 39
    SWAP_TOO_DEAR = 40
    ENTRY_TOO_SOON = 41
    STRADDLE = 42
    DAY_BUDGET_SPENT = 43
    PROFIT_PROTECTED = 44
    SYMBOL_RISK_AT_CAP = 45
    FIRM_LOTS_AT_CAP = 46
    FIRM_OPEN_RISK_AT_CAP = 47
    FIRM_POSITIONS_AT_CAP = 48
    LEVERAGE_AT_CAP = 49
    RESET_NIGHT = 50
    DAY_PAUSED_BY_FIRM = 51
    TIME_LIMIT_OVER = 52
    LOSSES_IN_A_ROW = 53
    SIZE_UNUSUAL = 54


class Finding(NamedTuple):
    """A `Refusal` with the figure that led to it and the limit it was held against, in one unit.

    NONE is a yes; its figures may still say how near the limit was.
    """

    refusal: int
    value: float
    limit: float


ALLOWED = Finding(0, 0.0, 0.0)
"""Nothing speaks against it."""


class Brake(Numbered):
    """How hard the day's loss brakes, mildest first."""

    NONE = 0
    WARN = 1
    REDUCE = 2
    FLATTEN = 3


class ExitAction(Numbered):
    """What an open trade asks for."""

    HOLD = 0
    TAKE_RUNG = 1
    MOVE_STOP = 2
    CLOSE = 3


class ExitReason(Numbered):
    """Why a trade or a part of it left the market."""

    NONE = 0
    TARGET = 1
    STOP = 2
    TIME_STOP = 3
    STALE = 4
    WEEKEND = 5
    MONDAY_GAP = 6
    BRAKE = 7
    OPERATOR = 8
    NAKED = 9
    OVERSIZE = 10
    MANUAL = 11
    STOP_OUT = 12
    OTHER = 13


class PositionStep(NamedTuple):
    """One whole answer of the exit rule.

    TAKE_RUNG closes `lots` (all that is left when `is_last`), MOVE_STOP sets `stop_price`,
    CLOSE closes everything for `reason`.
    """

    action: int
    lots: float
    stop_price: float
    reason: int


class PhaseVerdict(Numbered):
    """Where the phase stands."""

    RUNNING = 0
    PASSED = 1
    BREACHED_DAILY = 2
    BREACHED_TOTAL = 3
    OUT_OF_TIME = 4
