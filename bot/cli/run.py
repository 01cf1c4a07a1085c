"""`bot run`: trades the account the terminal is logged in to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import ParamsOption


def run(
    *,
    params: ParamsOption = None,
    data_folder: Annotated[
        Path, typer.Option("--data-folder", help="Where state, journal and logs are kept.")
    ] = Path(),
    terminal_path: Annotated[
        str, typer.Option("--terminal", help="Path of terminal64.exe, when there are several.")
    ] = "",
) -> None:
    """Trade live through the terminal on this machine until told to stop.

    Needs Windows and a terminal that is logged in. Exit code 3 means that a person is needed.
    """
    from bot.cli.live_terminal import attached_package  # noqa: PLC0415

    terminal = attached_package()  # first: without it nothing else is worth loading
    from bot.cli.folders import RunFolder  # noqa: PLC0415
    from bot.cli.live_run import trade  # noqa: PLC0415
    from bot.cli.options import params_path  # noqa: PLC0415
    from bot.params import load_settings  # noqa: PLC0415

    settings = load_settings(params_path(params))
    trade(terminal, settings, RunFolder(data_folder), terminal_path)
