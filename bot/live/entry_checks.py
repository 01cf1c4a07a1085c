"""What may speak against an entry: one question, many answerers, each with a name and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.live.evidence import Evidence
from bot.model.decision import EntryRoute, Finding


@dataclass(frozen=True, slots=True)
class EntryAsk:
    """An entry somebody wants now; lots, risk and price are 0 until it has been sized."""

    symbol: str
    side: int
    evidence: Evidence
    setup_id: int = 0
    lots: float = 0.0
    risk_money: float = 0.0
    entry_price: float = 0.0
    stop_price: float = 0.0
    route: int = EntryRoute.MARKET.value


class EntryCheck(Protocol):
    """Answers whether an entry may be made; asked before sizing or, with figures, after it."""

    def finding(self, ask: EntryAsk) -> Finding:
        """The first reason against `ask`, or `ALLOWED`; nothing is changed by asking."""
        ...


class RestingCheck(Protocol):
    """Answers whether an order may rest (and so fill) now; asked of every resting order (I15)."""

    def resting_finding(self, symbol: str, side: int, now_utc_s: float) -> Finding:
        """The first reason for which an order on `symbol` must not rest, or `ALLOWED`."""
        ...
