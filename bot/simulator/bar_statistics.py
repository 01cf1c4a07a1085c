"""Whether bars look like a market: a few figures, to be read side by side with real ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.errors import DataError
from bot.model.market import FloatArray, IntArray
from bot.rules.calendar import DAY_S, HOUR_S
from bot.simulator.session_clock import server_times_s, weekdays
from bot.timezones import server_offset_table

_HOURS_COUNT: Final = 24
_BARS_MIN_COUNT: Final = 30
_SATURDAY: Final = 5
_PAUSE_MAX_DAYS: Final = 4


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


def size_autocorrelation(
    open_utc_s: IntArray, close_price: FloatArray, timeframe_s: int, lag_bars: int
) -> float:
    """Autocorrelation of absolute returns `lag_bars` of clock time apart; NaN below 30 pairs."""
    times, returns = _returns(open_utc_s, close_price, timeframe_s)
    wanted = times + lag_bars * timeframe_s
    rows = np.minimum(np.searchsorted(times, wanted), len(times) - 1)
    is_there = times[rows] == wanted
    if np.count_nonzero(is_there) < _BARS_MIN_COUNT:
        return float("nan")
    sizes = np.abs(returns)
    return float(np.corrcoef(sizes[is_there], sizes[rows[is_there]])[0, 1])


def weekend_gaps_fraction(
    open_utc_s: IntArray, open_price: FloatArray, close_price: FloatArray
) -> FloatArray:
    """Absolute log gaps over pauses of one to four days, as after each weekend."""
    pauses_s = np.diff(open_utc_s)
    is_weekend = (pauses_s > DAY_S) & (pauses_s < _PAUSE_MAX_DAYS * DAY_S)
    return np.asarray(np.abs(np.log(open_price[1:] / close_price[:-1]))[is_weekend])


def weekend_volatility_ratio(
    open_utc_s: IntArray, close_price: FloatArray, timeframe_s: int
) -> float:
    """Deviation of the returns of Saturday and Sunday over that of the other days; NaN if none."""
    times, returns = _returns(open_utc_s, close_price, timeframe_s)
    is_weekend = weekdays(server_times_s(times, server_offset_table())) >= _SATURDAY
    if np.count_nonzero(is_weekend) < _BARS_MIN_COUNT:
        return float("nan")
    return float(returns[is_weekend].std() / returns[~is_weekend].std())


def _returns(
    open_utc_s: IntArray, close_price: FloatArray, timeframe_s: int
) -> tuple[IntArray, FloatArray]:
    """Open times and log returns of the bars that follow another without a hole."""
    consecutive = np.diff(open_utc_s) == timeframe_s
    return open_utc_s[1:][consecutive], np.diff(np.log(close_price))[consecutive]
