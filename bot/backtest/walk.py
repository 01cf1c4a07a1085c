"""Start reading here: one account through many symbols' prices in time order, cycle by cycle.

Each cycle is `bot.live.loop.tick` without what only a real broker can do wrong, its stages in the
same order and their decisions the same rules. Between two cycles at which nothing could change the
walk jumps: to the next quote of a symbol with a setup, to the next edge of the calendar, or to the
moment something waits for.
"""

from __future__ import annotations

import math

from bot.backtest.breakers import step_breakers
from bot.backtest.compiled import compiled
from bot.backtest.entry import step_entry_queue, step_spread_queue
from bot.backtest.inputs import Walker
from bot.backtest.kinds import Status
from bot.backtest.market import advance
from bot.backtest.phase import has_positions, open_first, watch_phase
from bot.backtest.positions import step_positions
from bot.backtest.prices import next_quote_s
from bot.backtest.relief import is_flattening, step_flatten, step_guard, step_reset_night
from bot.backtest.resting import step_resting
from bot.backtest.scan import step_scan
from bot.backtest.setups import settle_order
from bot.backtest.sizing import any_charge
from bot.model.decision import PhaseVerdict

_RUNNING = PhaseVerdict.RUNNING.value
_SPREAD, _FILLED = Status.AWAITING_SPREAD.value, Status.FILLED.value


@compiled
def walk(w: Walker) -> None:
    """Walk `w` from its start to its end, or to the verdict of its phase."""
    begin(w)
    while True:
        cycle(w)
        if is_over(w):
            return
        next_s = next_cycle_s(w)
        if next_s > w.me.end_s:
            return
        advance(w, next_s)


@compiled
def begin(w: Walker) -> None:
    """The account on its first cycle: flat, with the phase's initial balance."""
    me, p = w.me, w.p
    me.now_s = me.spread_due_s = me.connected_s = me.start_s
    me.balance_minor = me.peak_minor = int(p.rules.initial_balance_money * p.minor_per_unit + 0.5)
    me.next_setup_id, me.version, me.cycle, me.entered_cycle = 1, 1, 1, -1
    me.window = me.scan = me.group = me.midnight = 0
    for symbol in range(len(w.slots)):
        slot, c = w.slots[symbol], w.contracts[symbol]
        slot.cursor = c.first_quote - 1
        slot.spread_sample, slot.own_sample = c.first_sample, -1
        slot.slippage_r = p.risk.slippage_reserve_r
        slot.probe_at_s = slot.spec_at_s = -math.inf
        slot.blocked_until_s = slot.scanned_bar_s = -math.inf
    while me.midnight < len(w.midnights_s) and w.midnights_s[me.midnight] <= me.now_s:
        me.midnight += 1
    me.next_midnight_s = math.inf
    if me.midnight < len(w.midnights_s):
        me.next_midnight_s = w.midnights_s[me.midnight]
    while me.scan < len(w.scans) and w.scans[me.scan].at_s < me.now_s:
        me.scan += 1
    turn_pages(w)
    open_first(w)
    me.seen_balance_money = me.seen_equity_money = p.rules.initial_balance_money


@compiled
def turn_pages(w: Walker) -> None:
    """Move to the calendar window and the correlation groups of now."""
    me = w.me
    while me.window + 1 < len(w.windows) and w.windows[me.window + 1].from_s <= me.now_s:
        me.window += 1
    while me.group + 1 < len(w.groups_from_s) and w.groups_from_s[me.group + 1] <= me.now_s:
        me.group += 1


@compiled
def cycle(w: Walker) -> None:
    """One look at the account and the market, and everything that follows from it."""
    me = w.me
    me.cycle += 1
    me.cycles_count += 1
    me.version += 1
    me.wake_s = math.inf
    turn_pages(w)
    watch_phase(w)
    step_breakers(w)
    was_flattening = is_flattening(w)
    if was_flattening:
        step_flatten(w)
        step_positions(w)
    elif me.live_count > 0:
        leave(w)
    step_sizing(w)
    if not was_flattening:
        enter_more(w)
    settle_order(w)


@compiled
def leave(w: Walker) -> None:
    """What lowers risk."""
    if any_charge(w):
        step_guard(w)
        step_reset_night(w)
    step_positions(w)


@compiled
def enter_more(w: Walker) -> None:
    """What rests, what waits, and what may be found."""
    if w.me.live_count > 0:
        step_resting(w)
        step_spread_queue(w)
        step_entry_queue(w)
    step_scan(w)


@compiled
def step_sizing(w: Walker) -> None:
    """The day's first equity, and the peak of the closed balance once it has held still."""
    me = w.me
    balance = me.balance_minor / w.p.minor_per_unit
    if balance != me.closed_money:
        me.closed_money, me.closed_since_s = balance, me.now_s
    still_s = me.closed_since_s + 2.0 * w.p.pace.deals_check_s
    if me.peak_money <= 0.0 or (balance > me.peak_money and me.now_s >= still_s):
        me.peak_money = balance
    elif balance > me.peak_money:
        me.wake_s = min(me.wake_s, still_s)
    if me.sizing_day != me.day:
        me.sizing_day = me.day
        equity = me.equity_minor / w.p.minor_per_unit
        me.sizing_start_equity_money = min(equity, me.base_money)


@compiled
def next_cycle_s(w: Walker) -> float:
    """The next cycle at which anything could change; a whole number of cycles after the start."""
    me, p = w.me, w.p
    soonest = float(me.now_s + p.pace.cycle_s)
    if me.busy_until_s >= soonest:
        return soonest
    wake = me.wake_s
    if me.window + 1 < len(w.windows):
        wake = min(wake, w.windows[me.window + 1].from_s)
    if me.scan < len(w.scans):
        wake = min(wake, w.scans[me.scan].at_s)
    for k in range(me.live_count):
        wake = min(wake, slot_wake_s(w, me.live[k]))
        if wake <= soonest:
            return soonest
    if wake == math.inf:
        return math.inf
    cycles_count = math.ceil((wake - me.start_s) / p.pace.cycle_s)
    return max(soonest, float(me.start_s + cycles_count * p.pace.cycle_s))


@compiled
def slot_wake_s(w: Walker, symbol: int) -> float:
    """When the symbol's setup wants to be looked at again."""
    slot, p = w.slots[symbol], w.p
    wake = min(next_quote_s(w, symbol), slot.expires_s)
    if slot.status == _SPREAD:
        wake = min(wake, w.me.spread_due_s)
    if slot.status == _FILLED:
        wake = next_quote_s(w, symbol)
        if p.exits.time_stop_s > 0.0:
            wake = min(wake, slot.opened_s + p.exits.time_stop_s)
        if p.exits.stale_after_s > 0.0:
            wake = min(wake, max(w.me.now_s + 1.0, slot.opened_s + p.exits.stale_after_s))
    return float(wake)


@compiled
def is_over(w: Walker) -> bool:
    """Whether the phase has its verdict and nothing is open or resting any more."""
    if w.me.verdict == _RUNNING or not w.p.policy.stops_at_verdict:
        return bool(w.me.is_full)
    return not (any_charge(w) or has_positions(w))
