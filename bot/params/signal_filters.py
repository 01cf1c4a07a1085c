"""Parameters of the quality filters: which count, how many must agree, what each asks for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.model.signal import FilterSettings, QualityFilter
from bot.params.base import Group, fraction, number, switch

_USE = "Whether this filter counts towards the minimum."

On = Annotated[bool, switch(_USE, recommended=True)]
Off = Annotated[bool, switch(_USE, recommended=False)]


class AtrRegimeParams(Group):
    """Volatility is neither asleep nor wild."""

    use: On
    rank_bars: Annotated[int, number(100, 20, 250, "Daily ATR values the newest is ranked among.")]
    min_pct: Annotated[float, number(20.0, 0.0, 95.0, "Lowest rank, in percent.")]
    max_pct: Annotated[float, number(95.0, 5.0, 100.0, "Highest rank, in percent.")]

    @model_validator(mode="after")
    def _ordered(self) -> AtrRegimeParams:
        if self.min_pct >= self.max_pct:
            msg = f"min_pct = {self.min_pct} must be below max_pct = {self.max_pct}"
            raise ValueError(msg)
        return self


class AdxRegimeParams(Group):
    """The daily chart trends."""

    use: On
    adx_bars: Annotated[int, number(14, 5, 50, "Daily bars in the ADX.")]
    adx_min: Annotated[float, number(18.0, 0.0, 60.0, "Least ADX of a trend worth trading.")]
    rising_bars: Annotated[
        int, number(0, 0, 30, "ADX must exceed its value so many bars ago; 0 does not ask.")
    ]


class ZscoreParams(Group):
    """The close is stretched against the trade."""

    use: Off
    mean_bars: Annotated[int, number(20, 5, 100, "Daily closes in the mean.")]
    min_deviations: Annotated[
        float, number(1.0, 0.0, 4.0, "Least distance from the mean, in standard deviations.")
    ]


class SwingPatternParams(Group):
    """The last swings draw an N (impulse, pull-back) or a V (fall, recovery)."""

    use: On
    wing_bars: Annotated[int, number(2, 1, 10, "Bars on each side of a swing point.")]
    age_bars: Annotated[int, number(30, 5, 100, "Oldest top of the pattern, in daily bars.")]
    impulse_atr: Annotated[float, number(1.5, 0.2, 10.0, "Least length of the impulse, in ATR.")]
    pullback_min_pct: Annotated[float, number(20.0, 0.0, 90.0, "N: least pull-back.")]
    pullback_max_pct: Annotated[float, number(70.0, 5.0, 100.0, "N: greatest pull-back.")]
    recovery_min_pct: Annotated[float, number(50.0, 5.0, 100.0, "V: least part won back.")]

    @model_validator(mode="after")
    def _ordered(self) -> SwingPatternParams:
        if self.pullback_min_pct >= self.pullback_max_pct:
            msg = (
                f"pullback_min_pct = {self.pullback_min_pct} must be below "
                f"pullback_max_pct = {self.pullback_max_pct}"
            )
            raise ValueError(msg)
        return self


class DisplacementParams(Group):
    """A recent daily candle moved hard with the trade."""

    use: Off
    recent_bars: Annotated[int, number(5, 1, 30, "Daily candles looked at.")]
    body_atr: Annotated[float, number(1.0, 0.2, 5.0, "Least body, in ATR.")]


class CandleRejectionParams(Group):
    """A recent H4 candle rejected prices against the trade."""

    use: On
    recent_bars: Annotated[int, number(3, 1, 30, "H4 candles looked at.")]
    wick_pct: Annotated[float, number(50.0, 20.0, 95.0, "Least wick, in percent of the candle.")]


class MomentumParams(Group):
    """The price moves with the trade, over the long and the short run."""

    use: Off
    slow_bars: Annotated[int, number(10, 2, 100, "Daily bars of the long run.")]
    fast_bars: Annotated[int, number(4, 1, 50, "Daily bars of the short run.")]

    @model_validator(mode="after")
    def _ordered(self) -> MomentumParams:
        if self.fast_bars >= self.slow_bars:
            msg = f"fast_bars = {self.fast_bars} must be below slow_bars = {self.slow_bars}"
            raise ValueError(msg)
        return self


class FrameworkParams(Group):
    """Swing points step with the trade and the close is near the last of them."""

    use: Off
    pivots_count: Annotated[int, number(3, 2, 6, "Swing points on each side that must step.")]
    near_pct: Annotated[float, number(40.0, 5.0, 100.0, "Part of the last step that is near.")]


class FiltersParams(Group):
    """The quality filters."""

    passes_min_count: Annotated[
        int, number(3, 0, 8, "How many of the filters in use must agree; 0 asks none.")
    ]
    atr_regime: Annotated[AtrRegimeParams, Field(description="Volatility is normal.")]
    adx_regime: Annotated[AdxRegimeParams, Field(description="The market trends.")]
    zscore: Annotated[ZscoreParams, Field(description="The price is stretched.")]
    swing_pattern: Annotated[SwingPatternParams, Field(description="The swings draw N or V.")]
    displacement: Annotated[DisplacementParams, Field(description="A candle moved hard.")]
    candle_rejection: Annotated[CandleRejectionParams, Field(description="Prices were rejected.")]
    momentum: Annotated[MomentumParams, Field(description="The price moves with the trade.")]
    framework: Annotated[FrameworkParams, Field(description="Swings step with the trade.")]

    @model_validator(mode="after")
    def _reachable(self) -> FiltersParams:
        used = self._enabled_mask().bit_count()
        if self.passes_min_count > used:
            msg = (
                f"passes_min_count = {self.passes_min_count} must be at most the number of "
                f"filters in use, {used}"
            )
            raise ValueError(msg)
        return self

    def _enabled_mask(self) -> int:
        uses = {
            QualityFilter.ATR_REGIME: self.atr_regime.use,
            QualityFilter.ADX_REGIME: self.adx_regime.use,
            QualityFilter.ZSCORE: self.zscore.use,
            QualityFilter.SWING_PATTERN: self.swing_pattern.use,
            QualityFilter.DISPLACEMENT: self.displacement.use,
            QualityFilter.CANDLE_REJECTION: self.candle_rejection.use,
            QualityFilter.MOMENTUM: self.momentum.use,
            QualityFilter.FRAMEWORK: self.framework.use,
        }
        return sum(1 << check.value for check in QualityFilter if uses[check])

    def to_settings(self) -> FilterSettings:
        """Fractions and one mask, as the rules see them."""
        pattern = self.swing_pattern
        return FilterSettings(
            enabled_mask=self._enabled_mask(),
            passes_min_count=self.passes_min_count,
            atr_rank_bars=self.atr_regime.rank_bars,
            atr_rank_min_fraction=fraction(self.atr_regime.min_pct),
            atr_rank_max_fraction=fraction(self.atr_regime.max_pct),
            adx_bars=self.adx_regime.adx_bars,
            adx_min=self.adx_regime.adx_min,
            adx_rising_bars=self.adx_regime.rising_bars,
            zscore_bars=self.zscore.mean_bars,
            zscore_min=self.zscore.min_deviations,
            pattern_wing_bars=pattern.wing_bars,
            pattern_age_bars=pattern.age_bars,
            pattern_impulse_atr=pattern.impulse_atr,
            pattern_pullback_min_fraction=fraction(pattern.pullback_min_pct),
            pattern_pullback_max_fraction=fraction(pattern.pullback_max_pct),
            pattern_recovery_fraction=fraction(pattern.recovery_min_pct),
            displacement_bars=self.displacement.recent_bars,
            displacement_body_atr=self.displacement.body_atr,
            rejection_bars=self.candle_rejection.recent_bars,
            rejection_wick_fraction=fraction(self.candle_rejection.wick_pct),
            momentum_bars=self.momentum.slow_bars,
            momentum_fast_bars=self.momentum.fast_bars,
            framework_pivots_count=self.framework.pivots_count,
            framework_near_fraction=fraction(self.framework.near_pct),
        )
