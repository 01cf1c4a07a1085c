"""What the parts of the storm know of each other: the scene, who breaks it and who watches it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.live.build import Bot
from bot.model.news import CalendarRead
from bot.model.settings import BotSettings
from bot.ports import Command, NewsCalendar, NoCalendar
from bot.simulator.faults import FaultPlan
from bot.simulator.terminal import SimulatedTerminal


class Phase(StrEnum):
    """Faults strike in safety; in healing they are undone and everything has to come right."""

    SAFETY = "safety"
    HEALING = "healing"


class Disk(Protocol):
    """The simulated disk the trader's adapters stand on."""

    def read(self, path: Path) -> bytes | None:
        """What a program that opened `path` now would see; None when it is not there."""
        ...

    def durable(self, path: Path) -> bytes | None:
        """What a loss of power this instant would leave for certain; None: nothing."""
        ...

    def files(self, folder: Path) -> tuple[Path, ...]:
        """Every file below `folder`, sorted."""
        ...

    def overwrite(self, path: Path, content: bytes) -> None:
        """Change a file behind the program's back, durably (a person, bit rot)."""
        ...

    def remove(self, path: Path) -> None:
        """Take a file away behind the program's back, durably."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """One call of `order_send` as it left the trader, before any fault touched it."""

    at_utc_s: float
    login: int
    request: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise, in one sentence with the figures that show it."""

    invariant_id: str
    at_utc_s: float
    told: str


class DeathError(BaseException):
    """The process is killed here. Not an `Exception`: nothing in the trader may catch it."""


class PowerLossError(DeathError):
    """The computer goes down with it: of the disk only what is durable is certain to stay."""


@dataclass(slots=True)
class Scene:
    """Everything of one seed's world. `bot` is None while the process is dead.

    Times are the true UTC seconds of the market (`now_utc_s`); what the trader's clock shows may
    differ by `clock_error_s`. `terminal` is the server's truth beneath the faults of `plan`.

    `violations` are those that injectors saw themselves (the harness reports them too). `calendar`
    is what the trader's own calendar (`SceneCalendar`) answers with now; injectors swap it.
    `stall_s` is a wish to the harness: before its next cycle the process stands still for so long
    while the market runs on; the harness sets it back to 0. `settings` are those of the next start:
    injectors may change them while the process is dead. A dead one is not started again before
    `down_until_utc_s`; `fresh_bot` wires one more trader on the same disk and terminal, unstarted.
    """

    seed: int
    rng: random.Random
    settings: BotSettings
    terminal: SimulatedTerminal
    disk: Disk
    state_folder: Path
    journal_folder: Path
    plan: FaultPlan
    phase: Phase = Phase.SAFETY
    bot: Bot | None = None
    now_utc_s: float = 0.0
    clock_error_s: float = 0.0
    commands: list[Command] = field(default_factory=list)
    sends: list[Sent] = field(default_factory=list)
    starts_utc_s: list[float] = field(default_factory=list)
    deaths_count: int = 0
    alarms: list[str] = field(default_factory=list)
    fired: dict[str, int] = field(default_factory=dict)
    hooks: list[Callable[[str], None]] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    calendar: NewsCalendar = field(default_factory=NoCalendar)
    stall_s: float = 0.0
    beat_utc_s: float = 0.0
    down_until_utc_s: float = 0.0
    fresh_bot: Callable[[], Bot] | None = None

    def operation(self, name: str) -> None:
        """Tell of an operation of the trader; a hook may raise `DeathError`, or `Exception` once.

        Names are "before order_send", "after order_send" and so on for calls of the terminal,
        "before disk replace", "after disk fsync" for what changes the disk.
        """
        for hook in tuple(self.hooks):
            hook(name)

    def struck(self, fault_id: str) -> None:
        """Count a fault that really happened."""
        self.fired[fault_id] = self.fired.get(fault_id, 0) + 1


class SceneCalendar:
    """The calendar every trader of a scene is wired with: it answers as the scene's does now."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def events(self) -> CalendarRead:
        """What the scene's calendar says."""
        return self._scene.calendar.events()


class Injector(Protocol):
    """One fault of the catalogue that does not pass through the terminal's functions.

    The terminal's own faults (B, N, C, X) go through `FaultPlan`; injectors of P, D, H, K and T
    act on the scene. Each draws from the scene's seed alone and calls `scene.struck`.
    """

    fault_id: str

    def arm(self, scene: Scene, start_utc_s: float, end_utc_s: float) -> None:
        """Decide when to strike within the window."""
        ...

    def before_cycle(self, scene: Scene) -> None:
        """Act if it is time; called before every cycle of the trader, dead or alive."""
        ...

    def heal(self, scene: Scene) -> None:
        """Undo what is still in force; afterwards `before_cycle` does nothing."""
        ...


class Checker:
    """Watches one invariant against the broker's books. The defaults see nothing."""

    invariant_id = ""

    def on_send(self, scene: Scene, sent: Sent) -> Iterable[str]:
        """Called before a request goes out; yields a sentence for each broken promise."""
        return ()

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Called after every cycle, and after every start and death."""
        return ()

    def at_end(self, scene: Scene) -> Iterable[str]:
        """Called once, after the healing phase."""
        return ()


def told(
    checkers: Iterable[Checker], scene: Scene, sent: Sent | None = None
) -> Iterator[Violation]:
    """Every violation the checkers see now: of `sent` before it goes, else after a cycle."""
    for checker in checkers:
        words = checker.after_cycle(scene) if sent is None else checker.on_send(scene, sent)
        for word in words:
            yield Violation(checker.invariant_id, scene.now_utc_s, word)
