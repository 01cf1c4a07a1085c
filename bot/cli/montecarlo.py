"""`bot montecarlo`: what else could have become of one account's days, trades and prices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import BarPath, BarPathOption, JsonOption, ParamsOption

_HOUR_S = 3_600.0


def montecarlo(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
    *,
    data: Annotated[Path, typer.Option("--data", help="Folder of bars: h1/EURUSD.parquet ...")],
    first: Annotated[str | None, typer.Option("--from", help="First server day.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last server day.")] = None,
    timerange: Annotated[
        str | None, typer.Option(help="Both at once: 20230101-20231231, either end may be open.")
    ] = None,
    symbols: Annotated[
        str | None, typer.Option(help="Comma separated; all with bars by default.")
    ] = None,
    paths: Annotated[
        int, typer.Option("--paths", min=100, max=1_000_000, help="Paths of each kind.")
    ] = 1_000,
    block: Annotated[
        int, typer.Option("--block", min=0, max=250, help="Days per block; 0 chooses it.")
    ] = 0,
    person_hours: Annotated[
        float, typer.Option(min=0.0, help="How soon a person resets a breaker that asks for one.")
    ] = 24.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of everything drawn.")] = 0,
    path: BarPathOption = BarPath.ADVERSE_FIRST,
    params: ParamsOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the study.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Draw the days and trades of one account again, and walk it at worse prices.

    Stop it whenever you like: the same command goes on where it was.
    """
    from bot.cli.research_extra import CHANCES, WALKING, need  # noqa: PLC0415

    need((*WALKING, *CHANCES))
    from bot.cli.montecarlo_run import run_montecarlo  # noqa: PLC0415
    from bot.cli.span import span_of  # noqa: PLC0415
    from bot.cli.study import StudyAsk  # noqa: PLC0415
    from bot.research.montecarlo import MonteAsk  # noqa: PLC0415
    from bot.simulator.quotes import ExtremeOrder  # noqa: PLC0415

    ask = MonteAsk(
        paths_count=paths, block_days_count=block, seed=seed, person_reset_s=person_hours * _HOUR_S
    )
    span = span_of(first, last, timerange)
    study = StudyAsk(data, span, params, symbols, ExtremeOrder(path.value), seed)
    run_montecarlo(study, ask, out, as_json=as_json)
