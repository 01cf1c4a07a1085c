"""Days of trading under swarms of all groups: no error of our own, and all is undone."""

from __future__ import annotations

from random import Random

import pytest
from fault_builders import ALL_TIME
from fault_traffic import returns_at_last, trade_everything, two_symbols
from simulator_builders import START_S, after, buy, opened, sell

from bot.simulator.faults import CATALOGUE, FaultPlan
from bot.simulator.faults.kind import FaultKind
from bot.simulator.terminal import SimulatedTerminal

HOURS = 48
SEEDS_COUNT = 16
SICK_UNTIL_S = 36 * 3600
HEALTHY_FROM_S = 43 * 3600
STEP_S = 5400


def armed(plan: FaultPlan, kind: FaultKind, dice: Random) -> None:
    """A fault somewhere in the sick days: by call, by chance or at a moment."""
    at_s = START_S + dice.randrange(0, SICK_UNTIL_S)
    schedule = dice.choice(
        (
            {"at_call": dice.randrange(1, 40), "times": dice.choice((0, 1, 3))},
            {"probability": dice.choice((0.02, 0.2))},
            {"at_utc_s": at_s},
            {"at_utc_s": at_s, "every_s": dice.choice((7_000.0, 30_000.0))},
        )
    )
    parameters = {name: one for name, one in kind.parameters.items() if one.choices}
    own = {name: dice.choice(one.choices) for name, one in parameters.items()}
    if kind.for_s:
        own["for_s"] = dice.choice((1.0, 600.0, 6_900.0))
    plan.add(kind.fault_id, until_utc_s=START_S + SICK_UNTIL_S, **schedule, **own)


def swarm_of(seed: int) -> FaultPlan:
    """From six to fourteen faults, at least one of each group."""
    dice = Random(seed)
    kinds = list(CATALOGUE.values())
    firsts = [dice.choice([k for k in kinds if k.fault_id[0] == letter]) for letter in "BNCX"]
    plan = FaultPlan(seed, hang=returns_at_last)
    for kind in firsts + dice.sample(kinds, dice.randrange(2, 11)):
        armed(plan, kind, dice)
    return plan


def lived(plan: FaultPlan) -> SimulatedTerminal:
    """Two days of trading, the last hours of them healthy."""
    terminal = two_symbols(HOURS)
    plan.install(terminal)
    for second in range(600, HEALTHY_FROM_S, STEP_S):
        after(terminal, second)
        if terminal.terminal_info() is None:
            terminal.initialize()
        trade_everything(terminal)
    after(terminal, HEALTHY_FROM_S)
    if terminal.terminal_info() is None:
        assert terminal.initialize()
    return terminal


def assert_healthy(terminal: SimulatedTerminal, plan: FaultPlan) -> None:
    """Everything a fault can have changed for a while is as it is without one."""
    fresh, fired_count = two_symbols(HOURS), len(plan.fired)
    after(fresh, HEALTHY_FROM_S)
    for name in ("EURUSD", "GBPUSD"):
        ours, theirs = terminal._state.desks[name], fresh._state.desks[name]
        assert ours.contract == theirs.contract
    assert terminal._state.account == fresh._state.account
    assert terminal._state.switches == fresh._state.switches
    now_utc_s = terminal.now_utc_s
    assert terminal._state.clock.offset_s(now_utc_s) == fresh._state.clock.offset_s(now_utc_s)
    assert plan.host_clock_error_s == 0.0
    assert_answers_are_true(terminal)
    assert len(plan.fired) == fired_count


def assert_answers_are_true(terminal: SimulatedTerminal) -> None:
    """Reads show what is, and trading works."""
    state = terminal._state
    assert [p.ticket for p in terminal.positions_get() or ()] == list(state.positions)
    assert [o.ticket for o in terminal.orders_get() or ()] == list(state.orders)
    deals = terminal.history_deals_get(*ALL_TIME) or ()
    assert len(deals) == len(state.ledger.deals_between(*map(int, ALL_TIME)))
    account, tick = terminal.account_info(), terminal.symbol_info_tick("EURUSD")
    assert account is not None
    assert tick is not None
    assert round(account.balance * 100) == state.ledger.balance_minor
    assert (tick.bid, tick.ask) == (state.desks["EURUSD"].tape.bid, state.desks["EURUSD"].tape.ask)
    margin_money = terminal.order_calc_margin(0, "EURUSD", 0.1, tick.ask)
    assert margin_money is not None
    if account.margin_free > 2 * margin_money:  # gaps may have carried the price far away
        ticket = opened(terminal, buy("EURUSD", 0.1))
        opened(terminal, sell("EURUSD", 0.1, position=ticket))


@pytest.mark.parametrize("seed", range(SEEDS_COUNT))
def test_after_a_swarm_of_days_everything_is_undone(seed: int) -> None:
    plan = swarm_of(seed)
    terminal = lived(plan)
    assert plan.fired
    assert_healthy(terminal, plan)


@pytest.mark.parametrize("seed", [3, 11])
def test_a_swarm_leaves_the_same_trace_every_time(seed: int) -> None:
    first, second = swarm_of(seed), swarm_of(seed)
    assert lived(first).trace_hash() == lived(second).trace_hash()
    assert first.trace_hash() == second.trace_hash()
    assert first.trace_hash() != swarm_of(seed + 1).trace_hash()


def test_the_swarms_meet_most_of_the_catalogue() -> None:
    armed_ids = set()
    for seed in range(SEEDS_COUNT):
        plan = swarm_of(seed)
        armed_ids |= {one.kind.fault_id for one in plan._armed}
    assert len(armed_ids) > len(CATALOGUE) * 0.8
