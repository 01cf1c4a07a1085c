"""When the trader could act: the clock of every promise that says "within so many seconds"."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Final

from tools.storm.model import Scene

CALM_S: Final = 45.0
"""After a fault that spoils requests or reads: the trader's own longest back-off is 40 s."""

HARMLESS: Final = frozenset(
    {"B08", "B19", "B24", "B25", "B26", "B27", "B31", "B32", "B33", "B34", "B43", "B46"}
    | {"C04", "C08", "X12"}
)
"""Faults that keep nobody from reading or sending."""


class Reach:
    """Says of each step between two looks whether the trader could see and act in it.

    A step counts for as long as the trader's own cycle at most: where the storm looks seldom, the
    trader had one cycle, not many.

    A step is clear when the trader completed a cycle, nothing lies over the terminal's answers,
    and no fault that spoils requests or reads struck within `CALM_S`. A cycle that was skipped
    though nothing ever struck counts too: not to look is no excuse.
    """

    def __init__(self) -> None:
        self.step_s = 0.0
        self.is_clear = False
        self.unclear_s = 0.0
        self.completed_utc_s = 0.0
        self._at_utc_s = -1.0
        self._bot_id, self._cycles_count = 0, -1
        self._fired_count = 0
        self._struck: dict[str, int] = {}
        self._struck_utc_s = -1e18

    def note(self, scene: Scene, cycle_s: float) -> None:
        """Look once more."""
        passed_s = scene.now_utc_s - self._at_utc_s if self._at_utc_s >= 0.0 else 0.0
        self._at_utc_s = scene.now_utc_s
        self._note_strikes(scene)
        is_calm = scene.now_utc_s - self._struck_utc_s > CALM_S and not is_veiled(scene)
        is_complete, is_same = self._note_cycle(scene)
        self.is_clear = is_calm and is_same
        if not is_complete and self._struck_utc_s > 0.0:
            self.is_clear = False
        self.step_s = min(passed_s, cycle_s) if self.is_clear else 0.0
        self.unclear_s += 0.0 if self.is_clear else passed_s

    def _note_cycle(self, scene: Scene) -> tuple[bool, bool]:
        """Whether a cycle was completed since the last look, and by the same process."""
        bot = scene.bot
        if bot is None:
            self._bot_id, self._cycles_count = 0, -1
            return False, False
        is_same = id(bot) == self._bot_id
        is_complete = is_same and bot.cycles_count > self._cycles_count
        if is_complete or bot.cycles_count > 0 > self._cycles_count:
            self.completed_utc_s = scene.now_utc_s
        self._bot_id, self._cycles_count = id(bot), bot.cycles_count
        return is_complete, is_same

    def _note_strikes(self, scene: Scene) -> None:
        fired = scene.plan.fired
        for one in fired[self._fired_count :]:
            if one.fault_id not in HARMLESS:
                self._struck_utc_s = max(self._struck_utc_s, one.at_utc_s)
        self._fired_count = len(fired)
        if scene.fired != self._struck:
            changed = {k for k, count in scene.fired.items() if count != self._struck.get(k, 0)}
            if any(is_blocking(fault_id) for fault_id in changed):
                self._struck_utc_s = scene.now_utc_s
            self._struck = dict(scene.fired)


def is_blocking(fault_id: str) -> bool:
    """Whether a fault of the scene may keep the trader from seeing or acting."""
    return (fault_id[0] in "BNPTX" and fault_id not in HARMLESS) or fault_id in ("H06", "H07")


def is_veiled(scene: Scene) -> bool:
    """Whether something lies over the terminal's answers, or its link is away."""
    world = scene.plan._world
    is_covered = world is not None and bool(world.overlays)
    return is_covered or not scene.terminal.operator.switches.connected


@dataclass(slots=True)
class _Clock:
    clear_s: float = 0.0
    cycles_count: int = 0
    is_told: bool = False


class Overdue:
    """Clocks of things that are wrong, each running only while they could be mended.

    Overdue is what was seen wrong for more than `limit_s` clear seconds and over more than one
    whole cycle since. `slowest_s` is the longest that anything took to be mended.
    """

    def __init__(self, limit_s: float, cycles_count: int = 2) -> None:
        self._limit_s, self._cycles = limit_s, cycles_count
        self._clocks: dict[Hashable, _Clock] = {}
        self.slowest_s = 0.0

    def see(self, key: Hashable, step_s: float, limit_s: float = 0.0) -> bool:
        """Whether `key` has just become overdue; 0 as `step_s` stops its clock."""
        clock = self._clocks.get(key)
        if clock is None:
            self._clocks[key] = _Clock()
            return False
        if step_s > 0.0:
            clock.clear_s += step_s
            clock.cycles_count += 1
        is_late = clock.clear_s > (limit_s or self._limit_s) and clock.cycles_count >= self._cycles
        if not is_late or clock.is_told:
            return False
        clock.is_told = True
        return True

    def clear_s(self, key: Hashable) -> float:
        """For how many clear seconds `key` has been wrong."""
        clock = self._clocks.get(key)
        return 0.0 if clock is None else clock.clear_s

    def restart(self, key: Hashable) -> None:
        """Something was done about it: its clock begins anew."""
        if key in self._clocks:
            self._clocks[key] = _Clock()

    def keep_only(self, keys: Iterable[Hashable]) -> None:
        """Everything else is mended."""
        kept = set(keys)
        for key in [key for key in self._clocks if key not in kept]:
            self.slowest_s = max(self.slowest_s, self._clocks.pop(key).clear_s)
