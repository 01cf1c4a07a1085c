"""Price paths of the factors: hours before the live window, minutes inside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.model.market import FloatArray, IntArray, OffsetTable
from bot.rules.calendar import DAY_S, HOUR_S
from bot.simulator.generated_noise import NoiseSource
from bot.simulator.generated_table import ACTIVITY_BY_SERVER_HOUR, FACTORS, SHOCKS
from bot.simulator.generated_world import World
from bot.simulator.session_clock import server_times_s, weekdays

_HOURS_PER_DAY: Final = 24
_SATURDAY, _SUNDAY = 5, 6
_WEEKEND_GAP_DAYS: Final = 0.18  # measured medians: 0.07 to 0.12 of a day's volatility
_GAP_QUIET: Final = 0.45  # of a gap's usual width, however uneventful the weekend
_GAP_EVENTFUL_MAX: Final = 5.0  # a weekend in three years reaches it
_CRYPTO_WEEKEND_FRACTION: Final = 0.68  # measured: 0.63 (Bitcoin), 0.74 (Ether) of working days
_NEWS_LASTS_S: Final = HOUR_S
_NEWS_BOOST: Final = 1.5  # volatility right after a release is this much above normal, then fades
_NEWS_SPREAD_LASTS_S: Final = 600
_NEWS_SPREAD_FACTOR: Final = 5.0
_CRASH_FALL_STEPS, _CRASH_RETURN_STEPS = 4, 30
_CRASH_SPREAD_FACTOR: Final = 9.0
_CRASH_STEP_MAX_S: Final = 60  # an hourly grid is too coarse to draw one
_STEP_RETURN_MIN: Final = -0.5
_HALF_ROOT: Final = math.sqrt(0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Equal steps of UTC: where each begins, on both clocks, and in which hour and day it lies."""

    step_s: int
    open_utc_s: IntArray
    server_s: IntArray
    hours: IntArray
    days: IntArray

    def __len__(self) -> int:
        return len(self.open_utc_s)


@dataclass(frozen=True, slots=True, eq=False)
class FactorPath:
    """One factor on a grid of n steps.

    `levels` (n + 1, first 1.0) are relative prices; `volatility_fraction` and `spread_factor` are
    those of each step.
    """

    levels: FloatArray
    volatility_fraction: FloatArray
    spread_factor: FloatArray


def make_grid(
    start_utc_s: int, end_utc_s: int, step_s: int, world: World, clock: OffsetTable
) -> Grid:
    """The steps from `start_utc_s` up to `end_utc_s`, both inside the world."""
    opens = np.arange(start_utc_s, end_utc_s, step_s, dtype=np.int64)
    wall_s = server_times_s(opens, clock)
    hours = (opens - world.origin_utc_s) // HOUR_S
    return Grid(step_s, opens, wall_s, hours, wall_s // DAY_S - world.first_day)


def common_shocks(world: World, grid: Grid) -> tuple[FloatArray, ...]:
    """The shocks all factors share, one array of the grid's length each."""
    return tuple(_shock(world, grid, shock) for shock in SHOCKS)


def _shock(world: World, grid: Grid, name: str) -> FloatArray:
    """One shock on the grid: steps of an hour add many small moves, so theirs has milder tails."""
    noise = NoiseSource(world.seed, f"shock {grid.step_s} {name}")
    first = noise.heavy_tailed(len(grid))
    if grid.step_s < HOUR_S:
        return first
    return np.asarray((first + noise.heavy_tailed(len(grid))) * _HALF_ROOT)


def factor_path(
    index: int,
    world: World,
    grid: Grid,
    shocks: tuple[FloatArray, ...],
    pull_fraction: float,
) -> FactorPath:
    """The path of factor `index` on `grid`, `pull_fraction` of its whole move taken out evenly."""
    factor = FACTORS[index]
    shock = _shock(world, grid, factor.name) * factor.own_loading
    for loading, common in zip(factor.loadings, shocks, strict=True):
        if loading:
            shock += common * loading
    boost, spread_factor = _news_effects(index, world, grid)
    volatility = _ordinary_volatility(index, world, grid) * boost
    is_open = volatility > 0
    drift = world.drift_days[index][grid.days] * factor.day_volatility_fraction
    returns = shock * volatility + 0.5 * volatility * volatility
    returns += np.where(is_open, drift * (grid.step_s / DAY_S), 0.0)
    _add_jumps(returns, index, world, grid)
    _add_crashes(returns, spread_factor, index, (world, grid))
    _pull_back(returns, is_open, pull_fraction)
    levels = np.cumprod(np.concatenate([[1.0], 1 + np.maximum(returns, _STEP_RETURN_MIN)]))
    return FactorPath(levels, volatility, spread_factor)


def _pull_back(returns: FloatArray, is_open: NDArray[np.bool_], pull_fraction: float) -> None:
    """Takes a share of the total move out of every open step; a running sum has a fixed order."""
    total = float(np.cumsum(returns)[-1])
    open_count = int(np.count_nonzero(is_open))
    returns -= np.where(is_open, pull_fraction * total / max(open_count, 1), 0.0)


def _ordinary_volatility(index: int, world: World, grid: Grid) -> FloatArray:
    """Volatility of each step as a fraction of the price; 0 at weekends, but for crypto."""
    factor = FACTORS[index]
    activity = np.array(ACTIVITY_BY_SERVER_HOUR[factor.activity])
    square_sum = 0.0
    for value in activity.tolist():
        square_sum += value * value
    hour_volatility = factor.day_volatility_fraction / math.sqrt(square_sum)
    step_volatility = hour_volatility * math.sqrt(grid.step_s / HOUR_S)
    hour_of_day = grid.server_s // HOUR_S % _HOURS_PER_DAY
    volatility = activity[hour_of_day] * step_volatility * world.volatility[index][grid.hours]
    at_weekend = _CRYPTO_WEEKEND_FRACTION if factor.activity == "crypto" else 0.0
    is_weekend = weekdays(grid.server_s) >= _SATURDAY
    return np.asarray(np.where(is_weekend, at_weekend * volatility, volatility))


def _news_effects(index: int, world: World, grid: Grid) -> tuple[FloatArray, FloatArray]:
    """By step: factor on volatility after a release, and factor on the spread at and after it."""
    boost, spread_factor = np.ones(len(grid)), np.ones(len(grid))
    concerned = world.events.jumps_fraction[:, index] != 0
    for step in _steps_of(world.events.time_utc_s[concerned], grid):
        for array, lasts_s, above in (
            (boost, _NEWS_LASTS_S, _NEWS_BOOST),
            (spread_factor, _NEWS_SPREAD_LASTS_S, _NEWS_SPREAD_FACTOR - 1),
        ):
            count = lasts_s // grid.step_s
            part = array[step : step + count]
            fading = 1 + above * (count - 0.5 - np.arange(len(part))) / max(count, 1)
            np.maximum(part, fading, out=part)
    return boost, spread_factor


def _steps_of(times_utc_s: IntArray, grid: Grid) -> list[int]:
    steps = (times_utc_s - grid.open_utc_s[0]) // grid.step_s
    return [step for step in steps.tolist() if 0 <= step < len(grid)]


def _add_jumps(returns: FloatArray, index: int, world: World, grid: Grid) -> None:
    """Adds releases, and the weekend's gap to the last step before Monday 00:00 server."""
    steps = (world.events.time_utc_s - grid.open_utc_s[0]) // grid.step_s
    inside = (steps >= 0) & (steps < len(grid))
    np.add.at(returns, steps[inside], world.events.jumps_fraction[inside, index])
    factor = FACTORS[index]
    if factor.activity == "crypto":
        return
    wall_s = grid.server_s
    is_sunday = weekdays(wall_s) == _SUNDAY
    monday_eves = np.flatnonzero(is_sunday & (wall_s % DAY_S == DAY_S - grid.step_s))
    gaps = _weekend_gaps(index, world, grid.step_s, len(monday_eves))
    returns[monday_eves] += gaps * (_WEEKEND_GAP_DAYS * factor.day_volatility_fraction)


def _weekend_gaps(index: int, world: World, step_s: int, count: int) -> FloatArray:
    """Gaps that factors share as they share shocks; all are wider after an eventful weekend."""
    factor = FACTORS[index]
    gaps = NoiseSource(world.seed, f"gap {step_s} {factor.name}").heavy_tailed(count)
    gaps = gaps * factor.own_loading
    for name, loading in zip(SHOCKS, factor.loadings, strict=True):
        if loading:
            common = NoiseSource(world.seed, f"gap {step_s} {name}").heavy_tailed(count)
            gaps = gaps + common * loading
    eventful = np.minimum(
        NoiseSource(world.seed, f"gap {step_s}").exponentials(count), _GAP_EVENTFUL_MAX
    )
    return np.asarray(gaps * (_GAP_QUIET + (1 - _GAP_QUIET) * eventful * eventful))


def _add_crashes(
    returns: FloatArray, spread_factor: FloatArray, index: int, scene: tuple[World, Grid]
) -> None:
    world, grid = scene
    if grid.step_s > _CRASH_STEP_MAX_S:
        return
    for crash in world.crashes:
        steps = _steps_of(np.array([crash.time_utc_s]), grid) if crash.factor == index else []
        for step in steps:
            low = step + _CRASH_FALL_STEPS
            back = crash.fall_fraction * crash.return_fraction
            returns[step:low] -= crash.fall_fraction / _CRASH_FALL_STEPS
            returns[low : low + _CRASH_RETURN_STEPS] += back / _CRASH_RETURN_STEPS
            stressed = spread_factor[step : low + _CRASH_FALL_STEPS]
            np.maximum(stressed, _CRASH_SPREAD_FACTOR, out=stressed)
