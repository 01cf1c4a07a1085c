"""A machine whose clock leaps: no day is opened and nothing is entered by it (C05)."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import World, a_market, settings_for

YEAR_S = 365 * 86_400.0


def a_world(folder: Path) -> World:
    market = a_market({"EURUSD": [(0.0, 1.1000, 1.1001)]}, minutes=240.0)
    return World(folder, market, settings_for("EURUSD")).start()


def leap(world: World, by_s: float) -> None:
    """From now on the machine's clock is wrong by this much; time passes as before."""
    clock = world.clock
    truth = type(clock).now_utc_s
    clock.now_utc_s = lambda: truth(clock) + by_s  # type: ignore[method-assign]


@pytest.mark.parametrize("by_s", [YEAR_S, 10 * 86_400.0, -YEAR_S])
def test_a_clock_that_leaps_opens_no_day(tmp_path: Path, by_s: float) -> None:
    world = a_world(tmp_path)
    for _ in range(30):
        world.clock.sleep(10.0)
        world.cycle()

    leap(world, by_s)
    truth = type(world.clock).now_utc_s
    until = truth(world.clock) + 1_800.0
    while truth(world.clock) < until:
        world.clock.sleep(10.0)
        world.cycle()

    assert len(world.events("DayOpened")) == 1
    assert world.bot.record.is_clock_doubted


def test_a_clock_in_step_is_not_doubted(tmp_path: Path) -> None:
    world = a_world(tmp_path)

    world.run_minutes(30.0)

    assert not world.bot.record.is_clock_doubted
