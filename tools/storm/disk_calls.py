"""Puts the simulated disk where programs look: the file functions of `os` and `io`.

Paths below the disk's root and its descriptors are simulated, everything else passes through.
"""

from __future__ import annotations

import builtins
import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.storm.disk_files import open_stream
from tools.storm.disk_layers import Names, Node
from tools.storm.disk_programs import DESCRIPTORS_FROM, ProgramNames, Programs, missing

_REPLACED: list[tuple[object, str, object]] = []
"""What was there before, while a disk is installed."""


def install(root: Path, names: Names, programs: Programs, program_names: ProgramNames) -> None:
    """Simulate paths below `root`; raises `RuntimeError` when a disk is installed already."""
    if _REPLACED:
        raise RuntimeError("a simulated disk is installed already")
    calls = _Calls(str(root), names, programs, program_names)
    for name in ("open", "stat", "lstat", "unlink", "remove", "mkdir", "rmdir", "listdir"):
        _put(os, name, calls.by_path(name))
    _put(os, "scandir", calls.by_path("scandir"))
    for name in ("replace", "rename"):
        _put(os, name, calls.by_path("replace", real_name=name))
    for name in ("write", "read", "fsync", "close", "fstat", "lseek", "ftruncate"):
        _put(os, name, calls.by_descriptor(name))
    stream = calls.by_path("stream", real=io.open)
    _put(io, "open", stream)
    _put(builtins, "open", stream)


def remove() -> None:
    """Give every function back."""
    while _REPLACED:
        module, name, real = _REPLACED.pop()
        setattr(module, name, real)


@contextmanager
def paused() -> Iterator[None]:
    """Let another disk be installed while the block runs; afterwards this one is again."""
    ours = [(module, name, getattr(module, name)) for module, name, _ in _REPLACED]
    remove()
    try:
        yield
    finally:
        for module, name, function in reversed(ours):
            _put(module, name, function)


def _put(module: object, name: str, function: object) -> None:
    _REPLACED.append((module, name, getattr(module, name)))
    setattr(module, name, function)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a folder, as `os.scandir` gives it."""

    name: str
    path: str
    node: Node | None

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder."""
        return self.node is None

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a file."""
        return self.node is not None

    def is_symlink(self) -> bool:
        """There are no links here."""
        return False

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """As `os.stat` of its path."""
        return Path(self.path).stat()

    def __fspath__(self) -> str:
        return self.path


class _Calls:
    """The functions themselves, named as those they stand for."""

    def __init__(
        self, root: str, names: Names, programs: Programs, program_names: ProgramNames
    ) -> None:
        self._root = root
        self._below = root + "/"
        self._names = names
        self._programs = programs
        self._program_names = program_names

    def by_path(
        self, name: str, *, real_name: str = "", real: Callable[..., Any] | None = None
    ) -> Callable[..., Any]:
        """The function for simulated paths and the real one for all others."""
        ours = getattr(self, f"_{name}")
        others = real or getattr(os, real_name or name)
        root, below, fspath = self._root, self._below, os.fspath

        def call(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
            if isinstance(path, int) or path is None:
                return others(path, *args, **kwargs)
            text = fspath(path)
            if isinstance(text, str) and (text.startswith(below) or text == root):
                return ours(text, *args, **kwargs)
            return others(path, *args, **kwargs)

        return call

    def by_descriptor(self, name: str) -> Callable[..., Any]:
        """The function for simulated descriptors and the real one for all others."""
        ours, others = getattr(self, f"_{name}"), getattr(os, name)

        def call(descriptor: int, *args: Any) -> Any:
            if descriptor < DESCRIPTORS_FROM:
                return others(descriptor, *args)
            return ours(descriptor, *args)

        return call

    def _stream(self, path: str, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        return open_stream(self._programs, path, mode, *args, **kwargs)

    def _open(self, path: str, flags: int, mode: int = 0o777) -> int:
        return self._programs.open(path, flags)

    def _write(self, descriptor: int, content: bytes) -> int:
        return self._programs.write(descriptor, bytes(content))

    def _read(self, descriptor: int, count: int) -> bytes:
        return self._programs.read(descriptor, count)

    def _fsync(self, descriptor: int) -> None:
        self._programs.fsync(descriptor)

    def _close(self, descriptor: int) -> None:
        self._programs.close(descriptor)

    def _ftruncate(self, descriptor: int, size_bytes: int) -> None:
        self._programs.truncate(descriptor, size_bytes)

    def _lseek(self, descriptor: int, offset: int, whence: int) -> int:
        return self._programs.seek(descriptor, offset, whence)

    def _replace(self, source: str, target: Any) -> None:
        self._program_names.replace(source, os.fspath(target))

    def _unlink(self, path: str) -> None:
        self._program_names.unlink(path)

    _remove = _unlink

    def _mkdir(self, path: str, mode: int = 0o777) -> None:
        self._program_names.mkdir(path)

    def _rmdir(self, path: str) -> None:
        self._program_names.rmdir(path)

    def _listdir(self, path: str = ".") -> list[str]:
        return list(self._entries(path))

    @contextmanager
    def _scandir(self, path: str) -> Iterator[Iterator[_Entry]]:
        found = self._entries(path)
        yield iter([_Entry(name, f"{path}/{name}", node) for name, node in found.items()])

    def _entries(self, path: str) -> dict[str, Node | None]:
        entries = self._names.seen.get(path)
        if entries is None:
            raise missing(path)
        return dict(entries)

    def _stat(self, path: str, *, follow_symlinks: bool = True) -> os.stat_result:
        if self._names.is_folder(path):
            return self._status(None)
        node = self._names.find(path)
        if node is None:
            raise missing(path)
        return self._status(node)

    _lstat = _stat

    def _fstat(self, descriptor: int) -> os.stat_result:
        return self._status(self._programs.handle(descriptor).node)

    def _status(self, node: Node | None) -> os.stat_result:
        kind = stat.S_IFDIR | 0o755 if node is None else stat.S_IFREG | 0o644
        number, size_bytes, changed_utc_s = 1, 0, 0.0
        if node is not None:
            number, size_bytes, changed_utc_s = node.number, len(node.seen), node.changed_utc_s
        seconds = int(changed_utc_s)
        plain = (kind, number, 1, 1, 0, 0, size_bytes, seconds, seconds, seconds)
        exact = {"st_mtime": changed_utc_s, "st_mtime_ns": int(changed_utc_s * 1e9)}
        return os.stat_result(plain, exact)
