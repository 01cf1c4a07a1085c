"""Which faults a seed meets: a random subset, so that every storm is another one."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Final

from tools.storm.faults.catalogue import CATALOGUE, INJECTABLE
from tools.storm.faults.drawing import drawn_fault, fits, whole_fault
from tools.storm.faults.plan import PlannedFault, StormPlan
from tools.storm.faults.row import GROUPS, FaultRow

_DAY_S: Final = 86_400.0
_CALM_IN: Final = 8
_PER_GROUP_MAX_COUNT: Final = 4
_TOGETHER_COUNT: Final = 6


def plan_for(rng: random.Random, days: float) -> StormPlan:
    """The swarm of one seed: one in eight is calm, the others meet few faults or many.

    A random set of groups, and of each of these one to four faults with windows, schedules and
    parameters of their own (swarm testing: what is always armed hides what it masks).
    """
    if rng.randrange(_CALM_IN) == 0:
        return StormPlan(days)
    groups = rng.sample(sorted(GROUPS), rng.randint(1, len(GROUPS)))
    chosen: list[FaultRow] = []
    for group in groups:
        rows = [row for row in INJECTABLE if row.group == group and fits(row, days * _DAY_S)]
        chosen += rng.sample(rows, min(len(rows), rng.randint(1, _PER_GROUP_MAX_COUNT)))
    return _drawn(chosen, rng, days)


def plan_of(fault_ids: Iterable[str], rng: random.Random, days: float) -> StormPlan:
    """A storm of exactly these faults. Raises `ValueError` for one that cannot be injected."""
    rows = []
    for fault_id in fault_ids:
        row = CATALOGUE.get(fault_id)
        if row is None or not row.is_injectable:
            allowed = ", ".join(row.fault_id for row in INJECTABLE)
            message = f"fault {fault_id!r} cannot be injected; allowed: {allowed}"
            raise ValueError(message)
        if not fits(row, days * _DAY_S):
            message = f"fault {fault_id}: {days:g} days are too short for it; allowed: 2 or more"
            raise ValueError(message)
        rows.append(row)
    return _drawn(rows, rng, days)


def every_fault_plan(days: float, seed: int = 0) -> list[StormPlan]:
    """The nightly profile: plans that together arm each injectable fault, a few at a time.

    Few, because faults hide each other: behind a lost link nothing else can strike.
    """
    rng = random.Random(f"every {seed}")  # noqa: S311 - a storm is repeated, not guarded
    rows = [row for row in INJECTABLE if fits(row, days * _DAY_S)]
    rng.shuffle(rows)
    parts = [rows[at : at + _TOGETHER_COUNT] for at in range(0, len(rows), _TOGETHER_COUNT)]
    return [_placed(days, [whole_fault(row, rng, days * _DAY_S) for row in part]) for part in parts]


def _drawn(rows: Iterable[FaultRow], rng: random.Random, days: float) -> StormPlan:
    return _placed(days, [drawn_fault(row, rng, days * _DAY_S) for row in rows])


def _placed(days: float, drawn: list[PlannedFault]) -> StormPlan:
    """The plan of these faults, by the moment they begin, each with its place."""
    drawn.sort(key=lambda fault: (fault.start_s, fault.fault_id))
    placed = tuple(fault._replace(slot=slot) for slot, fault in enumerate(drawn))
    return StormPlan(days, placed)
