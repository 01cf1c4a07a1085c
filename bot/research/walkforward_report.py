"""What a walk-forward found: the verdict page and the facts behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
import plotly.graph_objects as go

from bot.report.text import day_text
from bot.research.page import BAD, INK, PALE, Page, Section, Table, styled
from bot.research.search import Plan
from bot.research.space import Space, Value
from bot.research.sweep_report import FORMAT, figure_cells, short_name, shown_value
from bot.research.walkforward import EFFICIENCY_MIN, Forward, Steps, Walkforward, stretch_of


def walkforward_document(
    space: Space, plan: Plan, steps: Steps, made: Walkforward
) -> dict[str, object]:
    """The facts as one JSON document; `best` is the latest choice with the unseen days' figures."""
    return {
        "format": FORMAT,
        "kind": "walkforward",
        "objectives": list(plan.objectives),
        "sampler": plan.sampler,
        "seed": plan.seed,
        "space": space.document(),
        "mode": steps.mode.value,
        "train_days": steps.train_days,
        "test_days": steps.test_days,
        "step_days": steps.step_days,
        "trials_count": sum(len(one.swept.everything) for one in made.forwards),
        "windows": [_window_document(one) for one in made.forwards],
        "best": {
            "changes": dict(made.forwards[-1].swept.best.changes),
            "figures": made.after.document(),
        },
        "unchanged_net_r": made.unchanged_net_r,
        "efficiency": made.efficiency,
        "certainty": made.certainty,
        "stability": {one.path: one.usual_share for one in made.stabilities},
        "verdict": {"refusals": list(made.refusals)},
    }


def walkforward_page(made: Walkforward, steps: Steps, about: Sequence[str]) -> Page:
    """The verdict page in plain words."""
    after, count = made.after, len(made.forwards)
    verdict = _verdict(made)
    how = (
        f"{count} times, parameters were chosen on "
        + (f"{steps.train_days} days" if steps.mode.value == "rolling" else "all days before")
        + f" and traded on the {steps.test_days} days after, which the choice had not seen. Only "
        "those unseen days count."
    )
    earned = (
        f"Unseen days: {after.net_r:+.2f} R after costs in {after.trades_count} trades "
        f"({after.mean_r:+.3f} R a trade), deepest fall {after.drawdown_r:.2f} R. The file as it "
        f"is, never tuned, came to {made.unchanged_net_r:+.2f} R on the same days."
    )
    lasting = (
        f"Walk-forward efficiency {made.efficiency:.0%}: what a year of unseen days brought, by "
        "what a year of the days chosen on did. Chance of a true edge (probabilistic Sharpe ratio "
        f"of the unseen trades): {made.certainty:.0%}."
    )
    sections = (
        Section("What came out", (how, earned, lasting), picture=_equity(made)),
        Section("Window by window", (), _windows_table(made)),
        Section(
            "Do the windows agree?",
            ("Share of the windows that chose the most usual value of each parameter.",),
            _stability_table(made),
        ),
        Section("What was walked", tuple(about)),
    )
    return Page("Walk-forward", verdict, made.refusals, not made.refusals, sections)


def _verdict(made: Walkforward) -> str:
    if not made.refusals:
        return "It held: what was chosen on the past earned on the days after it."
    if made.after.net_r > 0.0 and made.efficiency >= EFFICIENCY_MIN:
        return "Not proven: it earned on the days after, but too little or too thinly to trust."
    return "Do not trust it: what was chosen on the past did not hold on the days after it."


def _window_document(forward: Forward) -> Mapping[str, object]:
    best = forward.swept.best.figures
    assert best is not None
    return {
        "train": [day_text(day) for day in forward.window.train],
        "test": [day_text(day) for day in forward.window.test],
        "changes": dict(forward.swept.best.changes),
        "trials_count": len(forward.swept.everything),
        "chosen_on": best.document(),
        "after": forward.after.document(),
        "unchanged": forward.unchanged.document(),
        "train_refusals": list(forward.swept.verdict.refusals),
    }


def _windows_table(made: Walkforward) -> Table:
    paths = [one.path for one in made.stabilities]
    heads = (
        "unseen days",
        *(short_name(path) for path in paths),
        "chosen on: R",
        *("net R", "trades", "mean R", "won", "fall R", "calmar", "passed", "breached"),
        "as it is: R",
    )
    rows = []
    for forward in made.forwards:
        first, last = (day_text(day) for day in forward.window.test)
        best = forward.swept.best
        assert best.figures is not None
        values = [shown_value(best.changes[path]) for path in paths]
        cells = figure_cells(forward.after)
        seen, plain = f"{best.figures.net_r:+.2f}", f"{forward.unchanged.net_r:+.2f}"
        rows.append((f"{first} to {last}", *values, seen, *cells, plain))
    return Table(heads, tuple(rows), 1 + len(paths))


def _stability_table(made: Walkforward) -> Table:
    rows = []
    for one in made.stabilities:
        chosen: list[Value] = list(one.chosen)  # type: ignore[arg-type]
        rows.append((one.path, ", ".join(map(shown_value, chosen)), f"{one.usual_share:.0%}"))
    return Table(("parameter", "chosen, window by window", "agree"), tuple(rows), 2)


def _equity(made: Walkforward) -> go.Figure:
    """Results of the unseen days summed up, window after window."""
    closed = [one for forward in made.forwards for one in forward.closed_s]
    summed = np.cumsum([one for forward in made.forwards for one in forward.result_r])
    start_s = stretch_of(made.forwards[0].window.test).start_s
    times = [datetime.fromtimestamp(one, UTC) for one in [start_s, *closed]]
    line = {"color": INK, "width": 2, "shape": "hv"}
    figure = go.Figure(go.Scatter(x=times, y=[0.0, *summed.tolist()], mode="lines", line=line))
    for forward in made.forwards:
        begins = datetime.fromtimestamp(stretch_of(forward.window.test).start_s, UTC)
        figure.add_vline(x=begins.timestamp() * 1000.0, line_color=PALE, line_dash="dot")
    figure.add_hline(y=0.0, line_color=BAD, line_width=1)
    return styled(figure, "unseen days; dotted: a new window begins", "R after costs")
