"""The three limits on a day's requests nest, each asked where the one before ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders import World, settings_for
from puppet import ABOVE, ENTRY, STOP, a_world, filled

from bot.model.settings import BotSettings


def counted(world: World, requests_count: int) -> World:
    assert world.bot.state.day is not None
    world.bot.state.day.requests_count = requests_count
    return world.run_minutes(1.5)


@pytest.mark.parametrize(
    ("requests_count", "is_resting", "tripped"),
    [
        (295, True, set()),
        (300, True, {"requests_soft"}),
        (449, True, {"requests_soft"}),
        (450, False, {"requests_soft", "requests_hard"}),
    ],
)
def test_what_rests_stays_until_the_hard_limit(
    tmp_path: Path, requests_count: int, is_resting: bool, tripped: set[str]
) -> None:
    world, _ = a_world(tmp_path, first=ABOVE)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    counted(world, requests_count)
    assert bool(world.terminal.orders_get()) is is_resting
    assert set(world.bot.state.breakers.tripped) == tripped


def without_breakers() -> BotSettings:
    settings = settings_for("EURUSD")
    s = settings.breakers
    soft, hard = s.requests_soft._replace(use=False), s.requests_hard._replace(use=False)
    return replace(settings, breakers=s._replace(requests_soft=soft, requests_hard=hard))


@pytest.mark.parametrize(("requests_count", "refusal"), [(499, ""), (500, "REQUESTS_AT_CAP")])
def test_the_cap_stands_without_the_breakers(
    tmp_path: Path, requests_count: int, refusal: str
) -> None:
    world, _ = a_world(tmp_path, settings=without_breakers())
    assert world.bot.state.day is not None
    world.bot.state.day.requests_count = requests_count
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(10.0 / 60.0)
    assert setup.refusal == refusal


def test_no_count_of_requests_holds_an_exit_back(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    filled(world)
    counted(world, 2_000)
    world.spool.say("flatten")
    world.run_minutes(1)
    assert world.terminal.positions_get() == ()
