"""Storms until every injectable fault has really happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tools.storm.campaign import lived
from tools.storm.episode import Order
from tools.storm.faults.catalogue import INJECTABLE
from tools.storm.faults.plan import StormPlan
from tools.storm.faults.swarm import every_fault_plan
from tools.storm.results import Told

Live = Callable[[Order], Told]


class Nightly:
    """Lives the plans of `every_fault_plan`, and those again whose faults found nothing to do.

    `say` is told a line per storm, and every broken promise with the plan that shows it.
    """

    def __init__(self, days: float, say: Callable[[str], object], live: Live = lived) -> None:
        self._days = days
        self._say = say
        self._live = live
        self.wanted = frozenset(row.fault_id for row in INJECTABLE)
        self.fired: Counter[str] = Counter()
        self.violations_count = 0

    @property
    def left(self) -> list[str]:
        """What has not happened yet."""
        return sorted(self.wanted - self.fired.keys())

    def run(self, rounds_count: int) -> bool:
        """Up to so many rounds; whether every fault fired and every promise held."""
        seed = 0
        for round_number in range(rounds_count):
            for plan in every_fault_plan(self._days, round_number):
                if plan.fault_ids.intersection(self.left):
                    self._storm(seed, plan)
                seed += 1
        left = f"; not: {', '.join(self.left)}" if self.left else ""
        fired_count = len(self.wanted) - len(self.left)
        self._say(f"{fired_count} of {len(self.wanted)} faults fired{left}")
        return not self.left and not self.violations_count

    def _storm(self, seed: int, plan: StormPlan) -> None:
        told = self._live(Order(seed, int(self._days), plan))
        self.fired.update(told.fired)
        self.violations_count += len(told.violations)
        self._say(f"seed {seed}: {', '.join(sorted(plan.fault_ids))}")
        for invariant_id, words in told.violations:
            self._say(f"  {invariant_id}: {words}")
        if told.violations:
            self._say(f"  {plan.text()}")
