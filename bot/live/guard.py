"""The no-breach gate for what already exists: what could touch a floor is cancelled or reduced.

Least harm first and one action per cycle, until the worst case is above both floors again (I5).
"""

from __future__ import annotations

import math

from bot.live.as_rules import trading_day
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.record import Record
from bot.live.relief import FLOOR_CAUSE, Relief, ReliefMode
from bot.live.risk_book import RiskBook
from bot.model.settings import BotSettings
from bot.rules.challenge import floors
from bot.rules.guard import CLEARANCE_MONEY


class NoBreachGuard:
    """Asks every cycle whether a floor would be touched if everything were stopped out now.

    `risks` is the book it asks, part by part; `relief` takes off what is too much.
    """

    def __init__(
        self,
        settings: BotSettings,
        record: Record,
        wires: tuple[EvidenceReader, RiskBook],
        relief: Relief,
    ) -> None:
        self._settings = settings
        self._record = record
        self._reader, self.risks = wires
        self.relief = relief

    def step(self) -> None:
        """Take off one piece of exposure while the worst case touches a floor."""
        shortfall = self.shortfall_money(self._reader.evidence())
        if shortfall <= 0.0:
            return
        self._record.fault("T08", f"worst case {shortfall:.2f} below a floor")
        self.relief.act(shortfall, ReliefMode.IN_PART, FLOOR_CAUSE)

    def shortfall_money(self, evidence: Evidence) -> float:
        """What the worst case lacks to stand a cent above both floors; 0 when it does."""
        day = self._record.state.day
        if day is None:
            return 0.0
        levels = floors(trading_day(day), self._settings.rules)
        floor_money = max(levels.daily_money, levels.total_money)
        worst = self.risks.worst_case_money(evidence)
        if not math.isfinite(worst):
            self._record.fault("B43", "a position whose loss has no bound: the others are judged")
            worst = self.risks.bounded_worst_case_money(evidence)
        return 0.0 if worst > floor_money else floor_money - worst + CLEARANCE_MONEY
