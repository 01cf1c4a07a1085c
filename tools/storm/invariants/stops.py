"""I3: every own position has its stop at the broker, and stops never loosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.simulator.state import Position
from tools.storm.invariants.reach import Overdue
from tools.storm.invariants.sight import LEVELS, Sight, Watcher, number, whole
from tools.storm.invariants.tradable import takes_close, tolerance_price
from tools.storm.model import Scene, Sent

FIRST_TRY_S: Final = 10.0
NEXT_TRY_S: Final = 60.0
_ALARM_S: Final = 60.0
_ALARMS: Final = frozenset({"FaultMet", "EmergencyAlarmed", "HaltLatched", "StopMissing"})


@dataclass(slots=True)
class _Guarded:
    """A position's tightest stop so far, and whether something was tried since it is broken."""

    best_price: float = 0.0
    is_tried: bool = False
    is_broken: bool = False
    alarms_before: int = 0


class StopStands(Watcher):
    """I3: a stop within one cycle (10 s), or attempts and an alarm; stops never loosen.

    Compared: the stop of each own position in the server's books. From the first look that sees it
    missing, or looser than it stood before by more than a tick, the trader has 10 clear seconds
    and two cycles for its first attempt (an edit of the stop, or a close). While attempts fail,
    they go on at most 60 s apart: "each cycle" would break I19, the trader's back-off ends at
    40 s. The clock stops while the server would take no close. After 60 clear seconds without a
    stop the journal holds an alarm. A request for a looser stop than the one that stands, or than
    the tightest that stood, is a violation at once.
    """

    invariant_id = "I3"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._guarded: dict[int, _Guarded] = {}
        self._untried = Overdue(NEXT_TRY_S)
        self._naked = Overdue(_ALARM_S)
        self._alarms_count = 0

    @property
    def slowest_s(self) -> float:
        """The longest a position had no stop although it could have been closed."""
        return self._naked.slowest_s

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """An attempt; an edit never asks for less."""
        self.sight.look_at(scene, sent)
        position = self.sight.state.positions.get(whole(sent.request, "position"))
        if position is None or not self.sight.is_own(position.magic):
            return
        self.checked_count += 1
        guarded = self._guarded.setdefault(position.ticket, _Guarded())
        if guarded.is_broken:
            guarded.is_tried = True
            self._untried.restart(position.ticket)
        if sent.request.get("action") != LEVELS:
            return
        wanted = number(sent.request, "sl")
        standing = _tighter(position, position.sl, guarded.best_price)
        if wanted <= 0.0 or _is_looser(position, wanted, standing):
            yield f"position {position.ticket}: stop {wanted:g} is asked for, {standing:g} stood"

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Look at every own position once."""
        self.sight.look(scene, self)
        self._alarms_count += sum(1 for line in self.new_lines() if line["event"] in _ALARMS)
        own = self.sight.own_positions
        self._forget({position.ticket for position in own})
        broken, naked = set(), set()
        for position in own:
            self.checked_count += 1
            guarded = self._guarded.setdefault(position.ticket, _Guarded())
            if position.sl > 0.0 and not _is_looser(position, position.sl, guarded.best_price):
                guarded.is_broken = guarded.is_tried = False
                if self.sight.reach.is_clear:
                    guarded.best_price = _tighter(position, position.sl, guarded.best_price)
                continue
            broken.add(position.ticket)
            if position.sl <= 0.0:
                naked.add(position.ticket)
            yield from self._unguarded(position, guarded)
        self._untried.keep_only(broken)
        self._naked.keep_only(naked)

    def _unguarded(self, position: Position, guarded: _Guarded) -> Iterable[str]:
        if not guarded.is_broken:
            guarded.is_broken, guarded.alarms_before = True, self._alarms_count
        reach = self.sight.reach
        step_s = reach.step_s if takes_close(self.sight.server, position) else 0.0
        limit_s = NEXT_TRY_S if guarded.is_tried else FIRST_TRY_S
        words = f"position {position.ticket} {position.desk.name}: stop {position.sl:g}, "
        if self._untried.see(position.ticket, step_s, limit_s):
            yield f"{words}it was {guarded.best_price:g}, nothing was tried for {limit_s:g} s"
        if position.sl > 0.0:
            return
        is_silent = self._alarms_count == guarded.alarms_before
        if self._naked.see(position.ticket, step_s) and is_silent:
            yield f"{words}and no alarm for {_ALARM_S:g} s"

    def _forget(self, tickets: set[int]) -> None:
        for ticket in [ticket for ticket in self._guarded if ticket not in tickets]:
            del self._guarded[ticket]


def _is_looser(position: Position, level: float, than: float) -> bool:
    return than > 0.0 and position.side * (than - level) > tolerance_price(position.desk)


def _tighter(position: Position, one: float, other: float) -> float:
    if one <= 0.0 or other <= 0.0:
        return max(one, other)
    return max(one, other) if position.side > 0 else min(one, other)
