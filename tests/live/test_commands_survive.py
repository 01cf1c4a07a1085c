"""A person's command outlives every death of the trader, and is carried out once (I10)."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import Spool, World, a_market, settings_for
from rebuild_worlds import PATHS

from bot.errors import StoreError
from bot.live.loop import start
from bot.live.state import SetupStatus


class Killed(BaseException):
    """The process ends here."""


class MortalSpool(Spool):
    """Its trader dies before a command is acknowledged, while it is told to."""

    is_deadly = False

    def acknowledge(self, command_id: str) -> None:
        if self.is_deadly:
            raise Killed
        super().acknowledge(command_id)


def a_world(folder: Path) -> World:
    market = a_market({"GBPUSD": PATHS["GBPUSD"]}, 60)
    world = World(folder, market, settings_for("GBPUSD"))
    world.spool = MortalSpool()
    world.restart()
    world.add_setup("GBPUSD", 1, 1.2600, 1.2500)
    return world.run_minutes(1)


def die(*_: object) -> None:
    raise Killed


@pytest.mark.parametrize("port", ["journal", "store", "spool"])
def test_a_death_at_any_step_of_a_command_loses_and_doubles_nothing(
    tmp_path: Path, port: str
) -> None:
    world = a_world(tmp_path)
    if port == "spool":
        world.spool.is_deadly = True  # type: ignore[attr-defined]
    else:
        name = "record" if port == "journal" else "save"
        setattr(getattr(world.bot.ports, port), name, die)
    world.spool.say("pause", "lunch")
    with pytest.raises(Killed):
        world.cycle()
    world.spool.is_deadly = False  # type: ignore[attr-defined]
    world.restart().run_minutes(1)

    assert world.bot.state.halts["paused"].reason == "lunch"
    assert world.spool.unfinished == []
    assert len(world.events("CommandTaken")) == 1
    assert len(world.events("HaltLatched")) == 1


def test_a_resume_handed_out_again_lifts_nothing_that_came_after_it(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.spool.say("pause")
    world.run_minutes(1)
    world.spool.say("resume")
    world.spool.is_deadly = True  # type: ignore[attr-defined]
    with pytest.raises(Killed):
        world.cycle()
    world.spool.is_deadly = False  # type: ignore[attr-defined]
    world.bot = world._new_bot()
    world.spool.begin_again()
    start(world.bot)
    world.bot.stages.halts.latch("later", "found at the start", needs_person=True, flattens=False)
    world.run_minutes(1)
    assert set(world.bot.state.halts) == {"later"}
    assert world.spool.unfinished == []


def test_a_command_is_acknowledged_only_once_its_effect_is_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(tmp_path)

    def full(*_: object) -> None:
        raise StoreError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(world.bot.ports.store, "save", full)
        world.spool.say("pause")
        world.cycle()
        assert len(world.spool.unfinished) == 1
        assert "paused" in world.bot.state.halts
    world.run_minutes(1)
    assert world.spool.unfinished == []


def test_behind_a_pause_nothing_rests_and_after_it_the_setup_rests_again(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    assert len(world.terminal.orders_get()) == 1
    world.spool.say("pause")
    world.run_minutes(1)
    assert world.terminal.orders_get() == ()
    (setup,) = world.bot.state.setups.values()
    assert setup.status == SetupStatus.AWAITING_ENTRY
    world.spool.say("resume")
    world.run_minutes(5)
    assert len(world.terminal.orders_get()) == 1, world.events("OrderRefused")
