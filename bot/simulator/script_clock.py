"""The clock a stranger's script lives on: it runs by itself, and sleeping moves it on at once."""

from __future__ import annotations

import math
import threading
from _thread import interrupt_main
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

SPEED_DEFAULT: Final = 60.0
_SLICE_S: Final = 0.05  # a paced wait looks up this often, so that nothing stays unnoticed for long
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

    Between two waits it runs at `speed` times real time; 0 lets it stand still. `is_paced` makes
    waiting take its share of real time too; otherwise a wait ends at once, the clock moved on.
    """

    speed: float = SPEED_DEFAULT
    is_paced: bool = False


class ScriptClock:
    """UTC seconds of a simulated world from `start_utc_s` to `end_utc_s`, for several threads.

    The clock runs by itself from `start`, whatever the script does. A wait moves it on at once as
    long as the script has one thread; with several, a wait takes its share of real time, or one
    sleeping thread would rush the others. When the end is reached the main thread is interrupted
    as by Ctrl-C; a script that will not stop is given up after a while.
    """

    def __init__(
        self,
        span_utc_s: tuple[float, float],
        pace: Pace,
        host: HostTime,
        give_up: Callable[[], None],
    ) -> None:
        self._start_utc_s, self._end_utc_s = span_utc_s
        self._pace = pace
        self._host = host
        self._give_up = give_up
        self._lock = threading.Lock()
        self._base_utc_s = self._start_utc_s
        self._base_host_s = 0.0
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
        """The simulated moment; never past the end."""
        return min(self._running_utc_s(), self._end_utc_s)

    def shown_utc_s(self) -> float:
        """The moment a script is told when it asks for the time of day."""
        return self.now_utc_s() + self.error_s()

    def left_s(self) -> float:
        """Simulated seconds to the end."""
        return self._end_utc_s - self.now_utc_s()

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
        return not self._pace.is_paced and threading.active_count() <= self._own_threads_count

    def jump(self, duration_s: float) -> None:
        """Move on by `duration_s`; at the end the script is asked to stop."""
        if duration_s > 0.0:
            self._reach(self.now_utc_s() + duration_s)
        if self._running_utc_s() >= self._end_utc_s:
            self._ask_to_stop()

    def real_s(self, duration_s: float) -> float:
        """How long a wait of `duration_s` takes on the host."""
        return duration_s / (self._pace.speed or SPEED_DEFAULT)

    def waited(self, began_utc_s: float, duration_s: float) -> None:
        """A real wait is over: at least so much has passed, also on a clock that stands still."""
        if self._pace.speed == 0.0:
            self._reach(began_utc_s + duration_s)

    def _running_utc_s(self) -> float:
        with self._lock:
            passed_s = self._host.monotonic_s() - self._base_host_s
            return self._base_utc_s + passed_s * self._pace.speed

    def _reach(self, utc_s: float) -> None:
        """Be at `utc_s` at least; never back, and not far beyond the end."""
        utc_s = min(utc_s, self._end_utc_s)
        with self._lock:
            host_s = self._host.monotonic_s()
            running_utc_s = self._base_utc_s + (host_s - self._base_host_s) * self._pace.speed
            if utc_s > running_utc_s:
                self._base_utc_s, self._base_host_s = utc_s, host_s

    def _wait(self, duration_s: float) -> None:
        began_utc_s = self.now_utc_s()
        ends_host_s = self._host.monotonic_s() + self.real_s(duration_s)
        while not self.is_over:
            left_s = ends_host_s - self._host.monotonic_s()
            if left_s <= 0.0:
                break
            self._host.sleep(min(left_s, _SLICE_S))
        self.waited(began_utc_s, duration_s)
        if self._running_utc_s() >= self._end_utc_s:
            self._ask_to_stop()

    def _sleep_after_the_end(self, duration_s: float) -> None:
        """The main thread may clean up in peace; other threads end, as nothing will follow."""
        if threading.current_thread() is not threading.main_thread():
            raise SystemExit
        self._host.sleep(min(self.real_s(duration_s), _SLICE_S))

    def _ask_to_stop(self) -> None:
        if not self.is_over:
            self.is_over = True
            interrupt_main()

    def _watch(self) -> None:
        """Notice the end whatever the script is doing, and insist."""
        while not self._closed and self._running_utc_s() < self._end_utc_s:
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
