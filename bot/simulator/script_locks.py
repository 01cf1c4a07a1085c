"""Locks whose timeouts pass on a script's clock; apart from that the host's own locks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from bot.simulator.script_clock import ScriptClock
from bot.simulator.script_patches import Patches


class _HostLock(Protocol):
    def acquire(self, blocking: bool = ..., timeout: float = ...) -> bool: ...  # noqa: FBT001

    def release(self) -> None: ...


def patch_locks(patches: Patches, clock: ScriptClock) -> None:
    """Let `threading.Lock` and `threading.RLock` make locks of `clock`."""
    for name in ("Lock", "RLock"):
        patches.put(threading, name, _maker(getattr(threading, name), clock))


def _maker(host: Callable[[], _HostLock], clock: ScriptClock) -> Callable[[], TimedLock]:
    def make() -> TimedLock:
        return TimedLock(host(), clock)

    return make


class TimedLock:
    """A lock of the host, asked for with a timeout in simulated seconds."""

    def __init__(self, host: _HostLock, clock: ScriptClock) -> None:
        self._host = host
        self._clock = clock

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT001, FBT002 -- as Python has it
        """As `threading.Lock.acquire`; a wait for nothing moves the clock on by `timeout`."""
        if not blocking or timeout <= 0:
            return self._host.acquire(blocking, timeout)
        if self._host.acquire(blocking=False):
            return True
        began_utc_s = self._clock.now_utc_s()
        if self._clock.can_jump():
            self._clock.jump(timeout)
            return False
        if self._host.acquire(timeout=self._clock.real_s(timeout)):
            return True
        self._clock.waited(began_utc_s, timeout)
        return False

    def __enter__(self) -> bool:
        return self._host.acquire()

    def __exit__(self, *error: object) -> None:
        self._host.release()

    def __getattr__(self, name: str) -> object:
        return getattr(self._host, name)

    def __repr__(self) -> str:
        return repr(self._host)
