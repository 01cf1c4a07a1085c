"""The parts every stage of the trader is wired from, and the checks an entry passes."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.live.breaker_gauges import BreakerGauges, GaugeParts
from bot.live.breakers import Breakers
from bot.live.closings import Closings
from bot.live.coast import CoastGuard
from bot.live.conduct import ConductGovernor, Patience
from bot.live.correlations import Correlations
from bot.live.deal_book import DealBook
from bot.live.entry_gate import EntryGate
from bot.live.entry_judge import EntryJudge, JudgeParts
from bot.live.evidence import EvidenceReader
from bot.live.exit_desk import ExitDesk
from bot.live.exposure import ExposureGate
from bot.live.fill_costs import FillCosts
from bot.live.fills import FillBook
from bot.live.halts import HaltBook
from bot.live.intents import IntentBook
from bot.live.news_gate import NewsGate
from bot.live.order_desk import DeskParts, OrderDesk
from bot.live.outlook import OutlookBook, OutlookParts
from bot.live.pending_queue import PendingQueue
from bot.live.position_keeper import PositionKeeper
from bot.live.record import Record
from bot.live.relief import Relief
from bot.live.reserve_clock import ReserveClock
from bot.live.reset_night import ResetNight
from bot.live.risk_book import RiskBook
from bot.live.risk_manager import RiskManager
from bot.live.sizing_facts import SizingFactsBook
from bot.live.spreads import SpreadBook
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings
from bot.ports import (
    Broker,
    Clock,
    Commands,
    Heartbeat,
    Journal,
    Machine,
    NewsCalendar,
    NoCalendar,
    Store,
)
from bot.timezones import firm_day_table, server_offset_table


@dataclass(frozen=True, slots=True)
class Ports:
    """What the trader needs from the world."""

    broker: Broker
    clock: Clock
    store: Store
    journal: Journal
    commands: Commands
    heartbeat: Heartbeat
    calendar: NewsCalendar = field(default_factory=NoCalendar)
    machine: Machine | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What every stage is built around."""

    settings: BotSettings
    record: Record
    ports: Ports
    reader: EvidenceReader
    gate: EntryGate
    halts: HaltBook
    table: OffsetTable
    firm_table: OffsetTable


@dataclass(frozen=True, slots=True)
class Money:
    """What an entry may cost and has cost."""

    costs: FillCosts
    risks: RiskBook
    sizing: SizingFactsBook
    risk: RiskManager
    intents: IntentBook


@dataclass(frozen=True, slots=True)
class Desks:
    """What sends, and what follows that was sent."""

    spreads: SpreadBook
    fills: FillBook
    desk: OrderDesk
    exits: ExitDesk
    pending: PendingQueue
    relief: Relief


@dataclass(frozen=True, slots=True)
class Checks:
    """What an entry is asked before it is sent, beside the gate's own reasons."""

    news: NewsGate
    coast: CoastGuard
    exposure: ExposureGate
    correlations: Correlations
    breakers: Breakers


def checks_of(frame: Frame, money: Money, spreads: SpreadBook) -> Checks:
    """Every check, in the order in which their reasons are given."""
    news = _news(frame, money.risks)
    _conduct(frame, money)
    coast, (exposure, correlations) = _coast(frame, money), _exposure(frame, money)
    return Checks(news, coast, exposure, correlations, _breakers(frame, spreads))


def frame_of(ports: Ports, settings: BotSettings, record: Record) -> Frame:
    """The reader, the gate and the clocks."""
    table, firm_table = server_offset_table(), firm_day_table(settings.firm_clock)
    reader = EvidenceReader(ports.broker, ports.clock, settings.magic_base)
    gate = EntryGate(settings, record, (reader, ports.broker), table)
    halts = HaltBook(record, firm_table)
    return Frame(settings, record, ports, reader, gate, halts, table, firm_table)


def money_of(frame: Frame) -> Money:
    """What risk is reckoned with."""
    settings, record, reader = frame.settings, frame.record, frame.reader
    costs = FillCosts(settings, record)
    risks = RiskBook(reader, record, ReserveClock(settings, costs, frame.table))
    sizing = SizingFactsBook(settings, record, reader, frame.firm_table)
    risk = RiskManager(settings, reader, record, (risks, sizing))
    intents = IntentBook(record, frame.ports.broker, settings.schedule)
    return Money(costs, risks, sizing, risk, intents)


def desks_of(frame: Frame, money: Money, spreads: SpreadBook) -> Desks:
    """The desks, once every check but the reset night's is in the gate."""
    settings, record, reader = frame.settings, frame.record, frame.reader
    broker, gate, intents = frame.ports.broker, frame.gate, money.intents
    fills = FillBook(settings, record, reader)
    judge = EntryJudge(settings, JudgeParts(broker, record, reader, money.risk, gate, spreads))
    desk = OrderDesk(settings, DeskParts(broker, record, reader, judge, intents, fills))
    exits = ExitDesk(settings, record, reader, (broker, intents, desk.lock))
    asked = (broker, reader, money.risk, gate)
    pending = PendingQueue(settings, record, asked, (desk, exits, fills))
    relief = Relief(record, (reader, money.risks), (exits, pending))
    return Desks(spreads, fills, desk, exits, pending, relief)


def positions_of(frame: Frame, desks: Desks, deals: DealBook, costs: FillCosts) -> PositionKeeper:
    """What follows open positions."""
    settings, record, broker = frame.settings, frame.record, frame.ports.broker
    closings = Closings(settings.schedule, record, broker, (deals, costs))
    keeping = (frame.reader, desks.exits, closings, Patience(settings, record))
    return PositionKeeper(settings, record, keeping, frame.table)


def _news(frame: Frame, risks: RiskBook) -> NewsGate:
    """Asked before every entry, for every resting order, and for the gaps of what is open."""
    sources = (frame.reader, frame.ports.calendar)
    news = NewsGate(frame.settings, frame.record, sources, frame.table)
    frame.gate.standing_checks.append(news)
    frame.gate.resting_checks.append(news)
    risks.clock.in_news = news.news_gap_is_near
    return news


def _conduct(frame: Frame, money: Money) -> None:
    """Entries spaced and of a usual size."""
    governor = ConductGovernor(frame.settings, frame.record)
    frame.gate.sized_checks.append(governor)
    money.intents.on_entry = governor.note
    money.risk.usual_risk_money = governor.usual_risk_money


def _coast(frame: Frame, money: Money) -> CoastGuard:
    """Less risk near the pass, and no entry that stakes the locked profit."""
    coast = CoastGuard(frame.settings, frame.record, money.risks)
    money.risk.coast_factor = coast.factor
    frame.gate.sized_checks.append(coast)
    return coast


def _exposure(frame: Frame, money: Money) -> tuple[ExposureGate, Correlations]:
    """Caps on what is bet the same way, with the groups they are reckoned by."""
    correlations = Correlations(frame.settings, frame.record, frame.table)
    wires = (frame.reader, money.risks, correlations)
    exposure = ExposureGate(frame.settings, wires, frame.table)
    frame.gate.sized_checks.append(exposure)
    return exposure, correlations


def outlook_of(frame: Frame, money: Money, checks: Checks) -> OutlookBook:
    """What the snapshot tells a person of the account's standing."""
    parts = OutlookParts(
        record=frame.record,
        reader=frame.reader,
        risks=money.risks,
        exposure=checks.exposure,
        news=checks.news,
        breakers=checks.breakers,
        coast=checks.coast,
    )
    return OutlookBook(frame.settings, parts)


def reset_night_of(frame: Frame, money: Money, desks: Desks) -> ResetNight:
    """Asked before every entry that is sized, too."""
    wires = (frame.reader, money.risks, desks.relief)
    night = ResetNight(frame.settings, frame.record, wires, frame.firm_table)
    frame.gate.sized_checks.append(night)
    return night


def _breakers(frame: Frame, spreads: SpreadBook) -> Breakers:
    """The circuit breakers, asked before every entry and for every resting order."""
    clocks = (frame.table, frame.firm_table)
    parts = GaugeParts(frame.record, frame.reader, spreads, frame.ports.machine, clocks)
    gauges = BreakerGauges(frame.settings, parts)
    breakers = Breakers(frame.settings, frame.record, frame.halts, gauges)
    frame.gate.standing_checks.append(breakers)
    frame.gate.resting_checks.append(breakers)
    return breakers
