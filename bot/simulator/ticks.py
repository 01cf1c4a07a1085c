"""Recorded quotes as the package's tick arrays."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.simulator.quotes import QuoteArrays
from bot.simulator.server_clock import ServerClock
from bot.simulator.session_clock import server_times_s

TICKS_DTYPE: Final = np.dtype(
    [
        ("time", "<i8"),
        ("bid", "<f8"),
        ("ask", "<f8"),
        ("last", "<f8"),
        ("volume", "<u8"),
        ("time_msc", "<i8"),
        ("flags", "<u4"),
        ("volume_real", "<f8"),
    ]
)
Ticks = NDArray[np.void]

FLAG_BID, FLAG_ASK = 2, 4


def no_ticks() -> Ticks:
    """An empty read-only tick array."""
    ticks = np.empty(0, dtype=TICKS_DTYPE)
    ticks.flags.writeable = False
    return ticks


def ticks_between(quotes: QuoteArrays, low: int, high: int, clock: ServerClock) -> Ticks:
    """Quotes [low, high) as ticks on the server's clock; flags tell which side changed."""
    ticks = np.zeros(high - low, dtype=TICKS_DTYPE)
    utc_ms = quotes.time_utc_ms[low:high]
    wall_s = server_times_s(utc_ms // 1000, clock.table)
    ticks["time"] = wall_s
    ticks["time_msc"] = wall_s * 1000 + utc_ms % 1000
    ticks["bid"], ticks["ask"] = quotes.bid[low:high], quotes.ask[low:high]
    bid_moved = _moved(quotes.bid, low, high)
    ask_moved = _moved(quotes.ask, low, high)
    ticks["flags"] = bid_moved * FLAG_BID + ask_moved * FLAG_ASK
    ticks.flags.writeable = False
    return ticks


def _moved(prices: NDArray[np.float64], low: int, high: int) -> NDArray[np.uint32]:
    """1 where a price differs from the one before it; the first quote of all counts as moved."""
    before = prices[low - 1 : high - 1] if low else np.append(np.nan, prices[: high - 1])[:high]
    return np.asarray(prices[low:high] != before, dtype=np.uint32)
