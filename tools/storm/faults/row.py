"""One row of the catalogue: what goes wrong, and how the storm brings it about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tools.storm.faults.draws import Draw, Setting
from tools.storm.model import Injector

GROUPS: Final = {
    "B": "broker and terminal",
    "N": "network and calls",
    "P": "process and operating system",
    "C": "clock",
    "D": "disk and state",
    "X": "data",
    "H": "human hands",
    "K": "configuration",
    "T": "concurrency",
}
"""The parts of FAULTS.md by the letter their ids begin with."""

Make = Callable[[str, Mapping[str, Setting]], Injector]


class Pace(StrEnum):
    """When a fault of the terminal begins: at some of the calls it concerns, or at moments."""

    CALLS = "calls"
    MOMENTS = "moments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A fault that `FaultPlan` injects: its kind there, and how often and how long.

    `chance` and `for_s` are the ranges of the probability per call and of an episode's seconds.
    `lasts_s` is how long after its beginning an episode may still have effects of its own.
    """

    kind: str
    pace: Pace
    draws: Mapping[str, Draw] = field(default_factory=dict)
    chance: Draw | None = None
    for_s: Draw | None = None
    lasts_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenic:
    """A fault that an injector of this package brings about in the scene."""

    make: Make
    draws: Mapping[str, Draw] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A fault no scene can hold: why, and the test (`path::name`) that covers it instead."""

    reason: str
    test: str


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A fault by its id of FAULTS.md, in our own words, and the way it is injected."""

    fault_id: str
    text: str
    way: Terminal | Scenic | Elsewhere

    @property
    def group(self) -> str:
        """The letter of its part of the catalogue."""
        return self.fault_id[0]

    @property
    def is_injectable(self) -> bool:
        """Whether the storm itself can let it happen."""
        return not isinstance(self.way, Elsewhere)


def at_calls(
    fault_id: str, text: str, chance: Draw, *, lasts_s: float = 0.0, **draws: Draw
) -> FaultRow:
    """A fault of the terminal that strikes calls by chance; `for_s` among the draws may last."""
    for_s = draws.pop("for_s", None)
    way = Terminal(
        kind=fault_id, pace=Pace.CALLS, chance=chance, for_s=for_s, draws=draws, lasts_s=lasts_s
    )
    return FaultRow(fault_id, text, way)


def at_moments(fault_id: str, text: str, for_s: Draw | None = None, **draws: Draw) -> FaultRow:
    """A fault of the terminal that begins at moments and may last."""
    way = Terminal(kind=fault_id, pace=Pace.MOMENTS, for_s=for_s, draws=draws)
    return FaultRow(fault_id, text, way)


def scenic(fault_id: str, text: str, make: Make, **draws: Draw) -> FaultRow:
    """A fault of the scene."""
    return FaultRow(fault_id, text, Scenic(make=make, draws=draws))


def elsewhere(fault_id: str, text: str, reason: str, test: str) -> FaultRow:
    """A fault that is proved by a test of its own."""
    return FaultRow(fault_id, text, Elsewhere(reason=reason, test=test))
