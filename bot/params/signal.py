"""Parameters of the strategy: what makes a closed daily bar a setup."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from bot.model.signal import MixedDirection, SignalSettings, TrendSettings
from bot.params.base import Group, choice, fraction, number
from bot.params.signal_filters import FiltersParams
from bot.params.signal_levels import LevelsParams
from bot.params.signal_pillars import PillarsParams

_MIXED = {
    "no_trade": MixedDirection.NO_TRADE,
    "daily": MixedDirection.DAILY,
    "daily_or_long": MixedDirection.DAILY_OR_LONG,
}


class TrendParams(Group):
    """The trend vote of MN1, W1 and D1, from closes alone; two of three give the direction."""

    fast_bars: Annotated[int, number(8, 2, 50, "Closes in the fast average.")]
    slow_bars: Annotated[int, number(21, 5, 100, "Closes in the slow average.")]
    breakout_bars: Annotated[
        int,
        number(9, 2, 60, "A close beyond all of so many closes before it casts a third vote."),
    ]
    closes_min_count: Annotated[
        int, number(5, 2, 50, "With fewer closes a timeframe's trend is mixed.")
    ]
    d1_window_bars: Annotated[
        int,
        number(21, 5, 100, "Daily closes the daily trend looks at (the reviewed bot: 10)."),
    ]
    when_mixed: Annotated[
        Literal["no_trade", "daily", "daily_or_long"],
        choice(
            "daily",
            "Direction without a majority: none, the daily trend, or the daily trend and long when "
            "that is mixed too.",
        ),
    ]

    @model_validator(mode="after")
    def _ordered(self) -> TrendParams:
        if self.fast_bars >= self.slow_bars:
            msg = f"fast_bars = {self.fast_bars} must be below slow_bars = {self.slow_bars}"
            raise ValueError(msg)
        if self.closes_min_count > self.d1_window_bars:
            msg = (
                f"closes_min_count = {self.closes_min_count} must be at most "
                f"d1_window_bars = {self.d1_window_bars}"
            )
            raise ValueError(msg)
        return self

    def to_settings(self) -> TrendSettings:
        """As the rules see them."""
        return TrendSettings(
            fast_bars=self.fast_bars,
            slow_bars=self.slow_bars,
            breakout_bars=self.breakout_bars,
            closes_min_count=self.closes_min_count,
            d1_window_bars=self.d1_window_bars,
            when_mixed=_MIXED[self.when_mixed].value,
        )


class SignalParams(Group):
    """Multi-timeframe confluence on closed bars: D1 decides, MN1, W1 and H4 give context."""

    bars_min_count: Annotated[
        int, number(200, 120, 2_000, "Daily bars a symbol needs before it is judged.")
    ]
    atr_bars: Annotated[int, number(14, 5, 100, "Daily bars in the average true range.")]
    score_min_pct: Annotated[
        float,
        number(55.0, 1.0, 100.0, "Least weight of the passed pillars, in percent of the enabled."),
    ]
    points_full: Annotated[
        float, number(7.0, 1.0, 20.0, "Points of a full score; sizing scales risk per point.")
    ]
    volatile_boost_factor: Annotated[
        float, number(1.0, 1.0, 2.0, "The score of a volatile symbol is multiplied by this.")
    ]
    trend: Annotated[TrendParams, Field(description="Which way to trade.")]
    levels: Annotated[LevelsParams, Field(description="Where to enter and where to be wrong.")]
    pillars: Annotated[PillarsParams, Field(description="What the score counts.")]
    filters: Annotated[FiltersParams, Field(description="What else must agree.")]

    @model_validator(mode="after")
    def _reachable(self) -> SignalParams:
        good_r, least_r = self.pillars.risk_reward.good_r, self.levels.rr_min_r
        if good_r < least_r:
            msg = f"pillars.risk_reward.good_r = {good_r} must be at least rr_min_r = {least_r}"
            raise ValueError(msg)
        return self

    def to_settings(self) -> SignalSettings:
        """Fractions and masks, as the rules see them."""
        return SignalSettings(
            bars_min_count=self.bars_min_count,
            atr_bars=self.atr_bars,
            score_min_fraction=fraction(self.score_min_pct),
            points_full=self.points_full,
            volatile_boost_factor=self.volatile_boost_factor,
            trend=self.trend.to_settings(),
            levels=self.levels.to_settings(),
            pillars=self.pillars.to_settings(),
            filters=self.filters.to_settings(),
        )
