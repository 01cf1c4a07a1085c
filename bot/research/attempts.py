"""Challenges lived from their first day to their end, phase after phase, by the compiled walk."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from bot.backtest.engine import Engine, Stretch, Walked, walk_account
from bot.backtest.kinds import DealKind, HaltKind
from bot.model.decision import PhaseVerdict
from bot.research.starts import Starts
from bot.rules.challenge_days import is_inactive

DAY_S = 86_400.0
_TOTAL_LOSS = HaltKind.TOTAL_LOSS.value
_IN = DealKind.IN.value


class Ending(IntEnum):
    """How a phase ended; what is cut off by the horizon or by the data is neither won nor lost."""

    CUT = 0
    PASSED = 1
    DAILY_LOSS = 2
    TOTAL_LOSS = 3
    OUT_OF_TIME = 4
    INACTIVE = 5
    OWN_STOP = 6


ENDING_WORDS: Mapping[Ending, str] = {
    Ending.CUT: "still running when cut off",
    Ending.PASSED: "passed",
    Ending.DAILY_LOSS: "daily loss limit",
    Ending.TOTAL_LOSS: "total loss limit",
    Ending.OUT_OF_TIME: "out of time",
    Ending.INACTIVE: "lapsed for inactivity",
    Ending.OWN_STOP: "stopped by the bot's own total brake",
}
"""What a person reads."""

_OF_VERDICT = {
    PhaseVerdict.RUNNING.value: Ending.CUT,
    PhaseVerdict.PASSED.value: Ending.PASSED,
    PhaseVerdict.BREACHED_DAILY.value: Ending.DAILY_LOSS,
    PhaseVerdict.BREACHED_TOTAL.value: Ending.TOTAL_LOSS,
    PhaseVerdict.OUT_OF_TIME.value: Ending.OUT_OF_TIME,
}


class Step(NamedTuple):
    """One phase of one attempt: how it ended, after how many calendar days, with what entries."""

    ending: Ending
    days: float
    entries_count: int


class Attempt(NamedTuple):
    """A challenge begun on server day `day`; a phase that was not reached is absent.

    `waited_days` is from its beginning to the beginning of the last phase it reached.
    """

    day: int
    steps: tuple[Step, ...]
    waited_days: float


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a phase is followed, and whether an idle account is kept alive by its owner."""

    days_max: int
    is_tended: bool
    engine: Engine = Engine.COMPILED


def attempt_at(phases: Sequence[Starts], place: int, patience: Patience) -> Attempt:
    """Begin a challenge at a start; a passed phase goes on with the next on the next start."""
    day, begun_s = int(phases[0].days[place]), float(phases[0].moments_s[place])
    steps: list[Step] = []
    waited_days = 0.0
    for starts in phases:
        if place >= len(starts):
            steps.append(Step(Ending.CUT, 0.0, 0))
            break
        start_s = float(starts.moments_s[place])
        waited_days = (start_s - begun_s) / DAY_S
        step = live_step(starts, place, patience)
        steps.append(step)
        if step.ending is not Ending.PASSED:
            break
        place = starts.next_from(start_s + step.days * DAY_S)
    return Attempt(day, tuple(steps), waited_days)


def live_step(starts: Starts, place: int, patience: Patience) -> Step:
    """One phase from the start at `place` to its verdict, its horizon, or the end of the data."""
    start_s = float(starts.moments_s[place])
    end_s = min(starts.end_s, start_s + patience.days_max * DAY_S)
    walked = walk_account(starts.inputs_at(place), Stretch(start_s, end_s), patience.engine)
    ending, ended_s = _ending(walked, end_s)
    if not patience.is_tended:
        idle_max = int(starts.inputs.terms[0].rules.inactive_days_max)
        lapsed_s = lapse_s(opened_s(walked), (start_s, ended_s), idle_max)
        if lapsed_s < ended_s:
            ending, ended_s = Ending.INACTIVE, lapsed_s
    count = int((opened_s(walked) <= ended_s).sum())
    return Step(ending, round((ended_s - start_s) / DAY_S, 4), count)


def _ending(walked: Walked, end_s: float) -> tuple[Ending, float]:
    me = walked.account
    if me.verdict != PhaseVerdict.RUNNING.value:
        return _OF_VERDICT[int(me.verdict)], float(me.now_s)
    stop = me.halts[_TOTAL_LOSS]
    if stop.on:
        return Ending.OWN_STOP, float(stop.since_s)
    return Ending.CUT, end_s


def opened_s(walked: Walked) -> NDArray[np.float64]:
    """When trades were opened, in order."""
    found: NDArray[np.float64] = walked.deals.time_s[walked.deals.kind == _IN]
    return np.ascontiguousarray(found)


def lapse_s(opened: NDArray[np.float64], lived_s: tuple[float, float], days_max: int) -> float:
    """When the firm lets the account lapse: more idle days than allowed; infinity for never."""
    start_s, end_s = lived_s
    moments = [start_s, *opened[opened < end_s].tolist(), end_s]
    for last, following in itertools.pairwise(moments):
        if is_inactive(int((following - last) // DAY_S), days_max):
            return float(last + (days_max + 1) * DAY_S)
    return math.inf


def attempts_of(
    phases: Sequence[Starts], places: Iterable[int], patience: Patience, threads_count: int
) -> list[Attempt]:
    """Attempts at several starts, in their order; threads share the prices."""

    def live(place: int) -> Attempt:
        return attempt_at(phases, place, patience)

    if threads_count == 1:
        return [live(place) for place in places]
    with ThreadPoolExecutor(threads_count) as pool:
        return list(pool.map(live, places))


def row_of(attempts: Iterable[Attempt]) -> dict[str, object]:
    """Attempts as a row of a study."""
    rows = [
        [one.day, one.waited_days, [[int(s.ending), s.days, s.entries_count] for s in one.steps]]
        for one in attempts
    ]
    return {"attempts": rows}


def attempts_in(row: Mapping[str, object]) -> list[Attempt]:
    """The attempts of a row of a study."""
    found: list[Attempt] = []
    for item in cast("list[list[object]]", row["attempts"]):
        day, waited, steps = item
        lived = tuple(
            Step(Ending(ending), float(days), count)
            for ending, days, count in cast("list[tuple[int, float, int]]", steps)
        )
        found.append(Attempt(cast("int", day), lived, cast("float", waited)))
    return found
