"""A failing seed becomes small: only what it takes stays, and what it took is still there."""

from __future__ import annotations

from tools.storm.episode import Order
from tools.storm.faults.plan import PlannedFault, StormPlan
from tools.storm.minimise import TRIES_MAX_COUNT, Minimiser
from tools.storm.results import Told

IDS = ("B01", "B02", "C01", "D01", "P01")


def an_order(days_count: int = 7, ids: tuple[str, ...] = IDS) -> Order:
    faults = tuple(PlannedFault(fault_id, {}, 0.0, 3_600.0) for fault_id in ids)
    return Order(3, days_count, StormPlan(days_count, faults))


class Story:
    """Breaks `invariant` when these faults are armed and the storm lasts these many days."""

    def __init__(self, needed: set[str], days_count: int, invariant: str = "I4") -> None:
        self.needed, self.days_count, self.invariant = needed, days_count, invariant
        self.lived: list[Order] = []

    def __call__(self, order: Order) -> Told:
        self.lived.append(order)
        told = Told(order.seed, "shipped", order.days_count)
        lasted_count = order.end_days_count or order.days_count
        if self.needed <= order.plan.fault_ids and lasted_count >= self.days_count:
            told.violations = [(self.invariant, "too much")]
        return told


def test_only_the_faults_it_takes_stay_and_only_the_days() -> None:
    story = Story({"B02", "P01"}, 3)
    smallest = Minimiser("I4", story).smallest(an_order())
    assert smallest.plan.fault_ids == {"B02", "P01"}
    assert (smallest.days_count, smallest.end_days_count) == (7, 3)
    assert story(smallest).violations


def test_a_story_that_needs_no_fault_loses_them_all() -> None:
    smallest = Minimiser("I4", Story(set(), 1)).smallest(an_order())
    assert smallest.plan.faults == ()


def test_another_broken_promise_is_another_story() -> None:
    order = an_order()
    assert Minimiser("I4", Story(set(), 1, "I9")).smallest(order) == order


def test_what_breaks_only_after_healing_keeps_its_days() -> None:
    smallest = Minimiser("I21", Story({"D01"}, 7, "I21")).smallest(an_order())
    assert smallest.end_days_count == 0
    assert smallest.plan.fault_ids == {"D01"}


def test_the_faults_that_stay_keep_their_parameters() -> None:
    order = an_order()
    smallest = Minimiser("I4", Story({"C01"}, 1)).smallest(order)
    assert smallest.plan.faults == order.plan.only({"C01"}).faults


def test_the_search_is_bounded() -> None:
    ids = tuple(f"B{number:02d}" for number in range(1, 60))
    story = Story(set(ids), 7)
    minimiser = Minimiser("I4", story)
    assert minimiser.smallest(an_order(7, ids)).plan.fault_ids == set(ids)
    assert minimiser.tries_count == len(story.lived) == TRIES_MAX_COUNT
