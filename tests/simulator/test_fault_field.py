"""What was seen in the field at some terminals and brokers, brought about by faults."""

from __future__ import annotations

import pytest
from fault_builders import ALL_TIME, answered, disturbed
from simulator_builders import BID, DONE, START_S, after, buy, opened, pending

from bot.simulator.faults import FaultPlan


def test_answers_out_of_step_are_minus_10000_until_attached_again() -> None:
    terminal, _ = disturbed("B39@pipe:out of step")
    for _ in range(3):
        assert terminal.positions_get() is None
        assert terminal.last_error() == (-10000, "IPC call failed")
    assert terminal.order_send(buy("EURUSD", 0.1)) is None
    assert terminal.initialize()
    assert terminal.positions_get() == ()


@pytest.mark.parametrize("wait_s", [0.12, 1.0, 70.0])
def test_answers_take_the_time_that_waiting_is_told_to_take(wait_s: float) -> None:
    terminal, _ = disturbed()
    plan = FaultPlan(hang=lambda _, seconds: terminal.advance_to(terminal.now_utc_s + seconds))
    plan.add("N06", hang_s=wait_s, times=0, function="order_send").install(terminal)
    assert answered(terminal, buy("EURUSD", 0.1)).retcode == DONE
    assert terminal.now_utc_s == pytest.approx(START_S + wait_s, abs=1e-3)
    assert terminal.positions_total() == 1  # reads are as quick as ever


def test_a_request_for_ticks_can_wait_45_seconds_and_one_for_months_for_ever() -> None:
    terminal, _ = disturbed()
    waits: list[float] = []
    plan = FaultPlan(hang=lambda _, seconds: waits.append(seconds))
    plan.add("N06", hang_s=45, function="copy_ticks_from").add("N06", function="copy_ticks_range")
    plan.install(terminal)
    assert terminal.copy_ticks_from("EURUSD", START_S, 10, -1) is not None
    assert terminal.copy_ticks_range("EURUSD", *ALL_TIME, -1) is not None
    assert waits == [45, float("inf")]


def test_on_some_terminals_deals_by_ticket_are_refused_and_by_position_found() -> None:
    terminal, plan = disturbed("N07@what:ticket,for:ever")
    order = opened(terminal, buy("EURUSD", 0.1))
    assert terminal.history_deals_get(ticket=order) is None
    assert terminal.last_error() == (-2, "Terminal: Invalid params")
    assert len(terminal.history_deals_get(position=order) or ()) == 1
    assert len(terminal.history_deals_get(*ALL_TIME) or ()) == 2
    assert len(plan.fired) == 1


def test_one_broker_lists_a_filled_limit_order_twice_under_one_ticket() -> None:
    quotes = [(0, BID, 1.1002), (60, 1.04, 1.0402)]
    terminal, _ = disturbed("B27@what:orders", quotes=quotes)
    terminal.positions_total()
    ticket = opened(terminal, pending("EURUSD", 2, 0.1, 1.05))
    market = opened(terminal, buy("EURUSD", 0.1))
    after(terminal, 60)
    rows = terminal.history_orders_get(*ALL_TIME) or ()
    assert sorted(row.ticket for row in rows) == sorted([ticket, ticket, market])
    assert terminal.history_orders_total(*ALL_TIME) == 3
    placed, filled = terminal.history_orders_get(ticket=ticket) or ()
    assert (placed.state, placed.volume_current) == (1, 0.1)
    assert (filled.state, filled.volume_current) == (4, 0.0)
