"""`bot report`: a server day's compliance page, or the whole run at a glance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import FolderOption, JsonOption

if TYPE_CHECKING:
    from bot.cli.folders import RunFolder

_DAY_HELP = "A server day (YYYY-MM-DD), or last for the newest; without it the whole run."


def report(
    day: Annotated[str | None, typer.Argument(help=_DAY_HELP)] = None,
    *,
    folder: FolderOption = Path(),
    write: Annotated[
        bool, typer.Option("--write", help="Write every day's page again, from the journal.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """What happened on DAY, as a firm would ask; or what the whole run earned after costs."""
    from bot.cli.folders import existing  # noqa: PLC0415
    from bot.cli.outcome import Ending, last_known, show_outcome  # noqa: PLC0415

    run = existing(folder)
    if write:
        _write_pages(run)
    elif day is None:
        show_outcome(run, Ending(last_known(run)), as_json=as_json, with_picture=True)
    else:
        _show_day(run, day, as_json=as_json)


def _show_day(run: RunFolder, day_text: str, *, as_json: bool) -> None:
    from bot.cli import console  # noqa: PLC0415
    from bot.cli.evidence import rules_of  # noqa: PLC0415
    from bot.cli.outcome import last_known, run_fold  # noqa: PLC0415
    from bot.report.compliance import page  # noqa: PLC0415
    from bot.report.compliance_files import page_document  # noqa: PLC0415
    from bot.report.compliance_markdown import markdown  # noqa: PLC0415
    from bot.report.day_money import settle  # noqa: PLC0415

    fold = run_fold(run)
    settle(fold)
    newest = max(fold.days)
    day = newest if day_text == "last" else _day_of(day_text)
    now = last_known(run) if day == newest else None
    day_page = page(fold, day, rules_of(run), now)
    if as_json:
        console.say_json(page_document(day_page))
    else:
        console.say(markdown(day_page).rstrip("\n"))


def _day_of(text: str) -> int:
    from bot.report.text import day_number  # noqa: PLC0415

    try:
        return day_number(text)
    except ValueError as error:
        message = f"DAY {text!r}: must be a date as YYYY-MM-DD, or last"
        raise typer.BadParameter(message) from error


def _write_pages(run: RunFolder) -> None:
    from bot.adapters.journal_files import read_events  # noqa: PLC0415
    from bot.cli import console  # noqa: PLC0415
    from bot.cli.evidence import rules_of  # noqa: PLC0415
    from bot.report.compliance_files import write_compliance  # noqa: PLC0415

    dates = write_compliance(run.compliance, read_events(run.journal), rules_of(run))
    console.say(f"{len(dates)} days written to {run.compliance}")
