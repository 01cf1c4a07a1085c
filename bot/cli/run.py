"""`bot run`: trades the account the terminal is logged in to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import ParamsOption, TerminalOption


def run(
    *,
    params: ParamsOption = None,
    data_folder: Annotated[
        Path, typer.Option("--data-folder", help="Where state, journal and logs are kept.")
    ] = Path(),
    terminal_path: TerminalOption = "",
    is_dry: Annotated[
        bool, typer.Option("--dry-run", help="Its prices, a simulated account; nothing is sent.")
    ] = False,
    simulated: Annotated[
        Path | None,
        typer.Option("--simulated", help="Trade on the bot simulate-terminal of this folder."),
    ] = None,
) -> None:
    """Trade live through the terminal on this machine until told to stop.

    Needs Windows and a terminal that is logged in. Exit code 3 means that a person is needed. A dry
    run begins each time with a new simulated account, in runs/dry unless told otherwise. With
    --simulated it trades on a simulated terminal's process, on any system, in runs/simulated.
    """
    if simulated is not None:
        _on_simulated(simulated, params, data_folder, is_other=is_dry or bool(terminal_path))
        return
    from bot.cli.live_terminal import attached_package  # noqa: PLC0415

    terminal = attached_package()  # first: without it nothing else is worth loading
    from bot.cli.folders import RunFolder  # noqa: PLC0415
    from bot.cli.live_run import trade  # noqa: PLC0415
    from bot.cli.options import params_path  # noqa: PLC0415
    from bot.cli.rules_start import show_confirmed_rules, show_rules  # noqa: PLC0415
    from bot.params import load  # noqa: PLC0415

    loaded = load(params_path(params))
    settings, folder = loaded.settings, RunFolder(data_folder)
    if not is_dry:
        show_confirmed_rules(loaded, folder)
        trade(terminal, settings, folder, terminal_path)
        return
    from bot.cli.dry_run import DRY, dry_run, new_folder  # noqa: PLC0415

    show_rules(loaded)
    folder = new_folder(folder)
    dry = dry_run(terminal, settings, terminal_path)
    trade(dry.terminal, dry.settings, folder, "", DRY)


def _on_simulated(place: Path, params: Path | None, data_folder: Path, *, is_other: bool) -> None:
    if is_other:
        message = "--simulated names the terminal; allowed without --terminal and --dry-run only"
        raise typer.BadParameter(message)
    from bot.cli.folders import RunFolder  # noqa: PLC0415
    from bot.cli.options import params_path  # noqa: PLC0415
    from bot.cli.terminal_process_trader import trade_simulated  # noqa: PLC0415
    from bot.params import load_settings  # noqa: PLC0415

    trade_simulated(place, load_settings(params_path(params)), RunFolder(data_folder))
