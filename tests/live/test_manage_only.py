"""Manage-only: exits go on, nothing enters, nothing rests, and only a person lifts it."""

from __future__ import annotations

from pathlib import Path

from builders import World, a_market, settings_for

from bot.live.state import SetupStatus

RISING = {
    "EURUSD": [
        (0, 1.09995, 1.10000),
        (6, 1.10350, 1.10355),
        (12, 1.10650, 1.10655),
        (18, 1.11060, 1.11065),
    ]
}
FALLING = {"EURUSD": [(0, 1.1010, 1.1011), (8, 1.0995, 1.0996)]}
"""Comes down to a limit that rests below."""


def _world(folder: Path, paths: dict[str, list[tuple[float, float, float]]]) -> World:
    world = World(folder, a_market(paths, 60), settings_for("EURUSD")).start()
    world.add_setup("EURUSD", 1, 1.1000, 1.0950)
    return world


def test_nothing_enters_before_a_person_lifts_it(tmp_path: Path) -> None:
    world = _world(tmp_path, FALLING)
    world.spool.say("manage_only", "5 restarts")
    world.run_minutes(10)
    assert world.events("PositionOpened") == []
    assert [event["halt"] for event in world.events("HaltLatched")] == ["manage_only"]
    world.spool.say("resume")
    world.run_minutes(10)
    assert len(world.events("PositionOpened")) == 1


def test_an_order_that_rests_is_withdrawn_so_that_it_cannot_fill(tmp_path: Path) -> None:
    world = _world(tmp_path, FALLING)
    world.run_minutes(1)
    assert world.bot.state.live_setups(SetupStatus.PENDING)
    world.spool.say("manage_only", "5 restarts")
    world.restart().cycle()  # as the flag is met: by a new trader, in its first cycle
    assert not world.bot.state.live_setups(SetupStatus.PENDING)
    world.run_minutes(10)
    assert world.events("PositionOpened") == []


def test_it_outlives_the_trader(tmp_path: Path) -> None:
    world = _world(tmp_path, FALLING)
    world.spool.say("manage_only", "5 restarts")
    world.cycle()
    world.restart().run_minutes(10)
    assert world.events("PositionOpened") == []


def test_positions_take_their_rungs_all_the_same(tmp_path: Path) -> None:
    world = _world(tmp_path, RISING)
    world.run_minutes(2)
    assert len(world.events("PositionOpened")) == 1
    world.spool.say("manage_only", "5 restarts")
    world.run_minutes(20)
    assert world.events("RungTaken")
