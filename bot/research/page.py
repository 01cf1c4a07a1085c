"""A study's page: plain words, tables and pictures, as Markdown and as one HTML file of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jinja2
import plotly.graph_objects as go
import plotly.io
from plotly.offline import get_plotlyjs

INK, PALE, GOOD, BAD = "#1f4e79", "#9db8d2", "#2e7d4f", "#b3392f"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under their heads; the first `words_count` columns hold words."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words_count: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it, in this order."""

    heading: str
    words: tuple[str, ...] = ()
    table: Table | None = None
    picture: go.Figure | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """`verdict` is the sentence a reader should leave with; `is_good` colours it."""

    title: str
    verdict: str
    reasons: tuple[str, ...]
    is_good: bool
    sections: tuple[Section, ...]


def markdown(page: Page) -> str:
    """The page without its pictures."""
    lines = [f"# {page.title}", "", f"**{page.verdict}**", ""]
    lines += [*(f"- {reason}" for reason in page.reasons), ""] if page.reasons else []
    for section in page.sections:
        lines += [f"## {section.heading}", ""]
        for words in section.words:
            lines += [words, ""]
        if section.table is not None:
            lines += [*_table_lines(section.table), ""]
    return "\n".join(lines).rstrip() + "\n"


def html(page: Page) -> str:
    """The page as one file that needs nothing from anywhere."""
    environment = jinja2.Environment(autoescape=True)
    pictures = [_picture(section.picture) for section in page.sections]
    has_pictures = any(pictures)
    return environment.from_string(_TEMPLATE).render(
        page=page,
        parts=list(zip(page.sections, pictures, strict=True)),
        plotly_js=get_plotlyjs() if has_pictures else "",
    )


def bars(names: Sequence[str], values: Sequence[float], axis: str) -> go.Figure:
    """Lying bars, the largest on top."""
    figure = go.Figure(
        go.Bar(x=list(values)[::-1], y=list(names)[::-1], orientation="h", marker_color=INK)
    )
    return styled(figure, "", axis, height=120 + 34 * len(names))


def styled(figure: go.Figure, across: str, up: str, height: int = 360) -> go.Figure:
    """Our colours and margins, with what the axes mean; lying bars name their values across."""
    is_lying = bool(figure.data) and getattr(figure.data[0], "orientation", None) == "h"
    figure.update_layout(
        template="plotly_white",
        height=height,
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
        font={"family": "system-ui, sans-serif", "size": 13},
        legend={"orientation": "h", "y": 1.12},
    )
    figure.update_xaxes(title=up if is_lying else across, automargin=True)
    figure.update_yaxes(title=across if is_lying else up, automargin=True)
    return figure


def _picture(figure: go.Figure | None) -> str:
    if figure is None:
        return ""
    config = {"displaylogo": False, "responsive": True}
    return str(plotly.io.to_html(figure, full_html=False, include_plotlyjs=False, config=config))


def _table_lines(table: Table) -> list[str]:
    marks = [":---" if column < table.words_count else "---:" for column in range(len(table.heads))]
    rows = [table.heads, tuple(marks), *table.rows]
    return [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]


_TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ page.title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 1060px; margin: 2rem auto;
  padding: 0 1.2rem; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
.verdict { border-left: 6px solid {{ "#2e7d4f" if page.is_good else "#b3392f" }};
  background: {{ "#eef7f1" if page.is_good else "#fbf0ee" }}; padding: .8rem 1.1rem; }
.verdict strong { font-size: 1.1rem; } .verdict ul { margin: .5rem 0 0; padding-left: 1.2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid #e4e4e4; text-align: right; }
th { background: #f6f7f9; font-weight: 600; vertical-align: bottom; }
td.w, th.w { text-align: left; }
td.w { white-space: nowrap; } p { overflow-wrap: anywhere; }
tr:hover td { background: #fafbfc; }
</style>{% if plotly_js %}<script>{{ plotly_js | safe }}</script>{% endif %}</head><body>
<h1>{{ page.title }}</h1>
<div class="verdict"><strong>{{ page.verdict }}</strong>
{% if page.reasons %}<ul>
{% for reason in page.reasons %}<li>{{ reason }}</li>{% endfor %}
</ul>{% endif %}
</div>
{% for section, picture in parts %}<h2>{{ section.heading }}</h2>
{% for words in section.words %}<p>{{ words }}</p>{% endfor %}
{{ picture | safe }}
{% if section.table %}<div class="wide"><table><tr>{% for head in section.table.heads %}
<th{% if loop.index0 < section.table.words_count %} class="w"{% endif %}>{{ head }}</th>{% endfor %}
</tr>
{% for row in section.table.rows %}<tr>{% for cell in row %}
<td{% if loop.index0 < section.table.words_count %} class="w"{% endif %}>{{ cell }}</td>
{% endfor %}
</tr>{% endfor %}</table></div>{% endif %}
{% endfor %}</body></html>
"""
