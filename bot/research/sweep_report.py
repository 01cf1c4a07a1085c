"""What a sweep found, for people and for the machine: report.html, report.md, report.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from bot.research.figures import OBJECTIVES, Figures, score
from bot.research.judge import front_of
from bot.research.page import BAD, INK, PALE, Page, Section, Table, bars, styled
from bot.research.search import Plan, importance
from bot.research.space import Space, Value
from bot.research.sweep import Swept
from bot.research.trials import Trial

SHOWN_COUNT = 15
FORMAT = 1
_FIGURE_HEADS = ("net R", "trades", "mean R", "won", "fall R", "calmar", "passed", "breached")


def sweep_document(space: Space, plan: Plan, swept: Swept) -> dict[str, object]:
    """The facts as one JSON document; `best` is what a promotion reads."""
    objective = plan.objectives[0]
    return {
        "format": FORMAT,
        "kind": "sweep",
        "objectives": list(plan.objectives),
        "sampler": plan.sampler,
        "seed": plan.seed,
        "space": space.document(),
        "trials_count": len(swept.everything),
        "pruned_count": sum(trial.figures is None for trial in swept.everything),
        "pruned_reasons": _reasons(swept.everything),
        "best": _trial_document(swept.best, objective),
        "neighbours": [_trial_document(trial, objective) for trial in swept.neighbours],
        "verdict": swept.verdict.document(),
        "importance": importance(space, objective, swept.everything),
        "front": [
            _trial_document(trial, objective)
            for trial in front_of(swept.trials, plan.objectives)
            if len(plan.objectives) > 1
        ],
        "top": [_trial_document(trial, objective) for trial in ranked(swept.trials, objective)],
    }


def sweep_page(
    document: Mapping[str, object], space: Space, swept: Swept, about: Sequence[str]
) -> Page:
    """The page of a sweep; `about` says what was walked."""
    objectives: list[str] = list(document["objectives"])  # type: ignore[call-overload]
    objective = objectives[0]
    refusals = swept.verdict.refusals
    best = swept.best.figures
    assert best is not None
    verdict = (
        "Not worth promoting: what was found is too thin."
        if refusals
        else "Clears every bar: enough trades, a plateau, and more than luck explains."
    )
    sections = [
        Section(
            "The best trial and its neighbours",
            (_best_words(swept.best, objective), _plateau_words(swept, objective), _luck(swept)),
            _table(space, [swept.best, *swept.neighbours], objective, first="best"),
        ),
        Section(
            f"Best trials by {objective}",
            (f"{objective}: {OBJECTIVES[objective]}. Results after all costs.",),
            _table(space, ranked(swept.trials, objective), objective),
            _spread(swept, objective),
        ),
    ]
    if len(objectives) > 1:
        front = front_of(swept.trials, objectives)
        words = f"No other trial is as good in all of {', '.join(objectives)} and better in one."
        sections.append(Section("Trade-offs", (words,), _table(space, front, objective)))
    sections.append(_importance(document["importance"]))
    sections.append(Section("What was walked", (*about, _pruned_words(swept))))
    return Page("Sweep", verdict, refusals, not refusals, tuple(sections))


def ranked(trials: Sequence[Trial], objective: str) -> list[Trial]:
    """The best trials, best first."""
    told = [trial for trial in trials if trial.figures is not None]
    told.sort(key=lambda trial: -_score(trial, objective))
    return told[:SHOWN_COUNT]


def shown_value(value: Value) -> str:
    """A parameter's value as the file writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def short_name(path: str) -> str:
    """The end of a path, enough to know it again in a narrow column."""
    return ".".join(path.split(".")[-2:])


def figure_cells(figures: Figures) -> tuple[str, ...]:
    """A trial's figures as a row shows them."""
    return (
        f"{figures.net_r:+.2f}",
        str(figures.trades_count),
        f"{figures.mean_r:+.3f}",
        f"{figures.win_fraction:.0%}",
        f"{figures.drawdown_r:.2f}",
        f"{figures.calmar:.2f}",
        f"{figures.passed_count} of {figures.accounts_count}",
        str(figures.breached_count),
    )


def _table(space: Space, trials: Sequence[Trial], objective: str, first: str = "") -> Table:
    paths = [axis.path for axis in space.axes]
    heads = ("trial", *(short_name(path) for path in paths), objective, *_FIGURE_HEADS)
    rows = []
    for place, trial in enumerate(trials):
        name = first if first and place == 0 else str(place if first else place + 1)
        values = [shown_value(trial.changes[path]) for path in paths]
        if trial.figures is None:
            rows.append((name, *values, "refused", *([""] * len(_FIGURE_HEADS))))
        else:
            shown = f"{_score(trial, objective):.3f}"
            rows.append((name, *values, shown, *figure_cells(trial.figures)))
    return Table(heads, tuple(rows), 1 + len(paths))


def _best_words(best: Trial, objective: str) -> str:
    values = ", ".join(f"{path} = {shown_value(value)}" for path, value in best.changes.items())
    return f"Best: {values}, with {objective} {_score(best, objective):.3f}."


def _plateau_words(swept: Swept, objective: str) -> str:
    plateau = swept.verdict.plateau
    kind = "A lonely peak" if plateau.is_lonely else "A plateau"
    return (
        f"{kind}: one step away in each parameter, {plateau.count} neighbours come to {objective} "
        f"{plateau.median:.3f} (median) and {plateau.worst:.3f} (worst)."
    )


def _luck(swept: Swept) -> str:
    luck = swept.verdict.deflated
    return (
        f"Luck: the best of {luck.trials_count} trials without any edge would be expected to show "
        f"a Sharpe ratio of {luck.luck_sharpe:.3f} per trade; the chance that the true one is "
        f"above that luck is {luck.probability:.0%} (deflated Sharpe ratio)."
    )


def _pruned_words(swept: Swept) -> str:
    reasons = _reasons(swept.everything)
    if not reasons:
        return "No trial contradicted itself or the firm's rules."
    named = "; ".join(f"{count} x {reason}" for reason, count in list(reasons.items())[:5])
    return f"Refused before the walk, as the parameter file would be: {named}."


def _reasons(trials: Sequence[Trial]) -> dict[str, int]:
    found: dict[str, int] = {}
    for trial in trials:
        if trial.figures is None:
            found[trial.pruned] = found.get(trial.pruned, 0) + 1
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _importance(found: object) -> Section:
    assert isinstance(found, dict)
    heading = "Which parameter mattered"
    if not found:
        return Section(heading, ("Too few different results to tell parameters apart.",))
    words = "Share in what separates the best tenth of the trials from the rest (PED-ANOVA)."
    rows = tuple((path, f"{share:.0%}") for path, share in found.items())
    picture = bars([short_name(path) for path in found], list(found.values()), "share")
    return Section(heading, (words,), Table(("parameter", "share"), rows), picture)


def _spread(swept: Swept, objective: str) -> go.Figure:
    """Every trial in the order it was tried, the best one marked."""
    told = [trial for trial in swept.trials if trial.figures is not None]
    figure = go.Figure(
        go.Scatter(
            x=[trial.number for trial in told],
            y=[_score(trial, objective) for trial in told],
            mode="markers",
            marker={"color": PALE, "size": 7},
            name="trials",
        )
    )
    best = swept.best
    marker = {"color": INK, "size": 13, "symbol": "diamond"}
    figure.add_scatter(
        x=[best.number], y=[_score(best, objective)], mode="markers", marker=marker, name="best"
    )
    figure.add_hline(y=0.0, line_color=BAD, line_dash="dot")
    return styled(figure, "trial", objective)


def _trial_document(trial: Trial, objective: str) -> dict[str, object]:
    document: dict[str, object] = {"number": trial.number, "changes": dict(trial.changes)}
    if trial.figures is None:
        return {**document, "pruned": trial.pruned}
    return {
        **document,
        "score": score(trial.figures, objective),
        "figures": trial.figures.document(),
    }


def _score(trial: Trial, objective: str) -> float:
    assert trial.figures is not None
    return score(trial.figures, objective)
