"""Account facts in, lots out; asked when they are needed, kept by nobody."""

from __future__ import annotations

import math
from collections.abc import Callable

from bot.live.as_rules import plan_of, trading_day
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.record import Record
from bot.live.risk_book import RiskBook
from bot.live.sizing_facts import SizingFactsBook
from bot.live.state import Setup
from bot.model.account import Account, Floors
from bot.model.broker import Instrument
from bot.model.decision import Brake
from bot.model.reserves import WorstCase
from bot.model.settings import BotSettings
from bot.model.sizing import BaseRisk, Leverage, Lots, RiskFactors
from bot.model.trade import Book, Candidate, SizeDemand
from bot.rules.admission import (
    cumulative_room_money,
    daily_room_money,
    total_room_money,
)
from bot.rules.loss_ladders import total_loss_factor
from bot.rules.order_caps import order_caps
from bot.rules.reserves import reserve_money
from bot.rules.sizing import size_order
from bot.rules.sizing_factors import drawdown_factor
from bot.rules.sizing_modes import base_risk


class RiskManager:
    """Answers: how large may this order be, now, and why.

    `coast_factor` is asked for what coasting leaves of the risk, 0 to 1, and `usual_risk_money`
    for the largest risk of a setup that still looks like the own latest entries.
    """

    def __init__(
        self,
        settings: BotSettings,
        reader: EvidenceReader,
        record: Record,
        books: tuple[RiskBook, SizingFactsBook],
    ) -> None:
        self._settings = settings
        self._reader = reader
        self._record = record
        self._risks, self._facts = books
        self.coast_factor: Callable[[Evidence], float] = lambda _evidence: 1.0
        self.usual_risk_money: Callable[[Setup, Evidence], float] = lambda _setup, _now: math.inf

    def size(
        self, setup: Setup, fill_price: float, evidence: Evidence, limits: Floors
    ) -> tuple[Lots, Book]:
        """Lots for `setup` if it filled at `fill_price` now, and the book it was judged against."""
        instrument = self._reader.instrument(setup.symbol)
        assert instrument is not None, "sized only after the contract was read"
        settings, risk = self._settings, self._settings.risk
        account = self._account_without(setup, evidence, instrument)
        book = self._risks.book(evidence, setup.symbol, setup.order_ticket)
        leverage = self._leverage(instrument)
        caps = order_caps(account, book, limits.initial_balance_money, settings.admission, leverage)
        demand = SizeDemand(
            fill_price=fill_price,
            points=setup.points,
            brake=self._brake(),
            daily_room_money=daily_room_money(account, book, limits, risk),
            total_room_money=total_room_money(account, book, limits, risk),
            cumulative_room_money=cumulative_room_money(account, book, risk),
            reserves=self._risks.terms(instrument, fill_price),
            base=self._base(setup, evidence, book),
            factors=self._factors(evidence),
            caps=caps._replace(usual_risk_money=self.usual_risk_money(setup, evidence)),
        )
        return size_order(account, plan_of(setup), demand, instrument.spec, risk), book

    def candidate(self, setup: Setup, lots: Lots, fill_price: float, spread: float) -> Candidate:
        """The order as the admission rule sees it, reserves included."""
        instrument = self._reader.instrument(setup.symbol)
        assert instrument is not None, "sized a moment ago"
        spec, terms = instrument.spec, self._risks.terms(instrument, fill_price)
        return Candidate(
            side=setup.side,
            entry_price=fill_price,
            stop_price=setup.stop_price,
            lots=lots.lots,
            risk_money=lots.risk_money,
            reserve_money=reserve_money(setup.side, lots.risk_money, lots.lots, spec, terms),
            margin_money=spec.margin_money_per_lot * lots.lots,
            spread_price=spread,
        )

    def worst_case(self, setup: Setup, lots: Lots, fill_price: float) -> WorstCase:
        """What the order may cost from `fill_price`, part by part."""
        levels = (fill_price, setup.stop_price)
        return self._risks.entry_case(setup.symbol, setup.side, lots.lots, levels)

    def _base(self, setup: Setup, evidence: Evidence, book: Book) -> BaseRisk:
        facts = self._facts.facts(setup, evidence, book)
        balance = evidence.account.balance_money
        return base_risk(balance, facts, self._settings.risk, self._settings.sizing)

    def _factors(self, evidence: Evidence) -> RiskFactors:
        settings = self._settings
        fall = self._facts.drawdown_fraction(evidence)
        return RiskFactors(
            drawdown=drawdown_factor(fall, settings.sizing.drawdown),
            total_loss=self._total_loss_factor(evidence),
            coast=self.coast_factor(evidence),
            start=settings.sizing.start_factor,
        )

    def _total_loss_factor(self, evidence: Evidence) -> float:
        day, settings = self._record.state.day, self._settings
        if day is None:
            return 0.0  # without a day nothing is entered anyway
        anchor = trading_day(day)
        return float(total_loss_factor(anchor, evidence.money, settings.ladders, settings.rules))

    def _account_without(self, setup: Setup, evidence: Evidence, instrument: Instrument) -> Account:
        """The account as if the setup's own position tied up no margin: it is the one judged."""
        account = evidence.money
        position = evidence.position(setup.order_ticket)
        if position is None or evidence.order(setup.order_ticket) is not None:
            return account
        own_money = instrument.spec.margin_money_per_lot * position.lots
        return account._replace(
            margin_money=account.margin_money - own_money,
            margin_free_money=account.margin_free_money + own_money,
        )

    def _leverage(self, instrument: Instrument) -> Leverage:
        terms = self._settings.leverages
        known = (t.leverage for t in terms if t.asset_class == instrument.asset_class)
        return Leverage(self._settings.sizing.leverage_max, next(known, math.inf))

    def _brake(self) -> int:
        day = self._record.state.day
        return max(
            day.brake if day is not None else Brake.NONE, self._record.state.breakers.brake()
        )
