"""Which faults a seed brings: the swarm's draw, or those that were asked for."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Final

from bot.errors import ParamsError
from tools.storm.faults.catalogue import CATALOGUE
from tools.storm.faults.plan import StormPlan
from tools.storm.faults.swarm import plan_for, plan_of

CALM: Final = "none"
"""Asks for no fault at all."""


def drawn_plan(seed: int, days_count: int, only: tuple[str, ...] = ()) -> StormPlan:
    """The plan of a seed; of `only` these faults each one, as the swarm drew it where it did.

    Raises `ParamsError` for an id that is not known or cannot be injected.
    """
    plan = plan_for(random.Random(f"swarm {seed}"), days_count)  # noqa: S311 - repeatable
    if not only:
        return plan
    if only == (CALM,):
        return plan.only(())
    for fault_id in only:
        check_fault(fault_id)
    faults = plan.only(only).faults
    for fault_id in sorted(set(only) - plan.fault_ids):
        faults += _asked(fault_id, seed, days_count).faults
    return replace(plan, faults=faults)


def check_fault(fault_id: str) -> None:
    """Raises `ParamsError` for what is no fault of the storm."""
    row = CATALOGUE.get(fault_id)
    if row is None:
        raise ParamsError(f"fault is {fault_id!r}; allowed: {', '.join(CATALOGUE)}")
    if not row.is_injectable:
        raise ParamsError(f"fault {fault_id} is proved elsewhere: {row.way}")


def _asked(fault_id: str, seed: int, days_count: int) -> StormPlan:
    rng = random.Random(f"asked {seed} {fault_id}")  # noqa: S311 - repeatable
    try:
        return plan_of((fault_id,), rng, days_count)
    except ValueError as error:
        raise ParamsError(str(error)) from error
