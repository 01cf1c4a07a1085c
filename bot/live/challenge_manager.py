"""The firm's day and floors: day roll, brakes, halts, target and verdict.

The base of a day is written once per server date and never changed (LESSONS 24). A halt is latched
until its reset rule: the next server day, or a person.
"""

from __future__ import annotations

from bot.live.as_rules import challenge_state, keep_day, trading_day
from bot.live.day_book import DayBook, told_floor
from bot.live.deal_history import DealHistory
from bot.live.entry_gate import FIRM_PAUSE
from bot.live.evidence import Evidence
from bot.live.halts import HaltBook
from bot.live.record import Record
from bot.live.state import DayAnchor, LastSeen
from bot.model.account import Account
from bot.model.challenge import ChallengeState, Observation, PhaseKind, TrailOn
from bot.model.coast import TargetPolicy
from bot.model.decision import Brake, PhaseVerdict
from bot.model.events import BrakeChanged, EquityLowMarked, PhaseDecided, TargetReached
from bot.model.settings import BotSettings
from bot.ports import Broker
from bot.rules.challenge import brake, day_loss_fraction, floors
from bot.rules.challenge_days import days_done, is_consistent, is_target_reached
from bot.rules.challenge_engine import base_shift_money, observe, progress_of, verdict_now
from bot.rules.challenge_trail import live_trail, total_reference_money

DAILY_BRAKE = "daily_brake"
TOTAL_LOSS = "total_loss"
PHASE_OVER = "phase_over"
TARGET_STOP = "target"
_BREACH_READS_COUNT = 2


class ChallengeManager:
    """Watches equity against the firm's floors, every cycle, before anything else."""

    def __init__(
        self, settings: BotSettings, record: Record, wires: tuple[Broker, DayBook, HaltBook]
    ) -> None:
        self._settings = settings
        self._record = record
        broker, self._days, self._halts = wires
        self._history = DealHistory(broker)

    def step(self, evidence: Evidence) -> None:
        """Roll the day, note the low, brake, and judge the phase."""
        self._days.roll(evidence)
        day = self._record.state.day
        assert day is not None, "rolled a line above"
        day.cycles_count += 1
        now = self._observed(day, evidence)
        self._note_low(day, evidence)
        self._brake(day, evidence.money)
        self._pause(day, evidence.money)
        self._judge(now)
        self._days.see(evidence)

    def _observed(self, day: DayAnchor, evidence: Evidence) -> ChallengeState:
        """The phase after this cycle's reading; what a limit ends is latched by `_judge` alone."""
        state, rules, account = self._record.state, self._settings.rules, evidence.account
        seen = state.last_seen or _seen(evidence)
        before = challenge_state(state, day, seen)
        look = Observation(
            balance_money=account.balance_money,
            equity_money=account.equity_money,
            cash_money=day.cash_money - day.cash_seen_money,
            credit_money=0.0,
            has_exposure=bool(evidence.positions),
            opened_count=0,
            closed_count=0,
        )
        after = observe(self._with_peaks(before, seen, look), look, rules)
        keep_day(day, after.day)
        day.cash_seen_money, day.is_paused = after.day_cash_money, after.is_paused
        day.base_shift_money = base_shift_money(after, rules)
        return after

    def _with_peaks(
        self, before: ChallengeState, seen: LastSeen, look: Observation
    ) -> ChallengeState:
        """Balances between two looks count too where the floor follows the balance at once."""
        rules = self._settings.rules
        follows = rules.overall.trail_on == TrailOn.BALANCE_REALTIME
        if not follows or look.balance_money == seen.balance_money:
            return before
        peak = self._history.peak_balance(seen.at_utc_s, look.balance_money)
        trail = live_trail(before.day.trail, peak, peak, rules)
        return before._replace(day=before.day._replace(trail=trail))

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
                daily_room_money=round(equity - told_floor(levels.daily_money), 2),
                total_room_money=round(equity - told_floor(levels.total_money), 2),
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
        day = self._record.state.day
        assert day is not None, "a brake was just reckoned from it"
        reference = total_reference_money(trading_day(day).trail, rules)
        total_loss = reference - account.equity_money
        if total_loss >= brakes.total_flatten_initial_fraction * rules.initial_balance_money:
            reason = f"total loss {total_loss:.2f} from {reference:.2f}"
            self._halts.latch(TOTAL_LOSS, reason, needs_person=True, flattens=True)
            return
        reason = f"day's loss {100.0 * loss_fraction:.2f} % of its base"
        self._halts.latch(DAILY_BRAKE, reason, needs_person=False, flattens=True)

    def _pause(self, day: DayAnchor, account: Account) -> None:
        """The firm stops trading until its next reset; the account lives."""
        if not day.is_paused:
            return
        levels = floors(trading_day(day), self._settings.rules)
        reason = f"equity {account.equity_money:.2f} at the firm's level {levels.daily_money:.2f}"
        self._halts.latch(FIRM_PAUSE, reason, needs_person=False, flattens=True)

    def _judge(self, now: ChallengeState) -> None:
        state, rules = self._record.state, self._settings.rules
        if state.verdict != PhaseVerdict.RUNNING.name:
            return
        answer = PhaseVerdict(verdict_now(now, rules))
        if answer == PhaseVerdict.RUNNING:
            state.breach_reads_count = 0
            self._near_target(now)
            return
        state.breach_reads_count += 1
        if state.breach_reads_count < _BREACH_READS_COUNT:
            return  # one read ends nothing for good; the flatten brake acts meanwhile (X10)
        self._decide(answer, now)

    def _decide(self, answer: PhaseVerdict, now: ChallengeState) -> None:
        state = self._record.state
        day = state.day
        assert day is not None, "it was just looked at"
        levels = floors(trading_day(day), self._settings.rules)
        is_daily = answer == PhaseVerdict.BREACHED_DAILY
        state.verdict = answer.name
        self._record.event(
            PhaseDecided(
                verdict=answer.name,
                balance_money=now.balance_money,
                equity_money=now.equity_money,
                floor_money=told_floor(levels.daily_money if is_daily else levels.total_money),
                profitable_days_count=now.tally.counted_days_count,
                also=PhaseVerdict(now.breach_also).name if now.breach_also else "",
            )
        )
        reason = answer.name.lower()
        if answer == PhaseVerdict.PASSED and self._settings.rules.phase_kind == PhaseKind.FUNDED:
            reason = "scaling milestone met: the next level is a new phase"
        self._halts.latch(PHASE_OVER, reason, needs_person=True, flattens=True)

    def _near_target(self, now: ChallengeState) -> None:
        """Target met by closed profit: announce it once, then protect the pass."""
        rules, state = self._settings.rules, self._record.state
        progress = progress_of(now, rules)
        if not is_target_reached(progress, rules):
            if state.is_target_announced and self._settings.coast.policy != TargetPolicy.STOP:
                state.is_target_announced = False
            return
        if not state.is_target_announced:
            state.is_target_announced = True
            self._record.event(
                TargetReached(
                    balance_money=now.balance_money,
                    target_money=rules.initial_balance_money * (1.0 + rules.target.profit_fraction),
                    profitable_days_count=progress.profitable_days_count,
                    profitable_days_min_count=rules.days.needed_count,
                )
            )
        if days_done(progress, rules) and is_consistent(progress, rules):
            self._halts.latch(
                TARGET_STOP, "target and days met: flat to pass", needs_person=True, flattens=True
            )


def _seen(evidence: Evidence) -> LastSeen:
    account = evidence.account
    return LastSeen(evidence.now_utc_s, account.balance_money, account.equity_money)
