"""Spreads as the trader samples them, and when most of the board is wide; prices alone decide."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bot.backtest.compiled import compiled
from bot.backtest.inputs import SAMPLE, Records, records

_HALF = 0.5


class Sampling(NamedTuple):
    """How spreads are sampled: quotes at most `fresh_s` old, the percentile of the latest ones."""

    fresh_s: float
    percentile_fraction: float
    kept_max_count: int


def samples_of(quotes: Records, grid_s: NDArray[np.float64], sampling: Sampling) -> Records:
    """One sample per moment of the grid at which the last quote was fresh.

    `usual_price` is the percentile of as many samples as the trader keeps, up to and including its
    own; NaN where there are fewer.
    """
    times = np.ascontiguousarray(quotes.time_s)
    last = np.searchsorted(times, grid_s, side="right") - 1
    known = last >= 0
    ages = np.where(known, grid_s - times[np.maximum(last, 0)], np.inf)
    taken = known & (ages <= sampling.fresh_s)
    found = records(SAMPLE, int(taken.sum()))
    chosen = last[taken]
    found.time_s = grid_s[taken]
    found.spread_price = np.asarray(quotes.ask)[chosen] - np.asarray(quotes.bid)[chosen]
    found.usual_price = usual_prices(np.asarray(found.spread_price), sampling)
    return found


@compiled
def between(low: float, high: float, share: float) -> float:
    """`share` of the way from `low` to `high`, rounded as `numpy.quantile` rounds."""
    if share >= _HALF:
        return high - (high - low) * (1.0 - share)
    return low + (high - low) * share


def usual_prices(prices: NDArray[np.float64], sampling: Sampling) -> NDArray[np.float64]:
    """The rolling percentile of `prices`, interpolated as `numpy.quantile` does; NaN at first."""
    kept = sampling.kept_max_count
    window = pd.Series(np.ascontiguousarray(prices)).rolling(kept)
    fraction = sampling.percentile_fraction
    low = window.quantile(fraction, interpolation="lower").to_numpy()
    high = window.quantile(fraction, interpolation="higher").to_numpy()
    place = fraction * (kept - 1)
    share = place - math.floor(place)
    pairs = zip(low.tolist(), high.tolist(), strict=True)
    return np.array([between(a, b, share) for a, b in pairs], dtype=np.float64)
