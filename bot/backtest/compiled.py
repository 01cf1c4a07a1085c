"""Marks what the compiled walk is made of: plain when called, compilable when asked.

Importing this needs numba (the `research` extra). Machine code is kept on disk under the hash of
every source file it could come from, and of the compiler: an edited rule is another folder, so
that old rules can never run. Without a folder to write in, it is compiled anew in each process.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar, cast

import llvmlite
import numba
import numpy as np
import platformdirs
from numba import extending

from bot.rules._rule import allow_compiling

_F = TypeVar("_F", bound=Callable[..., object])

_PACKAGE = Path(__file__).resolve().parents[1]
_SOURCES = ("backtest", "rules", "model", "indicators.py")
_KEPT_VERSIONS_COUNT = 12
_HASH_LETTERS_COUNT = 24

allow_compiling()


def compiled(function: _F) -> _F:
    """Let compiled functions call `function` by name; returns it unchanged."""
    extending.register_jitable(no_cfunc_wrapper=True)(function)
    return function


def machine(function: _F) -> _F:
    """`function` as machine code, compiled when first called; others may run beside it."""
    return cast("_F", numba.njit(cache=CACHE.is_writable, nogil=True)(function))


def source_files(package: Path = _PACKAGE) -> list[Path]:
    """Every file that compiled code can come from, in the order it is hashed."""
    roots = [package / name for name in _SOURCES]
    found = [file for root in roots for file in ([root] if root.is_file() else root.rglob("*.py"))]
    return sorted(found)


def code_hash(files: Iterable[Path]) -> str:
    """The hash of `files`, their names, and of everything that compiles them."""
    versions = (sys.version, numba.__version__, llvmlite.__version__, np.__version__)
    told = hashlib.sha256("\n".join(versions).encode())
    for file in files:
        content = file.read_bytes()
        told.update(f"\n{file.name} {len(content)}\n".encode())
        told.update(content)
    return told.hexdigest()[:_HASH_LETTERS_COUNT]


class CodeCache:
    """Where machine code of exactly these sources is kept; `is_writable` whether it can be."""

    def __init__(self, root: Path, version: str) -> None:
        self.folder = root / version
        self.is_writable = self._made()
        if self.is_writable:
            self._forget_old(root)

    def _made(self) -> bool:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            mark = self.folder / "used"
            mark.touch()
        except OSError:
            return False
        return True

    def _forget_old(self, root: Path) -> None:
        marks = sorted(root.glob("*/used"), key=lambda mark: mark.stat().st_mtime, reverse=True)
        for mark in marks[_KEPT_VERSIONS_COUNT:]:
            shutil.rmtree(mark.parent, ignore_errors=True)

    @property
    def has_code(self) -> bool:
        """Whether something was compiled into it already."""
        return self.is_writable and any(self.folder.rglob("*.nbc"))


CODE_HASH = code_hash(source_files())
CACHE = CodeCache(Path(platformdirs.user_cache_dir("challenge-bot", appauthor=False)), CODE_HASH)
if CACHE.is_writable:
    vars(numba.config)["CACHE_DIR"] = str(CACHE.folder)
