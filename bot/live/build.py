"""Wires the trader from its ports; decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot import __version__
from bot.live.challenge_manager import ChallengeManager
from bot.live.closings import Closings
from bot.live.day_book import DayBook
from bot.live.deal_book import DealBook
from bot.live.entry_gate import EntryGate
from bot.live.entry_judge import EntryJudge, JudgeParts
from bot.live.evidence import EvidenceReader
from bot.live.exit_desk import ExitDesk
from bot.live.fills import FillBook
from bot.live.flattener import Flattener
from bot.live.guard import NoBreachGuard
from bot.live.halts import HaltBook
from bot.live.intents import IntentBook
from bot.live.operator import Operator
from bot.live.order_desk import DeskParts, OrderDesk
from bot.live.pending_queue import PendingQueue
from bot.live.position_keeper import PositionKeeper
from bot.live.queues import EntryQueue, EntryRouter, SpreadQueue
from bot.live.record import Record
from bot.live.risk_book import RiskBook
from bot.live.risk_manager import RiskManager
from bot.live.scanner import Scanner
from bot.live.spreads import SpreadBook
from bot.live.state import BotState
from bot.live.unknowns import Unknowns
from bot.live.view import LiveView, live_view
from bot.model.broker import AccountFacts
from bot.model.events import BotStarted
from bot.model.settings import BotSettings
from bot.ports import Broker, Clock, Commands, Heartbeat, Journal, Store
from bot.timezones import server_offset_table


@dataclass(frozen=True, slots=True)
class Ports:
    """What the trader needs from the world."""

    broker: Broker
    clock: Clock
    store: Store
    journal: Journal
    commands: Commands
    heartbeat: Heartbeat


@dataclass(slots=True)
class Stages:
    """The stages of one cycle, in the order the loop calls them."""

    reader: EvidenceReader
    gate: EntryGate
    operator: Operator
    deals: DealBook
    days: DayBook
    challenge: ChallengeManager
    unknowns: Unknowns
    guard: NoBreachGuard
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
    table = server_offset_table()
    broker, schedule = ports.broker, settings.schedule
    reader = EvidenceReader(broker, ports.clock, settings.magic_base)
    halts = HaltBook(record, table)
    risks = RiskBook(settings, reader, record)
    risk = RiskManager(settings, reader, record, risks)
    gate = EntryGate(settings, record, (reader, broker), table)
    intents = IntentBook(record, broker, schedule)
    fills = FillBook(settings, record, reader)
    spreads = SpreadBook(settings, reader)
    judge = EntryJudge(settings, JudgeParts(broker, record, reader, risk, gate, spreads))
    desk = OrderDesk(settings, DeskParts(broker, record, reader, judge, intents, fills))
    exits = ExitDesk(settings, record, reader, (broker, intents, desk.lock))
    deals = DealBook(schedule, record, broker, reader)
    closings = Closings(schedule, record, broker, deals)
    positions = PositionKeeper(settings, record, (reader, exits, closings), table)
    pending = PendingQueue(settings, record, (broker, reader, risk, gate), (desk, exits, fills))
    days = DayBook(settings, record, (broker, halts), table)
    return Stages(
        reader=reader,
        gate=gate,
        operator=Operator(record, ports.commands, halts),
        deals=deals,
        days=days,
        challenge=ChallengeManager(settings, record, days, halts),
        unknowns=Unknowns(record, broker, (intents, fills, positions, reader)),
        guard=NoBreachGuard(settings, record, (reader, risks), (exits, pending)),
        flattener=Flattener(record, reader, (exits, pending, risks)),
        halts=halts,
        spreads=spreads,
        positions=positions,
        pending=pending,
        spread_queue=SpreadQueue(settings, record, EntryRouter(settings, record, reader, desk)),
        entry_queue=EntryQueue(settings, record, EntryRouter(settings, record, reader, desk)),
        scanner=Scanner(settings, record, (broker, reader, pending), table),
        desk=desk,
        exits=exits,
    )


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
    )
