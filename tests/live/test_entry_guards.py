"""What an entry meets on its way out: each check alone, and every kind of answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import World, settings_for
from puppet import ABOVE, BUSY, ENTRY, STOP, Disk, Puppet, a_world

from bot.live.state import Intent, SetupStatus
from bot.model.broker import Instrument, OpenMarket, SendOutcome, SendResult
from bot.model.coast import TargetPolicy
from bot.model.decision import EntryRoute, Refusal
from bot.model.market import Quote
from bot.ports import Ok, Unknown

MOVED = SendOutcome(SendResult.REJECTED_PRICE, 10004, "requote")


def ask(world: World) -> Refusal:
    """A market entry asked of the desk itself, past every queue."""
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    return world.bot.stages.desk.enter(setup, EntryRoute.MARKET)


def contract(puppet: Puppet, **changes: object) -> Instrument:
    read = puppet.truly("instrument")("EURUSD")
    assert isinstance(read, Ok)
    return replace(read.value, **changes)  # type: ignore[arg-type]


# --- before it is sent --------------------------------------------------------------------------


def test_a_sound_entry_is_sent(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    assert ask(world) == Refusal.NONE
    assert len(puppet.sent_of(OpenMarket)) == 1


def test_the_desk_itself_refuses_an_old_quote(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    old = world.clock.now_utc_s() - 3_600.0
    puppet.says["quote"] = lambda _symbol: Ok(Quote(1.09995, 1.10000, old))
    assert ask(world) == Refusal.QUOTE_STALE


def test_the_desk_itself_refuses_a_spread_too_wide(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path, first=(0.0, 1.09900, 1.10000))
    assert ask(world) == Refusal.SPREAD_TOO_WIDE


@pytest.mark.parametrize("answer", [Ok(1.0), Ok(1_000_000.0), Unknown("no answer")])
def test_a_terminal_that_does_not_confirm_the_loss_stops_the_entry(
    tmp_path: Path, answer: object
) -> None:
    world, puppet = a_world(tmp_path)
    puppet.says["loss_money"] = lambda *_asked: answer
    assert ask(world) == Refusal.TERMINAL_CALCULATOR_DISAGREES


def test_a_stop_the_broker_would_refuse_is_not_sent(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    spec = contract(puppet).spec._replace(stops_level_price=0.02)
    puppet.says["instrument"] = lambda _symbol: Ok(contract(puppet, spec=spec))
    assert ask(world) == Refusal.STOP_TOO_CLOSE


def test_a_symbol_that_may_only_be_closed_is_not_opened(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    puppet.says["instrument"] = lambda _symbol: Ok(contract(puppet, can_open_long=False))
    assert ask(world) == Refusal.SYMBOL_BLOCKED


def test_a_symbol_with_an_open_question_is_not_entered(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    open_question = Intent(9, 1, 77, "EURUSD", "open_market", 1, 0.1, ENTRY, STOP, 0.0, 0.0)
    world.bot.state.intents[9] = replace(open_question, is_unknown=True)
    assert ask(world) == Refusal.UNRESOLVED_INTENT


def test_the_day_s_requests_are_a_limit(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    day = world.bot.state.day
    assert day is not None
    day.requests_count = world.settings.schedule.requests_per_day_max_count
    assert ask(world) == Refusal.REQUESTS_AT_CAP


def test_a_server_on_another_clock_is_not_traded_on(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    puppet.says["clock_offset_s"] = lambda: Ok(3 * 3_600.0 + 900.0)
    assert ask(world) == Refusal.TERMINAL_NOT_READY
    assert "C01" in world.bot.state.faults_count


def test_what_happened_since_the_last_look_is_seen_before_a_send(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    world.bot.stages.reader.evidence()
    world.open_foreign("EURUSD", 1, 0.1, STOP)
    assert ask(world) == Refusal.SYMBOL_HAS_EXPOSURE
    assert puppet.sent_of(OpenMarket) == []


def test_an_intent_that_is_in_no_journal_is_not_sent(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    Disk(world).is_journal_full = True
    assert ask(world) == Refusal.STATE_NOT_SAVED
    assert puppet.sent_of(OpenMarket) == []


def test_an_intent_that_is_in_no_snapshot_is_not_sent(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    Disk(world).is_store_full = True
    assert ask(world) == Refusal.STATE_NOT_SAVED
    assert puppet.sent_of(OpenMarket) == []


def test_while_nothing_can_be_written_no_entry_is_even_begun(tmp_path: Path) -> None:
    world, _ = a_world(tmp_path)
    Disk(world).is_store_full = True
    world.bot.record.touch()
    assert world.bot.record.save() is False
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    assert world.bot.stages.desk.enter(setup, EntryRoute.MARKET) == Refusal.STATE_NOT_SAVED
    assert setup.attempts_count == 0


@pytest.mark.parametrize(
    ("moment", "refusal"),
    [
        ("2026-03-18T12:00", Refusal.NONE),  # Wednesday
        ("2026-03-18T20:59", Refusal.ROLLOVER_WINDOW),  # 22:59 server, a minute to midnight
        ("2026-03-20T15:00", Refusal.NONE),  # Friday, before the hours that are left alone
        ("2026-03-20T20:30", Refusal.WEEKEND_CLOSE),
        ("2026-03-21T12:00", Refusal.OUTSIDE_SESSION),
        ("2026-03-22T12:00", Refusal.OUTSIDE_SESSION),
    ],
)
def test_the_clock_has_its_own_refusals(tmp_path: Path, moment: str, refusal: Refusal) -> None:
    world, _ = a_world(tmp_path)
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
    assert world.bot.stages.gate.clock_refusal("EURUSD", at) == refusal


def test_a_link_that_was_lost_has_to_hold_again_before_an_entry(tmp_path: Path) -> None:
    settings = settings_for("EURUSD")
    patient = replace(settings.schedule, connected_before_entry_s=60.0)
    world, _ = a_world(tmp_path, settings=replace(settings, schedule=patient))
    world.run_minutes(3)
    world.terminal.operator.switches.connected = False
    world.run_minutes(2)
    world.terminal.operator.switches.connected = True
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(0.4)
    assert setup.refusal == "TERMINAL_NOT_READY"
    world.run_minutes(2)
    assert setup.status == SetupStatus.FILLED


# --- what comes back ----------------------------------------------------------------------------


@pytest.mark.parametrize("retcode", [10013, 10016, 10030])
def test_a_definite_no_is_never_sent_again(tmp_path: Path, retcode: int) -> None:
    world, puppet = a_world(tmp_path)
    no = SendOutcome(SendResult.REJECTED_REQUEST, retcode, "no")
    puppet.answers[OpenMarket] = [no]
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(10)
    assert len(puppet.sent_of(OpenMarket)) == 1
    assert setup.status == SetupStatus.REFUSED


def test_a_price_that_moved_is_tried_twice_more_and_each_try_has_its_own_key(
    tmp_path: Path,
) -> None:
    world, puppet = a_world(tmp_path)
    puppet.answers[OpenMarket] = [MOVED] * 9
    assert ask(world) == Refusal.PRICE_MOVED
    keys = [request.magic for request in puppet.sent_of(OpenMarket)]
    assert len(keys) == 3
    assert len(set(keys)) == 3


def test_a_condition_blocks_the_symbol_for_a_while(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    puppet.answers[OpenMarket] = [BUSY]
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.run_minutes(3)
    assert len(puppet.sent_of(OpenMarket)) == 1
    assert setup.refusal == "SYMBOL_BLOCKED"
    world.run_minutes(4)
    assert setup.status == SetupStatus.FILLED


def test_a_part_that_filled_is_ours(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    part = SendOutcome(SendResult.PARTIAL, 10010, "part", order_ticket=77, lots=0.10, price=ENTRY)
    puppet.answers[OpenMarket] = [part]
    setup = world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.clock.sleep(10.0)
    world.cycle()
    assert setup.status == SetupStatus.FILLED
    assert setup.ladder is not None
    assert (setup.ladder.position_id, setup.ladder.lots_opened) == (77, 0.10)


def test_a_fill_far_from_its_price_is_cut_to_the_risk_that_was_meant(tmp_path: Path) -> None:
    world, puppet = a_world(tmp_path)
    late = SendOutcome(SendResult.DONE, 10009, "", order_ticket=77, lots=0.23, price=1.1020)
    puppet.answers[OpenMarket] = [late]
    world.add_setup("EURUSD", 1, ENTRY, STOP)
    world.clock.sleep(10.0)
    world.cycle()
    (compared,) = world.events("FillCompared")
    assert compared["wanted_lots"] == pytest.approx(0.23 * 5.0 / 7.0)
    assert compared["closed_excess_lots"] == pytest.approx(0.06)


def test_the_policy_to_stop_at_the_target_stops_entries(tmp_path: Path) -> None:
    settings = settings_for("EURUSD")
    stopping = settings_for("EURUSD", coast=settings.coast._replace(policy=TargetPolicy.STOP.value))
    world, _ = a_world(tmp_path, first=ABOVE, settings=stopping)
    world.bot.state.is_target_announced = True
    assert ask(world) == Refusal.TARGET_REACHED
