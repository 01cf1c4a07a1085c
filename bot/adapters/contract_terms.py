"""What is used of the terminal's symbol row, and when it is not to be believed."""

from __future__ import annotations

from math import inf, isfinite
from operator import attrgetter
from typing import NamedTuple

from bot.adapters.mt5_codes import SYMBOL_CALC_MODE_EXCH_STOCKS, SYMBOL_CALC_MODE_FUTURES
from bot.adapters.mt5_rows import RowError

_TOLERANCE_FRACTION = 0.01
_DIGITS_MAX = 12


class Terms(NamedTuple):
    """What is used of a symbol's row; equal terms are the same contract."""

    trade_mode: int
    order_mode: int
    trade_exemode: int
    filling_mode: int
    expiration_mode: int
    trade_calc_mode: int
    digits: int
    point: float
    trade_tick_size: float
    trade_contract_size: float
    volume_min: float
    volume_max: float
    volume_step: float
    trade_tick_value_loss: float
    trade_tick_value_profit: float
    trade_stops_level: int
    trade_freeze_level: int
    swap_mode: int
    swap_long: float
    swap_short: float
    swap_rollover3days: int
    currency_base: str
    currency_profit: str
    currency_margin: str

    @property
    def loss_money_per_price(self) -> float:
        """Account currency a lot loses per 1.0 of price."""
        return _without_noise(self.trade_tick_value_loss / self.trade_tick_size)

    @property
    def gain_money_per_price(self) -> float:
        """Account currency a lot gains per 1.0 of price."""
        return _without_noise(self.trade_tick_value_profit / self.trade_tick_size)

    @property
    def profit_follows_contract_size(self) -> bool:
        """Whether profit is price move times contract size (BEHAVIOUR 14): no futures, no bonds."""
        mode = self.trade_calc_mode
        return mode <= SYMBOL_CALC_MODE_EXCH_STOCKS and mode != SYMBOL_CALC_MODE_FUTURES


_TERMS = attrgetter(*Terms._fields)


def _without_noise(money_per_price: float) -> float:
    """1.0 over 0.00001 is 100 000, not 99 999.99999999999."""
    return float(f"{money_per_price:.12g}")


def terms_of(row: object) -> Terms:
    """Take the used fields from the terminal's row."""
    return Terms(*_TERMS(row))


def same_contract(terms: Terms, before: Terms) -> bool:
    """Whether money per price may be compared between the two."""
    return (
        terms.trade_contract_size == before.trade_contract_size
        and terms.trade_tick_size == before.trade_tick_size
        and terms.trade_calc_mode == before.trade_calc_mode
    )


def require_agreement(symbol: str, stated: float, computed: float, by: str) -> None:
    """Raise `RowError` unless both say the same money per price and lot within 1 %."""
    if not abs(stated - computed) <= _TOLERANCE_FRACTION * abs(computed):
        message = (
            f"{symbol}: tick value over tick size is {stated:.8g} per price and lot, "
            f"{by} says {computed:.8g}: they must agree within 1 %"
        )
        raise RowError(message)


def check_terms(symbol: str, terms: Terms) -> None:
    """Raise `RowError` for a number that everything else divides by or rounds with."""
    sizes = {
        "point": terms.point,
        "trade_tick_size": terms.trade_tick_size,
        "trade_contract_size": terms.trade_contract_size,
        "volume_min": terms.volume_min,
        "volume_step": terms.volume_step,
        "trade_tick_value_loss": terms.trade_tick_value_loss,
        "trade_tick_value_profit": terms.trade_tick_value_profit,
    }
    for field, value in sizes.items():
        if not 0.0 < value < inf:
            message = f"{symbol}: {field} = {value!r}: must be positive and finite"
            raise RowError(message)
    if not terms.volume_min <= terms.volume_max < inf:
        message = f"{symbol}: volume_max = {terms.volume_max!r}: must not be below volume_min"
        raise RowError(message)
    if not (0 <= terms.digits <= _DIGITS_MAX and isfinite(terms.swap_long + terms.swap_short)):
        message = f"{symbol}: digits {terms.digits!r} swap {terms.swap_long!r}/{terms.swap_short!r}"
        raise RowError(message)
    if terms.trade_stops_level < 0 or terms.trade_freeze_level < 0:
        message = f"{symbol}: stops level {terms.trade_stops_level} is negative"
        raise RowError(message)
