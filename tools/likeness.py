"""Figures of generated bars and of recorded ones, measured alike, and how far they may differ."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bot.adapters.bar_files import load_bars
from bot.model.market import Bars, FloatArray
from bot.rules.calendar import HOUR_S
from bot.simulator.bar_statistics import (
    bar_statistics,
    size_autocorrelation,
    weekend_gaps_fraction,
    weekend_volatility_ratio,
)
from bot.simulator.feed import Market
from bot.simulator.generated import generated_market
from bot.simulator.quotes import BarArrays
from bot.simulator.session_clock import server_times_s
from bot.simulator.symbols import SymbolContract
from bot.timezones import server_offset_table

SYMBOLS: Final = (
    *("EURUSD", "GBPUSD", "USDJPY", "AUDUSD", "NZDUSD", "USDCAD", "USDCHF", "EURGBP", "EURJPY"),
    *("GBPJPY", "XAUUSD", "XAGUSD", "NAS100", "US30", "BTCUSD", "ETHUSD"),
)
SEEDS: Final = (11, 12, 13, 14)
LAGS_BARS: Final = (1, 24, 120)
_START_UTC_S: Final = 1_704_672_000
_LIVE_DAYS: Final = 40
_HOURS_COUNT: Final = 24
_NEW_YORK_FROM_SERVER_S: Final = 7 * HOUR_S
_FAR_QUANTILE: Final = 0.999
_WIDE_QUANTILE: Final = 0.95


class Tolerance(NamedTuple):
    """What a generated figure may be: `low` to `high` times the real one, or apart from it."""

    low: float
    high: float
    is_ratio: bool

    def admits(self, made: float, real: float) -> bool:
        """Whether the pair agrees; a figure that does not exist on one side does."""
        if math.isnan(made) or math.isnan(real):
            return True
        compared = made / real if self.is_ratio else made - real
        return self.low <= compared <= self.high

    def __str__(self) -> str:
        if self.is_ratio:
            return f"{self.low:g} to {self.high:g} times"
        return f"{self.low:+g} to {self.high:+g}"


TOLERANCES: Final = {
    "volatility": Tolerance(0.8, 1.25, is_ratio=True),
    "kurtosis": Tolerance(0.2, 5.0, is_ratio=True),  # one day in years decides a real one
    "far move": Tolerance(0.7, 1.4, is_ratio=True),
    "lag 1": Tolerance(-0.12, 0.12, is_ratio=False),
    "lag 24": Tolerance(-0.12, 0.12, is_ratio=False),
    "lag 120": Tolerance(-0.12, 0.12, is_ratio=False),
    "gap": Tolerance(0.6, 1.7, is_ratio=True),
    "wide gap": Tolerance(0.5, 2.0, is_ratio=True),
    "weekend": Tolerance(-0.12, 0.12, is_ratio=False),
}
HOURS_MIN: Final = 0.9
"""Least correlation of the hourly profiles of volatility."""
PAIRS_MEAN_MAX, PAIRS_MAX = 0.08, 0.22
"""How far correlations of two symbols may be off, on average and at most."""
SPREAD_HOURS_MIN: Final = 0.75
"""Least correlation of the hourly profiles of spread."""


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """One symbol's hourly bars: the figures of `TOLERANCES` by name, and the profile by hour."""

    values: Mapping[str, float]
    hours: FloatArray


class Row(NamedTuple):
    """One symbol: generated figures beside the real ones, and what lies outside the tolerance."""

    symbol: str
    made: Mapping[str, float]
    real: Mapping[str, float]
    hours_correlation: float
    outside: tuple[str, ...]


def figures_of(bars: Bars) -> Figures:
    """The figures of hourly mid prices."""
    opens, closes = bars.open_utc_s, bars.close_price
    basics = bar_statistics(opens, closes, HOUR_S)
    returns = np.diff(np.log(closes))[np.diff(opens) == HOUR_S]
    day_fraction = basics.volatility_fraction * _HOURS_COUNT**0.5
    gaps = weekend_gaps_fraction(opens, bars.open_price, closes) / day_fraction
    far_fraction = float(np.quantile(np.abs(returns), _FAR_QUANTILE))
    values = {
        "volatility": basics.volatility_fraction * 1e4,
        "kurtosis": basics.kurtosis,
        "far move": far_fraction / basics.volatility_fraction,
        **{f"lag {lag}": size_autocorrelation(opens, closes, HOUR_S, lag) for lag in LAGS_BARS},
        "gap": float(np.median(gaps)) if len(gaps) else math.nan,
        "wide gap": float(np.quantile(gaps, _WIDE_QUANTILE)) if len(gaps) else math.nan,
        "weekend": weekend_volatility_ratio(opens, closes, HOUR_S),
    }
    return Figures(values, np.array(basics.hour_volatility))


def generated_markets() -> list[Market]:
    """The markets that are compared."""
    return [generated_market(seed, SYMBOLS, _START_UTC_S, _LIVE_DAYS) for seed in SEEDS]


def mid_bars(bars: BarArrays, contract: SymbolContract) -> Bars:
    """Generated bid bars as mid prices, as most recorded ones are."""
    half_price = bars.spread_points * (contract.point / 2)
    prices = (bars.open, bars.high, bars.low, bars.close)
    return Bars(bars.open_utc_s, *(price + half_price for price in prices))


def hourly_rows(markets: Sequence[Market], folder: Path) -> list[Row]:
    """Every symbol: medians over the markets against the hourly files of `folder`."""
    rows = []
    for symbol in SYMBOLS:
        real = figures_of(load_bars(folder / "h1" / f"{symbol}.parquet"))
        made = [figures_of(_hours_of(market, symbol)) for market in markets]
        medians = {
            name: float(np.median([one.values[name] for one in made])) for name in TOLERANCES
        }
        hours = np.mean([one.hours for one in made], axis=0)
        shared = (hours > 0) & (real.hours > 0)
        correlation = float(np.corrcoef(hours[shared], real.hours[shared])[0, 1])
        outside = [
            name
            for name, tolerance in TOLERANCES.items()
            if not tolerance.admits(medians[name], real.values[name])
        ]
        outside += ["hours"] if correlation < HOURS_MIN else []
        rows.append(Row(symbol, medians, real.values, correlation, tuple(outside)))
    return rows


class Pair(NamedTuple):
    """The correlation of the hourly returns of two symbols."""

    first: str
    second: str
    made: float
    real: float

    @property
    def apart(self) -> float:
        """By how much the two differ."""
        return abs(self.made - self.real)


def pairs(market: Market, folder: Path) -> list[Pair]:
    """All pairs of symbols, the worst first."""
    real = {name: _by_hour(load_bars(folder / "h1" / f"{name}.parquet")) for name in SYMBOLS}
    made = {name: _by_hour(_hours_of(market, name)) for name in SYMBOLS}
    found = [
        Pair(first, second, _together(made, first, second), _together(real, first, second))
        for first, second in combinations(SYMBOLS, 2)
    ]
    return sorted(found, key=lambda pair: pair.apart, reverse=True)


class SpreadHours(NamedTuple):
    """Median spread by New York hour over the day's median; 0 for hours without bars."""

    symbol: str
    source: str
    made: FloatArray
    real: FloatArray

    @property
    def correlation(self) -> float:
        """Of the hours both have, but 16:00, whose last minute is what hourly files recorded."""
        shared = (self.made > 0) & (self.real > 0)
        return float(np.corrcoef(self.made[shared], self.real[shared])[0, 1])


_SPREAD_SOURCES: Final = (
    ("EURUSD", "EURUSD", "lean-oanda M1 close"),
    ("GBPUSD", "GBPUSD", "nt-fxcm M1 close"),
    ("USDJPY", "USDJPY", "nt-fxcm M1 close"),
    ("NZDUSD", "NZDUSD", "lean-oanda M1 close"),
    ("XAUUSD", "XAUUSD", "lean-oanda M1 close"),
    ("GER40", "DE30EUR", "lean-oanda M1 close"),
)


def spread_hours(folder: Path) -> list[SpreadHours]:
    """The profiles that were recorded in minutes, beside generated minutes."""
    names = [symbol for symbol, _, _ in _SPREAD_SOURCES]
    market = generated_market(SEEDS[0], names, _START_UTC_S, _LIVE_DAYS, history_days_count=5)
    with (folder / "spread_profile.csv").open(encoding="utf-8", newline="") as lines:
        recorded = list(csv.DictReader(lines))
    rows = []
    for symbol, listed, source in _SPREAD_SOURCES:
        hours: list[list[float]] = [[] for _ in range(_HOURS_COUNT)]
        for line in recorded:
            if (line["symbol"], line["source"]) == (listed, source):
                hours[int(line["ny_hour"])].append(float(line["median"]))
        real = np.array([np.median(values) if values else 0.0 for values in hours])
        made = _spread_medians(market.feeds[symbol].base_bars)
        rows.append(SpreadHours(symbol, source, _over_median(made), _over_median(real)))
    return rows


def _spread_medians(bars: BarArrays) -> FloatArray:
    wall_s = server_times_s(bars.open_utc_s, server_offset_table()) - _NEW_YORK_FROM_SERVER_S
    hours = wall_s // HOUR_S % _HOURS_COUNT
    by_hour = (bars.spread_points[hours == hour] for hour in range(_HOURS_COUNT))
    return np.array([np.median(values) if len(values) else 0.0 for values in by_hour])


def _over_median(values: FloatArray) -> FloatArray:
    return values / np.median(values[values > 0])


def _hours_of(market: Market, symbol: str) -> Bars:
    feed = market.feeds[symbol]
    return mid_bars(feed.extra_history[HOUR_S], feed.contract)


def _by_hour(bars: Bars) -> dict[int, float]:
    consecutive = np.diff(bars.open_utc_s) == HOUR_S
    returns = np.diff(np.log(bars.close_price))[consecutive]
    return dict(zip(bars.open_utc_s[1:][consecutive].tolist(), returns.tolist(), strict=True))


def _together(returns: Mapping[str, Mapping[int, float]], first: str, second: str) -> float:
    shared = list(_shared(returns[first], returns[second]))
    return float(np.corrcoef(np.array(shared).T)[0, 1])


def _shared(
    first: Mapping[int, float], second: Mapping[int, float]
) -> Iterator[tuple[float, float]]:
    for moment, value in first.items():
        if moment in second:
            yield value, second[moment]
