"""Open positions: the ladder, stops that never loosen, a person's hand, weekends."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import TUESDAY_NOON, World, a_market, settings_for

from bot.live.state import SetupStatus

ENTRY, STOP = 1.1000, 1.0950  # 1R is 50 pips
FLAT = (0.0, 1.09995, 1.10000)
UP_07R = (10.0, 1.10350, 1.10355)
UP_13R = (20.0, 1.10650, 1.10655)
UP_21R = (30.0, 1.11050, 1.11055)


def an_open_world(
    tmp_path: Path, *later: tuple[float, float, float], start_utc_s: float = TUESDAY_NOON
) -> World:
    market = a_market({"EURUSD": [FLAT, *later]}, 6_000, start_utc_s)
    world = World(tmp_path, market, settings_for("EURUSD")).start()
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert len(world.terminal.positions_get()) == 1
    return world


def test_the_first_rung_closes_its_share_and_moves_the_stop_to_break_even(tmp_path: Path) -> None:
    world = an_open_world(tmp_path, UP_07R)
    world.run_minutes(12)
    (position,) = world.terminal.positions_get()
    assert position.volume == pytest.approx(0.15)  # 35 % of 0.23 is 0.08
    assert position.sl >= position.price_open
    assert [line["rung"] for line in world.events("RungTaken")] == [1]


def test_no_stop_edit_is_sent_that_the_broker_refuses_for_the_target_near_by(
    tmp_path: Path,
) -> None:
    world = an_open_world(tmp_path, UP_07R)
    world.terminal.operator.respecify("EURUSD", stops_level=700)  # the target is 65 pips away
    world.run_minutes(12)
    (position,) = world.terminal.positions_get()
    assert position.sl == pytest.approx(STOP), "the old stop stays, in silence"
    assert [line["rung"] for line in world.events("RungTaken")] == [1]
    assert not [line for line in world.events("FaultMet") if line["fault"] == "B12"]


def test_the_second_rung_locks_the_first_target_and_half_an_r(tmp_path: Path) -> None:
    world = an_open_world(tmp_path, UP_07R, UP_13R)
    world.run_minutes(22)
    (position,) = world.terminal.positions_get()
    assert position.volume == pytest.approx(0.09)
    assert position.sl == pytest.approx(1.1 + 1.1 * 0.005, abs=1e-5)


def test_the_last_target_closes_the_rest_and_the_money_adds_up(tmp_path: Path) -> None:
    world = an_open_world(tmp_path, UP_07R, UP_13R, UP_21R)
    world.run_minutes(33)
    assert world.terminal.positions_get() == ()
    (closed,) = world.events("PositionClosed")
    assert closed["lots"] == pytest.approx(0.23)
    assert closed["net_money"] == pytest.approx(world.balance - 20_000.0, abs=0.004)
    booked = sum(
        line["profit_money"] + line["swap_money"] + line["commission_money"] + line["fee_money"]
        for line in world.events("DealBooked")
    )
    assert booked == pytest.approx(world.balance - 20_000.0, abs=0.004)


def test_a_jump_over_two_rungs_takes_both_in_one_cycle(tmp_path: Path) -> None:
    world = an_open_world(tmp_path, (10.0, 1.10650, 1.10655))
    world.run_minutes(10.5)
    assert [line["rung"] for line in world.events("RungTaken")] == [1, 2]


def test_the_ladder_goes_on_where_it_was_after_a_restart(tmp_path: Path) -> None:
    world = an_open_world(tmp_path, UP_07R, UP_13R)
    world.run_minutes(12)
    world.restart().run_minutes(12)
    assert [line["rung"] for line in world.events("RungTaken")] == [1, 2]
    (position,) = world.terminal.positions_get()
    assert position.volume == pytest.approx(0.09)


def test_exits_keep_the_ladder_of_their_entry_when_parameters_change(tmp_path: Path) -> None:
    world = an_open_world(tmp_path, UP_07R)
    exits = world.settings.exits._replace(targets_r=(0.9, 1.5, 3.0))
    world.settings = settings_for("EURUSD", exits=exits)
    world.restart().run_minutes(12)
    assert [line["rung"] for line in world.events("RungTaken")] == [1]


def test_a_removed_stop_is_back_within_one_cycle(tmp_path: Path) -> None:
    world = an_open_world(tmp_path)
    (position,) = world.terminal.positions_get()
    world.terminal.operator.move_levels(position.ticket, 0.0, position.tp)
    world.run_minutes(10 / 60)
    (position,) = world.terminal.positions_get()
    assert position.sl == STOP


def test_a_loosened_stop_is_restored_and_a_tightened_one_is_kept(tmp_path: Path) -> None:
    world = an_open_world(tmp_path)
    (position,) = world.terminal.positions_get()
    world.terminal.operator.move_levels(position.ticket, 1.0900, position.tp)
    world.run_minutes(1)
    assert world.terminal.positions_get()[0].sl == STOP
    world.terminal.operator.move_levels(position.ticket, 1.0980, position.tp)
    world.run_minutes(1)
    assert world.terminal.positions_get()[0].sl == 1.0980


def test_a_position_closed_by_a_person_is_settled_and_not_entered_again(tmp_path: Path) -> None:
    world = an_open_world(tmp_path)
    (position,) = world.terminal.positions_get()
    world.terminal.operator.close_position(position.ticket)
    world.run_minutes(10)
    (closed,) = world.events("PositionClosed")
    assert closed["reason"] == "MANUAL"
    assert world.terminal.positions_get() == ()


def test_a_stop_hit_at_the_broker_is_named_by_its_deal(tmp_path: Path) -> None:
    world = an_open_world(tmp_path, (10.0, 1.0949, 1.09495))
    world.run_minutes(12)
    (closed,) = world.events("PositionClosed")
    assert closed["reason"] == "STOP"
    assert closed["result_r"] == pytest.approx(-1.0, abs=0.03)


def test_foreign_positions_are_counted_and_never_touched(tmp_path: Path) -> None:
    world = an_open_world(tmp_path)
    ticket = world.open_foreign("EURUSD", -1, 0.10, 1.1050)
    world.spool.say("flatten")
    world.run_minutes(5)
    assert [p.ticket for p in world.terminal.positions_get()] == [ticket]
    assert len(world.events("FlattenFinished")) == 1


def test_a_loser_leaves_before_the_weekend_and_a_runner_stays(tmp_path: Path) -> None:
    friday = TUESDAY_NOON + 3 * 86_400.0  # 14:00 server, ten hours before the week ends
    loser = an_open_world(tmp_path / "a", (60.0, 1.0980, 1.09805), start_utc_s=friday)
    loser.run_minutes(9.5 * 60, cycle_s=60.0)
    assert loser.events("PositionClosed")[0]["reason"] == "WEEKEND"
    runner = an_open_world(tmp_path / "b", (60.0, 1.1028, 1.10285), start_utc_s=friday)
    runner.run_minutes(9.5 * 60, cycle_s=60.0)
    assert len(runner.terminal.positions_get()) == 1


def test_a_filled_setup_cannot_be_dropped_by_the_scanner(tmp_path: Path) -> None:
    world = an_open_world(tmp_path)
    (setup,) = world.bot.state.setups.values()
    assert setup.status == SetupStatus.FILLED
