"""What the broker's deals say of moments nobody watched: balances, peaks, trades of a day."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import BrokerUnavailableError
from bot.live.deal_book import net_money
from bot.model.broker import BrokerDeal, DealEntry
from bot.ports import Broker, Ok


class DealHistory:
    """Asks the broker; keeps nothing. Raises `BrokerUnavailableError` when it cannot be read."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def since(self, moment_utc_s: float) -> list[BrokerDeal]:
        """Every deal booked at or after a moment."""
        read = self._broker.deals(moment_utc_s)
        if isinstance(read, Ok):
            return [deal for deal in read.value if deal.time_utc_s >= moment_utc_s]
        raise BrokerUnavailableError(f"deals since {moment_utc_s:.0f}: {read.reason}")

    def balance_at(self, moment_utc_s: float, balance_money: float) -> float:
        """The balance at a past moment: the one of now less every deal booked since."""
        return round(balance_money - net_money(self.since(moment_utc_s)), 2)

    def start_balance(self, moment_utc_s: float, balance_money: float) -> float:
        """The balance less the trades booked since: money paid in meanwhile was always there."""
        trades = [d for d in self.since(moment_utc_s) if d.entry != DealEntry.NONE]
        return round(balance_money - net_money(trades), 2)

    def peak_balance(self, moment_utc_s: float, balance_money: float) -> float:
        """The highest balance since a moment, that of the moment itself left out."""
        return peak_of(self.since(moment_utc_s), balance_money)

    def cash_since(self, moment_utc_s: float) -> float:
        """What deposits (+) and payouts (-) since a moment came to."""
        return net_money(d for d in self.since(moment_utc_s) if d.entry == DealEntry.NONE)

    def trades_between(self, start_utc_s: float, end_utc_s: float) -> tuple[int, int]:
        """How many deals opened and how many closed a trade in [start, end), whoever sent them."""
        deals = [d for d in self.since(start_utc_s) if d.time_utc_s < end_utc_s]
        opened = sum(d.entry in (DealEntry.IN, DealEntry.REVERSE) for d in deals)
        closed = sum(d.entry in (DealEntry.OUT, DealEntry.OUT_BY, DealEntry.REVERSE) for d in deals)
        return opened, closed


def peak_of(deals: Sequence[BrokerDeal], balance_money: float) -> float:
    """The highest balance after any of the deals; `balance_money` is the one after them all."""
    peak = balance = balance_money
    for deal in sorted(deals, key=lambda d: (d.time_utc_s, d.ticket), reverse=True):
        peak = max(peak, balance)
        balance -= net_money([deal])
    return round(peak, 2)
