"""Near the pass on the simulated terminal: less risk, a locked profit, nothing for a day's sake."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders import World, a_market, settings_for

from bot.live.state import SetupStatus
from bot.model.coast import TargetPolicy

ENTRY, STOP = 1.1000, 1.0950
AT_ENTRY = [(0.0, 1.09995, 1.10000)]
NEAR_ENTRY = [(0.0, 1.10100, 1.10105)]
REACHED, NEAR, FAR = 18_500.0, 18_600.0, 19_500.0  # balance 20 000: profit 1 500, 1 400, 500
DAYS = ["2026-03-11", "2026-03-12", "2026-03-13"]


def a_world(
    tmp_path: Path,
    initial_money: float,
    path: list[tuple[float, float, float]] = AT_ENTRY,
    policy: TargetPolicy = TargetPolicy.COAST,
) -> World:
    settings = settings_for("EURUSD")
    settings = replace(
        settings,
        rules=settings.rules._replace(initial_balance_money=initial_money),
        coast=settings.coast._replace(policy=policy.value),
    )
    return World(tmp_path, a_market({"EURUSD": path}, 600), settings).start()


def enter(world: World) -> None:
    world.run_minutes(1)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)


def intended(world: World) -> float:
    return float(str(world.events("OrderIntended")[0]["coast_factor"]))


def test_far_from_the_target_nothing_is_reduced(tmp_path: Path) -> None:
    world = a_world(tmp_path, FAR)
    enter(world)
    assert intended(world) == 1.0


def test_with_the_target_reached_trades_run_at_the_coasting_risk(tmp_path: Path) -> None:
    world = a_world(tmp_path, REACHED)
    enter(world)
    assert intended(world) == pytest.approx(0.2 / 0.6)
    line = world.events("CoastChanged")[0]
    assert (line["before"], line["after"]) == ("FREE", "REACHED")
    assert line["coast_factor"] == pytest.approx(0.2 / 0.6)


def test_trading_on_is_a_choice(tmp_path: Path) -> None:
    world = a_world(tmp_path, REACHED, policy=TargetPolicy.TRADE_ON)
    enter(world)
    assert intended(world) == 1.0


def test_with_the_days_done_and_the_target_near_the_profit_is_protected(tmp_path: Path) -> None:
    world = a_world(tmp_path, NEAR)
    world.run_minutes(1)
    world.bot.state.profitable_days = list(DAYS)
    enter(world)
    assert intended(world) == pytest.approx(140.0 / 180.0)
    assert world.events("CoastChanged")[-1]["after"] == "NEAR"


def test_near_the_target_with_days_missing_the_usual_risk_stands(tmp_path: Path) -> None:
    world = a_world(tmp_path, NEAR)
    world.run_minutes(1)
    world.bot.state.profitable_days = DAYS[:2]
    enter(world)
    assert intended(world) == 1.0


def test_what_rests_is_withdrawn_when_the_target_is_reached_and_the_policy_is_stop(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path, FAR, NEAR_ENTRY, TargetPolicy.STOP)
    world.run_minutes(1)
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert setup.status == SetupStatus.PENDING
    world.bot.state.is_target_announced = True
    world.run_minutes(2)
    assert world.terminal.orders_get() == ()
    assert world.events("RestingOrderReplaced")[0]["reason"] == "PROFIT_PROTECTED"


def test_an_entry_that_would_stake_the_locked_profit_is_refused(tmp_path: Path) -> None:
    world = a_world(tmp_path, FAR)
    world.run_minutes(1)
    world.bot.state.sizing.peak_money = 20_600.0  # best profit 1 100: locked at 20 050
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    assert setup.refusal == "PROFIT_PROTECTED"
    line = world.events("OrderRefused")[-1]
    assert line["limit"] == pytest.approx(20_050.0)
    assert world.events("CoastChanged")[-1]["lock_floor_money"] == pytest.approx(20_050.0)


def test_profit_above_the_lock_may_be_traded_with(tmp_path: Path) -> None:
    world = a_world(tmp_path, FAR)
    world.run_minutes(1)
    world.bot.state.sizing.peak_money = 20_200.0  # best profit 700: under 5 % nothing is locked
    enter(world)
    assert len(world.terminal.positions_get()) == 1


def test_what_was_said_is_not_said_again_after_a_restart(tmp_path: Path) -> None:
    world = a_world(tmp_path, REACHED).run_minutes(1)
    count = len(world.events("CoastChanged"))
    world.restart().run_minutes(1)
    assert len(world.events("CoastChanged")) == count


def test_a_day_a_little_short_of_profitable_is_left_short(tmp_path: Path) -> None:
    """An open winner is not closed, nor anything sized up, because midnight is near."""
    winner = [AT_ENTRY[0], (5.0, 1.10250, 1.10255)]  # 0.5 R, 57 money: the day needs 97.50
    world = a_world(tmp_path, FAR, winner)
    enter(world)
    lots = world.terminal.positions_get()[0].volume
    world.run_minutes(590, cycle_s=60.0)  # past 21:00 UTC, the firm's midnight
    assert len(world.events("DayClosed")) == 1
    assert [p.volume for p in world.terminal.positions_get()] == [lots]
