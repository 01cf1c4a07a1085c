"""The process may die at any operation; the next start neither loses nor doubles anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from builders import World, a_market, settings_for

from bot.errors import NeedsPersonError, StateCorruptError, WrongAccountError
from bot.live.state import state_from_document
from bot.simulator.config import AccountConfig

PATHS = {
    "EURUSD": [
        (0, 1.09995, 1.10000),
        (6, 1.10350, 1.10355),
        (12, 1.10650, 1.10655),
        (18, 1.11060, 1.11065),
    ],
    "GBPUSD": [(0, 1.26100, 1.26105), (5, 1.25990, 1.25995), (14, 1.24900, 1.24905)],
}
MINUTES = 24


class Killed(BaseException):
    """The process ends here, whatever it was doing."""


class Countdown:
    """Dies at the n-th operation that touches the world, before or after it took effect."""

    def __init__(self, at: int, *, after: bool) -> None:
        self.left = at
        self.after = after

    def around(self, operation: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*args: object, **kwargs: object) -> object:
            self.left -= 1
            if self.left == 0 and not self.after:
                raise Killed
            result = operation(*args, **kwargs)
            if self.left == 0:
                raise Killed
            return result

        return wrapped


def a_world(tmp_path: Path) -> World:
    market = a_market(PATHS, 60)
    world = World(tmp_path, market, settings_for("EURUSD", "GBPUSD")).start()
    world.add_setup("EURUSD", 1, 1.1000, 1.0950)
    world.add_setup("GBPUSD", 1, 1.2600, 1.2500)
    world.bot.record.save()
    return world


def wound(world: World, countdown: Countdown) -> None:
    """Every write and send of the running bot may be its last."""
    ports = world.bot.ports
    for port, name in ((ports.store, "save"), (ports.journal, "record"), (ports.broker, "send")):
        setattr(port, name, countdown.around(getattr(port, name)))


def live_on(world: World, minutes: float) -> None:
    """Run to the end, starting again after each death."""
    end = world.clock.now_utc_s() + minutes * 60.0
    while world.clock.now_utc_s() < end:
        try:
            world.run_minutes((end - world.clock.now_utc_s()) / 60.0)
        except Killed:
            world.restart()


def check_nothing_lost_or_doubled(world: World) -> int:
    """Returns how many setups were entered: a death between intent and send may cost one."""
    deals = world.terminal.history_deals_get(1, 2_000_000_000)
    entries = [deal.magic for deal in deals if deal.entry == 0 and deal.magic]
    setups = {magic >> 16 for magic in entries}
    assert len(entries) == len(setups), "at most one opening deal per setup"
    booked = [line["deal_ticket"] for line in world.events("DealBooked")]
    traded = [deal.ticket for deal in deals if deal.position_id]
    assert sorted(booked) == sorted(traded)
    closed = [line["position_id"] for line in world.events("PositionClosed")]
    assert len(closed) == len(set(closed)) == len(entries)
    assert world.bot.state.setups == {}, "every setup met a named end"
    money = sum(line["net_money"] for line in world.events("PositionClosed"))
    assert money == pytest.approx(world.balance - 20_000.0, abs=0.004)
    return len(entries)


def operations_of_a_quiet_life(tmp_path: Path) -> int:
    world = a_world(tmp_path)
    countdown = Countdown(10**9, after=False)
    wound(world, countdown)
    live_on(world, MINUTES)
    assert check_nothing_lost_or_doubled(world) == 2
    return 10**9 - countdown.left


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_death_at_every_single_operation_loses_and_doubles_nothing(
    tmp_path: Path, after: bool
) -> None:
    total = operations_of_a_quiet_life(tmp_path / "quiet")
    assert total > 40
    entered = []
    for at in range(1, total + 1):
        world = a_world(tmp_path / f"{at}")
        wound(world, Countdown(at, after=after))
        live_on(world, MINUTES)
        entered.append(check_nothing_lost_or_doubled(world))
    assert entered.count(2) >= total - 6, "only a death beside a send may cost an entry"


def test_halts_survive_a_restart(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.spool.say("pause", "lunch")
    world.run_minutes(1)
    world.restart()
    assert world.bot.state.halts["paused"].reason == "lunch"


def test_a_corrupt_state_stops_the_start_and_is_kept(tmp_path: Path) -> None:
    world = a_world(tmp_path).run_minutes(2)
    for file in (tmp_path / "state").glob("*.json"):
        file.write_bytes(file.read_bytes()[:50])
    with pytest.raises(StateCorruptError):
        world.restart()
    assert any("corrupt" in file.name for file in (tmp_path / "state").iterdir())


def test_an_own_position_that_the_state_does_not_know_shuts_the_door_until_a_person_says(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path)
    before = (tmp_path / "state" / "state.json").read_bytes()
    world.run_minutes(2)
    for folder in ("state", "journal"):
        for file in (tmp_path / folder).glob("*"):
            file.unlink()
    (tmp_path / "state" / "state.json").write_bytes(before)
    world.bot = world._new_bot()
    state = state_from_document(world.bot.ports.store.load("state") or {})
    state.setups.clear()
    world.bot.ports.store.save("state", state.document())
    world.restart().run_minutes(2)
    assert "unknown_positions" in world.bot.state.halts
    assert len(world.terminal.positions_get()) == 1, "its stop stands at the broker"
    world.spool.say("resume")
    world.run_minutes(2)
    assert world.terminal.positions_get() == ()


def test_another_phase_or_balance_needs_a_folder_of_its_own(tmp_path: Path) -> None:
    world = a_world(tmp_path).run_minutes(1)
    world.settings = replace(world.settings, phase="step2")
    with pytest.raises(NeedsPersonError, match="step2"):
        world.restart()


@pytest.mark.parametrize("balance", [200_000.0, 17_000.0])
def test_a_balance_far_from_the_initial_one_is_a_slip_and_not_a_verdict(
    tmp_path: Path, balance: float
) -> None:
    account = AccountConfig(balance_money=balance)
    world = World(tmp_path, a_market(PATHS, 60), settings_for("EURUSD"), account=account)
    with pytest.raises(NeedsPersonError, match="initial_balance_money"):
        world.start()


def test_a_state_folder_of_another_account_is_refused(tmp_path: Path) -> None:
    a_world(tmp_path).run_minutes(2)
    other = AccountConfig(login=77)
    world = World(tmp_path, a_market(PATHS, 60), settings_for("EURUSD", "GBPUSD"), account=other)
    with pytest.raises(WrongAccountError, match="77"):
        world.start()
