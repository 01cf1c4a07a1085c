"""`bot flatten`: close every own position, cancel every resting order, and stay out."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from bot.cli.options import FolderOption, ReasonOption, WaitOption, YesOption


def flatten(
    *,
    reason: ReasonOption = "operator",
    yes: YesOption = False,
    folder: FolderOption = Path(),
    wait_s: WaitOption = 30.0,
) -> None:
    """Show what would be closed and cancelled; do it with --yes or after a question."""
    from bot.cli import console  # noqa: PLC0415
    from bot.cli.folders import existing  # noqa: PLC0415
    from bot.cli.spool import send, standing  # noqa: PLC0415
    from bot.report.status_text import exposure_lines  # noqa: PLC0415

    run = existing(folder)
    lines = exposure_lines(standing(run))
    for line in lines or ["Nothing of ours is open or resting, as far as the journal knows."]:
        console.say(line)
    if not yes:
        _ask()
    send(run, "flatten", reason, wait_s)


def _ask() -> None:
    if not sys.stdin.isatty():
        message = "flatten needs a person: say --yes"
        raise typer.BadParameter(message)
    typer.confirm("Close and cancel all of this, and open nothing until bot resume?", abort=True)
