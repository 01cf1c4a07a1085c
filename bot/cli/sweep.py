"""`bot sweep`: try many parameters on recorded prices; say whether the best is worth anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from bot.cli import tuning
from bot.cli.options import BarPath, BarPathOption, JsonOption, ParamsOption

if TYPE_CHECKING:
    from bot.research.judge import Bars
    from bot.research.search import Plan


class _Ask(NamedTuple):
    plan: Plan
    bars: Bars
    scheduler: str
    threads_count: int


def sweep(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
    *,
    data: tuning.DataOption,
    first: tuning.FirstOption = None,
    last: tuning.LastOption = None,
    timerange: tuning.TimerangeOption = None,
    space: tuning.SpaceOption = None,
    preset: tuning.PresetOption = None,
    objective: Annotated[
        str,
        typer.Option(
            help="net_r, mean_r, calmar, sharpe, profit_factor, pass or drawdown; several with "
            "commas, the first decides."
        ),
    ] = "net_r",
    sampler: Annotated[str, typer.Option(help="grid, tpe, nsga2 or random.")] = "grid",
    trials: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="At most so many different points.")
    ] = None,
    seed: tuning.SeedOption = 0,
    storage: Annotated[
        str, typer.Option(help="Optuna storage to show the trials in too: sqlite:///trials.db.")
    ] = "",
    trades_min: Annotated[
        int, typer.Option("--trades-min", min=2, help="Fewer trades are too thin to promote.")
    ] = 100,
    symbols: tuning.SymbolsOption = None,
    path: BarPathOption = BarPath.ADVERSE_FIRST,
    params: ParamsOption = None,
    scheduler: tuning.SchedulerOption = "local",
    threads: tuning.ThreadsOption = 2,
    out: tuning.OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try many parameters; judge the best by its neighbours, its trades and the luck of so many.

    Stop it whenever you like, even hard: the same command goes on where it was.
    """
    with tuning.research_extra():
        from bot.cli.span import span_of  # noqa: PLC0415
        from bot.cli.study import StudyAsk  # noqa: PLC0415
        from bot.research.figures import objectives_of  # noqa: PLC0415
        from bot.research.judge import Bars  # noqa: PLC0415
        from bot.research.search import Plan  # noqa: PLC0415
        from bot.simulator.quotes import ExtremeOrder  # noqa: PLC0415

    span = span_of(first, last, timerange)
    plan = Plan(sampler, trials, seed, objectives_of(objective), storage, f"sweep-{span.name}")
    ask = StudyAsk(data, span, params, symbols, ExtremeOrder(path.value), seed)
    room = tuning.open_room(ask, space or (), preset)
    _run(room, _Ask(plan, Bars(trades_min), scheduler, threads), out, as_json=as_json)


def _run(room: tuning.Room, ask: _Ask, out: Path | None, *, as_json: bool) -> None:
    from bot.adapters.clock import SystemClock  # noqa: PLC0415
    from bot.backtest.engine import Stretch  # noqa: PLC0415
    from bot.research.scheduling import crew_of  # noqa: PLC0415
    from bot.research.sweep import sweep as swept_by  # noqa: PLC0415
    from bot.research.sweep_report import sweep_document, sweep_page  # noqa: PLC0415

    plan = ask.plan
    tuning.must_have_space(room)
    folder = room.study.folder("sweep", out, tuning.asked_of(room, plan))
    wanted_count = tuning.wanted_count(room, plan)
    teller = tuning.Teller(wanted_count, plan.objectives[0], SystemClock().monotonic_s)
    with (
        crew_of(room.work, ask.scheduler, ask.threads_count) as crew,
        tuning.bench_of(room, folder, crew, teller) as bench,
    ):
        swept = swept_by(room.space, plan, bench, Stretch(*room.study.markets.span_s), ask.bars)
    document = sweep_document(room.space, plan, swept) | {"fixed": dict(room.fixed)}
    page = sweep_page(document, room.space, swept, tuning.about_of(room))
    tuning.keep_reports(folder, document, page)
    tuning.show(folder, document, page, as_json=as_json)
