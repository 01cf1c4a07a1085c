"""The gate every operation on the simulated disk passes: faults, room, hooks and death."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from tools.storm.disk_faults import DiskFault, Operation, full
from tools.storm.model import DeathError

_path_of = lru_cache(maxsize=1_024)(Path)
"""The same few files are written all the time."""

Hook = Callable[[str, Path], None]
"""Called with an operation's name and its path; may raise `DeathError`."""


class Gate:
    """Decides of each operation whether it happens, and tells those who wait for it.

    `before_operation` and `after_operation` surround everything that changes the disk. When one of
    them raises `DeathError`, the process is dead: nothing it does while it unwinds reaches the disk
    any more. `free_bytes` is the room left, None without limit; `struck` is told each fault
    that really happened; `now_utc_s` dates what changes.
    """

    def __init__(
        self, now_utc_s: Callable[[], float], struck: Callable[[str], None] | None
    ) -> None:
        self.now_utc_s = now_utc_s
        self.faults: list[DiskFault] = []
        self.free_bytes: int | None = None
        self.full_id = "D03"
        self.before_operation: Hook | None = None
        self.after_operation: Hook | None = None
        self.changes_count = 0
        self.struck_count: Counter[str] = Counter()
        self.is_dead = False
        self.struck = struck

    def break_with(self, fault: DiskFault) -> DiskFault:
        """Put a fault in force, until its times are used up or `heal`."""
        self.faults.append(fault)
        return fault

    def heal(self) -> None:
        """The disk is sound and has room again; what was damaged stays so."""
        self.faults.clear()
        self.free_bytes = None

    def freeze(self) -> None:
        """The process is dead: what it still does while it unwinds changes nothing."""
        self.is_dead = True

    def count_strike(self, fault_id: str) -> None:
        """Count a fault that really happened."""
        self.struck_count[fault_id] += 1
        if self.struck is not None:
            self.struck(fault_id)

    def before(self, operation: Operation, path: str) -> None:
        """Comes before each change of the disk; raises what the hook and the faults raise."""
        if self.before_operation is not None:
            self._call(self.before_operation, operation, path)
        if self.faults:
            self.consult(operation, path)
        self.changes_count += 1

    def after(self, operation: Operation, path: str) -> None:
        """Comes after each change of the disk; raises what the hook raises."""
        if self.after_operation is not None:
            self._call(self.after_operation, operation, path)

    def consult(self, operation: Operation, path: str) -> None:
        """Raise the error of the first fault in force that fits."""
        for fault in self.faults:
            if fault.fits(operation, path):
                fault.struck_count += 1
                self.count_strike(fault.fault_id)
                raise fault.error(path)

    def fitting(self, content: bytes) -> bytes:
        """As much of `content` as there is room for; raises ENOSPC when there is none at all."""
        if self.free_bytes is None:
            return content
        fitting = content[: self.free_bytes]
        self.free_bytes -= len(fitting)
        if len(fitting) < len(content):
            self.count_strike(self.full_id)
        if content and not fitting:
            raise full()
        return fitting

    def _call(self, hook: Hook, operation: Operation, path: str) -> None:
        try:
            hook(operation.value, _path_of(path))
        except DeathError:
            self.is_dead = True
            raise

    def refuse_dead(self) -> None:
        """The dead ask for nothing."""
        if self.is_dead:
            raise DeathError("the process is dead")
