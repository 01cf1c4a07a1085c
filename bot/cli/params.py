"""`bot params`: promote what a study found, go back, and give trades their full size again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import console
from bot.cli.group import BotGroup
from bot.cli.options import JsonOption, ParamsOption, params_path

app = typer.Typer(
    cls=BotGroup,
    no_args_is_help=True,
    help="Parameters with a past: bot params promote RUN, bot params rollback.",
    rich_markup_mode=None,
)

_RESTART = "The trader reads it when it starts: restart it to trade by it."


@app.command("promote")
def promote_command(
    run: Annotated[Path, typer.Argument(help="Folder of a finished sweep or walk-forward.")],
    *,
    params: ParamsOption = None,
    anyway: Annotated[
        str, typer.Option(help="Trade a refused result all the same, for this reason.")
    ] = "",
    start_factor: Annotated[
        float,
        typer.Option(min=0.05, max=1.0, help="Share of the risk until parity has enough trades."),
    ] = 0.5,
    as_json: JsonOption = False,
) -> None:
    """Make a study's best parameters the trader's, with a passport; thin results are refused."""
    from bot.adapters.clock import SystemClock  # noqa: PLC0415
    from bot.cli.tuning import research_extra  # noqa: PLC0415

    with research_extra():
        from bot.research.promotion import Wish, promote, read_run  # noqa: PLC0415

    path = params_path(params)
    wish = Wish(
        anyway.strip(), start_factor, datetime.fromtimestamp(SystemClock().now_utc_s(), UTC)
    )
    done = promote(path, read_run(run), wish)
    if as_json:
        console.say_json({"params": str(path), "kept": str(done.kept), **done.passport})
        return
    console.say(f"{path} now holds parameters {done.params_hash}; the file before is {done.kept}")
    for name, value in done.passport["changes"].items():  # type: ignore[attr-defined]
        console.say(f"  {name} = {value}")
    console.say(
        f"Trades start at {min(start_factor, 1.0):.0%} of their size until bot parity has compared "
        "enough of them; then: bot params full-size --parity-trades N"
    )
    console.say(_RESTART)


@app.command("rollback")
def rollback_command(*, params: ParamsOption = None, as_json: JsonOption = False) -> None:
    """Put the parameters before the last promotion back; nothing is thrown away."""
    from bot.cli.tuning import research_extra  # noqa: PLC0415

    with research_extra():
        from bot.research.promotion import rollback  # noqa: PLC0415

    path = params_path(params)
    undone = rollback(path)
    if as_json:
        console.say_json({"params": str(path), "undone": str(undone)})
        return
    console.say(f"{path} is as before the last promotion; what it replaced is {undone}")
    console.say(_RESTART)


@app.command("full-size")
def full_size_command(
    *,
    parity_trades: Annotated[
        int, typer.Option("--parity-trades", min=0, help="Trades that bot parity has compared.")
    ],
    params: ParamsOption = None,
) -> None:
    """End the reduced size of a promotion, once parity has compared enough trades."""
    from bot.cli.tuning import research_extra  # noqa: PLC0415

    with research_extra():
        from bot.research.promotion import grow  # noqa: PLC0415

    path = params_path(params)
    factor = grow(path, parity_trades)
    console.say(f"{path}: sizing.start_factor is {factor:g} again")
    console.say(_RESTART)
