"""Processes of this machine, told apart by number and start: a number alone is used again."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

_STATE_FIELD, _START_FIELD = 0, 19  # after the name in /proc/PID/stat: fields 3 and 22 of proc(5)


def started_mark(pid: int) -> str:
    """When the process began, as the system counts it; empty when it is gone or not told.

    A process that ended and was not yet collected by its parent counts as gone.
    """
    if pid <= 0:
        return ""
    if sys.platform == "win32":
        return _windows_mark(pid)
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    except OSError:
        return ""
    fields = told.rpartition(")")[2].split()
    return "" if fields[_STATE_FIELD] in "ZXx" else f"{boot.strip()}-{fields[_START_FIELD]}"


def is_alive(pid: int, mark: str) -> bool:
    """Whether that very process still runs; a process without a mark is not known to."""
    return bool(mark) and started_mark(pid) == mark


def kill_hard(pid: int, mark: str) -> None:
    """End that very process at once, its own clean-up left out; nothing happens when it is gone."""
    if is_alive(pid, mark):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)


def ask_to_end(pid: int, mark: str) -> None:
    """Ask that very process to end after its running cycle; nothing happens when it is gone."""
    number = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM)
    if is_alive(pid, mark):
        with suppress(ProcessLookupError, OSError):
            os.kill(pid, number)


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _QUERY_LIMITED = 0x1000
    _STILL_ACTIVE = 259

    def _windows_mark(pid: int) -> str:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = wintypes.HANDLE
        handle = kernel.OpenProcess(_QUERY_LIMITED, 0, pid)
        if not handle:
            return ""
        code, times = wintypes.DWORD(), [wintypes.FILETIME() for _ in range(4)]
        try:
            owned = wintypes.HANDLE(handle)
            is_told = kernel.GetExitCodeProcess(owned, ctypes.byref(code)) and (
                kernel.GetProcessTimes(owned, *(ctypes.byref(time) for time in times))
            )
        finally:
            kernel.CloseHandle(wintypes.HANDLE(handle))
        if not is_told or code.value != _STILL_ACTIVE:
            return ""
        return f"{times[0].dwHighDateTime << 32 | times[0].dwLowDateTime}"
