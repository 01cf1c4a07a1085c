"""The no-breach gate at work: what it took off, the night of the reset, the emergency."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.events.base import Event


@dataclass(frozen=True, slots=True)
class ExposureRelieved(Event):
    """Something was cancelled, reduced or closed because the worst case no longer fitted.

    `cause` is what it did not fit (a floor, or tomorrow's), `shortfall_money` by how much before
    this action, `relief_money` what the action gives back. `lots` is the volume taken off.
    """

    cause: str
    action: str
    setup_id: int
    symbol: str
    ticket: int
    lots: float
    relief_money: float
    shortfall_money: float


@dataclass(frozen=True, slots=True)
class ResetNightJudged(Event):
    """Before the reset: tomorrow's base and floor with the running positions, and the decision."""

    base_tomorrow_money: float
    daily_floor_tomorrow_money: float
    floor_tomorrow_money: float
    worst_case_money: float
    room_money: float
    policy: str
    action: str
    positions_count: int


@dataclass(frozen=True, slots=True)
class EmergencyChanged(Event):
    """The day's loss reached another rung beyond the flatten brake, or came back below one."""

    before: str
    after: str
    equity_money: float
    floor_money: float
    room_money: float


@dataclass(frozen=True, slots=True)
class EmergencyAlarmed(Event):
    """The day's loss is close to its floor and something may still be open: said every cycle."""

    equity_money: float
    floor_money: float
    room_money: float
    positions_count: int
    orders_count: int
