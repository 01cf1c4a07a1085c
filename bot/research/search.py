"""Which points a sweep tries: all of the grid, or those Optuna asks for.

Optuna is asked for a batch, told the batch, and seeded anew for each batch from the study's seed.
So what is asked follows from the results told so far and nothing else: a stopped search that is
begun again asks the same points, and those done before answer from the study's rows.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution
from optuna.samplers import BaseSampler, NSGAIISampler, RandomSampler, TPESampler
from optuna.study import Study, StudyDirection
from optuna.trial import FrozenTrial, TrialState, create_trial

from bot.errors import ParamsError
from bot.research.figures import score
from bot.research.space import GRID_MAX_COUNT, Axis, Changes, Space, Value
from bot.research.trials import Trial, key_of

BATCH_COUNT = 32
SAMPLERS = ("grid", "tpe", "nsga2", "random")
TRIALS_DEFAULT_COUNT = 200
_REPEATS_MAX_COUNT = 20

Evaluate = Callable[[Sequence[Changes]], Sequence[Trial]]
"""Tries points that differ from each other; the trials come back in the order of the points."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to search: `trials_count` None is the whole grid, else how many different points.

    All `objectives` are to be large (see `bot.research.figures.score`); the first decides.
    `storage` is an Optuna storage URL that the trials are shown in too, empty for none.
    """

    sampler: str
    trials_count: int | None
    seed: int
    objectives: tuple[str, ...]
    storage: str = ""
    name: str = "sweep"

    def __post_init__(self) -> None:
        """Raises `ParamsError` for a sampler there is none of."""
        if self.sampler not in SAMPLERS:
            message = f"--sampler {self.sampler!r}: must be one of {', '.join(SAMPLERS)}"
            raise ParamsError(message)


def search(space: Space, plan: Plan, evaluate: Evaluate) -> list[Trial]:
    """Every trial in the order it was asked for, each point once."""
    if plan.sampler == "grid":
        trials = [
            trial for batch in _batches(grid_points(space, plan)) for trial in evaluate(batch)
        ]
        if plan.storage:
            study = _study(plan)
            study.add_trials([frozen(space, plan, trial) for trial in trials])
        return trials
    return _Asked(space, plan, evaluate).trials()


def grid_points(space: Space, plan: Plan) -> list[dict[str, Value]]:
    """The grid, or as many of its points as the plan allows, drawn by its seed."""
    if space.points_count > GRID_MAX_COUNT:
        message = (
            f"the grid has {space.points_count} points; allowed: up to {GRID_MAX_COUNT}. Name "
            "wider steps, or --sampler tpe with --trials"
        )
        raise ParamsError(message)
    points = list(space.points())
    if plan.trials_count is None or plan.trials_count >= len(points):
        return points
    drawn = np.random.default_rng(plan.seed).permutation(len(points))[: plan.trials_count]
    return [points[place] for place in sorted(drawn.tolist())]


class _Asked:
    """A search that Optuna leads, batch by batch."""

    def __init__(self, space: Space, plan: Plan, evaluate: Evaluate) -> None:
        self._space, self._plan, self._evaluate = space, plan, evaluate
        self._study = _study(plan)
        self._known: dict[str, Trial] = {}
        wanted = plan.trials_count or TRIALS_DEFAULT_COUNT
        self._wanted_count = min(wanted, space.points_count)
        self._axes = {axis.path: _distribution(axis) for axis in space.axes}

    def trials(self) -> list[Trial]:
        """Ask and tell until there are enough different points, or nothing new is asked."""
        batch = repeats = 0
        while len(self._known) < self._wanted_count and repeats < _REPEATS_MAX_COUNT:
            before = len(self._known)
            self._study.sampler = _sampler(self._plan, batch)
            self._batch()
            batch += 1
            repeats = 0 if len(self._known) > before else repeats + 1
        return list(self._known.values())

    def _batch(self) -> None:
        asked = [self._study.ask(self._axes) for _ in range(BATCH_COUNT)]
        points = [self._point(one.params) for one in asked]
        room = self._wanted_count - len(self._known)
        new = {key_of(point): point for point in points if key_of(point) not in self._known}
        wanted = dict(list(new.items())[:room])
        for key, trial in zip(wanted, self._evaluate(list(wanted.values())), strict=True):
            number = len(self._known)
            self._known[key] = Trial(number, trial.changes, trial.figures, trial.pruned)
        for one, point in zip(asked, points, strict=True):
            known = self._known.get(key_of(point))
            if known is None or known.figures is None:
                self._study.tell(one, state=TrialState.FAIL)
            else:
                self._study.tell(one, [score(known.figures, n) for n in self._plan.objectives])

    def _point(self, places: dict[str, int]) -> dict[str, Value]:
        return {axis.path: axis.values[places[axis.path]] for axis in self._space.axes}


def _study(plan: Plan) -> Study:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    directions = [StudyDirection.MAXIMIZE] * len(plan.objectives)
    if not plan.storage:
        return optuna.create_study(directions=directions)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = optuna.get_all_study_names(plan.storage)
        if plan.name in names:  # the rows are the truth: what is shown is made again from them
            optuna.delete_study(study_name=plan.name, storage=plan.storage)
        return optuna.create_study(
            study_name=plan.name, storage=plan.storage, directions=directions
        )


def _sampler(plan: Plan, batch: int) -> BaseSampler:
    seed = int(np.random.SeedSequence([plan.seed, batch]).generate_state(1)[0])
    if plan.sampler == "tpe":
        return TPESampler(seed=seed, n_startup_trials=BATCH_COUNT)
    if plan.sampler == "nsga2":
        return NSGAIISampler(seed=seed, population_size=BATCH_COUNT)
    return RandomSampler(seed=seed)


def _distribution(axis: Axis) -> BaseDistribution:
    """Places along the axis; words and switches have no order."""
    if axis.is_numeric:
        return IntDistribution(0, len(axis.values) - 1)
    return CategoricalDistribution(tuple(range(len(axis.values))))


def frozen(space: Space, plan: Plan, trial: Trial) -> FrozenTrial:
    """The trial as Optuna keeps it."""
    places = {axis.path: axis.values.index(trial.changes[axis.path]) for axis in space.axes}
    axes = {axis.path: _distribution(axis) for axis in space.axes}
    if trial.figures is None:
        return create_trial(state=TrialState.FAIL, params=places, distributions=axes)
    values = [score(trial.figures, name) for name in plan.objectives]
    return create_trial(values=values, params=places, distributions=axes)


def importance(space: Space, objective: str, trials: Sequence[Trial]) -> dict[str, float]:
    """Share of each parameter in what separates good trials from the rest (PED-ANOVA).

    Empty with fewer than ten trials or where no result differs from another.
    """
    told = [trial for trial in trials if trial.figures is not None]
    values = {score(trial.figures, objective) for trial in told if trial.figures is not None}
    if len(told) < 10 or len(values) < 2:  # noqa: PLR2004 -- too few to tell anything apart
        return {}
    plan = Plan("grid", None, 0, (objective,))
    study = _study(plan)
    study.add_trials([frozen(space, plan, trial) for trial in told])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {path: float(share) for path, share in found.items()}


def _batches(points: list[dict[str, Value]]) -> Iterator[list[dict[str, Value]]]:
    size = 8 * BATCH_COUNT
    for first in range(0, len(points), size):
        yield points[first : first + size]
