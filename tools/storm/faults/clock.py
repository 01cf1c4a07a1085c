"""The computer's clock, wrong for a while."""

from __future__ import annotations

from tools.storm.faults.injector import LastingInjector
from tools.storm.model import Scene


class ClockError(LastingInjector):
    """C04, C05: the trader's wall clock is off by `step_s`; the monotonic one is not."""

    def begin(self, scene: Scene) -> None:
        """Step it."""
        scene.clock_error_s += self.number("step_s")
        scene.struck(self.fault_id)

    def end(self, scene: Scene) -> None:
        """Step it back."""
        scene.clock_error_s -= self.number("step_s")
