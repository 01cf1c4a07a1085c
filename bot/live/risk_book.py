"""What could be lost now: the worst case of positions, resting orders and unknown requests.

Nothing nets: a hedge's two sides each count in full, and what is not ours counts like what is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.live.evidence import Evidence, EvidenceReader
from bot.live.record import Record
from bot.live.reserve_clock import ReserveClock
from bot.live.state import Intent, Setup, SetupStatus
from bot.model.broker import BrokerOrder, BrokerPosition, Instrument
from bot.model.reserves import Exposure, ReserveTerms, WorstCase
from bot.model.trade import Book
from bot.rules.admission import worst_case_equity
from bot.rules.entry import exit_price
from bot.rules.reserves import worst_case

UNBOUNDED = WorstCase(math.inf, 0.0, 0.0, 0.0, 0.0, math.inf)
_EXIT_SHARE, _ROUND_TRIP = 0.5, 1.0


class ChargeKind(StrEnum):
    """What may cost money."""

    POSITION = "position"
    ORDER = "order"
    INTENT = "intent"
    UNSEEN = "unseen"


_SHOWN = (ChargeKind.POSITION, ChargeKind.ORDER)
_NOT_SHOWN = (ChargeKind.INTENT, ChargeKind.UNSEEN)


@dataclass(frozen=True, slots=True)
class Charge:
    """One thing that may cost money, with its worst case part by part.

    `ticket` is the position's identifier, the order's ticket, or the request's key.
    """

    kind: ChargeKind
    ticket: int
    symbol: str
    side: int
    lots: float
    case: WorstCase

    @property
    def money(self) -> float:
        """The whole of it."""
        return self.case.total_money


class RiskBook:
    """Adds up the risk of everything the account carries; keeps nothing across new evidence."""

    def __init__(self, reader: EvidenceReader, record: Record, clock: ReserveClock) -> None:
        self._reader = reader
        self._record = record
        self.clock = clock
        self._charged: tuple[Evidence, list[Charge]] | None = None

    def book(self, evidence: Evidence, symbol: str, excluding_ticket: int = 0) -> Book:
        """Worst-case money of positions, resting orders and unknown intents (I4).

        `symbol` counts its exposures; the resting order `excluding_ticket` is left out of risk
        and counts, because it is the one about to be replaced or judged. While it rests, what
        filled of it is a position like any other; once it is gone, the position is the one judged.
        """
        charges = self.charges(evidence, excluding_ticket)
        positions = [c.money for c in charges if c.kind is ChargeKind.POSITION]
        orders = [c.money for c in charges if c.kind is ChargeKind.ORDER]
        unknown = [c.money for c in charges if c.kind in _NOT_SHOWN]
        of_symbol = [c.money for c in charges if c.symbol == symbol]
        day = self._record.state.day
        return Book(
            open_risk_money=math.fsum(positions),
            resting_risk_money=math.fsum(orders),
            unknown_risk_money=math.fsum(unknown),
            positions_count=len(positions),
            resting_count=len(orders),
            unknown_count=len(unknown),
            symbol_exposures_count=len(of_symbol),
            entries_today_count=day.entries_count if day is not None else 0,
            symbol_risk_money=math.fsum(of_symbol),
            lots_total=math.fsum([c.lots for c in charges]),
        )

    def charges(self, evidence: Evidence, excluding_ticket: int = 0) -> list[Charge]:
        """Everything that may cost money, each with its worst case by name."""
        if self._charged is None or self._charged[0] is not evidence:
            self._charged = (evidence, self._shown(evidence))
        shown = self._charged[1]
        if excluding_ticket:
            is_part = evidence.is_partly_filled(excluding_ticket)
            left_out = (ChargeKind.ORDER,) if is_part else _SHOWN
            shown = [c for c in shown if c.ticket != excluding_ticket or c.kind not in left_out]
        intents = [self._intent_charge(i) for i in self._unknown_intents()]
        unseen = [self._unseen_charge(s) for s in self._unseen(evidence, excluding_ticket)]
        return [*shown, *intents, *unseen]

    def worst_case_money(self, evidence: Evidence) -> float:
        """Equity if everything open, resting and unknown were stopped out now."""
        return worst_case_equity(evidence.money, self.book(evidence, ""))

    def bounded_worst_case_money(self, evidence: Evidence) -> float:
        """The worst case of everything whose loss has a bound."""
        risks = [charge.money for charge in self.charges(evidence)]
        return evidence.account.equity_money - math.fsum(r for r in risks if math.isfinite(r))

    def position_risk_money(self, position: BrokerPosition) -> float:
        """Equity lost if this position is stopped out from where it stands, with reserves."""
        return self.position_case(position).total_money

    def order_risk_money(self, order: BrokerOrder) -> float:
        """Equity lost if this order fills and is stopped out at once, costs and reserves in."""
        return self.order_case(order).total_money

    def terms(self, instrument: Instrument, price: float) -> ReserveTerms:
        """The reserves a symbol carries now, at `price`."""
        return self.clock.terms(instrument, price, self._record.now_utc_s())

    def position_case(self, position: BrokerPosition) -> WorstCase:
        """What a position may cost from where it stands.

        Without a stop, or with a contract or quote that is not known, nothing bounds it.
        """
        instrument = self._reader.instrument(position.symbol)
        quote = self._reader.quote(position.symbol)
        if instrument is None or quote is None:
            return UNBOUNDED
        setup = self._record.state.setups.get(
            self._record.state.position_setups.get(position.position_id, 0)
        )
        one_r_price = abs(position.open_price - position.stop_price)
        if setup is not None and setup.ladder is not None:
            one_r_price = setup.ladder.one_r_price
        now_price = exit_price(position.side, quote)
        exposure = Exposure(
            position.side, position.lots, now_price, position.stop_price, one_r_price, _EXIT_SHARE
        )
        return worst_case(exposure, instrument.spec, self.terms(instrument, now_price))

    def order_case(self, order: BrokerOrder) -> WorstCase:
        """What an order may cost if it fills and is stopped out at once."""
        levels = (order.price, order.stop_price)
        return self.entry_case(order.symbol, order.side, order.lots, levels)

    def entry_case(
        self, symbol: str, side: int, lots: float, levels: tuple[float, float]
    ) -> WorstCase:
        """What an entry at the first of `levels` with its stop at the second may cost."""
        instrument = self._reader.instrument(symbol)
        if instrument is None:
            return UNBOUNDED
        price, stop = levels
        exposure = Exposure(side, lots, price, stop, abs(price - stop), _ROUND_TRIP)
        return worst_case(exposure, instrument.spec, self.terms(instrument, price))

    def _shown(self, evidence: Evidence) -> list[Charge]:
        position, order = ChargeKind.POSITION, ChargeKind.ORDER
        return [
            *(
                Charge(position, p.position_id, p.symbol, p.side, p.lots, self.position_case(p))
                for p in evidence.positions
            ),
            *(
                Charge(order, o.ticket, o.symbol, o.side, o.lots, self.order_case(o))
                for o in evidence.orders
            ),
        ]

    def _unknown_intents(self) -> Iterator[Intent]:
        for intent in self._record.state.intents.values():
            if intent.is_unknown and intent.risk_money > 0.0:
                yield intent

    def _intent_charge(self, intent: Intent) -> Charge:
        """An unresolved request in full, and never less than the risk it was sent with."""
        levels = (intent.price, intent.stop_price)
        case = self.entry_case(intent.symbol, intent.side, intent.lots, levels)
        if case.total_money < intent.risk_money:
            case = WorstCase(intent.risk_money, 0.0, 0.0, 0.0, 0.0, intent.risk_money)
        kind = ChargeKind.INTENT
        return Charge(kind, intent.magic, intent.symbol, intent.side, intent.lots, case)

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

    def _unseen_charge(self, setup: Setup) -> Charge:
        ladder = setup.ladder
        price, stop, lots = setup.entry_price, setup.stop_price, setup.order_lots
        if ladder is not None:
            price, stop, lots = ladder.open_price, ladder.initial_stop_price, ladder.lots_opened
        case = self.entry_case(setup.symbol, setup.side, lots, (price, stop))
        kind = ChargeKind.UNSEEN
        return Charge(kind, setup.order_magic, setup.symbol, setup.side, lots, case)
