"""What the other paths came to: quantiles, chances, and the words for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from bot.research.chance_page import BLUE, GREY, ORANGE, RED, Page, Part, drawn, html
from bot.research.chances import Chance, exact_interval
from bot.research.montecarlo import (
    BASE_KEY,
    MISSED_FRACTIONS,
    SLIPPAGES_R,
    SPREAD_FACTORS,
    joined,
)
from bot.research.pass_words import chance_text, markdown_table, pct
from bot.research.study_folder import Row

Found = Mapping[str, Any]

_SHARES = (0.05, 0.5, 0.95)
_FEW_TRADES_COUNT = 100
FIGURES_HEAD = ("kind", "final 5 %", "median", "95 %", "fall median", "fall 95 %", "losses in row")
WALKS_HEAD = ("walk", "trades", "net R", "final", "deepest fall", "losses in row")


def document_of(rows: Mapping[str, Row], block_count: int) -> dict[str, Any]:
    """Everything the report says, from the study's rows."""
    kinds = {"days in blocks": "days/", "trades shuffled": "shuffle/"}
    kinds |= {f"{100 * m:g} % of trades missed": f"missed {100 * m:g} %/" for m in MISSED_FRACTIONS}
    walks = [BASE_KEY]
    walks += [f"walk/slippage {slip:g} R" for slip in SLIPPAGES_R]
    walks += [f"walk/spread x {factor:g}" for factor in SPREAD_FACTORS]
    found: dict[str, Any] = {
        "paths_count": len(joined(rows, "days/", "final")),
        "block_days": block_count,
        "walks": {key.removeprefix("walk/"): dict(rows[key]) for key in walks},
        "kinds": {name: _figures(rows, prefix) for name, prefix in kinds.items()},
        "chances": {
            words: _share(joined(rows, "days/", name)).document()
            for name, words in (
                ("passed", "target reached"),
                ("daily", "daily floor touched first"),
                ("total", "total floor touched first"),
            )
        },
        "histogram": {
            "final": _binned(joined(rows, "days/", "final")),
            "drawdown": _binned(joined(rows, "days/", "drawdown")),
        },
    }
    found["verdict"] = verdict_lines(found)
    return found


def _figures(rows: Mapping[str, Row], prefix: str) -> dict[str, list[float]]:
    return {
        name: [round(float(v), 6) for v in np.quantile(joined(rows, prefix, name), _SHARES)]
        for name in ("final", "drawdown", "losses_in_row")
    }


def _share(answers: Sequence[float]) -> Chance:
    share = sum(answers) / len(answers)
    return Chance(share, *exact_interval(share, float(len(answers))), float(len(answers)))


def _binned(values: Sequence[float]) -> dict[str, list[float]]:
    counts, edges = np.histogram(values, bins=40)
    return {
        "middle": [round(float(v), 6) for v in (edges[1:] + edges[:-1]) / 2.0],
        "count": [float(count) for count in counts],
    }


def verdict_lines(found: Found) -> list[str]:
    """The plain sentences a reader should take home."""
    base, blocks = found["walks"]["as it was"], found["kinds"]["days in blocks"]
    low, middle, high = blocks["final"]
    lines = [
        f"The account as it was: {base['trades']} trades, {base['net_r']:+.1f} R, "
        f"{100 * base['final']:+.1f} % in all, deepest fall {pct(base['drawdown'])}.",
        f"Its days in other orders end between {100 * low:+.1f} % and {100 * high:+.1f} % "
        f"(middle nine tenths; median {100 * middle:+.1f} %).",
    ]
    lines += [
        f"{words[0].upper() + words[1:]}: {chance_text(chance)} of the paths."
        for words, chance in found["chances"].items()
    ]
    if base["trades"] < _FEW_TRADES_COUNT:
        lines.append(
            f"{base['trades']} trades are few: every path is made of them, and however many paths "
            "are drawn, they know no more than these trades do."
        )
    if low < 0.0 < high:
        lines.append("A loss and a gain are both within what chance alone makes of these days.")
    return lines


def notes(found: Found) -> list[str]:
    """What a reader has to know to take the figures for no more than they are."""
    return [
        f"Days are drawn in circular blocks of {found['block_days']} following days, so that "
        "what hangs together within a block stays together; longer dependence is lost.",
        "Shuffled trades end where the account ended, whatever their order: only the fall and the "
        "row of losses differ. Shuffling takes trades as independent, which they are not quite.",
        "A row of losses is of losing days where days are drawn, of losing trades elsewhere.",
        "A missed trade costs nothing and earns nothing; later trades keep their size.",
        "Intervals are of the drawing alone. They do not widen because the history is short.",
        "Paths keep the sizes the bot chose in this history; its brakes did not see the new order.",
        "Slippage and spread are walked anew, all rules included: fewer setups may fit then.",
    ]


def figure_rows(found: Found) -> list[tuple[str, ...]]:
    """A row per kind of path."""
    rows: list[tuple[str, ...]] = [FIGURES_HEAD]
    for name, figures in found["kinds"].items():
        final = [f"{100 * value:+.1f} %" for value in figures["final"]]
        fall = [pct(value) for value in figures["drawdown"]]
        losses = f"{figures['losses_in_row'][1]:.0f} to {figures['losses_in_row'][2]:.0f}"
        rows.append((name, *final, fall[1], fall[2], losses))
    return rows


def walk_rows(found: Found) -> list[tuple[str, ...]]:
    """A row per walk at worse prices."""
    rows: list[tuple[str, ...]] = [WALKS_HEAD]
    for name, walk in found["walks"].items():
        final, fall = f"{100 * walk['final']:+.2f} %", pct(walk["drawdown"])
        count, net = str(walk["trades"]), f"{walk['net_r']:+.2f}"
        rows.append((name, count, net, final, fall, str(walk["losses_in_row"])))
    return rows


def markdown(found: Found, title: str) -> str:
    """The whole page as Markdown."""
    lines = [f"# {title}", "", *(f"- {line}" for line in found["verdict"])]
    lines += ["", "## Other orders", "", *markdown_table(figure_rows(found))]
    lines += ["", "## Worse prices", "", *markdown_table(walk_rows(found))]
    lines += ["", "## How to read it", "", *(f"- {note}" for note in found["notes"])]
    return "\n".join(lines) + "\n"


def page_of(found: Found, title: str, subtitle: str) -> str:
    """The page's HTML."""
    parts = [
        Part("Other orders", rows=figure_rows(found)),
        Part("Where the paths end (days in blocks)", picture=_histogram(found, "final", BLUE)),
        Part("How deep they fall (days in blocks)", picture=_histogram(found, "drawdown", RED)),
        Part("Worse prices", rows=walk_rows(found), picture=_walks_picture(found)),
    ]
    shown = [
        (words, pct(chance["fraction"]), f"of {found['paths_count']} paths")
        for words, chance in found["chances"].items()
    ]
    return html(Page(title, subtitle, found["verdict"], found["notes"], shown, parts))


def _histogram(found: Found, name: str, colour: str) -> str:
    bins = found["histogram"][name]
    figure = go.Figure()
    figure.add_bar(x=[100 * v for v in bins["middle"]], y=bins["count"], marker_color=colour)
    base = 100 * found["walks"]["as it was"][name]
    figure.add_vline(x=base, line_color=ORANGE, annotation_text="as it was")
    figure.update_layout(bargap=0.03)
    return drawn(figure, "paths", "% of the balance", 300)


def _walks_picture(found: Found) -> str:
    figure = go.Figure()
    names = list(found["walks"])
    finals = [100 * found["walks"][name]["final"] for name in names]
    figure.add_bar(x=names, y=finals, marker_color=[BLUE, *[GREY] * (len(names) - 1)])
    return drawn(figure, "final, %", "", 300)
