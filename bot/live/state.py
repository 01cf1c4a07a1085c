"""Exactly what must survive a restart, and nothing that can be asked of the broker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from pydantic import TypeAdapter, ValidationError

from bot.errors import StateCorruptError
from bot.live.breaker_state import BreakerState
from bot.live.challenge_state import ChallengeMemory
from bot.live.coast_state import CoastState
from bot.live.conduct_state import ConductState
from bot.live.exposure_state import ExposureState
from bot.live.fill_costs_state import StopFills
from bot.live.news_state import NewsState
from bot.live.sizing_state import SizingState
from bot.live.state_check import first_lost
from bot.model.outlook import Outlook

SCHEMA_VERSION = 2
STATE_NAME = "state"
RESULTS_KEPT_COUNT = 200


class SetupStatus(StrEnum):
    """A setup's life (DESIGN section 4); the first four are live."""

    AWAITING_ENTRY = "awaiting_entry"
    AWAITING_SPREAD = "awaiting_spread"
    PENDING = "pending"
    FILLED = "filled"
    CLOSED = "closed"
    EXPIRED = "expired"
    INVALIDATED = "invalidated"
    REFUSED = "refused"
    CANCELLED = "cancelled"


_FROM_WAITING = frozenset(
    {
        SetupStatus.PENDING,
        SetupStatus.FILLED,
        SetupStatus.EXPIRED,
        SetupStatus.INVALIDATED,
        SetupStatus.REFUSED,
        SetupStatus.CANCELLED,
    }
)
LEGAL_MOVES: dict[SetupStatus, frozenset[SetupStatus]] = {
    SetupStatus.AWAITING_ENTRY: _FROM_WAITING | {SetupStatus.AWAITING_SPREAD},
    SetupStatus.AWAITING_SPREAD: _FROM_WAITING | {SetupStatus.AWAITING_ENTRY},
    SetupStatus.PENDING: frozenset(
        {
            SetupStatus.AWAITING_ENTRY,
            SetupStatus.FILLED,
            SetupStatus.EXPIRED,
            SetupStatus.INVALIDATED,
            SetupStatus.CANCELLED,
        }
    ),
    SetupStatus.FILLED: frozenset({SetupStatus.CLOSED}),
}
"""Legal transitions (I10); a status without an entry is final."""


@dataclass(slots=True)
class Rung:
    """One rung of the ladder that was reached."""

    rung: int
    hit_utc_s: float
    price: float
    lots: float


@dataclass(slots=True)
class Ladder:
    """A filled position's memory; exit numbers are frozen at entry (FAULTS K06)."""

    position_id: int
    opened_utc_s: float
    open_price: float
    initial_stop_price: float
    one_r_price: float
    lots_opened: float
    risk_money: float
    targets_r: list[float]
    close_fractions: list[float]
    stops_after_r: list[float | None]
    stop_price: float
    rungs: list[Rung] = field(default_factory=list)
    seen_utc_s: float = 0.0
    naked_tries_count: int = 0
    close_reason: str = ""
    weekend_handled_day: int = 0
    last_price: float = 0.0
    keep_lots: float = 0.0
    keep_reason: str = ""


@dataclass(slots=True)
class Setup:
    """One idea from signal to result; holds no lots of its own, only what the broker confirmed."""

    setup_id: int
    symbol: str
    side: int
    entry_price: float
    stop_price: float
    points: float
    bar_utc_s: float
    created_utc_s: float
    expires_utc_s: float
    status: SetupStatus
    since_utc_s: float
    attempts_count: int = 0
    order_ticket: int = 0
    order_lots: float = 0.0
    order_magic: int = 0
    missing_since_utc_s: float = 0.0
    distance_r: float = 0.0
    refusal: str = ""
    refusals_count: int = 0
    ladder: Ladder | None = None

    @property
    def is_live(self) -> bool:
        """Whether the setup may still become or is exposure."""
        return self.status in LEGAL_MOVES


@dataclass(slots=True)
class Intent:
    """A request that was or is about to be sent; gone once its outcome is settled."""

    intent_id: int
    magic: int
    setup_id: int
    symbol: str
    action: str
    side: int
    lots: float
    price: float
    stop_price: float
    risk_money: float
    created_utc_s: float
    ticket: int = 0
    lots_before: float = 0.0
    rung: int = -1
    is_unknown: bool = False
    clean_reads_count: int = 0
    first_clean_utc_s: float = 0.0


@dataclass(slots=True)
class DayAnchor:
    """The server day's immutable base and what was counted since."""

    day: int
    base_money: float
    start_balance_money: float
    is_estimated: bool
    lowest_equity_money: float
    lowest_equity_utc_s: float
    marked_low_money: float
    brake: int = 0
    entries_count: int = 0
    requests_count: int = 0
    cycles_count: int = 0
    cash_money: float = 0.0
    cash_seen_money: float = 0.0
    base_shift_money: float = 0.0
    trail_peak_money: float = 0.0
    trail_floor_money: float = 0.0
    is_trail_locked: bool = False
    is_paused: bool = False


@dataclass(slots=True)
class Halt:
    """No exposure may be raised; `day` is the server day it was latched on."""

    kind: str
    reason: str
    since_utc_s: float
    day: int
    resets: str
    flattens: bool
    is_flat_confirmed: bool = False


@dataclass(slots=True)
class TradeResult:
    """What a closed trade came to: sizing modes and breakers look at the latest of these."""

    setup_id: int
    symbol: str
    closed_utc_s: float
    net_money: float
    result_r: float


@dataclass(slots=True)
class LastSeen:
    """The account at the last completed cycle: what a missed midnight is rebuilt from."""

    at_utc_s: float
    balance_money: float
    equity_money: float


@dataclass(slots=True)
class BotState:
    """The whole snapshot."""

    login: int = 0
    server: str = ""
    pinned: str = ""
    first_start_utc_s: float = 0.0
    next_setup_id: int = 1
    next_intent_id: int = 1
    setups: dict[int, Setup] = field(default_factory=dict)
    intents: dict[int, Intent] = field(default_factory=dict)
    day: DayAnchor | None = None
    halts: dict[str, Halt] = field(default_factory=dict)
    profitable_days: list[str] = field(default_factory=list)
    verdict: str = "RUNNING"
    is_target_announced: bool = False
    breach_reads_count: int = 0
    last_seen: LastSeen | None = None
    scanned_day: dict[str, int] = field(default_factory=dict)
    scanned_bar_utc_s: dict[str, float] = field(default_factory=dict)
    blocked_until_utc_s: dict[str, float] = field(default_factory=dict)
    phase_cash_money: float = 0.0
    deals_since_utc_s: float = 0.0
    seen_deals: dict[int, float] = field(default_factory=dict)
    position_setups: dict[int, int] = field(default_factory=dict)
    faults_count: dict[str, int] = field(default_factory=dict)
    results: list[TradeResult] = field(default_factory=list)
    challenge: ChallengeMemory = field(default_factory=ChallengeMemory)
    breakers: BreakerState = field(default_factory=BreakerState)
    stop_fills: StopFills = field(default_factory=StopFills)
    news: NewsState = field(default_factory=NewsState)
    sizing: SizingState = field(default_factory=SizingState)
    exposure: ExposureState = field(default_factory=ExposureState)
    conduct: ConductState = field(default_factory=ConductState)
    coast: CoastState = field(default_factory=CoastState)
    outlook: Outlook = field(default_factory=Outlook)
    cleared_utc_s: dict[str, float] = field(default_factory=dict)
    commands_done: list[str] = field(default_factory=list)
    rebuilt_utc_s: float = 0.0

    def add_result(self, result: TradeResult) -> None:
        """Remember a closed trade, once; only the latest `RESULTS_KEPT_COUNT` are kept."""
        if all(result.setup_id != known.setup_id for known in self.results):
            self.results.append(result)
            del self.results[:-RESULTS_KEPT_COUNT]

    def live_setups(self, *statuses: SetupStatus) -> list[Setup]:
        """Setups in one of `statuses`, in the order they were made."""
        return [setup for setup in self.setups.values() if setup.status in statuses]

    def live_setup_of(self, symbol: str) -> Setup | None:
        """The one live setup of a symbol, if any."""
        for setup in self.setups.values():
            if setup.symbol == symbol and setup.is_live:
                return setup
        return None

    def has_unknown(self, symbol: str) -> bool:
        """Whether an outcome on this symbol is still open."""
        return any(i.is_unknown and i.symbol == symbol for i in self.intents.values())

    def document(self) -> dict[str, object]:
        """The snapshot as plain JSON values."""
        return cast("dict[str, object]", _ADAPTER.dump_python(self, mode="json"))


_ADAPTER: TypeAdapter[BotState] = TypeAdapter(BotState)


def state_from_document(document: Mapping[str, object]) -> BotState:
    """Rebuild the state; a document that does not fit raises `StateCorruptError`."""
    try:
        state = _ADAPTER.validate_python(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise StateCorruptError(
            f"state field {where} = {first['input']!r}: {first['msg']}; nothing was changed"
        ) from error
    if lost := first_lost(document, state.document(), "state"):
        raise StateCorruptError(f"{lost}: not a field of this program's; nothing was changed")
    return state
