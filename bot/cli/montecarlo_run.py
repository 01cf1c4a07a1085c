"""Runs a Monte Carlo study: its pieces, its reports, and what it tells at the end."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from bot.backtest.engine import is_compiled
from bot.cli import console
from bot.cli.study import StudyAsk, open_study
from bot.cli.study_pieces import Worker
from bot.errors import DataError
from bot.research.monte_report import (
    document_of,
    figure_rows,
    markdown,
    notes,
    page_of,
    walk_rows,
)
from bot.research.montecarlo import MonteAsk, MonteStudy
from bot.research.pass_words import text_table

_INTERRUPTED_CODE = 1


def run_montecarlo(asked: StudyAsk, ask: MonteAsk, out: Path | None, *, as_json: bool) -> None:
    """Do what is not done yet, then report; interrupted, say how to go on."""
    study = open_study(asked)
    folder = study.folder("montecarlo", out, ask.document())
    if not is_compiled():
        console.tell("compiling the walk: a few minutes, once per version of the rules")
    work = MonteStudy(study.markets, study.settings, ask)
    with Worker(folder).working() as worker:
        if not len(work.walked.trades):
            message = (
                f"no trade closed in {asked.span.first_text} to {asked.span.last_text}: nothing to "
                "draw from; choose a longer span or more symbols"
            )
            raise DataError(message)
        worker.do("walks and paths", work.pieces())
    if worker.is_stopped:
        console.tell(
            f"Interrupted. {len(folder.rows)} pieces are kept in {folder.root}; "
            "the same command goes on from here."
        )
        raise typer.Exit(_INTERRUPTED_CODE)
    found = document_of(folder.rows, work.block_count)
    found["notes"] = [*notes(found), *study.notes]
    span = asked.span
    title = f"Other paths of one account: {study.settings.firm_label}"
    subtitle = f"{found['paths_count']} paths of the days {span.first_text} to {span.last_text}"
    folder.write_text("report.json", json.dumps(found, indent=2) + "\n")
    folder.write_text("report.md", markdown(found, title))
    folder.write_text("report.html", page_of(found, title, subtitle))
    if as_json:
        console.say_json({**found, "folder": str(folder.root)})
        return
    for line in (*text_table(figure_rows(found)), "", *text_table(walk_rows(found)), ""):
        console.say(line)
    for line in found["verdict"]:
        console.say(console.folded(line))
    console.say(f"\nfiles  {folder.root}: report.html report.md report.json")
