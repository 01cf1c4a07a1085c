"""Deaths, pauses, copies, calendar and clock: each happens in its window, and heals."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import World
from fault_scenes import WINDOW_S, a_scene, a_world, armed, live

from bot.errors import AlreadyRunningError
from bot.model.news import SourceStatus
from tools.storm.model import DeathError, PowerLossError, Scene, SceneCalendar


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_world(tmp_path)


@pytest.fixture
def scene(world: World) -> Scene:
    return a_scene(world)


def deaths_of(scene: Scene, fault_id: str, **parameters: float | str) -> list[DeathError]:
    """Every death within the window; the next trader is there ten seconds later."""
    injector, bot, deaths = armed(scene, fault_id, **parameters), scene.bot, []
    until_utc_s = scene.now_utc_s + WINDOW_S
    while scene.now_utc_s < until_utc_s:
        try:
            live(scene, injector, for_s=10.0)
        except DeathError as error:
            deaths.append(error)
            scene.bot = None
        else:
            scene.bot = bot
    return deaths


def test_death_comes_at_the_drawn_operation_and_only_there(scene: Scene) -> None:
    injector = armed(scene, "P01", at="disk", within=1, power="kept")
    while not scene.hooks:
        live(scene, injector, for_s=10.0)
    for _ in range(50):
        scene.operation("before positions_get")
    with pytest.raises(DeathError) as death:
        scene.operation("before disk replace")
    assert not isinstance(death.value, PowerLossError)
    assert not scene.hooks
    assert scene.fired == {"P01": 1}
    scene.operation("before disk replace")


@pytest.mark.parametrize("fault_id", ["P01", "D06", "D15", "T06"])
def test_power_may_go_with_it(scene: Scene, fault_id: str) -> None:
    injector = armed(scene, fault_id, at="", within=1, power="lost")
    while not scene.hooks:
        live(scene, injector, for_s=10.0)
    with pytest.raises(PowerLossError):
        scene.operation("after order_send")


def test_healing_calls_a_death_off(scene: Scene) -> None:
    injector = armed(scene, "P01", at="", within=400)
    while not scene.hooks:
        live(scene, injector, for_s=10.0)
    injector.heal(scene)
    for _ in range(400):
        scene.operation("before positions_get")
    live(scene, injector)
    assert scene.fired == {}


def test_an_unforeseen_error_is_raised_once(scene: Scene) -> None:
    injector = armed(scene, "P11", at="", within=1, error="value")
    while not scene.hooks:
        live(scene, injector, for_s=10.0)
    with pytest.raises(ValueError, match="P11 before positions_get"):
        scene.operation("before positions_get")
    scene.operation("before positions_get")
    assert scene.fired == {"P11": 1}


@pytest.mark.parametrize(
    ("fault_id", "kind"), [("P06", DeathError), ("P08", PowerLossError), ("P17", DeathError)]
)
def test_a_process_ends_between_cycles_and_stays_away(
    scene: Scene, fault_id: str, kind: type[DeathError]
) -> None:
    deaths = deaths_of(scene, fault_id, times=2, down_s=240.0)
    assert [type(death) for death in deaths] == [kind, kind]
    assert scene.down_until_utc_s > scene.now_utc_s - WINDOW_S
    assert scene.fired == {fault_id: 2}


def test_ctrl_c_as_a_request_is_written_down(scene: Scene, world: World) -> None:
    deaths_of(scene, "P17", how="asked")
    assert [event["reason"] for event in world.events("BotStopped")] == ["interrupted"]


def test_nobody_dies_twice(scene: Scene) -> None:
    scene.bot = None
    live(scene, *(armed(scene, fault_id) for fault_id in ("P01", "P02", "P06", "P08", "P17")))
    assert scene.fired == {}


def test_a_crash_loop_kills_again_and_again_and_then_ends(scene: Scene) -> None:
    deaths = deaths_of(scene, "P02", for_s=600.0)
    assert len(deaths) >= 6
    assert scene.fired == {"P02": len(deaths)}


def test_a_task_limit_ends_only_what_is_old_enough(scene: Scene) -> None:
    scene.starts_utc_s.append(scene.now_utc_s - 8 * 3600.0 + WINDOW_S - 60.0)
    assert len(deaths_of(scene, "P05", limit_h=8)) == 1
    scene.starts_utc_s.append(scene.now_utc_s - 8 * 3600.0 + WINDOW_S + 60.0)
    assert deaths_of(scene, "P05", limit_h=8) == []


def test_a_sleeping_computer_stands_still_once(scene: Scene) -> None:
    live(scene, armed(scene, "P09", for_s=900.0))
    assert scene.stall_s == 900.0
    assert scene.fired == {"P09": 1}


def test_starvation_stretches_cycles_while_it_lasts(scene: Scene) -> None:
    injector = armed(scene, "P13", for_s=300.0, stretch_s=20.0)
    live(scene, injector)
    assert 25 * 20.0 <= scene.stall_s <= 31 * 20.0
    assert scene.fired == {"P13": 1}


@pytest.mark.parametrize("fault_id", ["P03", "P18", "H09", "P04"])
def test_a_second_copy_is_refused_and_files_alone_are_no_lock(scene: Scene, fault_id: str) -> None:
    live(scene, armed(scene, fault_id))
    assert scene.violations == []
    assert scene.fired == {fault_id: 1}


def test_a_lock_that_lets_two_in_is_a_broken_promise(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.storm.faults.copies.InstanceLock.acquire", lambda _: None)
    live(scene, armed(scene, "P03"))
    assert [violation.invariant_id for violation in scene.violations] == ["I23"]


def test_a_lock_that_a_dead_file_holds_is_a_broken_promise(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(_: object) -> None:
        raise AlreadyRunningError("somebody")

    monkeypatch.setattr("tools.storm.faults.copies.InstanceLock.__enter__", lambda _: None)
    monkeypatch.setattr("tools.storm.faults.copies.InstanceLock.acquire", held)
    live(scene, armed(scene, "P04"))
    assert [violation.invariant_id for violation in scene.violations] == ["I23"]


@pytest.mark.parametrize("shape", ["absent", "empty", "broken", "old"])
def test_the_calendar_goes_bad_and_comes_back(scene: Scene, shape: str) -> None:
    own, seen = scene.calendar, SceneCalendar(scene)
    injector = armed(scene, "X08", shape=shape, for_s=100_000.0)
    live(scene, injector, for_s=3590.0)
    source = seen.events().sources[0]
    assert source.facts.is_required
    assert not source.facts.is_declared
    assert shape != "broken" or source.facts.status == SourceStatus.BROKEN
    assert shape != "absent" or source.facts.status == SourceStatus.ABSENT
    assert scene.calendar is not own
    injector.heal(scene)
    assert scene.calendar is own


def test_the_clock_steps_and_steps_back(scene: Scene) -> None:
    injector = armed(scene, "C05", step_s=-86_400.0, for_s=600.0)
    while not scene.fired:
        live(scene, injector, for_s=10.0)
    assert scene.clock_error_s == -86_400.0
    live(scene, injector, for_s=610.0)
    assert scene.clock_error_s == 0.0


def test_errors_of_two_clocks_add_up_and_are_undone_one_by_one(scene: Scene) -> None:
    one = armed(scene, "C04", step_s=30.0, for_s=100_000.0)
    other = armed(scene, "C05", step_s=3600.0, for_s=100_000.0)
    live(scene, one, other, for_s=3590.0)
    assert scene.clock_error_s == 3630.0
    one.heal(scene)
    assert scene.clock_error_s == 3600.0
    other.heal(scene)
    assert scene.clock_error_s == 0.0


def test_the_same_seed_strikes_at_the_same_moments(tmp_path: Path) -> None:
    moments = []
    for name in ("one", "other"):
        scene = a_scene(a_world(tmp_path / name))
        injector, before_s = armed(scene, "P09", for_s=1.0, times=3), 0.0
        for _ in range(360):
            live(scene, injector, for_s=10.0)
            if scene.stall_s != before_s:
                before_s = scene.stall_s
                moments.append((name, scene.now_utc_s))
    assert [at for name, at in moments if name == "one"] == [
        at for name, at in moments if name == "other"
    ]
    assert len(moments) >= 4
