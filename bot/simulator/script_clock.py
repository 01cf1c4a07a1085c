"""The clock a stranger's script lives on: it runs by itself, and a wait takes just its time."""

from __future__ import annotations

import math
import threading
from _thread import interrupt_main
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

SPEED_DEFAULT: Final = 60.0
_SLICE_S: Final = 0.05  # a real wait looks up this often, so that nothing stays unnoticed for long
_SLACK_S: Final = 1.0  # real seconds the clock may lag behind, so that computing need not count
_STEP_S: Final = 1e-6  # what asking for the time takes: no duration is ever exactly nothing
_PATIENCE_S: Final = 3.0  # real seconds for a script to clean up before it is asked again
_ASKS_MAX: Final = 3


@dataclass(frozen=True, slots=True)
class HostTime:
    """The host's own clock: seconds that never step back, and a real wait."""

    monotonic_s: Callable[[], float]
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How simulated time passes.

    It runs at `speed` times real time; 0 lets it stand still between two waits. A wait takes its
    share of real time, unless `is_paced` is off: then it ends at once, the clock moved on.
    """

    speed: float = SPEED_DEFAULT
    is_paced: bool = True


class ScriptClock:
    """UTC seconds of a simulated world from `start_utc_s` to `end_utc_s`, for several threads.

    The clock runs by itself from `start`, whatever the script does. Waits add up to the moment
    exactly; computing between them takes no time, and is taken off the next wait, as long as the
    clock is less than a real second behind: a script which waits and asks sees the same world in
    every run. From there on the clock runs with real time, that second behind. When the end is
    reached the main thread is interrupted as by Ctrl-C; a script that will not stop is given up
    after a while.
    """

    def __init__(
        self,
        span_utc_s: tuple[float, float],
        pace: Pace,
        host: HostTime,
        give_up: Callable[[], None],
    ) -> None:
        self._start_utc_s, self.end_utc_s = span_utc_s
        self._pace = pace
        self._host = host
        self._give_up = give_up
        self._lock = threading.Lock()
        self._base_utc_s = self._reached_utc_s = self._start_utc_s
        self._base_host_s = 0.0
        self._standing_count = 0
        self._stands_from_host_s = 0.0
        self._own_threads_count = 0
        self._closed = False
        self.error_s: Callable[[], float] = float
        """By how much the clock a script is shown is wrong; not at all unless a fault says so."""
        self.is_over = False
        """Whether the end was reached and the script asked to stop."""

    def start(self) -> None:
        """Let the clock run; threads that live already do not count as the script's."""
        self._base_host_s = self._host.monotonic_s()
        threading.Thread(target=self._watch, name="simulated clock", daemon=True).start()
        self._own_threads_count = threading.active_count()

    def close(self) -> None:
        """Stop watching for the end."""
        self._closed = True

    def now_utc_s(self) -> float:
        """The simulated moment; never earlier than the one before, never past the end."""
        with self._lock:
            return min(self._advance(), self.end_utc_s)

    def shown_utc_s(self) -> float:
        """The moment a script is told when it asks for the time of day."""
        self._step()
        return self.now_utc_s() + self.error_s()

    def shown_elapsed_s(self) -> float:
        """Simulated seconds since the start, as a script is told."""
        self._step()
        return self.elapsed_s()

    def elapsed_s(self) -> float:
        """Simulated seconds since the start."""
        return self.now_utc_s() - self._start_utc_s

    def sleep(self, duration_s: float) -> None:
        """What `time.sleep` does here. Raises `ValueError` for a negative or absurd duration."""
        if not 0.0 <= duration_s < math.inf:
            message = "sleep length must be non-negative"
            raise ValueError(message)
        if self.is_over:
            self._sleep_after_the_end(duration_s)
        elif self.can_jump():
            self.jump(duration_s)
        else:
            self._wait(duration_s)

    def can_jump(self) -> bool:
        """Whether a wait may end at once: nobody else's time would be rushed."""
        is_free = self._pace.speed == 0.0 or not self._pace.is_paced
        return is_free and threading.active_count() <= self._own_threads_count

    def jump(self, duration_s: float) -> None:
        """Move on by `duration_s`; at the end the script is asked to stop."""
        if duration_s > 0.0:
            self.waited(self.now_utc_s(), duration_s)
        self._ask_when_over()

    def real_s(self, duration_s: float) -> float:
        """How long a wait of `duration_s` takes on the host."""
        return duration_s / (self._pace.speed or SPEED_DEFAULT)

    def waited(self, began_utc_s: float, duration_s: float) -> None:
        """A wait is over: exactly so much has passed, unless the clock is past that already."""
        with self._lock:
            reached_utc_s = min(began_utc_s + duration_s, self.end_utc_s)
            self._reached_utc_s = max(self._reached_utc_s, reached_utc_s)
            if self._scheduled_utc_s() < self._reached_utc_s:
                self._base_utc_s, self._base_host_s = self._reached_utc_s, self._host_s()

    @contextmanager
    def standing(self, patience_s: float = 0.0) -> Iterator[None]:
        """Within it no time passes after `patience_s` real seconds: such work is not counted."""
        with self._lock:
            if self._standing_count == 0:
                self._stands_from_host_s = self._host.monotonic_s() + patience_s
            self._standing_count += 1
        try:
            yield
        finally:
            with self._lock:
                stood_s = self._host.monotonic_s() - self._host_s()
                self._standing_count -= 1
                if self._standing_count == 0:
                    self._base_host_s += stood_s

    def _step(self) -> None:
        with self._lock:
            self._reached_utc_s += _STEP_S * min(1.0, self._pace.speed)

    def _host_s(self) -> float:
        """The host's clock, but for the time that does not count."""
        host_s = self._host.monotonic_s()
        return min(host_s, self._stands_from_host_s) if self._standing_count else host_s

    def _scheduled_utc_s(self) -> float:
        """Where the clock should be by real time alone."""
        return self._base_utc_s + (self._host_s() - self._base_host_s) * self._pace.speed

    def _advance(self) -> float:
        """Where the clock is; the lock is held."""
        latest_utc_s = self._scheduled_utc_s() - _SLACK_S * self._pace.speed
        self._reached_utc_s = max(self._reached_utc_s, latest_utc_s)
        return self._reached_utc_s

    def _is_at_the_end(self) -> bool:
        """Whether `now_utc_s` would say so; looking changes nothing."""
        with self._lock:
            latest_utc_s = self._scheduled_utc_s() - _SLACK_S * self._pace.speed
            return max(self._reached_utc_s, latest_utc_s) >= self.end_utc_s

    def _wait(self, duration_s: float) -> None:
        """A real wait, shorter by what the clock is behind real time."""
        began_utc_s = self.now_utc_s()
        ends_utc_s = min(began_utc_s + duration_s, self.end_utc_s)
        with self._lock:
            behind_s = max(0.0, self._scheduled_utc_s() - began_utc_s)
        ends_host_s = self._host.monotonic_s() + self.real_s(ends_utc_s - began_utc_s - behind_s)
        while not self.is_over:
            left_s = ends_host_s - self._host.monotonic_s()
            if left_s <= 0.0:
                break
            self._host.sleep(min(left_s, _SLICE_S))
        self.waited(began_utc_s, duration_s)
        self._ask_when_over()

    def _sleep_after_the_end(self, duration_s: float) -> None:
        """The main thread may clean up in peace; other threads end, as nothing will follow."""
        if threading.current_thread() is not threading.main_thread():
            raise SystemExit
        self._host.sleep(min(self.real_s(duration_s), _SLICE_S))

    def _ask_when_over(self) -> None:
        if self.now_utc_s() >= self.end_utc_s:
            self._ask_to_stop()

    def _ask_to_stop(self) -> None:
        if not self.is_over:
            self.is_over = True
            interrupt_main()

    def _watch(self) -> None:
        """Notice the end whatever the script is doing, and insist."""
        while not self._closed and not self._is_at_the_end():
            self._host.sleep(_SLICE_S)
        for asked in range(_ASKS_MAX):
            if self._closed:
                return
            if asked:
                interrupt_main()
            else:
                self._ask_to_stop()
            self._watch_for(_PATIENCE_S)
        if not self._closed:
            self._give_up()

    def _watch_for(self, real_s: float) -> None:
        until_s = self._host.monotonic_s() + real_s
        while not self._closed and self._host.monotonic_s() < until_s:
            self._host.sleep(_SLICE_S)
