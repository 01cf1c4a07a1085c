"""`python -m tools.storm.crash_days`: days of trading, crashed at every operation of the disk."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot.adapters.clock import ManualClock, SystemClock
from bot.adapters.command_spool import CommandSpool
from bot.adapters.heartbeat import FileHeartbeat
from bot.adapters.json_store import JsonStore
from bot.adapters.jsonl_journal import JsonlJournal
from bot.cli.demo import demo_calendar, demo_market, window
from bot.cli.simulated_account import account_config
from bot.cli.tap import TappedJournal
from bot.cli.wiring import World, client
from bot.live.build import Ports, build_bot
from bot.live.loop import run, start
from bot.live.state import SCHEMA_VERSION
from bot.model.settings import BotSettings
from bot.simulator.terminal import SimulatedTerminal
from bot.timezones import firm_day_table
from tools.storm.crash_states import CrashTrial, PromisingStore, Tried, document
from tools.storm.disk import SimDisk
from tools.storm.endurance import long_lived_settings, market_scene
from tools.storm.scene_setups import SetupSource

_BROKEN_SHOWN_MAX_COUNT = 20
_BEAT_EVERY_S = 3_600.0  # each beat is three operations of no promise


@dataclass(frozen=True, slots=True)
class CrashPlan:
    """How long the trader trades while its disk is crashed at every `every_count`-th moment."""

    days_count: int
    seed: int = 1
    cycle_s: float = 60.0
    is_durable: bool = True
    every_count: int = 1


def try_days(plan: CrashPlan, tell: Callable[[Tried], None] = lambda _: None) -> Tried:
    """Live so many trading days and try every crash on the way; `tell` hears after each cycle."""
    settings = long_lived_settings(plan.cycle_s)
    start_utc_s, end_utc_s = window(plan.days_count)
    market = demo_market(plan.seed, settings, end_utc_s)
    terminal = SimulatedTerminal(market, account=account_config(settings))
    terminal.advance_to(start_utc_s)
    scene = market_scene(plan.seed, settings, terminal, start_utc_s)
    source = SetupSource(scene.rng, start_utc_s)

    def run_on(now_utc_s: float) -> None:
        terminal.advance_to(now_utc_s)
        scene.now_utc_s = now_utc_s
        if bot.cycles_count:
            source.before_cycle(scene)
        bot.is_stopping = now_utc_s >= end_utc_s
        tell(trial.tried)

    clock = ManualClock(start_utc_s, run_on)
    disk = SimDisk(now_utc_s=clock.now_utc_s)
    table = firm_day_table(settings.firm_clock)
    trial = CrashTrial(disk, table, plan.seed, every_count=plan.every_count)
    calendar = demo_calendar(plan.seed, end_utc_s)
    world = World(terminal, clock, "crashes", plan.is_durable, calendar=calendar)
    with disk.installed():
        trial.watch()
        scene.bot = bot = build_bot(_ports(world, settings, trial), settings, world.mode)
        start(bot)
        run(bot)
    return trial.tried


def _ports(world: World, settings: BotSettings, trial: CrashTrial) -> Ports:
    """As `bot run` wires them, with store and journal watched."""
    clock, root, table = world.clock, trial.root, firm_day_table(settings.firm_clock)
    store = JsonStore(root / "state", SCHEMA_VERSION, fsync=world.is_durable, sleep=clock.sleep)
    journal = JsonlJournal(
        root / "journal", clock, table, fsync=world.is_durable, sleep=clock.sleep
    )
    beat = root / "state" / "heartbeat.json"
    return Ports(
        broker=client(world, settings),
        clock=clock,
        store=PromisingStore(store, trial.promises),
        journal=TappedJournal(journal, trial.promises.recorded),
        commands=CommandSpool(root / "commands", clock.now_utc_s),
        heartbeat=FileHeartbeat(beat, clock, every_s=_BEAT_EVERY_S, host=clock),
        calendar=world.calendar,
        machine=None,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Live, crash, look, tell; exit code 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="tools.storm.crash_days", description=__doc__)
    parser.add_argument("--days", type=int, default=3, help="trading days")
    parser.add_argument("--seed", type=int, default=1, help="which market and which crashes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was found there")
    given = parser.parse_args(arguments)
    if given.days < 1 or given.seed < 0:
        parser.error("--days must be 1 or more, --seed 0 or more")
    clock, console = SystemClock(), Console()
    began_s = clock.monotonic_s()
    with console.status("crashing") as status:
        tried = try_days(
            CrashPlan(given.days, given.seed),
            lambda so_far: status.update(f"{so_far.states_count} crash states"),
        )
    found = document(tried, clock.monotonic_s() - began_s)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for line in tried.broken[:_BROKEN_SHOWN_MAX_COUNT]:
        console.print(line, markup=False, soft_wrap=True)
    console.print(
        f"{tried.states_count} crash states after {tried.operations.total()} operations, "
        f"{len(tried.broken)} broken promises"
    )
    return 1 if tried.broken else 0


if __name__ == "__main__":
    sys.exit(main())
