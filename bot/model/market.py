"""What the market says: bars, quotes, what a symbol costs, and whose clock it is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Bars(NamedTuple):
    """Closed bars of one symbol and timeframe, oldest first; all arrays of one length."""

    open_utc_s: IntArray
    open_price: FloatArray
    high_price: FloatArray
    low_price: FloatArray
    close_price: FloatArray


class Quote(NamedTuple):
    """One bid and ask at one moment."""

    bid_price: float
    ask_price: float
    time_utc_s: float


class SymbolSpec(NamedTuple):
    """The numbers of a contract, in account currency where money is meant.

    `loss_money_per_price_per_lot` converts a loss (the dearer side of the conversion),
    `gain_money_per_price_per_lot` a gain. Stops and freeze levels are distances in price.
    """

    digits: int
    tick_size_price: float
    contract_size: float
    lots_min: float
    lots_max: float
    lots_step: float
    loss_money_per_price_per_lot: float
    gain_money_per_price_per_lot: float
    stops_level_price: float
    freeze_level_price: float
    commission_money_per_lot: float
    swap_long_money_per_lot_night: float
    swap_short_money_per_lot_night: float
    margin_money_per_lot: float


class OffsetTable(NamedTuple):
    """Offsets of a clock from UTC: `offsets_s[i]` holds from `starts_utc_s[i]` on."""

    starts_utc_s: IntArray
    offsets_s: IntArray
