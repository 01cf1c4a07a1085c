"""`bot parity`: what was lived beside what the walk would have done, trade by trade."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import BarPath, BarPathOption, JsonOption, ParamsOption


def parity(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
    *,
    data: Annotated[Path, typer.Option("--data", help="Folder of bars.")] = Path("history"),
    first: Annotated[str | None, typer.Option("--from", help="First server day.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last server day.")] = None,
    timerange: Annotated[str | None, typer.Option(help="Both at once: 20230101-20231231.")] = None,
    yesterday: Annotated[
        bool, typer.Option("--yesterday", help="The last whole server day of a run.")
    ] = False,
    run: Annotated[
        Path | None,
        typer.Option("--run", help="Folder of a run that was lived: . is the live one."),
    ] = None,
    symbols: Annotated[
        str | None, typer.Option(help="Comma separated; all with bars by default.")
    ] = None,
    path: BarPathOption = BarPath.ADVERSE_FIRST,
    params: ParamsOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the replay.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare a run with a walk over the same bars; exit code 1 when any trade differs.

    Without --run the bars are lived by the real loop first, as bot replay does. With it the run's
    own journal is compared, from its first day on; only trades opened in the days asked for count.
    """
    from bot.cli.research_extra import WALKING, need  # noqa: PLC0415

    need(WALKING)
    from bot.cli.parity_run import ParityAsk, compare_and_tell  # noqa: PLC0415 -- heavy
    from bot.simulator.quotes import ExtremeOrder  # noqa: PLC0415

    if yesterday:
        if (first, last, timerange) != (None, None, None):
            message = "--yesterday stands for the days; give one or the other"
            raise typer.BadParameter(message)
        run = run or Path()
    ask = ParityAsk(data, (first, last, timerange), run, symbols, params, ExtremeOrder(path.value))
    if not compare_and_tell(ask, out, as_json=as_json):
        raise typer.Exit(1)
