"""Breakers that count losses: they trip, hold over restarts, and reset by their own rule."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from breaker_worlds import (
    AT_ENTRY,
    BACK,
    ENTRY,
    MIDNIGHT_MINUTES,
    STOP,
    STOPPED,
    a_world,
    events_of,
    settings,
    tripped,
    two_losses,
)
from builders import World, a_market

from bot.live.state import SetupStatus, TradeResult, state_from_document
from bot.model.broker import AccountFacts
from bot.model.firm_clock import FirmClock
from bot.ports import Broker, Ok, Read

# --- consecutive losses -------------------------------------------------------------------------


def test_losses_in_a_row_close_the_door_until_a_person_opens_it(tmp_path: Path) -> None:
    world = two_losses(tmp_path)
    assert len(world.events("PositionClosed")) == 2
    (line,) = world.events("BreakerTripped")
    assert (line["breaker"], line["value"], line["limit"]) == ("consecutive_losses", 2.0, 2.0)
    assert (line["action"], line["resets"]) == ("block", "person")
    setup = world.add_setup("AUDUSD", 1, ENTRY, STOP)
    world.run_minutes(2)
    assert setup.refusal == "BREAKER_OPEN"
    refused = world.events("OrderRefused")[-1]
    assert (refused["value"], refused["limit"]) == (2.0, 2.0)
    world.spool.say("reset", "looked at both, news", "consecutive_losses")
    world.run_minutes(2)
    assert setup.status == SetupStatus.FILLED


def test_a_reset_says_by_whom_and_why_and_counts_from_there(tmp_path: Path) -> None:
    world = two_losses(tmp_path)
    world.spool.say("reset", "looked at both", "consecutive_losses")
    world.run_minutes(5)
    (line,) = world.events("BreakerReset")
    assert (line["by"], line["reason"]) == ("person", "looked at both")
    assert tripped(world) == []  # the same two losses do not trip it again
    world.restart().run_minutes(2)
    assert tripped(world) == []


def test_a_trip_is_latched_once_and_survives_restarts(tmp_path: Path) -> None:
    world = two_losses(tmp_path)
    for _ in range(3):
        world.restart().run_minutes(1)
    assert tripped(world) == ["consecutive_losses"]
    assert events_of(world, "BreakerTripped") == ["consecutive_losses"]


def test_a_win_between_losses_starts_the_row_anew(tmp_path: Path) -> None:
    fall_and_rise = [AT_ENTRY, STOPPED, BACK, (15.0, 1.1120, 1.11205), (20.0, 1.09995, 1.10000)]
    paths = {"EURUSD": [*fall_and_rise, (25.0, 1.09395, 1.094)]}
    world = a_world(tmp_path, paths, consecutive_losses={"max_count": 2})
    for minutes in (10.0, 9.0, 10.0):
        world.run_minutes(1)
        world.add_setup("EURUSD", 1, ENTRY, STOP)
        world.run_minutes(minutes)
    results = [result.net_money for result in world.bot.state.results]
    assert [money > 0.0 for money in results] == [False, True, False]
    assert tripped(world) == []


@pytest.mark.parametrize(
    ("name", "reason", "why"),
    [
        ("consecutive_losses", "  ", "a reset needs a reason"),
        ("slippage", "x", "it is not tripped"),
    ],
)
def test_a_reset_that_is_not_made_is_journalled_with_its_cause(
    tmp_path: Path, name: str, reason: str, why: str
) -> None:
    world = two_losses(tmp_path)
    world.spool.say("reset", reason, name)
    world.run_minutes(1)
    assert [line["why"] for line in world.events("BreakerResetRefused")] == [why]
    assert tripped(world) == ["consecutive_losses"]


def test_a_resume_lifts_no_breaker(tmp_path: Path) -> None:
    world = two_losses(tmp_path)
    world.spool.say("resume", "go on")
    world.run_minutes(1)
    assert tripped(world) == ["consecutive_losses"]


class KilledError(Exception):
    """The process ends here."""


def test_a_crash_between_trip_and_save_forgets_no_trip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(tmp_path, {"EURUSD": [AT_ENTRY]}, trades_per_day={"max_count": 1})
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.cycle()
    record = world.bot.ports.journal.record

    def record_and_die(event: object) -> None:
        record(event)  # type: ignore[arg-type]
        if type(event).__name__ == "BreakerTripped":
            raise KilledError

    monkeypatch.setattr(world.bot.ports.journal, "record", record_and_die)
    with pytest.raises(KilledError):
        world.run_minutes(2)
    world.restart()
    assert tripped(world) == ["trades_per_day"]
    world.run_minutes(1)
    assert events_of(world, "BreakerTripped") == ["trades_per_day"]


def test_a_trip_is_on_disk_before_the_cycle_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(tmp_path, {"EURUSD": [AT_ENTRY]}, trades_per_day={"max_count": 1})
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.cycle()

    def die() -> None:
        if tripped(world):
            raise KilledError

    monkeypatch.setattr(world.bot.stages.unknowns, "step", die)
    with pytest.raises(KilledError):
        world.run_minutes(2)
    saved = world.bot.ports.store.load("state")
    assert saved is not None
    assert [one.breaker for one in state_from_document(saved).breakers.in_order()] == [
        "trades_per_day"
    ]


# --- day losses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("every_mode", "names"), [(True, ["day_losses"]), (False, [])])
def test_two_losses_of_a_day_close_it_where_they_are_counted(
    tmp_path: Path, *, every_mode: bool, names: list[str]
) -> None:
    path = [AT_ENTRY, STOPPED, BACK]
    limits = {"max_count": 2, "every_mode": every_mode}
    world = a_world(tmp_path, {"EURUSD": path, "NZDUSD": path}, day_losses=limits)
    world.run_minutes(1)
    for symbol in ("EURUSD", "NZDUSD"):
        world.add_setup(symbol, 1, ENTRY, STOP)
    world.run_minutes(10)
    assert tripped(world) == names


def test_losses_are_those_of_the_firms_day_and_not_of_the_servers(tmp_path: Path) -> None:
    base = settings("EURUSD", day_losses={"max_count": 2, "every_mode": True})
    tokyo = replace(base, firm_clock=FirmClock("Asia/Tokyo", 0))  # its day begins at 15:00 UTC
    world = World(tmp_path, a_market({"EURUSD": [AT_ENTRY]}, 400), tokyo).start()
    world.run_minutes(190, cycle_s=60.0)
    for number in (1, 2):
        result = TradeResult(number, "EURUSD", world.clock.now_utc_s(), -50.0, -1.0)
        world.bot.state.add_result(result)
    world.run_minutes(1)
    assert tripped(world) == ["day_losses"]


# --- rapid loss ---------------------------------------------------------------------------------


STOP_ABOVE = 1.1050


def a_fall(tmp_path: Path, *path: tuple[float, float, float], **limits: dict[str, Any]) -> World:
    """Half a lot of somebody else's in GBPUSD moves equity by 5 a pip; ours stands beside it."""
    steady = [AT_ENTRY]
    world = a_world(tmp_path, {"EURUSD": steady, "GBPUSD": [(0.0, 1.3, 1.3), *path]}, **limits)
    world.run_minutes(1)
    world.add_setup("EURUSD", -1, ENTRY, STOP_ABOVE)
    world.run_minutes(1)
    world.open_foreign("GBPUSD", 1, 0.5, 1.2910)
    return world.run_minutes(1)


def test_a_rapid_loss_closes_everything_of_ours_and_waits_for_a_person(tmp_path: Path) -> None:
    world = a_fall(tmp_path, (10.0, 1.2918, 1.2918))
    assert [p.magic != 0 for p in world.terminal.positions_get()].count(True) == 1
    world.run_minutes(10)
    assert [p.magic for p in world.terminal.positions_get()] == [0]
    assert tripped(world) == ["rapid_loss"]
    assert [line["halt"] for line in world.events("HaltLatched")] == ["breaker_rapid_loss"]
    assert world.events("FlattenFinished") != []
    world.restart().run_minutes(30)
    assert tripped(world) == ["rapid_loss"]


def test_after_a_rapid_loss_and_its_reset_trading_goes_on(tmp_path: Path) -> None:
    world = a_fall(tmp_path, (10.0, 1.2918, 1.2918), (25.0, 1.29, 1.29))
    world.run_minutes(10)
    world.spool.say("resume", "no")
    world.run_minutes(1)
    setup = world.add_setup("EURUSD", -1, ENTRY, STOP_ABOVE)
    world.run_minutes(2)
    assert setup.refusal == "BREAKER_OPEN"  # a resume is not a reset
    world.spool.say("reset", "a bad print", "rapid_loss")
    world.run_minutes(15)  # the foreign position is stopped out: there is room again
    assert tripped(world) == []  # the fall of before is not counted again
    assert setup.status == SetupStatus.FILLED


def test_the_same_fall_spread_over_time_is_not_rapid(tmp_path: Path) -> None:
    slow = [(10.0 + 6.0 * n, 1.3 - 0.0012 * n, 1.3 - 0.0012 * n) for n in range(1, 8)]
    world = a_fall(tmp_path, *slow)
    world.run_minutes(60)
    assert world.equity < 19_600.0
    assert "rapid_loss" not in tripped(world)


def test_a_fall_just_below_the_limit_does_not_trip(tmp_path: Path) -> None:
    world = a_fall(tmp_path, (10.0, 1.29215, 1.29215))
    world.run_minutes(20)
    assert tripped(world) == []


class OneBadRead:
    """A broker whose account shows 2.5 % less equity while `is_bad`."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.is_bad = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._broker, name)

    def account(self) -> Read[AccountFacts]:
        read = self._broker.account()
        if not self.is_bad or not isinstance(read, Ok):
            return read
        return Ok(replace(read.value, equity_money=read.value.equity_money * 0.975))


@pytest.mark.parametrize(("cycles", "names"), [(1, []), (2, ["rapid_loss"])])
def test_one_reading_flattens_nothing(tmp_path: Path, cycles: int, names: list[str]) -> None:
    brokers: list[OneBadRead] = []

    def wrapped(broker: Broker) -> Broker:
        brokers.append(OneBadRead(broker))
        return brokers[-1]  # type: ignore[return-value]

    market = a_market({"EURUSD": [AT_ENTRY]}, 600)
    world = World(tmp_path, market, settings("EURUSD"), wrapped).start().run_minutes(2)
    brokers[-1].is_bad = True
    world.run_minutes(cycles / 6.0)
    brokers[-1].is_bad = False
    world.run_minutes(2)
    assert tripped(world) == names


def test_a_payout_is_no_loss(tmp_path: Path) -> None:
    world = a_world(tmp_path, {"EURUSD": [AT_ENTRY]}, daily_drawdown={"use": False})
    world.run_minutes(2)
    world.terminal.operator.deposit(-600.0)
    world.run_minutes(10)
    assert "rapid_loss" not in tripped(world)


# --- the day's drawdown -------------------------------------------------------------------------


def test_a_days_drawdown_blocks_until_the_next_firm_day_and_closes_nothing(tmp_path: Path) -> None:
    limits = {"max_base_fraction": 0.015}
    world = a_fall(tmp_path, (10.0, 1.2938, 1.2938), daily_drawdown=limits)
    world.run_minutes(10)
    assert tripped(world) == ["daily_drawdown"]
    assert len(world.terminal.positions_get()) == 2
    world.spool.say("reset", "please", "daily_drawdown")
    world.run_minutes(1)
    assert world.events("BreakerResetRefused")[0]["why"] == "it resets only by its own rule"
    world.run_minutes(MIDNIGHT_MINUTES, cycle_s=60.0)
    assert [line["by"] for line in world.events("BreakerReset")] == ["firm_day"]
