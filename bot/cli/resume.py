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
    """Lift a pause, a flatten or manage-only. The day's brake and a decided phase stay."""
    from bot.adapters.manage_only import lift  # noqa: PLC0415
    from bot.cli.folders import existing  # noqa: PLC0415
    from bot.cli.spool import send  # noqa: PLC0415

    run = existing(folder)
    send(run, "resume", reason, wait_s)
    lift(run.manage_only)
