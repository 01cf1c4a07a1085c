"""Ctrl-C and termination: end after the running cycle, at once when asked twice."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruptible(stop: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Within it a first signal calls `stop`; yields whether one came.

    A second one raises `KeyboardInterrupt`: nothing is lost either way, starting is recovering.
    """
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        stop()

    before = {number: signal.signal(number, ask) for number in _signals()}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _signals() -> list[signal.Signals]:
    """Those this system has; SIGBREAK is the console's on Windows."""
    names = ("SIGINT", "SIGTERM", "SIGBREAK")
    return [signal.Signals[name] for name in names if name in signal.Signals.__members__]
