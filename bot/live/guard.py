"""The no-breach gate for what already exists: what could touch a floor is cancelled or closed.

Least harm first: the resting order that risks most, then the position that can lose most.
"""

from __future__ import annotations

import math

from bot.live.as_rules import trading_day
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.exit_desk import ExitDesk
from bot.live.pending_queue import PendingQueue
from bot.live.record import Record
from bot.live.risk_book import RiskBook
from bot.live.state import SetupStatus
from bot.model.broker import BrokerPosition
from bot.model.decision import ExitReason
from bot.model.settings import BotSettings
from bot.rules.challenge import floors


class NoBreachGuard:
    """Asks every cycle whether a floor would be touched if everything were stopped out now."""

    def __init__(
        self,
        settings: BotSettings,
        record: Record,
        wires: tuple[EvidenceReader, RiskBook],
        desks: tuple[ExitDesk, PendingQueue],
    ) -> None:
        self._settings = settings
        self._record = record
        self._reader, self._risks = wires
        self._exits, self._pending = desks

    def step(self) -> None:
        """Remove one piece of exposure per cycle and kind until the worst case is above both."""
        evidence = self._reader.evidence()
        shortfall = self._shortfall_money(evidence)
        if shortfall <= 0.0:
            return
        self._record.fault("T08", f"worst case {shortfall:.2f} below a floor")
        if not self._withdraw_worst(evidence):
            self._close_worst(self._reader.evidence())

    def _shortfall_money(self, evidence: Evidence) -> float:
        day = self._record.state.day
        if day is None:
            return 0.0
        levels = floors(trading_day(day), self._settings.rules)
        floor_money = max(levels.daily_money, levels.total_money)
        worst = self._risks.worst_case_money(evidence)
        if not math.isfinite(worst):
            self._record.fault("B43", "a position whose loss has no bound: the others are judged")
            worst = self._risks.bounded_worst_case_money(evidence)
        return 0.0 if worst > floor_money else floor_money - worst + 0.01

    def _withdraw_worst(self, evidence: Evidence) -> bool:
        """Cancel the setup whose resting order risks most; False when none could be."""
        resting = []
        for setup in self._record.state.live_setups(SetupStatus.PENDING):
            order = evidence.order(setup.order_ticket)
            if order is not None:
                resting.append((self._risks.order_risk_money(order), setup.setup_id))
        if not resting:
            return False
        setup = self._record.state.setups[max(resting)[1]]
        return self._pending.withdraw(
            setup, SetupStatus.CANCELLED, "worst case would touch a floor"
        )

    def _close_worst(self, evidence: Evidence) -> None:
        own: list[tuple[float, int, BrokerPosition]] = [
            (self._risks.position_risk_money(p), p.position_id, p)
            for p in evidence.positions
            if p.position_id in self._record.state.position_setups
        ]
        if not own:
            return
        position = max(own, key=lambda item: item[:2])[2]
        setup_id = self._record.state.position_setups[position.position_id]
        setup = self._record.state.setups.get(setup_id)
        if setup is not None and setup.ladder is not None:
            setup.ladder.close_reason = ExitReason.BRAKE.name
        self._exits.close(position, position.lots, ExitReason.BRAKE.name)
