"""From a waiting setup to an order: distance routing, every check, size and admission."""

from __future__ import annotations

import math

import numpy as np

from bot.backtest.compiled import compiled
from bot.backtest.gate import note_entry, sized_refusal, standing_refusal
from bot.backtest.inputs import Walker
from bot.backtest.kinds import Status
from bot.backtest.market import on_tick, open_position
from bot.backtest.positions import adopt
from bot.backtest.prices import quote_of, spec_of
from bot.backtest.risk import account_of, floors_of
from bot.backtest.setups import end_setup, move, sent
from bot.backtest.sizing import candidate_of, size
from bot.model.decision import EntryRoute, Refusal
from bot.model.market import Quote
from bot.model.trade import Plan
from bot.rules.admission import admit
from bot.rules.entry import (
    distance_r,
    exit_price,
    fill_price,
    is_limit_legal,
    is_stop_legal,
    route_entry,
    spread_limit_price,
)

_NONE = Refusal.NONE.value
_WIDE, _TOO_SOON = Refusal.SPREAD_TOO_WIDE.value, Refusal.ENTRY_TOO_SOON.value
_MARKET, _LIMIT = EntryRoute.MARKET.value, EntryRoute.LIMIT.value
_WAIT_FOR_SPREAD = EntryRoute.WAIT_FOR_SPREAD.value
_FAR, _EXPIRED = EntryRoute.DROP_TOO_FAR.value, EntryRoute.DROP_EXPIRED.value
_TOUCHED = EntryRoute.DROP_STOP_TOUCHED.value
_AWAITING, _SPREAD = Status.AWAITING_ENTRY.value, Status.AWAITING_SPREAD.value
_PENDING = Status.PENDING.value


@compiled
def plan_of_slot(w: Walker, symbol: int) -> Plan:
    """Where the symbol's setup enters, where it is wrong, and when it ends."""
    slot = w.slots[symbol]
    return Plan(slot.side, slot.entry_price, slot.stop_price, slot.expires_s)


@compiled
def step_spread_queue(w: Walker) -> None:
    """Setups at their price under a wide spread: asked again at an interval, given up in time."""
    if not is_spread_due(w):
        return
    for k in range(w.me.live_count):
        symbol = w.me.live[k]
        slot = w.slots[symbol]
        if slot.status != _SPREAD:
            continue
        if w.me.now_s - slot.since_s >= w.p.entry.spread_wait_max_s:
            end_setup(w, symbol)
            w.me.dropped_old_count += 1
        else:
            route(w, symbol)


@compiled
def is_spread_due(w: Walker) -> bool:
    """Whether the spread queue is looked at in this cycle; skipped cycles had theirs."""
    me, every_s = w.me, w.p.pace.spread_retry_s
    behind = math.floor((me.now_s - me.spread_due_s) / every_s)
    if behind < 0:
        return False
    is_due = bool(me.spread_due_s + behind * every_s == me.now_s)
    me.spread_due_s += (behind + 1) * every_s
    return is_due


@compiled
def step_entry_queue(w: Walker) -> None:
    """Route every setup that waits for its price."""
    for k in range(w.me.live_count):
        symbol = w.me.live[k]
        if w.slots[symbol].status == _AWAITING:
            route(w, symbol)


@compiled
def route(w: Walker, symbol: int) -> None:
    """Where a waiting setup goes now; without a fresh price it can only grow too old."""
    slot, now, quote = w.slots[symbol], w.me.now_s, quote_of(w, symbol)
    if quote.time_utc_s <= 0.0 or now - quote.time_utc_s > w.p.entry.quote_age_max_s:
        if now >= slot.expires_s:
            drop(w, symbol, _EXPIRED)
        return
    plan = plan_of_slot(w, symbol)
    slot.distance_r = distance_r(plan, quote)
    limit = quote.ask_price - quote.bid_price
    if slot.distance_r <= w.p.entry.limit_max_r:
        limit = spread_limit(w, symbol)
    carry_out(w, symbol, route_entry(plan, quote, limit, now, w.p.entry))


@compiled
def carry_out(w: Walker, symbol: int, where: int) -> None:
    """Take a setup where the rule says."""
    if where in (_FAR, _EXPIRED, _TOUCHED):
        drop(w, symbol, where)
    elif where in (_MARKET, _LIMIT):
        refusal = enter(w, symbol, where)
        w.slots[symbol].refusal = refusal
        if refusal != _NONE:
            w.me.refusals_count[refusal] += 1
        if refusal == _WIDE:
            to_queue(w, symbol, _SPREAD)
    elif where == _WAIT_FOR_SPREAD:
        to_queue(w, symbol, _SPREAD)
    else:
        to_queue(w, symbol, _AWAITING)


@compiled
def to_queue(w: Walker, symbol: int, status: int) -> None:
    """Move a waiting setup to a queue unless it stands there."""
    if w.slots[symbol].status != status:
        move(w, symbol, status)


@compiled
def drop(w: Walker, symbol: int, where: int) -> None:
    """End a waiting setup and count why."""
    end_setup(w, symbol)
    w.me.dropped_far_count += int(where == _FAR)
    w.me.dropped_old_count += int(where == _EXPIRED)
    w.me.dropped_stop_count += int(where == _TOUCHED)


@compiled
def enter(w: Walker, symbol: int, where: int) -> int:
    """Check and place the symbol's setup; why not (`Refusal`), or NONE once it is sent."""
    refusal = standing_refusal(w, symbol, where)
    if refusal != _NONE:
        return refusal
    slot, quote = w.slots[symbol], quote_of(w, symbol)
    price = slot.entry_price if where == _LIMIT else fill_price(slot.side, quote)
    spread = quote.ask_price - quote.bid_price
    if where == _MARKET and spread > spread_limit(w, symbol):
        return _WIDE
    sized, book = size(w, symbol, price)
    if sized.refusal != _NONE:
        return sized.refusal
    candidate = candidate_of(w, symbol, sized, price, spread)
    refusal = admit(candidate, book, account_of(w), floors_of(w), w.p.admission).refusal
    if refusal == _NONE:
        refusal = sized_refusal(w, symbol, sized.lots, sized.risk_money, price)
    if refusal == _TOO_SOON:
        w.me.busy_until_s = max(w.me.busy_until_s, w.me.now_s + w.p.pace.cycle_s)
    if refusal == _NONE and not levels_are_legal(w, symbol, where, quote):
        refusal = Refusal.STOP_TOO_CLOSE.value
    if refusal != _NONE:
        return refusal
    send(w, symbol, where, sized.lots, price)
    note_entry(w, symbol, sized.risk_money)
    return _NONE


@compiled
def levels_are_legal(w: Walker, symbol: int, where: int, quote: Quote) -> bool:
    """What the broker would refuse for its stops level is not sent."""
    slot, spec = w.slots[symbol], spec_of(w, symbol)
    if where == _LIMIT:
        return is_limit_legal(plan_of_slot(w, symbol), quote, spec)
    return is_stop_legal(slot.side, exit_price(slot.side, quote), slot.stop_price, spec)


@compiled
def send(w: Walker, symbol: int, where: int, lots: float, price: float) -> None:
    """Place the order; a market order is a position at once."""
    slot, c = w.slots[symbol], w.contracts[symbol]
    slot.attempts_count += 1
    final_r = w.p.exits.targets_r[len(w.p.exits.targets_r) - 1]
    target = price + slot.side * abs(price - slot.stop_price) * final_r
    slot.stop_level, slot.target_level = on_tick(slot.stop_price, c), on_tick(target, c)
    sent(w)
    if where == _LIMIT:
        slot.has_order, slot.order_lots, slot.order_price = True, lots, on_tick(price, c)
        move(w, symbol, _PENDING)
        return
    worse = slot.side * w.p.stress.market_r * abs(price - slot.stop_price)
    open_position(w, symbol, lots, price + worse)
    adopt(w, symbol, lots)


@compiled
def spread_limit(w: Walker, symbol: int) -> float:
    """Widest spread at which the setup may enter at market, by its 1R and the symbol's habit."""
    count = sample_count(w, symbol)
    percentile = 0.0
    if count >= w.p.entry.spread_samples_min_count:
        percentile = usual_spread(w, symbol, count)
    return spread_limit_price(plan_of_slot(w, symbol), percentile, count, w.p.entry)


@compiled
def sample_count(w: Walker, symbol: int) -> int:
    """How many samples of the symbol's spread the trader has taken since its start."""
    c, slot, me = w.contracts[symbol], w.slots[symbol], w.me
    # The trader samples after this stage's cycle began, so a sample of this moment counts.
    at = max(slot.spread_sample, c.first_sample)
    while at < c.end_sample and w.samples[at].time_s <= me.now_s:
        at += 1
    slot.spread_sample = at
    first = c.first_sample
    low, high = first, at
    while low < high:
        middle = (low + high) // 2
        if w.samples[middle].time_s < me.start_s:
            low = middle + 1
        else:
            high = middle
    return int(min(at - low, w.p.pace.spread_samples_max_count))


@compiled
def usual_spread(w: Walker, symbol: int, count: int) -> float:
    """The configured percentile of the latest `count` samples, interpolated."""
    end = w.slots[symbol].spread_sample
    latest = np.empty(count)
    for k in range(count):
        latest[k] = w.samples[end - count + k].spread_price
    latest.sort()
    place = w.p.entry.spread_max_percentile_fraction * (count - 1)
    low = math.floor(place)
    high = min(low + 1, count - 1)
    return float(latest[low] + (latest[high] - latest[low]) * (place - low))
