"""I6, I7: a halt holds until its own reset rule, and a flatten ends flat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tools.storm.invariants.journal_tail import Line
from tools.storm.invariants.reach import Overdue
from tools.storm.invariants.sight import (
    Sight,
    Watcher,
    belief,
    is_opening,
)
from tools.storm.invariants.tradable import takes_cancel, takes_close
from tools.storm.model import Scene, Sent

_FLAT_S: Final = 60.0
_CLOCK_S: Final = 2.0
_NEVER: Final = frozenset({"phase_over", "total_loss"})
_PERSON, _NEXT_DAY = "person", "next_server_day"
_LIFTING: Final = frozenset({"resume", "reset"})
_BREAKER: Final = "breaker_"


@dataclass(slots=True)
class _Halt:
    kind: str
    resets: str
    flattens: bool
    day: int
    words_before: int


class HaltBook:
    """Halts, open breakers and the phase's end as the journal tells them, in the order of lines.

    Kept through everything that happens to the journal afterwards: a halt that was once written
    holds although its line was lost, unless somebody damaged the disk.
    """

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self.halts: dict[str, _Halt] = {}
        self.breakers: dict[str, str] = {}
        self.verdict = ""
        self._lifting_words = 0
        self._resets = 0

    def learn(self, scene: Scene, line: Line) -> Iterable[str]:
        """Take in one line; yields what is wrong with a halt that was lifted."""
        kind = line["event"]
        if kind == "HaltLatched":
            name, day = str(line["halt"]), self._sight.firm_day(scene.now_utc_s)
            words = self._lifting_words
            self.halts[name] = _Halt(name, str(line["resets"]), bool(line["flattens"]), day, words)
        elif kind == "HaltCleared":
            halt = self.halts.pop(str(line["halt"]), None)
            if halt is not None:
                yield from self._lifted(scene, halt)
        elif kind == "CommandTaken" and line["verb"] in _LIFTING:
            self._lifting_words += 1
        elif kind == "BreakerTripped" and line["action"] != "reduce":
            self.breakers[str(line["breaker"])] = str(line["action"])
        elif kind == "BreakerReset":
            self.breakers.pop(str(line["breaker"]), None)
        elif kind == "PhaseDecided":
            self.verdict = str(line["verdict"])

    def _lifted(self, scene: Scene, halt: _Halt) -> Iterable[str]:
        if halt.kind in _NEVER:
            yield f"halt {halt.kind} was lifted; nothing may lift it"
        elif halt.kind.startswith(_BREAKER):
            return  # a breaker's own rule; its line says by what
        elif halt.resets == _PERSON and self._lifting_words == halt.words_before:
            yield f"halt {halt.kind} was lifted and no person said so"
        elif halt.resets == _NEXT_DAY:
            today = self._sight.firm_day(scene.now_utc_s + _CLOCK_S)
            if today <= halt.day:
                yield f"halt {halt.kind} of day {halt.day} was lifted on the same day"

    def against(self) -> str:
        """Why nothing may be opened, or empty."""
        if self.halts:
            return f"halt {', '.join(sorted(self.halts))}"
        if self.breakers:
            return f"breaker {', '.join(sorted(self.breakers))}"
        return f"phase {self.verdict}" if self.verdict else ""


class HaltHolds(Watcher):
    """I6: after a halt no request raises exposure until the halt's own reset rule.

    Compared: halts, blocking breakers and the phase's verdict as the journal on disk tells them
    (and, where the disk refuses lines, the trader's own memory) against each request that adds
    risk. Lifting is judged as well: what asks for a person only after a person's word, what ends
    with the day only on a later date of the firm by the true clock, the phase's end never.
    """

    invariant_id = "I6"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._book = HaltBook(sight)
        self._cuts_seen = 0
        self._found: list[str] = []

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """Nothing is opened while something holds."""
        self.sight.look_at(scene, sent)
        self._learn(scene)
        if not is_opening(sent.request):
            return
        self.checked_count += 1
        against = self._book.against()
        if against:
            yield f"an entry in {sent.request.get('symbol')} goes out in spite of {against}"
        state = belief(scene)
        if state is not None and state.halts and not against:
            yield f"an entry goes out in spite of the halt {', '.join(sorted(state.halts))}"

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """What was latched or lifted."""
        self.sight.look(scene, self)
        self._learn(scene)
        found, self._found = self._found, []
        return found

    def _learn(self, scene: Scene) -> None:
        fresh, cuts_count = self.standing_lines(), len(self.sight.journal.cuts)
        if cuts_count != self._cuts_seen and self.sight.damage.is_fresh:
            self._book = HaltBook(self.sight)  # what somebody took away cannot be known
            for line in self.sight.journal.lines[: -len(fresh) or None]:
                list(self._book.learn(scene, line))
        self._cuts_seen = cuts_count
        again = self.sight.journal.again
        for place, line in fresh:
            words = list(self._book.learn(scene, line))
            self._found += () if place in again else words


class EndsFlat(Watcher):
    """I7: a flatten ends at zero own positions and orders, within 60 s when reachable.

    Compared: while a flattening halt of the journal holds, every own position and resting order in
    the server's books has 60 clear seconds from the first look that shows it, counted only while
    the server would take its close or removal; a late fill begins its own. `FlattenFinished` while
    something of ours is at the server, in clear weather, is a violation: two clean reads had shown
    it.
    """

    invariant_id = "I7"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._book = HaltBook(sight)
        self._left = Overdue(_FLAT_S)

    @property
    def slowest_s(self) -> float:
        """The longest anything stood against a flatten although it could go."""
        return self._left.slowest_s

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Time what is left."""
        self.sight.look(scene, self)
        finished = False
        for line in self.new_lines():
            for _ in self._book.learn(scene, line):
                pass  # I6 tells of it
            finished = finished or line["event"] == "FlattenFinished"
        if not any(halt.flattens for halt in self._book.halts.values()):
            self._left.keep_only(())
            return
        self.checked_count += 1
        step_s, server = self.sight.reach.step_s, self.sight.server
        things = {p.ticket: takes_close(server, p) for p in self.sight.own_positions}
        things |= {o.ticket: takes_cancel(server, o) for o in self.sight.own_orders}
        if finished and things and self.sight.reach.is_clear:
            yield f"the flatten was called finished while {sorted(things)} stood at the server"
        self._left.keep_only(things)
        for ticket, can_go in things.items():
            if self._left.see(ticket, step_s if can_go else 0.0):
                yield f"ticket {ticket} stands after {_FLAT_S:g} s of flattening"
