"""The one place where the trader meets its terminal, clock and files; the same for every mode."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.adapters.clock import SystemClock
from bot.adapters.command_spool import CommandSpool
from bot.adapters.heartbeat import FileHeartbeat
from bot.adapters.json_store import JsonStore
from bot.adapters.jsonl_journal import JsonlJournal
from bot.adapters.manage_only import FlaggedCommands
from bot.adapters.mt5_client import MT5Client
from bot.adapters.terminal_surface import TerminalSurface
from bot.cli.console import tell
from bot.cli.folders import RunFolder
from bot.cli.tap import TappedJournal
from bot.errors import StoreError
from bot.live.build import Bot, Ports, build_bot
from bot.live.loop import run, start
from bot.live.migrations import MIGRATIONS
from bot.live.state import SCHEMA_VERSION
from bot.model.events import Event
from bot.model.settings import BotSettings
from bot.ports import Clock, Machine, NewsCalendar, NoCalendar
from bot.report.compliance_files import ComplianceWriter
from bot.report.status import now_of_state
from bot.rules.calendar import day_start_utc_s, server_day
from bot.timezones import firm_day_table

_ATTACH_MAX_S = 12.0
"""With the heartbeat's 5 s this stays below the silence that the supervisor takes for a hang."""


@dataclass(frozen=True, slots=True)
class World:
    """What differs between live and simulated; everything else is the same code.

    `is_durable` forces files to disk: a simulation's machine does not lose power. An empty
    `terminal_path` attaches to the terminal that is there. Without a calendar nothing is entered.
    A simulation watches no machine: its days must not depend on the disk they are replayed on.
    """

    terminal: TerminalSurface
    clock: Clock
    mode: str
    is_durable: bool
    terminal_path: str = ""
    calendar: NewsCalendar = field(default_factory=NoCalendar)
    machine: Machine | None = None


class Trader:
    """A bot wired to a world and a run folder, its compliance pages included."""

    def __init__(
        self,
        world: World,
        settings: BotSettings,
        folder: RunFolder,
        listen: Callable[[Event], None],
    ) -> None:
        self._clock = world.clock
        self._cycle_s = settings.schedule.poll_interval_s
        firm_table = self._table = firm_day_table(settings.firm_clock)
        self._journal = JsonlJournal(
            folder.journal, world.clock, firm_table, fsync=world.is_durable
        )
        self._writer = ComplianceWriter(folder.compliance, settings.rules)
        ports = Ports(
            broker=client(world, settings),
            clock=world.clock,
            store=JsonStore(
                folder.state, SCHEMA_VERSION, fsync=world.is_durable, migrations=MIGRATIONS
            ),
            journal=TappedJournal(self._journal, listen),
            commands=FlaggedCommands(
                CommandSpool(folder.commands, SystemClock().now_utc_s), folder.manage_only
            ),
            heartbeat=FileHeartbeat(folder.heartbeat, world.clock),
            machine=world.machine,
            calendar=world.calendar,
        )
        self.bot: Bot = build_bot(ports, settings, world.mode)
        self.bot.day_closed_hook = self._on_day_closed

    def live(self) -> None:
        """Start and run until the bot is stopping; the running day's page is written at the end."""
        try:
            start(self.bot)
            run(self.bot)
            self._write_running_day()
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the journal's file."""
        self._journal.close()

    def _on_day_closed(self, day: int) -> None:
        _told(lambda: self._writer.on_day_closed(self._journal, day))

    def _write_running_day(self) -> None:
        """A page of the day so far, unless the day has only just begun."""
        now_utc_s, table = self._clock.now_utc_s(), self._table
        today = server_day(now_utc_s, table)
        if now_utc_s - day_start_utc_s(today, table) >= 2.0 * self._cycle_s:
            now = now_of_state(self.bot.state.document())
            _told(lambda: self._writer.refresh(self._journal, today, now))


def client(world: World, settings: BotSettings) -> MT5Client:
    """The broker port on a terminal."""
    return MT5Client(
        world.terminal,
        settings.account,
        settings.symbols,
        settings.broker_suffixes,
        world.clock,
        commissions=settings.commissions,
        terminal_path=world.terminal_path,
        attach_timeout_s=_ATTACH_MAX_S,
    )


def _told(write: Callable[[], None]) -> None:
    """A compliance page that cannot be written is told, never fatal to the trader."""
    try:
        write()
    except StoreError as error:
        tell(f"Warning: {error}")
