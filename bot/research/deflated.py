"""How much of the best of many trials is luck: the deflated Sharpe ratio.

Source: D. H. Bailey and M. López de Prado, "The Deflated Sharpe Ratio: Correcting for Selection
Bias, Backtest Overfitting, and Non-Normality", Journal of Portfolio Management 40 (5), 2014.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist, variance
from typing import NamedTuple

EULER_MASCHERONI = 0.5772156649015329
_NORMAL = NormalDist()
_TWO = 2


class Sample(NamedTuple):
    """A series of results: its Sharpe ratio per result (not annualised) and its shape.

    `kurtosis` is 3 for a normal curve, `results_count` how many results there are.
    """

    sharpe: float
    skew: float
    kurtosis: float
    results_count: int


class Deflated(NamedTuple):
    """`probability` that the true Sharpe ratio is above 0, luck of `trials_count` counted in.

    `luck_sharpe` is what the best of so many trials without any edge would be expected to show.
    """

    probability: float
    luck_sharpe: float
    trials_count: int


def luck_sharpe(sharpe_variance: float, trials_count: int) -> float:
    """Expected largest Sharpe ratio of independent trials without an edge (equation 1).

    SR0 = sqrt(V) ((1 - g) Z^-1(1 - 1/N) + g Z^-1(1 - 1/(N e))), g the Euler-Mascheroni constant,
    V the variance of the trials' Sharpe ratios, N their number; 0 for a single trial.
    """
    if trials_count < _TWO:
        return 0.0
    usual = _NORMAL.inv_cdf(1.0 - 1.0 / trials_count)
    rare = _NORMAL.inv_cdf(1.0 - 1.0 / (trials_count * math.e))
    mixed = (1.0 - EULER_MASCHERONI) * usual + EULER_MASCHERONI * rare
    return math.sqrt(sharpe_variance) * mixed


def probable_sharpe(sample: Sample, benchmark: float) -> float:
    """Probability that the true Sharpe ratio is above `benchmark` (equation 2 with SR0).

    Z((SR - SR0) sqrt(T - 1) / sqrt(1 - skew SR + (kurtosis - 1) / 4 SR^2)); 0 for under 2 results.
    """
    if sample.results_count < _TWO:
        return 0.0
    sharpe = sample.sharpe
    spread = 1.0 - sample.skew * sharpe + (sample.kurtosis - 1.0) / 4.0 * sharpe**2
    if spread <= 0.0:
        return 0.0
    return _NORMAL.cdf(
        (sharpe - benchmark) * math.sqrt(sample.results_count - 1) / math.sqrt(spread)
    )


def deflated(best: Sample, sharpes: Sequence[float]) -> Deflated:
    """The best sample held against the luck of all trials, whose Sharpe ratios are `sharpes`.

    Trials that resemble each other count as independent here: the bar is rather too high.
    """
    count = max(1, len(sharpes))
    spread = variance(sharpes) if count >= _TWO else 0.0
    bar = luck_sharpe(spread, count)
    return Deflated(probable_sharpe(best, bar), bar, count)
