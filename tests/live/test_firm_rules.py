"""Other firms' rules on the real bot: their midnights, pauses, trailing floors, days and limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import TUESDAY_NOON, World, a_market, settings_for
from builders_challenge import DAILY, OVERALL, high_stakes

from bot.model.challenge import (
    ChallengeRules,
    DayKind,
    DayRule,
    LossAction,
    OverallKind,
    OverallRule,
    TrailOn,
)
from bot.model.firm_clock import FirmClock
from bot.model.settings import BotSettings

FLAT = (0.0, 1.09995, 1.10000)
PRAGUE = FirmClock("Europe/Prague", 0)
RULES = high_stakes()
PAUSING = RULES._replace(
    daily=DAILY._replace(loss_fraction=0.02, action=LossAction.PAUSE_UNTIL_RESET.value)
)
MIDNIGHT_MINUTES = 9 * 60.0  # from noon UTC to 21:00 UTC, the server's midnight in summer


def trailing(trail_on: TrailOn) -> ChallengeRules:
    overall: OverallRule = OVERALL._replace(
        kind=OverallKind.TRAILING.value, trail_on=trail_on.value
    )
    return RULES._replace(overall=overall)


def a_world(
    tmp_path: Path,
    settings: BotSettings,
    *later: tuple[float, float, float],
    start_utc_s: float = TUESDAY_NOON,
    minutes: float = 4_000,
) -> World:
    market = a_market({"EURUSD": [FLAT, *later]}, minutes, start_utc_s)
    return World(tmp_path, market, settings).start()


def under(rules: ChallengeRules) -> BotSettings:
    return settings_for("EURUSD", rules=rules)


def opened_days(world: World) -> dict[str, float]:
    return {str(line["date"]): float(str(line["at_utc_s"])) for line in world.events("DayOpened")}


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_a_firm_in_prague_has_its_own_midnight_and_one_day_per_date(tmp_path: Path) -> None:
    settings = replace(settings_for("EURUSD"), firm_clock=PRAGUE)
    world = a_world(tmp_path, settings)
    world.run_minutes(10.5 * 60, cycle_s=60.0)
    assert list(opened_days(world)) == ["2026-03-17"]  # the server's midnight is past
    world.run_minutes(45, cycle_s=60.0)
    for _ in range(3):
        world.run_minutes(2).restart()
    days = opened_days(world)
    assert list(days) == ["2026-03-17", "2026-03-18"]
    assert days["2026-03-18"] == pytest.approx(utc("2026-03-17T23:00:00"), abs=61.0)
    assert len(world.events("DayOpened")) == 2


def test_a_european_change_of_clocks_makes_a_day_of_23_hours(tmp_path: Path) -> None:
    settings = replace(settings_for("EURUSD"), firm_clock=PRAGUE)
    start = utc("2026-03-28T22:00:00")
    world = a_world(tmp_path, settings, start_utc_s=start, minutes=3 * 1_440)
    world.run_minutes(2.5 * 1_440, cycle_s=300.0)
    days = opened_days(world)
    assert days["2026-03-29"] == pytest.approx(utc("2026-03-28T23:00:00"), abs=301.0)
    assert days["2026-03-30"] == pytest.approx(utc("2026-03-29T22:00:00"), abs=301.0)


def test_a_clock_that_steps_back_opens_no_day_twice(tmp_path: Path) -> None:
    world = a_world(tmp_path, settings_for("EURUSD"))
    world.run_minutes(MIDNIGHT_MINUTES + 2, cycle_s=60.0)
    evidence = world.bot.stages.reader.evidence()
    for back_s in (600.0, 90_000.0, 0.0):
        earlier = replace(evidence, now_utc_s=evidence.now_utc_s - back_s)
        world.bot.stages.days.roll(earlier)
    assert list(opened_days(world)) == ["2026-03-17", "2026-03-18"]
    assert len(world.events("DayClosed")) == 1


def test_a_firms_pause_flattens_lasts_the_day_and_spares_the_account(tmp_path: Path) -> None:
    world = a_world(tmp_path, under(PAUSING), (30.0, 1.0958, 1.09585), (60.0, 1.09995, 1.1000))
    world.open_foreign("EURUSD", 1, 1.0, 1.05)
    world.run_minutes(32)
    assert "firm_pause" in world.bot.state.halts
    world.restart().run_minutes(40)  # the loss is gone, the pause is not
    world.add_setup("EURUSD", 1, 1.1000, 1.0950)
    world.run_minutes(2)
    refusals = {line["refusal"] for line in world.events("OrderRefused")}
    assert refusals == {"DAY_PAUSED_BY_FIRM"}
    assert world.bot.state.verdict == "RUNNING"
    world.run_minutes(MIDNIGHT_MINUTES - 70, cycle_s=60.0)
    assert "firm_pause" not in world.bot.state.halts


def test_above_its_level_nothing_is_paused(tmp_path: Path) -> None:
    world = a_world(tmp_path, under(PAUSING), (30.0, 1.0962, 1.09625))
    world.open_foreign("EURUSD", 1, 1.0, 1.05)
    world.run_minutes(32)
    assert "firm_pause" not in world.bot.state.halts


def test_a_floor_that_trails_equity_stays_up_across_a_restart(tmp_path: Path) -> None:
    rules = trailing(TrailOn.EQUITY_REALTIME)
    world = a_world(tmp_path, under(rules), (30.0, 1.1100, 1.11005), (40.0, 1.1050, 1.10505))
    world.open_foreign("EURUSD", 1, 1.0, 1.05)
    world.run_minutes(45)
    before = world.bot.view()
    assert before is not None
    assert before.total_floor_money == pytest.approx(20_996.0 - 2_000.0, abs=10.0)
    world.restart().run_minutes(2)
    after = world.bot.view()
    assert after is not None
    assert after.total_floor_money == before.total_floor_money
    world.run_minutes(MIDNIGHT_MINUTES - 40, cycle_s=60.0)
    opened = world.events("DayOpened")[-1]
    assert opened["total_floor_money"] == before.total_floor_money
    next_morning = world.bot.view()
    assert next_morning is not None
    assert next_morning.total_floor_money == before.total_floor_money


def test_balances_between_two_looks_raise_a_floor_that_trails_the_balance(tmp_path: Path) -> None:
    rules = trailing(TrailOn.BALANCE_REALTIME)
    world = a_world(tmp_path, under(rules))
    world.run_minutes(1)
    world.terminal.operator.deposit(800.0)
    world.terminal.operator.deposit(-700.0)
    world.run_minutes(1)
    view = world.bot.view()
    assert view is not None
    assert view.total_floor_money == pytest.approx(18_800.0)


def test_a_first_start_finds_the_highest_balance_in_the_history(tmp_path: Path) -> None:
    settings = under(trailing(TrailOn.BALANCE_EOD))
    market = a_market({"EURUSD": [FLAT]}, 4_000)
    world = World(tmp_path, market, settings)
    world.terminal.initialize()
    world.terminal.operator.deposit(1_000.0)
    world.terminal.operator.deposit(-900.0)
    world.start().run_minutes(1)
    assert world.events("DayOpened")[0]["total_floor_money"] == pytest.approx(19_000.0)


def test_a_day_with_an_opened_trade_counts_where_the_firm_counts_trades(tmp_path: Path) -> None:
    rules = RULES._replace(days=DayRule(DayKind.OPENED.value, 4, 0.0))
    world = a_world(tmp_path, under(rules))
    world.run_minutes(5)
    world.open_foreign("EURUSD", 1, 0.1, 1.05)
    world.run_minutes(MIDNIGHT_MINUTES + 1_440, cycle_s=120.0)
    first, second = world.events("DayClosed")
    assert (first["is_counted_day"], first["is_profitable_day"]) == (True, False)
    assert second["is_counted_day"] is False
    assert world.bot.state.profitable_days == ["2026-03-17"]


def test_an_idle_account_is_noticed_once_a_day_from_the_alarm_on(tmp_path: Path) -> None:
    settings = replace(settings_for("EURUSD"), inactivity_alarm_days=2)
    world = a_world(tmp_path, settings, minutes=4 * 1_440)
    world.run_minutes(MIDNIGHT_MINUTES + 1_430, cycle_s=300.0)
    assert world.events("InactivityNoticed") == []
    world.run_minutes(30, cycle_s=60.0).restart().run_minutes(5)
    (noticed,) = world.events("InactivityNoticed")
    assert (noticed["idle_days_count"], noticed["limit_days"]) == (2, 30)


def test_an_opened_trade_ends_idleness_and_holding_it_does_not(tmp_path: Path) -> None:
    settings = replace(settings_for("EURUSD"), inactivity_alarm_days=1)
    world = a_world(tmp_path, settings)
    world.run_minutes(5)
    world.open_foreign("EURUSD", 1, 0.1, 1.05)
    world.run_minutes(MIDNIGHT_MINUTES, cycle_s=60.0)
    (noticed,) = world.events("InactivityNoticed")
    assert noticed["last_opened_utc_s"] == pytest.approx(TUESDAY_NOON + 300.0, abs=20.0)


def test_a_phase_out_of_time_is_over(tmp_path: Path) -> None:
    world = a_world(tmp_path, under(RULES._replace(time_limit_days=1)))
    world.run_minutes(MIDNIGHT_MINUTES - 2, cycle_s=60.0)
    assert world.events("PhaseDecided") == []
    world.run_minutes(30, cycle_s=60.0)
    (decided,) = world.events("PhaseDecided")
    assert decided["verdict"] == "OUT_OF_TIME"
    world.add_setup("EURUSD", 1, 1.1000, 1.0950)
    world.run_minutes(1)
    assert world.events("OrderRefused")[-1]["refusal"] == "TIME_LIMIT_OVER"


def test_a_deposit_before_the_days_first_look_is_counted_once(tmp_path: Path) -> None:
    world = a_world(tmp_path, settings_for("EURUSD"))
    world.run_minutes(MIDNIGHT_MINUTES - 1, cycle_s=60.0)
    world.clock.sleep(65.0)
    world.terminal.operator.deposit(500.0)
    world.run_minutes(2)
    view = world.bot.view()
    assert view is not None
    assert view.daily_floor_money == pytest.approx(20_500.0 * 0.95)


def test_a_breach_names_the_other_limit_it_hit(tmp_path: Path) -> None:
    world = a_world(tmp_path, settings_for("EURUSD"), (30.0, 1.0780, 1.07805))
    world.open_foreign("EURUSD", 1, 1.0, 1.05)
    world.run_minutes(32)
    (decided,) = world.events("PhaseDecided")
    assert (decided["verdict"], decided["also"]) == ("BREACHED_DAILY", "BREACHED_TOTAL")


def test_without_a_daily_rule_the_journal_shows_no_daily_floor(tmp_path: Path) -> None:
    rules = RULES._replace(daily=DAILY._replace(base_kind=0))
    world = a_world(tmp_path, under(rules)).run_minutes(1)
    assert world.events("DayOpened")[0]["daily_floor_money"] == 0.0


def test_a_funded_account_that_meets_its_milestone_waits_for_the_next_level(
    tmp_path: Path,
) -> None:
    rules = RULES._replace(phase_kind=1, days=DayRule(DayKind.NONE.value, 0, 0.0))
    world = a_world(tmp_path, under(rules), (10.0, 1.1200, 1.12005))
    ticket = world.open_foreign("EURUSD", 1, 1.0, 1.05)
    world.run_minutes(12)
    world.terminal.operator.close_position(ticket)
    world.run_minutes(2)
    (decided,) = world.events("PhaseDecided")
    assert decided["verdict"] == "PASSED"
    assert world.bot.state.halts["phase_over"].reason.startswith("scaling milestone met")


@pytest.mark.parametrize(("policy", "gain_money"), [(1, 500.0), (0, 0.0)])
def test_a_higher_reading_just_past_the_reset_raises_the_base_by_the_snapshot_policy(
    tmp_path: Path, policy: int, gain_money: float
) -> None:
    rules = RULES._replace(policy=RULES.policy._replace(snapshot=policy))
    jump = (MIDNIGHT_MINUTES, 1.10495, 1.1050)
    world = a_world(tmp_path, under(rules), jump)
    world.open_foreign("EURUSD", 1, 1.0, 1.05)
    world.run_minutes(MIDNIGHT_MINUTES + 2, cycle_s=20.0)
    opened = world.events("DayOpened")[-1]
    assert opened["date"] == "2026-03-18"
    assert opened["base_money"] == pytest.approx(19_996.0 + gain_money, abs=15.0)


def test_between_two_midnights_halts_and_cash_belong_to_the_firms_day(tmp_path: Path) -> None:
    start = utc("2026-03-17T21:30:00")  # the 18th on the server, still the 17th in Prague
    settings = replace(under(PAUSING), firm_clock=PRAGUE)
    path = ((30.0, 1.0955, 1.09555), (50.0, 1.09995, 1.1000))
    world = a_world(tmp_path, settings, *path, start_utc_s=start)
    world.run_minutes(5)
    world.terminal.operator.deposit(150.0)
    world.open_foreign("EURUSD", 1, 1.0, 1.05)
    world.run_minutes(33)
    assert "firm_pause" in world.bot.state.halts
    world.run_minutes(60, cycle_s=30.0)
    assert "firm_pause" not in world.bot.state.halts
    (closed,) = world.events("DayClosed")
    assert closed["date"] == "2026-03-17"
    assert closed["is_profitable_day"] is False
    assert closed["profitable_day_gain_money"] == pytest.approx(-9.0, abs=10.0)
