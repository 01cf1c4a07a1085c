"""Parameters of size and of the brakes on loss."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.model.reserves import LossLadders
from bot.model.settings import BrakeSettings, RiskSettings
from bot.model.sizing import SizingSettings
from bot.params.base import Group, choice, fraction, number
from bot.params.sizing import (
    MODES,
    ConfidenceParams,
    DailyBudgetParams,
    DrawdownParams,
    WinRateParams,
)


class SizingParams(Group):
    """What one trade, and all of them together, may cost."""

    mode: Annotated[
        Literal["fixed_per_trade", "daily_budget", "win_rate", "confidence"],
        choice(
            "fixed_per_trade",
            "Where the risk of a trade comes from: a fixed share of the balance, the day's budget, "
            "the recent rate of wins, or the signal's score.",
        ),
    ]
    risk_per_trade_pct: Annotated[
        float, number(0.6, 0.05, 1.5, "Risk of a trade from entry to stop, in percent of balance.")
    ]
    risk_reduced_pct: Annotated[
        float,
        number(0.4, 0.05, 1.5, "Risk of a trade while the day's loss is at the reduce brake."),
    ]
    risk_ceiling_pct: Annotated[
        float,
        number(1.0, 0.05, 2.0, "No trade risks more than this, whatever the confluence says."),
    ]
    confluence_base_points: Annotated[
        float, number(4.0, 1.0, 20.0, "Score, in points, at which the risk is not scaled.")
    ]
    confluence_step_pct: Annotated[
        float,
        number(15.0, 0.0, 50.0, "Change of the risk per point above or below the base score."),
    ]
    confluence_min_factor: Annotated[
        float, number(0.6, 0.1, 1.0, "The scaled risk is never below this share of the base risk.")
    ]
    confluence_max_factor: Annotated[
        float,
        number(1.5, 1.0, 3.0, "The scaled risk is never above this multiple of the base risk."),
    ]
    cumulative_risk_max_pct: Annotated[
        float,
        number(
            5.0,
            0.2,
            10.0,
            "Risk of open positions, resting orders and unresolved orders together, in percent "
            "of equity.",
        ),
    ]
    positions_max_count: Annotated[
        int, number(10, 1, 50, "Open positions and resting orders at the same time.")
    ]
    entries_per_day_max_count: Annotated[int, number(10, 1, 100, "New entries in one server day.")]
    floor_reserve_pct: Annotated[
        float,
        number(
            0.5,
            0.0,
            3.0,
            "Distance every floor keeps from the worst case, in percent of the initial balance.",
        ),
    ]
    slippage_reserve_r: Annotated[
        float,
        number(0.10, 0.0, 1.0, "Slippage at the stop that the worst case counts, in R of a trade."),
    ]
    margin_free_min_pct: Annotated[
        float,
        number(25.0, 5.0, 90.0, "Share of equity that must stay free of margin after an entry."),
    ]
    fill_excess_max_steps: Annotated[
        float,
        number(
            1.0,
            1.0,
            5.0,
            "A fill larger than the size for the balance of that moment is cut back when it is "
            "over by this many volume steps.",
        ),
    ]
    leverage_max_factor: Annotated[
        float,
        number(
            10.0,
            0.5,
            100.0,
            "A position's value is at most this multiple of equity, however near its stop.",
        ),
    ]
    start_factor: Annotated[
        float,
        number(
            1.0, 0.05, 1.0, "Share of the risk until live trading has proved like the backtest."
        ),
    ]
    drawdown: Annotated[DrawdownParams, Field(description="Less risk below the balance's peak.")]
    daily_budget: Annotated[DailyBudgetParams, Field(description="For the mode of that name.")]
    win_rate: Annotated[WinRateParams, Field(description="For the mode of that name.")]
    confidence: Annotated[ConfidenceParams, Field(description="For the mode of that name.")]

    def to_settings(self) -> RiskSettings:
        """Percents as fractions."""
        return RiskSettings(
            risk_per_trade_balance_fraction=fraction(self.risk_per_trade_pct),
            risk_reduced_balance_fraction=fraction(self.risk_reduced_pct),
            risk_ceiling_balance_fraction=fraction(self.risk_ceiling_pct),
            confluence_points_base=self.confluence_base_points,
            confluence_step_fraction=fraction(self.confluence_step_pct),
            confluence_factor_min=self.confluence_min_factor,
            confluence_factor_max=self.confluence_max_factor,
            cumulative_risk_equity_fraction_max=fraction(self.cumulative_risk_max_pct),
            positions_max_count=self.positions_max_count,
            entries_per_day_max_count=self.entries_per_day_max_count,
            floor_reserve_initial_fraction=fraction(self.floor_reserve_pct),
            slippage_reserve_r=self.slippage_reserve_r,
            margin_free_equity_fraction_min=fraction(self.margin_free_min_pct),
            fill_excess_steps_max=self.fill_excess_max_steps,
        )

    def to_sizing(self) -> SizingSettings:
        """The mode and the steps of the pipeline, percents as fractions."""
        return SizingSettings(
            mode=MODES[self.mode].value,
            start_factor=self.start_factor,
            leverage_max=self.leverage_max_factor,
            drawdown=self.drawdown.to_settings(),
            budget=self.daily_budget.to_settings(),
            win_rate=self.win_rate.to_settings(),
            confidence=self.confidence.to_settings(),
        )


class BrakesParams(Group):
    """Where a loss changes how the bot trades."""

    warn_pct: Annotated[
        float, number(2.0, 0.2, 5.0, "Loss of the day, in percent of its base, that is reported.")
    ]
    reduce_pct: Annotated[
        float,
        number(3.0, 0.2, 5.0, "Loss of the day at which trades run at the reduced risk."),
    ]
    flatten_pct: Annotated[
        float,
        number(
            3.5,
            0.3,
            5.0,
            "Loss of the day at which everything is closed and trading stops until the next day.",
        ),
    ]
    emergency_pct: Annotated[
        float,
        number(
            4.0,
            0.5,
            10.0,
            "Loss of the day at which what is still open is closed at any price and spread.",
        ),
    ]
    alarm_pct: Annotated[
        float,
        number(4.5, 0.5, 10.0, "Loss of the day at which every cycle raises the alarm."),
    ]
    total_caution_pct: Annotated[
        float,
        number(
            6.0,
            0.5,
            12.0,
            "Loss since the start, in percent of the initial balance, at which risk is cut to the "
            "caution factor.",
        ),
    ]
    total_caution_factor: Annotated[
        float, number(0.5, 0.0, 1.0, "Share of the risk that trades keep from the caution rung.")
    ]
    total_severe_pct: Annotated[
        float,
        number(8.0, 0.5, 12.0, "Loss since the start at which risk is cut to the severe factor."),
    ]
    total_severe_factor: Annotated[
        float,
        number(
            0.25, 0.0, 1.0, "Share of the risk that trades keep from the severe rung; 0: no trades."
        ),
    ]
    total_flatten_pct: Annotated[
        float,
        number(
            9.0,
            1.0,
            12.0,
            "Loss since the start, in percent of the initial balance, at which everything is "
            "closed.",
        ),
    ]

    def to_settings(self) -> BrakeSettings:
        """Percents as fractions."""
        return BrakeSettings(
            warn_base_fraction=fraction(self.warn_pct),
            reduce_base_fraction=fraction(self.reduce_pct),
            flatten_base_fraction=fraction(self.flatten_pct),
            total_flatten_initial_fraction=fraction(self.total_flatten_pct),
        )

    def to_ladders(self) -> LossLadders:
        """The rungs beyond the brakes, percents as fractions."""
        return LossLadders(
            any_price_base_fraction=fraction(self.emergency_pct),
            alarm_base_fraction=fraction(self.alarm_pct),
            caution_initial_fraction=fraction(self.total_caution_pct),
            caution_factor=self.total_caution_factor,
            severe_initial_fraction=fraction(self.total_severe_pct),
            severe_factor=self.total_severe_factor,
        )
