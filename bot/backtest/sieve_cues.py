"""Where two averages cross, and how far a bar ranges there: the signals that the sieve tries."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.backtest.compiled import compiled
from bot.backtest.inputs import Records

Prices = NDArray[np.float64]

FIRST_BAR = 50
"""No signal before it: averages need that many bars to forget how they began."""

CUE = np.dtype([("bar", "i8"), ("side", "i8"), ("range_price", "f8")], align=True)
"""A signal: at the close of which bar, which side, and the average true range there."""


class Bars(NamedTuple):
    """Prices of one symbol, shape (bars,), oldest first."""

    open: Prices
    high: Prices
    low: Prices
    close: Prices


@compiled
def cues_of(bars: Bars, periods: tuple[int, int, int], first_bar: int) -> Records:
    """Where the fast exponential average crosses the slow one, from `first_bar` on.

    `periods` in bars: fast, slow, and the ATR: exponential with 1/period, seeded with the first
    bar's range (Wilder, New Concepts in Technical Trading Systems, 1978).
    """
    found = np.empty(len(bars.close) // 2 + 1, dtype=CUE)
    count = 0
    high, low, close = bars.high, bars.low, bars.close
    quick_share, calm_share = 2.0 / (periods[0] + 1), 2.0 / (periods[1] + 1)
    range_share = 1.0 / periods[2]
    quick_rest, calm_rest, range_rest = 1.0 - quick_share, 1.0 - calm_share, 1.0 - range_share
    quick = calm = last = close[0]
    kept = high[0] - low[0]
    before = 0.0
    for k in range(1, len(close)):
        price = close[k]
        kept = range_rest * kept + range_share * (max(high[k], last) - min(low[k], last))
        quick = quick_rest * quick + quick_share * price
        calm = calm_rest * calm + calm_share * price
        now = quick - calm
        has_crossed = (now > 0.0 and before <= 0.0) or (now < 0.0 and before >= 0.0)
        if has_crossed and k >= first_bar:
            cue = found[count]
            cue.bar, cue.side, cue.range_price = k, 1 if now > 0.0 else -1, kept
            count += 1
        before, last = now, price
    return found[:count]
