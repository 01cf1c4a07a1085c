"""The bot itself: starts, stops, faults and commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.model.events.base import Event


@dataclass(frozen=True, slots=True)
class BotStarted(Event):
    """A process began; `params_hash` identifies every tuned number.

    The phase's rules in short, as shares of the initial balance; 0 is none. `are_rules_told`
    tells a start that states them from one of a version that did not.
    """

    version: str
    params_hash: str
    preset: str
    phase: str
    login: int
    server: str
    currency: str
    initial_balance_money: float
    mode: str
    symbols: tuple[str, ...]
    day_zone: str = "America/New_York"
    day_reset_s: int = 61_200
    are_rules_told: bool = False
    target_initial_fraction: float = 0.0
    days_needed_count: int = 0
    day_gain_initial_fraction: float = 0.0


@dataclass(frozen=True, slots=True)
class BotStopped(Event):
    """A process ended on purpose."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reconciled(Event):
    """Our record was compared with the broker's; `findings` says each difference and decision."""

    positions_count: int
    orders_count: int
    foreign_count: int
    intents_resolved_count: int
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FaultMet(Event):
    """Something of FAULTS.md happened; counted, not spammed."""

    fault: str
    detail: str
    count: int


@dataclass(frozen=True, slots=True)
class CommandTaken(Event):
    """A person's command was carried out; `argument` names what a reset is for."""

    command_id: str
    verb: str
    reason: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class JournalMended(Event):
    """A seam: lines of `file` were damaged or missing here; the whole of it is kept beside it."""

    DURABLE: ClassVar[bool] = True

    file: str
    lost_lines_count: int
    detail: str


@dataclass(frozen=True, slots=True)
class StateRebuilt(Event):
    """A lost snapshot was made again from journal and broker, and a person confirmed it.

    `findings` says what was found, and each value that could not be known with what stands for it.
    """

    DURABLE: ClassVar[bool] = True

    reason: str
    is_journal_whole: bool
    setups_count: int
    positions_count: int
    orders_count: int
    findings: tuple[str, ...]
