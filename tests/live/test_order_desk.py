"""Entries: sized at the send, one per symbol, stop in the request, named refusals."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from builders import OneThread, World, a_market, settings_for

from bot.live.state import SetupStatus
from bot.model.decision import EntryRoute, Refusal
from bot.simulator.faults import SendLoss

ENTRY, STOP = 1.1000, 1.0950
AT_ENTRY = [(0, 1.09995, 1.10000)]


def a_world(tmp_path: Path, path: list[tuple[float, float, float]], minutes: float = 240) -> World:
    return World(tmp_path, a_market({"EURUSD": path}, minutes), settings_for("EURUSD")).start()


def test_a_setup_at_its_price_enters_at_market_with_stop_and_final_target(tmp_path: Path) -> None:
    world = a_world(tmp_path, AT_ENTRY)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    (position,) = world.terminal.positions_get()
    assert (position.price_open, position.sl) == (1.1, 1.095)
    assert position.tp == pytest.approx(1.1 + 2.0 * 0.005)
    assert position.volume == 0.23  # 120 money / (500 at the stop + 4 commission) a lot, floored


def test_lots_follow_the_balance_at_the_send_not_at_the_signal(tmp_path: Path) -> None:
    world = a_world(tmp_path, [(0, 1.10300, 1.10305), (60, 1.09995, 1.10000)])
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(30)
    assert world.terminal.positions_get() == ()
    world.terminal.operator.deposit(20_000.0)
    world.run_minutes(60)
    (position,) = world.terminal.positions_get()
    assert position.volume == 0.47  # 240 / 504


def test_the_intent_is_in_the_journal_before_the_answer(tmp_path: Path) -> None:
    world = a_world(tmp_path, AT_ENTRY)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    kinds = [line["event"] for line in world.events()]
    intended, answered = kinds.index("OrderIntended"), kinds.index("OrderAnswered")
    assert intended < answered < kinds.index("PositionOpened")


def test_a_setup_far_from_its_price_waits_and_sends_nothing(tmp_path: Path) -> None:
    world = a_world(tmp_path, [(0, 1.10500, 1.10505)])
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(10)
    assert setup.status == SetupStatus.AWAITING_ENTRY
    assert world.events("OrderIntended") == []


def test_a_setup_within_reach_rests_as_a_limit_with_its_stop(tmp_path: Path) -> None:
    world = a_world(tmp_path, [(0, 1.10100, 1.10105)])
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    (order,) = world.terminal.orders_get()
    assert setup.status == SetupStatus.PENDING
    assert (order.price_open, order.sl, order.volume_current) == (1.1, 1.095, 0.23)
    assert order.time_expiration > 0


def test_price_running_beyond_the_drop_distance_ends_the_setup(tmp_path: Path) -> None:
    world = a_world(tmp_path, [(0, 1.10755, 1.10760)])
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    (moved,) = world.events("SetupMoved")
    assert (moved["after"], moved["reason"]) == ("expired", "price ran away")


def test_a_stop_touched_before_entry_invalidates_the_setup(tmp_path: Path) -> None:
    world = a_world(tmp_path, [(0, 1.0950, 1.09505)])
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    (moved,) = world.events("SetupMoved")
    assert moved["after"] == "invalidated"


def test_a_wide_spread_waits_in_its_queue_and_enters_when_it_narrows(tmp_path: Path) -> None:
    wide = [(0, 1.0990, 1.1000), (20, 1.09995, 1.10000)]
    world = a_world(tmp_path, wide)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(5)
    assert setup.status == SetupStatus.AWAITING_SPREAD
    assert world.terminal.positions_get() == ()
    world.run_minutes(30)
    assert setup.status == SetupStatus.FILLED


def test_a_second_setup_on_the_symbol_is_refused_by_name(tmp_path: Path) -> None:
    world = a_world(tmp_path, AT_ENTRY)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    second = world.add_setup("EURUSD", 1, ENTRY, STOP)
    refusal = world.bot.stages.desk.enter(second, EntryRoute.MARKET)
    assert refusal == Refusal.SYMBOL_HAS_EXPOSURE
    assert len(world.terminal.positions_get()) == 1


def test_eight_threads_asking_at_once_place_one_order(tmp_path: Path) -> None:
    market = a_market({"EURUSD": AT_ENTRY}, 60)
    world = World(tmp_path, market, settings_for("EURUSD"), wrap=OneThread).start()
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    desk = world.bot.stages.desk
    world.bot.stages.challenge.step(world.bot.stages.reader.evidence())
    world.bot.stages.gate.observe(world.bot.stages.reader.evidence())
    barrier = threading.Barrier(8)
    refusals: list[Refusal] = []

    def ask() -> None:
        barrier.wait()
        refusals.append(desk.enter(setup, EntryRoute.MARKET))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(refusals).count(Refusal.NONE) == 1
    assert len(world.terminal.positions_get()) == 1


def test_a_paused_bot_opens_nothing_and_a_resumed_one_does(tmp_path: Path) -> None:
    world = a_world(tmp_path, AT_ENTRY)
    world.spool.say("pause")
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(5)
    assert (setup.status, setup.refusal) == (SetupStatus.AWAITING_ENTRY, "PAUSED")
    world.spool.say("resume")
    world.run_minutes(1)
    assert setup.status == SetupStatus.FILLED


def test_a_repeated_refusal_is_journalled_once_and_counted(tmp_path: Path) -> None:
    world = a_world(tmp_path, AT_ENTRY)
    world.spool.say("pause")
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(5)
    assert len(world.events("OrderRefused")) == 1
    assert setup.refusals_count > 20


def test_nothing_is_sent_while_the_algo_button_is_off(tmp_path: Path) -> None:
    world = a_world(tmp_path, AT_ENTRY)
    world.terminal.operator.switches.algo_trading = False
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(2)
    assert setup.refusal == "TERMINAL_NOT_READY"
    assert world.terminal.history_orders_total(0x1, 0x7FFFFFFF) == 0


def test_an_answer_lost_after_execution_is_adopted_and_never_sent_again(tmp_path: Path) -> None:
    world = a_world(tmp_path, AT_ENTRY)
    world.faults.lose_next_send(SendLoss.EXECUTED)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(30)
    assert setup.status == SetupStatus.FILLED
    assert len(world.terminal.positions_get()) == 1
    assert [line["resolution"] for line in world.events("IntentResolved")] == ["executed"]


def test_an_answer_lost_before_execution_blocks_until_its_absence_is_proven(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path, AT_ENTRY)
    world.faults.lose_next_send(SendLoss.NOT_EXECUTED)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(14)
    assert len(world.events("OrderIntended")) == 1
    assert setup.status == SetupStatus.AWAITING_ENTRY
    world.run_minutes(10)
    assert [line["resolution"] for line in world.events("IntentResolved")] == ["absent"]
    assert setup.status == SetupStatus.FILLED
    assert len(world.terminal.positions_get()) == 1
