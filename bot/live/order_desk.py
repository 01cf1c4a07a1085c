"""The one place that sends orders: check, size, save, send, under one lock.

The lock makes "one exposure per symbol" true whoever calls. A refusal is a value with a name; an
unknown outcome blocks its setup and is never sent again.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from bot.live.entry_judge import EntryJudge, Ticket, found
from bot.live.evidence import Evidence, EvidenceReader, magic_of
from bot.live.fills import FillBook
from bot.live.intents import IntentBook
from bot.live.record import Record
from bot.live.state import Intent, Setup, SetupStatus
from bot.model.broker import (
    OpenMarket,
    OrderRequest,
    PlaceLimit,
    SendOutcome,
    SendResult,
)
from bot.model.decision import EntryRoute, Finding, Refusal
from bot.model.events import OrderRefused
from bot.model.settings import BotSettings
from bot.ports import Broker


@dataclass(frozen=True, slots=True)
class DeskParts:
    """The collaborators of the desk."""

    broker: Broker
    record: Record
    reader: EvidenceReader
    judge: EntryJudge
    intents: IntentBook
    fills: FillBook


class OrderDesk:
    """Sends entries; `ExitDesk` sends what lowers risk, under the same lock."""

    def __init__(self, settings: BotSettings, parts: DeskParts) -> None:
        self._settings = settings
        self._p = parts
        self.judge = parts.judge
        self.lock = threading.RLock()

    def enter(self, setup: Setup, route: EntryRoute) -> Refusal:
        """Check and place `setup` as a market or limit order, atomically.

        Returns why not, or NONE after a send; what the send led to is in the setup's status.
        Prices that moved are retried through the whole gate, at most `price_retries_count` times.
        """
        with self.lock:
            for _ in range(1 + self._settings.schedule.price_retries_count):
                finding, outcome = self._enter_once(setup, route)
                if finding.refusal != Refusal.NONE:
                    return self._refuse(setup, finding)
                if outcome.result != SendResult.REJECTED_PRICE:
                    return Refusal.NONE
            return self._refuse(setup, found(Refusal.PRICE_MOVED))

    def _enter_once(self, setup: Setup, route: EntryRoute) -> tuple[Finding, SendOutcome]:
        not_sent = SendOutcome(SendResult.NOT_SENT, 0, "")
        self._p.reader.invalidate()
        evidence = self._p.reader.evidence()
        checked = self.judge.judge(setup, route, evidence)
        if isinstance(checked, Finding):
            return checked, not_sent
        ticket = checked
        intent = self._intent(ticket)
        if not self._p.intents.open(intent, ticket.grounds, self._evidence_text(ticket, evidence)):
            return found(Refusal.STATE_NOT_SAVED), not_sent
        outcome = self._p.broker.send(self._request(ticket, intent.magic))
        self._p.reader.invalidate()
        self._p.intents.answer(intent, outcome)
        return found(self._settle(ticket, intent, outcome)), outcome

    def _intent(self, ticket: Ticket) -> Intent:
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

    def _request(self, ticket: Ticket, magic: int) -> OrderRequest:
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

    def _settle(self, ticket: Ticket, intent: Intent, outcome: SendOutcome) -> Refusal:
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

    def _wanted_after_fill(self, ticket: Ticket, outcome: SendOutcome) -> float:
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

    def _refuse(self, setup: Setup, finding: Finding) -> Refusal:
        """Journal a refusal when it changes; repeats are counted in the next change."""
        refusal = Refusal(finding.refusal)
        setup.refusals_count += 1
        if setup.refusal == refusal.name:
            return refusal
        self._p.record.event(
            OrderRefused(
                setup_id=setup.setup_id,
                symbol=setup.symbol,
                refusal=refusal.name,
                value=finding.value,
                limit=finding.limit,
                repeated_count=setup.refusals_count - 1,
            )
        )
        setup.refusal, setup.refusals_count = refusal.name, 0
        return refusal

    def _evidence_text(self, ticket: Ticket, evidence: Evidence) -> str:
        account = evidence.account
        return (
            f"balance {account.balance_money:.2f} equity {account.equity_money:.2f} "
            f"positions {len(evidence.positions)} orders {len(evidence.orders)} "
            f"spread {ticket.spread_price:g}"
        )
