"""The bot itself: starts, stops, faults and commands."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.events.base import Event


@dataclass(frozen=True, slots=True)
class BotStarted(Event):
    """A process began; `params_hash` identifies every tuned number."""

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
    """A person's command was carried out."""

    command_id: str
    verb: str
    reason: str
