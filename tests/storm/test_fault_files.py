"""Damaged files and refusing disks: the next start reads them, a person repairs what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import World
from fault_scenes import WINDOW_S, a_scene, a_world, armed, live

from bot.adapters.envelope import EnvelopeError, seal, unseal
from bot.adapters.json_store import JsonStore
from bot.errors import StateCorruptError, StoreError
from bot.live.state import SCHEMA_VERSION, STATE_NAME
from tools.storm.disk import SimDisk
from tools.storm.faults.files import DAMAGES, disk_of
from tools.storm.model import DeathError, Injector, Scene

LINE = b'{"seq": 1}\n'


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_world(tmp_path)


@pytest.fixture
def scene(world: World) -> Scene:
    """A scene whose trader has saved twice and written a line."""
    scene = a_scene(world)
    disk = disk_of(scene)
    for number, name in ((4, "state.prev.json"), (5, "state.json")):
        body = b'{\n  "balance": 1.05\n }'
        disk.overwrite(scene.state_folder / name, seal(number, SCHEMA_VERSION, body))
    disk.overwrite(scene.journal_folder / "2026-03-17.jsonl", LINE)
    return scene


def struck(scene: Scene, injector: Injector) -> None:
    """Live until it strikes, and die of it."""
    with pytest.raises(DeathError):
        live(scene, injector, for_s=WINDOW_S + 20.0)
    scene.bot = None


def loaded(scene: Scene) -> dict[str, object]:
    """What the next start would find."""
    with disk_of(scene).installed():
        document = JsonStore(scene.state_folder, SCHEMA_VERSION, sleep=lambda _: None).load(
            STATE_NAME
        )
    return dict(document or {})


ONE_GENERATION_LEFT = [
    "newest cut",
    "newest empty",
    "newest nul",
    "newest flipped",
    "older flipped",
    "newest gone",
    "edited",
    "with a mark",
    "line ends",
    "nan",
    "doubled key",
]


@pytest.mark.parametrize("shape", ONE_GENERATION_LEFT)
def test_one_damaged_generation_leaves_the_other(scene: Scene, shape: str) -> None:
    before = {path: scene.disk.read(path) for path in scene.disk.files(scene.state_folder)}
    struck(scene, armed(scene, "D01", shape=shape))
    after = {path: scene.disk.read(path) for path in scene.disk.files(scene.state_folder)}
    assert after != before
    assert loaded(scene) == {"balance": 1.05}
    assert scene.fired == {"D01": 1}


@pytest.mark.parametrize("shape", ["both flipped", "newer schema"])
def test_what_no_start_may_take_is_repaired_by_a_person(scene: Scene, shape: str) -> None:
    injector = armed(scene, "D10", shape=shape, repair_s=120.0)
    struck(scene, injector)
    with pytest.raises(StateCorruptError):
        loaded(scene)
    live(scene, injector, for_s=130.0)
    assert loaded(scene) == {"balance": 1.05}


def test_a_newer_program_s_file_is_whole(scene: Scene) -> None:
    struck(scene, armed(scene, "P16", shape="newer schema"))
    content = scene.disk.read(scene.state_folder / "state.json")
    assert content is not None
    assert unseal(content).schema_version == SCHEMA_VERSION + 1


def test_a_trader_that_lives_again_is_not_overwritten(scene: Scene, world: World) -> None:
    injector = armed(scene, "D01", shape="newest cut", repair_s=60.0)
    struck(scene, injector)
    scene.bot = world.bot
    path = scene.state_folder / "state.json"
    scene.disk.overwrite(path, b"newer")
    live(scene, injector, for_s=300.0)
    scene.bot = None
    live(scene, injector, for_s=300.0)
    injector.heal(scene)
    assert scene.disk.read(path) == b"newer"


def test_healing_repairs_at_once(scene: Scene) -> None:
    injector = armed(scene, "D10", shape="folder gone", repair_s=10_000.0)
    struck(scene, injector)
    assert scene.disk.files(scene.state_folder) == ()
    injector.heal(scene)
    assert loaded(scene) == {"balance": 1.05}


def test_a_journal_is_flipped_torn_or_taken(scene: Scene) -> None:
    path = scene.journal_folder / "2026-03-17.jsonl"
    for shape in ("journal flipped", "journal torn", "journal gone"):
        before, scene.bot = scene.disk.read(path), scene.bot or a_living_trader(scene)
        injector = armed(scene, "D07", shape=shape)
        struck(scene, injector)
        assert scene.disk.read(path) != before
        injector.heal(scene)
        assert scene.disk.read(path) == before == LINE


def a_living_trader(scene: Scene) -> object:
    """Any sign of life does."""
    return scene.settings


def test_a_rewind_puts_an_old_state_beside_a_new_journal(scene: Scene) -> None:
    injector = armed(scene, "D09", shape="state rewind", back_s=600.0)
    old = scene.disk.read(scene.state_folder / "state.json")
    while not getattr(injector, "_old", None):
        live(scene, injector, for_s=10.0)
    seen_utc_s = scene.now_utc_s
    scene.disk.overwrite(scene.state_folder / "state.json", b"newer")
    scene.disk.overwrite(scene.journal_folder / "2026-03-17.jsonl", LINE + LINE)
    struck(scene, injector)
    assert scene.now_utc_s - seen_utc_s >= 600.0
    assert scene.disk.read(scene.state_folder / "state.json") == old
    assert scene.disk.read(scene.journal_folder / "2026-03-17.jsonl") == LINE + LINE


def test_every_way_of_damage_is_in_the_table_of_words() -> None:
    assert len(DAMAGES) == 19


def saving(scene: Scene) -> None:
    """Save once more, as the trader does."""
    with disk_of(scene).installed():
        store = JsonStore(scene.state_folder, SCHEMA_VERSION, sleep=lambda _: None)
        store.save(STATE_NAME, {"balance": scene.now_utc_s})


@pytest.mark.parametrize(
    ("fault_id", "parameters"),
    [
        ("D02", {"refusals": 0, "where": "state", "windows_code": 32}),
        ("D04", {"shape": "read-only"}),
        ("D05", {"shape": "sync"}),
        ("D05", {"shape": "write"}),
        ("D14", {"where": "state"}),
        ("D03", {"free_bytes": 10}),
    ],
)
def test_a_disk_refuses_while_it_lasts(
    scene: Scene, fault_id: str, parameters: dict[str, float | str]
) -> None:
    injector = armed(scene, fault_id, for_s=600.0, **parameters)
    while not getattr(injector, "is_in_force", False):
        live(scene, injector, for_s=10.0)
    with pytest.raises(StoreError):
        saving(scene)
    assert scene.fired[fault_id] > 0
    live(scene, injector, for_s=620.0)
    saving(scene)


def test_healing_makes_the_disk_sound(scene: Scene) -> None:
    injectors = [armed(scene, fault_id, for_s=100_000.0) for fault_id in ("D03", "D04", "D14")]
    live(scene, *injectors, for_s=3590.0)
    disk = disk_of(scene)
    assert disk.faults
    assert disk.free_bytes is not None
    for injector in injectors:
        injector.heal(scene)
    assert (disk.faults, disk.free_bytes) == ([], None)


def test_a_short_burst_is_outlived(scene: Scene) -> None:
    injector = armed(scene, "D02", refusals=3, where="state", for_s=100_000.0)
    live(scene, injector, for_s=3590.0)
    saving(scene)
    assert scene.fired == {"D02": 3}


def test_only_the_simulated_disk_can_be_broken(scene: Scene) -> None:
    assert isinstance(disk_of(scene), SimDisk)
    with pytest.raises(EnvelopeError):
        unseal(b"newer")
