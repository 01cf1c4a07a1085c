"""Where a trader dies: at a moment, or at the n-th call of one kind."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NoReturn

import numpy as np

from bot.simulator.remote_client import TerminalLine

ENVIRONMENT_NAME: Final = "KILL_AT"
"""Holds a point as text for a process that is started anew."""


class Deed(Enum):
    """What the trader is about to do."""

    WRITE = "write"
    FSYNC = "fsync"
    REPLACE = "replace"
    SEND = "order_send"


class Phase(Enum):
    """Whether it gets to do it, and in part or in full."""

    BEFORE = "before"
    TORN = "torn"
    AFTER = "after"


_COUNTS_MAX: Final = {Deed.WRITE: 60, Deed.FSYNC: 40, Deed.REPLACE: 24, Deed.SEND: 2}
_PHASES: Final = {
    Deed.WRITE: (Phase.BEFORE, Phase.TORN, Phase.AFTER),
    Deed.FSYNC: (Phase.BEFORE, Phase.AFTER),
    Deed.REPLACE: (Phase.BEFORE, Phase.AFTER),
    Deed.SEND: (Phase.BEFORE, Phase.AFTER),
}
_POINT_WITHIN_S: Final = {Deed.WRITE: 2.0, Deed.FSYNC: 2.0, Deed.REPLACE: 2.0, Deed.SEND: 3.0}
_LIFE_S: Final = (0.002, 0.6)
_MOMENT_SHARE: Final = 0.4


@dataclass(frozen=True, slots=True)
class KillPoint:
    """The `count`-th deed of a kind; a count of 0 never comes."""

    deed: Deed
    phase: Phase
    count: int

    def text(self) -> str:
        """The point as an environment holds it."""
        return f"{self.deed.value}:{self.phase.value}:{self.count}"


NEVER: Final = KillPoint(Deed.WRITE, Phase.BEFORE, 0)


@dataclass(frozen=True, slots=True)
class Fate:
    """How a life ends: at a point, or `after_s` seconds from birth, whatever comes first."""

    point: KillPoint
    after_s: float


def drawn_fate(rng: np.random.Generator, deeds: tuple[Deed, ...] = tuple(Deed)) -> Fate:
    """A fate by chance: four in ten at a moment, the others at a call; of some `deeds`, all."""
    if deeds == tuple(Deed) and rng.random() < _MOMENT_SHARE:
        low, high = np.log(_LIFE_S)
        return Fate(NEVER, float(np.exp(rng.uniform(low, high))))
    deed = deeds[int(rng.integers(len(deeds)))]
    phases = _PHASES[deed]
    phase = phases[int(rng.integers(len(phases)))]
    count = int(rng.integers(1, _COUNTS_MAX[deed] + 1))
    return Fate(KillPoint(deed, phase, count), _POINT_WITHIN_S[deed])


def point_of(text: str) -> KillPoint:
    """A point from its text; raises `ValueError`."""
    deed, phase, count = text.split(":")
    return KillPoint(Deed(deed), Phase(phase), int(count))


def die() -> NoReturn:
    """End this process as the system would end it: no handler, no farewell."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


class _Fuse:
    """Counts deeds down to the one it was made for."""

    def __init__(self, point: KillPoint) -> None:
        self._point = point
        self._left_count = point.count

    def around(self, deed: Deed, act: Callable[[], Any], tear: Callable[[], object]) -> Any:
        if deed is not self._point.deed:
            return act()
        self._left_count -= 1
        if self._left_count != 0:
            return act()
        if self._point.phase is Phase.TORN:
            tear()
        elif self._point.phase is Phase.AFTER:
            act()
        die()


def arm(point: KillPoint) -> None:
    """Put the fuse around the calls of this process."""
    fuse = _Fuse(point)
    write, fsync, replace, ask = os.write, os.fsync, os.replace, TerminalLine.ask

    def fused_write(descriptor: int, content: bytes) -> int:
        half = bytes(content)[: len(content) // 2]
        return int(
            fuse.around(
                Deed.WRITE,
                lambda: write(descriptor, content),
                lambda: write(descriptor, half),
            )
        )

    def fused_fsync(descriptor: int) -> None:
        fuse.around(Deed.FSYNC, lambda: fsync(descriptor), lambda: None)

    def fused_replace(source: Any, target: Any) -> None:
        fuse.around(Deed.REPLACE, lambda: replace(source, target), lambda: None)

    def fused_ask(line: TerminalLine, operation: str, **fields: object) -> object:
        if fields.get("name") != Deed.SEND.value:
            return ask(line, operation, **fields)
        return fuse.around(Deed.SEND, lambda: ask(line, operation, **fields), lambda: None)

    fused = {"write": fused_write, "fsync": fused_fsync, "replace": fused_replace}
    for name, function in fused.items():
        setattr(os, name, function)
    for name in ("ask",):
        setattr(TerminalLine, name, fused_ask)
