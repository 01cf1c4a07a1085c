"""The computer itself: free disk space, and the memory this process holds.

The standard library gives the first everywhere and the second nowhere. Linux shows it in a file;
Windows in the list of tasks, which is another program. That program is never waited for: each
question starts it and returns what the one before it found.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.ports import Ok, Read, Unknown

_STATM = Path("/proc/self/statm")
_RESIDENT_PAGES_FIELD = 1
_BYTES_PER_K = 1_024
_TASK_FIELDS_COUNT = 5
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class HostMachine:
    """The machine we run on; `folder` is where the state is kept, and may not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._memory = memory_gauge()

    def disk_free_bytes(self) -> Read[float]:
        """Free space on the disk of the folder, or of the nearest folder above it that exists."""
        folder = self._folder.resolve()
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        try:
            return Ok(float(shutil.disk_usage(folder).free))
        except OSError as error:
            return Unknown(f"free space of {folder}: {error.strerror or error}")

    def memory_own_bytes(self) -> Read[float]:
        """Memory of this process, as old as the question before."""
        return self._memory()


def memory_gauge() -> Callable[[], Read[float]]:
    """How this platform tells the memory of our process."""
    if sys.platform == "win32":
        return TaskList(tasks_command(), os.getpid())
    return resident_bytes


def resident_bytes(statm: Path = _STATM) -> Read[float]:
    """Resident memory by Linux's own file; Unknown where there is none."""
    try:
        pages = int(statm.read_text(encoding="ascii").split()[_RESIDENT_PAGES_FIELD])
    except (OSError, ValueError, IndexError) as error:
        return Unknown(f"own memory from {statm}: {error}")
    return Ok(float(pages * os.sysconf("SC_PAGE_SIZE")))


def tasks_command() -> list[str]:
    """Windows' list of tasks, as comma-separated values without a heading."""
    folder = Path(os.environ.get("SYSTEMROOT", "C:\\Windows")) / "System32"
    return [str(folder / "tasklist.exe"), "/FI", f"PID eq {os.getpid()}", "/FO", "CSV", "/NH"]


class TaskList:
    """Asks a program for our line of the task list; an answer is collected by the next call."""

    def __init__(self, command: Sequence[str], pid: int) -> None:
        self._command = list(command)
        self._pid = pid
        self._asked: subprocess.Popen[bytes] | None = None
        self._failure = ""
        self._ask()

    def __call__(self) -> Read[float]:
        """The answer to the question before, and a new question."""
        answer = self._collect()
        self._ask()
        return answer

    def _ask(self) -> None:
        try:
            # A system program by its full path; its arguments are literals and our own number.
            self._asked = subprocess.Popen(  # noqa: S603
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=_NO_WINDOW,
            )
        except OSError as error:
            self._asked, self._failure = None, f"own memory: {error.strerror or error}"

    def _collect(self) -> Read[float]:
        asked, self._asked = self._asked, None
        if asked is None:
            return Unknown(self._failure)
        if asked.poll() is None:
            asked.kill()
            asked.communicate()
            return Unknown("own memory: the task list gave no answer in time")
        return task_bytes(asked.communicate()[0], self._pid)


def task_bytes(answer: bytes, pid: int) -> Read[float]:
    """Memory in a line such as `"python.exe","81","Console","1","25,432 K"`, in any language.

    Whatever separates thousands, the digits are kibibytes.
    """
    lines = answer.decode("ascii", errors="replace").splitlines()
    for row in csv.reader(lines):
        if len(row) >= _TASK_FIELDS_COUNT and row[1] == str(pid):
            digits = "".join(letter for letter in row[-1] if letter.isdigit())
            if digits:
                return Ok(float(int(digits) * _BYTES_PER_K))
    return Unknown("own memory: the task list does not show this process")
