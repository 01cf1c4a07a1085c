"""What happened, in past tense: the journal's typed lines.

Every event is a frozen dataclass of plain values (str, int, float, bool, tuples of those). The
journal adds sequence, time and server day. `DURABLE` events are forced to disk before the code
goes on. Folds (`bot.report`) read them back by name; a field is never renamed, only added.
"""

from __future__ import annotations

from bot.model.events.base import Event
from bot.model.events.breaker import BreakerReset, BreakerResetRefused, BreakerTripped
from bot.model.events.day import (
    BrakeChanged,
    DayClosed,
    DayOpened,
    EquityLowMarked,
    FlattenFinished,
    HaltCleared,
    HaltLatched,
    InactivityNoticed,
    PhaseDecided,
    TargetReached,
)
from bot.model.events.exposure import CoastChanged, GroupsMeasured
from bot.model.events.gate import (
    EmergencyAlarmed,
    EmergencyChanged,
    ExposureRelieved,
    ResetNightJudged,
)
from bot.model.events.news import CalendarChanged
from bot.model.events.process import (
    BotStarted,
    BotStopped,
    CommandTaken,
    FaultMet,
    JournalMended,
    Reconciled,
    StateRebuilt,
)
from bot.model.events.sizing import SizeRefused
from bot.model.events.trade import (
    DealBooked,
    FillCompared,
    IntentResolved,
    OrderAnswered,
    OrderIntended,
    OrderRefused,
    PositionClosed,
    PositionOpened,
    RestingOrderReplaced,
    RungTaken,
    SetupCreated,
    SetupMoved,
    StopMoved,
    SymbolScanned,
)

EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}
"""Every event by name."""

__all__ = [
    "EVENTS",
    "BotStarted",
    "BotStopped",
    "BrakeChanged",
    "BreakerReset",
    "BreakerResetRefused",
    "BreakerTripped",
    "CalendarChanged",
    "CoastChanged",
    "CommandTaken",
    "DayClosed",
    "DayOpened",
    "DealBooked",
    "EmergencyAlarmed",
    "EmergencyChanged",
    "EquityLowMarked",
    "Event",
    "ExposureRelieved",
    "FaultMet",
    "FillCompared",
    "FlattenFinished",
    "GroupsMeasured",
    "HaltCleared",
    "HaltLatched",
    "InactivityNoticed",
    "IntentResolved",
    "JournalMended",
    "OrderAnswered",
    "OrderIntended",
    "OrderRefused",
    "PhaseDecided",
    "PositionClosed",
    "PositionOpened",
    "Reconciled",
    "ResetNightJudged",
    "RestingOrderReplaced",
    "RungTaken",
    "SetupCreated",
    "SetupMoved",
    "SizeRefused",
    "StateRebuilt",
    "StopMoved",
    "SymbolScanned",
    "TargetReached",
]
