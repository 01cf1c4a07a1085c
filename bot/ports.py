"""What the shell needs from the world: Broker, Clock, Store, Journal, Commands.

A read is `Ok` or `Unknown`, never a default (FAULTS N01, X10). A send has a named result, never a
boolean. Times are UTC epoch seconds; symbols are the bot's own names (adapters map suffixes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from bot.model.broker import (
    AccountFacts,
    BrokerDeal,
    BrokerOrder,
    BrokerPosition,
    Instrument,
    OrderRequest,
    SendOutcome,
    TerminalFacts,
    Timeframe,
)
from bot.model.events import Event
from bot.model.market import Bars, Quote
from bot.model.news import NOT_CONFIGURED, CalendarRead

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ok(Generic[T]):
    """A read that succeeded."""

    value: T


@dataclass(frozen=True, slots=True)
class Unknown:
    """A read that failed; nothing may be decided on it."""

    reason: str


Read = Ok[T] | Unknown


class Broker(Protocol):
    """The terminal, validated at the edge. Only the trading thread calls it."""

    def connect(self) -> Read[AccountFacts]:
        """Attach to the terminal, never log in; a foreign account raises `WrongAccountError`."""
        ...

    def account(self) -> Read[AccountFacts]:
        """Balance, equity, margin and permissions now."""
        ...

    def terminal(self) -> Read[TerminalFacts]:
        """Link and permission switches of the terminal."""
        ...

    def positions(self) -> Read[tuple[BrokerPosition, ...]]:
        """Every open position of the account, foreign ones included."""
        ...

    def orders(self) -> Read[tuple[BrokerOrder, ...]]:
        """Every resting order of the account, foreign ones included."""
        ...

    def quote(self, symbol: str) -> Read[Quote]:
        """Last tick; a crossed, zero or absent quote is Unknown. Freshness is the caller's duty."""
        ...

    def instrument(self, symbol: str) -> Read[Instrument]:
        """The contract re-read now (tick values move with the market)."""
        ...

    def closed_bars(self, symbol: str, timeframe: Timeframe, count: int) -> Read[Bars]:
        """The last `count` closed bars (fewer when fewer exist), never the forming one."""
        ...

    def deals(self, since_utc_s: float) -> Read[tuple[BrokerDeal, ...]]:
        """Every deal booked at or after `since_utc_s`, balance operations included, by ticket."""
        ...

    def finished_orders(self, since_utc_s: float) -> Read[tuple[BrokerOrder, ...]]:
        """Orders that left the book at or after `since_utc_s`, one row per ticket."""
        ...

    def loss_money(
        self, symbol: str, side: int, lots: float, prices: tuple[float, float]
    ) -> Read[float]:
        """The terminal's own calculator: loss (positive) from open to close price of `prices`."""
        ...

    def margin_money(self, symbol: str, side: int, lots: float, price: float) -> Read[float]:
        """Margin an order of this size would bind now."""
        ...

    def send(self, request: OrderRequest) -> SendOutcome:
        """Send once, never again by itself; no exception escapes."""
        ...

    def requests_sent_count(self) -> int:
        """Trade requests sent by this process."""
        ...

    def clock_offset_s(self) -> Read[float]:
        """Server wall clock minus UTC, measured from fresh ticks, rounded to 15 minutes."""
        ...

    def close(self) -> None:
        """Let go of the terminal; leaves it running."""
        ...


class Clock(Protocol):
    """The only source of time."""

    def now_utc_s(self) -> float:
        """Wall clock, UTC epoch seconds."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that never step back; for durations."""
        ...

    def sleep(self, duration_s: float) -> None:
        """Wait; a simulated clock lets its market run on instead."""
        ...


class Store(Protocol):
    """Named JSON documents, each written whole or not at all, previous generation kept."""

    def load(self, name: str) -> Mapping[str, object] | None:
        """The newest valid generation; None only if none ever existed.

        Raises `StateCorruptError` when files exist and no generation is valid.
        """
        ...

    def save(self, name: str, document: Mapping[str, object]) -> None:
        """Durable on return. Raises `StoreError` after bounded retries."""
        ...


class Journal(Protocol):
    """Append-only record of what happened."""

    def record(self, event: Event) -> None:
        """Append; events marked durable are on disk when this returns. Raises `StoreError`."""
        ...

    def events(self, day: int | None = None) -> Sequence[Mapping[str, object]]:
        """Recorded events as documents, all or of one server day (days since 1970-01-01)."""
        ...


@dataclass(frozen=True, slots=True)
class Command:
    """A person's word to the trader: pause, resume, flatten, or reset with a breaker's name."""

    command_id: str
    verb: str
    reason: str
    argument: str = ""


MANAGE_ONLY = "manage_only"
"""The supervisor's word: manage what is open, enter nothing. Verb of its command, and its halt."""


class Commands(Protocol):
    """The spool a person writes and the trader empties: take, act, save, acknowledge.

    What was taken and not acknowledged is handed out again by the next process, so that a death
    in between loses no command; the trader remembers what it carried out.
    """

    def take(self) -> Sequence[Command]:
        """Commands not yet taken, oldest first; stale and malformed ones are set aside."""
        ...

    def acknowledge(self, command_id: str) -> None:
        """The command was carried out and that is on disk: it is not handed out again."""
        ...


class Machine(Protocol):
    """The computer the trader runs on; a figure it does not give is Unknown, never a default."""

    def disk_free_bytes(self) -> Read[float]:
        """Free space where the state is kept."""
        ...

    def memory_own_bytes(self) -> Read[float]:
        """Memory this process holds. Never waits for an answer."""
        ...


class Heartbeat(Protocol):
    """Tells the other process that a cycle was completed."""

    def beat(self, cycle_count: int) -> None:
        """Write the heartbeat: `cycle_count` cycles are completed, and the process is alive."""
        ...


class NewsCalendar(Protocol):
    """Expected releases from every source, and how far each may be trusted."""

    def events(self) -> CalendarRead:
        """What is known now; never raises, and returns the same object while nothing changed."""
        ...


class NoCalendar:
    """Stands where nobody gave a calendar: missing, which blocks entries (FAULTS X08)."""

    def events(self) -> CalendarRead:
        """A required source that is not there."""
        return NOT_CONFIGURED
