"""The firm's day and floors in a walk: day roll, brakes, halts, target and verdict."""

from __future__ import annotations

from bot.backtest.compiled import compiled
from bot.backtest.inputs import Records, Walker
from bot.backtest.kinds import HaltKind
from bot.backtest.risk import account_of, today_of
from bot.model.account import Progress, TradingDay
from bot.model.challenge import ChallengeState, DayKind, Observation, Tally, TrailOn
from bot.model.coast import TargetPolicy
from bot.model.decision import Brake, PhaseVerdict
from bot.rules.challenge import brake, day_after, first_day, raise_day_base
from bot.rules.challenge_days import days_done, is_consistent, is_target_reached
from bot.rules.challenge_engine import (
    end_of_day,
    next_day,
    observe,
    progress_of,
    started_day,
    verdict_now,
)
from bot.rules.challenge_trail import live_trail, total_reference_money

_RUNNING = PhaseVerdict.RUNNING.value
_BREACH_READS_COUNT = 2
_FLATTEN = Brake.FLATTEN.value
_DAILY_BRAKE, _TOTAL_LOSS = HaltKind.DAILY_BRAKE.value, HaltKind.TOTAL_LOSS.value
_PHASE_OVER, _TARGET_STOP = HaltKind.PHASE_OVER.value, HaltKind.TARGET_STOP.value
_FIRM_PAUSE = HaltKind.FIRM_PAUSE.value
_HALTS_COUNT = len(HaltKind)
NEEDS_PERSON = (False, True, True, True, False, False, True)
"""By `HaltKind`: whether it waits for a person, or ends with the firm's day."""
_STOP = TargetPolicy.STOP.value
_NONE, _PROFITABLE = DayKind.NONE.value, DayKind.PROFITABLE.value
_REALTIME = TrailOn.BALANCE_REALTIME.value


@compiled
def state_of(w: Walker, balance_money: float, equity_money: float) -> ChallengeState:
    """Where the phase stands, as the engine sees it, at an account last seen like this."""
    me = w.me
    return ChallengeState(
        today_of(w),
        me.first_day,
        balance_money,
        equity_money,
        0.0,
        0.0,
        0.0,
        0,
        0,
        False,  # noqa: FBT003
        False,  # noqa: FBT003
        me.is_paused,
        _RUNNING,
        _RUNNING,
        Tally(me.counted_days_count, me.best_day_money, me.positive_days_money),
    )


@compiled
def progress_now(w: Walker) -> Progress:
    """How far the phase is at the account of now."""
    account = account_of(w)
    return progress_of(state_of(w, account.balance_money, account.equity_money), w.p.rules)


@compiled
def look_of(w: Walker) -> Observation:
    """The account now, as the engine observes it; a walk knows no deposits."""
    account = account_of(w)
    balance, equity = account.balance_money, account.equity_money
    return Observation(balance, equity, 0.0, 0.0, has_positions(w), 0, 0)


@compiled
def has_positions(w: Walker) -> bool:
    """Whether the broker holds a position."""
    for k in range(w.me.live_count):
        if w.slots[w.me.live[k]].has_position:
            return True
    return False


@compiled
def keep_day(w: Walker, day: TradingDay) -> None:
    """Remember what the engine made of the day."""
    me = w.me
    me.base_money = day.base_money
    me.trail_peak_money, me.trail_floor_money = day.trail.peak_money, day.trail.floor_money
    me.is_trail_locked = day.trail.is_locked


@compiled
def open_day(w: Walker, day: TradingDay) -> None:
    """Begin a firm's day: counters at zero, halts of earlier days over."""
    me, window = w.me, w.windows[w.me.window]
    keep_day(w, day)
    me.day, me.start_balance_money = day.day, day.start_balance_money
    me.firm_day_start_s, me.firm_day_end_s = window.firm_day_start_s, window.firm_day_end_s
    me.brake = me.entries_count = me.requests_count = 0
    me.is_paused = False
    me.lowest_equity_money = account_of(w).equity_money
    me.opened_count, me.closed_count = me.opened_next_count, me.closed_next_count
    me.opened_next_count = me.closed_next_count = 0
    for k in range(_HALTS_COUNT):
        halt = me.halts[k]
        if halt.on and not halt.needs_person and halt.day < day.day:
            halt.on = False


@compiled
def open_first(w: Walker) -> None:
    """The first day of a phase."""
    account, rules, me = account_of(w), w.p.rules, w.me
    today = w.windows[me.window].firm_day
    balance = account.balance_money
    day = day_after(first_day(today - 1, rules), balance, balance, rules)
    me.first_day = today
    me.verdict = _RUNNING
    me.day = today - 1
    open_day(w, raise_day_base(day, account.balance_money, account.equity_money, rules))


@compiled
def roll_day(w: Walker) -> None:
    """Close the running day and open the next, from what was seen on both sides of the reset."""
    me, rules = w.me, w.p.rules
    seen_balance, seen_equity = me.seen_balance_money, me.seen_equity_money
    ending = state_of(w, seen_balance, seen_equity)
    if rules.days.kind not in (_NONE, _PROFITABLE):
        ending = with_deals(ending, me.opened_count, me.closed_count)
    following = next_day(ending, rules)
    is_counted = end_of_day(ending, rules).is_counted
    opening = started_day(following.day, look_of(w), rules)
    note_day(w, int(is_counted))
    me.counted_days_count += int(is_counted)
    me.best_day_money = following.tally.best_day_money
    me.positive_days_money = following.tally.positive_days_money
    open_day(w, opening)


@compiled
def with_deals(state: ChallengeState, opened_count: int, closed_count: int) -> ChallengeState:
    """`state` with the day's trades counted."""
    return ChallengeState(
        state.day,
        state.first_day,
        state.balance_money,
        state.equity_money,
        state.day_cash_money,
        state.day_credit_money,
        state.phase_cash_money,
        opened_count,
        closed_count,
        state.has_exposure,
        state.is_fresh,
        state.is_paused,
        state.breach,
        state.breach_also,
        state.tally,
    )


@compiled
def note_day(w: Walker, counted: int) -> None:
    """Write a closed day down; a list that is full keeps its last place for the newest."""
    me = w.me
    place = min(me.days_count, len(w.days) - 1)
    me.days_count = place + 1
    row = w.days[place]
    row.day, row.base_money = me.day, me.base_money
    row.balance_money, row.equity_money = me.seen_balance_money, me.seen_equity_money
    row.lowest_equity_money, row.entries_count = me.lowest_equity_money, me.entries_count
    row.is_counted = counted > 0


@compiled
def latch(w: Walker, kind: int) -> None:
    """Latch a halt, which flattens; a second latch of the same kind changes nothing."""
    halt: Records = w.me.halts[kind]
    if halt.on:
        return
    halt.on, halt.needs_person = True, NEEDS_PERSON[kind]
    halt.day, halt.since_s, halt.is_confirmed = w.me.day, w.me.now_s, False


@compiled
def watch_phase(w: Walker) -> None:
    """Roll the day, follow the account, brake, pause and judge: every cycle, before all else."""
    me, rules = w.me, w.p.rules
    while me.day < w.windows[me.window].firm_day:
        roll_day(w)
    after = observed(w)
    keep_day(w, after.day)
    me.is_paused = after.is_paused
    me.lowest_equity_money = min(me.lowest_equity_money, after.equity_money)
    apply_brake(w)
    if me.is_paused:
        latch(w, _FIRM_PAUSE)
    if me.verdict == _RUNNING:
        judge(w, after, verdict_now(after, rules))
    me.seen_at_s, me.seen_balance_money = me.now_s, after.balance_money
    me.seen_equity_money = after.equity_money
    me.requests_count += me.sent_count - me.sent_before_count
    me.sent_before_count = me.sent_count
    me.peak_minor = me.balance_minor


@compiled
def observed(w: Walker) -> ChallengeState:
    """The phase after this cycle's reading; a floor that follows the balance saw every deal."""
    me, rules = w.me, w.p.rules
    before = state_of(w, me.seen_balance_money, me.seen_equity_money)
    look = look_of(w)
    if rules.overall.trail_on == _REALTIME and look.balance_money != me.seen_balance_money:
        peak = me.peak_minor / w.p.minor_per_unit
        trail = live_trail(before.day.trail, peak, peak, rules)
        day = before.day
        keep_day(w, TradingDay(day.day, day.base_money, day.start_balance_money, trail))
        before = state_of(w, me.seen_balance_money, me.seen_equity_money)
    return observe(before, look, rules)


@compiled
def apply_brake(w: Walker) -> None:
    """Brakes only tighten within a day; flatten is a latched halt."""
    account = account_of(w)
    now = brake(today_of(w), account, w.p.brakes, w.p.rules)
    if now <= w.me.brake:
        return
    w.me.brake = now
    if now != _FLATTEN:
        return
    rules, brakes = w.p.rules, w.p.brakes
    reference = total_reference_money(today_of(w).trail, rules)
    limit = brakes.total_flatten_initial_fraction * rules.initial_balance_money
    if reference - account.equity_money >= limit:
        latch(w, _TOTAL_LOSS)
    else:
        latch(w, _DAILY_BRAKE)


@compiled
def judge(w: Walker, after: ChallengeState, answer: int) -> None:
    """A verdict needs two readings; a target that is met is announced and protected."""
    me = w.me
    if answer == _RUNNING:
        me.breach_reads_count = 0
        near_target(w, after)
        return
    me.breach_reads_count += 1
    me.busy_until_s = max(me.busy_until_s, me.now_s + w.p.pace.cycle_s)
    if me.breach_reads_count < _BREACH_READS_COUNT:
        return
    me.verdict = answer
    latch(w, _PHASE_OVER)


@compiled
def near_target(w: Walker, after: ChallengeState) -> None:
    """Target met by closed profit: announce it once, then flat to pass once the days are done."""
    me, rules = w.me, w.p.rules
    progress = progress_of(after, rules)
    if not is_target_reached(progress, rules):
        if me.is_target_announced and w.p.coast.policy != _STOP:
            me.is_target_announced = False
        return
    me.is_target_announced = True
    if days_done(progress, rules) and is_consistent(progress, rules):
        latch(w, _TARGET_STOP)
