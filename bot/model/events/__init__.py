"""What happened, in past tense: the journal's typed lines.

Every event is a frozen dataclass of plain values (str, int, float, bool, tuples of those). The
journal adds sequence, time and server day. `DURABLE` events are forced to disk before the code
goes on. Folds (`bot.report`) read them back by name; a field is never renamed, only added.
"""

from __future__ import annotations

from bot.model.events.base import Event
from bot.model.events.day import (
    BrakeChanged,
    DayClosed,
    DayOpened,
    EquityLowMarked,
    FlattenFinished,
    HaltCleared,
    HaltLatched,
    PhaseDecided,
    TargetReached,
)
from bot.model.events.process import (
    BotStarted,
    BotStopped,
    CommandTaken,
    FaultMet,
    Reconciled,
)
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
    "CommandTaken",
    "DayClosed",
    "DayOpened",
    "DealBooked",
    "EquityLowMarked",
    "Event",
    "FaultMet",
    "FillCompared",
    "FlattenFinished",
    "HaltCleared",
    "HaltLatched",
    "IntentResolved",
    "OrderAnswered",
    "OrderIntended",
    "OrderRefused",
    "PhaseDecided",
    "PositionClosed",
    "PositionOpened",
    "Reconciled",
    "RestingOrderReplaced",
    "RungTaken",
    "SetupCreated",
    "SetupMoved",
    "StopMoved",
    "SymbolScanned",
    "TargetReached",
]
