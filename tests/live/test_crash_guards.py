"""A disk that fails and a death between two writes: the journal's word holds after the restart."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from puppet import ABOVE, ENTRY, STOP, Disk, a_world, filled

from bot.live.state import Intent, SetupStatus
from bot.model.events import DealBooked, SetupCreated

MIDNIGHT_MINUTES = 9 * 60.0


def test_a_trade_is_settled_only_once_the_journal_holds_it(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    setup = filled(world)
    disk = Disk(world)
    disk.is_journal_full = True
    world.terminal.operator.close_position(world.terminal.positions_get()[0].ticket)
    world.run_minutes(2)
    assert setup.status == SetupStatus.FILLED
    disk.is_journal_full = False
    world.run_minutes(1)
    assert len(world.events("PositionClosed")) == 1
    assert setup.status == SetupStatus.CLOSED


def test_what_was_being_sent_at_the_crash_is_an_open_question(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    sending = Intent(9, 1, 77, "EURUSD", "open_market", 1, 0.1, ENTRY, STOP, 50.0, 0.0)
    world.bot.state.intents[9] = sending
    world.bot.record.touch()
    assert world.bot.record.save()
    assert world.restart().bot.state.intents[9].is_unknown


def test_a_deal_that_only_the_journal_knows_is_not_booked_twice(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    Disk(world).is_store_full = True
    world.open_foreign("EURUSD", 1, 0.1, STOP)
    world.run_minutes(1)
    assert len(world.events("DealBooked")) == 1
    world.restart().run_minutes(1)
    assert len(world.events("DealBooked")) == 1
    (line,) = world.events("DealBooked")
    told = {part.name: line[part.name] for part in fields(DealBooked)}
    again = DealBooked(**told)  # type: ignore[arg-type]
    assert world.bot.record.event(again) is True, "it is known, and that is no failure"
    assert len(world.events("DealBooked")) == 1


def test_a_halt_that_only_the_journal_knows_holds_after_the_crash(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    Disk(world).is_store_full = True
    world.bot.stages.halts.latch("daily_brake", "test", needs_person=False, flattens=True)
    world.restart()
    assert world.bot.state.halts["daily_brake"].resets == "next_server_day"


def test_a_resume_that_only_the_journal_knows_holds_after_the_crash(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    world.bot.stages.halts.latch("paused", "test", needs_person=True, flattens=False)
    Disk(world).is_store_full = True
    world.bot.stages.halts.clear("paused", "test")
    world.restart()
    assert world.bot.state.halts == {}


def test_a_halt_of_last_week_survives_a_restart(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    world.spool.say("pause", "holiday")
    world.run_minutes(1)
    for _ in range(6):
        world.clock.sleep(86_400.0)
        world.cycle()
    assert world.restart().bot.state.halts["paused"].reason == "holiday"


def test_numbers_that_only_the_journal_knows_are_not_given_twice(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path, first=ABOVE)
    state = world.bot.state
    created = SetupCreated(
        setup_id=state.next_setup_id + 5,
        symbol="EURUSD",
        side="buy",
        entry_price=ENTRY,
        stop_price=STOP,
        points=4.0,
        expires_utc_s=0.0,
    )
    world.bot.ports.journal.record(created)
    Disk(world).is_store_full = True
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    (intended,) = {line["intent_id"] for line in world.events("OrderIntended")}
    world.restart()
    assert world.bot.state.next_setup_id == created.setup_id + 1
    assert world.bot.state.next_intent_id > int(str(intended))


def test_a_day_that_only_the_journal_knows_keeps_its_base(tmp_path: Path) -> None:
    jump, back = (MIDNIGHT_MINUTES, 1.10495, 1.1050), (MIDNIGHT_MINUTES + 3.0, 1.09995, 1.1)
    world, _ = a_world(tmp_path, jump, back)
    world.open_foreign("EURUSD", 1, 1.0, 1.05)
    world.run_minutes(MIDNIGHT_MINUTES - 3.0, cycle_s=20.0)
    Disk(world).is_store_full = True
    world.run_minutes(3.0, cycle_s=20.0)
    opened = world.events("DayOpened")[-1]
    assert (opened["date"], len(world.events("DayOpened"))) == ("2026-03-18", 2)
    world.clock.sleep(240.0)
    world.restart().run_minutes(1)
    day = world.bot.state.day
    assert day is not None
    assert day.base_money == opened["base_money"] > 20_300.0
