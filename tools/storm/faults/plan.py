"""A storm as plain data: which faults, with which parameters, from when to when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

from tools.storm.faults.catalogue import CATALOGUE
from tools.storm.faults.draws import Setting

Document = dict[str, object]


class PlannedFault(NamedTuple):
    """One fault of a storm; seconds count from the scene's first moment.

    `slot` is its place in the plan it was drawn for: chance in the terminal goes by places, and a
    fault keeps its own when others are dropped.
    """

    fault_id: str
    parameters: Mapping[str, Setting]
    start_s: float
    end_s: float
    slot: int = 0


@dataclass(frozen=True, slots=True)
class StormPlan:
    """The faults of a safety phase of `days` days."""

    days: float
    faults: tuple[PlannedFault, ...] = ()

    @property
    def fault_ids(self) -> frozenset[str]:
        """The ids that are armed."""
        return frozenset(fault.fault_id for fault in self.faults)

    @property
    def groups(self) -> frozenset[str]:
        """The letters of the groups that are armed."""
        return frozenset(fault_id[0] for fault_id in self.fault_ids)

    def without(self, index: int) -> StormPlan:
        """The plan with one fault dropped, for minimising."""
        return replace(self, faults=self.faults[:index] + self.faults[index + 1 :])

    def only(self, fault_ids: Iterable[str]) -> StormPlan:
        """The plan with those faults alone."""
        wanted = frozenset(fault_ids)
        kept = tuple(fault for fault in self.faults if fault.fault_id in wanted)
        return replace(self, faults=kept)

    def shortened(self, days: float) -> StormPlan:
        """The plan of a shorter safety phase: what would begin later is dropped, nothing moves."""
        kept = tuple(fault for fault in self.faults if fault.start_s < days * 86_400.0)
        return replace(self, days=days, faults=kept)

    def text(self) -> str:
        """The plan as one line of JSON; `plan_from_text` reads it."""
        faults = [[f.fault_id, dict(f.parameters), f.start_s, f.end_s, f.slot] for f in self.faults]
        document: Document = {"days": self.days, "faults": faults}
        return json.dumps(document, allow_nan=False, ensure_ascii=True)


def plan_from_text(text: str) -> StormPlan:
    """The plan a line of JSON holds. Raises `ValueError` naming what is wrong."""
    document = json.loads(text)
    if not isinstance(document, dict) or set(document) != {"days", "faults"}:
        message = "a plan is an object of days and faults"
        raise ValueError(message)
    faults = tuple(_fault(row) for row in cast("list[object]", document["faults"]))
    return StormPlan(float(document["days"]), faults)


def _fault(row: object) -> PlannedFault:
    if not (isinstance(row, list) and len(row) == len(PlannedFault._fields)):
        message = f"{row!r}: a fault is a list of id, parameters, start and end in seconds, slot"
        raise ValueError(message)
    fault_id, parameters, start_s, end_s, slot = row
    known = CATALOGUE.get(str(fault_id))
    if known is None or not known.is_injectable:
        message = f"fault {fault_id!r}: not one the storm can inject"
        raise ValueError(message)
    if not float(start_s) < float(end_s):
        message = f"fault {fault_id}: from {start_s} to {end_s} s is no window"
        raise ValueError(message)
    return PlannedFault(str(fault_id), dict(parameters), float(start_s), float(end_s), int(slot))
