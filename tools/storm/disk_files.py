"""Python's file objects over the simulated disk's descriptors."""

from __future__ import annotations

import io
import os
from typing import IO, TYPE_CHECKING, Any, cast

from tools.storm.disk_programs import Programs

if TYPE_CHECKING:
    from collections.abc import Callable

_FLAGS: dict[str, int] = {
    "r": os.O_RDONLY,
    "r+": os.O_RDWR,
    "w": os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
    "w+": os.O_RDWR | os.O_CREAT | os.O_TRUNC,
    "a": os.O_WRONLY | os.O_CREAT | os.O_APPEND,
    "a+": os.O_RDWR | os.O_CREAT | os.O_APPEND,
    "x": os.O_WRONLY | os.O_CREAT | os.O_EXCL,
}
"""What `open`'s modes mean to the system."""


def open_stream(
    programs: Programs, path: str, mode: str = "r", buffering: int = -1, *text: Any, **named: Any
) -> IO[Any]:
    """As `io.open`, for a simulated path."""
    plain = mode.replace("b", "").replace("t", "")
    flags = _FLAGS.get(plain)
    if flags is None:
        raise ValueError(f"mode {mode!r}: the simulated disk knows {', '.join(_FLAGS)}")
    raw = _Raw(programs, programs.open(path, flags), flags)
    if flags & os.O_APPEND:
        raw.seek(0, io.SEEK_END)
    buffered: Any = _buffer(flags)(raw)
    if "b" in mode:
        return cast("IO[Any]", buffered)
    return io.TextIOWrapper(buffered, *text, **named)


def _buffer(flags: int) -> Callable[[io.RawIOBase], Any]:
    if flags & os.O_RDWR:
        return io.BufferedRandom
    return io.BufferedWriter if flags & os.O_WRONLY else io.BufferedReader


class _Raw(io.RawIOBase):
    """An unbuffered file on a descriptor."""

    def __init__(self, programs: Programs, descriptor: int, flags: int) -> None:
        self._programs = programs
        self._descriptor = descriptor
        self._flags = flags

    def fileno(self) -> int:
        """The simulated descriptor."""
        return self._descriptor

    def readable(self) -> bool:
        """Whether it was opened for reading."""
        return not self._flags & os.O_WRONLY

    def writable(self) -> bool:
        """Whether it was opened for writing."""
        return bool(self._flags & (os.O_WRONLY | os.O_RDWR))

    def seekable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer`; how many bytes there were."""
        found = self._programs.read(self._descriptor, len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def write(self, content: Any) -> int:
        """Write; how many bytes fitted."""
        return self._programs.write(self._descriptor, bytes(content))

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; where it then stands."""
        return self._programs.seek(self._descriptor, offset, whence)

    def truncate(self, size: int | None = None) -> int:
        """Cut or extend; the new size."""
        size_bytes = self.tell() if size is None else size
        self._programs.truncate(self._descriptor, size_bytes)
        return size_bytes

    def close(self) -> None:
        """Let go, once."""
        if not self.closed:
            super().close()
            self._programs.close(self._descriptor)
