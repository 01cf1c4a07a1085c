"""Wires the trader from its ports; decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot import __version__
from bot.live.breakers import Breakers
from bot.live.cash_doubt import CashDoubt
from bot.live.challenge_manager import ChallengeManager
from bot.live.coast import CoastGuard
from bot.live.correlations import Correlations
from bot.live.day_book import DayBook
from bot.live.deal_book import DealBook
from bot.live.emergency import EmergencyLadder
from bot.live.entry_gate import EntryGate
from bot.live.evidence import EvidenceReader
from bot.live.exit_desk import ExitDesk
from bot.live.flattener import Flattener
from bot.live.guard import NoBreachGuard
from bot.live.halts import HaltBook
from bot.live.inactivity import InactivityWatch
from bot.live.news_gate import NewsGate
from bot.live.operator import Operator
from bot.live.order_desk import OrderDesk
from bot.live.outlook import OutlookBook
from bot.live.parts import (
    Checks,
    Desks,
    Frame,
    Ports,
    checks_of,
    desks_of,
    frame_of,
    money_of,
    outlook_of,
    positions_of,
    reset_night_of,
)
from bot.live.pending_queue import PendingQueue
from bot.live.position_keeper import PositionKeeper
from bot.live.queues import EntryQueue, EntryRouter, SpreadQueue
from bot.live.record import Record
from bot.live.reset_night import ResetNight
from bot.live.scanner import Scanner
from bot.live.sizing_facts import SizingFactsBook
from bot.live.spreads import SpreadBook
from bot.live.state import BotState
from bot.live.unknowns import Unknowns
from bot.live.view import LiveView, live_view
from bot.model.broker import AccountFacts
from bot.model.events import BotStarted
from bot.model.settings import BotSettings

__all__ = ["Bot", "Ports", "Stages", "build_bot", "build_stages", "started_event"]


@dataclass(slots=True)
class Stages:
    """The stages of one cycle, in the order the loop calls them."""

    reader: EvidenceReader
    gate: EntryGate
    news: NewsGate
    operator: Operator
    deals: DealBook
    cash: CashDoubt
    days: DayBook
    challenge: ChallengeManager
    inactivity: InactivityWatch
    breakers: Breakers
    sizing: SizingFactsBook
    coast: CoastGuard
    correlations: Correlations
    outlook: OutlookBook
    unknowns: Unknowns
    guard: NoBreachGuard
    reset_night: ResetNight
    emergency: EmergencyLadder
    flattener: Flattener
    halts: HaltBook
    spreads: SpreadBook
    positions: PositionKeeper
    pending: PendingQueue
    spread_queue: SpreadQueue
    entry_queue: EntryQueue
    scanner: Scanner
    desk: OrderDesk
    exits: ExitDesk


@dataclass(slots=True)
class Bot:
    """A trader, ready to start; `stages` exist once the state is loaded."""

    settings: BotSettings
    ports: Ports
    mode: str
    record: Record
    stages: Stages
    is_stopping: bool = False
    cycles_count: int = 0
    blind_since_utc_s: float = 0.0
    reconnect_due_utc_s: float = 0.0

    @property
    def state(self) -> BotState:
        """The state that survives a restart."""
        return self.record.state

    @property
    def day_closed_hook(self) -> Callable[[int], None]:
        """Called with the server day after each DayClosed event."""
        return self.stages.days.on_day_closed

    @day_closed_hook.setter
    def day_closed_hook(self, hook: Callable[[int], None]) -> None:
        self.stages.days.on_day_closed = hook

    def view(self) -> LiveView | None:
        """The account against its floors after the last completed cycle."""
        return live_view(self.settings, self.state)


def build_bot(ports: Ports, settings: BotSettings, mode: str) -> Bot:
    """A bot with an empty record; `bot.live.loop.start` loads the real one."""
    record = Record(BotState(), ports.store, ports.journal, ports.clock)
    return Bot(settings, ports, mode, record, build_stages(ports, settings, record))


def build_stages(ports: Ports, settings: BotSettings, record: Record) -> Stages:
    """Every stage around one record."""
    frame = frame_of(ports, settings, record)
    reader, halts, broker = frame.reader, frame.halts, ports.broker
    money, spreads = money_of(frame), SpreadBook(settings, reader, ports.store)
    checks, desks = checks_of(frame, money, spreads), desks_of(frame, money, spreads)
    deals = DealBook(settings.schedule, record, (broker, reader), frame.firm_table)
    positions = positions_of(frame, desks, deals, money.costs)
    router = EntryRouter(settings, record, reader, desks.desk)
    days = DayBook(settings, record, (broker, halts), frame.firm_table)
    return Stages(
        reader=reader,
        gate=frame.gate,
        news=checks.news,
        operator=Operator(record, ports.commands, halts, checks.breakers),
        deals=deals,
        cash=CashDoubt(record, reader, deals, settings.schedule.visible_grace_s),
        days=days,
        challenge=ChallengeManager(settings, record, (broker, days, halts)),
        inactivity=InactivityWatch(settings, record, broker, frame.firm_table),
        breakers=checks.breakers,
        sizing=money.sizing,
        coast=checks.coast,
        correlations=checks.correlations,
        outlook=outlook_of(frame, money, checks),
        unknowns=Unknowns(record, broker, (money.intents, desks.fills, positions, reader)),
        guard=NoBreachGuard(settings, record, (reader, money.risks), desks.relief),
        reset_night=reset_night_of(frame, money, desks),
        emergency=EmergencyLadder(settings, record, halts, desks.exits),
        flattener=Flattener(record, reader, (desks.exits, desks.pending, money.risks)),
        halts=halts,
        spreads=spreads,
        positions=positions,
        pending=desks.pending,
        spread_queue=SpreadQueue(settings, record, router),
        entry_queue=EntryQueue(settings, record, router),
        scanner=scanner_of(frame, desks, checks),
        desk=desks.desk,
        exits=desks.exits,
    )


def scanner_of(frame: Frame, desks: Desks, checks: Checks) -> Scanner:
    """What turns newly closed bars into setups."""
    scanned = (frame.ports.broker, frame.reader, desks.pending, checks.correlations)
    return Scanner(frame.settings, frame.record, scanned, frame.table)


def started_event(settings: BotSettings, account: AccountFacts, mode: str) -> BotStarted:
    """What a start says about itself."""
    return BotStarted(
        version=__version__,
        params_hash=settings.params_hash,
        preset=settings.preset,
        phase=settings.phase,
        login=account.login,
        server=account.server,
        currency=account.currency,
        initial_balance_money=settings.rules.initial_balance_money,
        mode=mode,
        symbols=tuple(item.symbol for item in settings.symbols),
        day_zone=settings.firm_clock.zone_name,
        day_reset_s=settings.firm_clock.reset_s,
        are_rules_told=True,
        target_initial_fraction=settings.rules.target.profit_fraction,
        days_needed_count=settings.rules.days.needed_count,
        day_gain_initial_fraction=settings.rules.days.threshold_fraction,
    )
