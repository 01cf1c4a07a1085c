"""A small file that says: this process completed this cycle, and was alive at this moment.

The other process restarts the trader when the file grows old (FAULTS N06, I22). It is replaced
whole and not forced to disk; after a power loss there is nobody to be told anything.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from bot.adapters.atomic_file import write_all
from bot.adapters.clock import SystemClock
from bot.adapters.processes import started_mark
from bot.adapters.strict_json import StrictJsonError, parse_object
from bot.ports import Clock

_SIZE_MAX_BYTES = 4096
_COUNT_END = 2**63
_MOMENT_END_UTC_S = 1e11  # the year 5138


@dataclass(frozen=True, slots=True)
class HeartbeatFacts:
    """The last beat: `at_utc_s` on the bot's clock, `host_utc_s` on the host's.

    Both are the end of the last completed cycle; `alive_utc_s` (host) also moves within a cycle and
    while the terminal does not answer. `started` tells the process from a later one of its number.
    """

    pid: int
    cycle_count: int
    at_utc_s: float
    host_utc_s: float
    alive_utc_s: float = 0.0
    started: str = ""


class FileHeartbeat:
    """Heartbeat in `path`, at most one write per `every_s` seconds of the host's clock and kind.

    A beat of the cycle that was beaten before says only that the process is alive.

    A beat that cannot be written is counted in `missed_count` and does not stop trading.
    """

    def __init__(
        self, path: Path, clock: Clock, *, every_s: float = 5.0, host: Clock | None = None
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._temporary = path.with_suffix(".tmp")
        self._clock = clock
        self._host = host or SystemClock()
        self._every_s = every_s
        self._next_cycle_s = self._next_alive_s = self._host.monotonic_s()
        self._completed: tuple[int, float, float] | None = None
        self._pid = os.getpid()
        self._started = started_mark(self._pid)
        self.missed_count = 0

    def beat(self, cycle_count: int) -> None:
        """Write the heartbeat after or within a cycle, unless one was written just now."""
        now_s, host_utc_s = self._host.monotonic_s(), self._host.now_utc_s()
        is_new = self._completed is None or self._completed[0] != cycle_count
        if self._completed is None or is_new:
            self._completed = (cycle_count, self._clock.now_utc_s(), host_utc_s)
        if now_s < (self._next_cycle_s if is_new else self._next_alive_s):
            return
        self._next_alive_s = now_s + self._every_s
        if is_new:
            self._next_cycle_s = self._next_alive_s
        document = {
            "pid": self._pid,
            "cycle_count": cycle_count,
            "at_utc_s": self._completed[1],
            "host_utc_s": self._completed[2],
            "alive_utc_s": host_utc_s,
            "started": self._started,
        }
        try:
            write_all(self._temporary, json.dumps(document).encode("ascii"), fsync=False)
            self._temporary.replace(self._path)
        except OSError:
            self.missed_count += 1  # the watcher sees an old beat, which is the alarm


def read_heartbeat(path: Path) -> HeartbeatFacts | None:
    """The last beat; None when there is none or it cannot be read as one."""
    try:
        document = parse_object(path.read_bytes(), _SIZE_MAX_BYTES)
    except (OSError, StrictJsonError):
        return None
    pid, cycle_count = document.get("pid"), document.get("cycle_count")
    at_utc_s, host_utc_s = document.get("at_utc_s"), document.get("host_utc_s")
    alive, started = document.get("alive_utc_s", host_utc_s), document.get("started", "")
    if not (_is_count(pid) and _is_count(cycle_count) and isinstance(started, str)):
        return None
    if not (_is_moment(at_utc_s) and _is_moment(host_utc_s) and _is_moment(alive)):
        return None
    return HeartbeatFacts(
        pid, cycle_count, float(at_utc_s), float(host_utc_s), float(alive), started
    )


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _COUNT_END


def _is_moment(value: object) -> TypeGuard[float]:
    if not isinstance(value, float | int) or isinstance(value, bool):
        return False
    return 0.0 <= value < _MOMENT_END_UTC_S
