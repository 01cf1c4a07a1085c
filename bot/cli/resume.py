"""`bot resume`: a person lifts what only a person may lift."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import FolderOption, WaitOption


def resume(
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why it is safe; kept in the journal.")],
    folder: FolderOption = Path(),
    wait_s: WaitOption = 30.0,
) -> None:
    """Lift what waits for a person: pause, flatten, manage-only, a rebuilt state, a mended journal.

    The day's brake stays until its reset. Two halts nobody lifts: total_loss and phase_over. There
    this account's trading is over; a new account or phase begins in a folder of its own.
    """
    from bot.adapters.manage_only import lift  # noqa: PLC0415
    from bot.cli import console  # noqa: PLC0415
    from bot.cli.evidence import saved_state  # noqa: PLC0415
    from bot.cli.folders import existing  # noqa: PLC0415
    from bot.cli.spool import send  # noqa: PLC0415
    from bot.report.lasting import lasting_lines  # noqa: PLC0415

    run = existing(folder)
    send(run, "resume", reason, wait_s)
    for line in lasting_lines(saved_state(run)):
        console.say(line)
    lift(run.manage_only)
