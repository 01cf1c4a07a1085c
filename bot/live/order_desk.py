"""The one place that sends orders: check, size, save, send, under one lock.

The lock makes "one exposure per symbol" true whoever calls. A refusal is a value with a name; an
unknown outcome blocks its setup and is never sent again.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from bot.live.as_rules import plan_of, trading_day
from bot.live.entry_gate import EntryGate
from bot.live.evidence import Evidence, EvidenceReader, magic_of
from bot.live.fills import FillBook
from bot.live.intents import IntentBook
from bot.live.record import Record
from bot.live.risk_manager import RiskManager
from bot.live.spreads import SpreadBook
from bot.live.state import Intent, Setup, SetupStatus
from bot.model.broker import (
    OpenMarket,
    OrderRequest,
    PlaceLimit,
    SendOutcome,
    SendResult,
)
from bot.model.decision import EntryRoute, Lots, Refusal
from bot.model.events import OrderRefused
from bot.model.market import Quote
from bot.model.settings import BotSettings
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

_ATTEMPTS_MAX = 255
_CALCULATOR_TOLERANCE_FRACTION = 0.01
_CALCULATOR_TOLERANCE_MONEY = 0.02


@dataclass(frozen=True, slots=True)
class DeskParts:
    """The collaborators of the desk."""

    broker: Broker
    record: Record
    reader: EvidenceReader
    risk: RiskManager
    gate: EntryGate
    intents: IntentBook
    fills: FillBook
    spreads: SpreadBook


@dataclass(frozen=True, slots=True)
class _Ticket:
    """An entry that passed every check and is ready to be written down and sent."""

    setup: Setup
    route: EntryRoute
    sized: Lots
    price: float
    spread_price: float
    target_price: float


class OrderDesk:
    """Sends entries; `ExitDesk` sends what lowers risk, under the same lock."""

    def __init__(self, settings: BotSettings, parts: DeskParts) -> None:
        self._settings = settings
        self._p = parts
        self.lock = threading.RLock()

    def enter(self, setup: Setup, route: EntryRoute) -> Refusal:
        """Check and place `setup` as a market or limit order, atomically.

        Returns why not, or NONE after a send; what the send led to is in the setup's status.
        Prices that moved are retried through the whole gate, at most `price_retries_count` times.
        """
        with self.lock:
            for _ in range(1 + self._settings.schedule.price_retries_count):
                refusal, outcome = self._enter_once(setup, route)
                if refusal != Refusal.NONE:
                    self._note_refusal(setup, refusal)
                    return refusal
                if outcome.result != SendResult.REJECTED_PRICE:
                    return Refusal.NONE
            self._note_refusal(setup, Refusal.PRICE_MOVED)
            return Refusal.PRICE_MOVED

    def _enter_once(self, setup: Setup, route: EntryRoute) -> tuple[Refusal, SendOutcome]:
        not_sent = SendOutcome(SendResult.NOT_SENT, 0, "")
        self._p.reader.invalidate()
        evidence = self._p.reader.evidence()
        ticket, refusal = self._check(setup, route, evidence)
        if ticket is None:
            return refusal, not_sent
        intent = self._intent(ticket)
        if not self._p.intents.open(intent, ticket.sized, self._evidence_text(ticket, evidence)):
            return Refusal.STATE_NOT_SAVED, not_sent
        outcome = self._p.broker.send(self._request(ticket, intent.magic))
        self._p.reader.invalidate()
        self._p.intents.answer(intent, outcome)
        return self._settle(ticket, intent, outcome), outcome

    def _check(
        self, setup: Setup, route: EntryRoute, evidence: Evidence
    ) -> tuple[_Ticket | None, Refusal]:
        refusal = self._p.gate.refusal(setup.symbol, setup.side, evidence)
        if refusal != Refusal.NONE:
            return None, refusal
        quote = self._p.reader.quote(setup.symbol)
        if quote is None or evidence.now_utc_s - quote.time_utc_s > self._quote_age_max_s():
            return None, Refusal.QUOTE_STALE
        if setup.attempts_count >= _ATTEMPTS_MAX:
            return None, Refusal.BROKER_REJECTED
        price = setup.entry_price if route == EntryRoute.LIMIT else fill_price(setup.side, quote)
        if route == EntryRoute.MARKET and self._spread_is_wide(setup, quote):
            return None, Refusal.SPREAD_TOO_WIDE
        return self._size_and_admit(setup, route, price, evidence)

    def _size_and_admit(
        self, setup: Setup, route: EntryRoute, price: float, evidence: Evidence
    ) -> tuple[_Ticket | None, Refusal]:
        day = self._p.record.state.day
        quote = self._p.reader.quote(setup.symbol)
        assert day is not None, "the gate refuses without a day"
        assert quote is not None, "read a line above"
        anchors = floors(trading_day(day), self._settings.rules)
        sized, book = self._p.risk.size(setup, price, evidence, anchors)
        if sized.refusal != Refusal.NONE:
            return None, Refusal(sized.refusal)
        candidate = self._p.risk.candidate(setup, sized, price, quote.ask_price - quote.bid_price)
        refusal = admit(candidate, book, evidence.money, anchors, self._settings.risk)
        if refusal != Refusal.NONE:
            return None, Refusal(refusal)
        if not self._levels_are_legal(setup, route, quote):
            return None, Refusal.STOP_TOO_CLOSE
        if not self._terminal_agrees(setup, sized, price):
            return None, Refusal.TERMINAL_CALCULATOR_DISAGREES
        target = price + setup.side * abs(price - setup.stop_price) * self._final_target_r()
        spread = quote.ask_price - quote.bid_price
        return _Ticket(setup, route, sized, price, spread, target), Refusal.NONE

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

    def _spread_is_wide(self, setup: Setup, quote: Quote) -> bool:
        return quote.ask_price - quote.bid_price > self.spread_limit(setup)

    def spread_limit(self, setup: Setup) -> float:
        """Widest spread, in price, at which this setup may enter at market."""
        return spread_limit_price(
            plan_of(setup),
            self._p.spreads.percentile_price(setup.symbol),
            self._p.spreads.samples_count(setup.symbol),
            self._settings.entry,
        )

    def _intent(self, ticket: _Ticket) -> Intent:
        setup = ticket.setup
        setup.attempts_count += 1
        magic = magic_of(self._settings.magic_base, setup.setup_id, setup.attempts_count)
        setup.order_magic = magic
        return Intent(
            intent_id=0,
            magic=magic,
            setup_id=setup.setup_id,
            symbol=setup.symbol,
            action="open_market" if ticket.route == EntryRoute.MARKET else "place_limit",
            side=setup.side,
            lots=ticket.sized.lots,
            price=ticket.price,
            stop_price=setup.stop_price,
            risk_money=ticket.sized.risk_money,
            created_utc_s=self._p.record.now_utc_s(),
        )

    def _request(self, ticket: _Ticket, magic: int) -> OrderRequest:
        setup = ticket.setup
        comment = f"s{setup.setup_id}.{setup.attempts_count}"
        if ticket.route == EntryRoute.LIMIT:
            return PlaceLimit(
                symbol=setup.symbol,
                side=setup.side,
                lots=ticket.sized.lots,
                price=ticket.price,
                stop_price=setup.stop_price,
                target_price=ticket.target_price,
                expires_utc_s=setup.expires_utc_s,
                magic=magic,
                comment=comment,
            )
        one_r_price = abs(ticket.price - setup.stop_price)
        return OpenMarket(
            symbol=setup.symbol,
            side=setup.side,
            lots=ticket.sized.lots,
            price=ticket.price,
            deviation_price=one_r_price * self._settings.entry.deviation_max_r,
            stop_price=setup.stop_price,
            target_price=ticket.target_price,
            magic=magic,
            comment=comment,
        )

    def _settle(self, ticket: _Ticket, intent: Intent, outcome: SendOutcome) -> Refusal:
        setup, record = ticket.setup, self._p.record
        if outcome.result in (SendResult.DONE, SendResult.PARTIAL):
            if ticket.route == EntryRoute.MARKET:
                wanted_lots = self._wanted_after_fill(ticket, outcome)
                self._p.fills.adopt_answer(setup, intent, outcome, wanted_lots)
            else:
                setup.order_ticket = outcome.order_ticket
                setup.order_lots = intent.lots
                record.move(setup, SetupStatus.PENDING, "limit order accepted")
        elif outcome.result == SendResult.REJECTED_REQUEST:
            record.move(setup, SetupStatus.REFUSED, f"broker: {outcome.retcode} {outcome.text}")
        elif outcome.result in (SendResult.REJECTED_CONDITION, SendResult.NOT_SENT):
            self._block(setup)
            return Refusal.BROKER_REJECTED
        return Refusal.NONE

    def _wanted_after_fill(self, ticket: _Ticket, outcome: SendOutcome) -> float:
        """The sent size, or less when the fill slipped beyond the tolerance (FAULTS B08)."""
        setup, lots = ticket.setup, ticket.sized.lots
        planned = abs(ticket.price - setup.stop_price)
        real = abs(outcome.price - setup.stop_price) if outcome.price > 0.0 else planned
        if real <= planned * (1.0 + self._settings.entry.deviation_max_r):
            return lots
        return lots * planned / real

    def _block(self, setup: Setup) -> None:
        until = self._p.record.now_utc_s() + self._settings.schedule.spread_retry_s
        self._p.record.state.blocked_until_utc_s[setup.symbol] = until

    def _note_refusal(self, setup: Setup, refusal: Refusal) -> None:
        """Journal a refusal when it changes; repeats are counted in the next change."""
        setup.refusals_count += 1
        if setup.refusal == refusal.name:
            return
        self._p.record.event(
            OrderRefused(
                setup_id=setup.setup_id,
                symbol=setup.symbol,
                refusal=refusal.name,
                value=setup.distance_r,
                limit=0.0,
                repeated_count=setup.refusals_count - 1,
            )
        )
        setup.refusal, setup.refusals_count = refusal.name, 0

    def _evidence_text(self, ticket: _Ticket, evidence: Evidence) -> str:
        account = evidence.account
        return (
            f"balance {account.balance_money:.2f} equity {account.equity_money:.2f} "
            f"positions {len(evidence.positions)} orders {len(evidence.orders)} "
            f"spread {ticket.spread_price:g}"
        )

    def _final_target_r(self) -> float:
        return self._settings.exits.targets_r[-1]

    def _quote_age_max_s(self) -> float:
        return self._settings.entry.quote_age_max_s
