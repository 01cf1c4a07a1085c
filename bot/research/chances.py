"""Chances with honest intervals, from runs that overlap and runs that are cut off.

A run that is cut off (by its horizon or by the end of the data) is neither a pass nor a fail. The
chance of each ending is its cumulative incidence (Aalen-Johansen), which uses such a run as long
as it was seen. Challenges begun on neighbouring days live through the same market, so intervals
come from a block bootstrap over the starts (Künsch 1989; circular blocks, Politis and Romano 1992);
where too few blocks fit, from the few challenges that do not overlap (Clopper and Pearson 1934).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from arch.bootstrap import CircularBlockBootstrap
from numpy.typing import NDArray
from scipy import stats
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from bot.research.attempts import Ending

LEVEL_FRACTION = 0.95
_REPETITIONS_COUNT = 500
_BLOCKS_MIN_COUNT = 5
_SHORTEST_DAYS = 1e-3
_SPREAD_NOISE = 1e-9
_CAUSES_COUNT = len(Ending) - 1


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability with its 95 % interval; `worth_count` independent runs would say as much."""

    fraction: float
    low_fraction: float
    high_fraction: float
    worth_count: float

    def document(self) -> dict[str, float]:
        """As a report holds it."""
        return {
            "fraction": round(self.fraction, 6),
            "low_fraction": round(self.low_fraction, 6),
            "high_fraction": round(self.high_fraction, 6),
            "worth_count": round(self.worth_count, 2),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Runs in the order of their starts: how long each was seen, and how it ended (`Ending`).

    `begun_days` are the days they began on, for how much they overlap.
    """

    begun_days: NDArray[np.int64]
    lasted_days: NDArray[np.float64]
    endings: NDArray[np.int64]

    def __len__(self) -> int:
        """How many runs there are."""
        return len(self.endings)

    def count(self, ending: Ending) -> int:
        """How many ended like this."""
        return int((self.endings == ending.value).sum())


def incidences(lasted_days: NDArray[np.float64], endings: NDArray[np.int64]) -> NDArray[np.float64]:
    """The chance of every ending but being cut off, at the end of what was seen.

    `[k - 1]` belongs to the `Ending` k.
    """
    found = np.zeros(_CAUSES_COUNT)
    if not len(endings) or endings.max() == 0:
        return found
    for cause, curve in enumerate(_incidence(lasted_days, endings).cinc):
        found[cause] = curve[-1]
    return found


def _incidence(lasted_days: NDArray[np.float64], endings: NDArray[np.int64]) -> CumIncidenceRight:
    """The library's estimate; its standard errors, which know no overlap, are not used."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return CumIncidenceRight(np.maximum(lasted_days, _SHORTEST_DAYS), endings)


def chances(runs: Runs, seed: int) -> dict[Ending, Chance]:
    """The chance of every ending, with intervals that know the overlap."""
    causes = [ending for ending in Ending if ending is not Ending.CUT]
    points = incidences(runs.lasted_days, runs.endings)
    worth = independent_count(runs)
    draws = block_draws(runs, seed)
    return {
        cause: _chance(float(points[k]), None if draws is None else draws[:, k], worth)
        for k, cause in enumerate(causes)
    }


def block_length_count(runs: Runs) -> int:
    """Starts per block: as many as begin within the median length of a run, at least 5."""
    if len(runs) < 2:  # noqa: PLR2004 -- one run has no neighbour
        return 1
    median_days = float(np.median(runs.lasted_days))
    step_days = float(np.ptp(runs.begun_days)) / (len(runs) - 1)
    return max(5, math.ceil(median_days / max(step_days, _SHORTEST_DAYS)))


def independent_count(runs: Runs) -> float:
    """How many runs of median length fit one after the other into the days lived through."""
    if not len(runs):
        return 0.0
    median_days = max(1.0, float(np.median(runs.lasted_days)))
    span_days = float(np.ptp(runs.begun_days)) + median_days
    return min(float(len(runs)), span_days / median_days)


def block_draws(runs: Runs, seed: int) -> NDArray[np.float64] | None:
    """The incidences of resampled histories, a row each; None where too few blocks fit."""
    block = block_length_count(runs)
    if len(runs) < block * _BLOCKS_MIN_COUNT:
        return None
    bootstrap = CircularBlockBootstrap(block, runs.lasted_days, runs.endings, seed=seed)
    return np.array(bootstrap.apply(incidences, _REPETITIONS_COUNT))


def _chance(fraction: float, draws: NDArray[np.float64] | None, independent: float) -> Chance:
    spread = 0.0 if draws is None else float(draws.std(ddof=1))
    fraction = min(1.0, max(0.0, fraction))
    if draws is None or spread <= _SPREAD_NOISE:
        low, high = exact_interval(fraction, independent)
        return Chance(fraction, low, high, independent)
    tail = (1.0 - LEVEL_FRACTION) / 2.0
    low, high = (float(value) for value in np.quantile(draws, (tail, 1.0 - tail)))
    worth = max(1.0, fraction * (1.0 - fraction) / spread**2)
    return Chance(fraction, min(low, fraction), max(high, fraction), worth)


def exact_interval(fraction: float, count: float) -> tuple[float, float]:
    """Clopper and Pearson's interval of a share among `count` independent runs, fractions too."""
    if count <= 0.0:
        return 0.0, 1.0
    tail = (1.0 - LEVEL_FRACTION) / 2.0
    hits = fraction * count
    low = 0.0 if hits <= 0.0 else float(stats.beta.ppf(tail, hits, count - hits + 1.0))
    high = 1.0
    if hits < count:
        high = float(stats.beta.ppf(1.0 - tail, hits + 1.0, count - hits))
    return min(low, fraction), max(high, fraction)


def mean_chance(fractions: NDArray[np.float64]) -> Chance:
    """The mean of shares that were drawn independently, one per seed, with Student's interval."""
    count = len(fractions)
    mean = float(fractions.mean())
    spread = float(fractions.std(ddof=1)) if count > 1 else 0.0
    if spread <= 0.0:
        low, high = exact_interval(mean, count)
        return Chance(mean, low, high, float(count))
    half = float(stats.t.ppf(0.5 + LEVEL_FRACTION / 2.0, count - 1)) * spread / math.sqrt(count)
    return Chance(mean, max(0.0, mean - half), min(1.0, mean + half), float(count))


def difference(one: Chance, other: Chance) -> tuple[float, float, float]:
    """`one` less `other` with its interval, from the two intervals (Newcombe 1998, method 10)."""
    gap = one.fraction - other.fraction
    low = math.hypot(one.fraction - one.low_fraction, other.high_fraction - other.fraction)
    high = math.hypot(one.high_fraction - one.fraction, other.fraction - other.low_fraction)
    return gap, max(-1.0, gap - low), min(1.0, gap + high)


@dataclass(frozen=True, slots=True)
class Curve:
    """A share over days since the start."""

    days: tuple[float, ...]
    fractions: tuple[float, ...]


def passing_curve(runs: Runs) -> Curve:
    """The chance to have passed by each day (Aalen-Johansen)."""
    if not runs.count(Ending.PASSED):
        return Curve((0.0, float(runs.lasted_days.max(initial=0.0))), (0.0, 0.0))
    found = _incidence(runs.lasted_days, runs.endings)
    return _stepped(found.times, found.cinc[0], 0.0)


def surviving_curve(runs: Runs) -> Curve:
    """The share without an ending by each day (Kaplan-Meier; cut runs count while seen)."""
    if not (runs.endings > 0).any():
        return Curve((0.0, float(runs.lasted_days.max(initial=0.0))), (1.0, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = SurvfuncRight(np.maximum(runs.lasted_days, _SHORTEST_DAYS), runs.endings > 0)
    return _stepped(found.surv_times, found.surv_prob, 1.0)


def median_pass_days(runs: Runs) -> float | None:
    """By when half of all that pass have passed; None where nothing passes."""
    if not runs.count(Ending.PASSED):
        return None
    curve = passing_curve(runs)
    half = curve.fractions[-1] / 2.0
    return next(d for d, share in zip(curve.days, curve.fractions, strict=True) if share >= half)


def median_ending_days(runs: Runs) -> float | None:
    """Kaplan and Meier's median until any ending; None where more than half outlast the data."""
    curve = surviving_curve(runs)
    pairs = zip(curve.days, curve.fractions, strict=True)
    return next((day for day, share in pairs if share <= 0.5 + _SPREAD_NOISE), None)


def _stepped(days: NDArray[np.float64], shares: NDArray[np.float64], first: float) -> Curve:
    return Curve((0.0, *map(float, days)), (first, *map(float, shares)))
