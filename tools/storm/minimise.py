"""A failing seed made small: fewest faults, fewest days, the same promise broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tools.storm.campaign import lived
from tools.storm.episode import Order
from tools.storm.results import Told

TRIES_MAX_COUNT: Final = 40


class Minimiser:
    """Drops one fault after another, then shortens, as long as the same invariant breaks."""

    def __init__(self, broken: str, live: Callable[[Order], Told] = lived) -> None:
        self._broken = broken
        self._live = live
        self.tries_count = 0

    def smallest(self, order: Order) -> Order:
        """The smallest order found within so many tries; at worst the one that was given."""
        return self._thinned(self._shortened(order))

    def _thinned(self, order: Order) -> Order:
        for fault_id in sorted(order.plan.fault_ids):
            kept = order.plan.fault_ids - {fault_id}
            smaller = replace(order, plan=order.plan.only(kept))
            if self._still_breaks(smaller):
                order = smaller
        return order

    def _shortened(self, order: Order) -> Order:
        """Fewer days of the same story: nothing moves, it only ends earlier, before healing."""
        for days_count in range(1, order.days_count):
            shorter = replace(order, end_days_count=days_count)
            if self._still_breaks(shorter):
                return shorter
        return order

    def _still_breaks(self, order: Order) -> bool:
        if self.tries_count >= TRIES_MAX_COUNT:
            return False
        self.tries_count += 1
        return any(broken == self._broken for broken, _ in self._live(order).violations)
