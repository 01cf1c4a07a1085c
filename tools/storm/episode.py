"""One seed's story: days of storm, then healing, then the reckoning."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.rules.calendar import is_weekend
from bot.timezones import server_offset_table
from tools.storm.disk_gate import Hook
from tools.storm.episode_health import Spells, unsettled
from tools.storm.episode_pace import Pace
from tools.storm.episode_person import Person
from tools.storm.episode_process import Process
from tools.storm.episode_witness import Witness
from tools.storm.faults.arming import arm_plan
from tools.storm.faults.plan import StormPlan
from tools.storm.model import DeathError, Injector, Phase
from tools.storm.results import DAY_S, Told
from tools.storm.scene import new_stage
from tools.storm.scene_plan import server_of
from tools.storm.scene_profiles import CYCLE_S
from tools.storm.scene_setups import SetupSource
from tools.storm.trace import Trace

HEALING_MAX_S: Final = 1_200.0
_HEALING_LEAST_S: Final = 60.0
_FINAL_VERDICTS: Final = frozenset({"PASSED", "BREACHED", "OUT_OF_TIME"})


@dataclass(frozen=True, slots=True)
class Order:
    """Which seed to live, and its plan of faults.

    `end_days_count` ends the storm earlier than its days, without healing, as faults have not run
    their course then; 0 does not.
    """

    seed: int
    days_count: int
    plan: StormPlan
    end_days_count: int = 0


class Episode:
    """Lives one order, on a disk of its own."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._stage = new_stage(order.seed, order.days_count, self._hang)
        scene = self._scene = self._stage.scene
        self._trace = Trace()
        self.told = Told(order.seed, self._stage.profile, order.days_count)
        self._witness = Witness(self._stage, self._trace)
        self._person = Person(self._stage, self._trace)
        self._process = Process(self._stage, self._trace, self.told, self._person.called)
        self._pace = Pace(self._stage)
        self._spells = Spells()
        setups = random.Random(f"setups {order.seed}")  # noqa: S311 - repeatable
        self._setups = SetupSource(setups, scene.now_utc_s)
        self._armed: Callable[[], list[Injector]] = lambda: arm_plan(order.plan, scene)
        self._injectors: list[Injector] = []
        self._table = server_offset_table()

    def run(self) -> Told:
        """The whole story, up to the first violation."""
        disk = self._stage.disk
        disk.before_operation = self._disk_hook("before")
        disk.after_operation = self._disk_hook("after")
        with disk.installed():
            self._injectors = self._armed()
            self._weather_storm()
            self.told.is_early = bool(self._witness.violations)
            if self._has_weathered_all():
                self._heal()
                if not self._witness.violations:
                    self._witness.at_end()
        self._sum_up()
        return self.told

    def _weather_storm(self) -> None:
        stretch = self._stage.stretch
        days_count = self._order.end_days_count or self._order.days_count
        end_utc_s = min(stretch.end_utc_s, stretch.start_utc_s + days_count * DAY_S)
        while self._scene.now_utc_s < end_utc_s and not self._is_over():
            self._turn()
            self._sleep(self._pace.pause_s())

    def _has_weathered_all(self) -> bool:
        """Whether every fault has run its course: then all can be healed."""
        is_whole = self._scene.now_utc_s >= self._stage.stretch.end_utc_s
        return is_whole and not self._witness.violations

    def _heal(self) -> None:
        """Every fault is undone; trader and broker have to come to agree."""
        scene = self._scene
        scene.phase = Phase.HEALING
        for injector in self._injectors:
            injector.heal(scene)
        scene.hooks.clear()
        self._stage.disk.heal()
        began_utc_s = scene.now_utc_s
        self._trace.add(began_utc_s, "healing", "begins")
        calm_since_utc_s = None
        while scene.now_utc_s - began_utc_s < HEALING_MAX_S and not self._witness.violations:
            self._turn()
            is_right = self._process.is_seeing and not any(unsettled(scene))
            if not is_right:
                calm_since_utc_s = None
            elif calm_since_utc_s is None:
                calm_since_utc_s = scene.now_utc_s
                self.told.recovery.healed_s = calm_since_utc_s - began_utc_s
            elif scene.now_utc_s - calm_since_utc_s >= _HEALING_LEAST_S:
                return
            self._sleep(CYCLE_S)
        for words in unsettled(scene):
            self._witness.violate("I21", f"{words} {HEALING_MAX_S:.0f} s after all was healed")

    def _turn(self) -> None:
        """People and faults, then the trader, then whoever watches."""
        scene = self._scene
        sends_count, deaths_count = len(scene.sends), scene.deaths_count
        self._before_cycle()
        self._process.step()
        self._spells.look(scene, could_act=self._process.is_seeing)
        struck = self._witness.after_cycle()
        if struck or scene.deaths_count != deaths_count:
            self._pace.alert(struck)
        elif len(scene.sends) != sends_count:
            self._pace.sent()

    def _before_cycle(self) -> None:
        scene = self._scene
        try:
            for injector in self._injectors:
                injector.before_cycle(scene)
        except DeathError as error:
            self._process.die(error)
        self._person.before_cycle()
        if scene.phase == Phase.SAFETY and self._setups.before_cycle(scene):
            self._pace.sent()

    def _sleep(self, duration_s: float) -> None:
        scene = self._scene
        if not is_weekend(scene.now_utc_s, self._table):
            self.told.trading_days += duration_s / DAY_S
        self._stage.clock.sleep(duration_s)

    def _hang(self, function: str, duration_s: float) -> None:
        self._process.hang(function, duration_s)

    def _disk_hook(self, when: str) -> Hook:
        scene, plan = self._scene, self._stage.plan

        def hook(name: str, path: Path) -> None:
            del path
            if scene.hooks and plan.is_trading:
                scene.operation(f"{when} disk {name}")

        return hook

    def _is_over(self) -> bool:
        """A broken promise ends the story; so does a phase that is decided and flat."""
        if self._witness.violations:
            return True
        bot = self._scene.bot
        if bot is None or bot.state.verdict == "RUNNING":
            return False
        state = server_of(self._scene.terminal).state
        return not state.positions and not state.orders

    def _sum_up(self) -> None:
        told, scene, recovery = self.told, self._scene, self.told.recovery
        recovery.widen(self._spells.recovery)
        recovery.restart_s = self._process.restart_s
        told.fired.update(scene.fired)
        told.armed = sorted(self._order.plan.fault_ids)
        told.sends_count = len(scene.sends)
        told.deals_count = len(server_of(scene.terminal).state.ledger._deals.rows)
        told.checks.update(self._witness.checks)
        told.excused.update(self._witness.excused)
        told.violations = [(v.invariant_id, v.told) for v in self._witness.violations]
        told.trace_digest = self._trace.digest()
        told.trace = list(self._trace.lines)
