"""The terminal's packed bars as clean arrays, still on the server's clock."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from bot.adapters.bar_writer import HistoryBars
from bot.adapters.mt5_rows import RowError
from bot.model.broker import Timeframe
from bot.model.market import Bars, FloatArray, IntArray


def bars_from_rates(rates: object, timeframe: Timeframe, wall_now_s: float, what: str) -> Bars:
    """Copies of a rates array, without bars that had not closed at `wall_now_s`.

    The times are the server's. Bars out of order, doubled, or with a high below its low raise
    `RowError` naming `what` and the bar (FAULTS X03, X04, X05).
    """
    if not isinstance(rates, np.ndarray) or rates.ndim != 1:
        message = f"{what}: expected an array of bars, got {type(rates).__name__}"
        raise RowError(message)
    packed = cast("NDArray[np.void]", rates)
    opens_s = packed["time"].astype(np.int64)
    closed_count = _closed_count(opens_s, timeframe, wall_now_s)
    opens_s = opens_s[:closed_count]
    prices = [_prices(packed, name, closed_count) for name in ("open", "high", "low", "close")]
    bars = Bars(opens_s, *prices)
    _check(bars, what)
    return bars


def history_from_rates(
    rates: object, timeframe: Timeframe, wall_now_s: float, what: str
) -> HistoryBars:
    """As `bars_from_rates`, with the ticks and the spread of each bar."""
    bars = bars_from_rates(rates, timeframe, wall_now_s, what)
    packed, count = cast("NDArray[np.void]", rates), len(bars.open_utc_s)
    spread, ticks = (packed[name][:count].astype(np.int64) for name in ("spread", "tick_volume"))
    return HistoryBars(bars, spread, ticks)


def _prices(packed: NDArray[np.void], name: str, count: int) -> FloatArray:
    column = packed[name][:count].astype(np.float64)
    column.setflags(write=False)
    return column


def _closed_count(opens_s: IntArray, timeframe: Timeframe, wall_now_s: float) -> int:
    """How many bars from the oldest had ended; only the newest can be unfinished."""
    count = len(opens_s)
    while count and _end_s(int(opens_s[count - 1]), timeframe) > wall_now_s:
        count -= 1
    return count


def _end_s(open_s: int, timeframe: Timeframe) -> int:
    if timeframe != Timeframe.MN1:
        return open_s + int(timeframe)
    month = np.datetime64(open_s, "s").astype("datetime64[M]") + 1
    return int(month.astype("datetime64[s]").astype(np.int64))


def _check(bars: Bars, what: str) -> None:
    disordered = np.flatnonzero(np.diff(bars.open_utc_s) <= 0)
    if disordered.size:
        index = int(disordered[0]) + 1
        message = (
            f"{what}: bar {index} opens at {bars.open_utc_s[index]} server time, "
            f"not after {bars.open_utc_s[index - 1]}"
        )
        raise RowError(message)
    body_high = np.maximum(bars.open_price, bars.close_price)
    body_low = np.minimum(bars.open_price, bars.close_price)
    fits = (
        (bars.low_price > 0.0)
        & (bars.low_price <= body_low)
        & (body_high <= bars.high_price)
        & (bars.high_price < np.inf)
    )
    if not fits.all():
        index = int(np.flatnonzero(~fits)[0])
        values = ", ".join(f"{column[index]:g}" for column in bars[1:])
        message = f"{what}: bar {index} at {bars.open_utc_s[index]} has impossible prices {values}"
        raise RowError(message)
