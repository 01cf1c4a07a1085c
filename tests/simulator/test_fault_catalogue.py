"""The catalogue as a whole: complete, every fault fires, plans repeat, compose and cost nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fault_builders import answered, deals_of, disturbed
from fault_traffic import read_everything, returns_at_last, trade_everything, two_symbols
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator_builders import (
    ASK,
    DONE,
    START_S,
    after,
    buy,
    opened,
    terminal_with,
)

from bot.errors import ParamsError
from bot.simulator.faults import CATALOGUE, IMPOSSIBLE, FaultPlan
from bot.simulator.faults.answers import READS
from bot.simulator.terminal import PACKAGE_FUNCTIONS, SimulatedTerminal

IDS = {
    *(f"B{number:02}" for number in range(1, 47)),
    *(f"N{number:02}" for number in range(1, 11)),
    *(f"C{number:02}" for number in range(1, 11)),
    *(f"X{number:02}" for number in range(1, 13)),
}
LIST = Path(__file__).resolve().parents[2] / ".." / "shared" / "FAULTS.md"

# --- complete ------------------------------------------------------------------------------------


def test_every_broker_network_clock_and_data_fault_is_there_or_named_as_impossible() -> None:
    assert set(CATALOGUE) | set(IMPOSSIBLE) == IDS
    assert not set(CATALOGUE) & set(IMPOSSIBLE)


def test_the_list_of_ids_is_the_projects_own() -> None:
    if not LIST.exists():
        pytest.skip("the list of faults is not beside the checkout")
    listed = set()
    for line in LIST.read_text(encoding="utf-8").splitlines():
        row = re.match(r"- ((?:[A-Z]\d\d/?)+) ", line)
        listed |= set(re.findall(r"[BNCX]\d\d", row[1])) if row else set()
    assert listed == IDS


def test_every_row_says_what_it_does_and_what_may_be_set() -> None:
    for fault_id, kind in CATALOGUE.items():
        assert kind.fault_id == fault_id
        assert kind.does.endswith(".")
        assert (kind.inject is None) != (kind.begin is None)
        assert kind.functions <= set(PACKAGE_FUNCTIONS)
        for parameter in kind.parameters.values():
            assert parameter.read(parameter.default) == parameter.default
            assert parameter.meaning


def test_reads_are_all_functions_that_change_nothing() -> None:
    changing = {"initialize", "login", "shutdown", "order_send", "symbol_select"}
    unasked = {"last_error", "Close", "Buy", "Sell"}
    assert set(PACKAGE_FUNCTIONS) - changing - unasked == READS


# --- every fault fires ---------------------------------------------------------------------------


@pytest.mark.parametrize("fault_id", CATALOGUE)
@pytest.mark.parametrize("schedule", ["", "@p:1", f"@time:{START_S + 605}"])
def test_every_fault_fires_by_call_by_chance_and_by_moment(fault_id: str, schedule: str) -> None:
    terminal = two_symbols()
    opened(terminal, buy("EURUSD", 0.1))  # a stop-out needs a position
    plan = FaultPlan(hang=returns_at_last).add_text(f"{fault_id}{schedule}").install(terminal)
    read_everything(terminal)
    after(terminal, 610)
    trade_everything(terminal)
    after(terminal, 620)
    assert {fired.fault_id for fired in plan.fired} == {fault_id}
    assert all(fired.detail for fired in plan.fired)
    assert all(START_S + 600 <= fired.at_utc_s <= START_S + 620 for fired in plan.fired)


# --- composition ---------------------------------------------------------------------------------


def test_a_stop_is_stripped_and_the_answer_lost() -> None:
    for order in (("B24", "B02"), ("B02", "B24")):
        terminal, plan = disturbed(*order)
        assert terminal.order_send(buy("EURUSD", 0.1, sl=1.09)) is None
        assert [p.sl for p in terminal.positions_get() or ()] == [0.0]
        assert {fired.fault_id for fired in plan.fired} == {"B24", "B02"}


def test_a_fill_in_part_at_a_worse_price_that_is_not_seen_yet() -> None:
    terminal, _ = disturbed("B06@fraction:0.5", "B08@points:50", "B07@delay_s:10")
    result = answered(terminal, buy("EURUSD", 0.2))
    assert (result.retcode, result.volume, result.price) == (10010, 0.1, 1.1007)
    assert terminal.positions_get() == ()
    assert [p.volume for p in after(terminal, 10).positions_get() or ()] == [0.1]


def test_the_first_fault_added_stands_outermost() -> None:
    terminal, plan = disturbed("B01", "B10")
    assert terminal.order_send(buy("EURUSD", 0.1)) is None
    assert [fired.fault_id for fired in plan.fired] == ["B01"]  # nothing reached the second


def test_an_outage_ends_in_falsely_empty_books() -> None:
    terminal, _ = disturbed(f"N04@time:{START_S + 10},for:60", f"N02@time:{START_S + 70},for:10")
    opened(terminal, buy("EURUSD", 0.1))
    counts = [len(after(terminal, s).positions_get() or ()) for s in (9, 10, 69, 70, 79, 80)]
    assert counts == [1, 1, 1, 0, 0, 1]


# --- one terminal, one plan ----------------------------------------------------------------------


def test_a_plan_belongs_to_one_terminal() -> None:
    _, plan = disturbed("N01")
    with pytest.raises(ParamsError, match="installed already"):
        plan.install(terminal_with())


def test_two_terminals_share_no_faults() -> None:
    terminal, _ = disturbed("N01@p:1", f"B34@time:{START_S + 605}")
    other, _ = disturbed()
    assert after(terminal, 10).positions_get() is None
    assert after(other, 10).positions_get() == ()
    assert deals_of(other) == ()


def test_without_a_plan_nothing_stands_around_the_calls() -> None:
    terminal = terminal_with()
    assert not set(PACKAGE_FUNCTIONS) & set(vars(terminal))
    assert terminal.positions_get.__func__ is SimulatedTerminal.positions_get


def test_wrapped_functions_keep_name_and_text() -> None:
    terminal, _ = disturbed()
    assert terminal.order_send.__name__ == "order_send"
    assert terminal.order_send.__doc__ == SimulatedTerminal.order_send.__doc__


# --- any swarm -----------------------------------------------------------------------------------

SWARM = st.lists(st.sampled_from(sorted(CATALOGUE)), min_size=1, max_size=6)


def run_of(ids: list[str], seed: int) -> tuple[SimulatedTerminal, FaultPlan]:
    """Two busy hours under a swarm of faults."""
    terminal, plan = two_symbols(), FaultPlan(seed, hang=returns_at_last)
    for fault_id in ids:
        plan.add(fault_id, probability=0.05)
    plan.install(terminal)
    for second in range(600, 7200, 900):
        after(terminal, second)
        if terminal.terminal_info() is None:
            terminal.initialize()
        trade_everything(terminal)
    return after(terminal, 7200), plan


@given(SWARM, st.integers(0, 1000))
@settings(max_examples=50, deadline=None)
def test_under_any_swarm_money_adds_up_and_books_agree(ids: list[str], seed: int) -> None:
    terminal, _ = run_of(ids, seed)
    state = terminal._state
    booked = [deal for deal in state.ledger.deals_between(0, 2**31 - 1) if deal.type != 3]
    money = sum(deal.profit + deal.swap + deal.commission + deal.fee for deal in booked)
    assert round(money * 100) == state.ledger.balance_minor
    for desk in state.desks.values():
        assert {t: p for t, p in state.positions.items() if p.desk is desk} == desk.positions
        assert {t: o for t, o in state.orders.items() if o.desk is desk} == desk.orders
    for ticket, position in state.positions.items():
        deals = state.ledger.deals_of_position(position.identifier)
        open_lots = sum(deal.volume * (1 if deal.entry == 0 else -1) for deal in deals)
        assert (ticket, open_lots) == (position.ticket, pytest.approx(position.lots))


@given(SWARM, st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_the_same_seed_and_plan_leave_the_same_trace(ids: list[str], seed: int) -> None:
    first, second = run_of(ids, seed), run_of(ids, seed)
    assert first[0].trace_hash() == second[0].trace_hash()
    assert first[1].trace_hash() == second[1].trace_hash()
    assert first[1].fired == second[1].fired


def test_another_seed_leaves_another_trace() -> None:
    hashes = {run_of(["N01", "B02", "B06"], seed)[1].trace_hash() for seed in range(5)}
    assert len(hashes) == 5


def test_asks_of_the_calm_market_are_what_the_builders_say() -> None:
    terminal, _ = disturbed()
    assert answered(terminal, buy("EURUSD", 0.1)).price == ASK
    assert DONE == 10009
