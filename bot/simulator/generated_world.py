"""What a seed decides before any price moves: volatility, trends, news and flash crashes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.model.market import FloatArray, IntArray, OffsetTable
from bot.rules.calendar import DAY_S
from bot.simulator.generated_noise import NoiseSource
from bot.simulator.generated_table import (
    DOLLAR_EVENT_SERVER_S,
    DOLLAR_EVENTS_PER_DAY,
    FACTORS,
)
from bot.simulator.session_clock import utc_times_s, weekdays

_SATURDAY: Final = 5

# Volatility is a product of slow (weeks) and fast (hours) waves, shared by all and own. The weight
# of a wave is its standard deviation in log volatility; its memory is the share kept each hour.
# Own waves are the weaker ones: what swings by itself cannot move together.
_SLOW_MEMORY, _FAST_MEMORY = 0.999, 0.90
_SHARED_SLOW_WEIGHT, _SHARED_FAST_WEIGHT = 0.30, 0.24
_OWN_SLOW_WEIGHT, _OWN_FAST_WEIGHT = 0.20, 0.18
_LOG_VOLATILITY_MAX: Final = 1.6

_TREND_CHANGES_PER_DAY: Final = 1 / 20
_TREND_SIZE_DAYS: Final = 0.11  # drift of a day in that day's volatility

_EVENT_SIZE_DAYS: Final = 0.26
_CRASHES_PER_DAY: Final = 1 / 40  # over the whole market; half the universe will not be hit
_CRASH_SIZE_DAYS: Final = (1.5, 3.0)
_CRASH_HOURS: Final = (3, 22)
_CRASH_UP_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Releases in time order: when, and the jump of each factor as a fraction of its price."""

    time_utc_s: IntArray
    jumps_fraction: FloatArray


@dataclass(frozen=True, slots=True)
class FlashCrash:
    """A factor falls (or leaps) within minutes and comes back by `return_fraction` of it."""

    factor: int
    time_utc_s: int
    fall_fraction: float
    return_fraction: float


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Everything the two grids (hours before the live window, minutes in it) share.

    `volatility` is by factor and hour, `drift_days` by factor and server day, in days' volatility.
    """

    seed: int
    origin_utc_s: int
    first_day: int
    volatility: FloatArray
    drift_days: FloatArray
    events: Events
    crashes: tuple[FlashCrash, ...]


def draw_world(seed: int, first_day: int, days_count: int, clock: OffsetTable) -> World:
    """The world of `seed` over `days_count` server days from `first_day` (days since 1970)."""
    days = first_day + np.arange(days_count + 1, dtype=np.int64)
    starts_utc_s = utc_times_s(days * DAY_S, clock)
    hours_count = int(starts_utc_s[-1] - starts_utc_s[0]) // 3600
    return World(
        seed=seed,
        origin_utc_s=int(starts_utc_s[0]),
        first_day=first_day,
        volatility=_volatility(seed, hours_count),
        drift_days=_drift_days(seed, days_count),
        events=_events(seed, first_day, days_count, clock),
        crashes=_crashes(seed, first_day, days_count, clock),
    )


def _volatility(seed: int, hours_count: int) -> FloatArray:
    noise = NoiseSource(seed, "volatility")
    shared = _wave(noise, hours_count, _SLOW_MEMORY) * _SHARED_SLOW_WEIGHT
    shared += _wave(noise, hours_count, _FAST_MEMORY) * _SHARED_FAST_WEIGHT
    rows = []
    for factor in FACTORS:
        noise = NoiseSource(seed, f"volatility {factor.name}")
        own = _wave(noise, hours_count, _SLOW_MEMORY) * _OWN_SLOW_WEIGHT
        own += _wave(noise, hours_count, _FAST_MEMORY) * _OWN_FAST_WEIGHT
        log = np.minimum(np.maximum(shared + own, -_LOG_VOLATILITY_MAX), _LOG_VOLATILITY_MAX)
        rows.append(_exponential_of(log - _mean_square_correction()))
    return np.array(rows)


def _mean_square_correction() -> float:
    """Taken off the log volatility, so that its mean square is 1: the waves' variance."""
    shared = _SHARED_SLOW_WEIGHT**2 + _SHARED_FAST_WEIGHT**2
    return shared + _OWN_SLOW_WEIGHT**2 + _OWN_FAST_WEIGHT**2


def _exponential_of(log: FloatArray) -> FloatArray:
    """(1 + x/16)^16, in multiplications only: near enough to e^x, and the same everywhere."""
    value = 1 + log / 16
    for _ in range(4):
        value = value * value
    return np.asarray(value)


def _wave(noise: NoiseSource, count: int, memory: float) -> FloatArray:
    """A stationary first-order wave of variance 1 (nearly: its shocks are heavy-tailed)."""
    shocks = noise.heavy_tailed(count + 1)
    shocks[1:] *= math.sqrt(1 - memory * memory)
    first, *others = shocks.tolist()
    level, levels = first, []
    for shock in others:  # one after the other: each level rests on the one before
        level = memory * level + shock
        levels.append(level)
    return np.array(levels)


def _drift_days(seed: int, days_count: int) -> FloatArray:
    rows = []
    for factor in FACTORS:
        noise = NoiseSource(seed, f"trend {factor.name}")
        changes = noise.uniforms(days_count) < _TREND_CHANGES_PER_DAY
        changes[0] = True
        trends = noise.heavy_tailed(days_count) * _TREND_SIZE_DAYS
        last_change = np.maximum.accumulate(np.where(changes, np.arange(days_count), 0))
        rows.append(trends[last_change])
    return np.array(rows)


def _events(seed: int, first_day: int, days_count: int, clock: OffsetTable) -> Events:
    days = first_day + np.arange(days_count, dtype=np.int64)
    dollar = np.array([-f.loadings.dollar * f.day_volatility_fraction for f in FACTORS])
    own = np.diag([factor.day_volatility_fraction for factor in FACTORS])
    sources = [("dollar", DOLLAR_EVENTS_PER_DAY, DOLLAR_EVENT_SERVER_S, dollar)]
    sources += [
        (factor.name, factor.events_per_day, factor.event_server_s, own[index])
        for index, factor in enumerate(FACTORS)
    ]
    times, jumps = [], []
    for name, per_day, server_s, effect in sources:
        noise = NoiseSource(seed, f"news {name}")
        happens = noise.uniforms(days_count) < per_day
        happens &= weekdays(days * DAY_S) < _SATURDAY
        sizes = noise.heavy_tailed(days_count)[happens] * _EVENT_SIZE_DAYS
        times.append(utc_times_s(days[happens] * DAY_S + server_s, clock))
        jumps.append(sizes[:, np.newaxis] * effect)
    order = np.argsort(np.concatenate(times), kind="stable")
    return Events(np.concatenate(times)[order], np.concatenate(jumps)[order])


def _crashes(
    seed: int, first_day: int, days_count: int, clock: OffsetTable
) -> tuple[FlashCrash, ...]:
    noise = NoiseSource(seed, "flash crash")
    draws = noise.uniforms(5 * days_count).reshape(days_count, 5)
    crashes = []
    for day in np.flatnonzero(noise.uniforms(days_count) < _CRASHES_PER_DAY).tolist():
        which, when, size, back, up = draws[day].tolist()
        if (first_day + day + 3) % 7 >= _SATURDAY:
            continue
        first_hour, last_hour = _CRASH_HOURS
        second = int((first_hour + (last_hour - first_hour) * when) * 60) * 60
        factor = int(which * len(FACTORS))
        smallest, largest = _CRASH_SIZE_DAYS
        fall = (smallest + (largest - smallest) * size) * FACTORS[factor].day_volatility_fraction
        wall_s = np.array([(first_day + day) * DAY_S + second])
        crashes.append(
            FlashCrash(
                factor=factor,
                time_utc_s=int(utc_times_s(wall_s, clock)[0]),
                fall_fraction=-fall if up < _CRASH_UP_SHARE else fall,
                return_fraction=0.5 + 0.45 * back,
            )
        )
    return tuple(crashes)
