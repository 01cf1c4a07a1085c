"""The storm's time: sleeping lets the market run; what the trader reads may be wrong."""

from __future__ import annotations

from tools.storm.model import Scene


class StormClock:
    """A trader's clock on a scene. The wall clock may err, the monotonic one never does.

    It goes on through deaths, as a machine's does, and stands on the true time of the market.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._start_utc_s = scene.now_utc_s

    def now_utc_s(self) -> float:
        """What the trader's wall clock shows."""
        scene = self._scene
        return scene.now_utc_s + scene.clock_error_s + scene.plan.host_clock_error_s

    def monotonic_s(self) -> float:
        """Seconds since the scene began."""
        return self._scene.now_utc_s - self._start_utc_s

    def sleep(self, duration_s: float) -> None:
        """Let the market run on; a duration that is not positive changes nothing."""
        if duration_s > 0.0:
            self.run_to(self._scene.now_utc_s + duration_s)

    def run_to(self, utc_s: float) -> None:
        """Let the market run to a true moment, never back."""
        scene = self._scene
        scene.now_utc_s = max(utc_s, scene.now_utc_s)
        scene.terminal.advance_to(max(scene.now_utc_s, scene.terminal.now_utc_s))
