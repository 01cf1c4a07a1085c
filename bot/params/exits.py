"""Parameters of leaving a trade: the ladder, time, trailing and the weekend."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import JsonValue

from bot.model.settings import ExitSettings, WeekendSettings
from bot.params.base import Group, fraction, many, number, seconds_of_hours

_LADDER: list[JsonValue] = [
    {"target_r": 0.6, "close_pct": 35.0, "stop_after_r": 0.0},
    {"target_r": 1.2, "close_pct": 30.0, "stop_after_r": 1.1},
    {"target_r": 2.0, "close_pct": 35.0, "stop_after_r": None},
]


class RungParams(Group):
    """One step of the ladder."""

    target_r: Annotated[float, number(1.0, 0.1, 20.0, "Profit at which the rung is taken, in R.")]
    close_pct: Annotated[
        float,
        number(100.0, 1.0, 100.0, "Share of the opening volume the rung closes."),
    ]
    stop_after_r: Annotated[
        float | None,
        number(
            0.0,
            -1.0,
            20.0,
            "Where the stop goes then, in R from the entry; 0 is break-even, null leaves it. The "
            "last rung closes all that is left and has null.",
        ),
    ]


class ExitsParams(Group):
    """How an open trade is left, besides its stop."""

    ladder: Annotated[
        tuple[RungParams, ...],
        many(_LADDER, 1, 10, "Rungs in the order of their targets; their shares make 100."),
    ]
    breakeven_cost_r: Annotated[
        float,
        number(
            0.02,
            0.0,
            0.2,
            "A break-even stop stands this far on the winning side of the entry, so that costs "
            "are paid.",
        ),
    ]
    time_stop_h: Annotated[
        float, number(0.0, 0.0, 2_000.0, "A trade older than this is closed; 0 is off.")
    ]
    stale_after_h: Annotated[
        float,
        number(
            0.0,
            0.0,
            2_000.0,
            "A trade older than this that is not above `stale_below_r` is closed; 0 is off.",
        ),
    ]
    stale_below_r: Annotated[
        float, number(0.2, -1.0, 5.0, "Profit, in R, below which an old trade counts as stale.")
    ]
    trail_start_r: Annotated[
        float, number(0.0, 0.0, 10.0, "Profit, in R, from which the stop trails; 0 is off.")
    ]
    trail_distance_r: Annotated[
        float,
        number(0.8, 0.1, 10.0, "Distance of the trailing stop behind the price, in R."),
    ]

    def to_settings(self) -> ExitSettings:
        """Rungs as parallel tuples, hours as seconds; a stop left alone is NaN."""
        return ExitSettings(
            targets_r=tuple(rung.target_r for rung in self.ladder),
            close_fractions=tuple(fraction(rung.close_pct) for rung in self.ladder),
            stops_after_r=tuple(
                math.nan if rung.stop_after_r is None else rung.stop_after_r for rung in self.ladder
            ),
            breakeven_cost_r=self.breakeven_cost_r,
            time_stop_s=seconds_of_hours(self.time_stop_h),
            stale_after_s=seconds_of_hours(self.stale_after_h),
            stale_below_r=self.stale_below_r,
            trail_start_r=self.trail_start_r,
            trail_distance_r=self.trail_distance_r,
        )


class WeekendParams(Group):
    """What the Friday close means for entries and open trades; crypto is exempt."""

    before_close_h: Annotated[
        float,
        number(
            5.0,
            0.0,
            24.0,
            "Hours before the Friday close from which no trade is opened and open trades are "
            "put in order.",
        ),
    ]
    losers_close_below_r: Annotated[
        float, number(0.0, -1.0, 3.0, "A trade below this profit, in R, is closed on Friday.")
    ]
    halve_below_r: Annotated[
        float,
        number(0.5, -1.0, 5.0, "A trade above that and below this profit, in R, is halved."),
    ]
    winners_close_above_r: Annotated[
        float, number(1.6, 0.1, 15.0, "A trade above this profit, in R, is closed on Friday.")
    ]
    gap_close_adverse_r: Annotated[
        float,
        number(
            0.5,
            0.05,
            5.0,
            "A trade whose first price of the week lies this far, in R, against its last one is "
            "closed.",
        ),
    ]

    def to_settings(self) -> WeekendSettings:
        """Hours as seconds."""
        return WeekendSettings(
            entries_stop_before_close_s=seconds_of_hours(self.before_close_h),
            losers_close_below_r=self.losers_close_below_r,
            winners_close_above_r=self.winners_close_above_r,
            halve_below_r=self.halve_below_r,
            gap_close_adverse_r=self.gap_close_adverse_r,
        )
