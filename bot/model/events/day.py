"""The trading day: anchors, brakes, halts and verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.model.events.base import Event


@dataclass(frozen=True, slots=True)
class DayOpened(Event):
    """The server day began; floors follow from the base."""

    DURABLE: ClassVar[bool] = True
    date: str
    balance_money: float
    equity_money: float
    base_money: float
    daily_floor_money: float
    total_floor_money: float
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class DayClosed(Event):
    """The server day ended; the tally is of all days closed, where the line tells it."""

    DURABLE: ClassVar[bool] = True
    date: str
    balance_money: float
    equity_money: float
    lowest_equity_money: float
    lowest_equity_utc_s: float
    profitable_day_gain_money: float
    is_profitable_day: bool
    profitable_days_count: int
    closed_profit_money: float
    requests_count: int
    cycles_count: int
    clock_offset_s: float
    is_estimated: bool
    is_counted_day: bool = False
    best_day_money: float = 0.0
    positive_days_money: float = 0.0
    is_tally_told: bool = False


@dataclass(frozen=True, slots=True)
class EquityLowMarked(Event):
    """A new low of the day's equity, in steps, so that a crash loses little of it."""

    equity_money: float
    daily_room_money: float
    total_room_money: float


@dataclass(frozen=True, slots=True)
class BrakeChanged(Event):
    """The day's loss crossed a brake, in either direction."""

    DURABLE: ClassVar[bool] = True
    before: str
    after: str
    loss_base_fraction: float
    equity_money: float
    base_money: float


@dataclass(frozen=True, slots=True)
class HaltLatched(Event):
    """No exposure may be raised until the halt's reset rule."""

    DURABLE: ClassVar[bool] = True
    halt: str
    reason: str
    resets: str
    flattens: bool = True


@dataclass(frozen=True, slots=True)
class HaltCleared(Event):
    """A halt met its reset rule."""

    DURABLE: ClassVar[bool] = True
    halt: str
    reason: str


@dataclass(frozen=True, slots=True)
class FlattenFinished(Event):
    """Flat, confirmed by two clean reads."""

    closed_count: int
    cancelled_count: int
    duration_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class PhaseDecided(Event):
    """The phase passed or was breached."""

    DURABLE: ClassVar[bool] = True
    verdict: str
    balance_money: float
    equity_money: float
    floor_money: float
    profitable_days_count: int
    also: str = ""


@dataclass(frozen=True, slots=True)
class TargetReached(Event):
    """Closed profit met the target; what happens next is the trader's policy."""

    balance_money: float
    target_money: float
    profitable_days_count: int
    profitable_days_min_count: int


@dataclass(frozen=True, slots=True)
class InactivityNoticed(Event):
    """No trade was opened for so long that the firm may let the account lapse (limit 0: none)."""

    DURABLE: ClassVar[bool] = True
    idle_days_count: int
    limit_days: int
    last_opened_utc_s: float
