"""`bot calendar`: the news the trader stays out of, whether they are known, and fetching them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.group import BotGroup
from bot.cli.options import FolderOption, JsonOption, ParamsOption, params_path

app = typer.Typer(
    cls=BotGroup,
    no_args_is_help=True,
    help="The news calendar: what is coming, whether it is fresh, and getting it.",
    rich_markup_mode=None,
)


@app.command("show")
def show_command(
    symbol: Annotated[
        str | None, typer.Argument(help="Only this symbol; every traded one by default.")
    ] = None,
    *,
    params: ParamsOption = None,
    folder: FolderOption = Path(),
    hours: Annotated[
        float, typer.Option(min=1.0, max=336.0, help="How far to look ahead, in hours.")
    ] = 48.0,
    as_json: JsonOption = False,
) -> None:
    """Show the coming windows of each symbol, and how fresh each source is."""
    from bot.cli.calendar_show import facts_of, show_facts  # noqa: PLC0415

    facts = facts_of(params_path(params), folder, hours, symbol)
    show_facts(facts, as_json=as_json)


@app.command("check")
def check_command(
    *, params: ParamsOption = None, folder: FolderOption = Path(), as_json: JsonOption = False
) -> None:
    """Check every calendar file; exit code 1 when entries would be blocked for want of one."""
    from bot.cli.calendar_show import facts_of, show_sources  # noqa: PLC0415

    facts = facts_of(params_path(params), folder, 0.0, None)
    show_sources(facts, as_json=as_json)
    if facts.state != "FRESH":
        raise typer.Exit(1)


@app.command("fetch")
def fetch_command(
    *,
    params: ParamsOption = None,
    folder: FolderOption = Path(),
    out: Annotated[
        Path | None, typer.Option(help="File to write; news.feed_path of the folder by default.")
    ] = None,
    every_min: Annotated[
        float | None,
        typer.Option(min=5.0, max=1_440.0, help="Go on fetching, with this pause in minutes."),
    ] = None,
) -> None:
    """Fetch the weekly feed from news.feed_url, politely; the last good file is kept."""
    from bot.cli.calendar_fetch import fetch, fetch_for_ever  # noqa: PLC0415

    if every_min is None:
        raise typer.Exit(fetch(params_path(params), folder, out))
    fetch_for_ever(params_path(params), folder, out, every_min * 60.0)
