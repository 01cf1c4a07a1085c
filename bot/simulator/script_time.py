"""The simulated clock in place of the host's, wherever a script and its libraries look for time.

Covered: the `time` module, "now" and "today" of `datetime`, `pandas.Timestamp` and
`numpy.datetime64`, waits with a timeout in `threading`, `queue`, `selectors` and thereby `asyncio`.
Not covered: alarms, network timeouts, CPU time, and other processes.
"""

from __future__ import annotations

import datetime as datetime_module
import selectors
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, cast

from bot.simulator.script_clock import HostTime, ScriptClock
from bot.simulator.script_dates import simulated_date, simulated_datetime
from bot.simulator.script_libraries import patch_libraries
from bot.simulator.script_locks import patch_locks
from bot.simulator.script_patches import Patches, PlainFunction

_NS_PER_S: Final = 1_000_000_000
_DATE_CLASSES: Final = ("datetime", "date")
_SELECTORS: Final = ("SelectSelector", "PollSelector", "EpollSelector", "KqueueSelector")
_WAKE_UP_FD_COUNT: Final = 1  # all that an event loop without any network listens to: itself
_Call = Callable[..., object]

# Taken by name, once, before anything is changed: the host's own, whatever a script then sees.
_HOST: Final[dict[str, _Call]] = {
    name: getattr(time, name)
    for name in (
        *("sleep", "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter"),
        *("perf_counter_ns", "localtime", "gmtime", "ctime", "asctime", "strftime"),
    )
}


def host_time() -> HostTime:
    """The host's real clock; it stays real while a script's is simulated."""
    return HostTime(
        cast(Callable[[], float], _HOST["monotonic"]), cast(Callable[[float], None], _HOST["sleep"])
    )


@contextmanager
def simulated_time(clock: ScriptClock) -> Iterator[None]:
    """Within it the process's time is `clock`; afterwards everything is as it was."""
    patches = Patches()
    stand_ins: dict[object, object] = {
        _HOST[name]: PlainFunction(name, "time", new) for name, new in _functions(clock).items()
    }
    real_dates = {name: getattr(datetime_module, name) for name in _DATE_CLASSES}
    stand_ins[real_dates["date"]] = simulated_date(clock.shown_utc_s)
    stand_ins[real_dates["datetime"]] = simulated_datetime(clock.shown_utc_s)
    try:
        _patch_waits(patches, clock)
        patch_locks(patches, clock)
        patch_libraries(patches, clock, real_dates)
        patches.swap(stand_ins)
        yield
    finally:
        patches.undo()


def _functions(clock: ScriptClock) -> dict[str, _Call]:
    """Stand-ins for the functions of `time`, by name."""
    origin_s = cast(float, _HOST["monotonic"]())

    def monotonic() -> float:
        return origin_s + clock.shown_elapsed_s()

    def monotonic_ns() -> int:
        return int(monotonic() * _NS_PER_S)

    def sleep(seconds: float, /) -> None:
        clock.sleep(seconds)

    def time_ns() -> int:
        return int(clock.shown_utc_s() * _NS_PER_S)

    return {
        "sleep": sleep,
        "time": clock.shown_utc_s,
        "time_ns": time_ns,
        "monotonic": monotonic,
        "monotonic_ns": monotonic_ns,
        "perf_counter": monotonic,
        "perf_counter_ns": monotonic_ns,
        "localtime": _broken_down(clock, "localtime"),
        "gmtime": _broken_down(clock, "gmtime"),
        "ctime": _broken_down(clock, "ctime"),
        "asctime": _printed(clock, "asctime", 0),
        "strftime": _printed(clock, "strftime", 1),
    }


def _broken_down(clock: ScriptClock, name: str) -> _Call:
    """A function of one moment, which is now when none is given."""

    def stand_in(seconds: float | None = None, /) -> object:
        return _HOST[name](clock.shown_utc_s() if seconds is None else seconds)

    return stand_in


def _printed(clock: ScriptClock, name: str, arguments_before_count: int) -> _Call:
    """A function whose last argument is a broken-down time, which is now when it is missing."""

    def stand_in(*args: object) -> object:
        is_now = len(args) == arguments_before_count
        now = (_HOST["localtime"](clock.shown_utc_s()),) if is_now else ()
        return _HOST[name](*args, *now)

    return stand_in


def _patch_waits(patches: Patches, clock: ScriptClock) -> None:
    """Waits with a timeout: nobody is left to end one early, or it takes its share of real time."""
    condition_wait = cast(_Call, threading.Condition.wait)
    thread_join = cast(_Call, threading.Thread.join)

    def wait(condition: threading.Condition, timeout: float | None = None) -> object:
        if timeout is None or timeout <= 0.0:
            return condition_wait(condition, timeout)
        if clock.can_jump():
            clock.jump(timeout)
            return condition_wait(condition, 0)
        return _real_wait(clock, timeout, lambda real_s: condition_wait(condition, real_s))

    def join(thread: threading.Thread, timeout: float | None = None) -> object:
        if timeout is None or timeout <= 0.0:
            return thread_join(thread, timeout)

        def joined(real_s: float) -> object:
            thread_join(thread, real_s)
            return not thread.is_alive()

        _real_wait(clock, timeout, joined)
        return None

    patches.put(threading.Condition, "wait", wait)
    patches.put(threading.Thread, "join", join)
    for kind in _selector_classes():
        patches.put(kind, "select", _selecting(clock, getattr(kind, "select")))  # noqa: B009 -- of any class


def _selector_classes() -> list[type]:
    """Every selector of this system that an event loop may wait in."""
    known = [vars(selectors).get(name) for name in _SELECTORS]
    if sys.platform == "win32":
        from asyncio.windows_events import IocpProactor  # noqa: PLC0415 -- exists there only

        known.append(IocpProactor)
    return [kind for kind in known if isinstance(kind, type)]


def _selecting(clock: ScriptClock, real: _Call) -> _Call:
    def select(selector: object, timeout: float | None = None) -> object:
        if timeout is None or timeout <= 0.0:
            return real(selector, timeout)
        if clock.can_jump() and _hears_only_itself(selector):
            clock.jump(timeout)
            return real(selector, 0)
        return _real_wait(clock, timeout, lambda real_s: real(selector, real_s))

    return select


def _hears_only_itself(selector: object) -> bool:
    if not isinstance(selector, selectors.BaseSelector):
        return False
    listened_to = selector.get_map()
    return listened_to is not None and len(listened_to) <= _WAKE_UP_FD_COUNT


def _real_wait(clock: ScriptClock, timeout: float, wait: Callable[[float], object]) -> object:
    began_utc_s = clock.now_utc_s()
    answer = wait(clock.real_s(timeout))
    if not answer:
        clock.waited(began_utc_s, timeout)
    return answer
