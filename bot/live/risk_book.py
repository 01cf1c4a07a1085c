"""What could be lost now: worst-case money of positions, resting orders and unknown intents."""

from __future__ import annotations

import math

from bot.live.evidence import Evidence, EvidenceReader
from bot.live.record import Record
from bot.live.state import Setup, SetupStatus
from bot.model.broker import BrokerOrder, BrokerPosition
from bot.model.settings import BotSettings
from bot.model.trade import Book
from bot.rules.admission import worst_case_equity
from bot.rules.entry import exit_price
from bot.rules.sizing import money_at_stop, reserve_money


class RiskBook:
    """Adds up the risk of everything the account carries; keeps nothing between two questions."""

    def __init__(self, settings: BotSettings, reader: EvidenceReader, record: Record) -> None:
        self._settings = settings
        self._reader = reader
        self._record = record

    def book(self, evidence: Evidence, symbol: str, excluding_ticket: int = 0) -> Book:
        """Worst-case money of positions, resting orders and unknown intents (I4).

        `symbol` counts its exposures; the resting order `excluding_ticket` is left out of risk
        and counts, because it is the one about to be replaced or judged.
        """
        orders = [o for o in evidence.orders if o.ticket != excluding_ticket]
        positions = [p for p in evidence.positions if p.position_id != excluding_ticket]
        unknown = [
            i for i in self._record.state.intents.values() if i.is_unknown and i.risk_money > 0.0
        ]
        unseen = self._unseen(evidence, excluding_ticket)
        day = self._record.state.day
        return Book(
            open_risk_money=math.fsum(self.position_risk_money(p) for p in positions),
            resting_risk_money=math.fsum(self.order_risk_money(o) for o in orders),
            unknown_risk_money=math.fsum(i.risk_money for i in unknown)
            + math.fsum(self._unseen_risk_money(s) for s in unseen),
            positions_count=len(positions),
            resting_count=len(orders),
            unknown_count=len(unknown) + len(unseen),
            symbol_exposures_count=sum(p.symbol == symbol for p in positions)
            + sum(o.symbol == symbol for o in orders)
            + sum(i.symbol == symbol for i in unknown)
            + sum(s.symbol == symbol for s in unseen),
            entries_today_count=day.entries_count if day is not None else 0,
        )

    def _unseen(self, evidence: Evidence, excluding_ticket: int) -> list[Setup]:
        """Setups the broker accepted but does not show (yet): they count in full (FAULTS B07)."""
        shown = {p.position_id for p in evidence.positions} | {o.ticket for o in evidence.orders}
        magics = {p.magic for p in evidence.positions} | {o.magic for o in evidence.orders}
        return [
            setup
            for setup in self._record.state.live_setups(SetupStatus.FILLED, SetupStatus.PENDING)
            if setup.order_magic not in magics
            and setup.order_ticket not in shown
            and (setup.ladder is None or setup.ladder.position_id not in shown)
            and (excluding_ticket == 0 or setup.order_ticket != excluding_ticket)
        ]

    def _unseen_risk_money(self, setup: Setup) -> float:
        if setup.ladder is not None:
            return setup.ladder.risk_money
        instrument = self._reader.instrument(setup.symbol)
        if instrument is None:
            return math.inf
        price, stop, lots = setup.entry_price, setup.stop_price, setup.order_lots
        return money_at_stop(setup.side, price, stop, lots, instrument.spec)

    def position_risk_money(self, position: BrokerPosition) -> float:
        """Equity lost if this position is stopped out from where it stands, with reserves.

        A position without a stop, or whose contract or quote is not known, risks everything.
        """
        instrument = self._reader.instrument(position.symbol)
        quote = self._reader.quote(position.symbol)
        if instrument is None or quote is None:
            return math.inf
        spec, side, lots = instrument.spec, position.side, position.lots
        now_price = exit_price(side, quote)
        loss = money_at_stop(side, now_price, position.stop_price, lots, spec)
        one_r = money_at_stop(side, position.open_price, position.stop_price, lots, spec)
        return loss + reserve_money(side, max(one_r, loss), lots, spec, self._settings.risk)

    def order_risk_money(self, order: BrokerOrder) -> float:
        """Equity lost if this order fills and is stopped out at once, costs and reserves in."""
        instrument = self._reader.instrument(order.symbol)
        if instrument is None:
            return math.inf
        spec, side, lots = instrument.spec, order.side, order.lots
        loss = money_at_stop(side, order.price, order.stop_price, lots, spec)
        loss += spec.commission_money_per_lot * lots
        return loss + reserve_money(side, loss, lots, spec, self._settings.risk)

    def worst_case_money(self, evidence: Evidence) -> float:
        """Equity if everything open, resting and unknown were stopped out now."""
        return worst_case_equity(evidence.money, self.book(evidence, ""))

    def bounded_worst_case_money(self, evidence: Evidence) -> float:
        """The worst case of everything whose loss has a bound."""
        risks = [self.position_risk_money(p) for p in evidence.positions]
        risks += [self.order_risk_money(o) for o in evidence.orders]
        risks += [i.risk_money for i in self._record.state.intents.values() if i.is_unknown]
        return evidence.account.equity_money - math.fsum(r for r in risks if math.isfinite(r))
