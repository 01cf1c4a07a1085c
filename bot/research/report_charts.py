"""The pictures of a backtest report: equity against floors, drawdown, R, cuts, costs, exposure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from bot.report.text import day_text
from bot.research.backtest import Figures
from bot.research.backtest_trades import Cut

Figure = Any
"""A plotly figure; the library has no types."""

INK, GRID, PAPER = "#1f2933", "#e4e7eb", "#ffffff"
BLUE, GREY, GREEN, RED, AMBER = "#2563a8", "#8996a5", "#2f855a", "#c0392b", "#c27c0e"
_BIN_R = 0.25


def chart_html(figure: Figure, height_px: int) -> str:
    """The figure as a block of a page that has plotly.js already."""
    figure.update_layout(
        height=height_px,
        margin={"l": 70, "r": 20, "t": 30, "b": 40},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"family": "system-ui, sans-serif", "size": 13, "color": INK},
        legend={"orientation": "h", "y": 1.12},
        hovermode="x unified",
    )
    figure.update_xaxes(gridcolor=GRID, zerolinecolor=GRID)
    figure.update_yaxes(gridcolor=GRID, zerolinecolor=GREY)
    text: str = figure.to_html(
        full_html=False, include_plotlyjs=False, config={"displaylogo": False}
    )
    return text


def equity_chart(figures: Figures) -> Figure:
    """Equity and balance at each day's end, the day's lowest equity, floors and target."""
    dates = [day_text(day.day) for day in figures.days]
    chart = go.Figure()
    lines = (
        ("equity", [d.equity_money for d in figures.days], {"color": BLUE, "width": 2}),
        ("balance", [d.balance_money for d in figures.days], {"color": GREY, "width": 1}),
        (
            "lowest equity of the day",
            [d.lowest_equity_money for d in figures.days],
            {"color": BLUE, "width": 1, "dash": "dot"},
        ),
    )
    for name, values, line in lines:
        chart.add_scatter(x=dates, y=values, name=name, mode="lines", line=line)
    floors = (
        ("daily floor", [d.daily_floor_money for d in figures.days], AMBER),
        ("total floor", [d.total_floor_money for d in figures.days], RED),
        ("target", [figures.target_money] * len(dates), GREEN),
    )
    for name, levels, colour in floors:
        if any(level is not None for level in levels):
            line = {"color": colour, "width": 1.5, "shape": "hv"}
            chart.add_scatter(x=dates, y=levels, name=name, mode="lines", line=line)
    chart.update_yaxes(title=figures.currency)
    return chart


def drawdown_chart(figures: Figures) -> Figure:
    """How far equity stood below its earlier best, in percent, at each day's end."""
    equity = np.array([figures.money.start_money, *(d.equity_money for d in figures.days)])
    falls_pct = (equity / np.maximum.accumulate(equity) - 1.0)[1:] * 100.0
    chart = go.Figure()
    chart.add_scatter(
        x=[day_text(day.day) for day in figures.days],
        y=np.round(falls_pct, 3).tolist(),
        name="below the best",
        fill="tozeroy",
        line={"color": RED, "width": 1},
    )
    chart.update_yaxes(title="%")
    return chart


def results_chart(figures: Figures) -> Figure:
    """How often each result in R came."""
    results = [trade.result_r for trade in figures.trades]
    chart = go.Figure()
    for name, chosen, colour in (
        ("lost", [r for r in results if r <= 0.0], RED),
        ("won", [r for r in results if r > 0.0], GREEN),
    ):
        chart.add_histogram(
            x=chosen, name=name, marker_color=colour, xbins={"size": _BIN_R, "start": -100.0}
        )
    chart.update_layout(barmode="stack", bargap=0.05)
    chart.update_xaxes(title="result of a trade in R, after costs")
    chart.update_yaxes(title="trades")
    return chart


def cut_chart(cuts: Sequence[Cut]) -> Figure:
    """The summed result in R of each group of trades."""
    chart = go.Figure()
    chart.add_bar(
        x=[cut.name for cut in cuts],
        y=[round(cut.result_r, 3) for cut in cuts],
        marker_color=[GREEN if cut.result_r > 0.0 else RED for cut in cuts],
        text=[f"{cut.trades_count}" for cut in cuts],
        textposition="outside",
        name="R (number of trades above)",
    )
    chart.update_xaxes(type="category")
    chart.update_yaxes(title="R")
    return chart


def cost_chart(figures: Figures) -> Figure:
    """From what prices moved to what is left, cost by cost."""
    money = figures.money
    chart = go.Figure()
    chart.add_waterfall(
        x=["gross", "commission", "swap", "net"],
        y=[money.gross_money, money.commission_money, money.swap_money, 0.0],
        measure=["relative", "relative", "relative", "total"],
        increasing={"marker": {"color": GREEN}},
        decreasing={"marker": {"color": RED}},
        totals={"marker": {"color": BLUE}},
    )
    chart.update_yaxes(title=figures.currency)
    return chart


def exposure_chart(figures: Figures) -> Figure:
    """How many positions were open at once, over time."""
    edges = [(trade.opened_utc_s, 1) for trade in figures.trades]
    edges += [(trade.closed_utc_s, -1) for trade in figures.trades]
    edges.sort()
    chart = go.Figure()
    chart.add_scatter(
        x=[np.datetime64(int(at_s), "s").astype(str) for at_s, _ in edges],
        y=np.cumsum([step for _, step in edges]).tolist(),
        name="open positions",
        line={"shape": "hv", "color": BLUE, "width": 1},
        fill="tozeroy",
    )
    chart.update_yaxes(title="positions", dtick=1)
    return chart
