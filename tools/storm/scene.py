"""One seed's world: market, account, settings, disk and the parts a trader is wired from."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.adapters.json_store import JsonStore
from bot.adapters.jsonl_journal import JsonlJournal
from bot.adapters.mt5_client import MT5Client
from bot.cli.simulated_account import account_config
from bot.cli.tap import TappedJournal
from bot.live.build import Bot, Ports, build_bot
from bot.live.state import SCHEMA_VERSION
from bot.model.events import Event
from bot.model.settings import BotSettings
from bot.ports import MANAGE_ONLY, Command
from bot.simulator.faults.world import Hang
from bot.simulator.terminal import SimulatedTerminal
from bot.timezones import firm_day_table
from tools.storm.clock import StormClock
from tools.storm.disk import SimDisk
from tools.storm.invariants import CANARY
from tools.storm.model import Scene, SceneCalendar
from tools.storm.scene_markets import Stretch, stretch_for
from tools.storm.scene_plan import WatchedPlan
from tools.storm.scene_profiles import drawn_settings

MODE = "storm"


@dataclass(slots=True)
class Stage:
    """A scene with what only the harness holds of it."""

    scene: Scene
    stretch: Stretch
    profile: str
    clock: StormClock
    plan: WatchedPlan
    disk: SimDisk
    is_manage_only: bool = False


def new_stage(seed: int, days_count: int, hang: Hang) -> Stage:
    """The world of a seed at its first moment, without a trader."""
    rng = random.Random(f"scene {seed}")  # noqa: S311 - a storm is repeated, not guarded
    stretch = stretch_for(seed, rng, days_count)
    profile, settings = drawn_settings(rng)
    account = replace(account_config(settings), password=CANARY)
    terminal = SimulatedTerminal(stretch.market, account=account)
    terminal.advance_to(stretch.start_utc_s)
    plan = WatchedPlan(seed, hang)
    plan.install(terminal)
    disk = SimDisk()
    scene = Scene(
        seed=seed,
        rng=random.Random(f"faults {seed}"),  # noqa: S311 - as above
        settings=settings,
        terminal=terminal,
        disk=disk,
        state_folder=disk.root / "state",
        journal_folder=disk.root / "journal",
        plan=plan,
        now_utc_s=stretch.start_utc_s,
        calendar=stretch.calendar,
    )
    disk.now_utc_s = lambda: scene.now_utc_s
    disk.struck = scene.struck
    return Stage(scene, stretch, profile, StormClock(scene), plan, disk)


class SceneCommands:
    """A person's words, taken once; the supervisor's flag comes first, once per process."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._is_first = True

    def take(self) -> Sequence[Command]:
        """Commands not yet taken, oldest first."""
        scene = self._stage.scene
        taken, scene.commands[:] = list(scene.commands), []
        if self._is_first and self._stage.is_manage_only:
            taken.insert(0, Command(MANAGE_ONLY, MANAGE_ONLY, "restarted too often"))
        self._is_first = False
        return taken

    def acknowledge(self, command_id: str) -> None:
        """Nothing waits any more that was taken."""


class SceneHeartbeat:
    """Notes when the trader last said that it is alive."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def beat(self, cycle_count: int) -> None:
        """Note the true moment."""
        del cycle_count
        self._scene.beat_utc_s = self._scene.now_utc_s


def wire(stage: Stage, settings: BotSettings, listen: Callable[[Event], None]) -> Bot:
    """A trader on the scene's disk and terminal, as a new process would be wired; not started.

    Raises what the real wiring raises where disk or journal cannot be used.
    """
    scene, clock = stage.scene, stage.clock
    broker = MT5Client(
        scene.terminal,
        settings.account,
        settings.symbols,
        settings.broker_suffixes,
        clock,
        commissions=settings.commissions,
    )
    store = JsonStore(scene.state_folder, SCHEMA_VERSION, sleep=clock.sleep)
    table = firm_day_table(settings.firm_clock)
    journal = JsonlJournal(scene.journal_folder, clock, table, sleep=clock.sleep)
    ports = Ports(
        broker=broker,
        clock=clock,
        store=store,
        journal=TappedJournal(journal, listen),
        commands=SceneCommands(stage),
        heartbeat=SceneHeartbeat(scene),
        calendar=SceneCalendar(scene),
        machine=None,
    )
    return build_bot(ports, settings, MODE)
