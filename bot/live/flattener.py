"""Brings the account to zero positions and orders of ours, and proves it with two clean reads (I7).

Resting orders go first, then the position that can lose most. What is not ours is never touched.
"""

from __future__ import annotations

from bot.live.evidence import Evidence, EvidenceReader
from bot.live.exit_desk import ExitDesk
from bot.live.pending_queue import PendingQueue
from bot.live.record import Record
from bot.live.risk_book import RiskBook
from bot.live.state import Halt, SetupStatus
from bot.model.broker import BrokerOrder, BrokerPosition
from bot.model.decision import ExitReason
from bot.model.events import FlattenFinished

_CLEAN_READS = 2
OPERATOR_FLATTEN = "operator_flatten"


class Flattener:
    """Sweeps every cycle while a halt wants the account flat."""

    def __init__(
        self,
        record: Record,
        reader: EvidenceReader,
        desks: tuple[ExitDesk, PendingQueue, RiskBook],
    ) -> None:
        self._record = record
        self._reader = reader
        self._exits, self._pending, self._risks = desks
        self._clean_reads_count = 0
        self._closed_count = 0
        self._cancelled_count = 0

    def step(self, halts: list[Halt]) -> None:
        """One sweep: cancel, close, and confirm when nothing of ours is left."""
        reason = self._reason(halts)
        self._withdraw_setups()
        self._cancel_orphans()
        evidence = self._reader.evidence()
        own = self._own(evidence)
        for position in sorted(own, key=self._risks.position_risk_money, reverse=True):
            self._close(position, reason)
        if own or self._own_orders(evidence) or self._has_unknown():
            self._clean_reads_count = 0
            return
        self._clean_reads_count += 1
        if self._clean_reads_count >= _CLEAN_READS:
            self._confirm(halts, evidence, reason)

    def look_again(self, evidence: Evidence) -> None:
        """A confirmed flatten is taken up again when something of ours shows after all (B03, B07).

        While its halt stands, whatever fills late or was hidden from the clean reads goes, too.
        """
        if not (self._own(evidence) or self._own_orders(evidence)):
            return
        for halt in self._record.state.halts.values():
            if halt.flattens and halt.is_flat_confirmed:
                halt.is_flat_confirmed = False
                self._record.touch()

    def _withdraw_setups(self) -> None:
        state = self._record.state
        for setup in state.live_setups(SetupStatus.PENDING):
            if self._pending.withdraw(setup, SetupStatus.CANCELLED, "flatten"):
                self._cancelled_count += 1
        waiting = state.live_setups(SetupStatus.AWAITING_ENTRY, SetupStatus.AWAITING_SPREAD)
        for setup in waiting:
            if not state.has_unknown(setup.symbol):
                self._record.move(setup, SetupStatus.CANCELLED, "flatten")

    def _cancel_orphans(self) -> None:
        owned = {s.order_ticket for s in self._record.state.live_setups(SetupStatus.PENDING)}
        for order in self._own_orders(self._reader.evidence()):
            if order.ticket not in owned and self._exits.cancel_orphan(order):
                self._cancelled_count += 1

    def _close(self, position: BrokerPosition, reason: str) -> None:
        setup_id = self._record.state.position_setups.get(position.position_id, 0)
        setup = self._record.state.setups.get(setup_id)
        if setup is not None and setup.ladder is not None and not setup.ladder.close_reason:
            setup.ladder.close_reason = reason
        outcome = self._exits.close(position, position.lots, reason)
        if outcome is not None and outcome.lots > 0.0:
            self._closed_count += 1

    def _confirm(self, halts: list[Halt], evidence: Evidence, reason: str) -> None:
        started = min(halt.since_utc_s for halt in halts)
        for halt in halts:
            halt.is_flat_confirmed = True
        self._record.event(
            FlattenFinished(
                closed_count=self._closed_count,
                cancelled_count=self._cancelled_count,
                duration_s=evidence.now_utc_s - started,
                reason=reason,
            )
        )
        self._clean_reads_count = self._closed_count = self._cancelled_count = 0

    def _own(self, evidence: Evidence) -> list[BrokerPosition]:
        known = self._record.state.position_setups
        return [
            p for p in evidence.positions if self._reader.is_own(p.magic) or p.position_id in known
        ]

    def _own_orders(self, evidence: Evidence) -> list[BrokerOrder]:
        return [o for o in evidence.orders if self._reader.is_own(o.magic)]

    def _has_unknown(self) -> bool:
        return any(i.is_unknown for i in self._record.state.intents.values())

    def _reason(self, halts: list[Halt]) -> str:
        is_operator = any(halt.kind == OPERATOR_FLATTEN for halt in halts)
        return ExitReason.OPERATOR.name if is_operator else ExitReason.BRAKE.name
