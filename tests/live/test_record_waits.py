"""Lines the disk refuses wait their turn: a journal that takes lines again has no hole (I10)."""

from __future__ import annotations

from pathlib import Path

import pytest
from puppet import ABOVE, ENTRY, STOP, Disk, a_world, filled, resting

from bot.live.state import SetupStatus
from bot.model.broker import CloseLots
from bot.model.events import HaltCleared


def moves_of(lines: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(line["before"], line["after"]) for line in lines]


def test_a_fill_the_disk_refused_to_note_stands_in_the_journal_later(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path, (3.0, *ABOVE[1:]), (3.5, 1.09990, 1.09995), first=ABOVE)
    disk = Disk(world)
    setup = resting(world)
    disk.is_journal_full = True
    world.run_minutes(3)
    assert setup.status == SetupStatus.FILLED
    assert world.events("PositionOpened") == []
    disk.is_journal_full = False
    world.run_minutes(1)
    (opened,) = world.events("PositionOpened")
    assert opened["setup_id"] == setup.setup_id
    assert moves_of(world.events("SetupMoved")) == [
        ("awaiting_entry", "pending"),
        ("pending", "filled"),
    ]


def test_lines_that_waited_keep_their_order_and_come_once(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    disk = Disk(world)
    disk.is_journal_full = True
    reasons = [f"line {number}" for number in range(5)]
    for reason in reasons:
        assert world.bot.record.event(HaltCleared(halt="test", reason=reason)) is False
    disk.is_journal_full = False
    world.run_minutes(1)
    assert [line["reason"] for line in world.events("HaltCleared")] == reasons
    assert world.bot.record.event(HaltCleared(halt="test", reason="after")) is True
    assert [line["reason"] for line in world.events("HaltCleared")] == [*reasons, "after"]


def test_nothing_is_opened_while_a_line_waits(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    disk = Disk(world)
    disk.is_journal_full = True
    world.bot.record.event(HaltCleared(halt="test", reason="waits"))
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert setup.status == SetupStatus.AWAITING_ENTRY
    assert not world.bot.record.is_durable
    disk.is_journal_full = False
    world.run_minutes(1)
    assert setup.status == SetupStatus.FILLED
    assert world.bot.record.is_durable


def test_an_exit_that_went_out_without_its_line_is_told_later(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    filled(world)
    disk = Disk(world)
    disk.is_journal_full = True
    world.spool.say("flatten")
    world.run_minutes(1)
    assert len(puppet.sent_of(CloseLots)) == 1
    assert world.terminal.positions_get() == ()
    disk.is_journal_full = False
    world.run_minutes(1)
    names = ("CommandTaken", "HaltLatched", "OrderIntended", "OrderAnswered")
    told = [line["event"] for line in world.bot.ports.journal.events() if line["event"] in names]
    assert told[-4:] == list(names)


@pytest.mark.parametrize(("verb", "argument"), [("resume", ""), ("reset", "requests")])
def test_what_lifts_a_halt_waits_for_a_disk_that_takes_its_line(
    tmp_path: Path, verb: str, argument: str
) -> None:
    world, _ = a_world(tmp_path)
    world.spool.say("pause")
    world.run_minutes(1)
    disk = Disk(world)
    disk.is_journal_full = disk.is_store_full = True
    world.spool.say(verb, "on", argument)
    world.run_minutes(1)
    assert "paused" in world.bot.state.halts
    assert len(world.spool.unfinished) == 1, "it is not acknowledged"
    disk.is_journal_full = disk.is_store_full = False
    world.run_minutes(1)
    assert [line["verb"] for line in world.events("CommandTaken")] == ["pause"]
    assert world.events("HaltCleared") == []
    world.spool.say("resume", "again")
    world.run_minutes(1)
    assert world.bot.state.halts == {}


def test_what_stops_the_bot_needs_no_disk(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    disk = Disk(world)
    disk.is_journal_full = disk.is_store_full = True
    world.spool.say("pause")
    world.run_minutes(1)
    assert "paused" in world.bot.state.halts


def test_no_more_than_a_thousand_lines_wait(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    disk = Disk(world)
    disk.is_journal_full = True
    for _ in range(600):
        world.bot.stages.halts.latch("paused", "on", needs_person=True, flattens=False)
        world.bot.stages.halts.clear("paused", "off")
    disk.is_journal_full = False
    world.run_minutes(1)
    count = len(world.events("HaltLatched")) + len(world.events("HaltCleared"))
    assert 990 <= count <= 1_000
