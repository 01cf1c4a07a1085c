"""Circuit breakers: tripped, reset, and resets that were refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.model.events.base import Event


@dataclass(frozen=True, slots=True)
class BreakerTripped(Event):
    """A breaker met its limit and holds until its reset rule; value and limit share a unit."""

    DURABLE: ClassVar[bool] = True
    breaker: str
    value: float
    limit: float
    action: str
    resets: str


@dataclass(frozen=True, slots=True)
class BreakerReset(Event):
    """A breaker was reset: by whom (`person`, or the rule that was met) and why."""

    DURABLE: ClassVar[bool] = True
    breaker: str
    by: str
    reason: str
    tripped_for_s: float


@dataclass(frozen=True, slots=True)
class BreakerResetRefused(Event):
    """A person asked for a reset that was not made; `why` says what stands against it."""

    breaker: str
    reason: str
    why: str
