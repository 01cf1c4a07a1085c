"""`bot check`: the doctor; every row passes, warns or fails, and any fail is exit code 1."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.group import BotGroup
from bot.cli.options import FolderOption, JsonOption, ParamsOption, TerminalOption, params_path

app = typer.Typer(
    cls=BotGroup,
    invoke_without_command=True,
    help="Look at everything that would otherwise fail one at a time: bot check, bot check params.",
    rich_markup_mode=None,
)


@app.callback()
def check(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
    context: typer.Context,
    *,
    params: ParamsOption = None,
    folder: FolderOption = Path(),
    terminal_path: TerminalOption = "",
    simulated: Annotated[
        bool, typer.Option("--simulated", help="On a simulated terminal, to see how it looks.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check machine, files, terminal, account, clock and symbols before `bot run`."""
    if context.invoked_subcommand is not None:
        return
    from bot.cli.doctor import examine  # noqa: PLC0415
    from bot.cli.doctor_rows import show_rows  # noqa: PLC0415
    from bot.cli.folders import RunFolder  # noqa: PLC0415

    if simulated and terminal_path:
        message = "--simulated brings its own terminal; allowed without --terminal only"
        raise typer.BadParameter(message)
    place = None if simulated else terminal_path
    rows = examine(params_path(params), RunFolder(folder), place)
    raise typer.Exit(show_rows(rows, as_json=as_json))


@app.command("params")
def check_params_command(
    *,
    params: ParamsOption = None,
    profile: Annotated[
        str | None, typer.Option(help="Lay params/profiles/NAME.json over it.")
    ] = None,
    write_schema: Annotated[
        Path | None, typer.Option("--write-schema", help="Write the JSON schema to this file.")
    ] = None,
    write_default: Annotated[
        Path | None, typer.Option("--write-default", help="Write a complete new file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check the parameter file, and show every value with its unit and the firm's numbers."""
    from bot.cli import check_params as body  # noqa: PLC0415

    if write_schema is not None:
        raise typer.Exit(body.write_schema(write_schema))
    if write_default is not None:
        raise typer.Exit(body.write_default(write_default))
    raise typer.Exit(body.check_params(params_path(params), as_json=as_json, profile=profile))


@app.command("rules")
def check_rules_command(
    *, params: ParamsOption = None, folder: FolderOption = Path(), as_json: JsonOption = False
) -> None:
    """Check that the firm's rules were confirmed, how long ago, and what changed since."""
    from bot.cli.rules_confirm import check_rules  # noqa: PLC0415

    raise typer.Exit(check_rules(params, folder, as_json=as_json))
