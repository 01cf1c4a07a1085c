"""A sweep: many trials of one stretch, the best one's neighbours, and the verdict over both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from bot.backtest.engine import Stretch
from bot.errors import DataError
from bot.research.judge import Bars, Verdict, best_of, judge, plateau_of
from bot.research.scheduling import Crew, Row
from bot.research.search import Evaluate, Plan, search
from bot.research.space import Changes, Space, Value
from bot.research.study_folder import StudyFolder
from bot.research.trials import Trial, key_of, piece_of, trial_of

Told = Callable[[int, Trial], None]
"""Called after each trial done anew, with how many rows the study has."""


class StoppedError(Exception):
    """A person asked to stop; every row done so far is kept."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found; `neighbours` of the best may be among `trials` too."""

    trials: tuple[Trial, ...]
    best: Trial
    neighbours: tuple[Trial, ...]
    verdict: Verdict

    @property
    def everything(self) -> tuple[Trial, ...]:
        """Every point that was tried, each once."""
        known = {key_of(trial.changes): trial for trial in self.trials}
        found = {key_of(trial.changes): trial for trial in self.neighbours}
        return tuple({**found, **known}.values())


class Bench:
    """Tries points of a stretch with a crew; what the folder knows is not walked again."""

    def __init__(
        self,
        crew: Crew,
        folder: StudyFolder,
        fixed: Changes,
        told: Told | None = None,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._crew, self._folder, self._fixed = crew, folder, dict(fixed)
        self._told, self._is_stopped = told, is_stopped

    def rows(
        self, points: Sequence[Changes], stretch: Stretch, *, with_trades: bool = False
    ) -> list[Row]:
        """The points' rows in their order; raises `StoppedError` when a person asked for it."""
        pieces = [
            piece_of({**self._fixed, **point}, stretch, with_trades=with_trades) for point in points
        ]
        known = self._folder.rows
        if self._is_stopped():
            raise StoppedError
        missing = {piece.key: piece for piece in pieces if piece.key not in known}
        if missing:
            with closing(self._crew.run(list(missing.values()))) as done:  # type: ignore[type-var]
                for key, row in done:
                    self._folder.add(key, row)
                    self._tell(missing[key].asked["changes"], row)
        return [known[piece.key] for piece in pieces]

    def evaluate(self, points: Sequence[Changes], stretch: Stretch) -> list[Trial]:
        """The points as trials, numbered by their place."""
        rows = self.rows(points, stretch)
        return [
            trial_of(number, point, row)
            for number, (point, row) in enumerate(zip(points, rows, strict=True))
        ]

    def evaluate_all(self, stretch: Stretch) -> Evaluate:
        """`evaluate` for one stretch, as a search asks for it."""
        return lambda points: self.evaluate(points, stretch)

    def _tell(self, changes: object, row: Row) -> None:
        if self._told is not None:
            assert isinstance(changes, dict)
            self._told(len(self._folder.rows), trial_of(0, changes, row))
        if self._is_stopped():
            raise StoppedError


def sweep(space: Space, plan: Plan, bench: Bench, stretch: Stretch, bars: Bars) -> Swept:
    """Search, then try the best one's neighbours; raises `DataError` where nothing could be."""
    found = search(space, plan, bench.evaluate_all(stretch))
    trials = [
        Trial(number, trial.changes, trial.figures, trial.pruned)
        for number, trial in enumerate(found)
    ]
    objective = plan.objectives[0]
    best = best_of(trials, objective)
    if best is None:
        reasons = sorted({trial.pruned for trial in trials})
        message = f"no trial could be walked: {'; '.join(reasons[:3])}"
        raise DataError(message)
    points: list[dict[str, Value]] = space.neighbours(best.changes)
    neighbours = bench.evaluate(points, stretch) if points else []
    plateau = plateau_of(best, neighbours, objective, bars)
    known = {key_of(trial.changes) for trial in trials}
    more = [trial for trial in neighbours if key_of(trial.changes) not in known]
    verdict = judge(best, [*trials, *more], plateau, objective, bars)
    return Swept(tuple(trials), best, tuple(neighbours), verdict)
