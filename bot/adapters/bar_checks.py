"""Whether recorded bars can be trusted; the first thing wrong is named with file, row and value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.errors import DataError
from bot.model.market import FloatArray, IntArray

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400
TIMEFRAME_NAMES: Final[dict[int, str]] = {
    **{minutes * _MINUTE_S: f"M{minutes}" for minutes in (1, 5, 15, 30)},
    **{hours * _HOUR_S: f"H{hours}" for hours in (1, 4)},
    _DAY_S: "D1",
    7 * _DAY_S: "W1",
    30 * _DAY_S: "MN1",
}
"""Timeframes we read, by seconds; a month counts 30 days."""

PRICES: Final = ("open", "high", "low", "close")
_SPACING_WINDOW_BARS: Final = 50
_CLOCK_CHANGE_S: Final = _HOUR_S  # bars drawn on a local clock are an hour shorter or longer twice
_MONTH_SLACK_S: Final = 2 * _DAY_S
_GAP_S: Final = 2 * _HOUR_S  # a daily pause of an hour or so is no gap
_WEEKEND_MAX_S: Final = 4 * _DAY_S  # Friday's close to Monday's open, with a holiday
_JUMP_RATIO_MAX: Final = 3.0  # larger than any close to close move known; a change of unit is 10

# Identical high and low, bar after bar. Good files reach 4 minutes and 1 hour (quiet nights), two
# frozen ones 67 and 68 hours.
_FROZEN_BARS: Final = 6
_FROZEN_SHORT_BARS: Final = 30
_A_FRIDAY_EVENING_S: Final = _DAY_S + 21 * _HOUR_S  # 1970-01-02 21:00 UTC
_SHORT_TIMEFRAME_S: Final = 15 * _MINUTE_S

_PRICE_DECIMALS_MAX: Final = 8
_PRICE_MAX: Final = 1e9
_COUNT_MAX: Final = 1e15
_TICK_MAX_FRACTION: Final = 2e-4  # whole-numbered prices of 1 do not come in ticks of 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawBars:
    """A file as read: `row_word` and `first_row` say how to find a row in it ("line", 2).

    `timeframe_name` is what the file itself calls its timeframe ("H1"), empty when it does not.
    """

    path: str
    row_word: str
    first_row: int
    time_utc_s: IntArray
    prices: Mapping[str, FloatArray]
    ask_prices: Mapping[str, FloatArray]
    spread_points: FloatArray | None
    tick_volume: FloatArray | None
    price_basis: str
    timeframe_name: str

    def fault(self, row: int, problem: str, allowed: str) -> DataError:
        """The error for array index `row`."""
        moment = written(int(self.time_utc_s[row]))
        where = f"{self.path}, {self.row_word} {row + self.first_row} ({moment})"
        return DataError(f"{where}: {problem}; allowed: {allowed}")


def written(utc_s: int) -> str:
    """A moment as people read it."""
    try:
        return datetime.fromtimestamp(utc_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, OSError, ValueError):
        return f"{utc_s} s"


def check_bars(raw: RawBars, timeframe_s: int, now_utc_s: float) -> None:
    """Raises `DataError` for the first fault of `raw` as bars of `timeframe_s`."""
    _check_prices(raw)
    _check_order(raw, now_utc_s)
    _check_shape(raw)
    _check_quotes(raw)
    _check_counts(raw)
    _check_spacing(raw, timeframe_s)
    _check_frozen(raw, timeframe_s)
    _check_jumps(raw)


def count_gaps(time_utc_s: IntArray, timeframe_s: int) -> int:
    """Holes of more than two hours between bars that no weekend explains."""
    missing_s = np.diff(time_utc_s) - timeframe_s
    ends_s = time_utc_s[1:]
    starts_s = ends_s - missing_s
    # 1970-01-01 was a Thursday: Saturdays are the days that leave 2 when divided by 7
    first_saturday_s = ((starts_s // _DAY_S - 2) // -7 * -7 + 2) * _DAY_S
    is_weekend = (first_saturday_s < ends_s) & (missing_s <= _WEEKEND_MAX_S)
    return int(np.count_nonzero((missing_s > _GAP_S) & ~is_weekend))


def _first(faulty: NDArray[np.bool_]) -> int | None:
    return int(np.argmax(faulty)) if faulty.any() else None


def _check_prices(raw: RawBars) -> None:
    for name, prices in (*raw.prices.items(), *raw.ask_prices.items()):
        row = _first(~((prices > 0) & (prices < _PRICE_MAX)))
        if row is not None:
            raise raw.fault(row, f"{name} is {prices[row]}", f"above 0, below {_PRICE_MAX:g}")


def _check_counts(raw: RawBars) -> None:
    for name, values in (("spread", raw.spread_points), ("tick_volume", raw.tick_volume)):
        row = None if values is None else _first(~((values >= 0) & (values < _COUNT_MAX)))
        if values is not None and row is not None:
            allowed = f"a number of 0 or more, below {_COUNT_MAX:g}"
            raise raw.fault(row, f"{name} is {values[row]}", allowed)


def _check_order(raw: RawBars, now_utc_s: float) -> None:
    times = raw.time_utc_s
    late = _first(np.diff(times) <= 0)
    if late is not None:
        what = "repeats" if times[late + 1] == times[late] else "is earlier than"
        problem = f"time {what} that of the row before, {written(int(times[late]))}"
        raise raw.fault(late + 1, problem, "rows in strictly ascending time")
    row = _first(times > now_utc_s)
    if row is not None:
        raise raw.fault(row, "time lies in the future", f"up to {written(int(now_utc_s))}")


def _check_shape(raw: RawBars) -> None:
    """High and low enclose open and close, give or take the last decimal the file uses."""
    open_, high, low, close = (raw.prices[name] for name in PRICES)
    tolerance = np.minimum(tick_of(close), close * _TICK_MAX_FRACTION)
    top, bottom = np.maximum(open_, close) - tolerance, np.minimum(open_, close) + tolerance
    row = _first((high < low) | (top > high) | (bottom < low))
    if row is None:
        return
    if high[row] < low[row]:
        raise raw.fault(row, f"high {high[row]} is below low {low[row]}", "low <= high")
    tick = float(tolerance[row])
    outside = [name for name in ("open", "close") if not _encloses(raw, row, name, tick)]
    value = raw.prices[outside[0]][row]
    problem = f"{outside[0]} {value} is outside low {low[row]} to high {high[row]}"
    raise raw.fault(row, problem, f"inside, within one tick of {tick:g}")


def _encloses(raw: RawBars, row: int, name: str, tolerance_price: float) -> bool:
    price = raw.prices[name][row]
    over = price - tolerance_price > raw.prices["high"][row]
    return not (over or price + tolerance_price < raw.prices["low"][row])


def tick_of(prices: FloatArray) -> float:
    """The smallest power of ten that writes nearly all `prices`; float noise is not counted."""
    sample = prices[:: max(1, len(prices) // 2_000)]
    for decimals in range(_PRICE_DECIMALS_MAX):
        residue = np.abs(sample - np.round(sample, decimals))
        if np.mean(residue > 1e-9 * sample) <= 0.01:  # noqa: PLR2004 - a share of odd rows
            return float(f"1e-{decimals}")
    return float(f"1e-{_PRICE_DECIMALS_MAX}")


def _check_quotes(raw: RawBars) -> None:
    for name, asks in raw.ask_prices.items():
        crossed = asks < raw.prices[name]
        row = _first(crossed)
        if row is not None:
            bid = raw.prices[name][row]
            problem = f"ask_{name} {asks[row]} is below bid {bid} ({crossed.sum()} such rows)"
            raise raw.fault(row, problem, "ask >= bid")


def _check_spacing(raw: RawBars, timeframe_s: int) -> None:
    """Bars follow each other at the timeframe: usually in every stretch, and never closer."""
    steps = np.diff(raw.time_utc_s)
    if len(steps) == 0:
        return
    label = TIMEFRAME_NAMES[timeframe_s]
    for first in range(0, len(steps), _SPACING_WINDOW_BARS):
        stretch = steps[first : first + _SPACING_WINDOW_BARS]
        if first > 0 and len(stretch) < _SPACING_WINDOW_BARS // 2:
            continue
        usual_s = float(np.median(stretch))
        if abs(usual_s - timeframe_s) > _spacing_slack_s(timeframe_s):
            problem = (
                f"from here {len(stretch) + 1} bars are usually {_duration(usual_s)} apart but "
                f"{label} means {_duration(timeframe_s)}: bars of another timeframe under this "
                "name, or most bars missing"
            )
            raise raw.fault(first, problem, f"files with one bar every {_duration(timeframe_s)}")
    row = _first(steps < timeframe_s - _spacing_slack_s(timeframe_s))
    if row is not None:
        problem = f"opens only {_duration(float(steps[row]))} after the bar before"
        raise raw.fault(row + 1, problem, f"{label} bars, {_duration(timeframe_s)} apart")


def _spacing_slack_s(timeframe_s: int) -> int:
    if timeframe_s <= _HOUR_S:
        return 0
    return _MONTH_SLACK_S + _CLOCK_CHANGE_S if timeframe_s > 7 * _DAY_S else _CLOCK_CHANGE_S


def _duration(seconds: float) -> str:
    for unit_s, unit in ((_DAY_S, "d"), (_HOUR_S, "h"), (_MINUTE_S, "min")):
        if seconds >= unit_s:
            return f"{seconds / unit_s:g} {unit}"
    return f"{seconds:g} s"


def _check_frozen(raw: RawBars, timeframe_s: int) -> None:
    high, low = raw.prices["high"], raw.prices["low"]
    counted = ~((high == low) & _is_weekend(raw.time_utc_s))  # some feeds draw flat weekends
    same = (np.diff(high) == 0) & (np.diff(low) == 0) & counted[1:] & counted[:-1]
    limit = _FROZEN_SHORT_BARS if timeframe_s < _SHORT_TIMEFRAME_S else _FROZEN_BARS
    edges = np.flatnonzero(np.diff(same, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    frozen = _first(ends - starts >= limit)
    if frozen is not None:
        row, count = int(starts[frozen]), int(ends[frozen] - starts[frozen]) + 1
        problem = f"feed is frozen: {count} bars in a row show high {high[row]} and low {low[row]}"
        raise raw.fault(row, problem, f"at most {limit} bars alike")


def _is_weekend(time_utc_s: IntArray) -> NDArray[np.bool_]:
    """From Friday 21:00 to Sunday 22:00 UTC, the widest a currency weekend gets."""
    since_friday_s = (time_utc_s - _A_FRIDAY_EVENING_S) % (7 * _DAY_S)
    return np.asarray(since_friday_s < 2 * _DAY_S + _HOUR_S)


def _check_jumps(raw: RawBars) -> None:
    close = raw.prices["close"]
    ratios = close[1:] / close[:-1]
    row = _first((ratios > _JUMP_RATIO_MAX) | (ratios < 1 / _JUMP_RATIO_MAX))
    if row is not None:
        problem = f"close {close[row + 1]} follows close {close[row]}"
        raise raw.fault(row + 1, problem, "less than a threefold move between bars (unit changed?)")
