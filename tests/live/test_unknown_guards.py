"""Unknown outcomes, hidden rows and unreadable history: nothing is concluded from silence."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from builders import World, settings_for
from builders_challenge import OVERALL, high_stakes
from puppet import ABOVE, ENTRY, STOP, Puppet, a_world, filled, resting

from bot.live.evidence import magic_of
from bot.live.state import SetupStatus
from bot.model.broker import BrokerDeal, CloseLots
from bot.model.challenge import OverallKind, TrailOn
from bot.ports import Ok, Unknown
from bot.simulator.faults import SendLoss


def nothing(*_asked: object) -> Ok[tuple[object, ...]]:
    return Ok(())


def unreadable(*_asked: object) -> Unknown:
    return Unknown("no history")


def lost_entry(world: World, loss: SendLoss) -> None:
    """An entry whose answer was lost; its outcome is open."""
    world.faults.lose_next_send(loss)
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.clock.sleep(10.0)
    world.cycle()
    assert len(world.bot.state.intents) == 1


def resolutions(world: World) -> list[object]:
    return [line["resolution"] for line in world.events("IntentResolved")]


# --- an entry whose answer was lost -------------------------------------------------------------


def test_patience_begins_anew_after_an_outage(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    lost_entry(world, SendLoss.NOT_EXECUTED)
    world.run_minutes(12)
    world.terminal.operator.switches.connected = False
    world.run_minutes(10)
    world.terminal.operator.switches.connected = True
    world.run_minutes(5)
    assert resolutions(world) == []
    world.run_minutes(15)
    assert resolutions(world) == ["absent"]


def test_two_reads_far_apart_prove_no_absence(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    lost_entry(world, SendLoss.NOT_EXECUTED)
    world.cycle()
    world.clock.sleep(1_200.0)
    world.cycle()
    assert resolutions(world) == []
    world.cycle()
    assert resolutions(world) == ["absent"]


def test_an_unreadable_history_proves_no_absence(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    puppet.says["finished_orders"] = unreadable
    lost_entry(world, SendLoss.NOT_EXECUTED)
    world.run_minutes(40)
    assert resolutions(world) == []


def test_an_order_that_filled_is_never_absent_though_its_deal_is_late(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    puppet.says.update(positions=nothing, deals=nothing)
    lost_entry(world, SendLoss.EXECUTED)
    world.run_minutes(40)
    assert resolutions(world) == []
    puppet.says.clear()
    world.run_minutes(1)
    assert resolutions(world) == ["executed"]


def test_a_fill_that_only_the_whole_history_shows_is_not_absent(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    for name in ("deals", "finished_orders"):
        truly = puppet.truly(name)
        puppet.says[name] = lambda since, truly=truly: Ok(()) if since > 0.0 else truly(since)
    puppet.says["positions"] = nothing
    lost_entry(world, SendLoss.EXECUTED)
    world.run_minutes(40)
    assert resolutions(world) == []
    puppet.says.clear()
    world.run_minutes(1)
    assert resolutions(world) == ["executed"]


def test_a_fill_that_was_called_absent_is_adopted_with_its_stop_when_it_shows(
    tmp_path: Path,
) -> None:
    world, puppet = a_world(tmp_path, (3.0, 1.10250, 1.10255))
    puppet.says.update(positions=nothing, deals=nothing, finished_orders=nothing)
    lost_entry(world, SendLoss.EXECUTED)
    world.run_minutes(17)
    assert resolutions(world) == ["absent"]
    puppet.says.clear()
    (setup,) = world.bot.state.setups.values()
    assert setup.status == SetupStatus.AWAITING_ENTRY
    world.run_minutes(1)
    assert setup.status == SetupStatus.FILLED
    (position,) = world.terminal.positions_get()
    assert setup.ladder is not None
    assert setup.ladder.position_id == position.identifier
    world.terminal.operator.move_levels(position.ticket, 0.0, position.tp)
    world.run_minutes(1)
    (position,) = world.terminal.positions_get()
    assert position.sl == pytest.approx(STOP)


def test_an_own_position_under_another_key_is_not_adopted_but_closed(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path, first=ABOVE)
    setup = world.add_setup("EURUSD", 1, 1.0950, 1.0900)
    setup.order_magic = magic_of(world.bot.settings.magic_base, setup.setup_id, 2)
    stray = magic_of(world.bot.settings.magic_base, setup.setup_id, 1)
    price = world.terminal.symbol_info_tick("EURUSD").ask
    request = {"action": 1, "symbol": "EURUSD", "volume": 0.01, "type": 0, "price": price}
    request |= {"magic": stray, "sl": 1.0850, "deviation": 50}
    assert world.terminal.order_send(request).retcode == 10009
    world.run_minutes(2)
    assert setup.status == SetupStatus.AWAITING_ENTRY
    assert world.terminal.positions_get() == ()


# --- a close whose answer was lost --------------------------------------------------------------


def lost_rung(tmp_path: Path) -> tuple[World, Puppet]:
    """The first rung's close was lost and never done."""
    world, puppet = a_world(tmp_path, (10.0, 1.10350, 1.10355))
    filled(world)
    world.run_minutes(7)
    world.faults.lose_next_send(SendLoss.NOT_EXECUTED)
    world.run_minutes(2)
    assert len(puppet.sent_of(CloseLots)) == 1
    return world, puppet


def test_a_part_is_not_closed_again_while_the_first_close_may_still_be_done(
    tmp_path: Path,
) -> None:
    world, puppet = lost_rung(tmp_path)
    world.run_minutes(10)
    assert len(puppet.sent_of(CloseLots)) == 1
    assert world.events("RungTaken") == []


def test_a_close_that_was_not_done_is_no_rung(tmp_path: Path) -> None:
    world, puppet = lost_rung(tmp_path)
    world.run_minutes(20)
    assert resolutions(world) == ["absent"]
    assert len(puppet.sent_of(CloseLots)) == 2
    assert len(world.events("RungTaken")) == 1
    (position,) = world.terminal.positions_get()
    assert position.volume == pytest.approx(0.15)


# --- what is there and does not show ------------------------------------------------------------


def test_a_fill_that_does_not_show_yet_counts_in_full(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    filled(world)
    puppet.says["positions"] = nothing
    world.bot.stages.reader.invalidate()
    evidence = world.bot.stages.reader.evidence()
    assert evidence.positions == ()
    risks = world.bot.stages.guard.risks
    assert risks.worst_case_money(evidence) < evidence.account.equity_money - 110.0
    assert risks.book(evidence, "EURUSD").symbol_exposures_count == 1


def test_a_resting_order_counts_in_full(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path, first=ABOVE)
    resting(world)
    world.bot.stages.reader.invalidate()
    evidence = world.bot.stages.reader.evidence()
    book = world.bot.stages.guard.risks.book(evidence, "EURUSD")
    assert (book.resting_count, book.symbol_exposures_count) == (1, 1)
    assert book.resting_risk_money > 110.0


def test_a_position_without_a_price_has_no_bound(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    filled(world)
    puppet.says["quote"] = lambda _symbol: Unknown("frozen")
    world.bot.stages.reader.invalidate()
    evidence = world.bot.stages.reader.evidence()
    assert math.isinf(world.bot.stages.guard.risks.worst_case_money(evidence))


def test_a_position_that_is_hidden_for_a_while_is_not_settled(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    setup = filled(world)
    puppet.says["positions"] = nothing
    world.run_minutes(5)
    assert setup.status == SetupStatus.FILLED
    assert world.events("PositionClosed") == []
    puppet.says.clear()
    world.run_minutes(1)
    assert setup.status == SetupStatus.FILLED


def test_an_order_that_is_hidden_for_a_while_is_not_given_up(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path, first=ABOVE)
    setup = resting(world)
    puppet.says["orders"] = nothing
    world.run_minutes(10)
    assert setup.status == SetupStatus.PENDING
    world.run_minutes(10)
    assert setup.status == SetupStatus.CANCELLED


def test_an_order_is_not_given_up_while_history_cannot_be_read(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path, first=ABOVE)
    setup = resting(world)
    puppet.says.update(orders=nothing, finished_orders=unreadable)
    world.run_minutes(40)
    assert setup.status == SetupStatus.PENDING


def test_time_in_which_history_cannot_be_read_is_no_absence(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path, first=ABOVE)
    setup = resting(world)
    puppet.says.update(orders=nothing, finished_orders=unreadable)
    world.run_minutes(20)
    puppet.says["finished_orders"] = nothing
    world.run_minutes(12)
    assert setup.status == SetupStatus.PENDING
    world.run_minutes(5)
    assert setup.status == SetupStatus.CANCELLED


def test_no_day_is_rolled_without_a_server_though_both_books_show_something(
    tmp_path: Path,
) -> None:
    world, _ = a_world(tmp_path, more={"GBPUSD": [(0.0, 1.26100, 1.26105)]})
    filled(world)
    world.add_setup("GBPUSD", 1, 1.2600, 1.2500)
    world.run_minutes(8 * 60.0 - 5.0, cycle_s=60.0)
    assert len(world.terminal.orders_get()) == len(world.terminal.positions_get()) == 1
    world.terminal.operator.switches.connected = False
    world.run_minutes(90.0, cycle_s=60.0)
    assert len(world.events("DayOpened")) == 1


def test_a_stop_is_restored_while_the_firms_day_cannot_be_judged(tmp_path: Path) -> None:
    follows = OVERALL._replace(
        kind=OverallKind.TRAILING.value, trail_on=TrailOn.BALANCE_REALTIME.value
    )
    settings = settings_for("EURUSD", rules=high_stakes()._replace(overall=follows))
    world, puppet = a_world(tmp_path, settings=settings)
    filled(world)
    puppet.says["deals"] = unreadable
    world.terminal.operator.deposit(5.0)  # the floor follows balances: their history is asked for
    (position,) = world.terminal.positions_get()
    world.terminal.operator.move_levels(position.ticket, 0.0, position.tp)
    world.run_minutes(0.4)
    assert world.bot.state.faults_count.get("N01", 0) > 0
    assert world.terminal.positions_get()[0].sl == STOP


def test_a_deal_that_shows_late_is_booked_all_the_same(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    hidden = {int(world.open_foreign("EURUSD", 1, 0.01, STOP))}
    truly = puppet.truly("deals")

    def without_hidden(since_utc_s: float) -> Ok[tuple[BrokerDeal, ...]]:
        read = truly(since_utc_s)
        return Ok(tuple(deal for deal in read.value if deal.order_ticket not in hidden))

    puppet.says["deals"] = without_hidden
    world.run_minutes(1)
    world.open_foreign("EURUSD", 1, 0.02, STOP)
    world.run_minutes(1)
    assert len(world.events("DealBooked")) == 1
    hidden.clear()
    world.open_foreign("EURUSD", 1, 0.03, STOP)
    world.run_minutes(1)
    assert sorted(line["lots"] for line in world.events("DealBooked")) == [0.01, 0.02, 0.03]


def test_deals_that_cannot_be_read_are_not_none(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    assert world.bot.stages.deals.sync() is True
    puppet.says["deals"] = unreadable
    assert world.bot.stages.deals.sync() is False


def test_a_terminal_that_is_gone_is_asked_for_at_intervals(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    calls: list[float] = []
    truly = puppet.truly("connect")

    def connect() -> object:
        calls.append(world.clock.now_utc_s())
        return truly()

    puppet.says["connect"] = connect
    world.terminal.operator.switches.connected = False
    world.run_minutes(5, cycle_s=2.0)
    assert 10 <= len(calls) <= 5 * 60 / world.settings.schedule.reconnect_every_s + 1
