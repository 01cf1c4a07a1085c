"""Before the firm's midnight: whether tomorrow begins with room for what runs tonight."""

from __future__ import annotations

import math

from bot.live.as_rules import trading_day
from bot.live.entry_checks import EntryAsk
from bot.live.evidence import Evidence, EvidenceReader
from bot.live.record import Record
from bot.live.relief import RESET_CAUSE, Relief, ReliefMode
from bot.live.risk_book import RiskBook
from bot.model.decision import ALLOWED, Finding, Refusal
from bot.model.events import ResetNightJudged
from bot.model.market import OffsetTable
from bot.model.reserves import ResetOutlook, ResetPolicy
from bot.model.settings import BotSettings
from bot.rules.admission import floor_reserve_money
from bot.rules.calendar import next_day_start_utc_s
from bot.rules.challenge import floors
from bot.rules.guard import CLEARANCE_MONEY
from bot.rules.reset_night import reset_finding, reset_outlook

_MODES = {ResetPolicy.TRIM: ReliefMode.IN_PART, ResetPolicy.CLOSE: ReliefMode.WHOLE}


class ResetNight:
    """Looks ahead while the reset is near; refuses, trims or closes by policy, and says why."""

    def __init__(
        self,
        settings: BotSettings,
        record: Record,
        wires: tuple[EvidenceReader, RiskBook, Relief],
        table: OffsetTable,
    ) -> None:
        self._settings = settings
        self._record = record
        self._reader, self._risks, self._relief = wires
        self._table = table
        self._said: tuple[int, str] = (0, "")

    def step(self) -> None:
        """Inside the window: one action per cycle while tomorrow's floor would be too near."""
        evidence = self._reader.evidence()
        has_exposure = bool(evidence.positions or evidence.orders)
        if not has_exposure or not self._is_near(evidence.now_utc_s):
            return
        outlook = self.outlook(evidence)
        if outlook is None:
            return
        self._say(outlook, self._act(outlook, evidence), evidence)

    def finding(self, ask: EntryAsk) -> Finding:
        """Entries inside the window that tomorrow's floor has no room for are refused."""
        now = ask.evidence.now_utc_s
        outlook = self.outlook(ask.evidence) if self._is_near(now) else None
        if outlook is None or not ask.lots > 0.0:
            return ALLOWED
        levels = (ask.entry_price, ask.stop_price)
        entry = self._risks.entry_case(ask.symbol, ask.side, ask.lots, levels)
        window_s = self._settings.gate.reset_window_s
        finding = reset_finding(outlook, entry.total_money, self.seconds_to_reset(now), window_s)
        return ALLOWED if finding.refusal == Refusal.NONE else finding

    def seconds_to_reset(self, now_utc_s: float) -> float:
        """Seconds until the firm's next day begins."""
        return float(next_day_start_utc_s(now_utc_s, self._table)) - now_utc_s

    def outlook(self, evidence: Evidence) -> ResetOutlook | None:
        """Tomorrow as it would begin now; None before the first day is open."""
        day = self._record.state.day
        if day is None:
            return None
        rules, account = self._settings.rules, evidence.money
        today = trading_day(day)
        worst = self._risks.worst_case_money(evidence)
        reserve = floor_reserve_money(floors(today, rules), self._settings.risk)
        return reset_outlook(today, account, worst, reserve, rules)

    def _is_near(self, now_utc_s: float) -> bool:
        return self.seconds_to_reset(now_utc_s) <= self._settings.gate.reset_window_s

    def _act(self, outlook: ResetOutlook, evidence: Evidence) -> str:
        if outlook.room_money > 0.0:
            return "fits"
        policy = self._settings.gate.reset_policy
        if policy == ResetPolicy.KEEP:
            return "keep"
        shortfall = -outlook.room_money + CLEARANCE_MONEY
        if not math.isfinite(shortfall):  # a position without a bound: the others are judged
            bounded = self._risks.bounded_worst_case_money(evidence)
            shortfall = outlook.floor_money - bounded + CLEARANCE_MONEY
        if not shortfall > 0.0:
            return "fits"
        return self._relief.act(shortfall, _MODES[policy], RESET_CAUSE) or "nothing could be done"

    def _say(self, outlook: ResetOutlook, action: str, evidence: Evidence) -> None:
        """Once per night and decision; each thing taken off has its own line besides."""
        day = self._record.state.day
        assert day is not None, "there is an outlook"
        if self._said == (day.day, action):
            return
        self._said = (day.day, action)
        self._record.event(
            ResetNightJudged(
                base_tomorrow_money=round(outlook.base_money, 2),
                daily_floor_tomorrow_money=round(outlook.daily_floor_money, 2),
                floor_tomorrow_money=round(outlook.floor_money, 2),
                worst_case_money=round(outlook.worst_case_money, 2),
                room_money=round(outlook.room_money, 2),
                policy=self._settings.gate.reset_policy.name.lower(),
                action=action,
                positions_count=len(evidence.positions),
            )
        )
