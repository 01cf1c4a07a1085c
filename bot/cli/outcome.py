"""How a simulated run ends for a person: verdict, totals, every cent, and where the files are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from bot.adapters.journal_files import read_events
from bot.cli import console
from bot.cli.evidence import rules_of, saved_state
from bot.cli.folders import RunFolder
from bot.report.compliance_model import Now
from bot.report.days import DayFold
from bot.report.picture import PictureSize, picture, points_of
from bot.report.status import now_of_state
from bot.report.summary import RunSummary, summarise
from bot.report.summary_text import summary_rows, verdict_text

_PICTURE_ROWS = 16
_NAME_WIDTH = 12


@dataclass(frozen=True, slots=True)
class Ending:
    """The broker's own figures at the end, and how the run was ended."""

    end: Now | None
    is_interrupted: bool = False
    notes: tuple[str, ...] = ()


def run_fold(run: RunFolder) -> DayFold:
    """The whole journal, folded into days."""
    fold = DayFold()
    for document in read_events(run.journal):
        fold.take(document)
    return fold


def last_known(run: RunFolder) -> Now | None:
    """The account as the last snapshot has it."""
    return now_of_state(saved_state(run))


def show_outcome(run: RunFolder, ending: Ending, *, as_json: bool, with_picture: bool) -> None:
    """Print the summary of a run, as text or as one JSON document."""
    summary = summarise(run_fold(run), ending.end)
    if as_json:
        console.say_json(outcome_document(run, summary, ending))
        return
    if with_picture:
        console.say(_drawing(run))
    for line in _lines(run, summary, ending):
        console.say(line)


def outcome_document(run: RunFolder, summary: RunSummary, ending: Ending) -> Mapping[str, object]:
    """The facts of the ending as one JSON document."""
    return {
        "verdict_text": verdict_text(summary),
        "is_interrupted": ending.is_interrupted,
        "summary": asdict(summary),
        "notes": list(ending.notes),
        "folder": str(run.root),
    }


def _lines(run: RunFolder, summary: RunSummary, ending: Ending) -> list[str]:
    lines = [verdict_text(summary), ""]
    currency = _currency(run)
    lines += [f"{name:<{_NAME_WIDTH}}{figure}" for name, figure in summary_rows(summary, currency)]
    if summary.refusals:
        top = list(summary.refusals.items())[:5]
        named = ", ".join(f"{name.lower().replace('_', ' ')} {count}" for name, count in top)
        lines.append(f"{'refused':<{_NAME_WIDTH}}{named}")
    lines += [f"{'note':<{_NAME_WIDTH}}{note}" for note in ending.notes]
    lines += ["", f"{'files':<{_NAME_WIDTH}}{run.root}: compliance/ journal/ state/"]
    lines.append(
        f"{'ask':<{_NAME_WIDTH}}bot report --folder {run.root}   bot why SYMBOL --folder ..."
    )
    if ending.is_interrupted:
        lines.append("Interrupted. The same command goes on from here.")
    return lines


def _drawing(run: RunFolder) -> str:
    rules = rules_of(run)
    target = None
    if rules is not None:
        target = rules.initial_balance_money * (1.0 + rules.target.profit_fraction)
    size = PictureSize(
        console.columns(), _PICTURE_ROWS, console.has_colour(), console.has_unicode()
    )
    return picture(points_of(read_events(run.journal)), target, size)


def _currency(run: RunFolder) -> str:
    started = run_fold(run).started
    return "" if started is None else str(started["currency"])
