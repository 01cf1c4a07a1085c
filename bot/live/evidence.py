"""One cycle's facts, read once and re-read after every send; nothing older decides anything."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.errors import BrokerUnavailableError
from bot.model.account import Account
from bot.model.broker import (
    AccountFacts,
    BrokerOrder,
    BrokerPosition,
    Instrument,
    TerminalFacts,
)
from bot.model.market import Quote
from bot.ports import Broker, Clock, Ok, Read

_T = TypeVar("_T")

HISTORY_LEAD_S = 3_600.0
"""History is asked for from this long before: a clock that runs fast must hide nothing (N07)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the broker said at `now_utc_s`; complete, or it does not exist."""

    now_utc_s: float
    account: AccountFacts
    terminal: TerminalFacts
    positions: tuple[BrokerPosition, ...]
    orders: tuple[BrokerOrder, ...]

    def position(self, position_id: int) -> BrokerPosition | None:
        """The open position with this identifier."""
        for position in self.positions:
            if position.position_id == position_id:
                return position
        return None

    def order(self, ticket: int) -> BrokerOrder | None:
        """The resting order with this ticket."""
        for order in self.orders:
            if order.ticket == ticket:
                return order
        return None

    def is_partly_filled(self, ticket: int) -> bool:
        """Whether an order still rests while a part of it is a position already (B06)."""
        return self.position(ticket) is not None and self.order(ticket) is not None

    def exposures_of(self, symbol: str) -> int:
        """Positions and resting orders on a symbol, foreign ones included."""
        return sum(1 for p in self.positions if p.symbol == symbol) + sum(
            1 for o in self.orders if o.symbol == symbol
        )

    @property
    def money(self) -> Account:
        """The account as rules see it."""
        facts = self.account
        return Account(
            facts.balance_money, facts.equity_money, facts.margin_money, facts.margin_free_money
        )


class EvidenceReader:
    """Reads the broker at most once per cycle and send; keeps no answer across either.

    `withheld_money` is cash that seems to have left the account, its deal not shown yet
    (`CashDoubt`): until then the account is shown as it stood before.
    """

    def __init__(self, broker: Broker, clock: Clock, magic_base: int) -> None:
        self._broker = broker
        self._clock = clock
        self._magic_base = magic_base
        self._evidence: Evidence | None = None
        self.withheld_money = 0.0
        self._quotes: dict[str, Read[Quote]] = {}
        self._instruments: dict[str, Read[Instrument]] = {}

    def invalidate(self) -> None:
        """Forget everything: a cycle began, or a request was sent."""
        self._evidence = None
        self._quotes.clear()
        self._instruments.clear()

    def evidence(self) -> Evidence:
        """The facts of now; raises `BrokerUnavailableError` when any of the reads failed."""
        if self._evidence is None:
            self._evidence = Evidence(
                self._clock.now_utc_s(),
                moved(self._account(), self.withheld_money),
                _value("terminal", self._broker.terminal()),
                _value("positions", self._broker.positions()),
                _value("orders", self._broker.orders()),
            )
        return self._evidence

    def withhold(self, money: float) -> None:
        """From now on show the account with this much more: cash that left without a deal yet."""
        change_money, self.withheld_money = money - self.withheld_money, money
        if self._evidence is not None and change_money != 0.0:
            account = moved(self._evidence.account, change_money)
            self._evidence = replace(self._evidence, account=account)

    def _account(self) -> AccountFacts:
        """The account in numbers; what is not a number decides nothing (I8)."""
        account = _value("account", self._broker.account())
        sums = (account.balance_money, account.equity_money, account.margin_money)
        if not all(math.isfinite(money) for money in sums):
            raise BrokerUnavailableError(f"account: balance, equity, margin {sums}: not finite")
        return account

    def quote(self, symbol: str) -> Quote | None:
        """Last quote of a symbol, None when it is not known."""
        read = self._quotes.get(symbol)
        if read is None:
            read = self._quotes[symbol] = self._broker.quote(symbol)
        return read.value if isinstance(read, Ok) else None

    def instrument(self, symbol: str) -> Instrument | None:
        """Contract of a symbol, None when it is not known."""
        read = self._instruments.get(symbol)
        if read is None:
            read = self._instruments[symbol] = self._broker.instrument(symbol)
        return read.value if isinstance(read, Ok) else None

    def own_counts(self) -> dict[str, int]:
        """Own positions, resting orders and deals of all time, by what they are called.

        Raises `BrokerUnavailableError` when any of them cannot be read.
        """
        evidence, deals = self.evidence(), _value("deals", self._broker.deals(0.0))
        return {
            "positions": sum(self.is_own(p.magic) for p in evidence.positions),
            "orders": sum(self.is_own(o.magic) for o in evidence.orders),
            "deals": sum(self.is_own(d.magic) for d in deals),
        }

    def is_own(self, magic: int) -> bool:
        """Whether a magic number is ours (I13)."""
        return magic >> MAGIC_BASE_SHIFT == self._magic_base


MAGIC_BASE_SHIFT = 48
_SETUP_SHIFT, _ATTEMPT_SHIFT = 16, 8
_SETUP_MASK = (1 << 32) - 1


def magic_of(base: int, setup_id: int, attempt: int, leg: int = 0) -> int:
    """63-bit key: base (15 bits), setup (32), attempt (8), leg (8); unique per request chain."""
    assert 0 < base < 1 << 15
    assert 0 <= setup_id <= _SETUP_MASK
    assert 0 <= attempt < 1 << 8
    assert 0 <= leg < 1 << 8
    return base << MAGIC_BASE_SHIFT | setup_id << _SETUP_SHIFT | attempt << _ATTEMPT_SHIFT | leg


def setup_of_magic(magic: int) -> int:
    """The setup a magic number belongs to."""
    return magic >> _SETUP_SHIFT & _SETUP_MASK


def attempt_of_magic(magic: int) -> int:
    """Which try of its setup a magic number belongs to."""
    return magic >> _ATTEMPT_SHIFT & 0xFF


def moved(account: AccountFacts, cash_money: float) -> AccountFacts:
    """The account as it would stand with this much more in it."""
    if cash_money == 0.0:
        return account
    return replace(
        account,
        balance_money=round(account.balance_money + cash_money, 2),
        equity_money=round(account.equity_money + cash_money, 2),
    )


def _value(what: str, read: Read[_T]) -> _T:
    if isinstance(read, Ok):
        return read.value
    raise BrokerUnavailableError(f"{what}: {read.reason}")
