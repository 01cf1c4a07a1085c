"""The broker's side of a walk: triggers, fills, closes, swaps; what only a broker could know.

Stops fill at the quote that reached them, limits and targets at their level; a fill meets its own
stop at the next quote. Money is booked in cents at the rates of the moment.
"""

from __future__ import annotations

import math

from bot.backtest.compiled import compiled
from bot.backtest.inputs import Records, Walker
from bot.backtest.kinds import DealKind
from bot.backtest.prices import converted_minor, margin_money, rates_of, seek, to_minor
from bot.backtest.swap import charge_swap
from bot.rules.calendar import weekday_of

REASON_EXPERT, REASON_STOP, REASON_TARGET = 3, 4, 5
_LOTS_PER_UNIT = 1e8
_LOTS_NOISE = 1e-9
_IN, _OUT = DealKind.IN.value, DealKind.OUT.value


@compiled
def round_lots(lots: float) -> float:
    """Volumes are decimals of at most eight places."""
    return math.floor(lots * _LOTS_PER_UNIT + 0.5) / _LOTS_PER_UNIT


@compiled
def on_tick(price: float, c: Records) -> float:
    """The nearest price on the tick grid, as the request states it."""
    ticks = round(price / c.tick_size_price)
    scale = 10.0**c.digits
    return float(round(ticks * c.tick_size_price * scale) / scale)


@compiled
def floating_minor(w: Walker, symbol: int) -> int:
    """The open result of a symbol's position in cents, without swap."""
    slot, c = w.slots[symbol], w.contracts[symbol]
    index = seek(w, symbol)
    if index < c.first_quote:
        return 0
    price = w.quotes[index].bid if slot.side > 0 else w.quotes[index].ask
    return profit_minor(w, symbol, price, slot.lots)


@compiled
def profit_minor(w: Walker, symbol: int, price: float, lots: float) -> int:
    """What closing `lots` at `price` brings, in cents, costs aside."""
    slot, c = w.slots[symbol], w.contracts[symbol]
    amount = (price - slot.open_price) * slot.side * lots * c.money_per_price
    return converted_minor(w, c.profit, amount)


@compiled
def look(w: Walker) -> None:
    """Equity and margin of now, reckoned once per change."""
    me = w.me
    if me.looked_version == me.version:
        return
    me.looked_version = me.version
    equity, margin = me.balance_minor, 0.0
    for k in range(me.live_count):
        symbol = me.live[k]
        slot = w.slots[symbol]
        if slot.has_position:
            equity += floating_minor(w, symbol) + slot.swap_minor
            margin += slot.margin_money
    me.equity_minor, me.margin_minor = equity, to_minor(margin, w.p.minor_per_unit)


@compiled
def advance(w: Walker, until_s: float) -> None:
    """Live through everything the market does up to and including `until_s`."""
    me = w.me
    while True:
        symbol, at_s = next_match(w, until_s)
        due_s = min(me.next_midnight_s, next_expiry_s(w))
        if due_s <= until_s and due_s <= at_s:
            me.now_s = max(me.now_s, due_s)
            expire(w)
            if due_s == me.next_midnight_s:
                end_server_day(w)
            continue
        if symbol < 0:
            break
        me.now_s = at_s
        slot = w.slots[symbol]
        slot.cursor += 1
        meet(w, symbol)
    me.now_s = until_s


@compiled
def next_match(w: Walker, until_s: float) -> tuple[int, float]:
    """The next quote of a symbol with business at the broker; -1 when none until then."""
    me, found, found_s = w.me, -1, math.inf
    for k in range(me.live_count):
        symbol = me.live[k]
        slot = w.slots[symbol]
        if not (slot.has_order or slot.has_position):
            continue
        index = slot.cursor + 1
        if index >= w.contracts[symbol].end_quote:
            continue
        at_s = w.quotes[index].time_s
        if at_s > until_s or at_s > found_s:
            continue
        if at_s < found_s or symbol < found:
            found, found_s = symbol, at_s
    return found, found_s


@compiled
def next_expiry_s(w: Walker) -> float:
    """When the next resting order ends by itself."""
    first = math.inf
    for k in range(w.me.live_count):
        slot = w.slots[w.me.live[k]]
        if slot.has_order:
            first = min(first, slot.expires_s)
    return first


@compiled
def expire(w: Walker) -> None:
    """Drop what has reached its end."""
    for k in range(w.me.live_count):
        slot = w.slots[w.me.live[k]]
        if slot.has_order and slot.expires_s <= w.me.now_s:
            slot.has_order = False


@compiled
def meet(w: Walker, symbol: int) -> None:
    """What the symbol's quote of now does to its stop, its target or its resting order."""
    slot = w.slots[symbol]
    quote = w.quotes[slot.cursor]
    if slot.has_position:
        price = quote.bid if slot.side > 0 else quote.ask
        if slot.stop_level > 0.0 and (price - slot.stop_level) * slot.side <= 0.0:
            worse = slot.side * w.p.stress.stop_r * slot.one_r_price
            slot.stop_fill_price = price - worse
            close_lots(w, symbol, slot.lots, price - worse, REASON_STOP)
        elif slot.target_level > 0.0 and (price - slot.target_level) * slot.side >= 0.0:
            close_lots(w, symbol, slot.lots, slot.target_level, REASON_TARGET)
    elif slot.has_order:
        price = quote.ask if slot.side > 0 else quote.bid
        if (price - slot.order_price) * slot.side <= 0.0:
            fill_order(w, symbol)


@compiled
def fill_order(w: Walker, symbol: int) -> None:
    """The resting order becomes a position at its price, or goes when margin is short."""
    slot = w.slots[symbol]
    slot.has_order = False
    w.me.version += 1
    look(w)
    needed = to_minor(
        margin_money(w, symbol, slot.order_lots, slot.order_price), w.p.minor_per_unit
    )
    if needed > 0 and w.me.margin_minor + needed > w.me.equity_minor:
        return
    open_position(w, symbol, slot.order_lots, slot.order_price)


@compiled
def open_position(w: Walker, symbol: int, lots: float, price: float) -> None:
    """Book an entry deal; stop and target stand in the slot already."""
    slot, me = w.slots[symbol], w.me
    slot.has_position, slot.is_adopted = True, False
    slot.open_price, slot.lots, slot.opened_s = price, lots, me.now_s
    slot.filled_lots = lots
    slot.one_r_price = abs(price - slot.stop_level)
    slot.swap_minor = 0
    slot.gross_minor = slot.swap_booked_minor = 0
    slot.closed_lots = slot.closed_value = slot.lowest_r = slot.highest_r = 0.0
    slot.stop_fill_price = 0.0
    slot.margin_money = margin_money(w, symbol, lots, price)
    slot.commission_minor = commission_minor(w, symbol, lots, price)
    me.balance_minor += slot.commission_minor
    me.commission_minor += slot.commission_minor
    me.version += 1
    note_deal(w, symbol, _IN, lots, price)
    w.deals[me.deals_count - 1].commission_minor = slot.commission_minor


@compiled
def commission_minor(w: Walker, symbol: int, lots: float, price: float) -> int:
    """The round trip, charged on the entry deal; 0 or negative."""
    c = w.contracts[symbol]
    money = lots * c.broker_commission_money_per_lot
    if c.broker_commission_fraction > 0.0:
        notional = lots * c.contract_size * price * rates_of(w, c.profit)[1]
        money += notional * c.broker_commission_fraction
    return -to_minor(money, w.p.minor_per_unit)


@compiled
def close_lots(w: Walker, symbol: int, lots: float, price: float, reason: int) -> None:
    """Book an exit deal with its share of the swap; the position ends with its last lot."""
    slot, me = w.slots[symbol], w.me
    swap = to_minor(slot.swap_minor * (lots / slot.lots), 1.0)
    profit = profit_minor(w, symbol, price, lots)
    me.balance_minor += profit + swap
    me.gross_minor += profit
    me.swap_minor += swap
    me.peak_minor = max(me.peak_minor, me.balance_minor)
    slot.gross_minor += profit
    slot.swap_booked_minor += swap
    slot.swap_minor -= swap
    slot.closed_lots += lots
    slot.closed_value += lots * price
    slot.closed_s, slot.deal_reason = me.now_s, reason
    rest = round_lots(slot.lots - lots)
    slot.margin_money = slot.margin_money * rest / slot.lots
    slot.lots = rest
    slot.has_position = rest > _LOTS_NOISE
    me.version += 1
    note_deal(w, symbol, _OUT, lots, price)
    deal = w.deals[me.deals_count - 1]
    deal.profit_minor, deal.swap_minor, deal.reason = profit, swap, reason


@compiled
def note_deal(w: Walker, symbol: int, kind: int, lots: float, price: float) -> None:
    """Write a deal down and count it on the firm's day it belongs to."""
    me, slot = w.me, w.slots[symbol]
    if me.deals_count >= len(w.deals):
        me.is_full = True
        me.deals_count = len(w.deals) - 1
    deal = w.deals[me.deals_count]
    me.deals_count += 1
    deal.time_s, deal.symbol, deal.setup_id, deal.kind = me.now_s, symbol, slot.setup_id, kind
    deal.side = slot.side if kind == _IN else -slot.side
    deal.lots, deal.price, deal.reason = lots, price, REASON_EXPERT
    is_next = me.now_s >= me.firm_day_end_s
    if kind == _IN:
        me.opened_next_count += int(is_next)
        me.opened_count += int(not is_next)
    else:
        me.closed_next_count += int(is_next)
        me.closed_count += int(not is_next)


@compiled
def end_server_day(w: Walker) -> None:
    """Charge the night's swap; the next midnight is the next one of the list."""
    me = w.me
    for k in range(me.live_count):
        symbol = me.live[k]
        if w.slots[symbol].has_position:
            charge_swap(w, symbol, ended_weekday(w))
    me.midnight += 1
    is_known = me.midnight < len(w.midnights_s)
    me.next_midnight_s = w.midnights_s[me.midnight] if is_known else math.inf


@compiled
def ended_weekday(w: Walker) -> int:
    """Weekday (Monday 0) of the server day that ended at this midnight."""
    return weekday_of(w.first_day + w.me.midnight - 1)
