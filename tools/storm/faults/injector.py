"""What all injectors of the scene share: moments drawn in a window, strikes that are counted."""

from __future__ import annotations

import random
from abc import abstractmethod
from collections.abc import Mapping
from typing import Final

from tools.storm.faults.draws import Setting
from tools.storm.model import Injector, Scene

_TIMES: Final = "times"


class SceneInjector(Injector):
    """Strikes up to `times` times, at moments drawn from the scene's seed within the window.

    What is drawn depends on the seed, the fault and its window alone, so that a fault acts the same
    whichever others are dropped from a plan. A strike that finds nothing to do is tried again at
    every cycle until the window closes. Subclasses write `strike`, and `ease` when something has to
    be undone.
    """

    def __init__(self, fault_id: str, parameters: Mapping[str, Setting]) -> None:
        self.fault_id = fault_id
        self.parameters = parameters
        self.rng = random.Random(0)  # noqa: S311 - a storm is repeated, not guarded
        self._due_utc_s: list[float] = []
        self._end_utc_s = 0.0

    def arm(self, scene: Scene, start_utc_s: float, end_utc_s: float) -> None:
        """Draw the moments."""
        seed = f"{scene.seed} {self.fault_id} {round(start_utc_s)}"
        self.rng = random.Random(seed)  # noqa: S311 - as above
        count = self.whole(_TIMES, 1)
        self._due_utc_s = sorted(self.rng.uniform(start_utc_s, end_utc_s) for _ in range(count))
        self._end_utc_s = end_utc_s

    def before_cycle(self, scene: Scene) -> None:
        """Strike if it is time; what lies beyond the window is dropped."""
        self.watch(scene)
        if not self._due_utc_s or scene.now_utc_s < self._due_utc_s[0]:
            return
        if scene.now_utc_s >= self._end_utc_s:
            self._due_utc_s.clear()
            return
        if self.is_ready(scene):
            del self._due_utc_s[0]
            self.strike(scene)

    def heal(self, scene: Scene) -> None:
        """Undo what is in force; no further strike."""
        self._due_utc_s.clear()
        self.ease(scene)

    def is_ready(self, scene: Scene) -> bool:
        """Whether a strike would find something to do now."""
        del scene
        return True

    @abstractmethod
    def strike(self, scene: Scene) -> None:
        """Do it, and call `scene.struck`; may end in `DeathError`."""

    def watch(self, scene: Scene) -> None:
        """Called at every cycle, before strikes; here, nothing."""
        del scene

    def ease(self, scene: Scene) -> None:
        """Undo what is in force; here, nothing."""
        del scene

    def number(self, name: str, default: float = 0.0) -> float:
        """A parameter that is a number."""
        return float(self.parameters.get(name, default))

    def whole(self, name: str, default: int = 0) -> int:
        """A parameter that is a whole number."""
        return int(self.number(name, default))

    def word(self, name: str, default: str = "") -> str:
        """A parameter that is a word."""
        return str(self.parameters.get(name, default))


class LastingInjector(SceneInjector):
    """A strike that lasts `for_s` seconds, at most to the end of its window; then it is eased."""

    def __init__(self, fault_id: str, parameters: Mapping[str, Setting]) -> None:
        super().__init__(fault_id, parameters)
        self._until_utc_s = 0.0

    def watch(self, scene: Scene) -> None:
        """End what has lasted long enough."""
        if self._until_utc_s and scene.now_utc_s >= self._until_utc_s:
            self.ease(scene)

    def is_ready(self, scene: Scene) -> bool:
        """One at a time."""
        return self._until_utc_s == 0.0 and self.can_begin(scene)

    def strike(self, scene: Scene) -> None:
        """Begin it."""
        self._until_utc_s = min(scene.now_utc_s + self.number("for_s", 600.0), self._end_utc_s)
        self.begin(scene)

    def ease(self, scene: Scene) -> None:
        """End it, if it is in force."""
        if self._until_utc_s:
            self._until_utc_s = 0.0
            self.end(scene)

    @property
    def is_in_force(self) -> bool:
        """Whether it has begun and not ended."""
        return self._until_utc_s > 0.0

    def can_begin(self, scene: Scene) -> bool:
        """Whether there is something to begin with."""
        del scene
        return True

    @abstractmethod
    def begin(self, scene: Scene) -> None:
        """Put it in force, and call `scene.struck`."""

    @abstractmethod
    def end(self, scene: Scene) -> None:
        """Undo it."""
