"""The snapshot tells a person how the account stands, and nothing is decided by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import World, a_market, settings_for

from bot.adapters.calendar_declared import DeclaredCalendar
from bot.live.state import BotState, state_from_document
from bot.model.news import Impact, NewsEvent
from bot.model.outlook import Outlook

ENTRY, STOP = 1.1000, 1.0950
PATH = [(0, 1.09995, 1.10000), (30, 1.0980, 1.09805)]


def a_world(folder: Path) -> World:
    return World(folder, a_market({"EURUSD": PATH}, 240), settings_for("EURUSD"))


def looked(world: World) -> Outlook:
    return world.bot.state.outlook


def test_an_open_position_is_at_stake_with_every_part(tmp_path: Path) -> None:
    world = a_world(tmp_path).start()
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    outlook = looked(world)
    (stake,) = outlook.stakes
    assert (stake.kind, stake.symbol, stake.side) == ("position", "EURUSD", 1)
    r = outlook.reserves
    parts = r.stop_money + r.slippage_money + r.commission_money + r.swap_money + r.gap_money
    assert stake.worst_money == pytest.approx(parts, abs=0.03)
    assert stake.price_money == pytest.approx(stake.lots * 100_000.0)
    leans = {line.bucket: line.lean_r for line in outlook.buckets}
    assert leans["EUR"] == pytest.approx(-leans["USD"])
    assert 0.9 < leans["EUR"] < 1.1
    worst = world.bot.stages.guard.risks.worst_case_money(world.bot.stages.reader.evidence())
    assert worst == pytest.approx(world.equity - (stake.worst_money or 0.0), abs=3.0)


def test_rungs_and_floors_stand_in_equity(tmp_path: Path) -> None:
    outlook = looked(a_world(tmp_path).start().run_minutes(1))
    rungs = {rung.name: rung.equity_money for rung in outlook.rungs}
    assert (outlook.daily_floor_money, outlook.total_floor_money) == (19_000.0, 18_000.0)
    assert (rungs["reduce"], rungs["flatten"]) == (19_400.0, 19_300.0)
    assert outlook.usual_risk_money == 120.0
    assert [r.equity_money for r in outlook.rungs] == sorted(rungs.values(), reverse=True)


def test_it_looks_again_when_the_book_changes_and_else_as_seldom_as_it_saves(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path).start()
    world.clock.sleep(10.0)
    world.cycle()
    first = looked(world).at_utc_s
    world.clock.sleep(10.0)
    world.cycle()
    assert looked(world).at_utc_s == first
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(0.5)
    assert looked(world).at_utc_s > first
    assert looked(world).stakes
    world.run_minutes(1.2)
    assert world.clock.now_utc_s() - looked(world).at_utc_s <= 60.0


def test_news_ahead_and_the_calendar_are_noted(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    now = world.clock.now_utc_s()
    soon = NewsEvent(now + 7_200.0, "USD", "CPI", Impact.HIGH.value, "test")
    late = NewsEvent(now + 90_000.0, "USD", "Rate", Impact.HIGH.value, "test")
    other = NewsEvent(now + 7_200.0, "JPY", "Rate", Impact.HIGH.value, "test")
    world.calendar = DeclaredCalendar("test", (soon, late, other))
    world.bot = world._new_bot()
    outlook = looked(world.start().run_minutes(1))
    assert outlook.calendar == "FRESH"
    assert [(news.title, news.symbols) for news in outlook.news] == [("CPI", ["EURUSD"])]


def test_a_foreign_position_without_a_stop_has_no_bound(tmp_path: Path) -> None:
    world = a_world(tmp_path).start()
    world.open_foreign("EURUSD", 1, 0.05, 0.0)
    world.clock.sleep(10.0)
    world.cycle()
    (stake,) = looked(world).stakes
    assert stake.worst_money is None
    assert looked(world).buckets == []


def test_gauges_of_armed_breakers_are_noted(tmp_path: Path) -> None:
    outlook = looked(a_world(tmp_path).start().run_minutes(1))
    assert {"trades_per_day", "requests_soft"} <= {gauge.breaker for gauge in outlook.gauges}


def test_a_snapshot_of_before_the_outlook_still_loads(tmp_path: Path) -> None:
    world = a_world(tmp_path).start().run_minutes(1)
    document = world.bot.state.document()
    assert state_from_document(document).outlook == looked(world)
    del document["outlook"]
    assert state_from_document(document).outlook == BotState().outlook


def test_an_order_about_to_be_sent_states_its_worst_case_and_its_checks(tmp_path: Path) -> None:
    world = a_world(tmp_path).start()
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(1)
    (sent,) = world.events("OrderIntended")
    assert sent["stop_money"] == pytest.approx(500.0 * float(str(sent["lots"])), abs=0.01)
    rows = zip(sent["checks"], sent["check_values"], sent["check_limits"], strict=True)  # type: ignore[call-overload]
    figures = {name: (value, limit) for name, value, limit in rows}
    assert figures["SPREAD_TOO_WIDE"][0] == pytest.approx(0.00005)
    assert figures["POSITIONS_AT_CAP"] == (0.0, 10.0)
    left, floor = figures["DAILY_FLOOR_AT_RISK"]
    assert left > floor >= 19_000.0


def test_a_start_states_the_rules_of_the_phase(tmp_path: Path) -> None:
    (started,) = a_world(tmp_path).start().events("BotStarted")
    assert started["are_rules_told"] is True
    assert (started["target_initial_fraction"], started["days_needed_count"]) == (0.08, 3)
