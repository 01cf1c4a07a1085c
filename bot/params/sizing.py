"""Parameters of the sizing pipeline: modes, the reduction in a drawdown, leverage."""

from __future__ import annotations

from typing import Annotated

from bot.model.sizing import (
    BudgetSettings,
    ConfidenceSettings,
    DrawdownSettings,
    SizingMode,
    WinRateSettings,
)
from bot.params.base import Group, fraction, number

MODES = {
    "fixed_per_trade": SizingMode.FIXED_PER_TRADE,
    "daily_budget": SizingMode.DAILY_BUDGET,
    "win_rate": SizingMode.WIN_RATE,
    "confidence": SizingMode.CONFIDENCE,
}


class DrawdownParams(Group):
    """How risk falls while the closed balance is below its peak."""

    start_pct: Annotated[
        float, number(2.0, 0.0, 20.0, "Fall from the peak from which the risk is reduced.")
    ]
    full_pct: Annotated[
        float, number(6.0, 0.5, 30.0, "Fall from the peak at which the risk is at its least.")
    ]
    least_factor: Annotated[
        float,
        number(0.5, 0.1, 1.0, "Share of the risk that is left then; evenly less on the way there."),
    ]

    def to_settings(self) -> DrawdownSettings:
        """Percents as fractions."""
        return DrawdownSettings(
            fraction(self.start_pct), fraction(self.full_pct), self.least_factor
        )


class DailyBudgetParams(Group):
    """Mode daily_budget: what a day may lose, split over the trades it may still make."""

    budget_pct: Annotated[
        float,
        number(2.0, 0.1, 4.0, "What trades of one day may lose, in percent of its first equity."),
    ]
    risk_min_pct: Annotated[
        float,
        number(0.3, 0.05, 1.5, "A trade's share is raised to this; with less left there is none."),
    ]
    risk_max_pct: Annotated[
        float, number(1.0, 0.05, 2.0, "A trade's share of the budget is never above this.")
    ]
    trades_max_count: Annotated[
        int, number(3, 1, 20, "Trades of a day, resting orders included, that share the budget.")
    ]
    losses_in_row_max_count: Annotated[
        int, number(2, 1, 10, "Losing trades in a row after which the day's budget is closed.")
    ]

    def to_settings(self) -> BudgetSettings:
        """Percents as fractions."""
        return BudgetSettings(
            budget_equity_fraction=fraction(self.budget_pct),
            risk_balance_fraction_min=fraction(self.risk_min_pct),
            risk_balance_fraction_max=fraction(self.risk_max_pct),
            trades_max_count=self.trades_max_count,
            losses_in_row_max_count=self.losses_in_row_max_count,
        )


class WinRateParams(Group):
    """Mode win_rate: the fixed risk in steps of the recent rate of winning trades."""

    window_count: Annotated[
        int, number(20, 5, 200, "The latest closed trades whose wins are counted.")
    ]
    trades_min_count: Annotated[
        int, number(10, 1, 200, "With fewer closed trades the fixed risk stands as it is.")
    ]
    prior_pct: Annotated[
        float, number(50.0, 1.0, 99.0, "The rate of wins expected before any trade was seen.")
    ]
    prior_weight_count: Annotated[
        float,
        number(20.0, 0.0, 500.0, "How many trades that expectation weighs against the real ones."),
    ]
    low_below_pct: Annotated[
        float, number(45.0, 1.0, 99.0, "A rate below this takes the low factor.")
    ]
    high_above_pct: Annotated[
        float, number(55.0, 1.0, 99.0, "A rate above this takes the high factor.")
    ]
    top_above_pct: Annotated[
        float, number(65.0, 1.0, 99.0, "A rate above this takes the top factor.")
    ]
    low_factor: Annotated[float, number(0.5, 0.1, 1.0, "Multiple of the fixed risk when low.")]
    high_factor: Annotated[float, number(1.2, 1.0, 2.0, "Multiple of the fixed risk when high.")]
    top_factor: Annotated[float, number(1.5, 1.0, 2.0, "Multiple of the fixed risk at the top.")]

    def to_settings(self) -> WinRateSettings:
        """Percents as fractions."""
        return WinRateSettings(
            window_count=self.window_count,
            trades_min_count=self.trades_min_count,
            prior_fraction=fraction(self.prior_pct),
            prior_weight_count=self.prior_weight_count,
            low_below_fraction=fraction(self.low_below_pct),
            high_above_fraction=fraction(self.high_above_pct),
            top_above_fraction=fraction(self.top_above_pct),
            low_factor=self.low_factor,
            high_factor=self.high_factor,
            top_factor=self.top_factor,
        )


class ConfidenceParams(Group):
    """Mode confidence: the fixed risk in steps of the signal's score, in place of confluence."""

    low_below_pct: Annotated[
        float, number(70.0, 1.0, 100.0, "A score below this takes the low factor.")
    ]
    high_from_pct: Annotated[
        float, number(85.0, 1.0, 100.0, "A score from this on takes the high factor.")
    ]
    low_factor: Annotated[float, number(0.3, 0.1, 1.0, "Multiple of the fixed risk when low.")]
    high_factor: Annotated[float, number(1.5, 1.0, 2.0, "Multiple of the fixed risk when high.")]

    def to_settings(self) -> ConfidenceSettings:
        """Percents as fractions."""
        return ConfidenceSettings(
            fraction(self.low_below_pct),
            fraction(self.high_from_pct),
            self.low_factor,
            self.high_factor,
        )
