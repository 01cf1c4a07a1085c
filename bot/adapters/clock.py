"""Clocks: the host's, and one that moves only when it is told to.

The one file that reads the host's time (FAULTS design rule 2).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class SystemClock:
    """The host's clock; durations come from the monotonic one (FAULTS C04)."""

    def now_utc_s(self) -> float:
        """Wall clock, UTC epoch seconds."""
        return time.time()

    def monotonic_s(self) -> float:
        """Seconds that never step back; for durations."""
        return time.monotonic()

    def sleep(self, duration_s: float) -> None:
        """Wait `duration_s`; nothing to wait for when it is not positive."""
        if duration_s > 0.0:
            time.sleep(duration_s)


class ManualClock:
    """A clock that advances by sleeping; whoever lives on it is told of every new moment.

    `on_advance` gets the new UTC moment after each step: a simulated market runs on there.
    """

    def __init__(
        self, start_utc_s: float, on_advance: Callable[[float], None] | None = None
    ) -> None:
        if not math.isfinite(start_utc_s):
            message = f"start_utc_s = {start_utc_s!r}: must be a finite number of seconds"
            raise ValueError(message)
        self._start_utc_s = float(start_utc_s)
        self._now_utc_s = float(start_utc_s)
        self._on_advance = on_advance

    def now_utc_s(self) -> float:
        """The moment last advanced to."""
        return self._now_utc_s

    def monotonic_s(self) -> float:
        """Seconds advanced since the start."""
        return self._now_utc_s - self._start_utc_s

    def sleep(self, duration_s: float) -> None:
        """Advance by `duration_s`; a duration that is not positive changes nothing."""
        if duration_s > 0.0:
            self.advance_to(self._now_utc_s + duration_s)

    def advance_to(self, utc_s: float) -> None:
        """Advance to `utc_s`, never back; an earlier moment raises `ValueError`."""
        if not self._now_utc_s <= utc_s < math.inf:
            message = f"utc_s = {utc_s!r}: must be finite and not before {self._now_utc_s!r}"
            raise ValueError(message)
        self._now_utc_s = utc_s
        if self._on_advance is not None:
            self._on_advance(utc_s)
