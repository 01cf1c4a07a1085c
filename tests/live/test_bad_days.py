"""Bad days: blind cycles, a full disk, foreign risk, floors that could be touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from builders import World, a_market, settings_for

from bot.errors import StoreError
from bot.live.state import SetupStatus
from bot.simulator.faults import SendLoss

ENTRY, STOP = 1.1000, 1.0950
AT_ENTRY = [(0.0, 1.09995, 1.10000)]


def a_world(tmp_path: Path, *later: tuple[float, float, float]) -> World:
    market = a_market({"EURUSD": [*AT_ENTRY, *later]}, 600)
    return World(tmp_path, market, settings_for("EURUSD")).start()


class FullDisk:
    """A store on a disk that is full while `is_full`."""

    def __init__(self, world: World) -> None:
        self._store = world.bot.ports.store
        self._save = self._store.save
        self.is_full = False
        self._store.save = self.save  # type: ignore[method-assign]

    def save(self, name: str, document: Mapping[str, object]) -> None:
        if self.is_full:
            raise StoreError("no space left on the device")
        self._save(name, document)


def test_failed_reads_skip_the_cycle_and_decide_nothing(tmp_path: Path) -> None:
    world = a_world(tmp_path).run_minutes(1)
    world.faults.reads_fail = True
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(5)
    assert setup.status == SetupStatus.AWAITING_ENTRY
    assert world.events("OrderIntended") == []
    assert {line["fault"] for line in world.events("FaultMet")} >= {"N01", "N04"}
    world.faults.reads_fail = False
    world.run_minutes(3)
    assert setup.status == SetupStatus.FILLED


def test_entries_wait_until_the_link_has_held_for_a_while(tmp_path: Path) -> None:
    settings = settings_for("EURUSD")
    schedule = replace(settings.schedule, connected_before_entry_s=60.0)
    market = a_market({"EURUSD": AT_ENTRY}, 600)
    world = World(tmp_path, market, settings_for("EURUSD", schedule=schedule)).start()
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.terminal.operator.switches.connected = False
    world.run_minutes(2)
    world.terminal.operator.switches.connected = True
    world.run_minutes(0.5)
    assert setup.refusal == "TERMINAL_NOT_READY"
    world.run_minutes(2)
    assert setup.status == SetupStatus.FILLED


def test_a_full_disk_blocks_entries_and_lets_exits_pass(tmp_path: Path) -> None:
    world = a_world(tmp_path, (10.0, 1.10350, 1.10355)).run_minutes(1)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    disk = FullDisk(world)
    disk.is_full = True
    world.run_minutes(10)
    assert [line["rung"] for line in world.events("RungTaken")] == [1]
    second = world.add_setup("EURUSD", -1, 1.1036, 1.1086)
    world.run_minutes(1)
    assert second.refusal in {"STATE_NOT_SAVED", "SYMBOL_HAS_EXPOSURE"}
    assert len(world.terminal.positions_get()) == 1


def test_no_entry_is_sent_when_its_intent_cannot_be_written(tmp_path: Path) -> None:
    world = a_world(tmp_path).run_minutes(1)
    disk = FullDisk(world)
    disk.is_full = True
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(2)
    assert world.terminal.positions_get() == ()
    assert setup.refusal == "STATE_NOT_SAVED"
    disk.is_full = False
    world.run_minutes(2)
    assert setup.status == SetupStatus.FILLED


def test_a_foreign_position_without_a_stop_closes_the_door(tmp_path: Path) -> None:
    world = a_world(tmp_path).run_minutes(1)
    world.open_foreign("EURUSD", 1, 0.10, 0.0)
    other = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert other.status == SetupStatus.AWAITING_ENTRY
    assert len(world.terminal.positions_get()) == 1


def test_what_could_touch_a_floor_is_withdrawn_before_it_can(tmp_path: Path) -> None:
    world = World(
        tmp_path,
        a_market({"EURUSD": [(0.0, 1.10100, 1.10105)], "GBPUSD": [(0.0, 1.25995, 1.26)]}, 600),
        settings_for("EURUSD", "GBPUSD"),
    ).start()
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert len(world.terminal.orders_get()) == 1
    world.open_foreign("GBPUSD", 1, 0.95, 1.2500)  # 950 at its stop: 120 more would be a breach
    world.run_minutes(1)
    assert world.terminal.orders_get() == ()
    assert world.events("SetupMoved")[-1]["reason"] == "worst case would touch a floor"


def test_an_order_whose_worst_case_touches_a_floor_is_refused_or_made_smaller(
    tmp_path: Path,
) -> None:
    world = World(
        tmp_path,
        a_market({"EURUSD": AT_ENTRY, "GBPUSD": [(0.0, 1.25995, 1.26)]}, 600),
        settings_for("EURUSD", "GBPUSD"),
    ).start()
    world.run_minutes(1)
    world.open_foreign("GBPUSD", 1, 0.75, 1.2500)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    own = [p for p in world.terminal.positions_get() if p.magic]
    at_stop = 0.75 * 1_000.0 + sum(p.volume for p in own) * 500.0
    assert 20_000.0 - at_stop > 19_000.0


def test_a_symbol_wide_of_its_own_usual_spread_waits(tmp_path: Path) -> None:
    calm = [(float(m), 1.10290, 1.10292) for m in range(30)]
    path = [*calm, (30.0, 1.09980, 1.10000)]  # 2 pips is 0.04 R, but ten times its own spread
    settings = settings_for("EURUSD")
    entry = settings.entry._replace(spread_samples_min_count=5)
    world = World(tmp_path, a_market({"EURUSD": path}, 600), settings_for("EURUSD", entry=entry))
    world.start().run_minutes(29)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(3)
    assert setup.status == SetupStatus.AWAITING_SPREAD


def test_an_operators_flatten_closes_and_stays_until_resumed(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    world.spool.say("flatten", "going away")
    world.run_minutes(1)
    assert world.terminal.positions_get() == ()
    assert world.events("PositionClosed")[0]["reason"] == "OPERATOR"
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.restart().run_minutes(5)
    assert world.terminal.positions_get() == ()
    world.spool.say("resume")
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert setup.status == SetupStatus.FILLED


@pytest.mark.parametrize("size", [1, 2])
def test_a_late_double_fill_nobody_knows_is_closed(tmp_path: Path, size: int) -> None:
    world = a_world(tmp_path)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    (position,) = world.terminal.positions_get()
    for number in range(size):
        world.terminal.order_send(
            {
                "action": 1,
                "symbol": "EURUSD",
                "volume": 0.1,
                "type": 0,
                "sl": STOP,
                "type_filling": 1,
                "magic": position.magic + 256 * (number + 1),
            }
        )
    world.run_minutes(2)
    assert [p.ticket for p in world.terminal.positions_get()] == [position.ticket]


def test_an_entry_of_unknown_outcome_is_kept_when_its_setup_would_end(tmp_path: Path) -> None:
    world = a_world(tmp_path, (2.0, 1.10800, 1.10805))
    world.faults.lose_next_send(SendLoss.NOT_EXECUTED)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(5)  # price ran away, but what was sent may still fill
    assert setup.status == SetupStatus.AWAITING_ENTRY
    assert len(world.bot.state.intents) == 1
    world.run_minutes(20)
    assert [line["resolution"] for line in world.events("IntentResolved")] == ["absent"]
    assert world.events("SetupMoved")[-1]["after"] == "expired"


def test_a_flatten_does_not_wait_for_a_partial_close_of_unknown_outcome(tmp_path: Path) -> None:
    world = a_world(tmp_path, (10.0, 1.10350, 1.10355))
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(9)
    world.faults.lose_next_send(SendLoss.NOT_EXECUTED)
    world.run_minutes(2)
    assert [i.action for i in world.bot.state.intents.values()] == ["close"]
    world.spool.say("flatten")
    world.run_minutes(1)
    assert world.terminal.positions_get() == ()


def test_a_position_of_unbounded_risk_neither_cuts_fills_nor_withdraws_orders(
    tmp_path: Path,
) -> None:
    market = a_market({"EURUSD": [(0.0, 1.10100, 1.10105)], "GBPUSD": [(0.0, 1.25995, 1.26)]}, 600)
    world = World(tmp_path, market, settings_for("EURUSD", "GBPUSD")).start()
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    (order,) = world.terminal.orders_get()
    world.open_foreign("GBPUSD", 1, 0.01, 0.0)
    world.run_minutes(5)
    assert [o.ticket for o in world.terminal.orders_get()] == [order.ticket]


def test_no_day_is_rolled_on_what_a_disconnected_terminal_shows(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(8 * 60, cycle_s=60.0)
    world.terminal.operator.switches.connected = False
    world.run_minutes(90, cycle_s=60.0)
    assert len(world.events("DayOpened")) == 1
    world.terminal.operator.switches.connected = True
    world.run_minutes(10, cycle_s=60.0)
    opened = world.events("DayOpened")
    assert [line["is_estimated"] for line in opened] == [True, True]


def test_a_charge_is_a_loss_and_no_withdrawal(tmp_path: Path) -> None:
    world = a_world(tmp_path).run_minutes(2)
    world.terminal.operator.charge(-300.0)
    world.run_minutes(2)
    view = world.bot.view()
    assert view is not None
    assert (view.base_money, view.daily_floor_money) == (20_000.0, 19_000.0)


def test_resting_orders_are_out_of_the_rollover_window_and_back_after_it(tmp_path: Path) -> None:
    world = World(
        tmp_path, a_market({"EURUSD": [(0.0, 1.10100, 1.10105)]}, 800), settings_for("EURUSD")
    ).start()
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(8.5 * 60, cycle_s=60.0)
    assert setup.status == SetupStatus.PENDING
    world.run_minutes(25, cycle_s=60.0)  # 23:55 server
    assert (setup.status, world.terminal.orders_get()) == (SetupStatus.AWAITING_ENTRY, ())
    world.run_minutes(30, cycle_s=60.0)  # 00:25 server
    assert setup.status == SetupStatus.PENDING
