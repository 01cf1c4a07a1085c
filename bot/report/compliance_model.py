"""What a compliance page holds: one server day, everything in figures, nothing formatted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.report.day_record import BrakeLine, HaltLine, Low
from bot.report.money import MoneyDay
from bot.report.setups import SetupRow
from bot.report.trades import TradeRow
from bot.report.verdicts import RuleLine, Verdict

SCHEMA = 1
"""Version of the JSON page; raised when a field changes its meaning."""


class Now(NamedTuple):
    """What is known of the running day beyond the journal, from the saved state."""

    at_utc_s: float
    balance_money: float
    equity_money: float
    low: Low | None = None
    clock_offset_s: float | None = None


class DayEnd(NamedTuple):
    """The account at the end of the day, or now."""

    at_utc_s: float
    balance_money: float
    equity_money: float


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One loss limit: how near the day's lowest equity came, and what is left at the end."""

    name: str
    base_money: float
    allowance_money: float
    floor_money: float
    lowest_equity_money: float
    lowest_equity_utc_s: float
    room_at_lowest_money: float
    used_fraction: float
    equity_money: float
    room_money: float


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """The way to passing; None where the rules of the phase were not at hand."""

    target_money: float | None
    closed_profit_money: float
    target_done_fraction: float | None
    profitable_days_count: int | None
    profitable_days_min_count: int | None
    day_gain_money: float | None
    day_gain_needed_money: float | None
    is_profitable_day: bool | None


@dataclass(frozen=True, slots=True)
class CostLine:
    """What the day's deals cost; slippage is inside the prices, not a further amount."""

    gross_money: float
    commission_money: float
    swap_money: float
    net_money: float
    slippage_money: float
    slippage_worst_r: float
    slippage_worst_symbol: str


@dataclass(frozen=True, slots=True)
class Who:
    """Which account, rules and parameters the day was traded with."""

    preset: str
    phase: str
    mode: str
    login: int
    server: str
    currency: str
    initial_balance_money: float
    version: str
    params_hash: str


@dataclass(frozen=True, slots=True)
class Book:
    """Trades closed on the day, and what stood at its end."""

    trades_closed: tuple[TradeRow, ...]
    trades_open: tuple[TradeRow, ...]
    orders_resting: tuple[SetupRow, ...]
    setups_waiting: tuple[SetupRow, ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """What the bot did, refused and met; counts by name, most frequent refusal first."""

    scans: dict[str, int]
    setups_created_count: int
    refusals: dict[str, int]
    requests_count: int
    answers: dict[str, int]
    faults: dict[str, str]
    brakes: tuple[BrakeLine, ...]
    halts: tuple[HaltLine, ...]
    commands: tuple[str, ...]
    phase_verdicts: tuple[str, ...]
    starts_count: int
    cycles_count: int | None
    clock_offset_s: float | None


@dataclass(frozen=True, slots=True)
class ConductLine:
    """What a firm would ask about the day; None where there was nothing to measure.

    `size_ratio_most` is the largest risk of an entry over the median of those before it.
    """

    entries_count: int
    spacing_least_s: float | None
    requests_count: int
    hold_least_s: float | None
    size_ratio_most: float | None


@dataclass(frozen=True, slots=True)
class ComplianceDay:
    """One server day, folded; see DESIGN section 7.

    `is_recorded` is False for a day the journal does not speak of: the bot did not run.
    """

    schema: int
    date: str
    weekday: str
    is_closed: bool
    is_estimated: bool
    is_recorded: bool
    status: Verdict
    who: Who | None
    rules: tuple[RuleLine, ...]
    limits: tuple[LimitLine, ...]
    progress: ProgressLine | None
    money: MoneyDay | None
    floating_money: float | None
    costs: CostLine | None
    book: Book
    activity: Activity
    conduct: ConductLine
