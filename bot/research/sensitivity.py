"""Which parameter matters: one at a time over its bounds, then the strongest ones together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.backtest.engine import Stretch
from bot.errors import DataError, ParamsError
from bot.params.reader import Document
from bot.params.schema import Leaf, leaves
from bot.research.figures import score
from bot.research.search import Plan, importance, search
from bot.research.space import Axis, Space, Value, bounds_of, is_tunable
from bot.research.sweep import Bench
from bot.research.trials import Trial

STRONGEST_COUNT = 8
_FACTORS = (0.5, 0.8, 1.25, 2.0)
_NEAR = (0.8, 1.25)
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Probe:
    """One parameter: the file's value, the others to try, and which of them lie near."""

    path: str
    own: Value
    values: tuple[Value, ...]
    near: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a parameter does alone: scores by value, the file's own score between them.

    `swing` is the highest score less the lowest, `near_swing` that of the values near the file's;
    `refused_count` values contradict the rest of the file.
    """

    probe: Probe
    scores: tuple[tuple[Value, float], ...]
    swing: float
    near_swing: float
    refused_count: int


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """All effects, the strongest first, and shares of the strongest when changed together."""

    own_score: float
    effects: tuple[Effect, ...]
    shares: dict[str, float]
    together_count: int


def probes_of(document: Document, only: Sequence[str]) -> list[Probe]:
    """A probe of every number and switch below the paths in `only`; raises `ParamsError`."""
    found: list[Probe] = []
    known = [leaf for leaf in leaves(document) if is_tunable(leaf)]
    for path in only:
        below = [leaf for leaf in known if leaf.path == path or leaf.path.startswith(f"{path}.")]
        below += [leaf for leaf in known if leaf.path.startswith(f"{path}[")]
        if not below:
            groups = sorted({leaf.path.split(".")[0] for leaf in known})
            message = f"--only {path}: no such group or parameter; allowed: {', '.join(groups)}"
            raise ParamsError(message)
        found += [probe for leaf in below if (probe := _probe(leaf)) is not None]
    return list(dict.fromkeys(found))


def measure(
    probes: Sequence[Probe], plan: Plan, bench: Bench, stretch: Stretch, together_count: int
) -> Sensitivity:
    """Try every probe alone and, with `together_count`, that many mixtures of the strongest."""
    objective = plan.objectives[0]
    points = [{}, *({probe.path: value} for probe in probes for value in probe.values)]
    trials = bench.evaluate(points, stretch)
    own = trials[0].figures
    if own is None:
        message = f"the file itself cannot be walked: {trials[0].pruned}"
        raise DataError(message)
    own_score = score(own, objective)
    tried = iter(trials[1:])
    effects = [
        _effect(probe, [next(tried) for _ in probe.values], own_score, objective)
        for probe in probes
    ]
    effects.sort(key=lambda effect: -effect.swing)
    shares: dict[str, float] = {}
    if together_count:
        shares = _together(effects, plan, bench, stretch)
    return Sensitivity(own_score, tuple(effects), shares, together_count)


def _probe(leaf: Leaf) -> Probe | None:
    if isinstance(leaf.value, bool):
        return Probe(leaf.path, leaf.value, (not leaf.value,), ())
    bounds = bounds_of(leaf)
    if bounds is None or not isinstance(leaf.value, int | float):
        return None
    own, (low, high) = leaf.value, bounds

    def fitted(number: float) -> Value:
        inside = min(high, max(low, number))
        whole = leaf.node.get("type") == "integer"
        return round(inside) if whole else round(float(inside), _DIGITS)

    values = {fitted(number) for number in (low, *(own * f for f in _FACTORS), high)} - {own}
    near = {fitted(own * factor) for factor in _NEAR} - {own}
    return Probe(leaf.path, own, tuple(sorted(values)), tuple(sorted(near)))


def _effect(probe: Probe, trials: Sequence[Trial], own_score: float, objective: str) -> Effect:
    scores = {
        value: score(trial.figures, objective)
        for value, trial in zip(probe.values, trials, strict=True)
        if trial.figures is not None
    }
    near = [scores[value] for value in probe.near if value in scores]
    return Effect(
        probe=probe,
        scores=tuple(scores.items()),
        swing=_swing([own_score, *scores.values()]),
        near_swing=_swing([own_score, *near]),
        refused_count=len(trials) - len(scores),
    )


def _swing(scores: Sequence[float]) -> float:
    return max(scores) - min(scores)


def _together(
    effects: Sequence[Effect], plan: Plan, bench: Bench, stretch: Stretch
) -> dict[str, float]:
    """Random mixtures of the strongest parameters' values, and what separates the good ones."""
    axes = [
        Axis(one.probe.path, tuple(sorted([one.probe.own, *(value for value, _ in one.scores)])))
        for one in effects[:STRONGEST_COUNT]
        if one.scores
    ]
    space = Space(tuple(axes))
    trials = search(space, plan, bench.evaluate_all(stretch))
    return importance(space, plan.objectives[0], trials)
