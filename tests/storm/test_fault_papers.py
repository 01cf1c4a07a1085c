"""Parameters changed between two starts: refused by name, or harmless to what is open."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from builders import World
from fault_scenes import WINDOW_S, a_scene, a_world, armed, live

from bot.errors import NeedsPersonError, WrongAccountError
from bot.live.build import Bot
from bot.live.loop import start
from bot.live.recovery import load_state
from bot.live.state import Ladder
from tools.storm.model import DeathError, Injector, Scene


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_world(tmp_path)


@pytest.fixture
def scene(world: World) -> Scene:
    return a_scene(world)


def struck(scene: Scene, injector: Injector) -> None:
    """Live until it strikes, and die of it."""
    with pytest.raises(DeathError):
        live(scene, injector, for_s=WINDOW_S + 20.0)
    scene.bot = None


@pytest.mark.parametrize(
    ("fault_id", "shape"),
    [
        ("K01", "missing"),
        ("K02", "unknown"),
        ("K03", "slipped"),
        ("K03", "nan"),
        ("K03", "word"),
        ("K04", "contradictory"),
    ],
)
def test_bent_parameters_are_refused_by_the_name_of_their_field(
    scene: Scene, fault_id: str, shape: str
) -> None:
    for seed in range(3):
        scene.seed, scene.bot = seed, scene.bot or cast("Bot", SimpleNamespace())
        struck(scene, armed(scene, fault_id, shape=shape, down_s=60.0))
    assert scene.violations == []
    assert scene.fired == {fault_id: 3}
    assert scene.down_until_utc_s >= scene.now_utc_s


def test_a_reader_that_takes_everything_is_a_broken_promise(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.storm.faults.papers.load_settings", lambda _: None)
    struck(scene, armed(scene, "K01"))
    assert [violation.invariant_id for violation in scene.violations] == ["I4"]


@pytest.mark.parametrize(
    ("fault_id", "shape", "error"),
    [
        ("K05", "login", WrongAccountError),
        ("K05", "server", WrongAccountError),
        ("H11", "phase", NeedsPersonError),
        ("H11", "preset", NeedsPersonError),
    ],
)
def test_a_start_with_the_wrong_papers_is_refused_until_the_right_ones_are_back(
    scene: Scene, world: World, fault_id: str, shape: str, error: type[Exception]
) -> None:
    world.bot.record.touch()
    world.bot.record.save()
    own = scene.settings
    injector = armed(scene, fault_id, shape=shape, down_s=300.0)
    struck(scene, injector)
    world.settings = scene.settings
    with pytest.raises(error):
        start(world._new_bot())
    live(scene, injector, for_s=310.0)
    assert scene.settings is own
    assert scene.violations == []


def test_a_trader_that_lives_with_the_wrong_papers_is_a_broken_promise(scene: Scene) -> None:
    own, bot = scene.settings, scene.bot
    injector = armed(scene, "H11", shape="phase", down_s=3000.0)
    struck(scene, injector)
    scene.bot = bot
    with pytest.raises(DeathError):
        live(scene, injector, for_s=20.0)
    assert [violation.invariant_id for violation in scene.violations] == ["I14"]
    assert scene.settings is own


def test_healing_puts_the_right_papers_back(scene: Scene) -> None:
    own = scene.settings
    injector = armed(scene, "K05", down_s=100_000.0)
    struck(scene, injector)
    assert scene.settings is not own
    injector.heal(scene)
    assert scene.settings is own


def a_ladder(targets_r: list[float]) -> Ladder:
    return Ladder(
        position_id=1,
        opened_utc_s=0.0,
        open_price=1.1,
        initial_stop_price=1.09,
        one_r_price=0.01,
        lots_opened=0.1,
        risk_money=100.0,
        targets_r=targets_r,
        close_fractions=[1.0],
        stops_after_r=[None],
        stop_price=1.09,
    )


@pytest.mark.parametrize(("after_r", "broken"), [([1.0], []), ([0.5], ["I3"])])
def test_edited_exits_leave_open_positions_as_they_began(
    scene: Scene, world: World, after_r: list[float], broken: list[str]
) -> None:
    setup = world.add_setup("EURUSD", 1, 1.1, 1.09)
    setup.ladder = a_ladder([1.0])
    own, bot = scene.settings, scene.bot
    injector = armed(scene, "K06", factor=0.5)
    struck(scene, injector)
    assert scene.settings.exits.targets_r == tuple(r * 0.5 for r in own.exits.targets_r)
    assert scene.settings.params_hash != own.params_hash
    setup.ladder = a_ladder(after_r)
    scene.bot = bot
    live(scene, injector, for_s=20.0)
    assert [violation.invariant_id for violation in scene.violations] == broken


def test_edited_risk_still_loads_the_same_record(scene: Scene, world: World) -> None:
    world.bot.record.touch()
    world.bot.record.save()
    setup = world.add_setup("EURUSD", 1, 1.1, 1.09)
    setup.ladder = a_ladder([1.0])
    struck(scene, armed(scene, "K06", factor=1.2))
    read = world.bot.ports.broker.account()
    account = read.value  # type: ignore[union-attr]
    state = load_state(world.bot.ports.store, account, scene.settings, scene.now_utc_s)
    assert state.login == account.login
