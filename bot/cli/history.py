"""`bot history`: prices on disk; fetched, taken in, checked and listed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.group import BotGroup
from bot.cli.options import JsonOption, ParamsOption, TerminalOption

app = typer.Typer(
    cls=BotGroup,
    no_args_is_help=True,
    help="Prices on disk: download from the terminal, import exports, check, list.",
    rich_markup_mode=None,
)

_OUT = typer.Option("--out", help="Folder of bars; h1/EURUSD.parquet is written below it.")


@app.command("download")
def download_command(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
    *,
    first: Annotated[str | None, typer.Option("--from", help="First server day.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last server day.")] = None,
    timerange: Annotated[str | None, typer.Option(help="Both at once: 20230101-20231231.")] = None,
    symbols: Annotated[
        str | None, typer.Option(help="Comma separated; all of the parameter file by default.")
    ] = None,
    timeframes: Annotated[str, typer.Option(help="Comma separated.")] = "H1,H4,D1",
    out: Annotated[Path, _OUT] = Path("history"),
    params: ParamsOption = None,
    terminal_path: TerminalOption = "",
    simulated: Annotated[
        bool, typer.Option("--simulated", help="From a simulated terminal, to see how it looks.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch bars from the terminal into Parquet, month by month.

    Stop it whenever you like: the same command asks only for what is missing. Whole months are
    asked for once.
    """
    from bot.cli.history_run import DownloadAsk, download_and_tell  # noqa: PLC0415
    from bot.cli.research_extra import need  # noqa: PLC0415
    from bot.cli.span import span_of  # noqa: PLC0415

    need(("pyarrow",))
    span = span_of(first, last, timerange)
    place = None if simulated else terminal_path
    ask = DownloadAsk(span, symbols, timeframes, out, params)
    raise typer.Exit(download_and_tell(ask, place, as_json=as_json))


@app.command("import")
def import_command(
    files: Annotated[list[Path], typer.Argument(help="Exports of the terminal, CSV or Parquet.")],
    *,
    out: Annotated[Path, _OUT] = Path("history"),
    symbol: Annotated[
        str | None, typer.Option(help="Symbol; what the file's name begins with by default.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check files of bars and take them into the folder; nothing is repaired or overwritten."""
    from bot.cli.history_run import import_and_tell  # noqa: PLC0415
    from bot.cli.research_extra import need  # noqa: PLC0415

    need(("pyarrow",))
    raise typer.Exit(import_and_tell(files, out, symbol, as_json=as_json))


@app.command("check")
def check_command(
    place: Annotated[Path, typer.Argument(help="A file of bars, or a folder of them.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Say of each file whether it can be studied: ok, warning or refused; exit code 1 if any is.

    Looked for: order, doubles, gaps in trading hours, a timeframe named wrongly, impossible
    prices, frozen feeds, outliers, bars without range, and clocks that shift.
    """
    from bot.cli.history_show import check_and_tell  # noqa: PLC0415

    raise typer.Exit(check_and_tell(place, as_json=as_json))


@app.command("list")
def list_command(
    place: Annotated[Path, typer.Argument(help="Folder of bars.")] = Path("history"),
    *,
    as_json: JsonOption = False,
) -> None:
    """List what is held: symbol, timeframe, first and last bar, rows and gaps."""
    from bot.cli.history_show import list_and_tell  # noqa: PLC0415

    list_and_tell(place, as_json=as_json)
