"""Spreads as the trader samples them, and when most of the board is wide; prices alone decide."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.backtest.inputs import SAMPLE, Records, records


def samples_of(quotes: Records, grid_s: NDArray[np.float64], fresh_s: float) -> Records:
    """One sample per moment of the grid at which the last quote was at most `fresh_s` old."""
    times = np.ascontiguousarray(quotes.time_s)
    last = np.searchsorted(times, grid_s, side="right") - 1
    known = last >= 0
    ages = np.where(known, grid_s - times[np.maximum(last, 0)], np.inf)
    taken = known & (ages <= fresh_s)
    found = records(SAMPLE, int(taken.sum()))
    chosen = last[taken]
    found.time_s = grid_s[taken]
    found.spread_price = np.asarray(quotes.ask)[chosen] - np.asarray(quotes.bid)[chosen]
    return found
