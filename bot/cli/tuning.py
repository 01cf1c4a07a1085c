"""What sweep, walkforward and sensitivity share: their options, their study, how they are told."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import console
from bot.errors import BotError, ParamsError

if TYPE_CHECKING:
    from bot.cli.study import Study, StudyAsk
    from bot.research.page import Page
    from bot.research.scheduling import Crew
    from bot.research.search import Plan
    from bot.research.space import Changes, Space
    from bot.research.study_folder import StudyFolder
    from bot.research.sweep import Bench
    from bot.research.trials import Trial, TrialWork

DataOption = Annotated[Path, typer.Option("--data", help="Folder of bars: h1/EURUSD.parquet ...")]
FirstOption = Annotated[str | None, typer.Option("--from", help="First server day.")]
LastOption = Annotated[str | None, typer.Option("--to", help="Last server day.")]
TimerangeOption = Annotated[
    str | None, typer.Option(help="Both at once: 20220105-20241231, either end may be open.")
]
SymbolsOption = Annotated[
    str | None, typer.Option(help="Comma separated; all with bars by default.")
]
SpaceOption = Annotated[
    list[str] | None,
    typer.Option("--space", help="path=low:high:step or path=a,b,c; once per parameter."),
]
PresetOption = Annotated[
    str | None,
    typer.Option(help="Ready grid: daily-budget, trades-per-day, gating, atr or thresholds."),
]
SeedOption = Annotated[int, typer.Option(min=0, help="Same seed, same trials.")]
OutOption = Annotated[Path | None, typer.Option(help="Folder of the study.")]
SchedulerOption = Annotated[
    str, typer.Option(help="local, or a Dask scheduler: tcp://127.0.0.1:8786.")
]
ThreadsOption = Annotated[int, typer.Option(min=1, max=256, help="Walks at once on this machine.")]

_TOLD_EVERY_S = 1.0


class UnfinishedError(BotError):
    """A study was stopped before its end; the words say how to go on."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where trials are walked: the study, what it may change and who works."""

    study: Study
    space: Space
    fixed: Changes
    notes: tuple[str, ...]
    work: TrialWork


@dataclass(eq=False)
class Teller:
    """Progress on stderr: trials done, how fast, the best so far."""

    wanted_count: int
    objective: str
    clock: Callable[[], float]
    began_s: float = field(init=False)
    told_s: float = field(init=False)
    done_count: int = 0
    best: float | None = None

    def __post_init__(self) -> None:
        """Begin to count."""
        self.began_s = self.told_s = self.clock()

    def __call__(self, rows_count: int, trial: Trial) -> None:
        """A trial was done anew."""
        from bot.research.figures import score  # noqa: PLC0415

        self.done_count += 1
        if trial.figures is not None:
            own = score(trial.figures, self.objective)
            self.best = own if self.best is None else max(self.best, own)
        now_s = self.clock()
        if now_s - self.told_s >= _TOLD_EVERY_S or self.done_count == 1:
            self.told_s = now_s
            pace = self.done_count / max(1e-9, now_s - self.began_s)
            best = "none yet" if self.best is None else f"{self.best:.3f}"
            wanted = f" of about {self.wanted_count}" if self.wanted_count else ""
            console.tell(
                f"{rows_count}{wanted} trials, {pace:,.1f} a second, best {self.objective} {best}"
            )


@contextmanager
def research_extra() -> Iterator[None]:
    """Within it a package of the extra that is not there is said in plain words."""
    try:
        yield
    except ModuleNotFoundError as error:
        name = (error.name or "").split(".")[0]
        if name in ("bot", "tools", ""):
            raise
        message = f'this needs {name}: pip install "challenge-bot[research]"'
        raise ParamsError(message) from error


def open_room(ask: StudyAsk, space: Sequence[str], preset: str | None) -> Room:
    """Read parameters, prices and the space; raises `ParamsError` or `DataError`."""
    from bot.cli.options import params_path  # noqa: PLC0415
    from bot.cli.study import open_study  # noqa: PLC0415
    from bot.params.document_check import Desk  # noqa: PLC0415
    from bot.research.space import Space, space_of  # noqa: PLC0415
    from bot.research.space_presets import Preset, preset_of  # noqa: PLC0415
    from bot.research.trials import Habitat, TrialWork  # noqa: PLC0415

    chosen = preset_of(preset) if preset is not None else Preset((), {}, ())
    desk = Desk.of_file(params_path(ask.params))
    texts = [*chosen.space, *space]
    made = space_of(texts, desk.document) if texts else Space(())
    study = open_study(ask)
    work = TrialWork(study.markets.market, study.markets.span_s, desk, Habitat(study.settings))
    work.markets = study.markets
    return Room(study, made, chosen.fixed, chosen.notes, work)


def must_have_space(room: Room) -> None:
    """Raises `ParamsError` with what to give when there is nothing to change."""
    from bot.research.space import space_of  # noqa: PLC0415

    if not room.space.axes:
        space_of((), room.work.desk.document)


def asked_of(room: Room, plan: Plan) -> dict[str, object]:
    """What makes a search the same search, for the study's manifest."""
    return {
        "space": room.space.document(),
        "fixed": dict(room.fixed),
        "sampler": plan.sampler,
        "objectives": list(plan.objectives),
    }


def wanted_count(room: Room, plan: Plan) -> int:
    """About how many points one search tries."""
    from bot.research.search import TRIALS_DEFAULT_COUNT  # noqa: PLC0415

    default = room.space.points_count if plan.sampler == "grid" else TRIALS_DEFAULT_COUNT
    return min(plan.trials_count or default, room.space.points_count)


@contextmanager
def bench_of(room: Room, folder: StudyFolder, crew: Crew, teller: Teller) -> Iterator[Bench]:
    """A bench that a first Ctrl-C stops between trials, with words how to go on."""
    from bot.cli.interrupt import interruptible  # noqa: PLC0415
    from bot.research.sweep import Bench, StoppedError  # noqa: PLC0415

    asked: list[bool] = []
    with interruptible(lambda: asked.append(True)):
        try:
            yield Bench(crew, folder, room.fixed, teller, lambda: bool(asked))
        except StoppedError as error:
            again = f"bot {shlex.join(sys.argv[1:])}"
            message = (
                f"stopped; {len(folder.rows)} trials are kept in {folder.root}. Go on with: {again}"
            )
            raise UnfinishedError(message) from error


def about_of(room: Room) -> tuple[str, ...]:
    """What was walked, in words for the page."""
    study = room.study
    span = study.ask.span
    names = ", ".join(item.symbol for item in study.settings.symbols)
    count = len(study.settings.symbols)
    lines = [
        f"{count} symbols ({names}) from {span.first_text} to {span.last_text}, by the rules that "
        f"trade live, under {study.settings.firm_label}. An account that passes, breaches or "
        "stands still is followed by a new one on the next day.",
        f"Parameters {study.settings.params_hash}, prices {study.data_hash}.",
    ]
    lines += [f"Set for all trials: {path} = {value}." for path, value in room.fixed.items()]
    lines += [f"Preset: {note}." for note in room.notes]
    lines += [f"Prices: {note}." for note in study.notes]
    return tuple(lines)


def keep_reports(folder: StudyFolder, document: Mapping[str, object], page: Page) -> None:
    """Write report.json, report.md and report.html into the study's folder."""
    import json  # noqa: PLC0415

    from bot.research.page import html, markdown  # noqa: PLC0415

    folder.write_text("report.json", json.dumps(document, indent=2, allow_nan=False) + "\n")
    folder.write_text("report.md", markdown(page))
    folder.write_text("report.html", html(page))


def show(folder: StudyFolder, document: Mapping[str, object], page: Page, *, as_json: bool) -> None:
    """The facts as JSON, or the verdict and where the pages are."""
    if as_json:
        console.say_json({**document, "folder": str(folder.root)})
        return
    console.say(console.folded(page.verdict))
    for reason in page.reasons:
        console.say(console.folded(f"  - {reason}"))
    console.say()
    console.say(console.folded(f"Pages: {folder.root / 'report.html'}, report.md, report.json"))
