"""`bot lookahead`: whether signals change when the future is taken away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import JsonOption, ParamsOption

_CUTS_MAX = 10_000


def lookahead(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
    *,
    data: Annotated[Path, typer.Option("--data", help="Folder of bars: h1/EURUSD.parquet ...")],
    first: Annotated[str | None, typer.Option("--from", help="First server day.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last server day.")] = None,
    timerange: Annotated[str | None, typer.Option(help="Both at once: 20230101-20231231.")] = None,
    symbols: Annotated[
        str | None, typer.Option(help="Comma separated; all with bars by default.")
    ] = None,
    strategy: Annotated[
        str | None,
        typer.Option(
            help="module:function from Bars to one row per bar; the shipped one if absent."
        ),
    ] = None,
    timeframe: Annotated[str, typer.Option(help="Bars --strategy gets: H1, H4, D1, W1.")] = "D1",
    cuts: Annotated[int, typer.Option(min=1, max=_CUTS_MAX, help="Cuts per symbol.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="Which cuts.")] = 7,
    params: ParamsOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the study.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Compute signals on histories cut short and compare them with those of the whole one.

    Exit code 1 when one differs; the bar and the column are named.
    """
    from bot.cli.research_extra import WALKING, need  # noqa: PLC0415

    need(WALKING)
    from bot.cli.lookahead_run import LookaheadAsk, lookahead_and_tell  # noqa: PLC0415 -- heavy
    from bot.cli.span import span_of  # noqa: PLC0415
    from bot.cli.study import StudyAsk  # noqa: PLC0415

    study = StudyAsk(data, span_of(first, last, timerange), params, symbols, seed=seed)
    ask = LookaheadAsk(study, strategy, timeframe.upper(), cuts)
    raise typer.Exit(lookahead_and_tell(ask, out, as_json=as_json))
