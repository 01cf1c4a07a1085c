"""A symbol's contract as the terminal states it now, cross-checked before anything is sized on it.

Two formulas must name the same money per price within 1 %: tick value over tick size, and the
terminal's calculator; where profit is in account currency also the contract size (FAULTS X06).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from operator import attrgetter
from typing import NamedTuple

from bot.adapters import mt5_codes as mt5
from bot.adapters.contract_terms import (
    Terms,
    check_terms,
    require_agreement,
    same_contract,
    terms_of,
)
from bot.adapters.mt5_rows import RowError, checked
from bot.adapters.swap_money import swap_money_per_lot_night
from bot.adapters.symbols import SymbolNames
from bot.adapters.terminal_link import TerminalLink
from bot.model.broker import Instrument
from bot.model.market import SymbolSpec
from bot.model.settings import CommissionTerms
from bot.ports import Clock, Ok, Read, Unknown

_RECHECK_MOVE_FRACTION = 0.005
_RECHECK_AFTER_S = 300.0
_PROBE_MOVE_FRACTION = 0.1  # wide enough that cents do not matter; the formulas are linear


_ASK = attrgetter("ask")


class _Probe(NamedTuple):
    """What the terminal's calculators answered, and when."""

    loss_money_per_price: float
    margin_money_per_lot: float
    ask_price: float
    at_monotonic_s: float


@dataclass(slots=True)
class _Known:
    terms: Terms
    probe: _Probe
    answer: Ok[Instrument]
    read_monotonic_s: float


class InstrumentReader:
    """Reads contracts; an answer younger than `max_age_s` is given again without asking.

    An older one costs one `symbol_info`. The calculators are asked again after five minutes, or
    when the money per price moved by half a percent; the caller asks them itself for an order.
    """

    def __init__(
        self,
        link: TerminalLink,
        names: SymbolNames,
        clock: Clock,
        commissions: Sequence[CommissionTerms],
        max_age_s: float,
    ) -> None:
        self._link = link
        self._names = names
        self._clock = clock
        self._commissions = {terms.asset_class: terms for terms in commissions}
        self._max_age_s = max_age_s
        self._known: dict[str, _Known] = {}
        self.account_currency = ""

    def instrument(self, symbol: str) -> Read[Instrument]:
        """The contract, at most `max_age_s` old; Unknown names what does not fit."""
        known = self._known.get(symbol)
        now_s = self._clock.monotonic_s()
        if known is not None and now_s - known.read_monotonic_s < self._max_age_s:
            return known.answer
        return self._read(symbol, known, now_s)

    def terms(self, symbol: str, *, stale_is_fine: bool) -> Read[Terms]:
        """The symbol's trading terms; for what lowers risk the last known ones are good enough."""
        read = self.instrument(symbol)
        known = self._known.get(symbol)
        if known is not None and (stale_is_fine or isinstance(read, Ok)):
            return Ok(known.terms)
        if isinstance(read, Unknown) and not stale_is_fine:
            return read
        return self._bare_terms(symbol)

    def forget(self, symbol: str) -> None:
        """Read everything anew next time: the broker refused what we believed (FAULTS B10)."""
        known = self._known.get(symbol)
        if known is not None:
            known.read_monotonic_s = -inf
            known.probe = known.probe._replace(at_monotonic_s=-inf)

    def _read(self, symbol: str, known: _Known | None, now_s: float) -> Read[Instrument]:
        row = self._row(symbol)
        if isinstance(row, Unknown):
            return row
        try:
            terms = checked(f"symbol {symbol}", lambda: terms_of(row))
            if known is not None and terms == known.terms and _is_recent(known.probe, now_s):
                known.read_monotonic_s = now_s
                return known.answer
            check_terms(symbol, terms)
            probe = self._probe(symbol, terms, _ASK(row), known, now_s)
        except RowError as error:
            return Unknown(str(error))
        answer = Ok(self._build(symbol, terms, probe))
        self._known[symbol] = _Known(terms, probe, answer, now_s)
        return answer

    def _bare_terms(self, symbol: str) -> Read[Terms]:
        """Terms without money: enough to close, not to size."""
        row = self._row(symbol)
        if isinstance(row, Unknown):
            return row
        try:
            return Ok(checked(f"symbol {symbol}", lambda: terms_of(row)))
        except RowError as error:
            return Unknown(str(error))

    def _row(self, symbol: str) -> object:
        name = self._names.broker_name(symbol)
        if not name:
            return Unknown(self._names.why_not(symbol))
        return self._link.ask(self._link.terminal.symbol_info, name)

    def _probe(
        self, symbol: str, terms: Terms, ask: float, known: _Known | None, now_s: float
    ) -> _Probe:
        """The calculators' answer, asked again only when it may have changed."""
        if known is not None and _is_recent(known.probe, now_s):
            before = known.probe.loss_money_per_price
            moved = abs(terms.loss_money_per_price - before)
            if moved <= _RECHECK_MOVE_FRACTION * before and same_contract(terms, known.terms):
                return known.probe
        if not 0.0 < ask < inf:
            message = f"{symbol}: no price yet, ask {ask!r}"
            raise RowError(message)
        lots = min(max(terms.volume_min, 1.0), terms.volume_max)
        self._cross_check(symbol, terms, lots, ask)
        terminal, name = self._link.terminal, self._names.broker_name(symbol)
        margin = self._link.ask(terminal.order_calc_margin, mt5.ORDER_TYPE_BUY, name, lots, ask)
        if isinstance(margin, Unknown):
            raise RowError(margin.reason)
        margin_money = checked("margin", lambda: float(margin))  # type: ignore[arg-type]
        if not 0.0 < margin_money < inf:
            message = f"{symbol}: margin of {lots} lots is {margin_money!r}"
            raise RowError(message)
        return _Probe(terms.loss_money_per_price, margin_money / lots, ask, now_s)

    def _cross_check(self, symbol: str, terms: Terms, lots: float, ask: float) -> None:
        """Compare tick value over tick size with the calculator and the contract size (X06)."""
        stated = terms.loss_money_per_price
        if terms.profit_follows_contract_size and terms.currency_profit == self.account_currency:
            require_agreement(symbol, stated, terms.trade_contract_size, "contract size")
        move = _PROBE_MOVE_FRACTION * ask
        name = self._names.broker_name(symbol)
        prices = (ask, ask - move)
        profit = self._link.ask(
            self._link.terminal.order_calc_profit, mt5.ORDER_TYPE_BUY, name, lots, *prices
        )
        if isinstance(profit, Unknown):
            raise RowError(profit.reason)
        loss = checked("profit", lambda: -float(profit))  # type: ignore[arg-type]
        require_agreement(symbol, stated, loss / (lots * move), "the terminal's calculator")

    def _build(self, symbol: str, terms: Terms, probe: _Probe) -> Instrument:
        settings = self._names.settings(symbol)
        asset_class = settings.asset_class if settings is not None else ""
        may_enter = terms.order_mode & mt5.SYMBOL_ORDER_MARKET != 0
        mode = terms.trade_mode
        full = mode == mt5.SYMBOL_TRADE_MODE_FULL
        return Instrument(
            symbol=symbol,
            broker_symbol=self._names.broker_name(symbol),
            asset_class=asset_class,
            base_currency=terms.currency_base,
            profit_currency=terms.currency_profit,
            spec=self._spec(terms, probe, asset_class),
            point_price=terms.point,
            can_open_long=may_enter and (full or mode == mt5.SYMBOL_TRADE_MODE_LONGONLY),
            can_open_short=may_enter and (full or mode == mt5.SYMBOL_TRADE_MODE_SHORTONLY),
            is_24_7=settings is not None and settings.trades_weekends,
            triple_swap_weekday=(terms.swap_rollover3days - 1) % 7,
        )

    def _spec(self, terms: Terms, probe: _Probe, asset_class: str) -> SymbolSpec:
        loss = terms.loss_money_per_price
        return SymbolSpec(
            digits=terms.digits,
            tick_size_price=terms.trade_tick_size,
            contract_size=terms.trade_contract_size,
            lots_min=terms.volume_min,
            lots_max=terms.volume_max,
            lots_step=terms.volume_step,
            loss_money_per_price_per_lot=loss,
            gain_money_per_price_per_lot=terms.gain_money_per_price,
            stops_level_price=terms.trade_stops_level * terms.point,
            freeze_level_price=terms.trade_freeze_level * terms.point,
            commission_money_per_lot=self._commission(asset_class, loss * probe.ask_price),
            swap_long_money_per_lot_night=swap_money_per_lot_night(
                terms, terms.swap_long, probe.ask_price, self.account_currency
            ),
            swap_short_money_per_lot_night=swap_money_per_lot_night(
                terms, terms.swap_short, probe.ask_price, self.account_currency
            ),
            margin_money_per_lot=probe.margin_money_per_lot,
        )

    def _commission(self, asset_class: str, notional_money: float) -> float:
        """Round trip of one lot; no interface announces it, so it is the trader's parameter.

        A symbol outside the parameters (a foreign position's) is charged the dearest terms.
        """
        terms = self._commissions.get(asset_class)
        candidates = [terms] if terms is not None else list(self._commissions.values())
        costs = [t.money_per_lot + t.notional_fraction * notional_money for t in candidates]
        return max(costs, default=0.0)


def _is_recent(probe: _Probe, now_s: float) -> bool:
    return now_s - probe.at_monotonic_s < _RECHECK_AFTER_S
