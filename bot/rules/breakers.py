"""Circuit breakers: when each trips, when it counts as healed, and when it resets.

The limits are choices of the trader's parameters; which breakers exist follows the incidents they
answer. A value exactly at a limit trips.
"""

from __future__ import annotations

from bot.model.breakers import (
    BreakerLevel,
    CountLimits,
    DisconnectLimits,
    DiskLimits,
    DrawdownLimits,
    MemoryLimits,
    RapidLossLimits,
    Reading,
    ResetRule,
    SlippageLimits,
    SpreadRegimeLimits,
    Trip,
)
from bot.rules._rule import rule

_EPSILON = 1e-9
"""Quotients this close are equal; binary noise is far smaller."""


@rule
def under_ceiling(value: float, limit: float, healed_at: float) -> Reading:
    """A value that must stay below `limit`; calm again at or below `healed_at`.

    A healing level at or above the limit never makes a tripping value calm.
    """
    if value >= limit - _EPSILON:
        return Reading(value, limit, BreakerLevel.TRIPPED.value)
    if value > healed_at:
        return Reading(value, limit, BreakerLevel.BETWEEN.value)
    return Reading(value, limit, BreakerLevel.CALM.value)


@rule
def above_floor(value: float, limit: float, healed_at: float) -> Reading:
    """A value that must stay above `limit`; calm again at or above `healed_at`."""
    if value <= limit + _EPSILON:
        return Reading(value, limit, BreakerLevel.TRIPPED.value)
    if value < healed_at:
        return Reading(value, limit, BreakerLevel.BETWEEN.value)
    return Reading(value, limit, BreakerLevel.CALM.value)


@rule
def is_loss(net_money: float, result_r: float, scratch_r: float) -> bool:
    """Whether a closed trade lost more than a scratch; a loss whose R is unknown (0) counts."""
    return net_money < 0.0 and not -scratch_r < result_r < 0.0


@rule
def is_win(net_money: float) -> bool:
    """Whether a closed trade ends a row of losses: it cost nothing."""
    return net_money >= 0.0


@rule
def losses_in_a_row(row_count: int, max_count: int) -> Reading:
    """Losing trades in a row against the number that trips."""
    return under_ceiling(float(row_count), float(max_count), float(max_count))


@rule
def rapid_loss(peak_money: float, equity_money: float, s: RapidLossLimits) -> Reading:
    """Fall of equity from its highest point of the window, as a share of that point.

    An account without a peak has lost everything.
    """
    limit = s.max_peak_fraction
    if not peak_money > 0.0:
        return Reading(1.0, limit, BreakerLevel.TRIPPED.value)
    fall = max(0.0, peak_money - equity_money) / peak_money
    return under_ceiling(fall, limit, limit)


@rule
def daily_drawdown(base_money: float, equity_money: float, s: DrawdownLimits) -> Reading:
    """Loss of the day as a share of the firm's base; without a base everything is lost."""
    limit = s.max_base_fraction
    if not base_money > 0.0:
        return Reading(1.0, limit, BreakerLevel.TRIPPED.value)
    loss = max(0.0, base_money - equity_money) / base_money
    return under_ceiling(loss, limit, limit)


@rule
def day_count(count: int, s: CountLimits) -> Reading:
    """Entries filled, or requests sent, in the firm's day."""
    return under_ceiling(float(count), float(s.max_count), float(s.max_count))


@rule
def slippage(mean_r: float, fills_count: int, worst_r: float, s: SlippageLimits) -> Reading:
    """Slippage of the latest entries; one far off trips alone, a mean needs enough of them."""
    if worst_r >= s.single_max_r - _EPSILON:
        return Reading(worst_r, s.single_max_r, BreakerLevel.TRIPPED.value)
    if fills_count < s.mean_fills_min_count:
        return Reading(mean_r, s.mean_max_r, BreakerLevel.CALM.value)
    return under_ceiling(mean_r, s.mean_max_r, s.mean_max_r)


@rule
def is_spread_wide(spread_price: float, usual_price: float, s: SpreadRegimeLimits) -> bool:
    """Whether a spread is beyond the multiple of what is usual; a usual spread of 0 has none."""
    return usual_price > 0.0 and spread_price >= s.wide_factor * usual_price - 1e-12


@rule
def spread_regime(wide_count: int, judged_count: int, s: SpreadRegimeLimits) -> Reading:
    """Share of the judged symbols whose spread is wide; too few symbols are no board."""
    share = wide_count / judged_count if judged_count > 0 else 0.0
    if judged_count < s.symbols_min_count:
        return Reading(share, s.symbols_max_fraction, BreakerLevel.BETWEEN.value)
    return under_ceiling(share, s.symbols_max_fraction, s.symbols_healed_fraction)


@rule
def disconnects(count: int, quiet_s: float, s: DisconnectLimits) -> Reading:
    """Losses of the link in the last hour; calm once the link has held for long enough."""
    if quiet_s >= s.wait_s:
        return Reading(float(count), float(s.max_count), BreakerLevel.CALM.value)
    return under_ceiling(float(count), float(s.max_count), -1.0)


@rule
def disk(free_bytes: float, s: DiskLimits) -> Reading:
    """Free space: an intent that cannot be written is an order that is not sent."""
    return above_floor(free_bytes, s.free_min_bytes, s.free_healed_bytes)


@rule
def memory(own_bytes: float, s: MemoryLimits) -> Reading:
    """Memory of our own process: a leak is met before the machine begins to swap."""
    return under_ceiling(own_bytes, s.own_max_bytes, s.own_healed_bytes)


@rule
def is_reset_due(resets: int, trip: Trip, day: int, now_utc_s: float, wait_s: float) -> bool:
    """Whether a tripped breaker's own rule (`ResetRule`) is met; a person's is never met alone.

    A clock that steps back resets nothing.
    """
    if resets == ResetRule.FIRM_DAY.value:
        return day > trip.day
    if resets == ResetRule.TIME.value:
        return now_utc_s - trip.since_utc_s >= wait_s
    if resets == ResetRule.HEALED.value:
        return trip.healed_since_utc_s > 0.0 and now_utc_s - trip.healed_since_utc_s >= wait_s
    return False
