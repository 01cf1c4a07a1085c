"""Resting limit orders: fills, expiry, the distance check, and volumes that are kept right."""

from __future__ import annotations

import math

from bot.live.as_rules import plan_of, trading_day
from bot.live.entry_gate import EntryGate
from bot.live.evidence import HISTORY_LEAD_S, Evidence, EvidenceReader
from bot.live.exit_desk import CancelAnswer, ExitDesk
from bot.live.fills import Fill, FillBook
from bot.live.order_desk import OrderDesk
from bot.live.record import Record
from bot.live.risk_manager import RiskManager
from bot.live.state import Setup, SetupStatus
from bot.live.stopwatch import Stopwatch
from bot.model.broker import BrokerOrder, BrokerPosition, DealEntry, OrderState
from bot.model.decision import EntryRoute, Refusal
from bot.model.events import RestingOrderReplaced
from bot.model.settings import BotSettings
from bot.ports import Broker, Ok
from bot.rules.admission import book_risk_money
from bot.rules.challenge import floors
from bot.rules.entry import distance_r, stop_touched
from bot.rules.sizing import keep_right

_ENDINGS = {
    OrderState.EXPIRED: (SetupStatus.EXPIRED, "limit order expired"),
    OrderState.CANCELLED: (SetupStatus.CANCELLED, "limit order deleted at the broker"),
    OrderState.REJECTED: (SetupStatus.CANCELLED, "limit order rejected at activation"),
}


class PendingQueue:
    """Follows each resting order until it is a position or gone, by evidence."""

    def __init__(
        self,
        settings: BotSettings,
        record: Record,
        wires: tuple[Broker, EvidenceReader, RiskManager, EntryGate],
        desks: tuple[OrderDesk, ExitDesk, FillBook],
    ) -> None:
        self._settings = settings
        self._record = record
        self._broker, self._reader, self._risk, self._gate = wires
        self._desk, self._exits, self._fills = desks
        self._due_utc_s = 0.0
        self._wanted_since_s: dict[int, float] = {}
        self._missing = Stopwatch(record.monotonic_s)

    def step(self) -> None:
        """Fills are looked for every cycle; the resting rest at its own interval."""
        now = self._record.now_utc_s()
        is_due = now >= self._due_utc_s
        if is_due:
            self._due_utc_s = now + self._settings.schedule.resting_check_s
        for setup in self._record.state.live_setups(SetupStatus.PENDING):
            evidence = self._reader.evidence()
            order = evidence.order(setup.order_ticket)
            if order is None:
                self._settle_missing(setup, evidence)
                continue
            self._missing.forget(setup.setup_id)
            if evidence.is_partly_filled(order.ticket):
                self._adopt_part(setup)
            elif is_due:
                self._keep(setup, order)
        self._cancel_orphans(self._reader.evidence())

    def _cancel_orphans(self, evidence: Evidence) -> None:
        """An own order that no setup and no open intent knows has no business resting (I1)."""
        if not evidence.orders:
            return
        state = self._record.state
        tickets = {setup.order_ticket for setup in state.setups.values()}
        magics = {intent.magic for intent in state.intents.values()}
        for order in evidence.orders:
            if not self._reader.is_own(order.magic):
                continue
            if order.ticket not in tickets and order.magic not in magics:
                self._record.fault("B45", f"{order.symbol}: order {order.ticket} has no setup")
                self._exits.cancel_orphan(order)

    def _adopt_part(self, setup: Setup) -> None:
        """Part of the order filled: the rest is taken back, and what filled is managed (B06).

        Both at once can be neither sized nor followed; a top-up is never made by itself.
        """
        self._record.fault("B06", f"{setup.symbol}: order {setup.order_ticket} is partly filled")
        self.withdraw(setup, SetupStatus.CANCELLED, "partly filled")

    def withdraw(self, setup: Setup, status: SetupStatus, reason: str) -> bool:
        """Take a resting order back; the setup ends only once its absence is proven."""
        answer = self._exits.cancel(setup, reason)
        if answer == CancelAnswer.CONFIRMED:
            self._record.move(setup, status, reason)
            return True
        if answer == CancelAnswer.FILLED:
            self._settle_missing(setup, self._reader.evidence())
        return False

    def _keep(self, setup: Setup, order: BrokerOrder) -> None:
        now = self._record.now_utc_s()
        against = Refusal(self._gate.resting_finding(setup.symbol, setup.side, now).refusal)
        if against != Refusal.NONE:  # first: a market without quotes may still fill it later
            if self.withdraw(setup, SetupStatus.AWAITING_ENTRY, against.name.lower()):
                setup.order_ticket, setup.order_lots = 0, 0.0  # no fill inside the window (I15)
            return
        quote = self._reader.quote(setup.symbol)
        if quote is None or now - quote.time_utc_s > self._settings.entry.quote_age_max_s:
            return
        plan = plan_of(setup)
        setup.distance_r = distance_r(plan, quote)
        if stop_touched(plan, quote):
            self.withdraw(setup, SetupStatus.INVALIDATED, "stop touched before entry")
        elif now >= setup.expires_utc_s:
            self.withdraw(setup, SetupStatus.EXPIRED, "too old")
        elif setup.distance_r > self._settings.entry.drop_above_r:
            self.withdraw(setup, SetupStatus.EXPIRED, "price ran away")
        else:
            self._keep_right(setup, order)

    def _keep_right(self, setup: Setup, order: BrokerOrder) -> None:
        """Replace the order when its volume is off by a step or more (lots at fill)."""
        day = self._record.state.day
        instrument = self._reader.instrument(setup.symbol)
        if day is None or instrument is None:
            return
        evidence = self._reader.evidence()
        anchors = floors(trading_day(day), self._settings.rules)
        sized, book = self._risk.size(setup, setup.entry_price, evidence, anchors)
        if not math.isfinite(book_risk_money(book)):
            return  # a figure that could not be read decides nothing (I8)
        if not keep_right(order.lots, sized.lots, instrument.spec):
            self._wanted_since_s.pop(setup.setup_id, None)
            return
        if sized.lots > order.lots and not self._is_lasting(setup):
            return
        answer = self._exits.cancel(setup, "volume no longer right")
        if answer == CancelAnswer.FILLED:
            self._settle_missing(setup, self._reader.evidence())
        if answer != CancelAnswer.CONFIRMED:
            return
        old_ticket, old_lots = setup.order_ticket, order.lots
        setup.order_ticket, setup.order_lots = 0, 0.0
        self._record.move(setup, SetupStatus.AWAITING_ENTRY, "resting order withdrawn to re-size")
        refusal = (
            self._desk.enter(setup, EntryRoute.LIMIT)
            if sized.refusal == Refusal.NONE
            else Refusal(sized.refusal)
        )
        self._record.event(
            RestingOrderReplaced(
                setup_id=setup.setup_id,
                symbol=setup.symbol,
                old_ticket=old_ticket,
                old_lots=old_lots,
                new_lots=setup.order_lots,
                reason="size moved a step" if refusal == Refusal.NONE else refusal.name,
            )
        )

    def _settle_missing(self, setup: Setup, evidence: Evidence) -> None:
        """The order is not resting any more: a position, or history, says what it became."""
        for position in evidence.positions:
            is_it = position.position_id == setup.order_ticket
            if is_it or position.magic == setup.order_magic:
                self._adopt(setup, position, evidence)
                return
        now = evidence.now_utc_s
        since = min(setup.created_utc_s, now) - HISTORY_LEAD_S
        if self._settle_from_history(setup, since) is False:
            if setup.missing_since_utc_s == 0.0:
                setup.missing_since_utc_s = now
                self._missing.start(setup.setup_id)
                self._record.touch()
            self._judge_vanished(setup, self._missing.elapsed_s(setup.setup_id))

    def _judge_vanished(self, setup: Setup, missing_s: float) -> None:
        """Absent everywhere for as long as an unknown entry needs: the order is gone."""
        schedule = self._settings.schedule
        if missing_s > schedule.visible_grace_s:
            self._record.fault("B45", f"{setup.symbol}: order {setup.order_ticket} vanished")
        if missing_s < schedule.unresolved_span_s:
            return
        self._missing.start(setup.setup_id)  # the whole history is asked for rarely
        if self._settle_from_history(setup, 0.0) is False:
            self._record.move(setup, SetupStatus.CANCELLED, "order vanished at the broker")

    def _settle_from_history(self, setup: Setup, since_utc_s: float) -> bool | None:
        """Whether history told what the order became; None when it could not be read (I8)."""
        deals = self._broker.deals(since_utc_s)
        orders = self._broker.finished_orders(since_utc_s)
        if not isinstance(deals, Ok) or not isinstance(orders, Ok):
            return None
        for deal in deals.value:
            if deal.order_ticket == setup.order_ticket and deal.entry == DealEntry.IN:
                fill = Fill(deal.position_id, deal.lots, deal.price, deal.time_utc_s, deal.lots)
                self._fills.adopt(setup, fill)
                return True
        for order in orders.value:
            ending = _ENDINGS.get(order.state)
            if order.ticket == setup.order_ticket and ending is not None:
                self._record.move(setup, *ending)
                return True
        return False

    def _adopt(self, setup: Setup, position: BrokerPosition, evidence: Evidence) -> None:
        """A fill: its volume is compared with the size for the balance at this moment."""
        day = self._record.state.day
        wanted_lots = position.lots
        if day is not None and self._reader.instrument(setup.symbol) is not None:
            setup.order_ticket = position.position_id
            anchors = floors(trading_day(day), self._settings.rules)
            sized, book = self._risk.size(setup, position.open_price, evidence, anchors)
            if math.isfinite(book_risk_money(book)):
                wanted_lots = sized.lots
        self._fills.adopt_position(setup, position, wanted_lots)

    def _is_lasting(self, setup: Setup) -> bool:
        """A larger size must have held for a while: noise at a step boundary is no reason."""
        now = self._record.monotonic_s()
        since = self._wanted_since_s.setdefault(setup.setup_id, now)
        if now - since < self._settings.schedule.spread_retry_s:
            return False
        del self._wanted_since_s[setup.setup_id]
        return True
