"""Lives a planned simulation and tells how it went; shared by `demo` and `replay`."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import typer

from bot.adapters.instance_lock import InstanceLock
from bot.adapters.journal_files import read_events
from bot.cli import console
from bot.cli.interrupt import interruptible
from bot.cli.outcome import Ending, last_known, show_outcome
from bot.cli.progress import LineProgress, Pace, PictureProgress, Progress
from bot.cli.simulation import Simulation, SimulationPlan
from bot.report.picture import points_of
from bot.report.text import server_stamp

_UNFINISHED = 1


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person wants to see of the run."""

    title: str
    as_json: bool
    with_picture: bool
    notes: tuple[str, ...] = ()


def live_and_tell(plan: SimulationPlan, shown: Shown) -> None:
    """Live the plan from wherever it stands to its end, then print the outcome.

    Raises `AlreadyRunningError` when another process lives the same folder.
    """
    account = plan.settings.account
    with InstanceLock(plan.run.state, account.login, account.server):
        simulation = Simulation(plan)
        if simulation.resumed_utc_s > plan.start_utc_s and not shown.as_json:
            console.tell(f"Going on at {server_stamp(simulation.resumed_utc_s)} server")
        progress = _progress(plan, shown, simulation.resumed_utc_s)
        with interruptible(simulation.stop) as was_asked:
            simulation.live(progress)
            ending = Ending(last_known(plan.run), was_asked(), shown.notes)
    with_picture = shown.with_picture and not sys.stdout.isatty()
    show_outcome(plan.run, ending, as_json=shown.as_json, with_picture=with_picture)
    if ending.is_interrupted:
        raise typer.Exit(_UNFINISHED)


def _progress(plan: SimulationPlan, shown: Shown, resumed_utc_s: float) -> Progress:
    pace = Pace(plan.start_utc_s, plan.end_utc_s, resumed_utc_s)
    if shown.with_picture and not shown.as_json and sys.stdout.isatty():
        return PictureProgress(shown.title, pace, points_of(read_events(plan.run.journal)))
    return LineProgress(pace, is_shown=not shown.as_json or sys.stderr.isatty())
