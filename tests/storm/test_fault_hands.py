"""Human hands, prices and words: each acts at the server, is counted once, and heals."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import World
from fault_scenes import a_scene, a_world, armed, live, own_order, own_position

from bot.ports import Command
from tools.storm.faults.hands import books_of


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_world(tmp_path)


def test_a_person_closes_a_position_whole_or_in_part(world: World) -> None:
    ticket, scene = own_position(world), a_scene(world)
    live(scene, armed(scene, "H01", part="half"))
    assert books_of(scene).positions[ticket].lots == pytest.approx(0.05)
    live(scene, armed(scene, "H01", part="whole"))
    assert not books_of(scene).positions
    assert scene.fired == {"H01": 2}


def test_what_finds_nothing_to_do_is_not_counted(world: World) -> None:
    scene = a_scene(world)
    live(
        scene, *(armed(scene, fault_id) for fault_id in ("H01", "H02", "H04", "T08", "T09", "K06"))
    )
    assert scene.fired == {}


def test_a_strangers_position_is_not_closed_by_hand(world: World) -> None:
    ticket = world.open_foreign("EURUSD", 1, 0.1, 1.0)
    scene = a_scene(world)
    live(scene, armed(scene, "H01"))
    assert ticket in books_of(scene).positions


@pytest.mark.parametrize(
    ("how", "moved"),
    [
        ("removed", lambda sl: sl == 0.0),
        ("loosened", lambda sl: 0.0 < sl < 1.095),
        ("tightened", lambda sl: 1.095 < sl < 1.1),
    ],
)
def test_a_person_moves_a_stop(world: World, how: str, moved: object) -> None:
    ticket, scene = own_position(world), a_scene(world)
    live(scene, armed(scene, "H02", how=how))
    assert callable(moved)
    assert moved(books_of(scene).positions[ticket].sl)
    assert scene.fired == {"H02": 1}


def test_a_person_deletes_an_order(world: World) -> None:
    own_order(world)
    scene = a_scene(world)
    live(scene, armed(scene, "H04"))
    assert not books_of(scene).orders
    assert scene.fired == {"H04": 1}


def test_a_person_trades_beside_us_and_closes_again(world: World) -> None:
    scene = a_scene(world)
    injector = armed(scene, "H03", for_s=600.0, lots=0.05)
    live(scene, injector)
    until = int(scene.now_utc_s) + 86_400
    deals = [d for d in world.terminal.history_deals_get(until - 172_800, until) or () if d.symbol]
    assert [deal.magic for deal in deals] == [0, 0]
    assert [deal.entry for deal in deals] == [0, 1]
    assert scene.fired == {"H03": 1}


def test_healing_closes_what_a_person_left_open(world: World) -> None:
    scene = a_scene(world)
    injector = armed(scene, "H03", for_s=100_000.0)
    live(scene, injector, for_s=3590.0)
    assert books_of(scene).positions
    injector.heal(scene)
    assert not books_of(scene).positions
    live(scene, injector)
    assert not books_of(scene).positions


def test_money_is_paid_in_and_out(world: World) -> None:
    scene, before_money = a_scene(world), world.balance
    live(scene, armed(scene, "H05", money=-75.5))
    assert world.balance == pytest.approx(before_money - 75.5)
    assert scene.fired == {"H05": 1}


def test_two_resting_orders_fill_with_one_jump(world: World) -> None:
    tickets = {own_order(world, "EURUSD"), own_order(world, "GBPUSD")}
    scene = a_scene(world)
    live(scene, armed(scene, "T08"))
    assert set(books_of(scene).positions) == tickets
    assert scene.fired == {"T08": 1}


def test_one_resting_order_is_not_two(world: World) -> None:
    own_order(world)
    scene = a_scene(world)
    live(scene, armed(scene, "T08"))
    assert not books_of(scene).positions


def test_a_removal_during_a_flatten_is_followed_by_a_fill(world: World) -> None:
    ticket, scene = own_order(world), a_scene(world)
    injector = armed(scene, "T09", for_s=3000.0, delay_s=5.0)
    while not scene.commands:
        live(scene, injector, for_s=10.0)
    assert [command.verb for command in scene.commands] == ["flatten"]
    terminal = world.terminal
    terminal.order_send({"action": terminal.TRADE_ACTION_REMOVE, "order": ticket})
    live(scene, injector, for_s=30.0)
    assert set(books_of(scene).positions) == {ticket}
    assert scene.fired == {"T09": 1}
    injector.heal(scene)
    assert [command.verb for command in scene.commands] == ["flatten", "resume"]


def test_a_command_arrives_in_the_middle_of_a_cycle_and_is_taken_back(world: World) -> None:
    scene = a_scene(world)
    injector = armed(scene, "T07", verb="pause", for_s=3000.0)
    while not scene.hooks:
        live(scene, injector, for_s=10.0)
    for _ in range(300):
        scene.operation("before symbol_info")
    assert [command.verb for command in scene.commands] == ["pause"]
    assert not scene.hooks
    injector.heal(scene)
    assert [command.verb for command in scene.commands] == ["pause", "resume"]
    assert scene.fired == {"T07": 1}


def test_a_stale_command_does_not_pass_the_spool(world: World) -> None:
    scene = a_scene(world)
    live(scene, armed(scene, "H10", shape="stale", age_s=1.0))
    assert scene.commands == []
    assert scene.violations == []
    assert scene.fired == {"H10": 1}


def test_a_repeated_command_passes_the_spool_once(world: World) -> None:
    scene = a_scene(world)
    injector = armed(scene, "H10", shape="repeated", verb="pause", for_s=60.0)
    live(scene, injector)
    assert [command.verb for command in scene.commands] == ["pause", "resume"]
    assert scene.violations == []


def test_a_stale_command_that_passes_is_a_broken_promise(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = a_scene(world)
    leaky = (Command("x", "resume", "stale"),)
    monkeypatch.setattr("tools.storm.faults.words.CommandSpool.take", lambda _: leaky)
    live(scene, armed(scene, "H10", shape="stale"))
    assert scene.commands == []
    assert [violation.invariant_id for violation in scene.violations] == ["I6"]


def test_the_button_is_pressed_and_pressed_again(world: World) -> None:
    scene = a_scene(world)
    injector = armed(scene, "H06", for_s=600.0)
    while not scene.fired:
        live(scene, injector, for_s=10.0)
    assert world.terminal.terminal_info().trade_allowed is False
    live(scene, injector, for_s=620.0)
    assert world.terminal.terminal_info().trade_allowed is True
    assert scene.fired == {"H06": 1}


def test_a_fault_through_the_terminal_is_counted_when_it_fires_there(world: World) -> None:
    scene = a_scene(world)
    injector = armed(scene, "H07", for_s=3000.0, login=5)
    live(scene, injector, for_s=3590.0)
    assert scene.fired == {}  # nobody asked the terminal anything
    assert world.terminal.account_info().login == 5
    live(scene, injector, for_s=10.0)
    assert scene.fired == {"H07": 1}
