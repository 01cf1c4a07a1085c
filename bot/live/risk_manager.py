"""Account facts in, lots out; asked when they are needed, kept by nobody."""

from __future__ import annotations

from bot.live.as_rules import plan_of
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.record import Record
from bot.live.risk_book import RiskBook
from bot.live.state import Setup
from bot.model.account import Floors
from bot.model.decision import Brake, Lots
from bot.model.settings import BotSettings, RiskSettings, TargetPolicy
from bot.model.trade import Book, Candidate, SizeDemand
from bot.rules.admission import (
    cumulative_room_money,
    daily_room_money,
    total_room_money,
)
from bot.rules.sizing import reserve_money, size_order


class RiskManager:
    """Answers: how large may this order be, now, and why."""

    def __init__(
        self, settings: BotSettings, reader: EvidenceReader, record: Record, risks: RiskBook
    ) -> None:
        self._settings = settings
        self._reader = reader
        self._record = record
        self._risks = risks

    def size(
        self, setup: Setup, fill_price: float, evidence: Evidence, limits: Floors
    ) -> tuple[Lots, Book]:
        """Lots for `setup` if it filled at `fill_price` now, and the book it was judged against."""
        instrument = self._reader.instrument(setup.symbol)
        assert instrument is not None, "sized only after the contract was read"
        risk, account = self._sizing_settings(), evidence.money
        book = self._risks.book(evidence, setup.symbol, setup.order_ticket)
        demand = SizeDemand(
            fill_price=fill_price,
            points=setup.points,
            brake=self._brake(),
            daily_room_money=daily_room_money(account, book, limits, risk),
            total_room_money=total_room_money(account, book, limits, risk),
            cumulative_room_money=cumulative_room_money(account, book, risk),
        )
        return size_order(account, plan_of(setup), demand, instrument.spec, risk), book

    def candidate(self, setup: Setup, lots: Lots, fill_price: float, spread: float) -> Candidate:
        """The order as the admission rule sees it, reserves included."""
        instrument = self._reader.instrument(setup.symbol)
        assert instrument is not None, "sized a moment ago"
        spec, risk = instrument.spec, self._settings.risk
        return Candidate(
            side=setup.side,
            entry_price=fill_price,
            stop_price=setup.stop_price,
            lots=lots.lots,
            risk_money=lots.risk_money,
            reserve_money=reserve_money(setup.side, lots.risk_money, lots.lots, spec, risk),
            margin_money=spec.margin_money_per_lot * lots.lots,
            spread_price=spread,
        )

    def _brake(self) -> int:
        day = self._record.state.day
        return day.brake if day is not None else Brake.NONE

    def _sizing_settings(self) -> RiskSettings:
        """Risk settings now: coasting trades at the coast risk (DESIGN section 5.9)."""
        risk = self._settings.risk
        coasting = (
            self._record.state.is_target_announced
            and self._settings.target_policy == TargetPolicy.COAST
        )
        if not coasting:
            return risk
        coast = self._settings.coast_risk_balance_fraction
        return risk._replace(
            risk_per_trade_balance_fraction=min(coast, risk.risk_per_trade_balance_fraction),
            risk_reduced_balance_fraction=min(coast, risk.risk_reduced_balance_fraction),
        )
