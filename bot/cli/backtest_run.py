"""Runs one backtest, writes its report and shows the summary."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path

from bot.backtest.engine import Stretch, is_compiled, walk_account
from bot.backtest.terms import Policy, Slippage
from bot.cli import console
from bot.cli.study import Study, StudyAsk, open_study
from bot.model.settings import BotSettings
from bot.report.picture import PictureSize, Point, picture
from bot.report.text import r_multiple, signed_money
from bot.research.backtest import Figures, figures_of, span_text
from bot.research.backtest_days import WalkFacts
from bot.research.report_files import Report, html_page, json_document, markdown_text, trades_csv
from bot.research.report_tables import careful_lines, headline_rows, verdict_line
from bot.research.study_folder import StudyFolder
from bot.rules.calendar import DAY_S

_HOUR_S = 3_600.0
_NAME_WIDTH = 12
_PICTURE_ROWS = 16
_ROW_KEY = "walk"
_UNTRADED_SHOWN = 5
_NO_NEWS = "news: none, a walk has no calendar, so releases were traded through"
_NO_STOP = "no profit target: the phase could not be passed, only breached; no coasting near it"


@dataclass(frozen=True, slots=True)
class BacktestAsk:
    """What a person asked for."""

    study: StudyAsk
    slippage: Slippage
    policy: Policy

    def facts(self) -> dict[str, object]:
        """What makes it another backtest."""
        return {
            "stops_at_verdict": self.policy.stops_at_verdict,
            "person_after_h": self.person_after_text(),
            "stop_slippage_r": self.slippage.stop_r,
            "market_slippage_r": self.slippage.market_r,
        }

    def person_after_text(self) -> str:
        """When a person resets a breaker that waits for one."""
        after_s = self.policy.person_reset_s
        return "never" if math.isinf(after_s) else f"{after_s / _HOUR_S:g}"


def backtest_and_tell(ask: BacktestAsk, out: Path | None, *, as_json: bool) -> None:
    """Walk, write the report, show the summary; progress goes to stderr."""
    console.tell("reading bars ...")
    study = open_study(ask.study)
    folder = study.folder("backtest", out, ask.facts())
    figures = _walked(study, ask)
    notes = (*study.notes, _NO_NEWS, *(() if ask.policy.stops_at_verdict else (_NO_STOP,)))
    report = Report(figures, study.markets.market, _asked(study, ask), notes)
    console.tell("writing the report ...")
    document = write_report(folder, report)
    if as_json:
        console.say_json({**document, "folder": str(folder.root)})
        return
    for line in summary_lines(report, str(folder.root)):
        console.say(line)


def settings_of(settings: BotSettings, ask: BacktestAsk) -> BotSettings:
    """The settings as they are walked: without a profit target where nothing stops the walk."""
    if ask.policy.stops_at_verdict:
        return settings
    rules = settings.rules
    target = rules.target._replace(profit_fraction=0.0)
    return replace(settings, rules=rules._replace(target=target))


def write_report(folder: StudyFolder, report: Report) -> dict[str, object]:
    """Write every file whole or not at all; the JSON document."""
    document = json_document(report)
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    folder.write_text("report.json", text + "\n")
    folder.write_text("report.md", markdown_text(report))
    folder.write_text("report.html", html_page(report))
    folder.write_text("trades.csv", trades_csv(report.figures.trades))
    if _ROW_KEY not in folder.rows:
        money = report.figures.money
        row = {"verdict": report.figures.verdict, "net_money": money.net_money}
        folder.add(_ROW_KEY, {**row, "trades_count": len(report.figures.trades)})
    return document


def summary_lines(report: Report, folder: str) -> list[str]:
    """The console's summary, as that of `bot replay`."""
    figures = report.figures
    lines = [_drawing(figures)] if len(figures.days) > 1 else []
    lines += [f"BACKTEST {span_text(figures)}", verdict_line(figures), ""]
    lines += [f"{name:<{_NAME_WIDTH}}{figure}" for name, figure in headline_rows(figures)]
    lines += [
        f"{cut.name:<{_NAME_WIDTH}}{cut.trades_count} trades, {cut.won_count} won, "
        f"{r_multiple(cut.result_r)}, {signed_money(cut.net_money)}"
        for cut in figures.cuts["symbol"]
    ]
    given = ", ".join(f"{row.reason} {row.count}" for row in figures.refused[:_UNTRADED_SHOWN])
    if given:
        lines.append(f"{'refused':<{_NAME_WIDTH}}{given}")
    lines += [f"{'note':<{_NAME_WIDTH}}{note}" for note in report.notes]
    lines += [f"{'CAREFUL':<{_NAME_WIDTH}}{warning}" for warning in careful_lines(figures)]
    lines += ["", f"{'files':<{_NAME_WIDTH}}{folder}: report.html report.md report.json trades.csv"]
    return [console.folded(line) if "\n" not in line else line for line in lines]


def _walked(study: Study, ask: BacktestAsk) -> Figures:
    settings = settings_of(study.settings, ask)
    console.tell(f"preparing {len(settings.symbols)} symbols ...")
    if not is_compiled():
        console.tell("compiling the rules: a minute or two, once after each update ...")
    prepared = study.markets.of(settings, ask.policy, ask.slippage)
    walked = walk_account(prepared.inputs, Stretch(prepared.start_s, prepared.end_s))
    return figures_of(WalkFacts(walked, prepared, settings.rules, settings.account.currency))


def _asked(study: Study, ask: BacktestAsk) -> dict[str, object]:
    span = ask.study.span
    return {
        "first day": span.first_text,
        "last day": span.last_text,
        "symbols": [item.symbol for item in study.settings.symbols],
        "path inside a bar": ask.study.path.value,
        "stops at the verdict": "yes" if ask.policy.stops_at_verdict else "no",
        "hours until a person resets a breaker": ask.person_after_text(),
        "stop slippage": f"{ask.slippage.stop_r:g} R",
        "market slippage": f"{ask.slippage.market_r:g} R",
        "parameters": study.settings.params_hash,
        "prices": study.data_hash,
    }


def _drawing(figures: Figures) -> str:
    points = [
        Point(
            (day.day + 1) * DAY_S,
            day.lowest_equity_money,
            _level(day.daily_floor_money),
            _level(day.total_floor_money),
        )
        for day in figures.days
    ]
    size = PictureSize(
        console.columns(), _PICTURE_ROWS, console.has_colour(), console.has_unicode()
    )
    return picture(points, figures.target_money, size)


def _level(floor_money: float | None) -> float:
    return 0.0 if floor_money is None else floor_money
