"""Waits measured by a clock that never steps, apart for each thing that is waited for."""

from __future__ import annotations

from collections.abc import Callable

_KEPT_MAX_COUNT = 256


class Stopwatch:
    """Elapsed seconds per key; a new process begins at zero, which makes a wait only longer.

    The wall clock may jump by a year (FAULTS C04, C05): nothing is concluded from it, and nothing
    is held up by it. Only the latest keys are remembered.
    """

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._started_s: dict[int, float] = {}

    def start(self, key: int) -> None:
        """Begin the wait of `key` anew."""
        self._started_s.pop(key, None)
        self._started_s[key] = self._monotonic_s()
        while len(self._started_s) > _KEPT_MAX_COUNT:
            del self._started_s[next(iter(self._started_s))]

    def elapsed_s(self, key: int) -> float:
        """Seconds since `key` was started; a key that never was starts now."""
        if key not in self._started_s:
            self.start(key)
        return self._monotonic_s() - self._started_s[key]

    def forget(self, key: int) -> None:
        """`key` is not waited for any more."""
        self._started_s.pop(key, None)
