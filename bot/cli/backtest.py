"""`bot backtest`: one walk of one account through recorded bars, and a report of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import BarPath, BarPathOption, JsonOption, ParamsOption

_SLIPPAGE_R_MAX = 5.0
_HOUR_S = 3_600.0


def backtest(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
    *,
    data: Annotated[Path, typer.Option("--data", help="Folder of bars: h1/EURUSD.parquet ...")],
    first: Annotated[str | None, typer.Option("--from", help="First server day.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last server day.")] = None,
    timerange: Annotated[str | None, typer.Option(help="Both at once: 20230101-20231231.")] = None,
    symbols: Annotated[
        str | None, typer.Option(help="Comma separated; all with bars by default.")
    ] = None,
    path: BarPathOption = BarPath.ADVERSE_FIRST,
    params: ParamsOption = None,
    no_stop: Annotated[
        bool,
        typer.Option("--no-stop", help="No profit target: trade on to the end, or to a breach."),
    ] = False,
    stop_slippage_r: Annotated[
        float,
        typer.Option(min=0.0, max=_SLIPPAGE_R_MAX, help="Stops fill this much worse, in R."),
    ] = 0.0,
    market_slippage_r: Annotated[
        float,
        typer.Option(min=0.0, max=_SLIPPAGE_R_MAX, help="Market entries fill worse, in R."),
    ] = 0.0,
    person_after_h: Annotated[
        float | None,
        typer.Option(
            min=0.0, help="A person resets breakers after so many hours; never if absent."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the report.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Walk one account through recorded bars by the rules that trade live, and report it.

    Writes report.html, report.md, report.json and trades.csv. The first walk after an update
    compiles for a minute or two; later ones take a moment.
    """
    from bot.cli.research_extra import REPORTING, WALKING, need  # noqa: PLC0415

    need((*WALKING, *REPORTING))
    from bot.backtest.terms import NEVER_S, Policy, Slippage  # noqa: PLC0415 -- heavy: what compiles
    from bot.cli.backtest_run import BacktestAsk, backtest_and_tell  # noqa: PLC0415
    from bot.cli.span import span_of  # noqa: PLC0415
    from bot.cli.study import StudyAsk  # noqa: PLC0415
    from bot.simulator.quotes import ExtremeOrder  # noqa: PLC0415

    span = span_of(first, last, timerange)
    study = StudyAsk(data, span, params, symbols, ExtremeOrder(path.value))
    slippage = Slippage(stop_slippage_r, market_slippage_r)
    person_s = NEVER_S if person_after_h is None else person_after_h * _HOUR_S
    policy = Policy(person_reset_s=person_s, stops_at_verdict=not no_stop)
    backtest_and_tell(BacktestAsk(study, slippage, policy), out, as_json=as_json)
