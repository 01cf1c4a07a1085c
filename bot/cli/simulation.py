"""Lives a simulated run: the trader of `bot.live` on the simulated terminal, one minute a cycle."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.adapters.calendar_declared import DeclaredCalendar
from bot.adapters.clock import ManualClock
from bot.adapters.heartbeat import read_heartbeat
from bot.adapters.journal_files import journal_days, read_events
from bot.cli.evidence import saved_state
from bot.cli.folders import RunFolder
from bot.cli.progress import Progress
from bot.cli.simulated import LedgerTerminal, RequestLedger
from bot.cli.simulated_account import CYCLE_S, account_config
from bot.cli.wiring import Trader, World
from bot.live.build import Bot
from bot.model.settings import BotSettings
from bot.report.documents import number
from bot.report.status import now_of_state
from bot.simulator.feed import Market


@dataclass(frozen=True, slots=True)
class SimulationPlan:
    """What is lived: which market, from when to when, with which settings, kept where."""

    run: RunFolder
    mode: str
    settings: BotSettings
    market: Market
    start_utc_s: float
    end_utc_s: float
    calendar: DeclaredCalendar = field(default_factory=lambda: DeclaredCalendar("simulation"))


class Simulation:
    """One process's share of a simulated run; what was lived before it is on disk."""

    def __init__(self, plan: SimulationPlan) -> None:
        self._plan = plan
        self._ledger = RequestLedger(plan.run.ledger)
        config = account_config(plan.settings)
        self.terminal = LedgerTerminal(plan.market, config, self._ledger)
        lived_utc_s = max(plan.start_utc_s, last_lived_utc_s(plan.run))
        self.resumed_utc_s = max(lived_utc_s, self.terminal.now_utc_s)
        self.terminal.advance_to(self.resumed_utc_s)
        self._trader: Trader | None = None
        self._progress: Progress | None = None

    def live(self, progress: Progress) -> None:
        """Run until the market ends, the phase is decided, or `stop` is called.

        The midnight that ends the last day is still lived, so that the day is closed.
        """
        plan = self._plan
        clock = ManualClock(self.resumed_utc_s, self._advance)
        world = World(self.terminal, clock, plan.mode, is_durable=False, calendar=plan.calendar)
        self._progress = progress
        self._trader = Trader(world, plan.settings, plan.run, progress.told)
        try:
            self._trader.live()
        finally:
            progress.finish()
            self._ledger.close()

    def stop(self) -> None:
        """End after the running cycle."""
        if self._trader is not None:
            self._trader.bot.is_stopping = True

    def _advance(self, now_utc_s: float) -> None:
        """The clock moved: the market runs on, somebody may be watching, and it may be over."""
        self.terminal.advance_to(now_utc_s)
        if self._trader is None:
            return
        bot = self._trader.bot
        if self._progress is not None:
            self._progress.moved(bot.view, now_utc_s)
        if now_utc_s >= self._plan.end_utc_s + CYCLE_S or _is_decided(bot):
            self.stop()


def _is_decided(bot: Bot) -> bool:
    """Whether the phase has its verdict and nothing is open or resting any more."""
    if bot.state.verdict == "RUNNING":
        return False
    view = bot.view()
    return view is not None and view.open_positions_count == 0 and view.resting_count == 0


def last_lived_utc_s(run: RunFolder) -> float:
    """The last simulated moment any file of the run speaks of; 0 for a new one."""
    moments = [0.0]
    beat = read_heartbeat(run.heartbeat)
    if beat is not None:
        moments.append(beat.at_utc_s)
    now = now_of_state(saved_state(run))
    if now is not None:
        moments.append(now.at_utc_s)
    days = journal_days(run.journal)
    if days:
        newest = read_events(run.journal, days[-1])[-1:]
        moments += [number(line, "at_utc_s") for line in newest]
    return max(moments)
