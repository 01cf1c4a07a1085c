"""A backtest's report as files: a page with pictures, Markdown, JSON and the trades as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import jinja2

from bot.report.plain import PLAIN
from bot.research import report_charts as charts
from bot.research import report_tables as tables
from bot.research.backtest import Figures, span_text
from bot.research.backtest_trades import TradeRow
from bot.research.trade_charts import trade_chart
from bot.simulator.feed import Market

HONEST = (
    "A backtest shows what would have happened to one past that will not come again. It says "
    "nothing about settings chosen by looking at this very past, and a good result here is no "
    "promise. Prices inside a bar are a model; news are not in these bars' rules."
)


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What is reported: figures, the market they come from, what was asked and notes."""

    figures: Figures
    market: Market
    asked: Mapping[str, object]
    notes: tuple[str, ...]


def html_page(report: Report) -> str:
    """One file that needs nothing beside it: styles, pictures and plotly.js are inside."""
    from plotly.offline import get_plotlyjs  # noqa: PLC0415 -- five megabytes

    figures = report.figures
    loader = jinja2.PackageLoader("bot.research", "templates")
    place = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    drawn = [trade_chart(trade, report.market) for trade in figures.trades]
    return place.get_template("backtest.html").render(
        plotly_js=get_plotlyjs(),
        title=f"Backtest {span_text(figures)}",
        verdict=tables.verdict_line(figures),
        headline=tables.headline_rows(figures),
        warnings=tables.careful_lines(figures),
        honest=HONEST,
        ratios=tables.ratio_table(figures.ratios),
        pictures=_pictures(figures),
        cuts=_cuts(figures),
        worst=tables.worst_days_table(figures),
        untraded=tables.untraded_table(figures),
        trades=tables.trade_table(figures.trades),
        trades_json=json.dumps(drawn, allow_nan=False),
        drawn=drawn,
        asked=_asked_rows(report),
        notes=report.notes,
    )


def markdown_text(report: Report) -> str:
    """The same without pictures."""
    figures = report.figures
    lines = [f"# Backtest {span_text(figures)}", "", f"**{tables.verdict_line(figures)}**", ""]
    lines += [f"- {name}: {figure}" for name, figure in tables.headline_rows(figures)]
    lines += ["", *(f"> {warning}" for warning in tables.careful_lines(figures)), "", HONEST, ""]
    parts = [("Ratios", tables.ratio_table(figures.ratios))]
    parts += [
        (f"By {name}", tables.cut_table(name, cuts)) for name, cuts in figures.cuts.items() if cuts
    ]
    parts += [
        ("Worst days", tables.worst_days_table(figures)),
        ("Why setups were not traded", tables.untraded_table(figures)),
        ("Trades", tables.trade_table(figures.trades)),
        ("Asked", tables.Table(("what", "value"), _asked_rows(report))),
    ]
    for title, table in parts:
        lines += [f"## {title}", "", *_markdown_rows(table), ""]
    lines += ["## Notes", "", *(f"- {note}" for note in report.notes), ""]
    return "\n".join(lines)


def json_document(report: Report) -> dict[str, object]:
    """Every figure as JSON values."""
    return {
        **asdict(report.figures),
        "asked": dict(report.asked),
        "notes": list(report.notes),
        "honest": HONEST,
    }


def trades_csv(trades: Sequence[TradeRow]) -> str:
    """One line per trade; times are UTC seconds, partial closings stand in the JSON."""
    names = [field.name for field in fields(TradeRow) if field.name != "exits"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([getattr(trade, name) for name in names] for trade in trades)
    return text.getvalue()


def _pictures(figures: Figures) -> list[dict[str, str]]:
    found = [("Equity against floors and target", charts.equity_chart(figures), 460)]
    found.append(("Drawdown", charts.drawdown_chart(figures), 220))
    if figures.trades:
        found.append(("Results in R", charts.results_chart(figures), 300))
    found.append(("Costs", charts.cost_chart(figures), 300))
    if figures.trades:
        found.append(("Positions open at once", charts.exposure_chart(figures), 220))
    return [{"title": title, "html": charts.chart_html(one, px)} for title, one, px in found]


def _cuts(figures: Figures) -> list[dict[str, object]]:
    return [
        {
            "title": f"By {name}",
            "html": charts.chart_html(charts.cut_chart(cuts), 260),
            "table": tables.cut_table(name, cuts),
        }
        for name, cuts in figures.cuts.items()
        if cuts
    ]


def _asked_rows(report: Report) -> tuple[tuple[str, str], ...]:
    def text(value: object) -> str:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

    return tuple((name, text(value)) for name, value in report.asked.items())


def _markdown_rows(table: tables.Table) -> list[str]:
    """Rows of a Markdown table; narrow spaces become plain ones, bars are escaped."""

    def row(cells: Sequence[str]) -> str:
        plain = ("".join(PLAIN.get(one, one) for one in cell) for cell in cells)
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in plain) + " |"

    return [row(table.headings), row(["---"] * len(table.headings)), *map(row, table.rows)]
