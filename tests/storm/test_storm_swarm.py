"""Which faults a seed meets: subsets, calm seeds, pairs of groups, plans that are plain data."""

from __future__ import annotations

import json
import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.simulator.faults import FaultPlan
from tools.storm.faults.catalogue import INJECTABLE
from tools.storm.faults.plan import PlannedFault, StormPlan, plan_from_text
from tools.storm.faults.row import GROUPS
from tools.storm.faults.swarm import every_fault_plan, plan_for, plan_of
from tools.storm.results import pairs_of

DAYS = 3.0
SEEDS = range(400)

PLANS = [plan_for(random.Random(seed), DAYS) for seed in SEEDS]


@given(seed=st.integers(0, 2**32), days=st.floats(1.5, 60.0))
@settings(max_examples=60, deadline=None)
def test_a_plan_is_plain_data_and_comes_back_from_its_text(seed: int, days: float) -> None:
    plan = plan_for(random.Random(seed), days)
    assert plan_from_text(plan.text()) == plan
    assert plan_for(random.Random(seed), days) == plan
    assert "Infinity" not in json.dumps(json.loads(plan.text()))


def test_about_one_seed_in_eight_is_calm() -> None:
    calm_count = sum(not plan.faults for plan in PLANS)
    assert 30 <= calm_count <= 75


def test_some_storms_have_few_faults_and_some_have_many() -> None:
    counts = sorted(len(plan.faults) for plan in PLANS if plan.faults)
    assert counts[0] <= 2
    assert counts[-1] >= 20
    assert {len(plan.groups) for plan in PLANS} == set(range(10))


def test_the_swarms_arm_every_fault_and_every_pair_of_groups() -> None:
    armed = set().union(*(plan.fault_ids for plan in PLANS))
    assert armed == {row.fault_id for row in INJECTABLE}
    met = set().union(*(pairs_of(plan.fault_ids) for plan in PLANS))
    assert met == {one + other for one, other in combinations(sorted(GROUPS), 2)}


def test_the_nightly_plans_arm_each_injectable_fault_once() -> None:
    plans = every_fault_plan(DAYS)
    armed = [fault.fault_id for plan in plans for fault in plan.faults]
    assert sorted(armed) == sorted(row.fault_id for row in INJECTABLE)
    assert all(len(plan.faults) <= 6 for plan in plans)
    assert every_fault_plan(DAYS, 1) != plans


def test_two_bent_days_never_overlap() -> None:
    faults = [fault for plan in PLANS for fault in plan.faults if fault.fault_id == "C02"]
    repeated = [fault.parameters for fault in faults if "every_s" in fault.parameters]
    assert len(repeated) > 5
    assert all(float(p["every_s"]) >= float(p["for_s"]) for p in repeated)


def test_named_faults_alone_are_armed() -> None:
    assert plan_of(["B03", "P08"], random.Random(0), DAYS).fault_ids == {"B03", "P08"}


@pytest.mark.parametrize("fault_id", ["P07", "B99", ""])
def test_a_fault_that_cannot_be_injected_is_named_with_those_that_can(fault_id: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be injected; allowed: B01, B02"):
        plan_of([fault_id], random.Random(0), DAYS)


def test_a_fault_that_needs_days_is_refused_where_there_are_none() -> None:
    with pytest.raises(ValueError, match="C06: 1 days are too short"):
        plan_of(["C06"], random.Random(0), 1.0)


def test_a_dropped_fault_leaves_the_others_and_their_places() -> None:
    plan = next(plan for plan in PLANS if len(plan.faults) > 5)
    less = plan.without(2)
    assert less.faults == plan.faults[:2] + plan.faults[3:]
    assert [fault.slot for fault in less.faults] != list(range(len(less.faults)))
    kept = plan.faults[1].fault_id
    assert plan.only([kept]).fault_ids == {kept}


def test_a_shorter_phase_drops_what_begins_later_and_moves_nothing() -> None:
    early, late = (PlannedFault("B01", {}, start, start + 10.0) for start in (0.0, 86_400.0))
    assert StormPlan(2.0, (early, late)).shortened(1.0) == StormPlan(1.0, (early,))
    assert StormPlan(2.0, (early, late)).shortened(1.1).faults == (early, late)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "an object of days and faults"),
        ('{"days": 1}', "an object of days and faults"),
        ('{"days": 1, "faults": [["B01"]]}', "a list of id, parameters"),
        ('{"days": 1, "faults": [["P07", {}, 0, 1, 0]]}', "'P07': not one the storm can inject"),
        ('{"days": 1, "faults": [["B01", {}, 5, 5, 0]]}', "from 5 to 5 s is no window"),
    ],
)
def test_a_text_that_is_no_plan_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        plan_from_text(text)


def test_plans_in_the_terminal_are_told_apart_by_their_places() -> None:
    """Chance there goes by the place in the plan: a dropped fault's place has to be kept."""
    first, second = (FaultPlan(3).add("B01", probability=0.5) for _ in range(2))
    third = FaultPlan(3).add("B19", until_utc_s=1.0).add("B01", probability=0.5)
    draws = [plan._armed[-1]._chance.random() for plan in (first, second, third)]
    assert draws[0] == draws[1] != draws[2]
