"""One terminal, one run folder, and a row of lives on them: most of them cut short."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, cast

import numpy as np

from bot.adapters.clock import SystemClock
from bot.cli.demo import demo_market, window
from bot.cli.terminal_process import host_until_told
from bot.cli.terminal_process_place import line_in
from bot.errors import BrokerUnavailableError
from bot.model.settings import BotSettings
from bot.rules.calendar import DAY_S
from bot.simulator.feed import Market
from bot.simulator.remote_client import TerminalLine
from tools.kills.days import comparable_dates, differing_days, judged_bases
from tools.kills.facts import RUN_NAME, Facts, facts_of
from tools.kills.points import ENVIRONMENT_NAME, NEVER, Deed, KillPoint, drawn_fate
from tools.kills.verdict import agreements
from tools.kills.victim import RECOVERED_NAME, STILL_CYCLES_COUNT, Life, live
from tools.kills.witness import WITNESS_NAME, WitnessedTerminal

ROOT: Final = Path(__file__).resolve().parents[2]
_ENDLESS: Final = 1 << 40
_SETTLE_SHARE: Final = 0.5
_SETTLE_CYCLES: Final = 2 + STILL_CYCLES_COUNT
_HEAL_S: Final = 3_600.0
_TWIN_DAYS: Final = 4
_HOST_BORN_S, _LIFE_MAX_S, _COLD_MAX_S = 60.0, 120.0, 60.0
_POLL_S: Final = 0.002


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """How often to kill and at what, on which market.

    Every `cold_every`-th life is a process from scratch, the others are forked from a warm one.
    """

    folder: Path
    seed: int
    kills_count: int
    trading_days: int
    cold_every: int = 0
    deeds: tuple[Deed, ...] = tuple(Deed)


@dataclass(slots=True)
class Told:
    """What a campaign found."""

    seed: int
    kills_count: int = 0
    kills_by: dict[str, int] = field(default_factory=dict)
    settled_count: int = 0
    recovered_s: list[float] = field(default_factory=list)
    cold_recovered_s: list[float] = field(default_factory=list)
    own_deals_count: int = 0
    positions_count: int = 0
    rungs_count: int = 0
    days_count: int = 0
    days_compared_count: int = 0
    bases_judged_count: int = 0
    complaints: list[str] = field(default_factory=list)


def forked(act: Callable[[], None]) -> int:
    """A child that does `act` and nothing else; its output is the error stream's."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        act()
        code = 0
    finally:  # a forked child must not return into its parent, whatever happened
        if code:
            traceback.print_exc()
        os._exit(code)


class Campaign:
    """Runs a plan. The terminal's process lives through all of it."""

    def __init__(self, plan: CampaignPlan, settings: BotSettings) -> None:
        self._plan = plan
        self._settings = settings
        self._rng = np.random.default_rng(plan.seed)
        self._clock = SystemClock()
        self._place = plan.folder / "terminal"
        self._run = plan.folder / RUN_NAME
        self._run.mkdir(parents=True)
        self._end_utc_s = window(plan.trading_days)[1]
        self._market: Market | None = None
        self.told = Told(plan.seed)

    def go(self) -> Told:
        """Every life and death of the plan, then a last life that ends well."""
        with self._hosted() as line:
            while self.told.kills_count < self._plan.kills_count and not self.told.complaints:
                line.ask("now")
                if line.now_utc_s >= self._end_utc_s:
                    break
                if self._lived_and_killed():
                    self._look_after_death(line)
            self._last_life(line)
        return self.told

    def undisturbed(self, days_count: int) -> Facts:
        """So many days of the same market in one life that nothing ends."""
        cycles_count = int(days_count * DAY_S / self._settings.schedule.poll_interval_s)
        with self._hosted() as line:
            return self._settle(line, cycles_count + STILL_CYCLES_COUNT)

    @contextmanager
    def _hosted(self) -> Iterator[TerminalLine]:
        """The terminal's process, and a line of our own to it."""
        start_utc_s, end_utc_s = window(self._plan.trading_days)
        market = self._market or demo_market(self._plan.seed, self._settings, end_utc_s)
        self._market = market
        host = forked(lambda: self._host(market, start_utc_s))
        try:
            line = self._line()
            yield line
            line.ask("stop")
        finally:
            with suppress(ProcessLookupError):
                os.kill(host, signal.SIGTERM)
            os.waitpid(host, 0)

    def _host(self, market: Market, start_utc_s: float) -> None:
        terminal = WitnessedTerminal(market, self._settings, self._plan.folder / WITNESS_NAME)
        terminal.advance_to(start_utc_s)
        host_until_told(self._place, terminal, 0.0, lambda _host: None)

    def _line(self) -> TerminalLine:
        until_s = self._clock.monotonic_s() + _HOST_BORN_S
        while True:
            try:
                return line_in(self._place)
            except BrokerUnavailableError:
                if self._clock.monotonic_s() > until_s:
                    raise
                self._clock.sleep(0.01)

    def _lived_and_killed(self) -> bool:
        """One life; whether it was killed. One that ended otherwise is a complaint."""
        fate = drawn_fate(self._rng, self._plan.deeds)
        every = self._plan.cold_every
        is_cold = every > 0 and self.told.kills_count % every == every - 1
        born_s = self._clock.monotonic_s()
        pid = self._born(fate.point, _ENDLESS, is_cold=is_cold)
        status = self._watch(pid, fate.after_s, is_cold=is_cold)
        self._note_recovery(pid, born_s, is_cold=is_cold)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            self.told.kills_count += 1
            how = f"{fate.point.deed.value} {fate.point.phase.value}"
            how = how if fate.point.count else "moment"
            self.told.kills_by[how] = self.told.kills_by.get(how, 0) + 1
            return True
        if status:
            self.told.complaints.append(
                f"a life ended by itself: {os.waitstatus_to_exitcode(status)}"
            )
        return False

    def _born(self, point: KillPoint, cycles_max_count: int, *, is_cold: bool) -> int:
        life = Life(self._place, self._run, self._end_utc_s, cycles_max_count, point)
        if not is_cold:
            return forked(lambda: live(life, self._settings))
        arguments = [str(life.place), str(life.folder), str(life.until_utc_s)]
        process = subprocess.Popen(  # noqa: S603 - our own module, by this very interpreter
            [sys.executable, "-m", "tools.kills.victim", *arguments, str(cycles_max_count)],
            cwd=ROOT,
            env={**os.environ, ENVIRONMENT_NAME: point.text()},
        )
        process.returncode = 0  # waited for by its number, as every other life
        return process.pid

    def _watch(self, pid: int, after_s: float, *, is_cold: bool) -> int:
        """Wait for the end, or bring it about when its moment has come; the exit status.

        The moment of a process from scratch counts from its first cycle, at most a minute late.
        """
        began_s, is_born = self._clock.monotonic_s(), not is_cold
        while True:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                return status
            now_s = self._clock.monotonic_s()
            if not is_born and (self._recovered_s(pid) or now_s - began_s > _COLD_MAX_S):
                is_born, began_s = True, now_s
            if is_born and now_s - began_s > after_s:
                os.kill(pid, signal.SIGKILL)
                return os.waitpid(pid, 0)[1]
            self._clock.sleep(_POLL_S)

    def _recovered_s(self, pid: int) -> float | None:
        try:
            lines = (self._run / RECOVERED_NAME).read_text(encoding="ascii").splitlines()
        except FileNotFoundError:
            return None
        found = [line.split() for line in lines if line.startswith(f"{pid} ")]
        return float(found[-1][1]) if found else None

    def _note_recovery(self, pid: int, born_s: float, *, is_cold: bool) -> None:
        recovered_s = self._recovered_s(pid)
        if recovered_s is not None and recovered_s > born_s:
            told = self.told.cold_recovered_s if is_cold else self.told.recovered_s
            told.append(recovered_s - born_s)

    def _look_after_death(self, line: TerminalLine) -> None:
        """What the broker holds while nobody trades; then, half of the time, a life to settle."""
        truth = cast("dict[str, object]", line.ask("truth"))
        facts = facts_of(truth, self._plan.folder, self._settings)
        self._complain(agreements(facts, is_settled=False))
        if self.told.complaints or self._rng.random() >= _SETTLE_SHARE:
            return
        self._settle(line, _SETTLE_CYCLES)
        self.told.settled_count += 1

    def _settle(self, line: TerminalLine, cycles_max_count: int) -> Facts:
        """A life that ends in good order; afterwards all books agree."""
        born_s = self._clock.monotonic_s()
        pid = self._born(NEVER, cycles_max_count, is_cold=False)
        status = self._watch(pid, _LIFE_MAX_S, is_cold=False)
        self._note_recovery(pid, born_s, is_cold=False)
        if status:
            code = os.waitstatus_to_exitcode(status)
            self.told.complaints.append(f"a life nobody cut short ended with {code}")
        truth = cast("dict[str, object]", line.ask("truth"))
        facts = facts_of(truth, self._plan.folder, self._settings)
        self._complain(agreements(facts, is_settled=True))
        return facts

    def _last_life(self, line: TerminalLine) -> None:
        """An hour and more without harm: nothing may stay open that could be resolved."""
        if self.told.complaints:
            return
        cycle_s = self._settings.schedule.poll_interval_s
        facts = self._settle(line, int(_HEAL_S / cycle_s))
        if facts.state.intents:
            self.told.complaints.append(f"unresolved after an hour: {facts.state.intents}")
        self.told.own_deals_count = len(facts.own_deals())
        self.told.positions_count = facts.count("PositionOpened")
        self.told.rungs_count = facts.count("RungTaken")
        self.told.days_count = facts.count("DayOpened")
        self._compare_days(facts)

    def _compare_days(self, facts: Facts) -> None:
        """As long as both traded alike, each day began as in a life that nobody cut short."""
        plan = replace(self._plan, folder=self._plan.folder / "unkilled", kills_count=0)
        twin = Campaign(plan, self._settings)
        twin._market = self._market  # the same one: nothing writes to it
        other = twin.undisturbed(_TWIN_DAYS)
        self.told.complaints += [f"unkilled: {line}" for line in twin.told.complaints]
        dates = comparable_dates(facts, other)
        self.told.days_compared_count = len(dates)
        self._complain(list(differing_days(facts, other, dates)))
        for one in (facts, other):
            judged = judged_bases(one)
            self.told.bases_judged_count += len(judged)
            self._complain([words for words in judged if words])

    def _complain(self, complaints: list[str]) -> None:
        at = f"seed {self._plan.seed}, kill {self.told.kills_count}"
        self.told.complaints += [f"{at}: {complaint}" for complaint in complaints]
