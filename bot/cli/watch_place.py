"""The trader as the supervisor meets it: a process of its own, and files that are only read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.adapters.clock import SystemClock
from bot.adapters.heartbeat import read_heartbeat
from bot.adapters.json_store import JsonStore
from bot.adapters.manage_only import flag
from bot.adapters.processes import ask_to_end, is_alive, kill_hard, started_mark
from bot.cli.evidence import saved_state
from bot.cli.folders import RunFolder
from bot.errors import StateCorruptError, StoreError
from bot.watch.alert_address import ADDRESS_VARIABLE
from bot.watch.exposure import is_exposed
from bot.watch.supervisor import Life

_RECORD: Final = "trader"
_OUTPUT_MAX_BYTES: Final = 10_000_000


@dataclass(slots=True)
class TraderProcess:
    """A trader's process; `child` is None for one that another supervisor started."""

    pid: int
    mark: str
    child: subprocess.Popen[bytes] | None = None

    @property
    def exit_code(self) -> int | None:
        """None while it runs, and for another supervisor's for ever."""
        return None if self.child is None else self.child.poll()

    def is_alive(self) -> bool:
        """Whether it still runs."""
        if self.child is not None:
            return self.child.poll() is None
        return is_alive(self.pid, self.mark)

    def kill(self) -> None:
        """End it at once, stopped or not."""
        if self.child is not None:
            self.child.kill()
        else:
            kill_hard(self.pid, self.mark)

    def ask_to_end(self) -> None:
        """Ask it to end after its cycle."""
        ask_to_end(self.pid, self.mark or started_mark(self.pid))


class TraderPlace:
    """Starts `bot run` with `words`, and looks at its folder."""

    def __init__(
        self,
        run: RunFolder,
        words: tuple[str, ...],
        store: JsonStore,
        has_ended_on_purpose: Callable[[], bool],
    ) -> None:
        self._run = run
        self._words = words
        self._store = store
        self.has_ended_on_purpose = has_ended_on_purpose
        self._mark = ""

    def start(self) -> TraderProcess:
        """Start a trader; it outlives us. Raises `StoreError` when the system refuses."""
        environment = {k: v for k, v in os.environ.items() if k != ADDRESS_VARIABLE}
        try:
            with _output(self._run.logs).open("ab") as output:
                child = _child(self._words, environment, output.fileno())
        except OSError as error:
            raise StoreError(f"bot run: {error.strerror or error}") from error
        trader = TraderProcess(child.pid, started_mark(child.pid), child)
        self._mark = trader.mark
        with suppress(StoreError):  # its heartbeat names it as well, a little later
            self._store.save(_RECORD, {"pid": trader.pid, "started": trader.mark})
        return trader

    def running(self) -> TraderProcess | None:
        """The trader our files name, if that very process still runs."""
        beat = read_heartbeat(self._run.heartbeat)
        known = [] if beat is None else [(beat.pid, beat.started)]
        with suppress(StoreError, StateCorruptError):
            record = self._store.load(_RECORD) or {}
            pid, mark = record.get("pid"), record.get("started")
            if isinstance(pid, int) and isinstance(mark, str):
                known.append((pid, mark))
        for pid, mark in known:
            if is_alive(pid, mark):
                self._mark = mark
                return TraderProcess(pid, mark)
        return None

    def life(self, pid: int) -> Life | None:
        """That very process's last beat."""
        beat = read_heartbeat(self._run.heartbeat)
        if beat is None or (beat.pid, beat.started) != (pid, self._mark):
            return None
        return Life(beat.cycle_count, beat.alive_utc_s)

    def is_exposed(self) -> bool:
        """Whether the trader's snapshot shows anything open; in doubt yes."""
        state = saved_state(self._run)
        if state is None and not any(self._run.state.glob("state*.json")):
            return False  # nothing was ever saved
        return is_exposed(state)

    def let_manage_only(self, reason: str) -> None:
        """Raise the flag that every new trader obeys."""
        flag(self._run.manage_only, f"bot watch: {reason}", SystemClock().now_utc_s())


def _child(
    words: tuple[str, ...], environment: dict[str, str], output: int
) -> subprocess.Popen[bytes]:
    """A process apart from our console's signals; its number is the interpreter's own."""
    program = sys.executable
    if sys.platform == "win32":
        # A venv's python.exe only starts the real one: its number would be in no heartbeat.
        environment["__PYVENV_LAUNCHER__"] = sys.executable
        program = getattr(sys, "_base_executable", sys.executable)
        flags, is_apart = subprocess.CREATE_NEW_PROCESS_GROUP, False
    else:
        flags, is_apart = 0, True
    return subprocess.Popen(  # noqa: S603 -- our own program, with words of our own
        [program, "-m", "bot", "run", *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=is_apart,
        creationflags=flags,
    )


def _output(logs: Path) -> Path:
    """The file for what the trader prints; one that grew large becomes the one before."""
    logs.mkdir(parents=True, exist_ok=True)
    path = logs / "trader_output.log"
    with suppress(OSError):
        if path.stat().st_size > _OUTPUT_MAX_BYTES:
            path.replace(path.with_suffix(".1.log"))
    return path
