"""`bot rules`: what the firm demands, in words; and histories lived through those rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.group import BotGroup
from bot.cli.options import FolderOption, JsonOption, ParamsOption

app = typer.Typer(
    cls=BotGroup,
    no_args_is_help=True,
    help="The firms' rules: list, show, diff, confirm, and replay histories through them.",
    rich_markup_mode=None,
)

PhaseOption = Annotated[
    str | None, typer.Option("--phase", help="Only this phase, as the preset names it.")
]


@app.command("list")
def list_command(*, params: ParamsOption = None, as_json: JsonOption = False) -> None:
    """List every rule set in a line: targets, limits, days, and how well it is known."""
    from bot.cli.rules_list import show_list  # noqa: PLC0415

    show_list(params, as_json=as_json)


@app.command("show")
def show_command(
    preset: Annotated[
        str | None, typer.Argument(help="A rule set by name; the configured one by default.")
    ] = None,
    *,
    phase: PhaseOption = None,
    params: ParamsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every number of a rule set, its source, what the bot enforces and what is yours."""
    from bot.cli.rules_show import show  # noqa: PLC0415

    show(params, preset, phase, as_json=as_json)


@app.command("diff")
def diff_command(
    first: Annotated[str, typer.Argument(metavar="A", help="A rule set by name.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    *,
    params: ParamsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what differs between two rule sets, and nothing else."""
    from bot.cli.rules_diff import show_diff  # noqa: PLC0415

    show_diff(params, first, second, as_json=as_json)


@app.command("confirm")
def confirm_command(
    *,
    by: Annotated[
        str, typer.Option("--by", help="Your name, kept with the date; asked for when missing.")
    ] = "",
    params: ParamsOption = None,
    folder: FolderOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Confirm, after reading them, that the shown numbers are those of your agreement."""
    from bot.cli.rules_confirm import confirm  # noqa: PLC0415

    confirm(params, folder, by, as_json=as_json)


@app.command("replay")
def replay_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Histories as JSON.")],
    *,
    presets: Annotated[
        Path | None, typer.Option("--presets", help="Rule sets of this file, not the shipped.")
    ] = None,
    params: ParamsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Live histories through the rules that trade; exit code 1 when any comes out otherwise."""
    from bot.cli.rules_replay import replay  # noqa: PLC0415

    raise typer.Exit(replay(file, presets, params, as_json=as_json))
