"""Which parameter matters, as a page."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from bot.research.page import BAD, INK, PALE, Page, Section, Table, bars, styled
from bot.research.sensitivity import Effect, Sensitivity
from bot.research.sweep_report import FORMAT, short_name, shown_value

SHOWN_COUNT = 20


def sensitivity_document(found: Sensitivity, objective: str) -> dict[str, object]:
    """The facts as one JSON document, the strongest parameter first."""
    return {
        "format": FORMAT,
        "kind": "sensitivity",
        "objective": objective,
        "own_score": found.own_score,
        "effects": [
            {
                "path": one.probe.path,
                "own": one.probe.own,
                "scores": [[value, result] for value, result in one.scores],
                "swing": one.swing,
                "near_swing": one.near_swing,
                "refused_count": one.refused_count,
            }
            for one in found.effects
        ],
        "together": {"trials_count": found.together_count, "shares": found.shares},
    }


def sensitivity_page(found: Sensitivity, objective: str, about: Sequence[str]) -> Page:
    """The strongest parameters, and whether the result hangs on a small change."""
    moving = [one for one in found.effects if one.swing > 0.0]
    idle = [one.probe.path for one in found.effects if one.swing == 0.0]
    top = ", ".join(one.probe.path for one in moving[:3]) or "none"
    verdict = f"What matters most: {top}."
    fragile = [one for one in moving if _turns(one, found.own_score)]
    lost = found.own_score <= 0.0
    reasons = (
        *([f"the file as it is has no gain: {objective} {found.own_score:.2f}"] if lost else []),
        *(
            f"{one.probe.path}: a change of a fifth turns {objective} from gain to loss or back"
            for one in fragile[:5]
        ),
    )
    shown = moving[:SHOWN_COUNT]
    words = (
        f"The file as it is comes to {objective} {found.own_score:.3f}. Each parameter was changed "
        "alone, to both its bounds, by half and double and by a fifth; near: by a fifth only. "
        "Changing one at a time cannot see what two do together.",
    )
    sections = [
        Section(
            "One at a time", words, _table(shown, found.own_score), _ranges(shown, found, objective)
        ),
    ]
    if found.shares:
        names = [short_name(path) for path in found.shares]
        told = (
            f"{found.together_count} random mixtures of the strongest parameters: share of each in "
            "what separates the best tenth from the rest (PED-ANOVA).",
        )
        rows = tuple((path, f"{share:.0%}") for path, share in found.shares.items())
        picture = bars(names, list(found.shares.values()), "share")
        sections.append(Section("Together", told, Table(("parameter", "share"), rows), picture))
    if idle:
        unmoved = f"{len(idle)} parameters changed nothing here: {', '.join(idle)}."
        sections.append(Section("What made no difference", (unmoved,)))
    sections.append(Section("What was walked", tuple(about)))
    return Page("Sensitivity", verdict, reasons, not reasons, tuple(sections))


def _turns(effect: Effect, own_score: float) -> bool:
    """Whether a value near the file's has a result on the other side of zero."""
    near = [result for value, result in effect.scores if value in effect.probe.near]
    return any((result > 0.0) != (own_score > 0.0) for result in near)


def _table(effects: Sequence[Effect], own_score: float) -> Table:
    heads = ("parameter", "file", "worst", "at", "best", "at", "swing", "near", "refused")
    rows = []
    for one in effects:
        scores = [*one.scores, (one.probe.own, own_score)]
        worst, best = min(scores, key=lambda item: item[1]), max(scores, key=lambda item: item[1])
        rows.append(
            (
                one.probe.path,
                shown_value(one.probe.own),
                f"{worst[1]:.2f}",
                shown_value(worst[0]),
                f"{best[1]:.2f}",
                shown_value(best[0]),
                f"{one.swing:.2f}",
                f"{one.near_swing:.2f}",
                str(one.refused_count or ""),
            )
        )
    return Table(heads, tuple(rows))


def _ranges(effects: Sequence[Effect], found: Sensitivity, objective: str) -> go.Figure:
    """From the worst to the best result of each parameter, the file's own as a line."""
    strongest = effects[::-1]
    figure = go.Figure()
    for whole, colour, name in ((True, PALE, "over its bounds"), (False, INK, "near the file's")):
        lows, widths = [], []
        for one in strongest:
            kept = [result for value, result in one.scores if whole or value in one.probe.near]
            results = [*kept, found.own_score]
            lows.append(min(results))
            widths.append(max(results) - min(results))
        names = [short_name(one.probe.path) for one in strongest]
        figure.add_bar(
            x=widths, base=lows, y=names, orientation="h", marker_color=colour, name=name
        )
    figure.update_layout(barmode="overlay")
    figure.add_vline(x=found.own_score, line_color=BAD, line_dash="dot")
    return styled(figure, "", objective, height=140 + 26 * len(strongest))
