"""One writer per account: a lock the operating system holds and lets go with the process.

A file left behind by a crash is no lock (FAULTS P03, P04, I23).
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from bot.adapters.atomic_file import write_all
from bot.errors import AlreadyRunningError, StoreError

_HOLDER_MAX_BYTES = 64


class InstanceLock:
    """The lock of one login at one server, in the folder of that account's state.

    Use it as a context manager, or call `acquire` and `release`. `who` holds it beside others: a
    supervisor has its own beside its bot's.
    """

    def __init__(self, folder: Path, login: int, server: str, who: str = "bot") -> None:
        name = "".join(c if c.isalnum() or c in "-_" else "_" for c in server) or "any"
        self._folder = folder
        self._account = f"login {login} at {server or 'any server'}"
        self._who = who
        kind = "account" if who == "bot" else "".join(c if c.isalnum() else "_" for c in who)
        self._holder = folder / f"{kind}-{login}-{name}.pid"
        self._lock = FileLock(
            folder / f"{kind}-{login}-{name}.lock",
            timeout=0,
            thread_local=False,
            fallback_to_soft=False,  # a lock file alone would outlive a crash
        )

    def acquire(self) -> None:
        """Take the lock, or raise `AlreadyRunningError` naming the holder's process if known."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout as error:
            message = f"another {self._who}{self._holder_text()} already trades {self._account}"
            raise AlreadyRunningError(message) from error
        except OSError as error:
            message = f"cannot lock {self._lock.lock_file}: {error.strerror or error}"
            raise StoreError(message) from error
        with suppress(OSError):  # the number is for people only
            write_all(self._holder, f"{os.getpid()}\n".encode(), fsync=False)

    def release(self) -> None:
        """Let go; nothing happens when the lock is not held."""
        if self._lock.is_locked:
            with suppress(OSError):
                self._holder.unlink()
            self._lock.release()

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def _holder_text(self) -> str:
        try:
            text = self._holder.read_bytes()[:_HOLDER_MAX_BYTES].decode("ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""
        return f" (process {text})" if text.isdigit() else ""
