"""`bot walkforward`: choose on the past, trade the days after it, count only those."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from bot.cli import tuning
from bot.cli.options import BarPath, BarPathOption, JsonOption, ParamsOption

if TYPE_CHECKING:
    from bot.research.judge import Bars
    from bot.research.search import Plan
    from bot.research.walkforward import Steps


class ForwardMode(Enum):
    """Where the past begins; `Mode` of the research, but light."""

    ROLLING = "rolling"
    ANCHORED = "anchored"


class _Ask(NamedTuple):
    plan: Plan
    steps: Steps
    bars: Bars
    scheduler: str
    threads_count: int


def walkforward(  # noqa: PLR0913 -- a verb has as many options as it needs, all named
    *,
    data: tuning.DataOption,
    first: tuning.FirstOption = None,
    last: tuning.LastOption = None,
    timerange: tuning.TimerangeOption = None,
    space: tuning.SpaceOption = None,
    preset: tuning.PresetOption = None,
    train: Annotated[int, typer.Option(min=30, help="Days to choose on.")] = 365,
    test: Annotated[int, typer.Option(min=5, help="Unseen days after them.")] = 90,
    step: Annotated[
        int | None, typer.Option(min=5, help="Days to the next window; as --test by default.")
    ] = None,
    mode: Annotated[
        ForwardMode, typer.Option(help="rolling: --train days; anchored: all days before.")
    ] = ForwardMode.ROLLING,
    objective: Annotated[str, typer.Option(help="As bot sweep; the first decides.")] = "net_r",
    sampler: Annotated[str, typer.Option(help="grid, tpe, nsga2 or random.")] = "grid",
    trials: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="Different points per window, at most.")
    ] = None,
    seed: tuning.SeedOption = 0,
    trades_min: Annotated[
        int, typer.Option("--trades-min", min=2, help="Fewer unseen trades are too thin.")
    ] = 100,
    symbols: tuning.SymbolsOption = None,
    path: BarPathOption = BarPath.ADVERSE_FIRST,
    params: ParamsOption = None,
    scheduler: tuning.SchedulerOption = "local",
    threads: tuning.ThreadsOption = 2,
    out: tuning.OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sweep each window's past, trade its unseen days, add those up; a verdict in plain words.

    Stop it whenever you like, even hard: the same command goes on where it was.
    """
    with tuning.research_extra():
        from bot.cli.span import span_of  # noqa: PLC0415
        from bot.cli.study import StudyAsk  # noqa: PLC0415
        from bot.research.figures import objectives_of  # noqa: PLC0415
        from bot.research.judge import Bars  # noqa: PLC0415
        from bot.research.search import Plan  # noqa: PLC0415
        from bot.research.walkforward import Mode, Steps  # noqa: PLC0415
        from bot.simulator.quotes import ExtremeOrder  # noqa: PLC0415

    span = span_of(first, last, timerange)
    plan = Plan(sampler, trials, seed, objectives_of(objective))
    steps = Steps(train, test, step or test, Mode(mode.value))
    ask = StudyAsk(data, span, params, symbols, ExtremeOrder(path.value), seed)
    room = tuning.open_room(ask, space or (), preset)
    _run(room, _Ask(plan, steps, Bars(trades_min), scheduler, threads), out, as_json=as_json)


def _run(room: tuning.Room, ask: _Ask, out: Path | None, *, as_json: bool) -> None:
    from bot.adapters.clock import SystemClock  # noqa: PLC0415
    from bot.research.scheduling import crew_of  # noqa: PLC0415
    from bot.research.walkforward import walk_forward, windows_of  # noqa: PLC0415
    from bot.research.walkforward_report import (  # noqa: PLC0415
        walkforward_document,
        walkforward_page,
    )

    plan, steps = ask.plan, ask.steps
    span = room.study.ask.span
    windows = windows_of(span.first_day, span.last_day, steps)
    tuning.must_have_space(room)
    asked = tuning.asked_of(room, plan) | {
        "train_days": steps.train_days,
        "test_days": steps.test_days,
        "step_days": steps.step_days,
        "mode": steps.mode.value,
    }
    folder = room.study.folder("walkforward", out, asked)
    wanted_count = len(windows) * tuning.wanted_count(room, plan)
    teller = tuning.Teller(wanted_count, plan.objectives[0], SystemClock().monotonic_s)
    with (
        crew_of(room.work, ask.scheduler, ask.threads_count) as crew,
        tuning.bench_of(room, folder, crew, teller) as bench,
    ):
        made = walk_forward(room.space, plan, bench, windows, ask.bars)
    document = walkforward_document(room.space, plan, steps, made) | {"fixed": dict(room.fixed)}
    page = walkforward_page(made, steps, tuning.about_of(room))
    tuning.keep_reports(folder, document, page)
    tuning.show(folder, document, page, as_json=as_json)
