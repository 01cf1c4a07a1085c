"""Our symbol names and the broker's: found by suffix, accepted by what the contract says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from operator import attrgetter
from typing import NamedTuple

from bot.adapters.mt5_codes import (
    SYMBOL_TRADE_MODE_CLOSEONLY,
    SYMBOL_TRADE_MODE_DISABLED,
    SYMBOL_TRADE_MODE_FULL,
)
from bot.adapters.mt5_rows import RowError, checked
from bot.model.settings import SymbolSettings

_LISTED = attrgetter("trade_mode", "currency_base", "currency_profit", "trade_contract_size")
_LISTED_STEPS = attrgetter("point", "trade_tick_size", "volume_min", "volume_max", "volume_step")
_PAIR_LENGTH = 6
_CURRENCY_LENGTH = 3
_FOREIGN_MARK = "@broker"


class SymbolNames:
    """The mapping in force; an open position's symbol is not remapped while it still fits."""

    def __init__(self, symbols: Sequence[SymbolSettings], suffixes: Sequence[str]) -> None:
        self._symbols = {symbol.symbol: symbol for symbol in symbols}
        self._suffixes = tuple(dict.fromkeys(("", *suffixes)))
        self.learnt_count = 0
        self._broker_name: dict[str, str] = {}
        self._our_name: dict[str, str] = {}
        self._unmapped: dict[str, str] = dict.fromkeys(self._symbols, "not connected yet")

    def mapping(self) -> Mapping[str, str]:
        """Our name to the broker's, for every symbol that was found."""
        return dict(self._broker_name)

    def unmapped(self) -> Mapping[str, str]:
        """Our symbols without a usable broker symbol, and why."""
        return dict(self._unmapped)

    def learn(self, listed: Iterable[object]) -> None:
        """Map every symbol to the best of the broker's; raises `RowError` for a wrong shape."""
        offers = {row.name: row for row in (_offer(row) for row in listed)}
        taken: set[str] = set()
        mapped: dict[str, str] = {}
        self._unmapped = {}
        for name, symbol in self._symbols.items():
            chosen, why = self._choose(symbol, offers, taken)
            if chosen:
                mapped[name] = chosen
                taken.add(chosen)
            else:
                self._unmapped[name] = why
        self.learnt_count += 1
        self._broker_name = mapped
        self._our_name = {theirs: ours for ours, theirs in mapped.items()}

    def drop(self, symbol: str, why: str) -> None:
        """Give up a mapping that turned out not to work."""
        self.learnt_count += 1
        self._our_name.pop(self._broker_name.pop(symbol), None)
        self._unmapped[symbol] = why

    def settings(self, symbol: str) -> SymbolSettings | None:
        """What the trader set for one of our symbols; None for a foreign one."""
        return self._symbols.get(symbol)

    def broker_name(self, symbol: str) -> str:
        """What the broker calls it; empty for one of ours that is not mapped.

        A name that is not ours is a foreign position's and is the broker's already.
        """
        name = self._broker_name.get(symbol)
        if name is not None:
            return name
        return "" if symbol in self._symbols else symbol.removesuffix(_FOREIGN_MARK)

    def our_name(self, broker_name: str) -> str:
        """What we call it; a foreign symbol keeps the broker's name.

        One that is spelled like a symbol of ours, but is another contract, is marked.
        """
        name = self._our_name.get(broker_name)
        if name is not None:
            return name
        return broker_name + _FOREIGN_MARK if broker_name in self._symbols else broker_name

    def why_not(self, symbol: str) -> str:
        """Why a symbol of ours has no broker symbol."""
        return f"{symbol}: {self._unmapped.get(symbol, 'not one of our symbols')}"

    def _choose(
        self, symbol: SymbolSettings, offers: Mapping[str, _Offer], taken: set[str]
    ) -> tuple[str, str]:
        """The broker's name, or empty and why there is none."""
        names = [base + suffix for base in symbol.broker_names for suffix in self._suffixes]
        candidates = [offers[n] for n in dict.fromkeys(names) if n in offers and n not in taken]
        if not candidates:
            return "", f"the broker lists none of {', '.join(names)}"
        problems = {offer.name: _problem(offer, symbol) for offer in candidates}
        fitting = [offer for offer in candidates if not problems[offer.name]]
        if not fitting:
            return "", "; ".join(f"{name}: {why}" for name, why in problems.items())
        known = self._broker_name.get(symbol.symbol)
        if any(offer.name == known for offer in fitting):
            return str(known), ""
        return max(fitting, key=lambda offer: _OPENNESS.get(offer.trade_mode, 1)).name, ""


class _Offer(NamedTuple):
    name: str
    trade_mode: int
    base: str
    profit: str
    contract_size: float
    steps: tuple[float, ...]


_OPENNESS = {SYMBOL_TRADE_MODE_FULL: 2, SYMBOL_TRADE_MODE_CLOSEONLY: 0}
"""Of several fitting names the one that trades most; among equals the first listed."""


def _offer(row: object) -> _Offer:
    def convert() -> _Offer:
        return _Offer(str(_NAME(row)), *_LISTED(row), _LISTED_STEPS(row))

    return checked("symbol", convert)


_NAME = attrgetter("name")


def _problem(offer: _Offer, symbol: SymbolSettings) -> str:
    """Why this is not the contract we mean; empty when it is."""
    if offer.trade_mode == SYMBOL_TRADE_MODE_DISABLED:
        return "trading disabled"
    sizes = (offer.contract_size, *offer.steps)
    try:
        fits = all(0.0 < size < inf for size in sizes)
    except TypeError as error:
        message = f"symbol {offer.name}: sizes {sizes!r} are not numbers"
        raise RowError(message) from error
    if not fits:
        return f"contract size, point, tick size or volumes not positive: {sizes!r}"
    return _currency_problem(offer, symbol)


def _currency_problem(offer: _Offer, symbol: SymbolSettings) -> str:
    """Pairs must be of the currencies in our name; a metal's or coin's base may be its quote."""
    if len(offer.profit) != _CURRENCY_LENGTH:
        return f"profit currency {offer.profit!r}"
    if symbol.asset_class == "index" or len(symbol.symbol) != _PAIR_LENGTH:
        return ""
    base, profit = symbol.symbol[:_CURRENCY_LENGTH], symbol.symbol[_CURRENCY_LENGTH:]
    bases = {base} if symbol.asset_class == "fx" else {base, profit}
    if offer.profit != profit or offer.base not in bases:
        return f"currencies {offer.base}/{offer.profit} are not {base}/{profit}"
    return ""
