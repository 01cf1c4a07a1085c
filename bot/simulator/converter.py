"""Money between currencies: gains at the worse side of the cross, losses at the dearer side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from bot.errors import DataError
from bot.simulator.config import AccountConfig
from bot.simulator.symbols import SymbolContract
from bot.simulator.tape import Tape

_HALF_CENT_NOISE: Final = 1e-7  # binary noise of a product that is exactly half a cent


class Rates(NamedTuple):
    """Account money per unit of a currency: for a gain and for a loss; both 0 without a quote."""

    gain: float
    loss: float


class Leg(NamedTuple):
    """One cross on the way to the account's currency; inverted when the account's side is base."""

    tape: Tape
    symbol: str
    is_inverted: bool


_SWAP_IN_BASE_MONEY: Final = 2
_PAR: Final = Rates(1.0, 1.0)
_UNKNOWN: Final = Rates(0.0, 0.0)


def to_minor(amount: float, minor_per_unit: int) -> int:
    """Money as a whole number of cents (or the currency's smallest unit), halves away from 0."""
    scaled = int(abs(amount) * minor_per_unit + 0.5 + _HALF_CENT_NOISE)
    return scaled if amount >= 0 else -scaled


class Converter:
    """Finds and reads the crosses from a market's currencies to the account's.

    A direct cross gives gain = bid, loss = ask; an inverse one gain = 1/ask, loss = 1/bid, as
    recorded from a terminal (BEHAVIOUR 14). Where no single cross exists two are chained.
    """

    def __init__(
        self,
        config: AccountConfig,
        contracts: Mapping[str, SymbolContract],
        tapes: Mapping[str, Tape],
    ) -> None:
        self.currency = config.currency
        self.minor_per_unit = int(10**config.currency_digits)
        self._contracts = contracts
        self._tapes = tapes
        self._routes: dict[str, tuple[Leg, ...]] = {config.currency: ()}
        for contract in contracts.values():
            for currency in _currencies_of(contract):
                if currency not in self._routes:
                    self._routes[currency] = self._route(currency, contract.name)

    def rates(self, currency: str, now_ms: int) -> Rates:
        """What a unit of `currency` is worth now, as a gain and as a loss."""
        legs = self._routes[currency]
        if not legs:
            return _PAR
        gain = loss = 1.0
        for tape, _, is_inverted in legs:
            tape.seek(now_ms)
            if tape.bid <= 0.0 or tape.ask <= 0.0:
                return _UNKNOWN
            if is_inverted:
                gain, loss = gain / tape.ask, loss / tape.bid
            else:
                gain, loss = gain * tape.bid, loss * tape.ask
        return Rates(gain, loss)

    def minor(self, amount: float, rates: Rates) -> int:
        """An amount in the currency of `rates` as whole cents of the account."""
        return to_minor(amount * (rates.gain if amount > 0 else rates.loss), self.minor_per_unit)

    def symbols_behind(self, currency: str) -> tuple[str, ...]:
        """The symbols whose quotes move the value of `currency`."""
        return tuple(leg.symbol for leg in self._routes[currency])

    def _route(self, currency: str, wanted_by: str) -> tuple[Leg, ...]:
        legs = self._legs()
        if (currency, self.currency) in legs:
            return (legs[currency, self.currency],)
        for middle in sorted({source for source, _ in legs}):
            first, second = legs.get((currency, middle)), legs.get((middle, self.currency))
            if first is not None and second is not None:
                return (first, second)
        message = (
            f"{wanted_by} needs {currency} in {self.currency}, but no symbol of the market "
            f"converts it; add {currency}{self.currency} or {self.currency}{currency}"
        )
        raise DataError(message)

    def _legs(self) -> dict[tuple[str, str], Leg]:
        """Every conversion one symbol offers; currency pairs win over metals and crypto."""
        legs: dict[tuple[str, str], Leg] = {}
        for contract in sorted(self._contracts.values(), key=lambda c: c.asset_class != "fx"):
            base, profit, name = contract.currency_base, contract.currency_profit, contract.name
            if base == profit:
                continue
            legs.setdefault((base, profit), Leg(self._tapes[name], name, is_inverted=False))
            legs.setdefault((profit, base), Leg(self._tapes[name], name, is_inverted=True))
        return legs


def _currencies_of(contract: SymbolContract) -> tuple[str, ...]:
    currencies = (contract.currency_profit, contract.currency_margin)
    if contract.swap_mode == _SWAP_IN_BASE_MONEY:
        return (*currencies, contract.currency_base)
    return currencies
