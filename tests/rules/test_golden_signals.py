"""Direction, entry and stop of the reference strategy on real bars, row by row.

What is not reproduced is explained in docs/golden_signals.md, which this test keeps honest.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC as UTC_ZONE
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pytest
from signal_worlds import DAY_S, SERVER, SHARED, UTC, real_bars, reference, since

from bot.indicators import features_of, monthly_bars, weekly_bars
from bot.model.broker import Timeframe
from bot.model.market import OffsetTable
from bot.model.signal import Features, Signal, SignalView, Volatility
from bot.rules.signal import detect_signal
from bot.rules.timeframes import decision_utc_s, last_closed_index

GOLDEN = SHARED / "strategy" / "golden_signals.csv"
DOC = Path(__file__).resolve().parents[2] / "docs" / "golden_signals.md"
BASE_UTC_S = datetime(2023, 1, 1, tzinfo=UTC_ZONE).timestamp()
D1_HISTORY_S, H4_HISTORY_S, W1_HISTORY_S, MN1_HISTORY_S = (d * DAY_S for d in (100, 50, 365, 730))
CRYPTO = {"BTCUSD", "ETHUSD"}
OTHER_MARKET = {"XAUUSD", "XAGUSD"}
WRITTEN_PRECISION = 1e-7  # the file keeps eight digits
TREND = {"bull": 1, "bear": -1, "mixe": 0}
MONDAY, SUNDAY = 0, 6


class Row(NamedTuple):
    symbol: str
    opened: str
    open_utc_s: float
    trends: tuple[int, int, int]
    side: int
    entry_price: float
    stop_price: float
    atr_price: float


@lru_cache(maxsize=1)
def golden_rows() -> tuple[Row, ...]:
    if not GOLDEN.exists():
        pytest.skip("needs the golden signals")
    with GOLDEN.open(encoding="utf-8") as file:
        return tuple(_row(record) for record in csv.DictReader(file))


def _row(record: dict[str, str]) -> Row:
    opened = datetime.strptime(record["d1_open_utc"] + " +0000", "%Y-%m-%d %H:%M %z")
    return Row(
        symbol=record["symbol"],
        opened=record["d1_open_utc"],
        open_utc_s=opened.timestamp(),
        trends=(TREND[record["mn"]], TREND[record["wk"]], TREND[record["d"]]),
        side=TREND[record["direction"]],
        entry_price=float(record["entry"]),
        stop_price=float(record["stop"]),
        atr_price=float(record["atr14"]),
    )


class Chart(NamedTuple):
    """One symbol as the source sliced it: which clock each timeframe was cut by."""

    features: Features
    day_clock: OffsetTable
    month_clock: OffsetTable


@lru_cache(maxsize=4)
def chart_of(symbol: str) -> Chart:
    """FX weeks run on the server's clock; months, and everything of crypto, on UTC."""
    day_clock, first_weekday = (UTC, MONDAY) if symbol in CRYPTO else (SERVER, SUNDAY)
    d1 = real_bars("d1", symbol)
    features = features_of(
        since(d1, BASE_UTC_S - D1_HISTORY_S),
        since(weekly_bars(d1, day_clock, first_weekday), BASE_UTC_S - W1_HISTORY_S),
        since(monthly_bars(d1, UTC), BASE_UTC_S - MN1_HISTORY_S),
        since(real_bars("h4", symbol), BASE_UTC_S - H4_HISTORY_S),
        reference(),
    )
    return Chart(features, day_clock, UTC)


def signal_at(chart: Chart, open_utc_s: float) -> Signal:
    """The answer at the close of the daily bar that opened then."""
    features = chart.features
    d1_index = int(features.d1.open_utc_s.searchsorted(open_utc_s))
    assert features.d1.open_utc_s[d1_index] == open_utc_s
    moment_utc_s = decision_utc_s(features, d1_index, chart.day_clock)
    frames = (
        (features.w1, Timeframe.W1, chart.day_clock),
        (features.mn1, Timeframe.MN1, chart.month_clock),
        (features.h4, Timeframe.H4, chart.day_clock),
    )
    indices = [
        last_closed_index(bars.open_utc_s, frame.value, moment_utc_s, clock)
        for bars, frame, clock in frames
    ]
    view = SignalView(d1_index, *indices, volatility=Volatility.NORMAL.value)
    return detect_signal(features, view, reference())


def trends_of(signal: Signal) -> tuple[int, int, int]:
    return signal.trend_mn1, signal.trend_w1, signal.trend_d1


def is_same(row: Row, signal: Signal) -> bool:
    """Direction, trends, ATR, entry and stop, all of them."""
    pairs = (
        (signal.entry_price, row.entry_price),
        (signal.stop_price, row.stop_price),
        (signal.atr_price, row.atr_price),
    )
    return (
        signal.side == row.side
        and trends_of(signal) == row.trends
        and all(ours == pytest.approx(theirs, rel=WRITTEN_PRECISION) for ours, theirs in pairs)
    )


def test_the_file_holds_what_the_counts_below_speak_of() -> None:
    rows = golden_rows()
    assert len(rows) == 805
    assert sum(row.symbol in OTHER_MARKET for row in rows) == 106


def test_every_row_of_the_markets_at_hand_is_reproduced() -> None:
    rows = [row for row in golden_rows() if row.symbol not in OTHER_MARKET]
    wrong = [
        f"{row.symbol} {row.opened}"
        for row in rows
        if not is_same(row, signal_at(chart_of(row.symbol), row.open_utc_s))
    ]
    assert (len(rows), wrong) == (699, [])


def metal_open_utc_s(row: Row) -> float:
    """The daily bar at hand of the same server date, which opened the evening before."""
    d1 = chart_of(row.symbol).features.d1
    return float(d1.open_utc_s[d1.open_utc_s.searchsorted(row.open_utc_s) - 1])


def difference_of(row: Row, signal: Signal) -> str:
    """The first step at which another market leads to another answer."""
    if trends_of(signal) != row.trends:
        return "trend" if signal.side == row.side else "direction"
    return "levels"


@lru_cache(maxsize=1)
def metal_differences() -> tuple[tuple[Row, str], ...]:
    found: list[tuple[Row, str]] = []
    for row in golden_rows():
        if row.symbol in OTHER_MARKET:
            signal = signal_at(chart_of(row.symbol), metal_open_utc_s(row))
            assert not is_same(row, signal)
            found.append((row, difference_of(row, signal)))
    return tuple(found)


def test_metal_rows_come_from_another_market_and_differ_by_that_alone() -> None:
    """No bar at hand gives their ATR: the source's daily metal bars are another instrument's."""
    for row, _ in metal_differences():
        ours = chart_of(row.symbol).features.d1_atr_price
        assert not any(one == pytest.approx(row.atr_price, rel=WRITTEN_PRECISION) for one in ours)


def test_each_metal_row_is_explained_in_the_document() -> None:
    counts = Counter(word for _, word in metal_differences())
    assert counts == {"levels": 75, "trend": 24, "direction": 7}
    text = DOC.read_text(encoding="utf-8")
    lines = [table_line(row, word) for row, word in metal_differences()]
    assert [line for line in lines if line not in text] == []


def table_line(row: Row, word: str) -> str:
    return f"| {row.symbol} | {row.opened[:10]} | {word} |"
