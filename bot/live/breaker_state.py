"""What the breakers must not forget: which are open, and the evidence they count."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.model.breakers import RESETS, Breaker, BreakerAction, Trip
from bot.model.decision import Brake

SAMPLES_MAX_COUNT = 600
DISCONNECTS_KEPT_COUNT = 60
HOUR_S = 3_600.0
_SETTLED_WITHIN_S = 8 * 86_400.0


@dataclass(slots=True)
class Tripped:
    """A breaker that holds: the figures it tripped at, on which firm day, and what it does."""

    breaker: str
    action: int
    value: float
    limit: float
    since_utc_s: float
    day: int
    healed_since_utc_s: float = 0.0
    is_flat_asked: bool = False
    is_learned: bool = False

    @property
    def trip(self) -> Trip:
        """Its times as the reset rule sees them."""
        return Trip(self.day, self.since_utc_s, self.healed_since_utc_s)


@dataclass(slots=True)
class EquitySample:
    """Equity without money paid in or out."""

    at_utc_s: float
    equity_money: float


@dataclass(slots=True)
class Slip:
    """Slippage of one own entry; positive is worse than planned."""

    setup_id: int
    slippage_r: float


@dataclass(slots=True)
class BreakerState:
    """One field of the snapshot; everything in it is bounded."""

    tripped: dict[str, Tripped] = field(default_factory=dict)
    equity_falling: list[EquitySample] = field(default_factory=list)
    disconnects_utc_s: list[float] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    slips_counted: list[int] = field(default_factory=list)
    losses_after_setup_id: int = 0
    settled_utc_s: dict[str, float] = field(default_factory=dict)

    def in_order(self) -> list[Tripped]:
        """The open breakers in the order of `Breaker`; a name we do not know comes last."""
        if not self.tripped:
            return []  # asked several times a cycle, and hardly ever anything but this
        known = list(Breaker)
        order = {breaker.value: number for number, breaker in enumerate(known)}
        return sorted(self.tripped.values(), key=lambda t: order.get(t.breaker, len(known)))

    def brake(self) -> Brake:
        """REDUCE while a breaker is open whose action is to trade smaller."""
        is_reduced = any(t.action == BreakerAction.REDUCE for t in self.tripped.values())
        return Brake.REDUCE if is_reduced else Brake.NONE

    def forget(self, breaker: Breaker, newest_setup_id: int) -> None:
        """Drop the evidence a reset breaker counted, so that it does not trip on it again."""
        if breaker == Breaker.CONSECUTIVE_LOSSES:
            self.losses_after_setup_id = newest_setup_id
        elif breaker == Breaker.RAPID_LOSS:
            self.equity_falling.clear()
        elif breaker == Breaker.SLIPPAGE:
            self.slips.clear()
        elif breaker == Breaker.DISCONNECTS:
            self.disconnects_utc_s.clear()


def note_equity(falling: list[EquitySample], sample: EquitySample, window_s: float) -> float:
    """Take a sample into the window and return the window's highest equity.

    `falling` keeps only what may still become the highest: times rise, equities fall. Beyond
    `SAMPLES_MAX_COUNT` the two oldest become one, the higher equity at the later time, so that a
    peak is remembered rather too long than too short. A clock that steps back keeps everything.
    """
    while falling and falling[-1].equity_money <= sample.equity_money:
        falling.pop()
    falling.append(sample)
    oldest_utc_s = sample.at_utc_s - window_s
    expired_count = 0
    while falling[expired_count].at_utc_s < oldest_utc_s:
        expired_count += 1
    del falling[:expired_count]
    if len(falling) > SAMPLES_MAX_COUNT:
        falling[0].at_utc_s = falling[1].at_utc_s
        del falling[1]
    return falling[0].equity_money


def learn_breaker(breakers: BreakerState, line: Mapping[str, object], newest_setup_id: int) -> None:
    """The journal decides which breakers are open: the snapshot may be a cycle behind.

    It may also be ahead of an old line: a trip that was settled stays settled, and the reset of an
    earlier trip does not touch a later one.
    """
    name, at_utc_s = str(line["breaker"]), float(str(line["at_utc_s"]))
    if name not in {breaker.value for breaker in Breaker}:
        return
    known = breakers.tripped.get(name)
    if line["event"] == "BreakerReset":
        if known is None or known.since_utc_s > at_utc_s:
            return
        del breakers.tripped[name]
        if not known.is_learned:
            breakers.forget(Breaker(name), newest_setup_id)
    elif known is None and not was_settled(breakers.settled_utc_s, name, at_utc_s):
        breakers.tripped[name] = Tripped(
            breaker=name,
            action=BreakerAction[str(line["action"]).upper()].value,
            value=float(str(line["value"])),
            limit=float(str(line["limit"])),
            since_utc_s=at_utc_s,
            day=int(str(line["day"])),
            is_learned=True,
        )


def was_settled(settled_utc_s: Mapping[str, float], name: str, at_utc_s: float) -> bool:
    """Whether what began at `at_utc_s` was ended later, as the snapshot knows.

    An end far ahead was stamped by a wrong clock and proves nothing.
    """
    return 0.0 < settled_utc_s.get(name, -math.inf) - at_utc_s <= _SETTLED_WITHIN_S


def may_person_reset(name: str) -> bool:
    """Whether a person may bring this breaker back before its own rule does."""
    return name in {b.value for b, terms in RESETS.items() if terms.person_may}
