"""Faults that act through the terminal, but go by another name there."""

from __future__ import annotations

from typing import Final

from tools.storm.faults.injector import SceneInjector
from tools.storm.model import Scene

_OWN: Final = frozenset({"kind", "times", "for_s", "every"})


class ThroughTerminal(SceneInjector):
    """Arms the terminal's fault `kind` at each of its moments, and counts it when it fires there.

    With `for_s` an episode lasts so long, at most to the end of the window. All parameters that are
    not the injector's own are the kind's.
    """

    def arm(self, scene: Scene, start_utc_s: float, end_utc_s: float) -> None:
        """Draw the moments, and look at the terminal's log from here on."""
        super().arm(scene, start_utc_s, end_utc_s)
        self._seen_count = len(scene.plan.fired)
        self._awaited_count = 0

    def strike(self, scene: Scene) -> None:
        """Arm it for the next fitting call or for now."""
        settings = {name: value for name, value in self.parameters.items() if name not in _OWN}
        if "for_s" in self.parameters:
            room_s = self._end_utc_s - scene.now_utc_s
            settings["for_s"] = max(1.0, min(self.number("for_s"), room_s))
        scene.plan.add(
            self.word("kind"),
            at_utc_s=scene.terminal.now_utc_s,
            until_utc_s=self._end_utc_s,
            **settings,
        )
        self._awaited_count += 1
        self.watch(scene)

    def watch(self, scene: Scene) -> None:
        """Count what fired since the last look."""
        fired = scene.plan.fired
        new, self._seen_count = fired[self._seen_count :], len(fired)
        for line in new:
            if line.fault_id == self.word("kind") and self._awaited_count > 0:
                self._awaited_count -= 1
                scene.struck(self.fault_id)

    def ease(self, scene: Scene) -> None:
        """Count what fired last; it ends by itself."""
        self.watch(scene)
