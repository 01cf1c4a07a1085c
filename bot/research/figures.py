"""What a trial came to, in figures that do not depend on an account's size."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from bot.errors import ParamsError
from bot.research.lives import DAY_S, Lives

YEAR_S = 365.25 * DAY_S
_RATIO_MAX = 100.0
_TRADES_FOR_SPREAD = 2


@dataclass(frozen=True, slots=True)
class Figures:
    """One trial's results after all costs; ratios are 0 where there are too few trades for one.

    `sharpe` is the mean result of a trade by its standard deviation, not annualised; `skew` and
    `kurtosis` (3 is normal) are of the trades' results too. `calmar` is the yearly result by the
    deepest fall of the summed results. `pass_fraction` is of all accounts that came to an end.
    """

    net_r: float
    trades_count: int
    mean_r: float
    win_fraction: float
    profit_factor: float
    drawdown_r: float
    calmar: float
    sharpe: float
    skew: float
    kurtosis: float
    net_money: float
    accounts_count: int
    passed_count: int
    breached_count: int
    stuck_count: int
    pass_fraction: float

    def document(self) -> dict[str, float | int]:
        """As a row of a study holds it."""
        return asdict(self)


OBJECTIVES: dict[str, str] = {
    "net_r": "sum of all results after costs, in R",
    "mean_r": "mean result of a trade, in R",
    "calmar": "yearly result by the deepest fall of the summed results",
    "sharpe": "mean result of a trade by its standard deviation",
    "profit_factor": "R won by R lost",
    "pass": "share of the accounts that came to an end which passed",
    "drawdown": "the deepest fall of the summed results, in R, the smaller the better",
}


def objective_of(name: str) -> str:
    """The objective of that name; raises `ParamsError` with those there are."""
    if name not in OBJECTIVES:
        message = f"--objective {name!r}: no such objective; allowed: {', '.join(OBJECTIVES)}"
        raise ParamsError(message)
    return name


def objectives_of(text: str) -> tuple[str, ...]:
    """Objectives of a comma-separated option, each once."""
    return tuple(dict.fromkeys(objective_of(name.strip()) for name in text.split(",")))


def score(figures: Figures, objective: str) -> float:
    """The figure that is to be as large as possible."""
    if objective == "drawdown":
        return -figures.drawdown_r
    if objective == "pass":
        return figures.pass_fraction
    return float(getattr(figures, objective))


def figures_of(lives: Lives, span_s: float) -> Figures:
    """The figures of accounts lived through `span_s` seconds."""
    results = lives.result_r
    won, lost = float(results[results > 0].sum()), float(-results[results < 0].sum())
    drawdown_r = deepest_fall_r(results)
    ended = lives.passed_count + lives.breached_count + lives.stuck_count
    mean, sharpe, skew, kurtosis = _moments(results)
    net_r = float(results.sum())
    return Figures(
        net_r=net_r,
        trades_count=len(results),
        mean_r=mean,
        win_fraction=float((results > 0).mean()) if len(results) else 0.0,
        profit_factor=_ratio(won, lost),
        drawdown_r=drawdown_r,
        calmar=_ratio(net_r * YEAR_S / span_s, drawdown_r),
        sharpe=sharpe,
        skew=skew,
        kurtosis=kurtosis,
        net_money=float(lives.net_money.sum()),
        accounts_count=lives.accounts_count,
        passed_count=lives.passed_count,
        breached_count=lives.breached_count,
        stuck_count=lives.stuck_count,
        pass_fraction=lives.passed_count / ended if ended else 0.0,
    )


def deepest_fall_r(results: NDArray[np.float64]) -> float:
    """How far the summed results fell below their highest, the beginning included."""
    summed = np.concatenate(([0.0], np.cumsum(results)))
    return float((np.maximum.accumulate(summed) - summed).max())


def _moments(results: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """Mean, Sharpe ratio, skew and kurtosis; the last three of a normal curve without a spread."""
    mean = float(results.mean()) if len(results) else 0.0
    spread = float(results.std(ddof=1)) if len(results) >= _TRADES_FOR_SPREAD else 0.0
    if spread <= 0.0 or math.isclose(spread, 0.0, abs_tol=1e-12):
        return mean, 0.0, 0.0, 3.0
    scaled = (results - mean) / float(results.std())
    return mean, mean / spread, float((scaled**3).mean()), float((scaled**4).mean())


def _ratio(above: float, below: float) -> float:
    """A ratio that stays a number: at most 100 where nothing stands below."""
    if below <= 0.0:
        return _RATIO_MAX if above > 0.0 else 0.0
    return max(-_RATIO_MAX, min(_RATIO_MAX, above / below))
