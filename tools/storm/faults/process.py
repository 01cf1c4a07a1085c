"""Deaths, pauses and errors of the trader's process and of the computer under it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Final

from bot.live.loop import stop
from tools.storm.faults.draws import Setting
from tools.storm.faults.injector import LastingInjector, SceneInjector
from tools.storm.model import DeathError, PowerLossError, Scene

_OPERATIONS_MAX_COUNT: Final = 400
_DEATH_SHARE: Final = 0.5
Hook = Callable[[str], None]
_HOUR_S: Final = 3600.0


def stay_away(scene: Scene, down_s: float) -> None:
    """Let nobody start the trader for so long."""
    scene.down_until_utc_s = max(scene.down_until_utc_s, scene.now_utc_s + down_s)


class OperationInjector(SceneInjector):
    """Strikes within a cycle: at the n-th operation whose name holds `at`, n drawn up to `within`.

    Subclasses write `act`, which may raise.
    """

    def __init__(self, fault_id: str, parameters: Mapping[str, Setting]) -> None:
        super().__init__(fault_id, parameters)
        self._hook: Hook | None = None

    def strike(self, scene: Scene) -> None:
        """Wait for the operation."""
        left_count = self.rng.randint(1, self.whole("within", _OPERATIONS_MAX_COUNT))
        wanted = self.word("at")

        def count(name: str) -> None:
            nonlocal left_count
            if wanted not in name:
                return
            left_count -= 1
            if left_count <= 0:
                self.ease(scene)
                scene.struck(self.fault_id)
                self.act(scene, name)

        self._hook = count
        scene.hooks.append(count)

    def ease(self, scene: Scene) -> None:
        """Wait no longer."""
        if self._hook in scene.hooks:
            scene.hooks.remove(self._hook)
        self._hook = None

    def is_ready(self, scene: Scene) -> bool:
        """While a trader lives."""
        return scene.bot is not None and self._hook is None

    @abstractmethod
    def act(self, scene: Scene, name: str) -> None:
        """Do it, in the middle of the operation."""


class DeathAtOperation(OperationInjector):
    """P01, T06, D15: killed before or after an operation; or the power fails (`power` "lost")."""

    def act(self, scene: Scene, name: str) -> None:
        """Die."""
        del scene
        died = PowerLossError if self.word("power") == "lost" else DeathError
        raise died(f"{self.fault_id} {name}")


class UnforeseenError(OperationInjector):
    """P11: something raises what nobody expected, once."""

    def act(self, scene: Scene, name: str) -> None:
        """Raise it."""
        del scene
        kinds = {"runtime": RuntimeError, "value": ValueError, "memory": MemoryError}
        raise kinds[self.word("error", "runtime")](f"{self.fault_id} {name}")


class DeathBetweenCycles(SceneInjector):
    """P06, P08: the process ends between two cycles: log-off, shutdown, loss of power.

    `power` "lost" takes the computer down with it; it is back after `down_s`.
    """

    def is_ready(self, scene: Scene) -> bool:
        """While a trader lives."""
        return scene.bot is not None

    def strike(self, scene: Scene) -> None:
        """Die, and be away for `down_s`."""
        scene.struck(self.fault_id)
        stay_away(scene, self.number("down_s"))
        if self.word("power") == "lost":
            raise PowerLossError(self.fault_id)
        raise DeathError(self.fault_id)


class Interrupt(DeathBetweenCycles):
    """P17: Ctrl-C: the trader ends as asked to, or is gone before it could."""

    def strike(self, scene: Scene) -> None:
        """Let it stop, if it gets to it, and end."""
        if scene.bot is not None and self.word("how", "asked") == "asked":
            stop(scene.bot, "interrupted")
        super().strike(scene)


class TaskLimit(SceneInjector):
    """P05: the task scheduler ends a process that has run for 72 hours."""

    def is_ready(self, scene: Scene) -> bool:
        """When the present life is old enough."""
        starts = scene.starts_utc_s
        if scene.bot is None or not starts:
            return False
        return scene.now_utc_s - starts[-1] >= self.number("limit_h", 72.0) * _HOUR_S

    def strike(self, scene: Scene) -> None:
        """Die."""
        scene.struck(self.fault_id)
        raise DeathError(self.fault_id)


class CrashLoop(LastingInjector):
    """P02: for `for_s` seconds the trader dies within its first cycles, again and again."""

    def can_begin(self, scene: Scene) -> bool:
        """While a trader lives."""
        return scene.bot is not None

    def begin(self, scene: Scene) -> None:
        """The first death; `watch` sees to the others."""
        self._kill(scene)

    def end(self, scene: Scene) -> None:
        """It lives again."""

    def watch(self, scene: Scene) -> None:
        """Kill whoever has started, now or a cycle later."""
        super().watch(scene)
        if self.is_in_force and scene.bot is not None and self.rng.random() < _DEATH_SHARE:
            self._kill(scene)

    def _kill(self, scene: Scene) -> None:
        scene.struck(self.fault_id)
        raise DeathError(self.fault_id)


class Sleep(SceneInjector):
    """P09: the computer sleeps or its machine is paused: nothing runs for `for_s` seconds."""

    def strike(self, scene: Scene) -> None:
        """Stand still; whoever wakes up believes that no time has passed."""
        scene.struck(self.fault_id)
        scene.stall_s += self.number("for_s", 600.0)


class Starvation(LastingInjector):
    """P13: the processor is busy elsewhere: each cycle comes `stretch_s` seconds late."""

    def begin(self, scene: Scene) -> None:
        """Count it once; `watch` stretches."""
        scene.struck(self.fault_id)

    def end(self, scene: Scene) -> None:
        """Cycles come in time again."""

    def watch(self, scene: Scene) -> None:
        """Stretch this cycle."""
        super().watch(scene)
        if self.is_in_force:
            scene.stall_s += self.number("stretch_s", 60.0)
