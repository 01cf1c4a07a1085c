"""`bot why`: the decisions about a symbol or setup, newest first."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import FolderOption, JsonOption

_LINES_COUNT = 40


def why(
    subject: Annotated[str, typer.Argument(help="A symbol such as EURUSD, or a setup's number.")],
    *,
    folder: FolderOption = Path(),
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="How many decisions at most.")
    ] = _LINES_COUNT,
    as_json: JsonOption = False,
) -> None:
    """Why it traded SYMBOL, and why it did not, with values and thresholds."""
    from bot.adapters.journal_files import read_events  # noqa: PLC0415
    from bot.cli import console  # noqa: PLC0415
    from bot.cli.folders import NothingThereError, existing  # noqa: PLC0415
    from bot.report.why import decisions, subjects, why_lines  # noqa: PLC0415

    documents = read_events(existing(folder).journal)
    chain = decisions(documents, subject)
    if not chain:
        known = ", ".join(subjects(documents)) or "none yet"
        message = f"no decision about {subject} in this journal; it speaks of: {known}"
        raise NothingThereError(message)
    if as_json:
        console.say_json([asdict(decision) for decision in chain[:limit]])
        return
    for line in why_lines(chain[:limit]):
        console.say(console.folded(line))
    if len(chain) > limit:
        console.tell(f"{len(chain) - limit} older decisions not shown; --limit shows more")
