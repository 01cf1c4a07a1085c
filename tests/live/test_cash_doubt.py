"""A payout whose deal comes late closes nothing; a loss without a deal still does, in time."""

from __future__ import annotations

from pathlib import Path

from builders import World
from puppet import ENTRY, STOP, Puppet, a_world, filled

from bot.live.state import SetupStatus
from bot.model.broker import BrokerDeal, DealEntry
from bot.ports import Ok, Read

CYCLE_S = 10.0


def hide_cash(puppet: Puppet) -> None:
    """From now on the terminal shows no deal that moved cash."""
    truly = puppet.truly("deals")

    def deals(since_utc_s: float) -> Read[tuple[BrokerDeal, ...]]:
        read = truly(since_utc_s)
        return Ok(tuple(d for d in read.value if d.entry != DealEntry.NONE))

    puppet.says["deals"] = deals


def hide_all(puppet: Puppet) -> None:
    puppet.says["deals"] = lambda _since_utc_s: Ok(())


def test_a_payout_whose_deal_comes_a_cycle_late_brakes_nothing(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    hide_cash(puppet)
    world.terminal.operator.withdraw(1_000.0)  # the whole allowance of the day
    world.run_minutes(CYCLE_S / 60.0)
    assert world.bot.state.halts == {}
    assert world.events("BrakeChanged") == []
    assert world.events("EmergencyChanged") == []
    assert world.bot.stages.reader.withheld_money == 1_000.0
    assert [e["fault"] for e in world.events("FaultMet")] == ["B34"]
    puppet.says.clear()
    world.run_minutes(2)
    assert world.bot.stages.reader.withheld_money == 0.0
    assert world.bot.state.halts == {}
    assert world.bot.state.day is not None
    assert world.bot.state.day.cash_money == -1_000.0
    assert world.bot.state.verdict == "RUNNING"


def test_what_stays_without_a_deal_counts_as_a_loss_after_the_grace(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    grace_s = world.settings.schedule.visible_grace_s
    hide_cash(puppet)
    world.terminal.operator.withdraw(800.0)  # 4 % of the base: the flatten brake is at 3.5
    world.run_minutes(grace_s / 60.0)
    assert "daily_brake" not in world.bot.state.halts
    world.run_minutes(2.0 * CYCLE_S / 60.0)
    assert "daily_brake" in world.bot.state.halts


def test_nothing_is_entered_while_money_is_in_doubt(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    hide_cash(puppet)
    world.terminal.operator.withdraw(100.0)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(CYCLE_S / 60.0)
    assert (setup.status, setup.refusal) == (SetupStatus.AWAITING_ENTRY, "ACCOUNT_UNKNOWN")
    puppet.says.clear()
    world.run_minutes(1)
    assert setup.status == SetupStatus.FILLED


def test_a_floating_loss_is_never_in_doubt(tmp_path: Path) -> None:
    fallen = (3.0, 1.0920, 1.09205)
    world, puppet = a_world(tmp_path, fallen)
    hide_all(puppet)
    world.open_foreign("EURUSD", 1, 1.0, 1.05)
    world.run_minutes(3)
    assert world.bot.stages.reader.withheld_money == 0.0
    assert "daily_brake" in world.bot.state.halts


def test_a_stop_that_closed_is_no_payout_though_its_deals_come_late(tmp_path: Path) -> None:
    """The positions changed with the balance: the loss counts in the very cycle it is seen."""
    world, puppet = a_world(tmp_path, (3.0, 1.0920, 1.09205))
    world.open_foreign("EURUSD", 1, 1.0, 1.0930)
    world.run_minutes(1)
    hide_all(puppet)
    for _ in range(18):
        world.run_minutes(CYCLE_S / 60.0)
        assert world.bot.stages.reader.withheld_money == 0.0
    assert world.terminal.positions_get() == ()
    assert "daily_brake" in world.bot.state.halts


def test_a_payout_beside_an_open_position_leaves_it_alone(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    filled(world)
    hide_cash(puppet)
    world.terminal.operator.withdraw(900.0)
    world.run_minutes(CYCLE_S / 60.0)
    puppet.says.clear()
    world.run_minutes(1)
    assert len(world.terminal.positions_get()) == 1
    assert world.events("ExposureRelieved") == []


def test_a_deposit_is_believed_at_once(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    world.terminal.operator.deposit(500.0)
    world.run_minutes(1)
    assert world.bot.stages.reader.withheld_money == 0.0
    assert seen_balance(world) == 20_500.0


def seen_balance(world: World) -> float:
    seen = world.bot.state.last_seen
    assert seen is not None
    return seen.balance_money
