"""The circuit breakers of a walk: measured every cycle, latched, reset by their own rule."""

from __future__ import annotations

import math

from bot.backtest.compiled import compiled
from bot.backtest.inputs import Walker
from bot.backtest.kinds import FALLING_MAX_COUNT, HaltKind, Trigger
from bot.backtest.phase import latch
from bot.backtest.risk import account_of, today_of
from bot.model.breakers import BreakerAction, BreakerLevel, ResetRule, Trip
from bot.rules import breakers as rules
from bot.rules.breakers import is_reset_due

_REDUCE, _FLATTEN = BreakerAction.REDUCE.value, BreakerAction.FLATTEN.value
_TRIPPED = BreakerLevel.TRIPPED.value
_FIRM_DAY, _TIME = ResetRule.FIRM_DAY.value, ResetRule.TIME.value
_HEALED, _PERSON = ResetRule.HEALED.value, ResetRule.PERSON.value
_RESETS = (_PERSON, _FIRM_DAY, _PERSON, _FIRM_DAY, _FIRM_DAY, _TIME, _HEALED, _FIRM_DAY, _FIRM_DAY)
"""By `Trigger`, as `bot.model.breakers.RESETS` has them."""

_LOSSES, _DAY_LOSSES = Trigger.CONSECUTIVE_LOSSES.value, Trigger.DAY_LOSSES.value
_RAPID, _DRAWDOWN = Trigger.RAPID_LOSS.value, Trigger.DAILY_DRAWDOWN.value
_TRADES, _SLIPPAGE = Trigger.TRADES_PER_DAY.value, Trigger.SLIPPAGE.value
_REGIME = Trigger.SPREAD_REGIME.value
_SOFT, _HARD = Trigger.REQUESTS_SOFT.value, Trigger.REQUESTS_HARD.value
_COUNT = len(Trigger)
_RAPID_READS_COUNT = 2
_BREAKER_DAY, _BREAKER_PERSON = HaltKind.BREAKER_DAY.value, HaltKind.BREAKER_PERSON.value
_RESULTS_KEPT_COUNT = 200


@compiled
def blocking(w: Walker) -> bool:
    """Whether an open breaker blocks entries."""
    for k in range(_COUNT):
        if w.me.trips[k].on and w.me.trips[k].action != _REDUCE:
            return True
    return False


@compiled
def resting_is_blocked(w: Walker) -> bool:
    """Whether an open breaker lets no order rest."""
    for k in range(_COUNT):
        if k != _SOFT and w.me.trips[k].on and w.me.trips[k].action != _REDUCE:
            return True
    return False


@compiled
def step_breakers(w: Walker) -> None:
    """Reset what is due, then hold every gauge against its limit."""
    for k in range(_COUNT):
        reset_if_due(w, k)
    step_loss_rows(w)
    step_money_breakers(w)
    step_counts(w)
    if w.p.breakers.spread_regime.use:
        step_regime(w)
    ask_for_flat(w)


@compiled
def step_loss_rows(w: Walker) -> None:
    """Losses in a row, of all time and of the day."""
    s = w.p.breakers
    if s.consecutive_losses.use:
        row = loss_row(w, s.consecutive_losses.scratch_r, _LOSSES)
        hold(w, _LOSSES, rules.losses_in_a_row(row, s.consecutive_losses.max_count).level)
    if s.day_losses.use and w.p.counts_day_losses:
        row = loss_row(w, s.day_losses.scratch_r, _DAY_LOSSES)
        hold(w, _DAY_LOSSES, rules.losses_in_a_row(row, s.day_losses.max_count).level)


@compiled
def step_counts(w: Walker) -> None:
    """Entries and requests of the day, and how the entries were filled."""
    s, me = w.p.breakers, w.me
    if s.trades_per_day.use:
        hold(w, _TRADES, rules.day_count(me.entries_count, s.trades_per_day).level)
    if s.slippage.use and me.entry_slips_count > 0:
        hold(w, _SLIPPAGE, slippage_level(w))
    if s.requests_soft.use:
        hold(w, _SOFT, rules.day_count(me.requests_count, s.requests_soft).level)
    if s.requests_hard.use:
        hold(w, _HARD, rules.day_count(me.requests_count, s.requests_hard).level)


@compiled
def step_money_breakers(w: Walker) -> None:
    """Falls of equity: within minutes, and within the day."""
    s, equity = w.p.breakers, account_of(w).equity_money
    if s.rapid_loss.use:
        peak = note_equity(w, equity)
        level = rules.rapid_loss(peak, equity, s.rapid_loss).level
        is_tripped = level == _TRIPPED
        w.me.rapid_reads_count = w.me.rapid_reads_count + 1 if is_tripped else 0
        if is_tripped:
            w.me.busy_until_s = max(w.me.busy_until_s, w.me.now_s + w.p.pace.cycle_s)
        if not is_tripped or w.me.rapid_reads_count >= _RAPID_READS_COUNT:
            hold(w, _RAPID, level)
    if s.daily_drawdown.use:
        base = today_of(w).base_money
        hold(w, _DRAWDOWN, rules.daily_drawdown(base, equity, s.daily_drawdown).level)


@compiled
def hold(w: Walker, k: int, level: int) -> None:
    """Trip a breaker whose gauge is at its limit."""
    trip = w.me.trips[k]
    if trip.on or level != _TRIPPED:
        return
    trip.on, trip.action, trip.day = True, action_of(w, k), w.me.day
    trip.since_s, trip.healed_s, trip.is_flat_asked = w.me.now_s, 0.0, False


@compiled
def action_of(w: Walker, k: int) -> int:
    """What the trader chose for a breaker (`BreakerAction`)."""
    s = w.p.breakers
    actions = (
        s.consecutive_losses.action,
        s.day_losses.action,
        s.rapid_loss.action,
        s.daily_drawdown.action,
        s.trades_per_day.action,
        s.slippage.action,
        s.spread_regime.action,
        s.requests_soft.action,
        s.requests_hard.action,
    )
    return int(actions[k])


@compiled
def reset_if_due(w: Walker, k: int) -> None:
    """A tripped breaker comes back by its rule; a person's after the policy's patience."""
    trip, resets = w.me.trips[k], _RESETS[k]
    if not trip.on or resets == _HEALED:
        return
    times = Trip(trip.day, trip.since_s, trip.healed_s)
    is_due = is_reset_due(resets, times, w.me.day, w.me.now_s, w.p.breakers.slippage.wait_s)
    if resets == _PERSON:
        is_due = w.me.now_s - trip.since_s >= w.p.policy.person_reset_s
    if is_due:
        reset(w, k)


@compiled
def reset(w: Walker, k: int) -> None:
    """Forget what the breaker counted, so that it does not trip on it again."""
    me = w.me
    me.trips[k].on = False
    if k == _LOSSES:
        newest = w.trades[me.trades_count - 1].setup_id if me.trades_count > 0 else 0
        me.losses_after_setup_id = newest
    elif k == _RAPID:
        me.falling_count = 0
    elif k == _SLIPPAGE:
        me.entry_slips_count = 0
    if _RESETS[k] == _PERSON:
        me.halts[_BREAKER_PERSON].on = False


@compiled
def loss_row(w: Walker, scratch_r: float, k: int) -> int:
    """Losses since the last win, newest first."""
    me, row = w.me, 0
    for back in range(min(me.trades_count, _RESULTS_KEPT_COUNT)):
        trade = w.trades[me.trades_count - 1 - back]
        net = trade.net_minor / w.p.minor_per_unit
        is_counted = trade.setup_id != me.losses_after_setup_id
        if k == _DAY_LOSSES:
            is_counted = trade.firm_day >= me.day
        if rules.is_win(net) or not is_counted:
            break
        row += int(rules.is_loss(net, trade.result_r, scratch_r))
    return row


@compiled
def note_equity(w: Walker, equity_money: float) -> float:
    """Take a sample into the sliding window and return its highest equity.

    Between two looks of the walk equity did not move, so the sample before stands until a cycle
    ago, as if it had been taken every cycle.
    """
    me, count = w.me, w.me.falling_count
    if count > 0:
        me.falling_s[count - 1] = me.now_s - w.p.pace.cycle_s
    while count > 0 and me.falling_money[count - 1] <= equity_money:
        count -= 1
    me.falling_s[count], me.falling_money[count] = me.now_s, equity_money
    count += 1
    expired, oldest_s = 0, me.now_s - w.p.breakers.rapid_loss.window_s
    while me.falling_s[expired] < oldest_s:
        expired += 1
    for k in range(expired, count):
        me.falling_s[k - expired] = me.falling_s[k]
        me.falling_money[k - expired] = me.falling_money[k]
    me.falling_count = min(count - expired, FALLING_MAX_COUNT)
    return float(me.falling_money[0])


@compiled
def slippage_level(w: Walker) -> int:
    """The reading of the entries' slippage (`BreakerLevel`)."""
    s, count = w.p.breakers.slippage, w.me.entry_slips_count
    kept = min(count, s.mean_fills_count)
    total, worst = 0.0, -math.inf
    for k in range(kept):
        slip = w.me.entry_slips_r[count - 1 - k]
        total += slip
        worst = max(worst, slip)
    return rules.slippage(total / kept, kept, worst, s).level


@compiled
def note_entry_slip(w: Walker, slip_r: float) -> None:
    """Remember how much worse than planned an entry was filled."""
    me = w.me
    if me.entry_slips_count == len(me.entry_slips_r):
        for k in range(1, me.entry_slips_count):
            me.entry_slips_r[k - 1] = me.entry_slips_r[k]
        me.entry_slips_count -= 1
    me.entry_slips_r[me.entry_slips_count] = slip_r
    me.entry_slips_count += 1


@compiled
def step_regime(w: Walker) -> None:
    """Spreads wide across the board were measured beforehand: prices alone decide it."""
    trip, is_wide = w.me.trips[_REGIME], w.windows[w.me.window].is_regime_wide
    if is_wide:
        hold(w, _REGIME, _TRIPPED)
    else:
        trip.on = False


@compiled
def ask_for_flat(w: Walker) -> None:
    """Each trip of a breaker that flattens asks once."""
    for k in range(_COUNT):
        trip = w.me.trips[k]
        if trip.on and trip.action == _FLATTEN and not trip.is_flat_asked:
            trip.is_flat_asked = True
            latch(w, _BREAKER_DAY if _RESETS[k] == _FIRM_DAY else _BREAKER_PERSON)
