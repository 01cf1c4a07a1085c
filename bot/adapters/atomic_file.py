"""Files that are there whole or not at all, on Linux and on Windows."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.errors import StoreError

T = TypeVar("T")
Sleep = Callable[[float], None]

_WAITS_S = (0.01, 0.04, 0.1, 0.2, 0.35, 0.45, 0.45, 0.45, 0.45)
"""Between ten tries, 2.5 s in all (FAULTS D02)."""

_PASSING_WINDOWS_ERRORS = frozenset({5, 32, 33})
"""Access denied, sharing violation, lock violation: a virus scanner or an editor holds the file."""


def write_all(path: Path, content: bytes, *, fsync: bool) -> None:
    """Create or overwrite `path`; on return with `fsync` the bytes are on disk. Raises `OSError`.

    Not atomic by itself: write a file nobody reads yet and `replace` it.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o644)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        if fsync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Force out what any process wrote to a file; one that is gone needs nothing."""
    try:
        descriptor = os.open(path, os.O_RDWR | _BINARY)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable where the system can; Windows does it by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def patiently(action: Callable[[], T], what: str, sleep: Sleep) -> T:
    """Run `action`; a file held by someone else is tried again for at most 2.5 s.

    Raises `StoreError` naming `what` when it stays held or fails for another reason.
    """
    for wait_s in (*_WAITS_S, None):
        try:
            return action()
        except OSError as error:
            if wait_s is None or not _is_passing(error):
                message = f"{what}: {error.strerror or error} ({type(error).__name__})"
                raise StoreError(message) from error
            sleep(wait_s)
    raise AssertionError("the last try returns or raises")


def _is_passing(error: OSError) -> bool:
    windows_code = getattr(error, "winerror", None)
    return isinstance(error, PermissionError) or windows_code in _PASSING_WINDOWS_ERRORS


_BINARY = getattr(os, "O_BINARY", 0)
