"""How wide a symbol's spread is, by hour of the New York day and around the rollover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.errors import DataError
from bot.model.market import FloatArray, IntArray, OffsetTable
from bot.rules.calendar import DAY_S, HOUR_S
from bot.simulator.session_clock import server_times_s
from bot.simulator.symbol_table import SYMBOL_ROWS

_HOURS_COUNT: Final = 24
_NEW_YORK_FROM_SERVER_S: Final = 7 * HOUR_S  # the server's clock is New York plus seven hours
_ROLLOVER_BEFORE_S, _ROLLOVER_AFTER_S = 600, 900
_ROLLOVER_BAR_MAX_S: Final = 900  # the widening is a matter of minutes: longer bars outlast it

# Median spread by New York hour over the median of the day: EURUSD and NZDUSD (quote bars of one
# broker, 2015-2018), gold (same, 2016-2019), a German index (2019). Hours 16 and 17 are read
# without the minutes around 17:00, which `rollover_factor` adds. Crypto: no measurement, flat.
_QUIET: Final = (1.0,) * 16
_HOUR_FACTORS: Final[dict[str, tuple[float, ...]]] = {
    "fx": (*_QUIET, 1.2, 2.0, 1.25, 1.1, 1.0, 1.0, 1.0, 1.0),
    "metal": (*_QUIET, 1.2, 2.0, 1.3, 1.1, 1.05, 1.0, 1.0, 1.0),
    "index": (2.0, 2.0, 1.3, *(1.0,) * 13, 1.6, 2.2, 2.2, 2.0, 2.0, 2.0, 2.0, 2.0),
    "crypto": (1.0,) * _HOURS_COUNT,
}
_ROLLOVER_FACTORS: Final = {"fx": 3.0, "metal": 3.0, "index": 1.5, "crypto": 1.2}


@dataclass(frozen=True, slots=True)
class SpreadProfile:
    """Spread in points for each hour of the New York clock, times `rollover_factor` around 17:00.

    The rollover lasts from 10 minutes before to 15 minutes after, on bars of 15 minutes or less.
    """

    points_by_ny_hour: tuple[float, ...]
    rollover_factor: float = 1.0

    def __post_init__(self) -> None:
        count = len(self.points_by_ny_hour)
        if count != _HOURS_COUNT or not all(0 < p < np.inf for p in self.points_by_ny_hour):
            message = f"points_by_ny_hour needs 24 positive numbers; got {self.points_by_ny_hour}"
            raise DataError(message)
        if not 1 <= self.rollover_factor < np.inf:
            message = f"rollover_factor is {self.rollover_factor}; allowed: 1 or more"
            raise DataError(message)

    def points_at(self, utc_s: IntArray, timeframe_s: int, clock: OffsetTable) -> FloatArray:
        """The ordinary spread in points of bars of `timeframe_s` that open at each moment."""
        new_york_s = server_times_s(utc_s, clock) - _NEW_YORK_FROM_SERVER_S
        points = np.array(self.points_by_ny_hour)[new_york_s // HOUR_S % _HOURS_COUNT]
        if timeframe_s > _ROLLOVER_BAR_MAX_S:
            return np.asarray(points)
        since_s = (new_york_s - 17 * HOUR_S) % DAY_S
        rolling = (since_s < _ROLLOVER_AFTER_S) | (since_s >= DAY_S - _ROLLOVER_BEFORE_S)
        return np.where(rolling, points * self.rollover_factor, points)


def default_spread_profile(name: str) -> SpreadProfile:
    """The profile of `name` (without suffix): its ordinary spread in the shape of its class.

    Raises `DataError` for a symbol we have no figures for.
    """
    row = SYMBOL_ROWS.get(name)
    if row is None:
        message = f"symbol {name!r} has no spread figures; known symbols: {', '.join(SYMBOL_ROWS)}"
        raise DataError(message)
    factors = _HOUR_FACTORS[row.asset_class]
    points = tuple(row.spread_points * factor for factor in factors)
    return SpreadProfile(points, _ROLLOVER_FACTORS[row.asset_class])
