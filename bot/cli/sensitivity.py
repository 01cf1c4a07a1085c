"""`bot sensitivity`: which parameter matters, one at a time and the strongest together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from bot.cli import tuning
from bot.cli.options import BarPath, BarPathOption, JsonOption, ParamsOption

if TYPE_CHECKING:
    from bot.research.search import Plan


class _Ask(NamedTuple):
    plan: Plan
    only: tuple[str, ...]
    together_count: int
    scheduler: str
    threads_count: int


def sensitivity(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
    *,
    data: tuning.DataOption,
    first: tuning.FirstOption = None,
    last: tuning.LastOption = None,
    timerange: tuning.TimerangeOption = None,
    only: Annotated[
        str, typer.Option(help="Groups or parameters, comma separated; signal takes longest.")
    ] = "entry,exits,weekend",
    objective: Annotated[str, typer.Option(help="As bot sweep, one of them.")] = "net_r",
    together: Annotated[
        int, typer.Option(min=0, max=10_000, help="Random mixtures of the strongest; 0 for none.")
    ] = 100,
    seed: tuning.SeedOption = 0,
    symbols: tuning.SymbolsOption = None,
    path: BarPathOption = BarPath.ADVERSE_FIRST,
    params: ParamsOption = None,
    scheduler: tuning.SchedulerOption = "local",
    threads: tuning.ThreadsOption = 2,
    out: tuning.OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change each parameter alone over its bounds, then mix the strongest; rank what moves.

    Stop it whenever you like, even hard: the same command goes on where it was.
    """
    with tuning.research_extra():
        from bot.cli.span import span_of  # noqa: PLC0415
        from bot.cli.study import StudyAsk  # noqa: PLC0415
        from bot.research.figures import objective_of  # noqa: PLC0415
        from bot.research.search import Plan  # noqa: PLC0415
        from bot.simulator.quotes import ExtremeOrder  # noqa: PLC0415

    plan = Plan("random", together or None, seed, (objective_of(objective),))
    span = span_of(first, last, timerange)
    ask = StudyAsk(data, span, params, symbols, ExtremeOrder(path.value), seed)
    wanted = tuple(part.strip() for part in only.split(",") if part.strip())
    room = tuning.open_room(ask, (), None)
    _run(room, _Ask(plan, wanted, together, scheduler, threads), out, as_json=as_json)


def _run(room: tuning.Room, ask: _Ask, out: Path | None, *, as_json: bool) -> None:
    from bot.adapters.clock import SystemClock  # noqa: PLC0415
    from bot.backtest.engine import Stretch  # noqa: PLC0415
    from bot.research.scheduling import crew_of  # noqa: PLC0415
    from bot.research.sensitivity import measure, probes_of  # noqa: PLC0415
    from bot.research.sensitivity_report import (  # noqa: PLC0415
        sensitivity_document,
        sensitivity_page,
    )

    objective = ask.plan.objectives[0]
    probes = probes_of(room.work.desk.document, ask.only)
    asked = {"only": list(ask.only), "objective": objective}
    folder = room.study.folder("sensitivity", out, asked)
    wanted_count = 1 + sum(len(probe.values) for probe in probes) + ask.together_count
    teller = tuning.Teller(wanted_count, objective, SystemClock().monotonic_s)
    stretch = Stretch(*room.study.markets.span_s)
    with (
        crew_of(room.work, ask.scheduler, ask.threads_count) as crew,
        tuning.bench_of(room, folder, crew, teller) as bench,
    ):
        found = measure(probes, ask.plan, bench, stretch, ask.together_count)
    document = sensitivity_document(found, objective)
    page = sensitivity_page(found, objective, tuning.about_of(room))
    tuning.keep_reports(folder, document, page)
    tuning.show(folder, document, page, as_json=as_json)
