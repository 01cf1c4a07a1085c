"""Swap: what a night costs or pays, as the server books it."""

from __future__ import annotations

from bot.backtest.compiled import compiled
from bot.backtest.inputs import Walker
from bot.backtest.prices import converted_minor, seek, to_minor

_POINTS, _BASE_MONEY, _MARGIN_MONEY, _DEPOSIT_MONEY = 1, 2, 3, 4
_INTEREST_CURRENT, _INTEREST_OPEN = 5, 6
_DAYS_PER_YEAR, _PERCENT = 360.0, 100.0
_TRIPLE_NIGHTS = 3
_SATURDAY = 5


@compiled
def charge_swap(w: Walker, symbol: int, weekday: int) -> None:
    """One night, three on the symbol's triple day, none after Saturday and Sunday."""
    slot, c = w.slots[symbol], w.contracts[symbol]
    nights = 1
    if weekday == c.triple_weekday:
        nights = _TRIPLE_NIGHTS
    elif weekday >= _SATURDAY:
        nights = 0
    if nights > 0:
        slot.swap_minor += nights * swap_minor(w, symbol)
        w.me.version += 1


@compiled
def swap_minor(w: Walker, symbol: int) -> int:
    """The server's swap of one night in cents, by the symbol's swap mode."""
    slot, c = w.slots[symbol], w.contracts[symbol]
    rate = c.swap_long if slot.side > 0 else c.swap_short
    size = slot.lots * c.contract_size
    if c.swap_mode == _POINTS:
        return converted_minor(w, c.profit, rate * c.point_price * size)
    if c.swap_mode in (_INTEREST_CURRENT, _INTEREST_OPEN):
        quote = w.quotes[seek(w, symbol)]
        price = quote.bid if slot.side > 0 else quote.ask
        if c.swap_mode == _INTEREST_OPEN:
            price = slot.open_price
        return converted_minor(w, c.profit, size * price * rate / _PERCENT / _DAYS_PER_YEAR)
    if c.swap_mode == _BASE_MONEY:
        return converted_minor(w, c.base, rate * slot.lots)
    if c.swap_mode == _MARGIN_MONEY:
        return converted_minor(w, c.margin, rate * slot.lots)
    return to_minor(rate * slot.lots, w.p.minor_per_unit) if c.swap_mode == _DEPOSIT_MONEY else 0
