"""`python -m tools.storm.endurance`: the real trader through a simulated year in one process.

What a long life may cost is measured at the end of each period: resident memory and allocated
blocks of the whole process, the simulated broker and its growing history included; open handles,
threads and the time of a cycle. Every week the terminal is unreachable for minutes and a person
pauses, resumes and resets, so that the rarer paths are walked as well.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bot.adapters.clock import ManualClock, SystemClock
from bot.adapters.command_spool import submit
from bot.cli.demo import demo_calendar, demo_market, window
from bot.cli.folders import RunFolder
from bot.cli.simulated_account import account_config
from bot.cli.wiring import Trader, World
from bot.model.breakers import Breaker
from bot.model.settings import BotSettings
from bot.rules.calendar import DAY_S
from bot.simulator.faults import FaultPlan, SimpleFaults
from bot.simulator.terminal import SimulatedTerminal
from tools.kills.victim import eager_settings
from tools.storm.disk import SimDisk
from tools.storm.endurance_gauge import Gauge, Period
from tools.storm.endurance_verdict import RULES, complaints, growth_mib_per_year
from tools.storm.model import Scene
from tools.storm.scene_setups import SetupSource

SYMBOLS: Final = ("EURUSD", "USDJPY", "XAUUSD", "BTCUSD")
_RISK_FRACTION: Final = 0.0001
_BALANCE_MONEY: Final = 10_000_000.0
"""So little of so much that a year of losing trades does not end the account."""

_TARGET_FRACTION: Final = 10.0
"""So far away that the phase is not passed: a passed phase trades no more."""

_OUTAGE_S: Final = 900.0
_WORDS: Final = (("pause", ""), ("resume", ""), ("reset", Breaker.CONSECUTIVE_LOSSES.value))
"""What a person says once a week; losses in a row hold until somebody says so."""

_WEEK_S: Final = 7 * DAY_S
_TRADING_DAYS_FRACTION: Final = 5.0 / 7.0


@dataclass(frozen=True, slots=True)
class EndurancePlan:
    """How long one process lives, how often it looks, and how long a period is."""

    days_count: int
    seed: int = 1
    cycle_s: float = 60.0
    period_days: float = 30.0


@dataclass(frozen=True, slots=True)
class Endured:
    """What a long life came to."""

    plan: EndurancePlan
    periods: tuple[Period, ...]
    verdict: str
    took_s: float


class LongLife:
    """One trader in one process from the first moment of a market to its last."""

    def __init__(
        self, plan: EndurancePlan, folder: RunFolder, tell: Callable[[Period], None]
    ) -> None:
        self._plan = plan
        self._folder = folder
        self._tell = tell
        settings = long_lived_settings(plan.cycle_s)
        start_utc_s, end_utc_s = window(round(plan.days_count * _TRADING_DAYS_FRACTION))
        market = demo_market(plan.seed, settings, end_utc_s)
        self._terminal = SimulatedTerminal(market, account=account_config(settings))
        self._faults = SimpleFaults()
        self._terminal.install_faults(self._faults)
        self._terminal.advance_to(start_utc_s)
        self._start_utc_s, self._end_utc_s = start_utc_s, end_utc_s
        self._period_ends_utc_s = start_utc_s + plan.period_days * DAY_S
        self._weeks_count = 0
        self._gauge = Gauge(folder)
        clock = ManualClock(start_utc_s, self._advance)
        calendar = demo_calendar(plan.seed, end_utc_s)
        world = World(self._terminal, clock, "endurance", is_durable=False, calendar=calendar)
        self._trader = Trader(world, settings, folder, self._gauge.told)
        self._scene = market_scene(plan.seed, settings, self._terminal, start_utc_s)
        self._scene.bot = self._trader.bot
        self._setups = SetupSource(self._scene.rng, start_utc_s)
        self.periods: list[Period] = []

    def live(self) -> str:
        """Live to the end; how the phase stands then."""
        self._trader.live()
        return self._trader.bot.state.verdict

    def _advance(self, now_utc_s: float) -> None:
        """The cycle is over; the market runs on until the next begins."""
        self._gauge.cycle_ended()
        self._terminal.advance_to(now_utc_s)
        self._disturb(now_utc_s)
        self._scene.now_utc_s = now_utc_s
        if self._trader.bot.cycles_count:
            self._setups.before_cycle(self._scene)
        if now_utc_s >= self._period_ends_utc_s:
            self._period_ends_utc_s += self._plan.period_days * DAY_S
            self.periods.append(self._gauge.period((now_utc_s - self._start_utc_s) / DAY_S))
            self._tell(self.periods[-1])
        if now_utc_s >= self._end_utc_s:
            self._trader.bot.is_stopping = True
        self._gauge.cycle_begins()

    def _disturb(self, now_utc_s: float) -> None:
        """Once a week an outage, and a person who pauses, resumes and resets a breaker."""
        since_s = now_utc_s - self._start_utc_s
        into_week_s = since_s % _WEEK_S
        self._faults.reads_fail = DAY_S <= into_week_s < DAY_S + _OUTAGE_S
        if since_s // _WEEK_S < self._weeks_count or into_week_s < 2 * DAY_S:
            return
        self._weeks_count += 1
        for verb, argument in _WORDS:
            submit(self._folder.commands, verb, "endurance", SystemClock().now_utc_s(), argument)


def long_lived_settings(cycle_s: float) -> BotSettings:
    """The shipped settings made to trade nearly every day, with so little that it goes on."""
    settings = eager_settings()
    risk = settings.risk._replace(
        risk_per_trade_balance_fraction=_RISK_FRACTION,
        risk_reduced_balance_fraction=_RISK_FRACTION / 2,
    )
    target = settings.rules.target._replace(profit_fraction=_TARGET_FRACTION)
    rules = settings.rules._replace(target=target, initial_balance_money=_BALANCE_MONEY)
    return replace(
        settings,
        symbols=tuple(item for item in settings.symbols if item.symbol in SYMBOLS),
        schedule=replace(settings.schedule, poll_interval_s=cycle_s),
        risk=risk,
        rules=rules,
        account=replace(settings.account, initial_balance_money=_BALANCE_MONEY),
    )


def market_scene(
    seed: int, settings: BotSettings, terminal: SimulatedTerminal, now_utc_s: float
) -> Scene:
    """What the storm's source of setups has to know; nothing of it is broken here."""
    disk = SimDisk()
    return Scene(
        seed=seed,
        rng=random.Random(seed),  # noqa: S311 - a life is repeated, not guarded
        settings=settings,
        terminal=terminal,
        disk=disk,
        state_folder=disk.root,
        journal_folder=disk.root,
        plan=FaultPlan(),
        now_utc_s=now_utc_s,
    )


def endure(plan: EndurancePlan, folder: Path, tell: Callable[[Period], None]) -> Endured:
    """Live through the plan with files in `folder`; `tell` hears of each period as it ends."""
    clock = SystemClock()
    began_s = clock.monotonic_s()
    life = LongLife(plan, RunFolder(folder), tell)
    gc.collect()
    verdict = life.live()
    return Endured(plan, tuple(life.periods), verdict, clock.monotonic_s() - began_s)


def document(endured: Endured) -> dict[str, object]:
    """What was measured, as it is kept for docs/reliability.md."""
    return {
        "days": endured.plan.days_count,
        "seed": endured.plan.seed,
        "cycle_s": endured.plan.cycle_s,
        "cycles": sum(period.cycles_count for period in endured.periods),
        "trades": endured.periods[-1].trades_count if endured.periods else 0,
        "verdict_of_the_phase": endured.verdict,
        "growth_mib_per_year": growth_mib_per_year(endured.periods),
        "rules": list(RULES),
        "complaints": complaints(endured.periods),
        "took_s": round(endured.took_s, 1),
        "periods": [asdict(period) for period in endured.periods],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Live, measure, judge; exit code 1 when something grew beyond the rules."""
    parser = argparse.ArgumentParser(prog="tools.storm.endurance", description=__doc__)
    parser.add_argument("--days", type=int, default=365, help="simulated days, weekends included")
    parser.add_argument("--seed", type=int, default=1, help="which market")
    parser.add_argument("--cycle", type=float, default=60.0, help="seconds between two cycles")
    parser.add_argument("--period", type=float, default=30.0, help="days between measurements")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured there")
    given = parser.parse_args(arguments)
    if min(given.days, given.cycle, given.period) <= 0 or given.seed < 0:
        parser.error("--days, --cycle and --period must be above 0, --seed 0 or more")
    plan = EndurancePlan(given.days, given.seed, given.cycle, given.period)
    console = Console()
    with tempfile.TemporaryDirectory(prefix="endurance-") as folder:
        endured = endure(plan, Path(folder), lambda period: console.print(period.line()))
    found = document(endured)
    _show(console, found, endured.periods)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 1 if complaints(endured.periods) else 0


def _show(console: Console, found: dict[str, object], periods: Sequence[Period]) -> None:
    table = Table("day", "MiB", "blocks", "handles", "threads", "cycle ms", "99 %", "trades")
    for period in periods:
        table.add_row(*period.cells())
    console.print(table)
    growth, phase = found["growth_mib_per_year"], found["verdict_of_the_phase"]
    console.print(f"growth {growth} MiB a year; phase {phase}")
    for line in complaints(periods) or ["bounded"]:
        console.print(line, markup=False)


if __name__ == "__main__":
    sys.exit(main())
