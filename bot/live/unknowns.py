"""Settles requests whose outcome is open, by evidence, once per cycle."""

from __future__ import annotations

from bot.live.evidence import HISTORY_LEAD_S, Evidence, EvidenceReader
from bot.live.fills import Fill, FillBook
from bot.live.intents import ENTRY_ACTIONS, Findings, IntentBook
from bot.live.position_keeper import PositionKeeper
from bot.live.record import Record
from bot.live.state import Intent, Setup, SetupStatus
from bot.model.broker import DealEntry
from bot.ports import Broker, Ok


class Unknowns:
    """Adopts what was done, frees what was not, and waits while it cannot tell."""

    def __init__(
        self,
        record: Record,
        broker: Broker,
        books: tuple[IntentBook, FillBook, PositionKeeper, EvidenceReader],
    ) -> None:
        self._record = record
        self._broker = broker
        self._intents, self._fills, self._keeper, self._reader = books

    def step(self) -> None:
        """Look for evidence of every unknown intent."""
        for intent in list(self._record.state.intents.values()):
            if not intent.is_unknown:
                continue
            evidence = self._reader.evidence()
            if intent.action in ENTRY_ACTIONS:
                self._entry(intent, evidence)
            else:
                self._close(intent, evidence)
        self._adopt_unasked(self._reader.evidence())

    def _adopt_unasked(self, evidence: Evidence) -> None:
        """A position with a waiting setup's key and no open intent is that setup's after all (B03).

        Its request was believed lost; without its ladder nobody would guard its stop (I3).
        """
        state = self._record.state
        asked = {intent.magic for intent in state.intents.values()}
        waiting = {
            setup.order_magic: setup
            for setup in state.live_setups(SetupStatus.AWAITING_ENTRY, SetupStatus.AWAITING_SPREAD)
            if setup.order_magic and setup.order_magic not in asked
        }
        for position in evidence.positions if waiting else ():
            setup = waiting.pop(position.magic, None)
            if setup is not None and position.symbol == setup.symbol:
                detail = f"{setup.symbol}: position {position.position_id} filled after all"
                self._record.fault("B03", detail)
                self._fills.adopt_position(setup, position, position.lots)

    def _entry(self, intent: Intent, evidence: Evidence) -> None:
        setup = self._record.state.setups.get(intent.setup_id)
        findings = self._intents.find_entry(intent, evidence)
        if setup is None or setup.status == SetupStatus.FILLED:
            self._settle_late(intent, findings)
        elif findings.position_id:
            self._adopt(setup, intent, findings.position_id, evidence)
        elif findings.resting is not None:
            setup.order_ticket = findings.resting.ticket
            setup.order_lots = findings.resting.lots
            setup.order_magic = intent.magic
            self._intents.resolve(intent, "resting", f"order {findings.resting.ticket}")
            if setup.status != SetupStatus.PENDING:
                self._record.move(setup, SetupStatus.PENDING, "found resting at the broker")
        elif findings.is_absent:
            self._intents.resolve(intent, "absent", f"{intent.clean_reads_count} clean reads")

    def _settle_late(self, intent: Intent, findings: Findings) -> None:
        """The setup ended meanwhile: a fill is nobody's and is closed, silence waits its time."""
        if findings.position_id:
            self._intents.resolve(intent, "executed late", f"position {findings.position_id}")
        elif findings.resting is not None:
            self._intents.resolve(intent, "resting late", f"order {findings.resting.ticket}")
        elif findings.is_absent:
            self._intents.resolve(intent, "absent", f"{intent.clean_reads_count} clean reads")

    def _adopt(self, setup: Setup, intent: Intent, position_id: int, evidence: Evidence) -> None:
        setup.order_magic = intent.magic
        position = evidence.position(position_id)
        if position is not None:
            self._intents.resolve(intent, "executed", f"position {position_id}")
            self._fills.adopt_position(setup, position, intent.lots)
            return
        read = self._broker.deals(intent.created_utc_s - HISTORY_LEAD_S)
        if not isinstance(read, Ok):
            return  # still unknown: the next cycle asks again
        for deal in read.value:
            if deal.position_id == position_id and deal.entry == DealEntry.IN:
                self._intents.resolve(intent, "executed", f"deal {deal.ticket}")
                fill = Fill(position_id, deal.lots, deal.price, deal.time_utc_s, intent.lots)
                self._fills.adopt(setup, fill)
                return

    def _close(self, intent: Intent, evidence: Evidence) -> None:
        done = self._intents.close_was_done(intent, evidence)
        if done is None:
            return
        self._intents.resolve(intent, "executed" if done else "absent", "position volume")
        setup = self._record.state.setups.get(intent.setup_id)
        ladder = setup.ladder if setup is not None else None
        if not done or intent.rung < 0 or setup is None or ladder is None:
            return
        if len(ladder.rungs) == intent.rung:
            self._keeper.note_rung(setup, intent.rung, intent.lots, intent.price)
