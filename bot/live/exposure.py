"""Refuses an entry that bets too much the same way, or leaves margin, stop-out or swap no room."""

from __future__ import annotations

import math

import numpy as np

from bot.live.correlations import Correlations
from bot.live.entry_checks import EntryAsk
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.risk_book import Charge, ChargeKind, RiskBook
from bot.model.broker import Instrument
from bot.model.decision import ALLOWED, Finding, Refusal
from bot.model.exposure import Leg, MarginFacts, NightPlan, SizedEntry
from bot.model.market import OffsetTable
from bot.model.settings import BotSettings, SymbolSettings
from bot.rules.calendar import server_day, weekday_of
from bot.rules.exposure import (
    bucket_r,
    currency_finding,
    group_finding,
    margin_level_finding,
    one_side_finding,
    stop_out_finding,
    swap_finding,
)

_DOLLAR = "USD"
_INDEX = "index"
_WEEK_DAYS, _WORK_DAYS = 7, 5
_PERCENT = 100.0


class ExposureGate:
    """Judges an entry of known size beside everything open, resting and unresolved.

    Risk here is the loss from now to the stop with commission; gaps and other reserves are the
    no-breach gate's.
    """

    def __init__(
        self,
        settings: BotSettings,
        wires: tuple[EvidenceReader, RiskBook, Correlations],
        table: OffsetTable,
    ) -> None:
        self._settings = settings
        self._reader, self._risks, self._correlations = wires
        self._table = table
        self._legs = {item.symbol: legs_of(item) for item in settings.symbols}

    def finding(self, ask: EntryAsk) -> Finding:
        """The first cap the entry would exceed, or `ALLOWED`."""
        instrument = self._reader.instrument(ask.symbol)
        if instrument is None:
            return Finding(Refusal.SYMBOL_BLOCKED.value, 0.0, 0.0)
        charges = self._risks.charges(ask.evidence)
        for finding in (
            self._currency_finding(ask, charges),
            self._group_finding(ask, charges),
            self._one_side_finding(ask, charges),
            self._margin_finding(ask, charges, instrument),
            self._swap_finding(ask, instrument),
        ):
            if finding.refusal != Refusal.NONE:
                return finding
        return ALLOWED

    def legs(self, symbol: str) -> tuple[Leg, ...]:
        """What buying a symbol bets on; one that is not traded by the broker's two currencies."""
        known = self._legs.get(symbol)
        if known is not None:
            return known
        instrument = self._reader.instrument(symbol)
        if instrument is None:
            return (Leg(symbol, 1),)
        base, quote = instrument.base_currency, instrument.profit_currency
        if base == quote:
            return (Leg(symbol, 1),)
        return (Leg(base, 1), Leg(quote, -1))

    def _currency_finding(self, ask: EntryAsk, charges: list[Charge]) -> Finding:
        usual = self._settings.risk.risk_per_trade_balance_fraction
        one_r_money = usual * ask.evidence.account.balance_money
        if not one_r_money > 0.0:
            return Finding(Refusal.ACCOUNT_UNKNOWN.value, one_r_money, 0.0)
        entry_r = ask.risk_money / one_r_money
        for leg in self.legs(ask.symbol):
            held: dict[bool, list[float]] = {True: [], False: []}
            for charge in charges:
                for other in self.legs(charge.symbol):
                    if other.bucket == leg.bucket:
                        signed = other.sign * charge.side * _risk_money(charge) / one_r_money
                        held[_nets(charge)].append(signed)
            lean_r = bucket_r(np.array(held[True]), np.array(held[False]), leg.sign * ask.side)
            finding = currency_finding(lean_r, entry_r, self._settings.exposure)
            if finding.refusal != Refusal.NONE:
                return finding
        return ALLOWED

    def _group_finding(self, ask: EntryAsk, charges: list[Charge]) -> Finding:
        group_money = math.fsum(
            _risk_money(c) for c in charges if self._correlations.together(ask.symbol, c.symbol)
        )
        cap = self._open_risk_cap_money(ask.evidence)
        return group_finding(group_money, ask.risk_money, cap, self._settings.exposure)

    def _one_side_finding(self, ask: EntryAsk, charges: list[Charge]) -> Finding:
        """All of the entry's direction, then all on its side of the dollar."""
        cap, s = self._open_risk_cap_money(ask.evidence), self._settings.exposure
        same = math.fsum(_risk_money(c) for c in charges if c.side == ask.side)
        finding = one_side_finding(same, ask.risk_money, cap, s)
        dollar = self._dollar_side(ask.symbol, ask.side)
        if finding.refusal != Refusal.NONE or dollar == 0:
            return finding
        same = math.fsum(
            _risk_money(c) for c in charges if self._dollar_side(c.symbol, c.side) == dollar
        )
        return one_side_finding(same, ask.risk_money, cap, s)

    def _dollar_side(self, symbol: str, side: int) -> int:
        return next((leg.sign * side for leg in self.legs(symbol) if leg.bucket == _DOLLAR), 0)

    def _margin_finding(
        self, ask: EntryAsk, charges: list[Charge], instrument: Instrument
    ) -> Finding:
        account, levels = ask.evidence.account, (ask.entry_price, ask.stop_price)
        entry = self._risks.entry_case(ask.symbol, ask.side, ask.lots, levels)
        worst = account.equity_money - math.fsum(c.money for c in charges) - entry.total_money
        waiting = math.fsum(self._margin_money(c) for c in charges if not _is_open(c))
        own = instrument.spec.margin_money_per_lot * ask.lots
        facts = MarginFacts(
            equity_money=account.equity_money,
            margin_money=account.margin_money + waiting + own,
            worst_case_money=worst,
            stop_out_level_fraction=account.stop_out_level_pct / _PERCENT,
        )
        free = self._settings.risk.margin_free_equity_fraction_min
        finding = margin_level_finding(facts, free)
        if finding.refusal != Refusal.NONE:
            return finding
        return stop_out_finding(facts, self._settings.exposure)

    def _margin_money(self, charge: Charge) -> float:
        """Margin that a waiting order will bind; nobody knows it without the contract."""
        instrument = self._reader.instrument(charge.symbol)
        if instrument is None:
            return math.inf
        return instrument.spec.margin_money_per_lot * charge.lots

    def _swap_finding(self, ask: EntryAsk, instrument: Instrument) -> Finding:
        s = self._settings.exposure
        plan = NightPlan(
            weekday=int(weekday_of(server_day(ask.evidence.now_utc_s, self._table))),
            nights_count=s.hold_nights_count,
            triple_weekday=instrument.triple_swap_weekday,
            charged_weekdays_count=_WEEK_DAYS if instrument.is_24_7 else _WORK_DAYS,
        )
        return swap_finding(
            SizedEntry(ask.side, ask.lots, ask.risk_money, instrument.spec), plan, s
        )

    def _open_risk_cap_money(self, evidence: Evidence) -> float:
        cap = self._settings.risk.cumulative_risk_equity_fraction_max
        return cap * evidence.account.equity_money


def legs_of(item: SymbolSettings) -> tuple[Leg, ...]:
    """What buying a symbol bets on: both currencies of a pair; a metal or coin against its own.

    An index is a bet on the indices of its currency, not on the currency.
    """
    quote = item.news_currencies[-1]
    if item.asset_class == _INDEX:
        return (Leg(f"{quote} index", 1),)
    return (Leg(item.symbol.removesuffix(quote), 1), Leg(quote, -1))


def _is_open(charge: Charge) -> bool:
    return charge.kind == ChargeKind.POSITION


def _nets(charge: Charge) -> bool:
    """Only an open position with a bounded loss is worth anything as a hedge."""
    return _is_open(charge) and math.isfinite(_risk_money(charge))


def _risk_money(charge: Charge) -> float:
    return charge.case.stop_money + charge.case.commission_money
