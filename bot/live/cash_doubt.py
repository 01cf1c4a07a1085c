"""Money that left the account before its deal shows: for a while it is no loss (B07, B34, X10).

A payout lowers balance and equity at once, and its deal may come a cycle later. Nothing traded, so
no brake may close anything for it; and no entry may rely on money that is perhaps gone.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.live.deal_book import DealBook
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.record import Record

_CENT_MONEY = 0.01

_Book = tuple[tuple[int, float], ...]


class _Seen(NamedTuple):
    """The account as the broker showed it, the deals booked by then, and what was open."""

    balance_money: float
    equity_money: float
    booked_money: float
    book: _Book


class CashDoubt:
    """Withholds an unexplained fall from every decision, for `grace_s` seconds at most.

    Only a fall of balance and equity alike, with every position as it was, is in doubt: a trade
    that closed changed the positions, and a floating loss changed no balance. When the deal shows,
    the day's base moves with it; without one it counts as a loss after the grace.
    """

    def __init__(
        self, record: Record, reader: EvidenceReader, deals: DealBook, grace_s: float
    ) -> None:
        self._record = record
        self._reader = reader
        self._deals = deals
        self._grace_s = grace_s
        self._seen: _Seen | None = None
        self._since_s = 0.0

    def step(self, evidence: Evidence) -> Evidence:
        """The evidence to decide on; call it once per cycle, after the deals were booked."""
        held_money = self._reader.withheld_money
        if held_money > 0.0:
            self._deals.sync()
        now, before = self._look(evidence, held_money), self._seen
        self._seen = now
        doubt_money = 0.0 if before is None else _doubt_money(held_money, before, now)
        self._reader.withhold(self._within_grace(doubt_money, held_money))
        return self._reader.evidence()

    def _look(self, evidence: Evidence, held_money: float) -> _Seen:
        account = evidence.account
        book = tuple((p.position_id, p.lots) for p in evidence.positions)
        return _Seen(
            account.balance_money - held_money,
            account.equity_money - held_money,
            self._deals.booked_money,
            book,
        )

    def _within_grace(self, doubt_money: float, held_money: float) -> float:
        now_s = self._record.monotonic_s()
        if doubt_money > 0.0 and held_money == 0.0:
            self._since_s = now_s
            self._record.fault("B34", f"{doubt_money:.2f} left the account, no deal shows it yet")
        return doubt_money if now_s - self._since_s < self._grace_s else 0.0


def _doubt_money(held_money: float, before: _Seen, now: _Seen) -> float:
    """What is in doubt after this look: more of it, or less by what a deal explained."""
    fallen_money = (before.balance_money - now.balance_money) + (
        now.booked_money - before.booked_money
    )
    if fallen_money < 0.0:
        doubt_money = held_money + fallen_money
    elif now.book == before.book:
        equity_fallen_money = before.equity_money - now.equity_money
        doubt_money = held_money + max(0.0, min(fallen_money, equity_fallen_money))
    else:
        doubt_money = held_money
    return round(doubt_money, 2) if doubt_money >= _CENT_MONEY / 2.0 else 0.0
