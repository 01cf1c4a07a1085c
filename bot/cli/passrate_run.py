"""Runs a pass rate: opens the study, does its pieces, writes its reports, tells what it found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import typer

from bot.adapters.clock import SystemClock
from bot.backtest.engine import is_compiled
from bot.cli import console
from bot.cli.options import params_path
from bot.cli.study import Study, StudyAsk, open_study
from bot.cli.study_pieces import Worker
from bot.research.pass_page import page_of
from bot.research.pass_report import Document, Named, document_of
from bot.research.pass_words import (
    TABLE_HEAD,
    markdown,
    path_line,
    risk_rows,
    table_rows,
    text_table,
)
from bot.research.passrate import PassAsk, PassStudy, Piece
from bot.research.phases import evaluation_phases
from bot.research.study_folder import Row, StudyFolder

_INTERRUPTED_CODE = 1


def run_passrate(asked: StudyAsk, ask: PassAsk, out: Path | None, *, as_json: bool) -> None:
    """Do what is not done yet, then report; interrupted, say how to go on."""
    clock = SystemClock()
    study = open_study(asked)
    phases = evaluation_phases(params_path(asked.params), study.settings)
    folder = study.folder("passrate", out, ask.document())
    console.tell("preparing the market")
    if not is_compiled():
        console.tell("compiling the walk: a few minutes, once per version of the rules")
    work = PassStudy(study.markets, phases, ask)
    console.tell(f"{len(work.starts[0])} trading days to start on")
    began_s = clock.monotonic_s()
    with Worker(folder).working() as worker:
        _do(worker, work)
    console.tell(f"lived in {clock.monotonic_s() - began_s:.1f} s")
    if worker.is_stopped:
        console.tell(
            f"Interrupted. {len(folder.rows)} pieces are kept in {folder.root}; "
            "the same command goes on from here."
        )
        raise typer.Exit(_INTERRUPTED_CODE)
    found = document_of(folder.rows, Named(tuple(one.name for one in phases), ask))
    found["notes"] = [*notes_of(study, ask), *study.notes]
    found["preset"] = study.settings.preset
    _write(folder, study, found)
    if as_json:
        console.say_json({**found, "folder": str(folder.root)})
    else:
        _show(folder, found)


def _do(worker: Worker, work: PassStudy) -> None:
    worker.do("challenges", _named(work.strategy_pieces()))
    if not worker.is_stopped:
        for piece in work.random_pieces(worker.folder.rows):
            worker.do(f"random entries, {piece.key}", _named([piece]))
    worker.do("risk per trade", _named(work.risk_pieces()))
    worker.do("bootstrapped paths", _named(work.path_pieces()))


def _named(pieces: Iterable[Piece]) -> list[tuple[str, Callable[[], Row]]]:
    return [(piece.key, piece.work) for piece in pieces]


def notes_of(study: Study, ask: PassAsk) -> list[str]:
    """What a reader has to know to take the figures for no more than they are."""
    idle_days = study.settings.rules.inactive_days_max
    notes = [
        f"Each step is followed for at most {ask.days_max} days; a pass after that is not counted "
        "as one.",
        "The chance of an ending is its cumulative incidence (Aalen-Johansen): runs that are cut "
        "off count for as long as they were seen, never as passed or failed.",
        "Starts overlap. Intervals are of a block bootstrap over the starts, with blocks of the "
        "median length of a run; where fewer than 5 blocks fit, of the few runs that do not "
        "overlap (Clopper-Pearson).",
        f"A breaker that waits for a person is reset after {ask.person_reset_s / 3_600.0:g} hours; "
        "the brake of the total loss never is, and ends the challenge here.",
        "The past is one history. None of this says that the next years are like it; prices are "
        "bars, and releases were traded through.",
    ]
    if idle_days and not ask.is_tended:
        notes.append(
            f"An account without a new trade for more than {idle_days} days has lapsed; "
            "--tended assumes an owner who prevents that."
        )
    return notes


def _write(folder: StudyFolder, study: Study, found: Document) -> None:
    span = study.ask.span
    symbols = ", ".join(item.symbol for item in study.settings.symbols)
    title = f"Chance to pass: {study.settings.firm_label}"
    subtitle = (
        f"{found['attempts_count']} challenges begun {found['first_start']} to "
        f"{found['last_start']} in prices {span.first_text} to {span.last_text} · {symbols}"
    )
    folder.write_text("report.json", json.dumps(found, indent=2) + "\n")
    folder.write_text("report.md", markdown(found, title))
    folder.write_text("report.html", page_of(found, title, subtitle))


def _show(folder: StudyFolder, found: Document) -> None:
    for line in text_table([TABLE_HEAD, *table_rows(found)]):
        console.say(line)
    if found["risk"]:
        console.say()
        for line in text_table(risk_rows(found)):
            console.say(line)
    console.say()
    verdict = found["verdict"]
    assert isinstance(verdict, list)
    for line in (*verdict, path_line(found)):
        if line:
            console.say(console.folded(line))
    console.say()
    console.say(f"files  {folder.root}: report.html report.md report.json")
