"""Taking exposure off: one thing at a time, though the answer to a close never came."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import World
from puppet import ENTRY, STOP, Puppet, a_world

from bot.live.relief import FLOOR_CAUSE, ReliefMode
from bot.live.state import SetupStatus
from bot.model.broker import CloseLots, SendOutcome, SendResult

GBP_ENTRY, GBP_STOP = 1.2600, 1.2550
LOST = SendOutcome(SendResult.UNKNOWN, 10012, "timed out")


def two_positions(tmp_path: Path) -> tuple[World, Puppet]:
    world, puppet = a_world(tmp_path, more={"GBPUSD": [(0.0, 1.25995, 1.2600)]})
    first = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(2)
    second = world.add_setup("GBPUSD", 1, GBP_ENTRY, GBP_STOP)
    world.run_minutes(5)
    assert (first.status, second.status) == (SetupStatus.FILLED, SetupStatus.FILLED)
    return world, puppet


def act(world: World, shortfall_money: float) -> str:
    world.bot.stages.reader.invalidate()
    return world.bot.stages.guard.relief.act(shortfall_money, ReliefMode.WHOLE, FLOOR_CAUSE)


def closes(puppet: Puppet) -> list[int]:
    return [request.ticket for request in puppet.sent_of(CloseLots)]


def test_a_close_without_an_answer_is_waited_for_before_another_position_goes(
    tmp_path: Path,
) -> None:
    world, puppet = two_positions(tmp_path)
    puppet.answers[CloseLots] = [LOST]
    assert act(world, 50.0) == "close"
    for _ in range(3):
        assert act(world, 50.0) == "", "what was asked for would do"
    assert len(closes(puppet)) == 1


def test_what_the_open_close_would_not_free_is_taken_off_besides(tmp_path: Path) -> None:
    world, puppet = two_positions(tmp_path)
    puppet.answers[CloseLots] = [LOST]
    act(world, 50.0)
    assert act(world, 200.0) == "close"
    assert len(set(closes(puppet))) == 2


@pytest.mark.parametrize(("waited_s", "closes_count"), [(59.0, 1), (60.0, 2)])
def test_an_open_close_is_waited_for_a_minute_at_most(
    tmp_path: Path, waited_s: float, closes_count: int
) -> None:
    world, puppet = two_positions(tmp_path)
    puppet.answers[CloseLots] = [LOST]
    act(world, 50.0)
    world.clock.sleep(waited_s)
    act(world, 50.0)
    assert len(closes(puppet)) == closes_count
