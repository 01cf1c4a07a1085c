"""`bot reset`: a person brings a tripped breaker back, and says why it is safe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import FolderOption, WaitOption

if TYPE_CHECKING:
    from bot.cli.folders import RunFolder


def reset(
    *,
    breaker: Annotated[
        str, typer.Argument(metavar="BREAKER", help="Its name, as bot status shows it.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why it is safe; kept in the journal.")],
    folder: FolderOption = Path(),
    wait_s: WaitOption = 30.0,
) -> None:
    """Reset a tripped breaker that a person may reset. The others come back by their own rule."""
    from bot.cli.folders import existing  # noqa: PLC0415
    from bot.cli.spool import send  # noqa: PLC0415

    _check_words(breaker, reason)
    run = existing(folder)
    _check_open(run, breaker)
    send(run, "reset", reason, wait_s, breaker)


def _check_words(breaker: str, reason: str) -> None:
    """Wrong words are wrong use; nothing has to be running to say so."""
    from bot.adapters.command_spool import CommandRefusedError, check_words  # noqa: PLC0415

    try:
        check_words("reset", reason, breaker)
    except CommandRefusedError as error:
        raise typer.BadParameter(str(error)) from error


def _check_open(run: RunFolder, breaker: str) -> None:
    from bot.cli.evidence import saved_state  # noqa: PLC0415
    from bot.errors import RefusedError  # noqa: PLC0415
    from bot.report.breakers import breaker_lines, reset_words  # noqa: PLC0415

    lines = breaker_lines(saved_state(run))
    found = next((line for line in lines if line.breaker == breaker), None)
    if found is None:
        tripped = ", ".join(line.breaker for line in lines) or "none"
        raise RefusedError(f"{breaker} is not tripped; tripped now: {tripped}")
    if not found.person_may:
        raise RefusedError(f"{breaker} is not a person's to reset; {reset_words(breaker)}")
