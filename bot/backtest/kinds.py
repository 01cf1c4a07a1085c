"""Named places and sizes in a walk's memory."""

from __future__ import annotations

from enum import IntEnum

SLIPS_KEPT_COUNT = 200
NOTES_KEPT_COUNT = 60
FALLING_MAX_COUNT = 600
ENTRY_SLIPS_MAX_COUNT = 200
SYMBOLS_MAX_COUNT = 64
REFUSALS_COUNT = 64


class Status(IntEnum):
    """A setup's life in the walk; ended ones are gone from their slot."""

    NONE = 0
    AWAITING_ENTRY = 1
    AWAITING_SPREAD = 2
    PENDING = 3
    FILLED = 4


class HaltKind(IntEnum):
    """Latched halts, each with its place in `me.halts`."""

    DAILY_BRAKE = 0
    TOTAL_LOSS = 1
    PHASE_OVER = 2
    TARGET_STOP = 3
    FIRM_PAUSE = 4
    BREAKER_DAY = 5
    BREAKER_PERSON = 6


class Trigger(IntEnum):
    """Which of the circuit breakers a walk can trip; its place in `me.trips`."""

    CONSECUTIVE_LOSSES = 0
    DAY_LOSSES = 1
    RAPID_LOSS = 2
    DAILY_DRAWDOWN = 3
    TRADES_PER_DAY = 4
    SLIPPAGE = 5
    SPREAD_REGIME = 6
    REQUESTS_SOFT = 7
    REQUESTS_HARD = 8


class DealKind(IntEnum):
    """Whether a deal opened or closed."""

    IN = 0
    OUT = 1
