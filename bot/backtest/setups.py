"""A setup's place in the walk: taken up by the scan, moved between queues, gone when it ends."""

from __future__ import annotations

import math

from bot.backtest.compiled import compiled
from bot.backtest.inputs import Walker
from bot.backtest.kinds import Status

_NONE = Status.NONE.value
_AWAITING = Status.AWAITING_ENTRY.value


@compiled
def move(w: Walker, symbol: int, status: int) -> None:
    """A setup's new status, from now on."""
    slot = w.slots[symbol]
    slot.status, slot.since_s = status, w.me.now_s


@compiled
def end_setup(w: Walker, symbol: int) -> None:
    """The setup is over; its place in the order of setups is freed at the end of the stage."""
    move(w, symbol, _NONE)


@compiled
def settle_order(w: Walker) -> None:
    """Drop ended setups from the order in which setups are looked at."""
    me, kept = w.me, 0
    for k in range(me.live_count):
        if w.slots[me.live[k]].status != _NONE:
            me.live[kept] = me.live[k]
            kept += 1
    me.live_count = kept


@compiled
def new_setup(w: Walker, symbol: int, scan: int) -> None:
    """Take up the signal of a scan as the newest setup."""
    me, slot, seen = w.me, w.slots[symbol], w.scans[scan]
    settle_order(w)
    slot.status, slot.setup_id = _AWAITING, me.next_setup_id
    me.next_setup_id += 1
    slot.side, slot.points = seen.side, seen.points
    slot.entry_price, slot.stop_price = seen.entry_price, seen.stop_price
    slot.created_s = slot.since_s = me.now_s
    slot.expires_s = me.now_s + w.p.entry.expiry_s
    slot.distance_r = slot.order_lots = slot.keep_lots = slot.lots = slot.closed_lots = 0.0
    slot.attempts_count = slot.refusal = slot.rungs_count = slot.close_reason = 0
    slot.weekend_day = 0
    slot.last_price = 0.0
    slot.has_order = slot.has_position = slot.is_adopted = False
    slot.wanted_since_s = math.nan
    slot.stop_edited_s = -math.inf
    me.live[me.live_count] = symbol
    me.live_count += 1
    me.setups_count += 1


@compiled
def sent(w: Walker) -> None:
    """A trade request left: the next cycle looks again at once."""
    me = w.me
    me.sent_count += 1
    me.version += 1
    me.busy_until_s = max(me.busy_until_s, me.now_s + w.p.pace.cycle_s)
