"""The pass rate as a page with pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from bot.research.attempts import ENDING_WORDS, Ending
from bot.research.chance_page import BLUE, GREEN, GREY, ORANGE, RED, Page, Part, drawn, html
from bot.research.pass_words import (
    TABLE_HEAD,
    chance_text,
    days_words,
    path_line,
    pct,
    risk_rows,
    table_rows,
)

Found = Mapping[str, Any]

_COLOURS = {
    Ending.PASSED: GREEN,
    Ending.CUT: "#d5d9e0",
    Ending.DAILY_LOSS: RED,
    Ending.TOTAL_LOSS: "#7d1f18",
    Ending.OUT_OF_TIME: ORANGE,
    Ending.INACTIVE: GREY,
    Ending.OWN_STOP: "#c77b73",
}


def page_of(found: Found, title: str, subtitle: str) -> str:
    """The page's HTML."""
    parts = [
        Part("How challenges ended", rows=[TABLE_HEAD, *table_rows(found)]),
        Part(
            "By the month the challenge began (first step)",
            "Neighbouring bars are nearly the same challenge: they share most of their market.",
            picture=months_picture(found),
        ),
        Part(
            "Over time",
            "Share passed (Aalen-Johansen) and share still without an ending (Kaplan-Meier).",
            picture=curves_picture(found),
        ),
        Part("What ended them", "First step, with 95 % intervals.", picture=breach_picture(found)),
    ]
    parts += _more(found)
    return html(Page(title, subtitle, found["verdict"], found["notes"], _figures(found), parts))


def _figures(found: Found) -> list[tuple[str, str, str]]:
    shown: list[tuple[str, str, str]] = []
    for part in (*found["steps"], found["whole"]):
        if not part["runs_count"]:
            shown.append((f"passes {part['name']}", "never reached", "no challenge got there"))
            continue
        chance = part["pass"]
        between = f"{pct(chance['low_fraction'])} to {pct(chance['high_fraction'])}"
        median = days_words(part["median_pass_days"], "none passed")
        name = f"passes {part['name']}"
        shown.append((name, pct(chance["fraction"]), f"95 %: {between} · {median}"))
    return shown


def _more(found: Found) -> list[Part]:
    parts: list[Part] = []
    if found["yardstick"] is not None:
        words = (
            "Each dot is one history with the same number of entries, the same symbols, sides, "
            "stop distances and costs, on random days. A strategy with an edge stands clear of "
            "them."
        )
        parts.append(Part("Against random entries", words, picture=yardstick_picture(found)))
    if found["risk"]:
        picture = risk_picture(found)
        parts.append(Part("Risk per trade", rows=risk_rows(found), picture=picture))
    line = path_line(found)
    if line is not None:
        parts.append(Part("Bootstrapped paths", line))
    return parts


def months_picture(found: Found) -> str:
    """Stacked bars: how the first step ended, by month of the start."""
    months = list(found["by_month"])
    figure = go.Figure()
    for ending in (Ending.PASSED, Ending.CUT, *(e for e in Ending if e > Ending.PASSED)):
        name = ending.name.lower()
        shares = [
            100.0 * found["by_month"][m].get(name, 0) / sum(found["by_month"][m].values())
            for m in months
        ]
        if any(shares):
            colour = _COLOURS[ending]
            words = ENDING_WORDS[ending]
            figure.add_bar(x=months, y=shares, name=words, marker_color=colour)
    figure.update_layout(barmode="stack", bargap=0.05, showlegend=True)
    return drawn(figure, "share of starts, %", "month of the start")


def curves_picture(found: Found) -> str:
    """Passing and surviving over days since the start."""
    figure = go.Figure()
    lines = zip((*found["steps"], found["whole"]), (GREEN, BLUE, ORANGE, GREY), strict=False)
    for part, colour in lines:
        if not part["runs_count"]:
            continue
        for name, dash in (("passing", "solid"), ("surviving", "dot")):
            curve = part[name]
            figure.add_scatter(
                x=curve["days"],
                y=[100.0 * share for share in curve["fractions"]],
                name=f"{part['name']}: {'passed' if name == 'passing' else 'no ending yet'}",
                mode="lines",
                line={"shape": "hv", "dash": dash, "color": colour},
            )
    return drawn(figure, "share, %", "calendar days since the start")


def breach_picture(found: Found) -> str:
    """Bars of every ending of the first step but a pass, with intervals."""
    endings = found["steps"][0]["endings"]
    failing = [e for e in Ending if e > Ending.PASSED]
    chances = [endings[ending.name.lower()]["chance"] for ending in failing]
    figure = go.Figure()
    figure.add_bar(
        x=[ENDING_WORDS[ending] for ending in failing],
        y=[100.0 * chance["fraction"] for chance in chances],
        marker_color=[_COLOURS[ending] for ending in failing],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [100.0 * (c["high_fraction"] - c["fraction"]) for c in chances],
            "arrayminus": [100.0 * (c["fraction"] - c["low_fraction"]) for c in chances],
        },
    )
    return drawn(figure, "chance, %", "", 320)


def yardstick_picture(found: Found) -> str:
    """The strategy's chance and interval above those of every random seed."""
    figure = go.Figure()
    rows = (
        ("first step", "first_step", found["steps"][0]),
        ("everything", "whole", found["whole"]),
    )
    for label, name, own in rows:
        seeds = [100.0 * seed for seed in found["yardstick"][name]["seeds"]]
        figure.add_scatter(
            x=seeds,
            y=[f"{label}: random"] * len(seeds),
            mode="markers",
            marker={"color": GREY, "size": 9, "opacity": 0.5},
            showlegend=False,
        )
        chance = own["pass"]
        figure.add_scatter(
            x=[100.0 * chance["fraction"]],
            y=[f"{label}: strategy"],
            mode="markers",
            marker={"color": BLUE, "size": 12, "symbol": "diamond"},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [100.0 * (chance["high_fraction"] - chance["fraction"])],
                "arrayminus": [100.0 * (chance["fraction"] - chance["low_fraction"])],
            },
            showlegend=False,
        )
    figure.update_xaxes(rangemode="tozero")
    return drawn(figure, "", "chance to pass, %", 300)


def risk_picture(found: Found) -> str:
    """Chance to pass over risk per trade, with intervals as bands."""
    figure = go.Figure()
    risks = [100.0 * one["risk_fraction"] for one in found["risk"]]
    for name, words, colour in (("first_step", "first step", BLUE), ("whole", "everything", GREEN)):
        chances = [one[name] for one in found["risk"]]
        figure.add_scatter(
            x=risks,
            y=[100.0 * chance["fraction"] for chance in chances],
            name=words,
            mode="lines+markers",
            line={"color": colour},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [100.0 * (c["high_fraction"] - c["fraction"]) for c in chances],
                "arrayminus": [100.0 * (c["fraction"] - c["low_fraction"]) for c in chances],
            },
            hovertext=[chance_text(chance) for chance in chances],
        )
    failed = [100.0 * one["failed_fraction"] for one in found["risk"]]
    figure.add_scatter(
        x=risks,
        y=failed,
        name="breaches, lapses, stops",
        mode="lines+markers",
        line={"color": RED, "dash": "dot"},
    )
    return drawn(figure, "chance, %", "risk per trade, % of the balance")
