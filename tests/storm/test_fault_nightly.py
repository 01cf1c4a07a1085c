"""The nightly profile: every fault has to happen, and what did not is tried again and named."""

from __future__ import annotations

from collections import Counter

from tools.storm.episode import Order
from tools.storm.faults.catalogue import INJECTABLE
from tools.storm.faults.nightly import Nightly
from tools.storm.results import Told

SHY = "T08"


def told_of(order: Order, *shy: str, violations: tuple[tuple[str, str], ...] = ()) -> Told:
    fired = Counter(sorted(order.plan.fault_ids - set(shy)))
    return Told(order.seed, "any", order.days_count, fired=fired, violations=list(violations))


def test_a_night_is_over_when_everything_fired() -> None:
    said: list[str] = []
    night = Nightly(3.0, said.append, told_of)
    assert night.run(4)
    assert night.left == []
    assert said[-1] == f"{len(INJECTABLE)} of {len(INJECTABLE)} faults fired"
    assert len(said) == -(-len(INJECTABLE) // 6) + 1


def test_what_did_not_fire_is_tried_again_under_other_seeds_and_then_named() -> None:
    said: list[str] = []
    seeds: list[int] = []

    def live(order: Order) -> Told:
        seeds.append(order.seed)
        return told_of(order, SHY)

    assert not Nightly(3.0, said.append, live).run(3)
    assert len(seeds) == len(set(seeds)) == -(-len(INJECTABLE) // 6) + 2
    assert said[-1].endswith(f"; not: {SHY}")


def test_a_broken_promise_is_told_with_the_plan_that_shows_it() -> None:
    said: list[str] = []
    broken = (("I3", "a position without a stop"),)
    assert not Nightly(3.0, said.append, lambda order: told_of(order, violations=broken)).run(1)
    assert "  I3: a position without a stop" in said
    assert any('"faults"' in line for line in said)
