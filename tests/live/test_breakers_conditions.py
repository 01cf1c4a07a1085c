"""Breakers of the day, the market and the machine: they block, heal, and let every exit pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from breaker_worlds import (
    ABOVE,
    AT_ENTRY,
    ENTRY,
    MIDNIGHT_MINUTES,
    STOP,
    a_world,
    events_of,
    settings,
    tripped,
    two_losses,
)
from builders import World, a_market, settings_for

from bot.live.state import SetupStatus
from bot.model.breakers import BreakerAction
from bot.ports import Ok, Read, Unknown

# --- trades and requests of a day ---------------------------------------------------------------


def test_the_last_trade_of_a_day_takes_the_resting_ones_back(tmp_path: Path) -> None:
    paths = {"EURUSD": [AT_ENTRY], "NZDUSD": [ABOVE]}
    world = a_world(tmp_path, paths, trades_per_day={"max_count": 1})
    resting = world.add_setup("NZDUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert resting.status == SetupStatus.PENDING
    filled = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(3)
    assert (filled.status, resting.status) == (SetupStatus.FILLED, SetupStatus.AWAITING_ENTRY)
    assert (len(world.terminal.positions_get()), world.terminal.orders_get()) == (1, ())


def test_the_soft_request_budget_keeps_what_rests_and_the_hard_one_takes_it_back(
    tmp_path: Path,
) -> None:
    paths = {name: [ABOVE] for name in ("EURUSD", "NZDUSD")}
    world = a_world(tmp_path, paths, requests_soft={"max_count": 1}, requests_hard={"max_count": 5})
    first = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    second = world.add_setup("NZDUSD", 1, ENTRY, STOP)
    world.run_minutes(3)
    assert tripped(world) == ["requests_soft"]
    assert (first.status, second.refusal) == (SetupStatus.PENDING, "BREAKER_OPEN")
    assert world.bot.state.day is not None
    world.bot.state.day.requests_count = 5
    world.run_minutes(3)
    assert tripped(world) == ["requests_soft", "requests_hard"]
    assert (first.status, world.terminal.orders_get()) == (SetupStatus.AWAITING_ENTRY, ())


def test_the_request_budget_is_fresh_with_the_next_firm_day(tmp_path: Path) -> None:
    world = a_world(tmp_path, {"EURUSD": [ABOVE]}, requests_soft={"max_count": 1})
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(2)
    assert tripped(world) == ["requests_soft"]
    world.run_minutes(MIDNIGHT_MINUTES, cycle_s=60.0)
    assert events_of(world, "BreakerReset")[0] == "requests_soft"


def test_an_open_breaker_lets_every_exit_pass(tmp_path: Path) -> None:
    rising = [AT_ENTRY, (10.0, 1.1036, 1.10365), (20.0, 1.0990, 1.09905)]
    limits = {"max_count": 1}
    world = a_world(tmp_path, {"EURUSD": rising}, trades_per_day=limits, requests_hard=limits)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(5)
    assert tripped(world) == ["trades_per_day", "requests_hard"]
    world.run_minutes(20)
    assert len(world.events("RungTaken")) == 1
    assert world.events("StopMoved") != []
    assert world.terminal.positions_get() == ()


# --- slippage -----------------------------------------------------------------------------------


def test_one_bad_fill_pauses_entries_and_is_not_counted_twice(tmp_path: Path) -> None:
    limits = {"single_max_r": 0.03, "wait_s": 600.0}
    world = a_world(tmp_path, {"EURUSD": [AT_ENTRY]}, slippage=limits)
    world.add_setup("EURUSD", 1, 1.0998, STOP)  # 2 pips worse than planned: 0.04 R
    world.run_minutes(2)
    assert tripped(world) == ["slippage"]
    world.run_minutes(7)
    assert tripped(world) == ["slippage"]
    world.run_minutes(4)
    assert [line["by"] for line in world.events("BreakerReset")] == ["time"]
    world.restart().run_minutes(5)  # the position is still there, its slip was counted
    assert tripped(world) == []


def test_a_breaker_that_reduces_lets_smaller_trades_pass(tmp_path: Path) -> None:
    limits = {"single_max_r": 0.03, "action": BreakerAction.REDUCE.value}
    paths = {name: [AT_ENTRY] for name in ("EURUSD", "NZDUSD")}
    world = a_world(tmp_path, paths, slippage=limits)
    world.add_setup("EURUSD", 1, 1.0998, STOP)
    world.run_minutes(2)
    world.add_setup("NZDUSD", 1, ENTRY, STOP)
    world.run_minutes(2)
    before, after = (line["risk_money"] for line in world.events("PositionOpened"))
    assert before == pytest.approx(120.0, abs=10.0)
    assert after == pytest.approx(80.0, abs=10.0)


# --- spreads, link, machine ---------------------------------------------------------------------


def test_a_board_of_wide_spreads_blocks_and_heals_without_flapping(tmp_path: Path) -> None:
    calm, wide = (0.0, 1.10290, 1.10292), (40.0, 1.10260, 1.10292)
    path = [calm, wide, (70.0, 1.10290, 1.10292), (78.0, 1.10260, 1.10292), (84.0, 1.1029, 1.10292)]
    paths = dict.fromkeys(("EURUSD", "NZDUSD", "AUDUSD"), path)
    base = settings(*paths, spread_regime={"symbols_min_count": 3, "wait_s": 900.0})
    changed = {
        "entry": base.entry._replace(spread_samples_min_count=5),
        "breakers": base.breakers,
    }
    world = World(tmp_path, a_market(paths, 600), settings_for(*paths, **changed)).start()
    world.run_minutes(39)
    assert tripped(world) == []
    world.run_minutes(8)
    assert tripped(world) == ["spread_regime"]
    world.run_minutes(45)  # narrow at 70, wide again at 78: the wait begins anew
    assert tripped(world) == ["spread_regime"]
    world.run_minutes(25)
    assert tripped(world) == []
    assert events_of(world, "BreakerTripped") == ["spread_regime"]


def test_the_wide_spreads_of_every_rollover_trip_nothing(tmp_path: Path) -> None:
    calm, night = (0.0, 1.10290, 1.10292), (532.0, 1.10260, 1.10292)  # 23:52 server
    paths = {name: [calm, night, (552.0, 1.1029, 1.10292)] for name in ("EURUSD", "NZDUSD")}
    base = settings(*paths, spread_regime={"symbols_min_count": 2})
    entry = base.entry._replace(spread_samples_min_count=5)
    changed = settings_for(*paths, entry=entry, breakers=base.breakers)
    world = World(tmp_path, a_market(paths, 600), changed).start()
    world.run_minutes(590, cycle_s=60.0)
    assert events_of(world, "BreakerTripped") == []


def blink(world: World) -> None:
    """The link is gone for a minute and back for a minute."""
    switches = world.terminal.operator.switches
    switches.connected = False
    world.run_minutes(1)
    switches.connected = True
    world.run_minutes(1)


def test_a_flapping_link_blocks_until_it_has_held(tmp_path: Path) -> None:
    limits = {"max_count": 3, "wait_s": 1_800.0}
    world = a_world(tmp_path, {"EURUSD": [ABOVE]}, disconnects=limits)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    for _ in range(2):
        blink(world)
    assert tripped(world) == []
    blink(world)
    world.run_minutes(1)
    assert tripped(world) == ["disconnects"]
    assert (setup.status, world.terminal.orders_get()) == (SetupStatus.AWAITING_ENTRY, ())
    world.run_minutes(20)
    blink(world)  # the half hour begins anew
    world.run_minutes(20)
    assert tripped(world) == ["disconnects"]
    world.run_minutes(12)
    assert [line["by"] for line in world.events("BreakerReset")] == ["healed"]
    assert setup.status == SetupStatus.PENDING


def test_one_long_blind_spell_is_one_disconnect(tmp_path: Path) -> None:
    world = a_world(tmp_path, {"EURUSD": [ABOVE]}, disconnects={"max_count": 2})
    world.run_minutes(1)
    world.terminal.operator.switches.connected = False
    world.run_minutes(30)
    world.terminal.operator.switches.connected = True
    world.run_minutes(2)
    assert len(world.bot.state.breakers.disconnects_utc_s) == 1
    assert tripped(world) == []


class FakeMachine:
    """A machine whose figures a test sets; None is no answer."""

    def __init__(self) -> None:
        self.free_bytes: float | None = 1e10
        self.own_bytes: float | None = 1e8

    def disk_free_bytes(self) -> Read[float]:
        return Unknown("no answer") if self.free_bytes is None else Ok(self.free_bytes)

    def memory_own_bytes(self) -> Read[float]:
        return Unknown("no answer") if self.own_bytes is None else Ok(self.own_bytes)


def test_a_machine_at_its_limits_blocks_and_heals_by_itself(tmp_path: Path) -> None:
    world = a_world(tmp_path, {"EURUSD": [ABOVE]})
    machine = world.machine = FakeMachine()
    world.restart().run_minutes(3)
    assert tripped(world) == []
    machine.free_bytes, machine.own_bytes = 4e8, 2e9
    world.run_minutes(2)
    assert tripped(world) == ["disk", "memory"]
    machine.free_bytes, machine.own_bytes = 6e8, 1.4e9  # better, but not well
    world.run_minutes(20)
    assert tripped(world) == ["disk", "memory"]
    machine.free_bytes, machine.own_bytes = None, None  # what cannot be read heals nothing
    world.run_minutes(20)
    assert tripped(world) == ["disk", "memory"]
    machine.free_bytes, machine.own_bytes = 2e9, 1e8
    world.run_minutes(8)
    assert tripped(world) == []


def test_what_could_not_be_seen_has_not_healed(tmp_path: Path) -> None:
    world = a_world(tmp_path, {"EURUSD": [ABOVE]})
    machine = world.machine = FakeMachine()
    machine.free_bytes = 4e8
    world.restart().run_minutes(2)
    machine.free_bytes = 2e9
    world.run_minutes(3)
    world.terminal.operator.switches.connected = False
    world.run_minutes(10)
    world.terminal.operator.switches.connected = True
    world.run_minutes(3)
    assert tripped(world) == ["disk"]
    world.run_minutes(4)
    assert tripped(world) == []


def test_a_machine_that_gives_no_answer_trips_nothing_and_is_told(tmp_path: Path) -> None:
    world = a_world(tmp_path, {"EURUSD": [ABOVE]})
    machine = world.machine = FakeMachine()
    machine.free_bytes = machine.own_bytes = None
    world.restart().run_minutes(3)
    assert tripped(world) == []
    assert {"D03", "P10"} <= {line["fault"] for line in world.events("FaultMet")}


def test_a_breaker_out_of_use_never_trips(tmp_path: Path) -> None:
    limits = {"max_count": 1, "use": False}
    world = a_world(tmp_path, {"EURUSD": [AT_ENTRY]}, trades_per_day=limits)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(3)
    assert len(world.terminal.positions_get()) == 1
    assert world.events("BreakerTripped") == []


def test_a_tripped_breaker_that_goes_out_of_use_is_let_go(tmp_path: Path) -> None:
    world = two_losses(tmp_path)
    world.settings = settings(
        "EURUSD", "NZDUSD", "AUDUSD", consecutive_losses={"max_count": 2, "use": False}
    )
    world.restart().run_minutes(2)
    assert tripped(world) == []
    assert [line["by"] for line in world.events("BreakerReset")] == ["parameters"]
