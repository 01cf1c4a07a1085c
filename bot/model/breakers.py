"""Circuit breakers: what may trip, what it does, and what resets it.

A breaker that tripped stays so, restarts included, until its own reset rule is met. Nothing that
lowers risk is ever blocked by one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from bot.model.numbered import Numbered


class Breaker(StrEnum):
    """Every breaker by the name a person says; the order is that of the reasons given."""

    CONSECUTIVE_LOSSES = "consecutive_losses"
    DAY_LOSSES = "day_losses"
    RAPID_LOSS = "rapid_loss"
    DAILY_DRAWDOWN = "daily_drawdown"
    TRADES_PER_DAY = "trades_per_day"
    SLIPPAGE = "slippage"
    SPREAD_REGIME = "spread_regime"
    DISCONNECTS = "disconnects"
    REQUESTS_SOFT = "requests_soft"
    REQUESTS_HARD = "requests_hard"
    DISK = "disk"
    MEMORY = "memory"


class BreakerAction(Numbered):
    """What a tripped breaker does: trade smaller, open nothing, or close everything as well."""

    REDUCE = 0
    BLOCK = 1
    FLATTEN = 2


class ResetRule(Numbered):
    """What makes a tripped breaker whole again."""

    FIRM_DAY = 0
    TIME = 1
    HEALED = 2
    PERSON = 3


class BreakerLevel(Numbered):
    """What a reading says: well away from the limit, between healed and tripping, at the limit."""

    CALM = 0
    BETWEEN = 1
    TRIPPED = 2


class Reading(NamedTuple):
    """A breaker's measured value, the limit it is held against, and what that says."""

    value: float
    limit: float
    level: int


class Trip(NamedTuple):
    """When a breaker tripped, and since when its condition is healed (0 while it is not)."""

    day: int
    since_utc_s: float
    healed_since_utc_s: float


class ResetTerms(NamedTuple):
    """How a breaker comes back, and whether `bot reset` may bring it back sooner."""

    rule: ResetRule
    person_may: bool


RESETS: dict[Breaker, ResetTerms] = {
    Breaker.CONSECUTIVE_LOSSES: ResetTerms(ResetRule.PERSON, person_may=True),
    Breaker.DAY_LOSSES: ResetTerms(ResetRule.FIRM_DAY, person_may=False),
    Breaker.RAPID_LOSS: ResetTerms(ResetRule.PERSON, person_may=True),
    Breaker.DAILY_DRAWDOWN: ResetTerms(ResetRule.FIRM_DAY, person_may=False),
    Breaker.TRADES_PER_DAY: ResetTerms(ResetRule.FIRM_DAY, person_may=False),
    Breaker.SLIPPAGE: ResetTerms(ResetRule.TIME, person_may=True),
    Breaker.SPREAD_REGIME: ResetTerms(ResetRule.HEALED, person_may=False),
    Breaker.DISCONNECTS: ResetTerms(ResetRule.HEALED, person_may=True),
    Breaker.REQUESTS_SOFT: ResetTerms(ResetRule.FIRM_DAY, person_may=False),
    Breaker.REQUESTS_HARD: ResetTerms(ResetRule.FIRM_DAY, person_may=False),
    Breaker.DISK: ResetTerms(ResetRule.HEALED, person_may=False),
    Breaker.MEMORY: ResetTerms(ResetRule.HEALED, person_may=False),
}
"""A condition that measures itself heals itself; what asks for judgement asks a person."""

RESTING_STAYS = frozenset({Breaker.REQUESTS_SOFT})
"""Blocks new orders but leaves resting ones: taking them back would cost the requests it saves."""


class LossRowLimits(NamedTuple):
    """Losing trades in a row; a loss smaller than `scratch_r` neither counts nor ends a row."""

    use: bool
    action: int
    max_count: int
    scratch_r: float


class DayLossLimits(NamedTuple):
    """The same, counted within one firm day; `every_mode` or only where a day's budget is split."""

    use: bool
    action: int
    max_count: int
    scratch_r: float
    every_mode: bool


class RapidLossLimits(NamedTuple):
    """Fall of equity below its highest point within a sliding window."""

    use: bool
    action: int
    max_peak_fraction: float
    window_s: float


class DrawdownLimits(NamedTuple):
    """Loss of the day from the firm's base."""

    use: bool
    action: int
    max_base_fraction: float


class CountLimits(NamedTuple):
    """So many in one firm day."""

    use: bool
    action: int
    max_count: int


class SlippageLimits(NamedTuple):
    """Slippage of our own entries against their plan: the mean of the latest, and a single one."""

    use: bool
    action: int
    mean_max_r: float
    mean_fills_count: int
    mean_fills_min_count: int
    single_max_r: float
    wait_s: float


class SpreadRegimeLimits(NamedTuple):
    """Spreads wide across the board: share of symbols beyond a multiple of their usual spread."""

    use: bool
    action: int
    wide_factor: float
    symbols_max_fraction: float
    symbols_healed_fraction: float
    symbols_min_count: int
    wait_s: float


class DisconnectLimits(NamedTuple):
    """Losses of the link within one hour; healed after `wait_s` without another."""

    use: bool
    action: int
    max_count: int
    wait_s: float


class DiskLimits(NamedTuple):
    """Free space where the state is kept."""

    use: bool
    action: int
    free_min_bytes: float
    free_healed_bytes: float
    wait_s: float


class MemoryLimits(NamedTuple):
    """Memory this process holds."""

    use: bool
    action: int
    own_max_bytes: float
    own_healed_bytes: float
    wait_s: float


class BreakerSettings(NamedTuple):
    """Every breaker's numbers under its own name."""

    check_s: float
    consecutive_losses: LossRowLimits
    day_losses: DayLossLimits
    rapid_loss: RapidLossLimits
    daily_drawdown: DrawdownLimits
    trades_per_day: CountLimits
    slippage: SlippageLimits
    spread_regime: SpreadRegimeLimits
    disconnects: DisconnectLimits
    requests_soft: CountLimits
    requests_hard: CountLimits
    disk: DiskLimits
    memory: MemoryLimits
