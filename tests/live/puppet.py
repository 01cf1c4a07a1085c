"""A broker that says what a test tells it to, and otherwise what the simulated terminal says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from builders import Waypoints, World, a_market, settings_for

from bot.errors import StoreError
from bot.live.state import Setup, SetupStatus
from bot.model.broker import OrderRequest, SendOutcome, SendResult
from bot.model.settings import BotSettings
from bot.ports import Broker

ENTRY, STOP = 1.1000, 1.0950
AT_ENTRY = (0.0, 1.09995, 1.10000)
ABOVE = (0.0, 1.10100, 1.10105)
BUSY = SendOutcome(SendResult.REJECTED_CONDITION, 10018, "market closed")


class Puppet:
    """`says` replaces reads by name; `answers` are given to the next requests of their kind."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.says: dict[str, Callable[..., Any]] = {}
        self.answers: dict[type, list[SendOutcome]] = {}
        self.sent: list[OrderRequest] = []

    def __getattr__(self, name: str) -> object:
        return self.says.get(name) or getattr(self._broker, name)

    def truly(self, name: str) -> Callable[..., Any]:
        """The terminal's own answer to a read."""
        return cast(Callable[..., Any], getattr(self._broker, name))

    def send(self, request: OrderRequest) -> SendOutcome:
        self.sent.append(request)
        waiting = self.answers.get(type(request), [])
        return waiting.pop(0) if waiting else self._broker.send(request)

    def sent_of(self, kind: type) -> list[Any]:
        """Requests of one kind that left the trader."""
        return [request for request in self.sent if isinstance(request, kind)]


class Disk:
    """The world's store and journal, on a disk that is full while told so."""

    def __init__(self, world: World) -> None:
        store, journal = world.bot.ports.store, world.bot.ports.journal
        self._save, self._record = store.save, journal.record
        self.is_store_full = self.is_journal_full = False
        store.save = self.save  # type: ignore[method-assign]
        journal.record = self.record  # type: ignore[method-assign]

    def save(self, name: str, document: Mapping[str, object]) -> None:
        if self.is_store_full:
            raise StoreError("no space left on the device")
        self._save(name, document)

    def record(self, event: Any) -> None:
        if self.is_journal_full:
            raise StoreError("no space left on the device")
        self._record(event)


def a_world(
    tmp_path: Path,
    *later: tuple[float, float, float],
    first: tuple[float, float, float] = AT_ENTRY,
    settings: BotSettings | None = None,
    more: Mapping[str, Waypoints] | None = None,
) -> tuple[World, Puppet]:
    """A started world a minute old, its broker on strings."""
    strings: list[Puppet] = []

    def wrap(broker: Broker) -> Broker:
        strings.append(Puppet(broker))
        return cast(Broker, strings[-1])

    paths: dict[str, Waypoints] = {"EURUSD": [first, *later], **(more or {})}
    chosen = settings or settings_for(*paths)
    world = World(tmp_path, a_market(paths, 1_000), chosen, wrap=wrap).start()
    return world.run_minutes(1), strings[0]


def filled(world: World) -> Setup:
    """A position of ours at the entry."""
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert setup.status == SetupStatus.FILLED
    return setup


def resting(world: World) -> Setup:
    """A limit of ours below the price."""
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert setup.status == SetupStatus.PENDING
    return setup
