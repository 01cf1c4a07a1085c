"""Parameters of the no-breach gate: what the worst case counts, and the night of the reset."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from bot.model.reserves import GapFractions, GateSettings, ResetPolicy, SlippageSettings
from bot.params.account import SymbolName
from bot.params.base import (
    Group,
    choice,
    fraction,
    many,
    number,
    seconds_of_hours,
    seconds_of_minutes,
)

_POLICIES = {"keep": ResetPolicy.KEEP, "trim": ResetPolicy.TRIM, "close": ResetPolicy.CLOSE}


def _gaps(weekend_pct: float, news_pct: float, rollover_pct: float) -> dict[str, JsonValue]:
    return {"weekend_pct": weekend_pct, "news_pct": news_pct, "rollover_pct": rollover_pct}


class GapParams(Group):
    """How far a price may jump beyond a stop, in percent of the price."""

    weekend_pct: Annotated[
        float, number(0.5, 0.0, 10.0, "Beyond the stop over a weekend that is held.")
    ]
    news_pct: Annotated[float, number(0.3, 0.0, 10.0, "Beyond the stop inside a news window.")]
    rollover_pct: Annotated[
        float, number(0.1, 0.0, 5.0, "Beyond the stop around the server's midnight.")
    ]

    def to_settings(self) -> GapFractions:
        """Percents as fractions."""
        return GapFractions(
            fraction(self.weekend_pct), fraction(self.news_pct), fraction(self.rollover_pct)
        )


class SymbolGapParams(GapParams):
    """The gaps of one symbol that jumps further, or less, than its class."""

    symbol: Annotated[SymbolName, Field(description="Our own name of the symbol.")]


class GateParams(Group):
    """What the worst case counts for everything that is open, resting or unresolved.

    The gaps were chosen between the 99th and the 999th of 1 000 week opens and midnights of
    2022-2025 (hourly bars), less the part a stop at its usual distance has already paid for.
    """

    slippage_percentile_pct: Annotated[
        float,
        number(
            95.0,
            50.0,
            100.0,
            "Of a symbol's own stop fills, the share that slipped no more than what is reserved.",
        ),
    ]
    slippage_samples_min_count: Annotated[
        int,
        number(20, 5, 200, "Stop fills of a symbol before they count beside slippage_reserve_r."),
    ]
    slippage_prior_weight_count: Annotated[
        float,
        number(20.0, 0.0, 500.0, "How many stop fills sizing.slippage_reserve_r is worth."),
    ]
    symbol_risk_max_pct: Annotated[
        float,
        number(1.5, 0.1, 5.0, "Risk on one symbol, resting and unresolved included, of equity."),
    ]
    weekend_lead_h: Annotated[
        float,
        number(4.0, 0.0, 48.0, "So long before Friday's close a position counts as held over it."),
    ]
    rollover_lead_min: Annotated[
        float,
        number(15.0, 0.0, 120.0, "So long before the rollover window its gap is reserved."),
    ]
    gap_fx: Annotated[GapParams, Field(json_schema_extra={"default": _gaps(0.5, 0.3, 0.1)})]
    gap_metal: Annotated[GapParams, Field(json_schema_extra={"default": _gaps(1.0, 0.5, 0.2)})]
    gap_index: Annotated[GapParams, Field(json_schema_extra={"default": _gaps(2.0, 0.6, 0.5)})]
    gap_crypto: Annotated[GapParams, Field(json_schema_extra={"default": _gaps(2.0, 0.5, 0.1)})]
    gap_symbols: Annotated[
        tuple[SymbolGapParams, ...],
        many(
            [{**_gaps(1.8, 1.0, 0.3), "symbol": "XAGUSD"}],
            0,
            100,
            "Symbols whose gaps differ from their class.",
        ),
    ]
    reset_window_min: Annotated[
        float,
        number(
            30.0,
            0.0,
            240.0,
            "So long before the day's reset the next day's floor is compared with what runs.",
        ),
    ]
    reset_policy: Annotated[
        Literal["keep", "trim", "close"],
        choice(
            "trim",
            "Too little room under tomorrow's floor: keep and report, trim positions until it "
            "fits, or close whole positions until it fits.",
        ),
    ]

    def to_settings(self) -> GateSettings:
        """Fractions and seconds."""
        return GateSettings(
            slippage=SlippageSettings(
                percentile_fraction=fraction(self.slippage_percentile_pct),
                samples_min_count=self.slippage_samples_min_count,
                prior_weight_count=self.slippage_prior_weight_count,
            ),
            symbol_risk_equity_fraction_max=fraction(self.symbol_risk_max_pct),
            weekend_lead_s=seconds_of_hours(self.weekend_lead_h),
            rollover_lead_s=seconds_of_minutes(self.rollover_lead_min),
            gaps_by_class=(
                ("fx", self.gap_fx.to_settings()),
                ("metal", self.gap_metal.to_settings()),
                ("index", self.gap_index.to_settings()),
                ("crypto", self.gap_crypto.to_settings()),
            ),
            gaps_by_symbol=tuple((item.symbol, item.to_settings()) for item in self.gap_symbols),
            reset_window_s=seconds_of_minutes(self.reset_window_min),
            reset_policy=_POLICIES[self.reset_policy],
        )
