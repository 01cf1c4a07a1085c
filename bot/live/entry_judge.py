"""Judges one entry: gate, fresh price, spread, size, admission, levels, the terminal's own sum.

Nothing is changed by judging; `OrderDesk` does it under its lock, a line before it sends.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.live.as_rules import plan_of, trading_day
from bot.live.entry_checks import EntryAsk
from bot.live.entry_gate import EntryGate
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.grounds import Grounds, Passed, passed_checks
from bot.live.record import Record
from bot.live.risk_manager import RiskManager
from bot.live.sizing_words import size_refused
from bot.live.spreads import SpreadBook
from bot.live.state import Setup
from bot.model.decision import EntryRoute, Finding, Refusal
from bot.model.market import Quote
from bot.model.settings import BotSettings
from bot.model.sizing import Lots
from bot.ports import Broker, Ok
from bot.rules.admission import admit
from bot.rules.challenge import floors
from bot.rules.entry import (
    exit_price,
    fill_price,
    is_limit_legal,
    is_stop_legal,
    spread_limit_price,
)

ATTEMPTS_MAX = 255
_CALCULATOR_TOLERANCE_FRACTION = 0.01
_CALCULATOR_TOLERANCE_MONEY = 0.02


@dataclass(frozen=True, slots=True)
class JudgeParts:
    """What an entry is judged by."""

    broker: Broker
    record: Record
    reader: EvidenceReader
    risk: RiskManager
    gate: EntryGate
    spreads: SpreadBook


@dataclass(frozen=True, slots=True)
class Ticket:
    """An entry that passed every check and is ready to be written down and sent."""

    setup: Setup
    route: EntryRoute
    grounds: Grounds
    price: float
    spread_price: float
    target_price: float

    @property
    def sized(self) -> Lots:
        """The size with every step that led to it."""
        return self.grounds.sized


class EntryJudge:
    """Says of an entry: this ticket, or this finding against it."""

    def __init__(self, settings: BotSettings, parts: JudgeParts) -> None:
        self._settings = settings
        self._p = parts

    def judge(self, setup: Setup, route: EntryRoute, evidence: Evidence) -> Ticket | Finding:
        """The entry ready to be written down, or the first reason against it."""
        ask = EntryAsk(setup.symbol, setup.side, evidence, setup.setup_id, route=route.value)
        finding = self._p.gate.finding(ask)
        if finding.refusal != Refusal.NONE:
            return finding
        quote = self._p.reader.quote(setup.symbol)
        if quote is None:
            return found(Refusal.QUOTE_STALE)
        age_s = evidence.now_utc_s - quote.time_utc_s
        if age_s > self._quote_age_max_s():
            return Finding(Refusal.QUOTE_STALE.value, age_s, self._quote_age_max_s())
        if setup.attempts_count >= ATTEMPTS_MAX:
            return Finding(Refusal.BROKER_REJECTED.value, setup.attempts_count, ATTEMPTS_MAX)
        price = setup.entry_price if route == EntryRoute.LIMIT else fill_price(setup.side, quote)
        spread, widest = quote.ask_price - quote.bid_price, self.spread_limit(setup)
        if route == EntryRoute.MARKET and spread > widest:
            return Finding(Refusal.SPREAD_TOO_WIDE.value, spread, widest)
        return self._size_and_admit(setup, route, price, evidence)

    def _size_and_admit(
        self, setup: Setup, route: EntryRoute, price: float, evidence: Evidence
    ) -> Ticket | Finding:
        day = self._p.record.state.day
        quote = self._p.reader.quote(setup.symbol)
        assert day is not None, "the gate refuses without a day"
        assert quote is not None, "read a line above"
        anchors = floors(trading_day(day), self._settings.rules)
        sized, book = self._p.risk.size(setup, price, evidence, anchors)
        if sized.refusal != Refusal.NONE:
            self._note_refused(setup, sized)
            return Finding(sized.refusal, sized.value, sized.limit_value)
        spread = quote.ask_price - quote.bid_price
        candidate = self._p.risk.candidate(setup, sized, price, spread)
        finding = admit(candidate, book, evidence.money, anchors, self._settings.admission)
        if finding.refusal == Refusal.NONE:
            ask = _sized_ask(setup, route, sized, price, evidence)
            finding = self._p.gate.sized_finding(ask)
        if finding.refusal != Refusal.NONE:
            return finding
        if not self._levels_are_legal(setup, route, quote):
            return found(Refusal.STOP_TOO_CLOSE)
        if not self._terminal_agrees(setup, sized, price):
            return found(Refusal.TERMINAL_CALCULATOR_DISAGREES)
        target = price + setup.side * abs(price - setup.stop_price) * self._final_target_r()
        passed = (
            *self._prices_passed(setup, route, quote, evidence.now_utc_s),
            *passed_checks(candidate, book, evidence.money, anchors, self._settings.admission),
        )
        grounds = Grounds(sized, self._p.risk.worst_case(setup, sized, price), passed)
        return Ticket(setup, route, grounds, price, spread, target)

    def _prices_passed(
        self, setup: Setup, route: EntryRoute, quote: Quote, now_utc_s: float
    ) -> tuple[Passed, ...]:
        age_s = max(0.0, now_utc_s - quote.time_utc_s)
        fresh = Passed(Refusal.QUOTE_STALE, age_s, self._quote_age_max_s())
        if route != EntryRoute.MARKET:
            return (fresh,)
        spread = quote.ask_price - quote.bid_price
        return (fresh, Passed(Refusal.SPREAD_TOO_WIDE, spread, self.spread_limit(setup)))

    def _note_refused(self, setup: Setup, sized: Lots) -> None:
        """Journal the steps of a size that came to nothing, once per new reason."""
        if setup.refusal != Refusal(sized.refusal).name:
            self._p.record.event(size_refused(setup, sized))

    def _levels_are_legal(self, setup: Setup, route: EntryRoute, quote: Quote) -> bool:
        """What the broker would refuse for its stops level is not sent (I17)."""
        instrument = self._p.reader.instrument(setup.symbol)
        assert instrument is not None, "sized a moment ago"
        if route == EntryRoute.LIMIT:
            return bool(is_limit_legal(plan_of(setup), quote, instrument.spec))
        closing = exit_price(setup.side, quote)
        return bool(is_stop_legal(setup.side, closing, setup.stop_price, instrument.spec))

    def _terminal_agrees(self, setup: Setup, sized: Lots, price: float) -> bool:
        """The terminal's calculator and our own formula name the same loss (FAULTS X06)."""
        instrument = self._p.reader.instrument(setup.symbol)
        assert instrument is not None
        prices = (price, setup.stop_price)
        answer = self._p.broker.loss_money(setup.symbol, setup.side, sized.lots, prices)
        if not isinstance(answer, Ok):
            return False
        spec = instrument.spec
        ours = abs(price - setup.stop_price) * spec.loss_money_per_price_per_lot * sized.lots
        allowed = max(_CALCULATOR_TOLERANCE_FRACTION * ours, _CALCULATOR_TOLERANCE_MONEY)
        return abs(answer.value - ours) <= allowed

    def spread_limit(self, setup: Setup) -> float:
        """Widest spread, in price, at which this setup may enter at market."""
        return spread_limit_price(
            plan_of(setup),
            self._p.spreads.percentile_price(setup.symbol),
            self._p.spreads.samples_count(setup.symbol),
            self._settings.entry,
        )

    def _final_target_r(self) -> float:
        return self._settings.exits.targets_r[-1]

    def _quote_age_max_s(self) -> float:
        return self._settings.entry.quote_age_max_s


def found(refusal: Refusal) -> Finding:
    """A reason that has no figure."""
    return Finding(refusal.value, 0.0, 0.0)


def _sized_ask(
    setup: Setup, route: EntryRoute, sized: Lots, price: float, evidence: Evidence
) -> EntryAsk:
    return EntryAsk(
        symbol=setup.symbol,
        side=setup.side,
        evidence=evidence,
        setup_id=setup.setup_id,
        lots=sized.lots,
        risk_money=sized.risk_money,
        entry_price=price,
        stop_price=setup.stop_price,
        route=route.value,
    )
