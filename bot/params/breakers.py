"""Parameters of the circuit breakers: when each trips, and what it then does."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.model.breakers import (
    BreakerAction,
    BreakerSettings,
    CountLimits,
    DayLossLimits,
    DisconnectLimits,
    DiskLimits,
    DrawdownLimits,
    LossRowLimits,
    MemoryLimits,
    RapidLossLimits,
    SlippageLimits,
    SpreadRegimeLimits,
)
from bot.params.base import Group, choice, fraction, number, seconds_of_minutes, switch

_BYTES_PER_MB = 1_000_000.0


class BreakerParams(Group):
    """What every breaker has."""

    use: Annotated[bool, switch("Whether this breaker may trip.", recommended=True)]

    def _action(self, word: str) -> int:
        return BreakerAction[word.upper()].value


Action = Literal["reduce", "block", "flatten"]
_DOES = (
    "Once tripped: reduce trades at the reduced risk, block opens nothing, flatten closes "
    "everything as well."
)
BlockAction = Annotated[Action, choice("block", _DOES)]
ReduceAction = Annotated[Action, choice("reduce", _DOES)]
FlattenAction = Annotated[Action, choice("flatten", _DOES)]


ScratchR = Annotated[
    float, number(0.05, 0.0, 0.5, "A smaller loss than this neither counts nor ends the row.")
]


class ConsecutiveLossesParams(BreakerParams):
    """Losing trades in a row; only a person resets it."""

    action: BlockAction
    max_count: Annotated[int, number(5, 2, 20, "Losing trades in a row that trip it.")]
    scratch_r: ScratchR

    def to_settings(self) -> LossRowLimits:
        """The same numbers."""
        return LossRowLimits(self.use, self._action(self.action), self.max_count, self.scratch_r)


class DayLossesParams(BreakerParams):
    """Losing trades in a row within one firm day; resets with the next."""

    action: BlockAction
    when: Annotated[
        Literal["daily_budget", "always"],
        choice("daily_budget", "Only while sizing.mode is daily_budget, or in every mode."),
    ]
    max_count: Annotated[int, number(2, 1, 10, "Losing trades in a row, all of today.")]
    scratch_r: ScratchR

    def to_settings(self) -> DayLossLimits:
        """The same numbers."""
        return DayLossLimits(
            use=self.use,
            action=self._action(self.action),
            max_count=self.max_count,
            scratch_r=self.scratch_r,
            every_mode=self.when == "always",
        )


class RapidLossParams(BreakerParams):
    """Fall of equity within minutes; only a person resets it."""

    action: FlattenAction
    max_pct: Annotated[
        float,
        number(2.0, 0.2, 4.0, "Fall of equity from its highest point of the window, in percent."),
    ]
    window_s: Annotated[float, number(300.0, 30.0, 3_600.0, "Length of the sliding window.")]

    def to_settings(self) -> RapidLossLimits:
        """Percent as a fraction."""
        return RapidLossLimits(
            self.use, self._action(self.action), fraction(self.max_pct), self.window_s
        )


class DrawdownParams(BreakerParams):
    """Loss of the day from the firm's base; resets with the next firm day."""

    action: ReduceAction
    max_pct: Annotated[
        float, number(3.0, 0.2, 5.0, "Loss of the day, in percent of its base, open ones included.")
    ]

    def to_settings(self) -> DrawdownLimits:
        """Percent as a fraction."""
        return DrawdownLimits(self.use, self._action(self.action), fraction(self.max_pct))


class TradesPerDayParams(BreakerParams):
    """Entries filled in one firm day; resets with the next."""

    action: BlockAction
    max_count: Annotated[int, number(10, 1, 100, "Filled entries in one firm day.")]

    def to_settings(self) -> CountLimits:
        """The same numbers."""
        return CountLimits(self.use, self._action(self.action), self.max_count)


class SlippageParams(BreakerParams):
    """Slippage of our own entries; resets after a pause, or by a person."""

    action: BlockAction
    mean_max_r: Annotated[
        float, number(0.10, 0.01, 0.5, "Mean slippage of the latest entries, in R, that trips it.")
    ]
    mean_fills_count: Annotated[int, number(20, 5, 100, "Latest entries the mean is taken of.")]
    mean_fills_min_count: Annotated[
        int, number(8, 3, 100, "Entries needed before their mean says anything.")
    ]
    single_max_r: Annotated[
        float, number(0.5, 0.1, 3.0, "Slippage of a single entry, in R, that trips it alone.")
    ]
    pause_min: Annotated[
        float, number(720.0, 10.0, 10_080.0, "Time after which it resets and counts anew.")
    ]

    def to_settings(self) -> SlippageLimits:
        """Minutes as seconds."""
        return SlippageLimits(
            use=self.use,
            action=self._action(self.action),
            mean_max_r=self.mean_max_r,
            mean_fills_count=self.mean_fills_count,
            mean_fills_min_count=self.mean_fills_min_count,
            single_max_r=self.single_max_r,
            wait_s=seconds_of_minutes(self.pause_min),
        )


class SpreadRegimeParams(BreakerParams):
    """Spreads wide across the board; resets once they were narrow for a while."""

    action: BlockAction
    wide_factor: Annotated[
        float,
        number(3.0, 1.2, 20.0, "A spread of this multiple of the symbol's usual one is wide."),
    ]
    symbols_max_pct: Annotated[
        float, number(50.0, 5.0, 100.0, "Share of the symbols with a wide spread that trips it.")
    ]
    symbols_healed_pct: Annotated[
        float, number(20.0, 0.0, 95.0, "At or below this share spreads count as narrow again.")
    ]
    symbols_min_count: Annotated[
        int, number(4, 1, 50, "Symbols that must be judged before they make a board.")
    ]
    healed_min: Annotated[float, number(15.0, 1.0, 720.0, "Narrow for this long resets it.")]

    def to_settings(self) -> SpreadRegimeLimits:
        """Percents as fractions, minutes as seconds."""
        return SpreadRegimeLimits(
            use=self.use,
            action=self._action(self.action),
            wide_factor=self.wide_factor,
            symbols_max_fraction=fraction(self.symbols_max_pct),
            symbols_healed_fraction=fraction(self.symbols_healed_pct),
            symbols_min_count=self.symbols_min_count,
            wait_s=seconds_of_minutes(self.healed_min),
        )


class DisconnectsParams(BreakerParams):
    """Losses of the link within an hour; resets once it held for a while, or by a person."""

    action: BlockAction
    max_count: Annotated[int, number(5, 1, 50, "Losses of the link within one hour.")]
    healed_min: Annotated[
        float, number(30.0, 1.0, 720.0, "A link that held for this long resets it.")
    ]

    def to_settings(self) -> DisconnectLimits:
        """Minutes as seconds."""
        wait_s = seconds_of_minutes(self.healed_min)
        return DisconnectLimits(self.use, self._action(self.action), self.max_count, wait_s)


class RequestsSoftParams(BreakerParams):
    """Trade requests in one firm day: from here no new orders, resting ones stay."""

    action: BlockAction
    max_count: Annotated[int, number(300, 10, 2_000, "Trade requests in one firm day.")]

    def to_settings(self) -> CountLimits:
        """The same numbers."""
        return CountLimits(self.use, self._action(self.action), self.max_count)


class RequestsHardParams(BreakerParams):
    """Trade requests in one firm day: from here resting orders are taken back too."""

    action: BlockAction
    max_count: Annotated[int, number(450, 10, 2_000, "Trade requests in one firm day.")]

    def to_settings(self) -> CountLimits:
        """The same numbers."""
        return CountLimits(self.use, self._action(self.action), self.max_count)


class DiskParams(BreakerParams):
    """Free space where the state is kept; resets once there was enough for a while."""

    action: BlockAction
    free_least_mb: Annotated[
        float, number(500.0, 50.0, 20_000.0, "Free space at or below which it trips.")
    ]
    free_healed_mb: Annotated[
        float, number(1_000.0, 50.0, 40_000.0, "Free space that counts as enough again.")
    ]
    healed_min: Annotated[float, number(5.0, 1.0, 240.0, "Enough for this long resets it.")]

    def to_settings(self) -> DiskLimits:
        """Megabytes as bytes, minutes as seconds."""
        least, healed = self.free_least_mb * _BYTES_PER_MB, self.free_healed_mb * _BYTES_PER_MB
        wait_s = seconds_of_minutes(self.healed_min)
        return DiskLimits(self.use, self._action(self.action), least, healed, wait_s)


class MemoryParams(BreakerParams):
    """Memory of the trader's own process; resets once it was low for a while."""

    action: BlockAction
    own_max_mb: Annotated[
        float, number(1_500.0, 200.0, 64_000.0, "Own memory at or above which it trips.")
    ]
    own_healed_mb: Annotated[
        float, number(1_200.0, 100.0, 64_000.0, "Own memory that counts as low again.")
    ]
    healed_min: Annotated[float, number(5.0, 1.0, 240.0, "Low for this long resets it.")]

    def to_settings(self) -> MemoryLimits:
        """Megabytes as bytes, minutes as seconds."""
        most, healed = self.own_max_mb * _BYTES_PER_MB, self.own_healed_mb * _BYTES_PER_MB
        wait_s = seconds_of_minutes(self.healed_min)
        return MemoryLimits(self.use, self._action(self.action), most, healed, wait_s)


class BreakersParams(Group):
    """Circuit breakers: each trips by itself, and blocks nothing that lowers risk."""

    check_s: Annotated[float, number(60.0, 5.0, 3_600.0, "Pause between looks at disk and memory.")]
    consecutive_losses: Annotated[
        ConsecutiveLossesParams, Field(description="Losing trades in a row.")
    ]
    day_losses: Annotated[DayLossesParams, Field(description="Losing trades in a row today.")]
    rapid_loss: Annotated[RapidLossParams, Field(description="Fall of equity within minutes.")]
    daily_drawdown: Annotated[DrawdownParams, Field(description="Loss of the day.")]
    trades_per_day: Annotated[TradesPerDayParams, Field(description="Entries of the day.")]
    slippage: Annotated[SlippageParams, Field(description="Slippage of own entries.")]
    spread_regime: Annotated[SpreadRegimeParams, Field(description="Spreads across the board.")]
    disconnects: Annotated[DisconnectsParams, Field(description="Losses of the link.")]
    requests_soft: Annotated[RequestsSoftParams, Field(description="Requests: no new orders.")]
    requests_hard: Annotated[RequestsHardParams, Field(description="Requests: nothing rests.")]
    disk: Annotated[DiskParams, Field(description="Free disk space.")]
    memory: Annotated[MemoryParams, Field(description="Own memory.")]

    def to_settings(self) -> BreakerSettings:
        """Every breaker's limits under its own name."""
        return BreakerSettings(
            check_s=self.check_s,
            consecutive_losses=self.consecutive_losses.to_settings(),
            day_losses=self.day_losses.to_settings(),
            rapid_loss=self.rapid_loss.to_settings(),
            daily_drawdown=self.daily_drawdown.to_settings(),
            trades_per_day=self.trades_per_day.to_settings(),
            slippage=self.slippage.to_settings(),
            spread_regime=self.spread_regime.to_settings(),
            disconnects=self.disconnects.to_settings(),
            requests_soft=self.requests_soft.to_settings(),
            requests_hard=self.requests_hard.to_settings(),
            disk=self.disk.to_settings(),
            memory=self.memory.to_settings(),
        )
