"""What can be wrong with a disk, as data: which operation fails, where, how often and how."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Operation(StrEnum):
    """What a program asks of a disk. All but `READ` and `CLOSE` change something."""

    OPEN = "open"
    READ = "read"
    WRITE = "write"
    FSYNC = "fsync"
    TRUNCATE = "truncate"
    REPLACE = "replace"
    UNLINK = "unlink"
    MKDIR = "mkdir"


CHANGING = frozenset(Operation) - {Operation.READ}
NAMING = frozenset({Operation.OPEN, Operation.REPLACE, Operation.UNLINK, Operation.MKDIR})
"""What Windows refuses while somebody else holds the file."""

ACCESS_DENIED, SHARING_VIOLATION, LOCK_VIOLATION = 5, 32, 33
"""The three codes of Windows for a file that is held."""


@dataclass(slots=True)
class DiskFault:
    """`operations` on paths containing `where` fail with `error`, `times` times or until healed.

    `fault_id` is counted for each operation that really failed.
    """

    fault_id: str
    operations: frozenset[Operation]
    error: Callable[[str], OSError]
    where: str = ""
    times: int | None = None
    struck_count: int = field(default=0, init=False)

    def fits(self, operation: Operation, path: str) -> bool:
        """Whether this operation fails."""
        if operation not in self.operations or self.where not in path:
            return False
        return self.times is None or self.struck_count < self.times


def refused(
    fault_id: str, times: int | None, where: str = "", windows_code: int = SHARING_VIOLATION
) -> DiskFault:
    """A file held by a virus scanner, a backup or an editor: as Windows tells it (FAULTS D02)."""

    def error(path: str) -> OSError:
        told = PermissionError(errno.EACCES, "file is held by another program", path)
        vars(told)["winerror"] = windows_code
        return told

    return DiskFault(fault_id, NAMING, error, where, times)


def read_refused(fault_id: str, times: int | None, where: str = "") -> DiskFault:
    """A file that cannot be opened even for reading."""
    return DiskFault(fault_id, frozenset({Operation.READ}), _error(errno.EACCES), where, times)


def read_only(fault_id: str = "D04", times: int | None = None, where: str = "") -> DiskFault:
    """The volume went read-only: nothing can be changed."""
    return DiskFault(fault_id, CHANGING, _error(errno.EROFS), where, times)


def sync_fails(fault_id: str = "D05", times: int | None = None, where: str = "") -> DiskFault:
    """The drive does not take what it was given; it stays in memory and may yet reach it."""
    return DiskFault(fault_id, frozenset({Operation.FSYNC}), _error(errno.EIO), where, times)


def write_fails(fault_id: str = "D05", times: int | None = None, where: str = "") -> DiskFault:
    """Writing fails outright."""
    return DiskFault(fault_id, frozenset({Operation.WRITE}), _error(errno.EIO), where, times)


def full() -> OSError:
    """What a disk without room says."""
    return _error(errno.ENOSPC)("")


def _error(code: int) -> Callable[[str], OSError]:
    return lambda path: OSError(code, os.strerror(code), path)
