"""Charts for the strategy's tests: drawn by hand, random, or real."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.indicators import features_of, monthly_bars, weekly_bars
from bot.model.market import Bars, OffsetTable
from bot.model.signal import (
    Case,
    Features,
    Leg,
    Levels,
    MixedDirection,
    Pillar,
    Pivots,
    QualityFilter,
    SignalSettings,
    SignalView,
    Volatility,
)
from bot.params.schema import default_document
from bot.params.signal import SignalParams
from bot.rules.timeframes import view_at
from bot.timezones import server_offset_table

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
DAY_S, H4_S = 86_400, 14_400
MONDAY_UTC_S = 1_672_617_600
"""2023-01-02 00:00 UTC."""

UTC = OffsetTable(np.array([0], dtype=np.int64), np.array([0], dtype=np.int64))
SERVER = server_offset_table()
ALL_PILLARS = sum(1 << pillar.value for pillar in Pillar)
ALL_FILTERS = sum(1 << check.value for check in QualityFilter)

Candle = tuple[float, float, float, float]


def recommended() -> SignalSettings:
    """The settings a fresh parameter file has."""
    document = default_document()["signal"]
    return SignalParams.model_validate_json(json.dumps(document)).to_settings()


def everything_on() -> SignalSettings:
    """The recommended numbers with every pillar and every filter asked."""
    settings = recommended()
    return settings._replace(
        pillars=settings.pillars._replace(enabled_mask=ALL_PILLARS),
        filters=settings.filters._replace(enabled_mask=ALL_FILTERS),
    )


def reference() -> SignalSettings:
    """As the reviewed bot had it: levels always, direction always, nothing asked beyond."""
    settings = recommended()
    return settings._replace(
        bars_min_count=50,
        score_min_fraction=0.0,
        trend=settings.trend._replace(
            d1_window_bars=10, when_mixed=MixedDirection.DAILY_OR_LONG.value
        ),
        levels=settings.levels._replace(stop_min_atr=0.0, stop_max_atr=np.inf, rr_min_r=-np.inf),
        pillars=settings.pillars._replace(enabled_mask=1 << Pillar.TREND_VOTE.value),
        filters=settings.filters._replace(enabled_mask=0, passes_min_count=0),
    )


def bars_of(candles: Sequence[Candle], step_s: int = DAY_S, first_s: int = MONDAY_UTC_S) -> Bars:
    """Bars drawn by hand: open, high, low, close."""
    table = np.array(candles, dtype=np.float64).reshape(-1, 4)
    opens = first_s + step_s * np.arange(len(candles), dtype=np.int64)
    return Bars(opens, *(np.ascontiguousarray(column) for column in table.T))


def closes(*prices: float) -> np.ndarray:
    return np.array(prices, dtype=np.float64)


def flat(count: int, price: float = 100.0, half_range: float = 1.0) -> list[Candle]:
    """Candles that go nowhere."""
    return [(price, price + half_range, price - half_range, price)] * count


def pivots_at(bars_count: int, highs: Sequence[int], lows: Sequence[int], wing: int = 1) -> Pivots:
    """Swing points put by hand, each confirmed `wing` bars later."""

    def counts(index: Sequence[int]) -> np.ndarray:
        bars = np.arange(bars_count)
        return np.array([sum(one + wing <= bar for one in index) for bar in bars], dtype=np.int64)

    return Pivots(
        np.array(highs, dtype=np.int64),
        counts(highs),
        np.array(lows, dtype=np.int64),
        counts(lows),
    )


def case_at(
    bars: Bars,
    side: int = 1,
    *,
    atr_price: float = 1.0,
    h4_index: int = -1,
    leg: tuple[float, float] = (0.0, 0.0),
    rr_r: float = 0.0,
    votes_count: int = 0,
) -> Case:
    """The case at the last of `bars`; `leg` is mirrored (near, far)."""
    last = bars.close_price.size - 1
    return Case(
        side=side,
        votes_count=votes_count,
        d1_index=last,
        h4_index=h4_index,
        close_price=float(side * bars.close_price[last]),
        atr_price=atr_price,
        leg=Leg(leg[0], leg[1], leg[1], is_found=True),
        levels=Levels(0.0, 0.0, 1.0, rr_r),
    )


def negated(bars: Bars) -> Bars:
    """The same chart upside down."""
    return Bars(
        bars.open_utc_s,
        -bars.open_price,
        -bars.low_price,
        -bars.high_price,
        -bars.close_price,
    )


# --- random markets ----------------------------------------------------------------------------


def random_h4(rng: np.random.Generator, days_count: int, clock: OffsetTable = UTC) -> Bars:
    """A walk with drifts and calm and wild spells, on a grid of 1/1024, day by server day."""
    count = 6 * days_count
    start_s = MONDAY_UTC_S - int(
        clock.offsets_s[np.searchsorted(clock.starts_utc_s, MONDAY_UTC_S, side="right") - 1]
    )
    drift = np.repeat(rng.normal(0.0, 0.15, count // 30 + 1), 30)[:count]
    size = np.repeat(np.exp(rng.normal(0.0, 0.4, count // 20 + 1)), 20)[:count]
    steps = size * (drift + rng.standard_normal(count))
    close = 512.0 + np.cumsum(steps)
    close = 64.0 + np.abs(close - 64.0)
    open_price = np.concatenate([[512.0], close[:-1]]) + 0.1 * rng.standard_normal(count)
    high = np.maximum(open_price, close) + np.abs(rng.normal(0.0, 0.4, count)) * size
    low = np.minimum(open_price, close) - np.abs(rng.normal(0.0, 0.4, count)) * size
    grid = [np.round(price * 1024.0) / 1024.0 for price in (open_price, high, low, close)]
    opens = start_s + H4_S * np.arange(count, dtype=np.int64)
    return Bars(opens, *grid)


def daily(h4: Bars) -> Bars:
    """Six H4 bars a day."""
    return Bars(
        h4.open_utc_s[::6],
        h4.open_price[::6],
        h4.high_price.reshape(-1, 6).max(axis=1),
        h4.low_price.reshape(-1, 6).min(axis=1),
        h4.close_price[5::6],
    )


Market = tuple[Bars, Bars, Bars, Bars]


def market_of(h4: Bars, clock: OffsetTable = UTC) -> Market:
    """D1, W1, MN1 and H4 bars that belong together."""
    d1 = daily(h4)
    return d1, weekly_bars(d1, clock), monthly_bars(d1, clock), h4


def random_market(seed: int, days_count: int = 260) -> Market:
    return market_of(random_h4(np.random.default_rng(seed), days_count))


def view_of(features: Features, d1_index: int, clock: OffsetTable = UTC) -> SignalView:
    return view_at(features, d1_index, clock, Volatility.NORMAL.value)


def random_features(seed: int, settings: SignalSettings, days_count: int = 260) -> Features:
    return features_of(*random_market(seed, days_count), settings)


# --- real markets ------------------------------------------------------------------------------


def real_bars(timeframe: str, symbol: str) -> Bars:
    """Bars of the shared history; skips the test where it is absent."""
    path = SHARED / "data" / timeframe / f"{symbol}.parquet"
    if not path.exists():
        pytest.skip(f"needs the shared history: {path.name}")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(path, columns=["time", "open", "high", "low", "close"])
    stamps = table["time"].to_numpy().astype("datetime64[s]").astype(np.int64)
    prices = [
        table[name].to_numpy().astype(np.float64) for name in ("open", "high", "low", "close")
    ]
    return Bars(stamps, *prices)


def part(bars: Bars, first: int, last: int) -> Bars:
    """Bars `first` to `last`, the last not counted."""
    return Bars(*(np.ascontiguousarray(column[first:last]) for column in bars))


def since(bars: Bars, first_utc_s: float) -> Bars:
    return part(bars, int(np.searchsorted(bars.open_utc_s, first_utc_s)), bars.open_utc_s.size)
