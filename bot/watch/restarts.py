"""When a trader that died is started again, and when it may only manage from then on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

WAIT_MIN_S: Final = 1.0
WAIT_MAX_S: Final = 60.0
_GROWTH: Final = 3.0
"""Decorrelated jitter: each wait is drawn between the least and three times the one before."""

CALM_S: Final = 600.0
"""A trader that lived so long is forgiven what happened before: the next wait is the least."""

RESTARTS_MAX_COUNT: Final = 5
RESTARTS_SPAN_S: Final = 600.0


class Restart(NamedTuple):
    """The wait before the next start, and how many restarts the span then holds."""

    wait_s: float
    restarts_count: int

    @property
    def is_manage_only(self) -> bool:
        """Whether the next trader may only manage what is open."""
        return self.restarts_count >= RESTARTS_MAX_COUNT


class RestartPace:
    """Remembers restarts; `chance` draws from 0 to 1, moments are seconds that never step back."""

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._restarts_s: list[float] = []
        self._wait_s = 0.0

    def died(self, now_s: float, lived_s: float) -> Restart:
        """What follows on the death of a trader that had lived `lived_s`."""
        if lived_s >= CALM_S:
            self._wait_s = 0.0
        self._restarts_s = [at for at in self._restarts_s if now_s - at < RESTARTS_SPAN_S]
        self._restarts_s.append(now_s)
        if not self._wait_s:
            self._wait_s = WAIT_MIN_S
        else:
            widest_s = _GROWTH * self._wait_s - WAIT_MIN_S
            self._wait_s = min(WAIT_MAX_S, WAIT_MIN_S + self._chance() * widest_s)
        return Restart(self._wait_s, len(self._restarts_s))
