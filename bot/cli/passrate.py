"""`bot passrate`: how likely a configuration is to pass, from every day of a history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import BarPath, BarPathOption, JsonOption, ParamsOption

if TYPE_CHECKING:
    from bot.research.passrate import PassAsk

_RISK_MAX_PCT = 10.0
_HOUR_S = 3_600.0


def passrate(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
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
    every: Annotated[
        int, typer.Option("--every", min=1, help="Start on every Nth trading day.")
    ] = 1,
    max_days: Annotated[
        int, typer.Option("--max-days", min=5, max=3_660, help="Follow a step for so many days.")
    ] = 365,
    tended: Annotated[
        bool, typer.Option("--tended", help="The owner keeps an idle account from lapsing.")
    ] = False,
    person_hours: Annotated[
        float, typer.Option(min=0.0, help="How soon a person resets a breaker that asks for one.")
    ] = 24.0,
    random_seeds: Annotated[
        int, typer.Option(min=0, max=1_000, help="Histories with random entries; 0 for none.")
    ] = 20,
    risk_grid: Annotated[
        str | None, typer.Option("--risk-grid", help="Percent per trade: 0.25,0.5,1.")
    ] = None,
    paths: Annotated[
        int, typer.Option("--paths", min=0, max=1_000_000, help="Bootstrapped paths.")
    ] = 0,
    block: Annotated[
        int, typer.Option("--block", min=0, max=250, help="Days per block; 0 chooses it.")
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of everything drawn.")] = 0,
    threads: Annotated[int, typer.Option("--threads", min=1, max=256, help="Walks at once.")] = 2,
    path: BarPathOption = BarPath.ADVERSE_FIRST,
    params: ParamsOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the study.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Begin a challenge on every trading day of recorded bars; tell how often it is passed.

    Compared with random entries at equal costs. Stop it whenever you like: the same command goes
    on where it was.
    """
    from bot.cli.research_extra import CHANCES, WALKING, need  # noqa: PLC0415

    risks = risks_fraction(risk_grid)
    need((*WALKING, *CHANCES))
    from bot.cli.passrate_run import run_passrate  # noqa: PLC0415
    from bot.cli.span import span_of  # noqa: PLC0415
    from bot.cli.study import StudyAsk  # noqa: PLC0415
    from bot.research.passrate import PassAsk  # noqa: PLC0415
    from bot.simulator.quotes import ExtremeOrder  # noqa: PLC0415

    ask: PassAsk = PassAsk(
        every_count=every,
        days_max=max_days,
        is_tended=tended,
        person_reset_s=person_hours * _HOUR_S,
        random_seeds_count=random_seeds,
        risks_fraction=risks,
        paths_count=paths,
        block_days_count=block,
        seed=seed,
        threads_count=threads,
    )
    span = span_of(first, last, timerange)
    study = StudyAsk(data, span, params, symbols, ExtremeOrder(path.value), seed)
    run_passrate(study, ask, out, as_json=as_json)


def risks_fraction(text: str | None) -> tuple[float, ...]:
    """The risks of `--risk-grid` as fractions, ascending; raises `typer.BadParameter`."""
    if text is None:
        return ()
    found: set[float] = set()
    for part in text.split(","):
        try:
            risk_pct = float(part)
        except ValueError:
            risk_pct = -1.0
        if not 0.0 < risk_pct <= _RISK_MAX_PCT:
            message = (
                f"--risk-grid {text!r}: {part.strip()!r} must be a number of percent above 0 and "
                f"at most {_RISK_MAX_PCT:g}, as in 0.25,0.5,1"
            )
            raise typer.BadParameter(message)
        found.add(risk_pct / 100.0)
    return tuple(sorted(found))
