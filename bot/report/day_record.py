"""One server day as the fold keeps it: plain counts and lines, nothing decided."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.report.documents import Document
from bot.report.money import CutKey
from bot.report.setups import SetupRow
from bot.report.trades import TradeRow


class Low(NamedTuple):
    """An equity low and when it was met."""

    equity_money: float
    at_utc_s: float


class BrakeLine(NamedTuple):
    """A brake that went on or off."""

    at_utc_s: float
    before: str
    after: str
    loss_base_fraction: float


class HaltLine(NamedTuple):
    """A halt: why it was latched and what resets it."""

    halt: str
    reason: str
    resets: str
    since_utc_s: float


class OpeningLine(NamedTuple):
    """A fill as the conduct rules see it."""

    setup_id: int
    position_id: int
    symbol: str
    at_utc_s: float
    has_stop: bool
    slippage_r: float
    slippage_money: float


@dataclass(slots=True)
class DayRecord:
    """One server day. `opened` and `closed` are the day's own documents, when journalled."""

    day: int
    opened: Document | None = None
    closed: Document | None = None
    started: Document | None = None
    low: Low | None = None
    close_cut: CutKey | None = None
    starts_count: int = 0
    signals_count: int = 0
    scans: Counter[str] = field(default_factory=Counter)
    setups_count: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)
    requests_count: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    unknown_count: int = 0
    brakes: list[BrakeLine] = field(default_factory=list)
    halts: list[HaltLine] = field(default_factory=list)
    halted_entries_count: int = 0
    openings: list[OpeningLine] = field(default_factory=list)
    closed_positions: list[int] = field(default_factory=list)
    naked_count: int = 0
    commands: list[str] = field(default_factory=list)
    verdicts: list[str] = field(default_factory=list)
    target_money: float | None = None
    open_trades: tuple[TradeRow, ...] = ()
    resting: tuple[SetupRow, ...] = ()
    waiting: tuple[SetupRow, ...] = ()
