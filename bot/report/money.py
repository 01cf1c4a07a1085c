"""The day's money: start balance plus every deal is the end balance, to the cent.

A deal belongs to the day during which the broker booked it. The balance at a midnight is read some
moments after it, so near a midnight the cut between two days is put where the running balance
meets the balance that was read; farther away nothing is ever moved to make a sum fit.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass
from typing import NamedTuple

from bot.report.documents import Document, flag, number, text, whole

_CUT_WINDOW_S = 120.0  # reading an anchor takes one cycle; two minutes cover a slow one
CENTS = 100


class BookedDeal(NamedTuple):
    """One deal of the journal in cents; sorts by time, then ticket."""

    time_utc_s: float
    ticket: int
    net_cents: int
    profit_cents: int
    commission_cents: int
    swap_cents: int
    is_own: bool
    is_cash: bool
    is_opening: bool
    setup_id: int
    position_id: int
    symbol: str


class CutKey(NamedTuple):
    """Up to and including which deal the money belongs to the earlier day."""

    time_utc_s: float
    ticket: float


class Anchor(NamedTuple):
    """A balance and when it was read."""

    at_utc_s: float
    balance_money: float


@dataclass(frozen=True, slots=True)
class MoneyDay:
    """Start balance + deals + cash = end balance; `difference_money` is what is left over.

    `is_compared` is False while the day runs and no broker balance was at hand.
    """

    start_balance_money: float
    deals_money: float
    deals_count: int
    cash_money: float
    end_balance_money: float
    difference_money: float
    is_compared: bool
    gross_money: float
    commission_money: float
    swap_money: float

    @property
    def is_exact(self) -> bool:
        """Whether the balance was compared and nothing is left over."""
        return self.is_compared and self.difference_money == 0.0


def deal_of(document: Document) -> BookedDeal:
    """The deal of one DealBooked document."""
    profit = cents(number(document, "profit_money"))
    commission = cents(number(document, "commission_money")) + cents(number(document, "fee_money"))
    swap = cents(number(document, "swap_money"))
    entry = text(document, "entry")
    return BookedDeal(
        time_utc_s=number(document, "time_utc_s"),
        ticket=whole(document, "deal_ticket"),
        net_cents=profit + commission + swap,
        profit_cents=profit,
        commission_cents=commission,
        swap_cents=swap,
        is_own=flag(document, "is_own"),
        is_cash=entry == "NONE",
        is_opening=entry == "IN",
        setup_id=whole(document, "setup_id"),
        position_id=whole(document, "position_id"),
        symbol=text(document, "symbol"),
    )


class DealBook:
    """Every deal once, in the broker's order."""

    def __init__(self) -> None:
        self._deals: list[BookedDeal] = []
        self._tickets: set[int] = set()

    def add(self, deal: BookedDeal) -> bool:
        """Keep the deal; False when its ticket is already known."""
        if deal.ticket in self._tickets:
            return False
        self._tickets.add(deal.ticket)
        insort(self._deals, deal)
        return True

    def between(self, after: CutKey, until: CutKey) -> list[BookedDeal]:
        """The deals after one cut, up to and including the other."""
        first, last = self._index_after(after), self._index_after(until)
        return self._deals[first:last]

    def cut(self, start: tuple[CutKey, float], end: Anchor) -> CutKey:
        """Where the day that began at `start` (cut, balance) ends, given the balance at its end.

        The nearest place to the anchor's time at which the running balance is the anchor's;
        the anchor's time itself when there is none within two minutes of it.
        """
        after, start_balance_money = start
        at_time = CutKey(end.at_utc_s, -1)  # what is booked at midnight is the new day's
        wanted = cents(end.balance_money) - cents(start_balance_money)
        first, middle = self._index_after(after), self._index_after(at_time)
        running = sum(deal.net_cents for deal in self._deals[first:middle])
        if running == wanted:
            return at_time
        return self._nearest_meeting(middle, wanted - running, first, end.at_utc_s) or at_time

    def _nearest_meeting(
        self, middle: int, missing: int, first: int, at_utc_s: float
    ) -> CutKey | None:
        """The nearest cut around `middle` that adds `missing` cents to the running balance."""
        later, earlier = missing, missing
        for step in range(1, len(self._deals) + 1):
            is_open = False
            forward, backward = middle + step - 1, middle - step
            if forward < len(self._deals) and self._is_near(forward, at_utc_s):
                is_open = True
                later -= self._deals[forward].net_cents
                if later == 0:
                    return self._key(forward)
            if backward >= first and self._is_near(backward, at_utc_s):
                is_open = True
                earlier += self._deals[backward].net_cents
                if earlier == 0:
                    return self._key_before(backward)
            if not is_open:
                break
        return None

    def _is_near(self, index: int, at_utc_s: float) -> bool:
        return abs(self._deals[index].time_utc_s - at_utc_s) <= _CUT_WINDOW_S

    def _key(self, index: int) -> CutKey:
        deal = self._deals[index]
        return CutKey(deal.time_utc_s, deal.ticket)

    def _key_before(self, index: int) -> CutKey:
        deal = self._deals[index]
        return CutKey(deal.time_utc_s, deal.ticket - 0.5)

    def _index_after(self, cut: CutKey) -> int:
        return bisect_right(self._deals, cut, key=_key_of)


def money_day(deals: list[BookedDeal], start_balance_money: float, end: Anchor | None) -> MoneyDay:
    """The reconciliation of one day's deals; without `end` the day runs and is not compared."""
    trading = sum(deal.net_cents for deal in deals if not deal.is_cash)
    cash = sum(deal.net_cents for deal in deals if deal.is_cash)
    expected = cents(start_balance_money) + trading + cash
    actual = expected if end is None else cents(end.balance_money)
    own = [deal for deal in deals if not deal.is_cash]
    return MoneyDay(
        start_balance_money=_money(cents(start_balance_money)),
        deals_money=_money(trading),
        deals_count=len(own),
        cash_money=_money(cash),
        end_balance_money=_money(actual),
        difference_money=_money(actual - expected),
        is_compared=end is not None,
        gross_money=_money(sum(deal.profit_cents for deal in own)),
        commission_money=_money(sum(deal.commission_cents for deal in own)),
        swap_money=_money(sum(deal.swap_cents for deal in own)),
    )


def cents(amount_money: float) -> int:
    """An amount in whole cents: sums of these are exact where sums of floats are not."""
    return round(amount_money * CENTS)


def to_cents(amount_money: float) -> float:
    """An amount rounded to the cent, without a negative zero."""
    return _money(cents(amount_money))


def _money(amount_cents: int) -> float:
    return amount_cents / CENTS


def _key_of(deal: BookedDeal) -> CutKey:
    return CutKey(deal.time_utc_s, deal.ticket)
