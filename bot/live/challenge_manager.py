"""The firm's day and floors: day roll, brakes, halts, target and verdict.

The base of a day is written once per server date and never changed (LESSONS 24). A halt is latched
until its reset rule: the next server day, or a person.
"""

from __future__ import annotations

from bot.live.as_rules import trading_day
from bot.live.day_book import DayBook
from bot.live.evidence import Evidence
from bot.live.halts import HaltBook
from bot.live.record import Record
from bot.live.state import BotState, DayAnchor
from bot.model.account import Account, Progress
from bot.model.decision import Brake, PhaseVerdict
from bot.model.events import BrakeChanged, EquityLowMarked, PhaseDecided, TargetReached
from bot.model.settings import BotSettings, ChallengeRules, TargetPolicy
from bot.rules.challenge import (
    brake,
    day_loss_fraction,
    floors,
    is_target_reached,
    verdict,
)

DAILY_BRAKE = "daily_brake"
TOTAL_LOSS = "total_loss"
PHASE_OVER = "phase_over"
TARGET_STOP = "target"
_BREACH_READS_COUNT = 2


class ChallengeManager:
    """Watches equity against the firm's floors, every cycle, before anything else."""

    def __init__(
        self, settings: BotSettings, record: Record, days: DayBook, halts: HaltBook
    ) -> None:
        self._settings = settings
        self._record = record
        self._days = days
        self._halts = halts

    def step(self, evidence: Evidence) -> None:
        """Roll the day, note the low, brake, and judge the phase."""
        self._days.roll(evidence)
        day = self._record.state.day
        assert day is not None, "rolled a line above"
        day.cycles_count += 1
        self._note_low(day, evidence)
        self._brake(day, evidence.money)
        self._judge(day, evidence)
        self._days.see(evidence)

    def _note_low(self, day: DayAnchor, evidence: Evidence) -> None:
        equity = evidence.account.equity_money
        if equity >= day.lowest_equity_money:
            return
        day.lowest_equity_money = equity
        day.lowest_equity_utc_s = evidence.now_utc_s
        step_money = self._settings.schedule.equity_low_step_base_fraction * day.base_money
        if day.marked_low_money - equity < step_money:
            return
        day.marked_low_money = equity
        levels = floors(trading_day(day), self._settings.rules)
        self._record.event(
            EquityLowMarked(
                equity_money=equity,
                daily_room_money=round(equity - levels.daily_money, 2),
                total_room_money=round(equity - levels.total_money, 2),
            )
        )

    def _brake(self, day: DayAnchor, account: Account) -> None:
        """Brakes only tighten within a day; flatten is a latched halt (LESSONS 34)."""
        rules = self._settings.rules
        now = Brake(brake(trading_day(day), account, self._settings.brakes, rules))
        if now <= day.brake:
            return
        before, day.brake = Brake(day.brake), now
        loss = day_loss_fraction(trading_day(day), account)
        self._record.event(
            BrakeChanged(
                before=before.name,
                after=now.name,
                loss_base_fraction=loss,
                equity_money=account.equity_money,
                base_money=day.base_money,
            )
        )
        if now == Brake.FLATTEN:
            self._latch_flatten(account, loss)

    def _latch_flatten(self, account: Account, loss_fraction: float) -> None:
        brakes, rules = self._settings.brakes, self._settings.rules
        total_loss = rules.initial_balance_money - account.equity_money
        if total_loss >= brakes.total_flatten_initial_fraction * rules.initial_balance_money:
            reason = f"total loss {total_loss:.2f} of {rules.initial_balance_money:.2f}"
            self._halts.latch(TOTAL_LOSS, reason, needs_person=True, flattens=True)
            return
        reason = f"day's loss {100.0 * loss_fraction:.2f} % of its base"
        self._halts.latch(DAILY_BRAKE, reason, needs_person=False, flattens=True)

    def _judge(self, day: DayAnchor, evidence: Evidence) -> None:
        state = self._record.state
        if state.verdict != PhaseVerdict.RUNNING.name:
            return
        rules = self._settings.rules
        account = evidence.money
        progress = Progress(
            closed_profit_money=closed_profit_money(account, state, rules),
            profitable_days_count=len(state.profitable_days),
            has_exposure=bool(evidence.positions),
        )
        answer = PhaseVerdict(verdict(account, trading_day(day), progress, rules))
        if answer == PhaseVerdict.RUNNING:
            state.breach_reads_count = 0
            self._near_target(account, progress)
            return
        if answer != PhaseVerdict.PASSED:
            state.breach_reads_count += 1
            if state.breach_reads_count < _BREACH_READS_COUNT:
                return  # one read ends nothing for good; the flatten brake acts meanwhile (X10)
        levels = floors(trading_day(day), rules)
        is_total = answer == PhaseVerdict.BREACHED_TOTAL
        state.verdict = answer.name
        self._record.event(
            PhaseDecided(
                verdict=answer.name,
                balance_money=account.balance_money,
                equity_money=account.equity_money,
                floor_money=levels.total_money if is_total else levels.daily_money,
                profitable_days_count=progress.profitable_days_count,
            )
        )
        self._halts.latch(PHASE_OVER, answer.name.lower(), needs_person=True, flattens=True)

    def _near_target(self, account: Account, progress: Progress) -> None:
        """Target met by closed profit: announce it once, then protect the pass."""
        rules, state = self._settings.rules, self._record.state
        if not is_target_reached(progress, rules):
            if state.is_target_announced and self._settings.target_policy != TargetPolicy.STOP:
                state.is_target_announced = False
            return
        if not state.is_target_announced:
            state.is_target_announced = True
            self._record.event(
                TargetReached(
                    balance_money=account.balance_money,
                    target_money=rules.initial_balance_money
                    * (1.0 + rules.target_initial_fraction),
                    profitable_days_count=progress.profitable_days_count,
                    profitable_days_min_count=rules.profitable_days_min_count,
                )
            )
        if progress.profitable_days_count >= rules.profitable_days_min_count:
            self._halts.latch(
                TARGET_STOP, "target and days met: flat to pass", needs_person=True, flattens=True
            )


def closed_profit_money(account: Account, state: BotState, rules: ChallengeRules) -> float:
    """Closed trading profit of the phase: deposits and payouts are neither (FAULTS B34)."""
    return account.balance_money - rules.initial_balance_money - state.phase_cash_money
