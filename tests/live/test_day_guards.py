"""A day's base, brakes and halts hold where only they do: no other guard stands in for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import Waypoints, World, a_market, settings_for
from builders_challenge import DAILY, high_stakes

from bot.live.state import SetupStatus
from bot.model.challenge import LossAction
from bot.model.decision import PhaseVerdict
from bot.model.settings import BotSettings
from bot.simulator.config import AccountConfig

FLAT = (0.0, 1.09995, 1.10000)
POUND = (0.0, 1.25995, 1.26000)
MIDNIGHT_MINUTES = 9 * 60.0  # from noon UTC to 21:00 UTC, the server's midnight in summer
RULES = high_stakes()


def without_breakers(*symbols: str, **changes: object) -> BotSettings:
    """The shipped parameters, but no breaker flattens or blocks on a fall of equity."""
    settings = settings_for(*symbols, **changes)
    breakers = settings.breakers
    calm = breakers._replace(
        rapid_loss=breakers.rapid_loss._replace(use=False),
        daily_drawdown=breakers.daily_drawdown._replace(use=False),
    )
    return settings_for(*symbols, **{**changes, "breakers": calm})


def a_world(tmp_path: Path, settings: BotSettings, *later: tuple[float, float, float]) -> World:
    paths: dict[str, Waypoints] = {"EURUSD": [FLAT, *later], "GBPUSD": [POUND]}
    return World(tmp_path, a_market(paths, 4_000), settings).start()


def with_own_pound(world: World) -> World:
    """One position of ours, far from anything that happens to the euro."""
    world.run_minutes(1)
    setup = world.add_setup("GBPUSD", 1, 1.2600, 1.2500)
    world.run_minutes(1)
    assert setup.status == SetupStatus.FILLED
    return world


def own_tickets(world: World) -> list[int]:
    return [p.ticket for p in world.terminal.positions_get() if p.magic]


# --- the day's base -----------------------------------------------------------------------------


def test_losses_of_the_morning_do_not_lower_the_base_of_a_noon_start(tmp_path: Path) -> None:
    market = a_market({"EURUSD": [FLAT, (30.0, 1.0980, 1.09805)]}, 600)
    world = World(tmp_path, market, settings_for("EURUSD"))
    assert world.terminal.initialize()
    ticket = world.open_foreign("EURUSD", 1, 1.0, 1.05)
    world.clock.sleep(31 * 60.0)
    world.terminal.operator.close_position(ticket)
    assert world.balance < 19_850.0
    world.start().run_minutes(1)
    assert world.events("DayOpened")[0]["base_money"] == 20_000.0


def test_a_reset_nobody_saw_takes_the_higher_of_what_was_seen_before_it(tmp_path: Path) -> None:
    gone = (MIDNIGHT_MINUTES - 30.0, 1.09995, 1.10000)
    world = a_world(tmp_path, without_breakers("EURUSD"), (60.0, 1.1090, 1.10905), gone)
    world.open_foreign("EURUSD", 1, 1.0, 1.05)
    world.run_minutes(120, cycle_s=60.0)
    world.clock.sleep((MIDNIGHT_MINUTES - 60.0) * 60.0)  # the profit is gone before midnight
    world.restart().run_minutes(1)
    opened = world.events("DayOpened")[-1]
    assert (opened["date"], opened["is_estimated"]) == ("2026-03-18", True)
    assert opened["base_money"] == pytest.approx(20_891.0, abs=15.0)


# --- brakes and the halts they latch ------------------------------------------------------------


def test_a_bounce_releases_no_brake_within_the_day(tmp_path: Path) -> None:
    fall = 0.0301 * 20_000.0 / 100_000.0
    low = (30.0, 1.1 - fall, 1.10005 - fall)
    world = a_world(tmp_path, without_breakers("EURUSD"), low, (60.0, 1.09995, 1.10000))
    world.open_foreign("EURUSD", 1, 1.0, 1.05)
    world.run_minutes(90, cycle_s=30.0)
    view = world.bot.view()
    assert view is not None
    assert (view.brake, world.equity > 19_900.0) == ("REDUCE", True)


def test_one_reading_below_the_floor_decides_no_phase(tmp_path: Path) -> None:
    spike, back = (30.0, 1.0890, 1.08905), (30.16, 1.09995, 1.10000)
    world = a_world(tmp_path, without_breakers("EURUSD"), spike, back)
    world.open_foreign("EURUSD", 1, 1.0, 1.05)
    world.run_minutes(32)
    (low,) = [line for line in world.events("EquityLowMarked") if line["equity_money"] < 19_000.0]
    assert low["daily_room_money"] < 0.0, "it was read once"
    assert world.events("PhaseDecided") == []
    assert world.bot.state.verdict == PhaseVerdict.RUNNING.name


def test_the_daily_brake_alone_closes_what_is_ours(tmp_path: Path) -> None:
    settings = without_breakers("EURUSD", "GBPUSD")
    world = with_own_pound(a_world(tmp_path, settings, (30.0, 1.0964, 1.09645)))
    world.open_foreign("EURUSD", 1, 2.0, 1.0963)  # so near that no worst case touches a floor
    world.run_minutes(31)
    assert list(world.bot.state.halts) == ["daily_brake"]
    assert world.events("ExposureRelieved") == []
    assert own_tickets(world) == []
    assert world.events("PositionClosed")[-1]["reason"] == "BRAKE"


def test_a_resume_does_not_lift_the_days_brake(tmp_path: Path) -> None:
    settings = without_breakers("EURUSD", "GBPUSD")
    world = a_world(tmp_path, settings, (30.0, 1.0964, 1.09645))
    world.open_foreign("EURUSD", 1, 2.0, 1.05)
    world.run_minutes(31)
    world.spool.say("resume")
    world.run_minutes(1)
    assert "daily_brake" in world.bot.state.halts


def test_the_total_loss_waits_for_more_than_a_night_and_a_word(tmp_path: Path) -> None:
    account = AccountConfig(balance_money=18_150.0)  # 9.25 % of the initial balance is gone
    market = a_market({"EURUSD": [FLAT]}, 1_200)
    world = World(tmp_path, market, settings_for("EURUSD"), account=account).start()
    world.run_minutes(1)
    world.spool.say("resume")
    world.run_minutes(MIDNIGHT_MINUTES + 30, cycle_s=60.0)
    assert world.bot.state.halts["total_loss"].resets == "person"
    setup = world.add_setup("EURUSD", 1, 1.1000, 1.0950)
    world.run_minutes(1)
    assert setup.refusal == "HALTED"


def test_the_firms_pause_alone_sweeps_the_account(tmp_path: Path) -> None:
    pausing = DAILY._replace(loss_fraction=0.02, action=LossAction.PAUSE_UNTIL_RESET.value)
    settings = without_breakers("EURUSD", rules=RULES._replace(daily=pausing))
    world = a_world(tmp_path, settings, (30.0, 1.0979, 1.09795))
    world.open_foreign("EURUSD", 1, 2.0, 1.05)
    world.run_minutes(31)
    assert list(world.bot.state.halts) == ["firm_pause"]
    assert len(world.events("FlattenFinished")) == 1


def test_a_phase_that_ends_closes_what_is_still_open(tmp_path: Path) -> None:
    rules = RULES._replace(time_limit_days=1)
    world = with_own_pound(a_world(tmp_path, without_breakers("EURUSD", "GBPUSD", rules=rules)))
    world.run_minutes(MIDNIGHT_MINUTES - 10, cycle_s=60.0)
    assert len(own_tickets(world)) == 1
    world.run_minutes(30, cycle_s=60.0)
    (decided,) = world.events("PhaseDecided")
    assert decided["verdict"] == "OUT_OF_TIME"
    assert own_tickets(world) == []


def test_a_finished_phase_is_not_traded_though_its_halt_was_lost(tmp_path: Path) -> None:
    world = a_world(tmp_path, settings_for("EURUSD")).run_minutes(1)
    world.bot.state.verdict = PhaseVerdict.PASSED.name
    assert world.bot.state.halts == {}
    setup = world.add_setup("EURUSD", 1, 1.1000, 1.0950)
    world.run_minutes(1)
    assert setup.refusal == "HALTED"


@pytest.mark.parametrize("kind", ["total_loss", "phase_over"])
def test_a_resume_lifts_neither_the_end_of_the_account_nor_of_the_phase(
    tmp_path: Path, kind: str
) -> None:
    world = a_world(tmp_path, settings_for("EURUSD")).run_minutes(1)
    world.bot.stages.halts.latch(kind, "test", needs_person=True, flattens=False)
    world.spool.say("resume")
    world.run_minutes(1)
    assert kind in world.bot.state.halts


def test_with_target_and_days_met_what_is_open_is_closed_for_the_pass(tmp_path: Path) -> None:
    world = a_world(tmp_path, without_breakers("EURUSD", "GBPUSD"), (60.0, 1.1200, 1.12005))
    with_own_pound(world)
    world.bot.state.profitable_days = ["2026-03-12", "2026-03-13", "2026-03-16"]
    ticket = world.open_foreign("EURUSD", 1, 1.0, 1.0990)
    world.run_minutes(62)
    assert len(own_tickets(world)) == 1
    world.terminal.operator.close_position(ticket)
    world.run_minutes(2)
    assert own_tickets(world) == []
    assert world.events("PhaseDecided")[-1]["verdict"] == "PASSED"


# --- when a halt ends ---------------------------------------------------------------------------


def test_midnight_lifts_no_halt_that_waits_for_a_person(tmp_path: Path) -> None:
    world = a_world(tmp_path, settings_for("EURUSD")).run_minutes(1)
    world.spool.say("pause", "holiday")
    world.run_minutes(MIDNIGHT_MINUTES + 30, cycle_s=60.0)
    assert len(world.events("DayOpened")) == 2
    assert "paused" in world.bot.state.halts


def test_a_halt_of_the_day_outlasts_a_second_opening_of_that_day(tmp_path: Path) -> None:
    world = a_world(tmp_path, settings_for("EURUSD")).run_minutes(1)
    day, halts = world.bot.state.day, world.bot.stages.halts
    assert day is not None
    halts.latch("daily_brake", "test", needs_person=False, flattens=False)
    halts.new_day(day.day)
    assert "daily_brake" in world.bot.state.halts
    halts.new_day(day.day + 1)
    assert world.bot.state.halts == {}


def test_a_clock_that_steps_back_over_midnight_opens_no_day_a_second_time(tmp_path: Path) -> None:
    world = a_world(tmp_path, settings_for("EURUSD", "GBPUSD"))
    world.run_minutes(MIDNIGHT_MINUTES + 5.0, cycle_s=60.0)
    day = world.bot.state.day
    assert day is not None
    opened = [line["date"] for line in world.events("DayOpened")]
    assert len(opened) == 2
    truth = world.clock.now_utc_s
    world.clock.now_utc_s = lambda: truth() - 7_200.0  # type: ignore[method-assign]
    world.run_minutes(3)
    assert world.bot.state.day is day
    assert [line["date"] for line in world.events("DayOpened")] == opened
    assert len(world.events("DayClosed")) == 1
