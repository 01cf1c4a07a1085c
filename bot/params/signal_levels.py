"""Parameters of entry and stop: the leg, its retracement, and the limits a trade must keep."""

from __future__ import annotations

from typing import Annotated

from pydantic import model_validator

from bot.model.signal import LevelSettings
from bot.params.base import Group, fraction, number, switch


class LevelsParams(Group):
    """Where to enter and where the idea is wrong; `*_atr` are multiples of the daily ATR."""

    pivot_wing_bars: Annotated[
        int, number(3, 1, 10, "Bars on each side that a swing point must not be exceeded by.")
    ]
    leg_lookback_bars: Annotated[
        int, number(30, 15, 100, "Daily bars searched for the leg that broke structure.")
    ]
    leg_break_bars: Annotated[
        int, number(5, 2, 15, "A break closes beyond all of so many bars before it.")
    ]
    leg_swing_bars: Annotated[
        int, number(9, 3, 40, "Bars before the break searched for the leg's start.")
    ]
    leg_candle_bars: Annotated[
        int, number(3, 1, 10, "Bars from the start searched for its last opposite candle.")
    ]
    leg_pivots_count: Annotated[
        int, number(3, 1, 10, "Swing points the fall-back leg spans when nothing broke.")
    ]
    use_fallback_leg: Annotated[
        bool,
        switch("Trade the span of the last swing points when nothing broke.", recommended=True),
    ]
    entry_retrace_pct: Annotated[
        float, number(61.8, 20.0, 90.0, "Retracement of the leg at which to enter.")
    ]
    entry_at_close_atr: Annotated[
        float, number(0.3, 0.0, 2.0, "A close nearer to the entry than this is the entry.")
    ]
    leg_buffer_atr: Annotated[
        float, number(0.5, 0.0, 3.0, "Distance of the stop beyond the start of the leg.")
    ]
    structure_bars: Annotated[
        int, number(20, 10, 100, "H4 bars searched for the structure the stop hides behind.")
    ]
    structure_pivots_count: Annotated[
        int, number(3, 1, 10, "Swing points in them that count as structure.")
    ]
    structure_extreme_bars: Annotated[
        int, number(10, 2, 100, "Without swing points, the extreme of so many bars.")
    ]
    structure_buffer_atr: Annotated[
        float, number(0.4, 0.0, 3.0, "Distance of the stop beyond that structure.")
    ]
    fallback_stop_atr: Annotated[
        float, number(1.5, 0.5, 5.0, "Least stop distance when the leg is unusable.")
    ]
    stop_min_atr: Annotated[float, number(0.8, 0.1, 3.0, "A narrower stop is no setup.")]
    stop_max_atr: Annotated[float, number(3.5, 0.5, 10.0, "A wider stop is no setup.")]
    target_extension_pct: Annotated[
        float,
        number(
            0.0,
            0.0,
            300.0,
            "How far beyond the leg's extreme the room for the trade reaches, in percent of the "
            "leg; 0 ends it at the extreme.",
        ),
    ]
    rr_min_r: Annotated[float, number(1.0, 0.0, 5.0, "Less room than this, in R, is no setup.")]

    @model_validator(mode="after")
    def _consistent(self) -> LevelsParams:
        if self.stop_min_atr >= self.stop_max_atr:
            msg = (
                f"stop_min_atr = {self.stop_min_atr} must be below "
                f"stop_max_atr = {self.stop_max_atr}"
            )
            raise ValueError(msg)
        if self.structure_extreme_bars > self.structure_bars:
            msg = (
                f"structure_extreme_bars = {self.structure_extreme_bars} must be at most "
                f"structure_bars = {self.structure_bars}"
            )
            raise ValueError(msg)
        if self.leg_break_bars + self.leg_swing_bars > self.leg_lookback_bars:
            msg = (
                f"leg_lookback_bars = {self.leg_lookback_bars} must be at least leg_break_bars + "
                f"leg_swing_bars = {self.leg_break_bars + self.leg_swing_bars}"
            )
            raise ValueError(msg)
        return self

    def to_settings(self) -> LevelSettings:
        """As the rules see them."""
        return LevelSettings(
            pivot_wing_bars=self.pivot_wing_bars,
            leg_lookback_bars=self.leg_lookback_bars,
            leg_break_bars=self.leg_break_bars,
            leg_swing_bars=self.leg_swing_bars,
            leg_candle_bars=self.leg_candle_bars,
            leg_pivots_count=self.leg_pivots_count,
            use_fallback_leg=self.use_fallback_leg,
            entry_retrace_fraction=fraction(self.entry_retrace_pct),
            entry_at_close_atr=self.entry_at_close_atr,
            leg_buffer_atr=self.leg_buffer_atr,
            structure_bars=self.structure_bars,
            structure_pivots_count=self.structure_pivots_count,
            structure_extreme_bars=self.structure_extreme_bars,
            structure_buffer_atr=self.structure_buffer_atr,
            fallback_stop_atr=self.fallback_stop_atr,
            stop_min_atr=self.stop_min_atr,
            stop_max_atr=self.stop_max_atr,
            target_extension_fraction=fraction(self.target_extension_pct),
            rr_min_r=self.rr_min_r,
        )
