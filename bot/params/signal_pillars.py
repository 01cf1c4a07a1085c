"""Parameters of the score: which pillars count, how much, and what each asks for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.model.signal import Pillar, PillarSettings
from bot.params.base import Group, fraction, number, switch

_USE = "Whether this pillar is part of the score; a pillar not used is left out of it altogether."
_WEIGHT = "Its weight in the score, relative to the other pillars."


class PillarParams(Group):
    """What every pillar has."""

    use: Annotated[bool, switch(_USE, recommended=True)]
    weight: Annotated[float, number(1.0, 0.1, 10.0, _WEIGHT)]


class TrendVoteParams(PillarParams):
    """Higher timeframes agree with the trade."""

    votes_min_count: Annotated[
        int, number(2, 1, 3, "How many of MN1, W1 and D1 must trend with the trade.")
    ]


class LocationParams(PillarParams):
    """The daily close lies where the trade has support or resistance behind it."""

    near_atr: Annotated[
        float, number(0.5, 0.05, 3.0, "Distance from a swing point that counts as near, in ATR.")
    ]
    pivots_count: Annotated[int, number(5, 1, 20, "Swing points looked at, newest first.")]
    pivot_age_bars: Annotated[int, number(50, 10, 100, "Oldest swing point, in daily bars.")]
    range_bars: Annotated[int, number(20, 5, 100, "Daily bars whose range is looked at.")]
    range_pct: Annotated[
        float, number(30.0, 1.0, 80.0, "Part of that range, from its near end, that is good.")
    ]


class GoldenZoneParams(PillarParams):
    """The daily close has retraced the leg far enough and not too far."""

    min_pct: Annotated[float, number(38.2, 0.0, 90.0, "Least retracement of the leg.")]
    max_pct: Annotated[float, number(78.6, 10.0, 150.0, "Greatest retracement of the leg.")]

    @model_validator(mode="after")
    def _ordered(self) -> GoldenZoneParams:
        if self.min_pct >= self.max_pct:
            msg = f"min_pct = {self.min_pct} must be below max_pct = {self.max_pct}"
            raise ValueError(msg)
        return self


class LiquiditySweepParams(PillarParams):
    """A wick took the stops behind a swing point and the price came back inside."""

    sweep_bars: Annotated[int, number(5, 1, 30, "Daily bars in which the sweep may have been.")]
    pivots_count: Annotated[int, number(3, 1, 20, "Swing points that may have been swept.")]


class StructureBreakParams(PillarParams):
    """The daily chart broke structure in trade direction, or builds it."""

    age_bars: Annotated[int, number(30, 10, 100, "Oldest swing point looked at, in daily bars.")]
    pivots_count: Annotated[int, number(3, 1, 10, "Swing points the close must be beyond.")]
    needs_break: Annotated[
        bool,
        switch(
            "Whether only a close beyond them counts; if not, higher highs and higher lows (for a "
            "short: lower) are enough.",
            recommended=False,
        ),
    ]


class H4ConfirmationParams(PillarParams):
    """A recent H4 candle speaks for the trade."""

    bars: Annotated[int, number(3, 1, 30, "H4 candles looked at, newest first.")]
    breakout_bars: Annotated[
        int, number(4, 1, 30, "A candle reaching beyond all of so many before it confirms.")
    ]
    body_pct: Annotated[
        float, number(60.0, 20.0, 99.0, "A body above this share of its candle's range confirms.")
    ]
    pin_wick_per_body: Annotated[
        float,
        number(2.0, 0.5, 10.0, "A wick against the trade longer than so many bodies confirms."),
    ]


class RiskRewardParams(PillarParams):
    """The trade has room."""

    good_r: Annotated[float, number(1.4, 0.1, 10.0, "Room, in R, from which on it is good.")]


class PillarsParams(Group):
    """The pillars of the confluence score."""

    trend_vote: Annotated[TrendVoteParams, Field(description="MN1, W1 and D1 agree.")]
    location: Annotated[LocationParams, Field(description="Support or resistance is near.")]
    golden_zone: Annotated[GoldenZoneParams, Field(description="The leg is retraced.")]
    liquidity_sweep: Annotated[LiquiditySweepParams, Field(description="Stops were taken.")]
    structure_break: Annotated[StructureBreakParams, Field(description="Structure turned.")]
    h4_confirmation: Annotated[H4ConfirmationParams, Field(description="H4 agrees.")]
    risk_reward: Annotated[RiskRewardParams, Field(description="There is room.")]

    @model_validator(mode="after")
    def _any_used(self) -> PillarsParams:
        if not any(use for use, _ in self._uses_and_weights()):
            msg = "at least one pillar must be used, or the score is undefined"
            raise ValueError(msg)
        return self

    def _uses_and_weights(self) -> tuple[tuple[bool, float], ...]:
        """By the bit of the pillar."""
        groups: dict[Pillar, PillarParams] = {
            Pillar.TREND_VOTE: self.trend_vote,
            Pillar.LOCATION: self.location,
            Pillar.GOLDEN_ZONE: self.golden_zone,
            Pillar.LIQUIDITY_SWEEP: self.liquidity_sweep,
            Pillar.STRUCTURE_BREAK: self.structure_break,
            Pillar.H4_CONFIRMATION: self.h4_confirmation,
            Pillar.RISK_REWARD: self.risk_reward,
        }
        return tuple((groups[pillar].use, groups[pillar].weight) for pillar in Pillar)

    def to_settings(self) -> PillarSettings:
        """Fractions, one mask and one weight per pillar, as the rules see them."""
        parts = self._uses_and_weights()
        return PillarSettings(
            enabled_mask=sum(1 << bit for bit, (use, _) in enumerate(parts) if use),
            weights=tuple(float(weight) for _, weight in parts),
            trend_votes_min_count=self.trend_vote.votes_min_count,
            location_near_atr=self.location.near_atr,
            location_pivots_count=self.location.pivots_count,
            location_pivot_age_bars=self.location.pivot_age_bars,
            location_range_bars=self.location.range_bars,
            location_range_fraction=fraction(self.location.range_pct),
            zone_min_fraction=fraction(self.golden_zone.min_pct),
            zone_max_fraction=fraction(self.golden_zone.max_pct),
            sweep_bars=self.liquidity_sweep.sweep_bars,
            sweep_pivots_count=self.liquidity_sweep.pivots_count,
            structure_age_bars=self.structure_break.age_bars,
            structure_pivots_count=self.structure_break.pivots_count,
            structure_needs_break=self.structure_break.needs_break,
            confirmation_bars=self.h4_confirmation.bars,
            confirmation_breakout_bars=self.h4_confirmation.breakout_bars,
            confirmation_body_fraction=fraction(self.h4_confirmation.body_pct),
            pin_wick_per_body=self.h4_confirmation.pin_wick_per_body,
            rr_good_r=self.risk_reward.good_r,
        )
