"""Nouns of exposure: caps on one currency, one group, one side; margin, stop-out and swap."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.model.market import FloatArray, SymbolSpec

BoolArray = NDArray[np.bool_]


class CorrelationSettings(NamedTuple):
    """How groups are measured: returns looked at, how many a pair needs, how alike is one group.

    `alike_min` is the least size of a correlation, of either sign, between each two of a group.
    """

    window_bars_count: int
    bars_min_count: int
    alike_min: float


class ExposureSettings(NamedTuple):
    """Caps on what is bet the same way, and how much account must be left around it.

    Caps as fractions are shares of the cap on cumulative risk; `currency_max_r` is in R of a trade
    at the base risk. The stop-out buffer is a share of equity.
    """

    currency_max_r: float
    group_cap_fraction: float
    one_side_cap_fraction: float
    stop_out_buffer_equity_fraction: float
    swap_max_r: float
    hold_nights_count: int
    correlation: CorrelationSettings


class Leg(NamedTuple):
    """What buying a symbol bets on: `sign` +1 is a stronger `bucket`."""

    bucket: str
    sign: int


class MarginFacts(NamedTuple):
    """The account with everything filled, the new order included.

    `margin_money` is bound by positions, resting and unresolved orders and the new one together;
    `worst_case_money` is equity if all of it were stopped out, reserves included.
    """

    equity_money: float
    margin_money: float
    worst_case_money: float
    stop_out_level_fraction: float


class NightPlan(NamedTuple):
    """How long a trade is expected to be held, on a contract that charges by its weekdays.

    Monday is 0; `charged_weekdays_count` is 5 where weekend nights cost nothing, else 7.
    """

    weekday: int
    nights_count: int
    triple_weekday: int
    charged_weekdays_count: int


class SizedEntry(NamedTuple):
    """An entry whose lots are known, as the exposure rules see it."""

    side: int
    lots: float
    risk_money: float
    spec: SymbolSpec


class Returns(NamedTuple):
    """Daily log returns, a row per symbol and a column per day; NaN where there is none.

    `asset_classes` numbers the class of each row: the prior where two rows share too few days.
    """

    values: FloatArray
    asset_classes: NDArray[np.int64]
