"""Whether the best of a sweep is worth trading: enough trades, neighbours that agree, no luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

from bot.research.deflated import Deflated, Sample, deflated
from bot.research.figures import Figures, score
from bot.research.trials import Trial

TRADES_MIN_COUNT = 100
PLATEAU_SHARE_MIN = 0.5
DEFLATED_MIN = 0.95


@dataclass(frozen=True, slots=True)
class Bars:
    """What a result must clear: `plateau_share_min` is the neighbours' median by the best.

    The defaults are choices: 100 trades is where a mean of 0.2 R is about twice its own error, half
    the best is what a neighbour should keep, 0.95 is the usual one in twenty.
    """

    trades_min_count: int = TRADES_MIN_COUNT
    plateau_share_min: float = PLATEAU_SHARE_MIN
    deflated_min: float = DEFLATED_MIN


@dataclass(frozen=True, slots=True)
class Plateau:
    """The best trial's neighbours, one step away each: how many, their median and worst score."""

    count: int
    median: float
    worst: float
    is_lonely: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """`refusals` say in words why the result must not be promoted; empty when it may."""

    deflated: Deflated
    plateau: Plateau
    refusals: tuple[str, ...]

    def document(self) -> dict[str, object]:
        """As a report holds it."""
        return {
            "deflated_sharpe": self.deflated._asdict(),
            "plateau": asdict(self.plateau),
            "refusals": list(self.refusals),
        }


def best_of(trials: Sequence[Trial], objective: str) -> Trial | None:
    """The trial with the highest score, the earliest of equals; None where none has figures."""
    told = [trial for trial in trials if trial.figures is not None]
    return max(told, key=lambda trial: _score(trial, objective), default=None)


def front_of(trials: Sequence[Trial], objectives: Sequence[str]) -> list[Trial]:
    """The trials no other is at least as good as everywhere and better somewhere."""
    told = {
        trial.number: tuple(_score(trial, name) for name in objectives)
        for trial in trials
        if trial.figures is not None
    }
    return [trial for trial in trials if trial.number in told and _is_front(trial, told)]


def plateau_of(best: Trial, neighbours: Sequence[Trial], objective: str, bars: Bars) -> Plateau:
    """How the neighbours did; one that was refused counts for nothing.

    The best is lonely when it has no neighbours, or their median keeps too little of it.
    """
    scores = [_score(trial, objective) for trial in neighbours if trial.figures is not None]
    if not scores:
        return Plateau(0, 0.0, 0.0, is_lonely=True)
    own, middle = _score(best, objective), float(median(scores))
    enough = bars.plateau_share_min * own if own > 0.0 else own / bars.plateau_share_min
    return Plateau(len(scores), middle, min(scores), is_lonely=middle < enough)


def judge(
    best: Trial, trials: Sequence[Trial], plateau: Plateau, objective: str, bars: Bars
) -> Verdict:
    """The verdict over the best of all `trials`, neighbours included."""
    figures = best.figures
    assert figures is not None
    sharpes = [trial.figures.sharpe for trial in trials if trial.figures is not None]
    luck = deflated(sample_of(figures), sharpes)
    return Verdict(luck, plateau, tuple(_refusals(figures, luck, plateau, objective, bars)))


def sample_of(figures: Figures) -> Sample:
    """The shape of a trial's trades."""
    return Sample(figures.sharpe, figures.skew, figures.kurtosis, figures.trades_count)


def _refusals(
    figures: Figures, luck: Deflated, plateau: Plateau, objective: str, bars: Bars
) -> list[str]:
    found: list[str] = []
    if figures.net_r <= 0.0:
        found.append(f"the best lost: {figures.net_r:+.2f} R after costs; wanted: above 0 R")
    if figures.trades_count < bars.trades_min_count:
        found.append(
            f"too few trades: {figures.trades_count}; wanted: at least {bars.trades_min_count}"
        )
    if plateau.is_lonely:
        found.append(_lonely(plateau, score(figures, objective), objective, bars))
    if not luck.probability > bars.deflated_min:
        found.append(
            f"may be luck: deflated Sharpe ratio {luck.probability:.2f} over {luck.trials_count} "
            f"trials; wanted: above {bars.deflated_min:.2f}"
        )
    return found


def _lonely(plateau: Plateau, own: float, objective: str, bars: Bars) -> str:
    if not plateau.count:
        return "a lonely peak: not one neighbour could be tried"
    return (
        f"a lonely peak: {objective} {own:.2f}, but its {plateau.count} neighbours come to "
        f"{plateau.median:.2f} (median) and {plateau.worst:.2f} (worst); wanted: a median of at "
        f"least {bars.plateau_share_min:.0%} of the best"
    )


def _is_front(trial: Trial, told: dict[int, tuple[float, ...]]) -> bool:
    own = told[trial.number]
    return not any(
        other != own and all(theirs >= mine for theirs, mine in zip(other, own, strict=True))
        for other in told.values()
    )


def _score(trial: Trial, objective: str) -> float:
    assert trial.figures is not None
    return score(trial.figures, objective)
