"""The firm's day: base, brakes that flatten and stay, profitable days, target and verdict."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import TUESDAY_NOON, World, a_market, settings_for

ENTRY, STOP = 1.1000, 1.0950
FLAT = (0.0, 1.09995, 1.10000)
MIDNIGHT_MINUTES = 9 * 60.0  # noon UTC is 14:00 server after the US change: midnight is 21:00 UTC


def a_world(tmp_path: Path, *later: tuple[float, float, float], minutes: float = 4_000) -> World:
    market = a_market({"EURUSD": [FLAT, *later]}, minutes)
    return World(tmp_path, market, settings_for("EURUSD")).start()


def hold(world: World, lots: float, stop_price: float = 1.05) -> int:
    """A foreign long moves equity without any rule of ours acting on it."""
    return world.open_foreign("EURUSD", 1, lots, stop_price)


def test_the_first_day_has_the_balance_as_base_and_floors_from_it(tmp_path: Path) -> None:
    world = a_world(tmp_path).run_minutes(1)
    (opened,) = world.events("DayOpened")
    assert opened["base_money"] == 20_000.0
    assert (opened["daily_floor_money"], opened["total_floor_money"]) == (19_000.0, 18_000.0)


def test_floating_profit_at_midnight_raises_the_next_base(tmp_path: Path) -> None:
    world = a_world(tmp_path, (60.0, 1.1090, 1.10905))
    hold(world, 1.0)
    world.run_minutes(MIDNIGHT_MINUTES + 2, cycle_s=30.0)
    opened = world.events("DayOpened")[-1]
    assert opened["base_money"] == pytest.approx(20_000.0 + 900.0 - 4.0, abs=10.0)


def test_floating_loss_at_midnight_leaves_the_base_at_the_balance(tmp_path: Path) -> None:
    world = a_world(tmp_path, (60.0, 1.0980, 1.09805))
    hold(world, 1.0)
    world.run_minutes(MIDNIGHT_MINUTES + 2, cycle_s=30.0)
    opened = world.events("DayOpened")[-1]
    assert opened["base_money"] == pytest.approx(19_996.0)


def test_exactly_one_day_opens_per_server_date_across_restarts(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.run_minutes(MIDNIGHT_MINUTES - 1, cycle_s=60.0)
    for _ in range(4):
        world.run_minutes(1).restart()
    dates = [line["date"] for line in world.events("DayOpened")]
    assert dates == ["2026-03-17", "2026-03-18"]
    assert [line["date"] for line in world.events("DayClosed")] == ["2026-03-17"]


def test_missed_midnights_are_rebuilt_and_marked_as_estimates(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.run_minutes(5)
    world.clock.sleep(2 * 86_400.0)
    world.restart().run_minutes(1)
    closed = world.events("DayClosed")
    assert [line["date"] for line in closed] == ["2026-03-17", "2026-03-18"]
    assert all(line["is_estimated"] for line in closed)


@pytest.mark.parametrize(
    ("loss_fraction", "brake"),
    [(0.0199, "NONE"), (0.0201, "WARN"), (0.0301, "REDUCE"), (0.0351, "FLATTEN")],
)
def test_the_brake_follows_the_days_loss(tmp_path: Path, loss_fraction: float, brake: str) -> None:
    fall = loss_fraction * 20_000.0 / 100_000.0 - 4.0 / 100_000.0  # commission is lost already
    world = a_world(tmp_path, (30.0, 1.1 - fall, 1.10005 - fall))
    hold(world, 1.0)
    world.run_minutes(32)
    view = world.bot.view()
    assert view is not None
    assert view.brake == brake


def test_the_flatten_brake_closes_everything_of_ours_and_stays_for_the_day(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path, (30.0, 1.0964, 1.09645), (60.0, 1.1000, 1.10005))
    hold(world, 2.0, stop_price=1.0960)
    world.run_minutes(32)
    assert "daily_brake" in world.bot.state.halts
    assert len(world.events("FlattenFinished")) == 1
    world.restart().run_minutes(60)  # the loss is gone, the halt is not
    assert "daily_brake" in world.bot.state.halts
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(MIDNIGHT_MINUTES - 60, cycle_s=60.0)
    assert "daily_brake" not in world.bot.state.halts


def test_own_positions_are_flat_within_a_minute_of_the_brake(tmp_path: Path) -> None:
    path = [FLAT, (30.0, 1.0964, 1.09645)]
    market = a_market({"EURUSD": path, "GBPUSD": [(0.0, 1.25995, 1.26000)]}, 600)
    world = World(tmp_path, market, settings_for("EURUSD", "GBPUSD")).start()
    world.add_setup("GBPUSD", 1, 1.2600, 1.2500)
    world.run_minutes(1)
    hold(world, 2.0, stop_price=1.0963)
    world.run_minutes(31)
    (finished,) = world.events("FlattenFinished")
    assert finished["duration_s"] <= 60.0
    (closed,) = world.events("PositionClosed")
    assert (closed["symbol"], closed["reason"]) == ("GBPUSD", "BRAKE")


def test_a_profitable_day_needs_half_a_percent_of_the_initial_balance(tmp_path: Path) -> None:
    world = a_world(tmp_path, (60.0, 1.1011, 1.10115))
    ticket = hold(world, 1.0)
    world.run_minutes(62)
    world.terminal.operator.close_position(ticket)  # 110 - 4 - spread: above 100
    world.run_minutes(MIDNIGHT_MINUTES - 50, cycle_s=60.0)
    (closed,) = world.events("DayClosed")
    assert closed["profitable_day_gain_money"] == pytest.approx(world.balance - 20_000.0)
    assert closed["is_profitable_day"] is True


def test_a_deposit_is_not_a_profitable_day(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.run_minutes(5)
    world.terminal.operator.deposit(500.0)
    world.run_minutes(MIDNIGHT_MINUTES, cycle_s=60.0)
    (closed,) = world.events("DayClosed")
    assert closed["profitable_day_gain_money"] == 0.0
    assert closed["is_profitable_day"] is False


def test_touching_the_daily_floor_is_a_breach_and_ends_the_phase(tmp_path: Path) -> None:
    world = a_world(tmp_path, (30.0, 1.0890, 1.08905))
    hold(world, 1.0)
    world.run_minutes(32)
    (decided,) = world.events("PhaseDecided")
    assert decided["verdict"] == "BREACHED_DAILY"
    world.spool.say("resume")
    world.run_minutes(1)
    assert "phase_over" in world.bot.state.halts


def test_target_and_days_met_while_flat_is_a_pass(tmp_path: Path) -> None:
    world = a_world(tmp_path, (60.0, 1.1200, 1.12005))
    world.bot.state.profitable_days = ["2026-03-12", "2026-03-13", "2026-03-16"]
    ticket = hold(world, 1.0)
    world.run_minutes(62)
    assert world.events("PhaseDecided") == []
    world.terminal.operator.close_position(ticket)
    world.run_minutes(2)
    (decided,) = world.events("PhaseDecided")
    assert decided["verdict"] == "PASSED"


def test_target_met_with_days_missing_is_announced_once_and_coasts(tmp_path: Path) -> None:
    world = a_world(tmp_path, (60.0, 1.1200, 1.12005), (90.0, 1.09995, 1.10000))
    ticket = hold(world, 1.0)
    world.run_minutes(62)
    world.terminal.operator.close_position(ticket)
    world.run_minutes(30)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(5)
    assert len(world.events("TargetReached")) == 1
    (position,) = world.terminal.positions_get()
    assert position.volume == pytest.approx(0.08)  # 0.2 % of about 22 000 / 504


def test_the_day_rolls_at_17_new_york_on_both_sides_of_a_clock_change(tmp_path: Path) -> None:
    friday = datetime(2026, 3, 6, 21, 55, tzinfo=UTC).timestamp()  # 23:55 server, winter time
    market = a_market({"EURUSD": [FLAT]}, 5 * 1440, friday)
    world = World(tmp_path, market, settings_for("EURUSD")).start()
    world.run_minutes(4 * 1440, cycle_s=300.0)
    opened = {line["date"]: line["at_utc_s"] for line in world.events("DayOpened")}
    assert opened["2026-03-07"] - friday == pytest.approx(300.0, abs=300.0)
    summer = datetime(2026, 3, 8, 21, 0, tzinfo=UTC).timestamp()
    assert opened["2026-03-09"] - summer == pytest.approx(0.0, abs=300.0)


def test_a_noon_start_measures_the_brake_from_midnights_balance(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    assert world.clock.now_utc_s() == pytest.approx(TUESDAY_NOON, abs=1.0)
    world.run_minutes(1)
    assert world.events("DayOpened")[0]["is_estimated"] is True
