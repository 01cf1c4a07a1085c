"""`bot watch`: starts the trader, watches it, restarts it, and raises the alarm."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import ParamsOption, TerminalOption


def watch(
    *,
    params: ParamsOption = None,
    data_folder: Annotated[
        Path, typer.Option("--data-folder", help="Where state, journal and logs are kept.")
    ] = Path(),
    terminal_path: TerminalOption = "",
    simulated: Annotated[
        Path | None,
        typer.Option("--simulated", help="Trade on the bot simulate-terminal of this folder."),
    ] = None,
    stall_s: Annotated[
        float,
        typer.Option("--stall-s", min=10.0, max=300.0, help="Silence after which it is restarted."),
    ] = 20.0,
) -> None:
    """Run bot run as a process of its own, restart it when it dies or hangs, and raise the alarm.

    Ends when the trader ended as it was told to (0), refuses its parameters (2) or needs a person
    (3). Ctrl-C ends both. After 5 restarts in 10 minutes positions are managed and nothing enters
    until bot resume. Alerts go to the console, to logs/alerts.log and to the address BOT_ALERT_URL.
    """
    from bot.cli.watch_run import Wanted, supervise  # noqa: PLC0415

    wanted = Wanted(params, data_folder, terminal_path, simulated, stall_s)
    code = supervise(wanted)
    if code:
        raise typer.Exit(code)
