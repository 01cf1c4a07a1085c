"""Conduct on the simulated terminal: entries apart, sizes as usual, exits not hurried."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from builders import World, a_market, settings_for

from bot.live.conduct_state import ENTRIES_KEPT_COUNT, ConductState, EntryNote
from bot.live.state import SetupStatus
from bot.model.decision import EntryRoute, Refusal
from bot.model.settings import BotSettings

ENTRY, STOP = 1.1000, 1.0950
AT_ENTRY = (0.0, 1.09995, 1.10000)
STOPPED, BACK = (2.0, 1.09395, 1.09400), (2.5, 1.09995, 1.10000)
PAIRS = ("EURUSD", "AUDUSD", "NZDUSD")


def shaped(settings: BotSettings, **changes: float) -> BotSettings:
    return replace(settings, conduct=settings.conduct._replace(**changes))


def a_world(tmp_path: Path, *path: tuple[float, float, float], **changes: float) -> World:
    settings = shaped(settings_for(*PAIRS), **changes)
    market = a_market({name: [AT_ENTRY, *path] for name in PAIRS}, 600)
    return World(tmp_path, market, settings).start().run_minutes(1)


def opened_at(world: World) -> list[float]:
    return [float(str(line["at_utc_s"])) for line in world.events("PositionOpened")]


def test_entries_that_are_ready_together_are_made_apart(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    for name in PAIRS:
        world.add_setup(name, 1, ENTRY, STOP)
    world.run_minutes(3)
    times = opened_at(world)
    assert len(times) == 3
    assert min(later - earlier for earlier, later in pairwise(times)) >= 30.0
    assert {line["refusal"] for line in world.events("OrderRefused")} == {"ENTRY_TOO_SOON"}


def test_one_cycle_makes_one_entry_whatever_the_parameters_say(tmp_path: Path) -> None:
    world = a_world(tmp_path, entry_gap_s=0.0, symbol_gap_s=0.0)
    for name in PAIRS:
        world.add_setup(name, 1, ENTRY, STOP)
    for count in (1, 2, 3):
        world.clock.sleep(10.0)
        world.cycle()
        assert len(world.terminal.positions_get()) == count


def test_a_cycle_that_takes_long_still_makes_one_entry(tmp_path: Path) -> None:
    world = a_world(tmp_path, entry_gap_s=1.0)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.clock.sleep(10.0)
    world.cycle()
    assert len(world.terminal.positions_get()) == 1
    second = world.add_setup("AUDUSD", 1, ENTRY, STOP)
    world.clock.sleep(40.0)  # the terminal answers slowly, the cycle is still the same
    assert world.bot.stages.desk.enter(second, EntryRoute.MARKET) == Refusal.ENTRY_TOO_SOON
    world.cycle()
    assert second.status == SetupStatus.FILLED


def test_a_symbol_rests_after_a_trade(tmp_path: Path) -> None:
    world = a_world(tmp_path, STOPPED, BACK)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(3)
    assert len(world.events("PositionClosed")) == 1
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(4)
    first, second = opened_at(world)
    assert 300.0 <= second - first <= 320.0


def test_spacing_survives_a_restart(tmp_path: Path) -> None:
    world = a_world(tmp_path, entry_gap_s=120.0)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(0.2)
    world.restart()
    second = world.add_setup("AUDUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert second.refusal == "ENTRY_TOO_SOON"
    world.run_minutes(1.5)
    assert second.status == SetupStatus.FILLED


def test_a_clock_that_was_far_ahead_does_not_stop_trading(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    ahead = world.clock.now_utc_s() + 86_400.0
    world.bot.state.conduct.note(EntryNote(99, "AUDUSD", ahead, 0.006))
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert setup.status == SetupStatus.FILLED


def test_a_resting_order_that_is_re_sized_is_no_new_entry(tmp_path: Path) -> None:
    settings = shaped(settings_for("EURUSD"), symbol_gap_s=3_600.0)
    market = a_market({"EURUSD": [(0.0, 1.10100, 1.10105)]}, 600)
    world = World(tmp_path, market, settings).start().run_minutes(1)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert (setup.status, setup.order_lots) == (SetupStatus.PENDING, 0.23)
    setup.points = 3.0  # 0.85 of the risk
    world.run_minutes(2)
    assert (setup.status, setup.order_lots) == (SetupStatus.PENDING, 0.2)
    assert len(world.bot.state.conduct.entries) == 1


# --- size ---------------------------------------------------------------------------------------


def small_habit(world: World, count: int) -> None:
    long_ago = world.clock.now_utc_s() - 86_400.0
    for number in range(count):
        world.bot.state.conduct.note(EntryNote(900 + number, "GBPUSD", long_ago, 0.001))


@pytest.mark.parametrize(("count", "lots"), [(4, 0.23), (5, 0.07)])
def test_no_entry_stands_out_among_the_latest(tmp_path: Path, count: int, lots: float) -> None:
    world = a_world(tmp_path)
    small_habit(world, count)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    (position,) = world.terminal.positions_get()
    assert position.volume == lots  # 40 money at most beside a habit of 20
    limit = world.events("OrderIntended")[0]["limit_step"]
    assert limit == ("RISK" if count < 5 else "USUAL_SIZE")


def test_a_size_that_cannot_be_small_enough_has_a_name(tmp_path: Path) -> None:
    world = a_world(tmp_path, size_max_factor=0.05)
    small_habit(world, 5)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert setup.refusal == "SIZE_UNUSUAL"


def test_each_entry_is_remembered_once_with_its_share_of_the_balance(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    (note,) = world.bot.state.conduct.entries
    assert note.risk_balance_fraction == pytest.approx(0.0058, abs=0.0001)


def test_only_the_latest_entries_are_kept() -> None:
    state = ConductState()
    for number in range(ENTRIES_KEPT_COUNT + 5):
        state.note(EntryNote(number, "EURUSD", float(number), 0.006))
    assert [state.entries[0].setup_id, len(state.entries)] == [5, ENTRIES_KEPT_COUNT]


# --- patience -----------------------------------------------------------------------------------


def test_a_rung_waits_for_the_least_holding(tmp_path: Path) -> None:
    world = a_world(tmp_path, (1.4, 1.10350, 1.10355), hold_min_s=120.0)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(4)
    (rung,) = world.events("RungTaken")
    held_s = float(str(rung["at_utc_s"])) - opened_at(world)[0]
    assert 120.0 <= held_s <= 140.0


def test_a_stop_that_is_hit_does_not_wait(tmp_path: Path) -> None:
    world = a_world(tmp_path, (1.4, 1.09395, 1.09400), hold_min_s=600.0)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(2)
    assert world.events("PositionClosed")[0]["reason"] == "STOP"


def test_a_flatten_does_not_wait(tmp_path: Path) -> None:
    world = a_world(tmp_path, hold_min_s=600.0)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(0.5)
    world.spool.say("flatten")
    world.run_minutes(1)
    assert world.terminal.positions_get() == ()


def rising(tmp_path: Path, soft_count: int) -> World:
    settings = settings_for("EURUSD")
    exits = settings.exits._replace(trail_start_r=0.1, trail_distance_r=0.2)
    soft = settings.breakers.requests_soft._replace(max_count=soft_count, use=False)
    settings = replace(
        settings, exits=exits, breakers=settings.breakers._replace(requests_soft=soft)
    )
    steps = [(2.0 + 0.5 * n, 1.1005 + n * 0.0001, 1.10055 + n * 0.0001) for n in range(20)]
    market = a_market({"EURUSD": [AT_ENTRY, *steps]}, 600)
    world = World(tmp_path, market, settings).start().run_minutes(1)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    return world.run_minutes(14)


def edits(world: World) -> list[float]:
    moved = [line for line in world.events("StopMoved") if line["reason"] == "ladder"]
    return [float(str(line["at_utc_s"])) for line in moved]


def test_stop_edits_are_merged_once_requests_are_to_be_saved(tmp_path: Path) -> None:
    world = rising(tmp_path, soft_count=1)
    assert len(edits(world)) == 1
    world.run_minutes(5)
    times = edits(world)
    assert len(times) == 2
    assert times[1] - times[0] >= 900.0
    assert len(edits(rising(tmp_path / "free", soft_count=10_000))) > 5


def test_a_missing_stop_is_set_at_once_however_few_requests_are_left(tmp_path: Path) -> None:
    world = rising(tmp_path, soft_count=1)
    (position,) = world.terminal.positions_get()
    terminal = world.terminal
    terminal.order_send(
        {
            "action": terminal.TRADE_ACTION_SLTP,
            "symbol": "EURUSD",
            "position": position.ticket,
            "sl": 0.0,
            "tp": position.tp,
        }
    )
    assert terminal.positions_get()[0].sl == 0.0
    world.cycle()
    assert terminal.positions_get()[0].sl == position.sl
