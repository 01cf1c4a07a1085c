"""Protects a pass that is near or earned: less risk per trade, and a floor under the profit."""

from __future__ import annotations

import math

from bot.live.as_rules import challenge_state
from bot.live.entry_checks import EntryAsk
from bot.live.evidence import Evidence
from bot.live.record import Record
from bot.live.risk_book import RiskBook
from bot.live.state import LastSeen
from bot.model.account import Progress
from bot.model.coast import ClosedProfit, CoastStage
from bot.model.decision import ALLOWED, Finding, Refusal
from bot.model.events import CoastChanged
from bot.model.settings import BotSettings
from bot.rules.challenge_engine import progress_of
from bot.rules.coast import (
    coast_factor,
    coast_risk,
    coast_stage,
    lock_finding,
    lock_floor_money,
)


class CoastGuard:
    """Answers what coasting leaves of the risk, and refuses entries that stake locked profit."""

    def __init__(self, settings: BotSettings, record: Record, risks: RiskBook) -> None:
        self._settings = settings
        self._record = record
        self._risks = risks

    def step(self, evidence: Evidence) -> None:
        """Journal a new stage or a raised lock, once the challenge manager looked at the day."""
        progress = self._progress(evidence)
        if progress is None:
            return
        state, stage = self._record.state.coast, self._stage(progress)
        floor = self._told_floor(self.lock_floor_money())
        is_moved = abs(floor - state.lock_floor_money) >= self._step_money()
        if stage == state.stage and not is_moved:
            return
        before, state.stage, state.lock_floor_money = CoastStage(state.stage), stage.value, floor
        rules = self._settings.rules
        self._record.event(
            CoastChanged(
                before=before.name,
                after=stage.name,
                closed_profit_money=round(progress.closed_profit_money, 2),
                target_money=round(rules.target.profit_fraction * rules.initial_balance_money, 2),
                coast_factor=self.factor(evidence),
                lock_floor_money=round(floor, 2),
            )
        )

    def factor(self, evidence: Evidence) -> float:
        """What coasting leaves of a trade's risk now, 0 to 1."""
        progress = self._progress(evidence)
        if progress is None:
            return 0.0
        settings, balance = self._settings, evidence.account.balance_money
        risk = coast_risk(balance, settings.risk, settings.sizing)
        stage, profit = self._stage(progress), progress.closed_profit_money
        return float(coast_factor(stage.value, profit, balance, risk, settings.coast))

    def finding(self, ask: EntryAsk) -> Finding:
        """`PROFIT_PROTECTED` when the worst case, the entry included, would touch the lock."""
        floor = self.lock_floor_money()
        if math.isinf(floor):
            return ALLOWED
        levels = (ask.entry_price, ask.stop_price)
        entry = self._risks.entry_case(ask.symbol, ask.side, ask.lots, levels)
        worst = self._risks.worst_case_money(ask.evidence)
        finding = lock_finding(worst, entry.total_money, floor)
        return ALLOWED if finding.refusal == Refusal.NONE else finding

    def lock_floor_money(self) -> float:
        """The floor under the best closed profit; minus infinity while none is locked."""
        state, rules = self._record.state, self._settings.rules
        profit = ClosedProfit(
            initial_balance_money=rules.initial_balance_money,
            best_balance_money=state.sizing.peak_money,
            cash_money=state.phase_cash_money,
        )
        return float(lock_floor_money(profit, self._settings.coast))

    def _stage(self, progress: Progress) -> CoastStage:
        """A target that was announced stands as reached: by its policy it may be latched."""
        if self._record.state.is_target_announced:
            return CoastStage.REACHED
        return CoastStage(coast_stage(progress, self._settings.rules, self._settings.coast))

    def _progress(self, evidence: Evidence) -> Progress | None:
        state, account = self._record.state, evidence.account
        if state.day is None:
            return None
        seen = LastSeen(evidence.now_utc_s, account.balance_money, account.equity_money)
        return progress_of(challenge_state(state, state.day, seen), self._settings.rules)

    def _told_floor(self, floor_money: float) -> float:
        return 0.0 if math.isinf(floor_money) else floor_money

    def _step_money(self) -> float:
        """A lock is told of again once it moved a noticeable step."""
        schedule, rules = self._settings.schedule, self._settings.rules
        return max(0.01, schedule.equity_low_step_base_fraction * rules.initial_balance_money)
