"""Walk-forward: choose on the past, trade the days after it, move on; only those days count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import cast

import numpy as np
from numpy.typing import NDArray

from bot.backtest.engine import Stretch
from bot.errors import DataError, ParamsError
from bot.research.deflated import probable_sharpe
from bot.research.figures import YEAR_S, Figures, figures_of
from bot.research.judge import Bars, sample_of
from bot.research.lives import Lives
from bot.research.scheduling import Row
from bot.research.search import Plan
from bot.research.space import Changes, Space
from bot.research.sweep import Bench, Swept, sweep
from bot.rules.calendar import day_start_utc_s
from bot.timezones import server_offset_table

EFFICIENCY_MIN = 0.5
STABLE_SHARE_MIN = 0.5
WINDOWS_MIN_COUNT = 4


class Mode(Enum):
    """Where the past begins: a fixed length before the test, or always at the first day."""

    ROLLING = "rolling"
    ANCHORED = "anchored"


@dataclass(frozen=True, slots=True)
class Steps:
    """Lengths in days; `step_days` is how far the next window begins after this one."""

    train_days: int
    test_days: int
    step_days: int
    mode: Mode


@dataclass(frozen=True, slots=True)
class Window:
    """Days to choose on and the days after them; the last day of each is included."""

    train: tuple[int, int]
    test: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Forward:
    """A window walked: what was chosen, how it did after, and how the file as it is did."""

    window: Window
    swept: Swept
    after: Figures
    unchanged: Figures
    closed_s: tuple[float, ...]
    result_r: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Stability:
    """Of one parameter: what each window chose, and the share of the value chosen most."""

    path: str
    chosen: tuple[object, ...]
    usual_share: float


@dataclass(frozen=True, slots=True)
class Walkforward:
    """All windows, their unseen days added up, and what speaks against trusting them."""

    forwards: tuple[Forward, ...]
    after: Figures
    unchanged_net_r: float
    efficiency: float
    stabilities: tuple[Stability, ...]
    certainty: float
    refusals: tuple[str, ...]


def windows_of(first_day: int, last_day: int, steps: Steps) -> list[Window]:
    """Every window whose days all lie in the span; raises `ParamsError` when there is none."""
    if steps.step_days < steps.test_days:
        message = (
            f"--step {steps.step_days}: must be at least --test {steps.test_days}, or days would "
            "count twice"
        )
        raise ParamsError(message)
    found: list[Window] = []
    test_day = first_day + steps.train_days
    while test_day + steps.test_days - 1 <= last_day:
        begins = first_day if steps.mode is Mode.ANCHORED else test_day - steps.train_days
        found.append(Window((begins, test_day - 1), (test_day, test_day + steps.test_days - 1)))
        test_day += steps.step_days
    if not found:
        message = (
            f"the span has {last_day - first_day + 1} days: must be at least --train "
            f"{steps.train_days} and --test {steps.test_days} together"
        )
        raise ParamsError(message)
    return found


def stretch_of(days: tuple[int, int]) -> Stretch:
    """From the midnight that begins the first day to the one that ends the last."""
    table = server_offset_table()
    return Stretch(day_start_utc_s(days[0], table), day_start_utc_s(days[1] + 1, table))


def walk_forward(
    space: Space, plan: Plan, bench: Bench, windows: Sequence[Window], bars: Bars
) -> Walkforward:
    """Sweep each window's past and walk its unseen days with the best."""
    forwards = [_forward(space, plan, bench, window, bars) for window in windows]
    closed = np.array([one for forward in forwards for one in forward.closed_s])
    results = np.array([one for forward in forwards for one in forward.result_r])
    stretches = [stretch_of(window.test) for window in windows]
    after = _added(closed, results, forwards, sum(end - start for start, end in stretches))
    stabilities = tuple(_stability(axis.path, forwards) for axis in space.axes)
    certainty = probable_sharpe(sample_of(after), 0.0)
    efficiency = _efficiency(forwards)
    unchanged_net_r = sum(forward.unchanged.net_r for forward in forwards)
    made = Walkforward(
        tuple(forwards), after, unchanged_net_r, efficiency, stabilities, certainty, ()
    )
    refusals = tuple(_refusals(made, bars))
    return Walkforward(
        tuple(forwards), after, unchanged_net_r, efficiency, stabilities, certainty, refusals
    )


def _forward(space: Space, plan: Plan, bench: Bench, window: Window, bars: Bars) -> Forward:
    swept = sweep(space, plan, bench, stretch_of(window.train), bars)
    test = stretch_of(window.test)
    own: Changes = {axis.path: swept.best.changes[axis.path] for axis in space.axes}
    chosen, unchanged = bench.rows([own, {}], test, with_trades=True)
    return Forward(
        window,
        swept,
        _figures(chosen, window),
        _figures(unchanged, window),
        tuple(cast("list[float]", chosen["closed_s"])),
        tuple(cast("list[float]", chosen["result_r"])),
    )


def _figures(row: Row, window: Window) -> Figures:
    if "figures" not in row:
        message = f"days {window.test[0]} to {window.test[1]}: {row.get('pruned')}"
        raise DataError(message)
    return Figures(**cast("dict[str, float]", row["figures"]))  # type: ignore[arg-type]


def _added(
    closed_s: NDArray[np.float64],
    result_r: NDArray[np.float64],
    forwards: Sequence[Forward],
    span_s: float,
) -> Figures:
    figures = [forward.after for forward in forwards]
    lives = Lives(
        closed_s=closed_s,
        result_r=result_r,
        net_money=np.array([one.net_money for one in figures]),
        accounts_count=sum(one.accounts_count for one in figures),
        passed_count=sum(one.passed_count for one in figures),
        breached_count=sum(one.breached_count for one in figures),
        stuck_count=sum(one.stuck_count for one in figures),
    )
    return figures_of(lives, span_s)


def _efficiency(forwards: Sequence[Forward]) -> float:
    """Yearly result on unseen days by that on the days chosen on; 0 where nothing was earned."""
    seen = sum(_yearly_r(one.swept.best.figures, one.window.train) for one in forwards)
    unseen = sum(_yearly_r(one.after, one.window.test) for one in forwards)
    return unseen / seen if seen > 0.0 else 0.0


def _yearly_r(figures: Figures | None, days: tuple[int, int]) -> float:
    assert figures is not None
    start_s, end_s = stretch_of(days)
    return figures.net_r * YEAR_S / (end_s - start_s)


def _stability(path: str, forwards: Sequence[Forward]) -> Stability:
    chosen = tuple(forward.swept.best.changes[path] for forward in forwards)
    usual = Counter(chosen).most_common(1)[0][1]
    return Stability(path, chosen, usual / len(chosen))


def _refusals(made: Walkforward, bars: Bars) -> list[str]:
    after, found = made.after, list[str]()
    if len(made.forwards) < WINDOWS_MIN_COUNT:
        found.append(f"too few windows: {len(made.forwards)}; wanted: {WINDOWS_MIN_COUNT} or more")
    if after.net_r <= 0.0:
        found.append(f"unseen days lost: {after.net_r:+.2f} R after costs; wanted: above 0 R")
    if after.trades_count < bars.trades_min_count:
        found.append(
            f"too few trades on unseen days: {after.trades_count}; wanted: at least "
            f"{bars.trades_min_count}"
        )
    if made.efficiency < EFFICIENCY_MIN:
        found.append(
            f"what was chosen did not last: unseen days brought {made.efficiency:.0%} of what the "
            f"days chosen on did; wanted: at least {EFFICIENCY_MIN:.0%}"
        )
    if after.net_r <= made.unchanged_net_r:
        found.append(
            f"tuning did not pay: {after.net_r:+.2f} R on unseen days, and "
            f"{made.unchanged_net_r:+.2f} R with the file as it is; wanted: more than that"
        )
    if not made.certainty > bars.deflated_min:
        found.append(
            f"may be luck: the chance of a true edge on unseen days is {made.certainty:.0%}; "
            f"wanted: above {bars.deflated_min:.0%}"
        )
    shaky = [one.path for one in made.stabilities if one.usual_share < STABLE_SHARE_MIN]
    if shaky:
        found.append(f"windows do not agree on {', '.join(shaky)}")
    return found
