"""What could be on the disk after a crash, tried out while the real trader writes on it.

Before and after each operation that changes the disk, the disk is copied, the copy loses power in
several ways or only its process, and the real adapters open what is left: each document has to be
the last one acknowledged or the one under way, and no event that was acknowledged as durable may be
missing.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.adapters.clock import ManualClock
from bot.adapters.json_store import JsonStore
from bot.adapters.jsonl_journal import JsonlJournal
from bot.errors import BotError
from bot.live.state import SCHEMA_VERSION
from bot.model.events import Event, FaultMet
from bot.model.market import OffsetTable
from tools.storm.disk import SimDisk
from tools.storm.disk_calls import paused

POWER_LOSSES_COUNT: Final = 4
"""Ways one and the same moment's power loss is drawn."""


@dataclass(slots=True)
class Promises:
    """What the adapters have acknowledged so far: documents by name, as their JSON text."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    under_way: dict[str, str] = field(default_factory=dict)
    events_count: int = 0
    durable_count: int = 0

    def recorded(self, event: Event) -> None:
        """An event's `record` returned. Faults are not counted: opening a torn journal adds one."""
        if isinstance(event, FaultMet):
            return
        self.events_count += 1
        if event.DURABLE:
            self.durable_count = self.events_count


class PromisingStore:
    """A store that notes what it was asked to save and what it acknowledged."""

    def __init__(self, store: JsonStore, promises: Promises) -> None:
        self._store = store
        self._promises = promises

    def load(self, name: str) -> Mapping[str, object] | None:
        """As the store."""
        return self._store.load(name)

    def save(self, name: str, document: Mapping[str, object]) -> None:
        """As the store."""
        promises = self._promises
        promises.under_way[name] = text_of(document)
        self._store.save(name, document)
        promises.acknowledged[name] = promises.under_way[name]


@dataclass(slots=True)
class Tried:
    """What was tried and what was broken."""

    states_count: int = 0
    operations: Counter[str] = field(default_factory=Counter)
    by_loss: Counter[str] = field(default_factory=Counter)
    durable_count: int = 0
    broken: list[str] = field(default_factory=list)


class CrashTrial:
    """Copies the disk around each operation and opens what a crash leaves of the copy.

    `every_count` above 1 passes over moments in between, for a quick look.
    """

    def __init__(
        self, disk: SimDisk, table: OffsetTable, seed: int, *, every_count: int = 1
    ) -> None:
        self.root = disk.root
        self.promises = Promises()
        self.tried = Tried()
        self._every_count = every_count
        self._moments_count = 0
        self._disk = disk
        self._table = table
        self._rng = random.Random(seed)  # noqa: S311 - a trial is repeated, not guarded

    def watch(self) -> None:
        """Try from now on, at each operation."""
        self._disk.before_operation = self._hook("before")
        self._disk.after_operation = self._hook("after")

    def _hook(self, moment: str) -> Callable[[str, Path], None]:
        def crash(operation: str, path: Path) -> None:
            self.tried.operations[operation] += moment == "before"
            self._moments_count += 1
            if self._moments_count % self._every_count:
                return
            where = f"{moment} {operation} of {path.name}"
            with paused():
                self._try("process death", where, SimDisk.kill)
                for _ in range(POWER_LOSSES_COUNT):
                    self._try("power loss", where, lambda disk: disk.crash(self._rng))

        return crash

    def _try(self, loss: str, where: str, crash: Callable[[SimDisk], None]) -> None:
        left = self._disk.copied()
        crash(left)
        self.tried.states_count += 1
        self.tried.by_loss[loss] += 1
        self.tried.durable_count = self.promises.durable_count
        number = self.tried.operations.total()
        try:
            complaint = self._judge(left)
        except BotError as error:
            complaint = f"{type(error).__name__}: {error}"
        if complaint:
            self.tried.broken.append(f"operation {number}, {loss} {where}: {complaint}")

    def _judge(self, left: SimDisk) -> str:
        with left.installed():
            store = JsonStore(left.root / "state", SCHEMA_VERSION)
            found = {name: store.load(name) for name in self.promises.under_way}
            journal = JsonlJournal(left.root / "journal", ManualClock(0.0), self._table)
            events = [line for line in journal.events() if line["event"] != "FaultMet"]
            journal.close()
        promises = self.promises
        for name, loaded in found.items():
            text = None if loaded is None else text_of(loaded)
            if text not in {promises.acknowledged.get(name), promises.under_way[name]}:
                return f"{name} is neither the last acknowledged nor the one under way"
        if len(events) < promises.durable_count:
            return f"{promises.durable_count} events were acknowledged, {len(events)} are left"
        return ""


def text_of(document: Mapping[str, object]) -> str:
    """A document as text, the same whatever the order of its keys."""
    return json.dumps(document, sort_keys=True)


def document(tried: Tried, took_s: float) -> dict[str, object]:
    """What was tried, as it is kept for docs/reliability.md."""
    return {
        "crash_states": tried.states_count,
        "operations": tried.operations.total(),
        "by_loss": dict(tried.by_loss),
        "by_operation": dict(sorted(tried.operations.items())),
        "durable_events": tried.durable_count,
        "broken": tried.broken,
        "took_s": round(took_s, 1),
    }
