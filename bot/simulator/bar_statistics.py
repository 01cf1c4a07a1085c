"""Whether bars look like a market: a few figures, to be read side by side with real ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.errors import DataError
from bot.model.market import FloatArray, IntArray
from bot.rules.calendar import HOUR_S
from bot.simulator.session_clock import server_times_s
from bot.timezones import server_offset_table

_HOURS_COUNT: Final = 24
_BARS_MIN_COUNT: Final = 30


@dataclass(frozen=True, slots=True)
class BarStatistics:
    """Log returns of consecutive bars (no weekends, no holes).

    `kurtosis` of a normal distribution is 3. `autocorrelation` is of absolute returns, one bar
    apart. `hour_volatility` is the mean absolute return of each server hour over the mean of all,
    0 for hours without bars.
    """

    returns_count: int
    volatility_fraction: float
    kurtosis: float
    autocorrelation: float
    hour_volatility: tuple[float, ...]


def bar_statistics(
    open_utc_s: IntArray, close_price: FloatArray, timeframe_s: int
) -> BarStatistics:
    """The statistics of bars of `timeframe_s`; raises `DataError` below 30 consecutive returns."""
    consecutive = np.diff(open_utc_s) == timeframe_s
    returns = np.diff(np.log(close_price))[consecutive]
    if len(returns) < _BARS_MIN_COUNT:
        message = f"{len(returns)} returns of consecutive bars; allowed: {_BARS_MIN_COUNT} or more"
        raise DataError(message)
    sizes = np.abs(returns)
    follows = np.diff(open_utc_s[1:][consecutive]) == timeframe_s
    deviations = returns - returns.mean()
    variance = float((deviations**2).mean())
    hours = server_times_s(open_utc_s[1:][consecutive], server_offset_table()) // HOUR_S
    sums = np.bincount(hours % _HOURS_COUNT, weights=sizes, minlength=_HOURS_COUNT)
    counts = np.bincount(hours % _HOURS_COUNT, minlength=_HOURS_COUNT)
    shape = sums / np.maximum(counts, 1) / sizes.mean()
    return BarStatistics(
        returns_count=len(returns),
        volatility_fraction=variance**0.5,
        kurtosis=float((deviations**4).mean()) / variance**2,
        autocorrelation=float(np.corrcoef(sizes[1:][follows], sizes[:-1][follows])[0, 1]),
        hour_volatility=tuple(shape.tolist()),
    )


def statistics_text(columns: Mapping[str, BarStatistics]) -> str:
    """The statistics side by side, one column per name."""
    rows = [("", *columns)]
    rows.append(("returns", *(f"{s.returns_count}" for s in columns.values())))
    rows.append(("volatility %", *(f"{s.volatility_fraction * 100:.4f}" for s in columns.values())))
    rows.append(("kurtosis", *(f"{s.kurtosis:.1f}" for s in columns.values())))
    rows.append(("autocorr. |r|", *(f"{s.autocorrelation:.2f}" for s in columns.values())))
    for hour in range(_HOURS_COUNT):
        shares = (f"{s.hour_volatility[hour]:.2f}" for s in columns.values())
        rows.append((f"hour {hour:02d}", *shares))
    widths = [max(len(row[i]) for row in rows) for i in range(len(columns) + 1)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
