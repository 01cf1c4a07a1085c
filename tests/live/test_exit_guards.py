"""Leaving under bad answers: cancels that prove nothing, refused stops, a flatten that is sure."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import World, a_market, settings_for
from puppet import ABOVE, AT_ENTRY, BUSY, ENTRY, STOP, Puppet, a_world, filled, resting

from bot.live.state import SetupStatus
from bot.model.broker import (
    CancelOrder,
    CloseLots,
    MoveStop,
    PlaceLimit,
    SendOutcome,
    SendResult,
)
from bot.model.market import Quote
from bot.ports import Ok, Unknown
from bot.simulator.faults import SendLoss

POUND = [(0.0, 1.25995, 1.26000)]


def nothing(*_asked: object) -> Ok[tuple[object, ...]]:
    return Ok(())


def flatten(world: World) -> None:
    world.spool.say("flatten")


# --- cancels ------------------------------------------------------------------------------------


def withdraw(world: World, puppet: Puppet, **says: object) -> SetupStatus:
    """What a withdrawal makes of the resting setup while the broker says these."""
    setup = resting(world)
    puppet.says.update(says)  # type: ignore[arg-type]
    world.bot.stages.pending.withdraw(setup, SetupStatus.CANCELLED, "test")
    return setup.status


def test_a_cancel_that_history_shows_ends_the_setup(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path, first=ABOVE)
    assert withdraw(world, puppet) == SetupStatus.CANCELLED


def test_a_cancel_that_nothing_shows_proves_nothing(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path, first=ABOVE)
    assert withdraw(world, puppet, finished_orders=nothing) == SetupStatus.PENDING


def test_a_cancel_whose_history_cannot_be_read_proves_nothing(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path, first=ABOVE)
    status = withdraw(world, puppet, finished_orders=lambda _since: Unknown("no history"))
    assert status == SetupStatus.PENDING


def test_a_refused_cancel_leaves_the_setup_resting(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path, first=ABOVE)
    puppet.answers[CancelOrder] = [BUSY]
    assert withdraw(world, puppet) == SetupStatus.PENDING


def test_an_order_that_filled_in_its_cancel_is_no_cancelled_one(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path, (2.5, 1.09990, 1.09995), first=ABOVE)
    setup = resting(world)
    world.clock.sleep(60.0)  # it fills before the bot looks again
    puppet.says["positions"] = nothing
    world.bot.stages.reader.invalidate()
    world.bot.stages.pending.withdraw(setup, SetupStatus.CANCELLED, "test")
    assert setup.status == SetupStatus.FILLED


def test_no_second_order_is_placed_beside_one_that_would_not_go(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path, first=ABOVE)
    resting(world)
    puppet.answers[CancelOrder] = [BUSY]
    placed = len(puppet.sent_of(PlaceLimit))
    world.terminal.operator.withdraw(1_500.0)  # the size is a step too large now
    world.run_minutes(1.2)
    assert len(puppet.sent_of(CancelOrder)) >= 1
    assert len(world.terminal.orders_get()) == 1
    assert len(puppet.sent_of(PlaceLimit)) - placed <= len(puppet.sent_of(CancelOrder)) - 1


def test_a_resting_order_leaves_when_its_stop_is_touched(tmp_path: Path) -> None:
    """The market shows the touch before the order could fill: a gap over both levels."""
    world, puppet = a_world(tmp_path, first=ABOVE)
    setup = resting(world)
    now = world.clock.now_utc_s() + 60.0
    puppet.says["quote"] = lambda _symbol: Ok(Quote(1.0940, 1.09405, now))
    world.run_minutes(1.2)
    assert setup.status == SetupStatus.INVALIDATED
    assert world.terminal.orders_get() == ()


# --- stops --------------------------------------------------------------------------------------


def test_a_position_that_gets_no_stop_is_closed(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    filled(world)
    puppet.answers[MoveStop] = [BUSY] * 99
    (position,) = world.terminal.positions_get()
    world.terminal.operator.move_levels(position.ticket, 0.0, position.tp)
    world.run_minutes(2)
    assert world.terminal.positions_get() == ()
    assert world.events("PositionClosed")[-1]["reason"] == "NAKED"


def test_a_stop_the_broker_refused_is_not_told_as_set(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path, (5.0, 1.10350, 1.10355))
    setup = filled(world)
    puppet.answers[MoveStop] = [BUSY] * 99
    world.run_minutes(8)
    assert len(setup.ladder.rungs) == 1  # type: ignore[union-attr]
    assert world.events("StopMoved") == []
    assert setup.ladder.stop_price == STOP  # type: ignore[union-attr]


def test_a_refused_edit_is_answered_as_refused(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    setup = filled(world)
    puppet.answers[MoveStop] = [BUSY]
    (position,) = world.bot.stages.reader.evidence().positions
    levels = (1.0960, position.target_price)
    assert world.bot.stages.exits.move_stop(setup, position, levels, "test") is False


def test_a_missing_stop_is_set_though_no_price_is_fresh(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    filled(world)
    old = world.clock.now_utc_s() - 3_600.0
    puppet.says["quote"] = lambda _symbol: Ok(Quote(1.09995, 1.10000, old))
    (position,) = world.terminal.positions_get()
    world.terminal.operator.move_levels(position.ticket, 0.0, position.tp)
    world.run_minutes(0.4)
    assert world.terminal.positions_get()[0].sl == STOP


def test_a_target_is_restored_beside_a_stop_that_a_person_tightened(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    filled(world)
    (before,) = world.terminal.positions_get()
    world.terminal.operator.move_levels(before.ticket, 1.0970, 0.0)
    world.run_minutes(1)
    (after,) = world.terminal.positions_get()
    assert (after.sl, after.tp) == (1.0970, before.tp)


# --- rungs and closes ---------------------------------------------------------------------------


def test_a_rung_that_was_refused_is_not_taken(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path, (5.0, 1.10350, 1.10355))
    filled(world)
    puppet.answers[CloseLots] = [BUSY] * 3
    world.run_minutes(3.5)
    assert len(puppet.sent_of(CloseLots)) in (1, 2, 3)
    assert world.events("RungTaken") == []
    world.run_minutes(5)
    assert len(world.events("RungTaken")) == 1


def test_a_frozen_price_takes_no_rung(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    filled(world)
    old = world.clock.now_utc_s() - 3_600.0
    puppet.says["quote"] = lambda _symbol: Ok(Quote(1.10350, 1.10355, old))
    world.run_minutes(3)
    assert puppet.sent_of(CloseLots) == []


def test_a_wanted_close_is_asked_again_until_it_is_done(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    setup = filled(world)
    assert setup.ladder is not None
    setup.ladder.close_reason = "NAKED"
    puppet.answers[CloseLots] = [BUSY]
    world.run_minutes(2)
    assert len(puppet.sent_of(CloseLots)) == 2
    assert world.terminal.positions_get() == ()


def test_after_half_an_hour_of_refusals_a_close_is_still_a_minute_away(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    filled(world)
    puppet.answers[CloseLots] = [SendOutcome(SendResult.REJECTED_REQUEST, 10006, "no")] * 999
    flatten(world)
    world.run_minutes(30)
    assert 30 <= len(puppet.sent_of(CloseLots)) <= 60
    puppet.answers.clear()
    world.run_minutes(1)
    assert world.terminal.positions_get() == ()


def a_shut_market(tmp_path: Path) -> tuple[World, Puppet]:
    """A flatten in a market that was refused as closed for half an hour, its last quote old."""
    world, puppet = a_world(tmp_path)
    filled(world)
    quote = puppet.truly("quote")("EURUSD")
    puppet.says["quote"] = lambda _symbol: quote
    puppet.answers[CloseLots] = [BUSY] * 999
    flatten(world)
    world.run_minutes(30)
    return world, puppet


def test_a_closed_market_is_not_flooded_with_closes(tmp_path: Path) -> None:
    _, puppet = a_shut_market(tmp_path)
    assert 5 <= len(puppet.sent_of(CloseLots)) <= 12


def test_a_market_that_moves_again_is_left_within_a_minute(tmp_path: Path) -> None:
    world, puppet = a_shut_market(tmp_path)
    puppet.says.clear()
    puppet.answers.clear()
    world.run_minutes(1)
    assert world.terminal.positions_get() == ()


def test_a_market_that_moves_but_takes_no_close_is_asked_no_faster(tmp_path: Path) -> None:
    world, puppet = a_shut_market(tmp_path)
    puppet.says.clear()
    before_count = len(puppet.sent_of(CloseLots))
    world.run_minutes(10)
    assert len(puppet.sent_of(CloseLots)) - before_count <= 4


# --- the flatten --------------------------------------------------------------------------------


def test_flat_is_confirmed_by_the_second_clean_read(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    flatten(world)
    world.clock.sleep(10.0)
    world.cycle()
    assert world.events("FlattenFinished") == []
    world.clock.sleep(10.0)
    world.cycle()
    assert len(world.events("FlattenFinished")) == 1


def test_a_flatten_takes_back_what_rests(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path, first=ABOVE)
    resting(world)
    flatten(world)
    world.run_minutes(1)
    assert world.terminal.orders_get() == ()
    assert len(puppet.sent_of(CancelOrder)) == 1


def test_a_flatten_takes_back_an_order_no_setup_knows(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path, first=ABOVE)
    resting(world)
    world.bot.state.setups.clear()
    flatten(world)
    world.run_minutes(1)
    assert world.terminal.orders_get() == ()


def test_flat_is_not_confirmed_while_an_order_will_not_go(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path, first=ABOVE)
    resting(world)
    puppet.answers[CancelOrder] = [BUSY] * 99
    flatten(world)
    world.run_minutes(5)
    assert world.events("FlattenFinished") == []


def test_flat_is_not_confirmed_while_an_order_may_still_fill(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    world.faults.lose_next_send(SendLoss.NOT_EXECUTED)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    flatten(world)
    world.run_minutes(10)
    assert world.events("FlattenFinished") == []
    world.run_minutes(10)
    assert len(world.events("FlattenFinished")) == 1


def test_a_flatten_leaves_a_strangers_position(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    filled(world)
    stranger = world.open_foreign("EURUSD", 1, 0.1, STOP)
    flatten(world)
    world.run_minutes(2)
    assert [p.ticket for p in world.terminal.positions_get()] == [stranger]


# --- the guard beside strangers -----------------------------------------------------------------


@pytest.mark.parametrize("stop_price", [1.2500, 0.0])
def test_ours_goes_for_the_floor_and_a_strangers_stays(tmp_path: Path, stop_price: float) -> None:
    """A second stranger without a stop changes nothing: what has a bound is judged."""
    market = a_market({"EURUSD": [AT_ENTRY], "GBPUSD": POUND}, 600)
    world = World(tmp_path, market, settings_for("EURUSD", "GBPUSD")).start().run_minutes(1)
    filled(world)
    large = world.open_foreign("GBPUSD", 1, 1.20, 1.2500)
    small = world.open_foreign("GBPUSD", 1, 0.01, stop_price)
    world.run_minutes(2)
    assert {p.ticket: p.volume for p in world.terminal.positions_get()} == {large: 1.2, small: 0.01}


def test_a_flatten_closes_what_is_smaller_than_the_least_volume_by_now(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    filled(world)
    world.terminal.operator.respecify("EURUSD", volume_min=1.0, volume_step=1.0)
    flatten(world)
    world.run_minutes(1)
    assert world.terminal.positions_get() == ()
    assert len(world.events("FlattenFinished")) == 1
