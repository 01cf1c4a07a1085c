"""A report as one HTML file that needs nothing else: words, tables, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import jinja2
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

_TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ page.title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#1d2430}
main{max-width:1080px;margin:0 auto;padding:2rem 1.2rem}
h1{font-size:1.7rem;margin:0 0 .2rem}h2{font-size:1.15rem;margin:0 0 .6rem}
.sub{color:#5b6575;margin:0 0 1.2rem}
section{background:#fff;border:1px solid #e1e4ea;border-radius:8px;padding:1.1rem 1.3rem;
margin:0 0 1.1rem}
.figures{display:flex;flex-wrap:wrap;gap:.8rem;margin:0 0 1.1rem}
.figure{background:#fff;border:1px solid #e1e4ea;border-radius:8px;padding:.8rem 1.1rem;
flex:1 1 200px}
.figure b{display:block;font-size:1.5rem}.figure span{color:#5b6575;font-size:.85rem}
table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid #eceef2}
th:first-child,td:first-child{text-align:left}
li{margin:.25rem 0}.note{color:#5b6575;font-size:.9rem}
</style><script>{{ plotly | safe }}</script></head><body><main>
<h1>{{ page.title }}</h1><p class="sub">{{ page.subtitle }}</p>
<div class="figures">{% for name, value, note in page.figures %}
<div class="figure"><span>{{ name }}</span><b>{{ value }}</b><span>{{ note }}</span></div>
{% endfor %}</div>
<section><h2>In plain words</h2><ul>{% for line in page.words %}<li>{{ line }}</li>{% endfor %}
</ul></section>
{% for part in page.parts %}<section><h2>{{ part.title }}</h2>
{% if part.words %}<p class="note">{{ part.words }}</p>{% endif %}
{% if part.rows %}<table><tr>{% for cell in part.rows[0] %}<th>{{ cell }}</th>{% endfor %}</tr>
{% for row in part.rows[1:] %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table>{% endif %}
{% if part.picture %}{{ part.picture | safe }}{% endif %}</section>{% endfor %}
<section><h2>How to read it</h2><ul class="note">{% for line in page.notes %}<li>{{ line }}</li>
{% endfor %}</ul></section>
</main></body></html>
"""

BLUE, GREEN, RED, GREY, ORANGE = "#2563a8", "#2c8a57", "#b5382f", "#8b94a3", "#d08a1d"


@dataclass(frozen=True, slots=True)
class Part:
    """A section: words, a table (first row is its head), a picture; whatever it has."""

    title: str
    words: str = ""
    rows: Sequence[tuple[str, ...]] = ()
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows; `figures` are name, value and remark."""

    title: str
    subtitle: str
    words: Sequence[str]
    notes: Sequence[str]
    figures: Sequence[tuple[str, str, str]] = ()
    parts: Sequence[Part] = field(default_factory=tuple)


def html(page: Page) -> str:
    """The file's text."""
    template = jinja2.Environment(autoescape=True).from_string(_TEMPLATE)
    return template.render(page=page, plotly=get_plotlyjs())


def drawn(figure: go.Figure, y_title: str, x_title: str, height_px: int = 360) -> str:
    """A figure in the pages' own look, as a piece of HTML."""
    figure.update_layout(
        template="plotly_white",
        height=height_px,
        margin={"l": 60, "r": 20, "t": 20, "b": 50},
        legend={"orientation": "h", "y": 1.12},
        xaxis_title=x_title,
        yaxis_title=y_title,
        font={"size": 13},
    )
    return str(
        figure.to_html(full_html=False, include_plotlyjs=False, config={"displaylogo": False})
    )
