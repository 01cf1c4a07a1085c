"""Ratios of a curve and of trades, from libraries that others use too, and how sure they are.

A ratio of few days or trades is mostly chance; whoever shows one shows `days_count`,
`trades_count` and `warnings` with it.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_DAYS_FEW, _TRADES_FEW = 250, 100
_SAMPLES_COUNT = 4_000
_SURE_FRACTION = 0.95
_SEED = 7
_LEAST_COUNT = 2


@dataclass(frozen=True, slots=True)
class Ratios:
    """None where there is too little for a ratio. Yearly figures count 252 days a year.

    `expectancy_low_r` and `expectancy_high_r` hold the mean result in 95 of 100 redrawn histories
    of the same trades (bias-corrected bootstrap).
    """

    days_count: int
    trades_count: int
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    cagr_fraction: float | None
    volatility_fraction: float | None
    drawdown_fraction: float | None
    ulcer_fraction: float | None
    profit_factor: float | None
    expectancy_r: float | None
    expectancy_low_r: float | None
    expectancy_high_r: float | None
    won_fraction: float | None
    warnings: tuple[str, ...]


def ratios_of(
    equity_money: Sequence[float], results_r: Sequence[float], nets_money: Sequence[float]
) -> Ratios:
    """Ratios of one equity per trading day, the first before the first day, and of the trades.

    Without any equity there are only the ratios of the trades.
    """
    equity = np.asarray(equity_money, dtype=np.float64)
    returns = equity[1:] / equity[:-1] - 1.0
    falls = 1.0 - equity / np.maximum.accumulate(equity)
    low, high = _expectancy_interval(results_r)
    yearly = _yearly(returns)
    count = len(results_r)
    return Ratios(
        days_count=len(returns),
        trades_count=count,
        sharpe=yearly["sharpe_ratio"],
        sortino=yearly["sortino_ratio"],
        calmar=yearly["calmar_ratio"],
        cagr_fraction=yearly["cagr"],
        volatility_fraction=yearly["annual_volatility"],
        drawdown_fraction=float(falls.max()) if len(falls) else None,
        ulcer_fraction=math.sqrt(float(np.mean(falls**2))) if len(falls) else None,
        profit_factor=_profit_factor(nets_money),
        expectancy_r=sum(results_r) / count if count else None,
        expectancy_low_r=low,
        expectancy_high_r=high,
        won_fraction=sum(net > 0.0 for net in nets_money) / count if count else None,
        warnings=tuple(_warnings(len(returns), count, (low, high))),
    )


def _yearly(returns: NDArray[np.float64]) -> dict[str, float | None]:
    """What the statistics library says of daily returns; None where it has no answer."""
    import empyrical  # noqa: PLC0415 -- slow to import
    import pandas as pd  # noqa: PLC0415

    names = ("sharpe_ratio", "sortino_ratio", "calmar_ratio", "cagr", "annual_volatility")
    if len(returns) < _LEAST_COUNT or not returns.any():
        return dict.fromkeys(names)
    series = pd.Series(returns)
    found: dict[str, float | None] = {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for name in names:
            value = float(getattr(empyrical, name)(series))
            found[name] = value if math.isfinite(value) else None
    return found


def _profit_factor(nets_money: Sequence[float]) -> float | None:
    won = sum(net for net in nets_money if net > 0.0)
    lost = -sum(net for net in nets_money if net < 0.0)
    return won / lost if lost > 0.0 else None


def _expectancy_interval(results_r: Sequence[float]) -> tuple[float | None, float | None]:
    from scipy import stats  # noqa: PLC0415 -- slow to import

    if len(results_r) <= _LEAST_COUNT or len(set(results_r)) < _LEAST_COUNT:
        return None, None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # degenerate samples answer nan, which is None here
        answer = stats.bootstrap(
            (np.asarray(results_r, dtype=np.float64),),
            np.mean,
            n_resamples=_SAMPLES_COUNT,
            confidence_level=_SURE_FRACTION,
            rng=np.random.default_rng(_SEED),
        )
    low, high = (float(edge) for edge in answer.confidence_interval)
    return (low, high) if math.isfinite(low) and math.isfinite(high) else (None, None)


def _warnings(
    days_count: int, trades_count: int, interval_r: tuple[float | None, float | None]
) -> list[str]:
    found = []
    if trades_count < _TRADES_FEW:
        found.append(
            f"Only {trades_count} trades: fewer than {_TRADES_FEW} say very little, "
            "one lucky or unlucky trade moves every figure."
        )
    if days_count < _DAYS_FEW:
        found.append(
            f"Only {days_count} trading days: Sharpe, Sortino, Calmar and CAGR of less than a "
            "year are stretched to a year and swing wildly."
        )
    low, high = interval_r
    if low is not None and high is not None and low <= 0.0 <= high:
        found.append(
            f"The mean result lies between {low:+.2f} and {high:+.2f} R with 95 % confidence: "
            "this history cannot tell the strategy from one that earns nothing."
        )
    elif high is not None and high < 0.0:
        found.append(
            f"The mean result lies below zero with 95 % confidence (at most {high:+.2f} R): "
            "as it stands this configuration loses money."
        )
    return found
