"""Ends a setup whose position is gone: the deals say when, at what price and why."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.live.as_rules import side_name
from bot.live.deal_book import DealBook
from bot.live.evidence import HISTORY_LEAD_S, Evidence
from bot.live.fill_costs import FillCosts
from bot.live.record import Record
from bot.live.state import Ladder, Setup, SetupStatus, TradeResult
from bot.model.broker import BrokerDeal, DealEntry, DealReason
from bot.model.decision import ExitReason
from bot.model.events import PositionClosed
from bot.model.settings import ScheduleSettings
from bot.ports import Broker, Ok

_LOTS_TOLERANCE = 1e-6

_REASONS = {
    DealReason.STOP: ExitReason.STOP.name,
    DealReason.TARGET: ExitReason.TARGET.name,
    DealReason.MANUAL: ExitReason.MANUAL.name,
    DealReason.STOP_OUT: ExitReason.STOP_OUT.name,
    DealReason.EXPERT: ExitReason.TARGET.name,
}


class Closings:
    """Waits until every closing deal is visible, then settles the trade once."""

    def __init__(
        self,
        schedule: ScheduleSettings,
        record: Record,
        broker: Broker,
        books: tuple[DealBook, FillCosts],
    ) -> None:
        self._schedule = schedule
        self._record = record
        self._broker = broker
        self._deals, self._costs = books

    def settle(self, setup: Setup, evidence: Evidence) -> None:
        """Close the setup when its deals add up; silence within the grace proves nothing (B07)."""
        ladder = setup.ladder
        assert ladder is not None
        read = self._broker.deals(ladder.opened_utc_s - HISTORY_LEAD_S)
        if not isinstance(read, Ok):
            self._record.fault("N01", f"deals of {setup.symbol}: {read.reason}")
            return
        own = [deal for deal in read.value if deal.position_id == ladder.position_id]
        opened = math.fsum(d.lots for d in own if d.entry == DealEntry.IN)
        closed = math.fsum(d.lots for d in own if d.entry != DealEntry.IN)
        if opened <= 0.0 or closed < opened - _LOTS_TOLERANCE:
            self._wait(setup, evidence)
            return
        if not self._deals.sync():
            return
        if not self._note_closed(setup, ladder, own):
            return  # the journal could not be written: the next cycle tries again
        self._drop_intents(ladder)
        self._record.move(setup, SetupStatus.CLOSED, "position closed")

    def _wait(self, setup: Setup, evidence: Evidence) -> None:
        now = evidence.now_utc_s
        if setup.missing_since_utc_s == 0.0:
            setup.missing_since_utc_s = now
            self._record.touch()
        if now - setup.missing_since_utc_s > self._schedule.visible_grace_s:
            self._record.fault("B28", f"{setup.symbol}: position gone, its deals not yet complete")

    def _note_closed(self, setup: Setup, ladder: Ladder, own: Sequence[BrokerDeal]) -> bool:
        outs = [deal for deal in own if deal.entry != DealEntry.IN]
        lots = math.fsum(deal.lots for deal in outs)
        gross = round(math.fsum(deal.profit_money for deal in own), 2)
        commission = round(math.fsum(d.commission_money + d.fee_money for d in own), 2)
        swap = round(math.fsum(deal.swap_money for deal in own), 2)
        net = round(gross + commission + swap, 2)
        last = max(outs, key=lambda deal: (deal.time_utc_s, deal.ticket))
        result_r = net / ladder.risk_money if ladder.risk_money > 0.0 else 0.0
        is_recorded = self._record.event_now(
            PositionClosed(
                setup_id=setup.setup_id,
                symbol=setup.symbol,
                side=side_name(setup.side),
                position_id=ladder.position_id,
                lots=lots,
                open_price=ladder.open_price,
                close_price=math.fsum(d.price * d.lots for d in outs) / lots,
                opened_utc_s=ladder.opened_utc_s,
                closed_utc_s=last.time_utc_s,
                gross_money=gross,
                commission_money=commission,
                swap_money=swap,
                net_money=net,
                risk_money=ladder.risk_money,
                result_r=result_r,
                reason=self._reason(ladder, last),
                rungs_taken_count=len(ladder.rungs),
            )
        )
        if is_recorded:
            result = TradeResult(setup.setup_id, setup.symbol, last.time_utc_s, net, result_r)
            self._record.state.add_result(result)
            self._costs.note(setup, outs)
        return is_recorded

    def _reason(self, ladder: Ladder, last: BrokerDeal) -> str:
        """The deal's own reason decides (B22); our wish only names an exit we sent ourselves."""
        if last.reason == DealReason.EXPERT and ladder.close_reason:
            return ladder.close_reason
        return _REASONS.get(last.reason, ExitReason.OTHER.name)

    def _drop_intents(self, ladder: Ladder) -> None:
        """Open closes of a position that is gone have met their end."""
        state = self._record.state
        for intent in list(state.intents.values()):
            if intent.action == "close" and intent.ticket == ladder.position_id:
                state.intents.pop(intent.intent_id, None)
