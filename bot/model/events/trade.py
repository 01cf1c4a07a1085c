"""Setups, orders, positions and the deals that settle them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.model.events.base import Event


@dataclass(frozen=True, slots=True)
class SymbolScanned(Event):
    """A newly closed decision bar was judged; `verdict` is the named answer."""

    symbol: str
    bar_utc_s: float
    verdict: str
    side: str
    score_fraction: float
    points: float
    passed: tuple[str, ...]
    failed: tuple[str, ...]
    entry_price: float
    stop_price: float
    rr_r: float


@dataclass(frozen=True, slots=True)
class SetupCreated(Event):
    """A signal became a setup."""

    setup_id: int
    symbol: str
    side: str
    entry_price: float
    stop_price: float
    points: float
    expires_utc_s: float
    bar_utc_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SetupMoved(Event):
    """A setup changed its state; `reason` names why."""

    setup_id: int
    symbol: str
    before: str
    after: str
    reason: str
    distance_r: float


@dataclass(frozen=True, slots=True)
class OrderRefused(Event):
    """We said no before sending; repeated equal refusals are counted in the next change."""

    setup_id: int
    symbol: str
    refusal: str
    value: float
    limit: float
    repeated_count: int


@dataclass(frozen=True, slots=True)
class OrderIntended(Event):
    """About to send; on disk before the send (I9).

    Of an entry it holds every step of its size: what the mode granted and why, the factors, the
    risk they came to, and the limit that bound; the worst case part by part; and the checks that
    have figures, each by the name of its refusal with the value and the limit it was held against.
    """

    DURABLE: ClassVar[bool] = True
    intent_id: int
    magic: int
    setup_id: int
    symbol: str
    action: str
    side: str
    lots: float
    price: float
    stop_price: float
    risk_money: float
    base_risk_fraction: float
    confluence_factor: float
    brake_factor: float
    evidence: str
    base_reason: str = ""
    drawdown_factor: float = 1.0
    total_loss_factor: float = 1.0
    coast_factor: float = 1.0
    start_factor: float = 1.0
    intended_risk_money: float = 0.0
    limit_step: str = ""
    limit_money: float = 0.0
    stop_money: float = 0.0
    slippage_reserve_money: float = 0.0
    commission_reserve_money: float = 0.0
    swap_reserve_money: float = 0.0
    gap_reserve_money: float = 0.0
    checks: tuple[str, ...] = ()
    check_values: tuple[float, ...] = ()
    check_limits: tuple[float, ...] = ()
    position_id: int = 0
    lots_before: float = 0.0
    rung: int = -1


@dataclass(frozen=True, slots=True)
class OrderAnswered(Event):
    """What came back for an intent."""

    intent_id: int
    setup_id: int
    symbol: str
    action: str
    result: str
    retcode: int
    text: str
    order_ticket: int
    deal_ticket: int
    lots: float
    price: float


@dataclass(frozen=True, slots=True)
class IntentResolved(Event):
    """An unknown outcome was settled by evidence."""

    DURABLE: ClassVar[bool] = True
    intent_id: int
    setup_id: int
    symbol: str
    resolution: str
    evidence: str


@dataclass(frozen=True, slots=True)
class RestingOrderReplaced(Event):
    """A resting order's volume no longer fitted and was kept right."""

    setup_id: int
    symbol: str
    old_ticket: int
    old_lots: float
    new_lots: float
    reason: str


@dataclass(frozen=True, slots=True)
class PositionOpened(Event):
    """An order filled; `wanted_lots` is the size for the balance at this moment.

    The exit numbers are those of the entry: what a ladder is made of again if its memory is lost.
    """

    DURABLE: ClassVar[bool] = True
    setup_id: int
    symbol: str
    side: str
    position_id: int
    lots: float
    wanted_lots: float
    price: float
    planned_price: float
    stop_price: float
    slippage_r: float
    risk_money: float
    opened_utc_s: float = 0.0
    targets_r: tuple[float, ...] = ()
    close_fractions: tuple[float, ...] = ()
    stops_after_r: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class FillCompared(Event):
    """The filled volume differs by a step or more from the size at fill, and why."""

    setup_id: int
    symbol: str
    filled_lots: float
    wanted_lots: float
    closed_excess_lots: float
    reason: str


@dataclass(frozen=True, slots=True)
class RungTaken(Event):
    """A rung of the ladder was reached."""

    setup_id: int
    symbol: str
    position_id: int
    rung: int
    lots: float
    price: float
    profit_r: float


@dataclass(frozen=True, slots=True)
class StopMoved(Event):
    """The broker confirmed a new stop."""

    setup_id: int
    symbol: str
    position_id: int
    before_price: float
    after_price: float
    reason: str


@dataclass(frozen=True, slots=True)
class DealBooked(Event):
    """One deal of the broker's history, exactly once; Σ of these is Δbalance to the cent (I12)."""

    DURABLE: ClassVar[bool] = True
    deal_ticket: int
    order_ticket: int
    position_id: int
    setup_id: int
    symbol: str
    side: int
    entry: str
    reason: str
    lots: float
    price: float
    profit_money: float
    swap_money: float
    commission_money: float
    fee_money: float
    is_own: bool
    time_utc_s: float


@dataclass(frozen=True, slots=True)
class PositionClosed(Event):
    """A trade is over; money is the sum over its deals."""

    DURABLE: ClassVar[bool] = True
    setup_id: int
    symbol: str
    side: str
    position_id: int
    lots: float
    open_price: float
    close_price: float
    opened_utc_s: float
    closed_utc_s: float
    gross_money: float
    commission_money: float
    swap_money: float
    net_money: float
    risk_money: float
    result_r: float
    reason: str
    rungs_taken_count: int
