"""Quotes of now, what a currency is worth, and the contract at today's rates."""

from __future__ import annotations

import math

from bot.backtest.compiled import compiled
from bot.backtest.inputs import Records, Walker
from bot.model.market import Quote, SymbolSpec

_HALF_CENT_NOISE = 1e-7
_PROBE_AFTER_S = 300.0
_PROBE_MOVE_FRACTION = 0.005
_SIGNIFICANT_DIGITS = 11
_POINTS, _BASE_MONEY, _MARGIN_MONEY, _DEPOSIT_MONEY = 1, 2, 3, 4
_INTEREST_CURRENT, _INTEREST_OPEN = 5, 6
_DAYS_PER_YEAR = 360.0
_PERCENT = 100.0


@compiled
def to_minor(amount: float, minor_per_unit: float) -> int:
    """Money as whole cents, halves away from 0 (as the server rounds)."""
    scaled = int(abs(amount) * minor_per_unit + 0.5 + _HALF_CENT_NOISE)
    return scaled if amount >= 0.0 else -scaled


@compiled
def seek(w: Walker, symbol: int) -> int:
    """Move to the symbol's last quote at or before now; its index, or one before the first."""
    slot, end, now = w.slots[symbol], w.contracts[symbol].end_quote, w.me.now_s
    index, step = slot.cursor, 1
    while index + step < end and w.quotes[index + step].time_s <= now:
        index += step
        step *= 2
    while step > 1:
        step //= 2
        if index + step < end and w.quotes[index + step].time_s <= now:
            index += step
    if index != slot.cursor:
        slot.cursor = index
    return int(index)


@compiled
def quote_of(w: Walker, symbol: int) -> Quote:
    """The last quote; one of time 0 and no price before the first."""
    index = seek(w, symbol)
    if index < w.contracts[symbol].first_quote:
        return Quote(0.0, 0.0, 0.0)
    quote = w.quotes[index]
    return Quote(quote.bid, quote.ask, quote.time_s)


@compiled
def next_quote_s(w: Walker, symbol: int) -> float:
    """When the symbol quotes next; inf when it never does."""
    index = seek(w, symbol) + 1
    if index >= w.contracts[symbol].end_quote:
        return math.inf
    return float(w.quotes[index].time_s)


@compiled
def rates_of(w: Walker, cross: Records) -> tuple[float, float]:
    """Account money per unit of a currency, as a gain and as a loss; 0 without a quote."""
    gain, loss = 1.0, 1.0
    if cross.symbol0 >= 0:
        gain, loss = crossed(quote_of(w, cross.symbol0), cross.power0, gain, loss)
    if cross.symbol1 >= 0:
        gain, loss = crossed(quote_of(w, cross.symbol1), cross.power1, gain, loss)
    return gain, loss


@compiled
def crossed(quote: Quote, power: int, gain: float, loss: float) -> tuple[float, float]:
    """Gain and loss after one more cross: gains at the worse side, losses at the dearer."""
    if not (quote.bid_price > 0.0 and quote.ask_price > 0.0):
        return 0.0, 0.0
    if power < 0:
        return gain / quote.ask_price, loss / quote.bid_price
    return gain * quote.bid_price, loss * quote.ask_price


@compiled
def converted_minor(w: Walker, cross: Records, amount: float) -> int:
    """An amount in another currency as whole cents of the account."""
    gain, loss = rates_of(w, cross)
    return to_minor(amount * (gain if amount > 0.0 else loss), w.p.minor_per_unit)


@compiled
def without_noise(value: float) -> float:
    """`value` to twelve significant digits: 1.0 over 0.00001 is 100 000."""
    if not value > 0.0:
        return value
    scale = 10.0 ** (_SIGNIFICANT_DIGITS - math.floor(math.log10(value)))
    return math.floor(value * scale + 0.5) / scale


@compiled
def probe(w: Walker, symbol: int) -> None:
    """Ask the terminal's calculators again when it is time, at the price of that time."""
    slot, c, now = w.slots[symbol], w.contracts[symbol], w.me.now_s
    is_followed = slot.has_order or slot.has_position
    passed_s = now - slot.probe_at_s
    moved = abs(slot.loss_money_per_price - slot.probe_loss)
    if passed_s < _PROBE_AFTER_S and moved <= _PROBE_MOVE_FRACTION * slot.probe_loss:
        return
    at_s, index = now, slot.cursor
    if is_followed and passed_s >= _PROBE_AFTER_S:
        at_s = slot.probe_at_s + math.floor(passed_s / _PROBE_AFTER_S) * _PROBE_AFTER_S
        while index > c.first_quote and w.quotes[index].time_s > at_s:
            index -= 1
    slot.probe_at_s, slot.probe_loss = at_s, slot.loss_money_per_price
    slot.probe_ask_price = w.quotes[index].ask
    lots = min(max(c.lots_min, 1.0), c.lots_max)
    margin = margin_money(w, symbol, lots, slot.probe_ask_price)
    slot.probe_margin_money = to_minor(margin, w.p.minor_per_unit) / w.p.minor_per_unit / lots


@compiled
def margin_money(w: Walker, symbol: int, lots: float, price: float) -> float:
    """What one isolated order binds, at the dearer side of the conversion."""
    c = w.contracts[symbol]
    rate = rates_of(w, c.margin)[1]
    return float(lots * (c.margin_per_lot + c.margin_per_lot_price * price) * rate)


@compiled
def refresh(w: Walker, symbol: int) -> None:
    """Read the contract's money again, once per moment."""
    slot, c = w.slots[symbol], w.contracts[symbol]
    if slot.spec_at_s == w.me.now_s:
        return
    seek(w, symbol)
    gain, loss = rates_of(w, c.profit)
    slot.spec_at_s = w.me.now_s
    slot.loss_money_per_price = without_noise(c.tick_money * loss / c.tick_size_price)
    slot.gain_money_per_price = without_noise(c.tick_money * gain / c.tick_size_price)
    probe(w, symbol)


@compiled
def spec_of(w: Walker, symbol: int) -> SymbolSpec:
    """The contract as rules see it now."""
    refresh(w, symbol)
    slot, c = w.slots[symbol], w.contracts[symbol]
    loss = slot.loss_money_per_price
    commission = c.commission_money_per_lot + c.commission_fraction * loss * slot.probe_ask_price
    return SymbolSpec(
        c.digits,
        c.tick_size_price,
        c.contract_size,
        c.lots_min,
        c.lots_max,
        c.lots_step,
        loss,
        slot.gain_money_per_price,
        c.stops_level_price,
        c.freeze_level_price,
        commission,
        swap_per_night(w, symbol, c.swap_long),
        swap_per_night(w, symbol, c.swap_short),
        slot.probe_margin_money,
    )


@compiled
def swap_per_night(w: Walker, symbol: int, swap: float) -> float:
    """What a night costs (-) or pays (+) per lot, as the trader reckons it."""
    slot, c = w.slots[symbol], w.contracts[symbol]
    per_price = slot.loss_money_per_price if swap < 0.0 else slot.gain_money_per_price
    price = slot.probe_ask_price
    if c.swap_mode == _POINTS:
        return float(swap * c.point_price * per_price)
    if c.swap_mode in (_INTEREST_CURRENT, _INTEREST_OPEN):
        return float(swap / _PERCENT / _DAYS_PER_YEAR * price * per_price)
    if c.swap_mode == _BASE_MONEY:
        return float(swap * price * per_price / c.contract_size)
    if c.swap_mode == _MARGIN_MONEY:
        return float(swap * price * per_price / c.contract_size)
    return float(swap) if c.swap_mode == _DEPOSIT_MONEY else 0.0
