"""Resting orders: fills, expiry, the distance check, and volumes that are kept right."""

from __future__ import annotations

import math

from bot.backtest.compiled import compiled
from bot.backtest.entry import enter, plan_of_slot
from bot.backtest.gate import resting_refusal
from bot.backtest.inputs import Walker
from bot.backtest.kinds import Status
from bot.backtest.positions import adopt
from bot.backtest.prices import quote_of, spec_of
from bot.backtest.setups import end_setup, move, sent
from bot.backtest.sizing import size
from bot.model.decision import EntryRoute, Refusal
from bot.rules.entry import distance_r, stop_touched
from bot.rules.sizing import keep_right

_NONE, _LIMIT = Refusal.NONE.value, EntryRoute.LIMIT.value
_AWAITING, _PENDING = Status.AWAITING_ENTRY.value, Status.PENDING.value


@compiled
def step_resting(w: Walker) -> None:
    """Adopt fills, settle what ended, and keep the rest right; every cycle."""
    for k in range(w.me.live_count):
        symbol = w.me.live[k]
        slot = w.slots[symbol]
        if slot.status != _PENDING:
            continue
        if slot.has_order:
            keep(w, symbol)
        elif slot.lots > 0.0 or slot.closed_lots > 0.0:
            adopt_fill(w, symbol)
        else:
            end_setup(w, symbol)  # expired, or refused by the server for want of margin
            w.me.dropped_old_count += 1


@compiled
def adopt_fill(w: Walker, symbol: int) -> None:
    """A fill: its volume is compared with the size for the balance at this moment."""
    slot = w.slots[symbol]
    wanted = slot.filled_lots
    if slot.has_position:
        wanted = size(w, symbol, slot.open_price)[0].lots
    adopt(w, symbol, wanted)


@compiled
def withdraw(w: Walker, symbol: int) -> bool:
    """Ask for the resting order back; outside the symbol's sessions the broker keeps it."""
    sent(w)
    if (w.windows[w.me.window].closed >> symbol) & 1 == 1:
        return False
    w.slots[symbol].has_order = False
    return True


@compiled
def keep(w: Walker, symbol: int) -> None:
    """Take an order back when it must not rest, else keep its volume right."""
    slot, now = w.slots[symbol], w.me.now_s
    if resting_refusal(w, symbol) != _NONE:
        if withdraw(w, symbol):
            move(w, symbol, _AWAITING)
            slot.order_lots = 0.0
        return
    quote = quote_of(w, symbol)
    if quote.time_utc_s <= 0.0 or now - quote.time_utc_s > w.p.entry.quote_age_max_s:
        return
    plan = plan_of_slot(w, symbol)
    slot.distance_r = distance_r(plan, quote)
    is_touched, is_old = stop_touched(plan, quote), now >= slot.expires_s
    if not (is_touched or is_old or slot.distance_r > w.p.entry.drop_above_r):
        keep_volume(w, symbol)
    elif withdraw(w, symbol):
        end_setup(w, symbol)
        w.me.dropped_stop_count += int(is_touched)
        w.me.dropped_old_count += int(is_old and not is_touched)
        w.me.dropped_far_count += int(not is_old and not is_touched)


@compiled
def keep_volume(w: Walker, symbol: int) -> None:
    """Replace the order when its volume is off by a step or more."""
    slot = w.slots[symbol]
    sized = size(w, symbol, slot.entry_price)[0]
    if not keep_right(slot.order_lots, sized.lots, spec_of(w, symbol)):
        slot.wanted_since_s = math.nan
        return
    if sized.lots > slot.order_lots and not is_lasting(w, symbol):
        return
    if not withdraw(w, symbol):
        return
    slot.order_lots = 0.0
    move(w, symbol, _AWAITING)
    if sized.refusal == _NONE:
        slot.refusal = enter(w, symbol, _LIMIT)
        if slot.refusal != _NONE:
            w.me.refusals_count[slot.refusal] += 1


@compiled
def is_lasting(w: Walker, symbol: int) -> bool:
    """A larger size must have held for a while: noise at a step boundary is no reason."""
    slot, me = w.slots[symbol], w.me
    if math.isnan(slot.wanted_since_s):
        slot.wanted_since_s = me.now_s
    if me.now_s - slot.wanted_since_s < w.p.pace.spread_retry_s:
        me.wake_s = min(me.wake_s, slot.wanted_since_s + w.p.pace.spread_retry_s)
        return False
    slot.wanted_since_s = math.nan
    return True
