"""Tracebacks that show a script's own frames, not those of the machinery that runs it."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import TracebackType
from typing import Final

_PACKAGE_FOLDER: Final = str(Path(__file__).resolve().parents[1])
_MACHINERY: Final = ("<frozen runpy>", runpy.__file__)


def for_the_script(error: BaseException) -> BaseException:
    """`error` and every error behind it, without frames of ours."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = _without_ours(one.__traceback__)
        waiting += [one.__cause__, one.__context__]
    return error


def _without_ours(trace: TracebackType | None) -> TracebackType | None:
    frames: list[TracebackType] = []
    while trace is not None:
        if not _is_ours(trace.tb_frame.f_code.co_filename):
            frames.append(trace)
        trace = trace.tb_next
    kept: TracebackType | None = None
    for frame in reversed(frames):
        kept = TracebackType(kept, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return kept


def _is_ours(filename: str) -> bool:
    return filename in _MACHINERY or filename.startswith(_PACKAGE_FOLDER)
