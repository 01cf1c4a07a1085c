"""What a night costs or pays per lot, in account currency (BEHAVIOUR 14, Swap)."""

from __future__ import annotations

from bot.adapters import mt5_codes as mt5
from bot.adapters.contract_terms import Terms

_DAYS_PER_YEAR = 360.0  # the server's interest modes count a year of 360 days
_PERCENT = 100.0


def swap_money_per_lot_night(
    terms: Terms, swap: float, price: float, account_currency: str
) -> float:
    """Swap of one lot for one ordinary night; negative costs, positive pays.

    Shifting the open price (modes 7, 8) counts as points. A mode or currency that cannot be
    converted from what the symbol states costs the dearest reading of the figure and pays nothing.
    """
    per_price = terms.loss_money_per_price if swap < 0.0 else terms.gain_money_per_price
    readings = {
        "points": swap * terms.point * per_price,
        "base": swap * price * per_price / terms.trade_contract_size,
        "profit": swap * per_price / terms.trade_contract_size,
        "account": swap,
        "interest": swap / _PERCENT / _DAYS_PER_YEAR * price * per_price,
    }
    unit = _unit(terms, account_currency)
    if unit == "none":
        return 0.0
    if unit in readings:
        return readings[unit]
    return min(0.0, -abs(max(readings.values(), key=abs)))


_UNITS = {
    mt5.SYMBOL_SWAP_MODE_DISABLED: "none",
    mt5.SYMBOL_SWAP_MODE_POINTS: "points",
    mt5.SYMBOL_SWAP_MODE_CURRENCY_SYMBOL: "base",
    mt5.SYMBOL_SWAP_MODE_CURRENCY_DEPOSIT: "account",
    mt5.SYMBOL_SWAP_MODE_INTEREST_CURRENT: "interest",
    mt5.SYMBOL_SWAP_MODE_INTEREST_OPEN: "interest",
    mt5.SYMBOL_SWAP_MODE_REOPEN_CURRENT: "points",
    mt5.SYMBOL_SWAP_MODE_REOPEN_BID: "points",
}


def _unit(terms: Terms, account_currency: str) -> str:
    """Which reading of the figure holds; "?" when it cannot be told."""
    unit = _UNITS.get(terms.swap_mode, "?")
    money = {
        mt5.SYMBOL_SWAP_MODE_CURRENCY_SYMBOL: terms.currency_base,
        mt5.SYMBOL_SWAP_MODE_CURRENCY_MARGIN: terms.currency_margin,
    }.get(terms.swap_mode)
    if money is None:
        return unit
    if money == account_currency:
        return "account"
    if money == terms.currency_profit:
        return "profit"  # an index's base currency is the one it is quoted in
    return "base" if money == terms.currency_base else "?"
