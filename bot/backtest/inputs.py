"""What a walk is given: prices, contracts, clockwork, signals and terms; all arrays and records.

`Walker` bundles inputs and state, so that every function of the walk takes one argument more than
it is about. Columns of one thing are one record array; times are UTC seconds.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Records = Any
"""A `numpy.recarray`: its fields are attributes, in Python and in compiled code alike."""

QUOTE = np.dtype([("time_s", "f8"), ("bid", "f8"), ("ask", "f8")], align=True)
SAMPLE = np.dtype([("time_s", "f8"), ("spread_price", "f8"), ("usual_price", "f8")], align=True)

WINDOW = np.dtype(
    [
        ("from_s", "f8"),
        ("server_day", "i8"),
        ("firm_day", "i8"),
        ("firm_day_start_s", "f8"),
        ("firm_day_end_s", "f8"),
        ("weekday", "i8"),
        ("is_rollover", "?"),
        ("is_weekend", "?"),
        ("is_friday_late", "?"),
        ("is_rollover_ahead", "?"),
        ("is_weekend_ahead", "?"),
        ("is_friday_late_ahead", "?"),
        ("is_week_open", "?"),
        ("is_weekend_reserve", "?"),
        ("is_rollover_reserve", "?"),
        ("is_reset_near", "?"),
        ("is_regime_wide", "?"),
        ("closed", "i8"),
        ("news_market", "i8"),
        ("news_limit", "i8"),
        ("news_gap", "i8"),
        ("news_straddle", "i8"),
    ],
    align=True,
)
"""A stretch of cycles in which the calendar answers alike, from the cycle at `from_s` on.

`closed` has a bit per symbol outside its sessions. The news stand in bits, too: closed to market
and to resting orders and near enough for a gap, a bit per symbol; near enough for a straddle, a bit
per news leg.
"""

SCAN = np.dtype(
    [
        ("at_s", "f8"),
        ("day", "i8"),
        ("symbol", "i8"),
        ("verdict", "i8"),
        ("side", "i8"),
        ("entry_price", "f8"),
        ("stop_price", "f8"),
        ("points", "f8"),
        ("bar_utc_s", "f8"),
    ],
    align=True,
)
"""What the daily scan of a symbol says, at the cycle that scans it; levels are on the tick grid."""

CROSS = np.dtype(
    [("symbol0", "i8"), ("power0", "i8"), ("symbol1", "i8"), ("power1", "i8")], align=True
)
"""How a currency becomes the account's: by up to two symbols (-1 is none), each multiplied by
(power 1) or divided by (power -1)."""

CONTRACT = np.dtype(
    [
        ("is_traded", "?"),
        ("is_24_7", "?"),
        ("digits", "i8"),
        ("tick_size_price", "f8"),
        ("contract_size", "f8"),
        ("money_per_price", "f8"),
        ("tick_money", "f8"),
        ("lots_min", "f8"),
        ("lots_max", "f8"),
        ("lots_step", "f8"),
        ("stops_level_price", "f8"),
        ("freeze_level_price", "f8"),
        ("broker_commission_money_per_lot", "f8"),
        ("broker_commission_fraction", "f8"),
        ("commission_money_per_lot", "f8"),
        ("commission_fraction", "f8"),
        ("swap_mode", "i8"),
        ("swap_long", "f8"),
        ("swap_short", "f8"),
        ("point_price", "f8"),
        ("triple_weekday", "i8"),
        ("profit", CROSS),
        ("margin", CROSS),
        ("base", CROSS),
        ("margin_per_lot", "f8"),
        ("margin_per_lot_price", "f8"),
        ("leverage", "f8"),
        ("gap_weekend_fraction", "f8"),
        ("gap_news_fraction", "f8"),
        ("gap_rollover_fraction", "f8"),
        ("bucket0", "i8"),
        ("sign0", "i8"),
        ("bucket1", "i8"),
        ("sign1", "i8"),
        ("dollar_sign", "i8"),
        ("first_quote", "i8"),
        ("end_quote", "i8"),
        ("first_sample", "i8"),
        ("end_sample", "i8"),
        ("swap_sign", "f8"),
        ("news_leg0", "i8"),
        ("news_sign0", "i8"),
        ("news_leg1", "i8"),
        ("news_sign1", "i8"),
    ],
    align=True,
)
"""A symbol as broker and rules see it. Margin of a lot is `margin_per_lot` plus
`margin_per_lot_price` x price, in the currency `margin` crosses from."""


class Inputs(NamedTuple):
    """Everything a walk reads and never changes; one entry of `contracts` per symbol.

    `groups[k]` are the symbols' correlation groups from `groups_from_s[k]` on; `midnights_s` are
    the server's, and `first_day` is the server day that begins at the first of them.
    """

    terms: Records
    contracts: Records
    quotes: Records
    samples: Records
    windows: Records
    scans: Records
    groups_from_s: NDArray[np.float64]
    groups: NDArray[np.int64]
    midnights_s: NDArray[np.float64]
    first_day: int


class Walker(NamedTuple):
    """Inputs and state of one walk: `p` the terms, `me` the account, `slots` one per symbol."""

    p: Records
    me: Records
    slots: Records
    contracts: Records
    quotes: Records
    samples: Records
    windows: Records
    scans: Records
    groups_from_s: NDArray[np.float64]
    groups: NDArray[np.int64]
    midnights_s: NDArray[np.float64]
    first_day: int
    trades: Records
    deals: Records
    days: Records


def records(dtype: np.dtype[np.void], count: int) -> Records:
    """`count` zeroed records."""
    return np.zeros(count, dtype).view(np.recarray)
