"""A lost state is made again from journal and broker, and never silently empty (FAULTS D10)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders import World, a_market
from hypothesis import given, settings
from hypothesis import strategies as st
from rebuild_worlds import MINUTES, PATHS, a_busy_world, busy_settings, differences, lose, rebuild

from bot.errors import NeedsPersonError, StateCorruptError
from bot.live.rebuild import rebuilt_state, why_lost
from bot.live.state import SetupStatus


def result_of(world: World) -> list[tuple[object, ...]]:
    """What the account did: every deal, and the balance."""
    deals = world.terminal.history_deals_get(1, 2_000_000_000)
    rows = [(d.time, d.symbol, d.type, d.entry, d.volume, d.price, d.profit) for d in deals]
    return [*rows, (world.balance,)]


def go_on(world: World, until_minutes: float) -> World:
    """A person starts the rebuilt bot, looks, and resumes at once."""
    world.restart()
    world.spool.say("resume", "compared with the terminal")
    start_utc_s = world.events("BotStarted")[0]["at_utc_s"]
    assert isinstance(start_utc_s, float)
    lived = (world.clock.now_utc_s() - start_utc_s) / 60.0
    return world.run_minutes(until_minutes - lived)


def test_the_rebuilt_state_is_the_lost_one_field_by_field(tmp_path: Path) -> None:
    world = a_busy_world(tmp_path).run_minutes(8)
    lost = world.bot.state.document()
    lose(world, with_journal=False)

    rebuilt = rebuild(world)

    assert rebuilt.is_journal_whole
    assert "\n".join(differences(lost, rebuilt.state.document())) == ""
    assert {s.status for s in rebuilt.state.setups.values()} == {
        SetupStatus.FILLED,
        SetupStatus.PENDING,
        SetupStatus.AWAITING_ENTRY,
    }


def test_a_rebuilt_bot_ends_with_the_money_of_one_that_lost_nothing(tmp_path: Path) -> None:
    unbroken = a_busy_world(tmp_path / "a").run_minutes(MINUTES)
    broken = a_busy_world(tmp_path / "b").run_minutes(8)
    lose(broken, with_journal=False)
    rebuild(broken)
    go_on(broken, MINUTES)

    assert broken.balance == pytest.approx(unbroken.balance, abs=0.005)
    closed = [line["position_id"] for line in broken.events("PositionClosed")]
    assert len(closed) == len(set(closed)) >= 3
    booked = [line["deal_ticket"] for line in broken.events("DealBooked")]
    assert len(booked) == len(set(booked))


@settings(max_examples=12, deadline=None)
@given(minutes=st.floats(0.5, 45.0))
def test_whenever_the_state_is_lost_the_journal_gives_it_back(
    tmp_path_factory: pytest.TempPathFactory, minutes: float
) -> None:
    world = a_busy_world(tmp_path_factory.mktemp("lost")).run_minutes(minutes)
    lost = world.bot.state.document()
    lose(world, with_journal=False)

    rebuilt = rebuild(world)

    assert "\n".join(differences(lost, rebuilt.state.document())) == ""


def test_no_start_is_made_before_a_person_said_so(tmp_path: Path) -> None:
    world = a_busy_world(tmp_path).run_minutes(8)
    lose(world, with_journal=False)
    with pytest.raises(StateCorruptError, match=r"1 positions, 1 orders, 4 deals.*bot rebuild"):
        world.restart()
    lose(world, with_journal=True)
    with pytest.raises(StateCorruptError, match="1 positions, 1 orders, 4 deals"):
        world.restart()
    assert len(world.terminal.positions_get()) == 1, "its stop stands at the broker"


def test_looking_writes_nothing(tmp_path: Path) -> None:
    world = a_busy_world(tmp_path).run_minutes(8)
    for file in (tmp_path / "state").glob("*.json"):
        file.write_bytes(file.read_bytes()[:60])
    before = {f: f.read_bytes() for f in (tmp_path / "journal").iterdir()}
    world.bot = world._new_bot()

    reason = why_lost(world.bot)
    rebuilt_state(world.bot, reason)

    assert "no generation of 'state' is valid" in reason
    assert {f: f.read_bytes() for f in (tmp_path / "journal").iterdir()} == before
    assert why_lost(world.bot), "the damaged files are still there"


def test_damaged_generations_are_put_aside_and_kept(tmp_path: Path) -> None:
    world = a_busy_world(tmp_path).run_minutes(8)
    for file in (tmp_path / "state").glob("*.json"):
        file.write_bytes(file.read_bytes()[:60])
    rebuild(world)
    names = {file.name for file in (tmp_path / "state").iterdir()}
    assert {"state.corrupt-1.json", "state.json"} <= names
    world.restart().run_minutes(1)
    assert why_lost(world.bot) == ""


def test_entries_stay_off_until_a_person_resumes_and_exits_work_at_once(tmp_path: Path) -> None:
    world = a_busy_world(tmp_path).run_minutes(8)
    lose(world, with_journal=False)
    rebuild(world)
    world.restart().run_minutes(20)

    assert world.terminal.orders_get() == (), "a fill would be new risk"
    assert len(world.events("RungTaken")) == 2, "the ladder went on, with the rung of before"
    assert [line["symbol"] for line in world.events("PositionOpened")] == ["EURUSD", "NZDUSD"]
    assert "rebuilt" in world.bot.state.halts
    (told,) = world.events("StateRebuilt")
    assert told["is_journal_whole"] is True
    world.spool.say("resume", "compared")
    world.run_minutes(1)
    assert "rebuilt" not in world.bot.state.halts
    assert world.bot.state.rebuilt_utc_s > 0.0


def test_halts_of_the_lost_state_hold_in_the_rebuilt_one(tmp_path: Path) -> None:
    world = a_busy_world(tmp_path).run_minutes(2)
    world.spool.say("pause", "lunch")
    world.run_minutes(2)
    world.spool.say("resume", "back")
    world.run_minutes(2)
    world.spool.say("flatten", "storm ahead")
    world.run_minutes(2)
    lose(world, with_journal=False)

    halts = rebuild(world).state.halts

    assert set(halts) == {"operator_flatten", "rebuilt"}
    assert halts["operator_flatten"].is_flat_confirmed


def test_without_a_journal_the_broker_s_own_rows_give_the_ladder_back(tmp_path: Path) -> None:
    world = a_busy_world(tmp_path).run_minutes(8)
    lost = world.bot.state.setups[1].ladder
    assert lost is not None
    lose(world, with_journal=True)

    rebuilt = rebuild(world)

    ladder = rebuilt.state.setups[1].ladder
    assert ladder is not None
    assert not rebuilt.is_journal_whole
    assert ladder.one_r_price == pytest.approx(lost.one_r_price)
    assert ladder.lots_opened == pytest.approx(lost.lots_opened)
    assert (len(ladder.rungs), ladder.stop_price) == (1, lost.stop_price)
    assert ladder.risk_money == pytest.approx(lost.risk_money, abs=0.05)
    assert rebuilt.state.next_setup_id == 4, "numbers the broker has seen are not given out again"
    world.restart().run_minutes(20)
    assert world.events("RungTaken")[0]["rung"] == 2
    assert world.terminal.orders_get() == (), "an order without a thesis is cancelled"
    world.run_minutes(MINUTES - 28)
    assert {s.symbol for s in world.bot.state.setups.values()} == set()
    money = sum(float(str(line["net_money"])) for line in world.events("PositionClosed"))
    booked = [line["deal_ticket"] for line in world.events("DealBooked")]
    deals = world.terminal.history_deals_get(1, 2_000_000_000)
    assert sorted(booked) == sorted(deal.ticket for deal in deals if deal.position_id)
    closed = [d.profit for d in deals if d.symbol == "NZDUSD"]
    assert money == pytest.approx(world.balance - 20_000.0 - sum(closed), abs=2.0), (
        "closed before the journal was lost: known by its deals alone"
    )


def test_a_journal_with_a_seam_counts_what_it_lacks_as_the_stricter_value(tmp_path: Path) -> None:
    world = a_busy_world(tmp_path).run_minutes(8)
    lose(world, with_journal=False)
    (journal,) = (tmp_path / "journal").glob("*.jsonl")
    lines = journal.read_bytes().splitlines(keepends=True)
    opened = next(n for n, line in enumerate(lines) if b"PositionOpened" in line)
    journal.write_bytes(b"".join(lines[:opened] + lines[opened + 1 :]))

    rebuilt = rebuild(world)

    assert not rebuilt.is_journal_whole
    said = "\n".join(rebuilt.findings)
    assert "lacks 1 lines" in said
    assert "USDJPY: waited, is dropped" in said
    assert rebuilt.state.setups[1].ladder is not None
    assert rebuilt.state.day is not None
    assert rebuilt.state.day.entries_count == 2
    world.restart().run_minutes(MINUTES - 9)
    assert world.terminal.positions_get() == ()


def test_an_account_without_a_trace_of_us_is_simply_new(tmp_path: Path) -> None:
    world = World(tmp_path, a_market(PATHS, MINUTES), busy_settings())
    assert world.terminal.initialize()
    world.terminal.symbol_select("EURUSD", True)
    world.open_foreign("EURUSD", 1, 0.1, 1.09)
    world.start().run_minutes(1)
    assert world.bot.state.halts == {}
    assert why_lost(world.bot) == ""


def test_a_journal_of_another_phase_is_not_rebuilt_from(tmp_path: Path) -> None:
    world = a_busy_world(tmp_path).run_minutes(2)
    lose(world, with_journal=False)
    (journal,) = (tmp_path / "journal").glob("*.jsonl")
    world.settings = replace(world.settings, phase="step2")
    with pytest.raises(NeedsPersonError, match="the journal is of"):
        rebuild(world)
    assert journal.exists()


def test_a_state_put_back_from_a_backup_is_noticed(tmp_path: Path) -> None:
    world = a_busy_world(tmp_path)
    old = (tmp_path / "state" / "state.json").read_bytes()
    world.run_minutes(8)
    lose(world, with_journal=False)
    (tmp_path / "state" / "state.json").write_bytes(old)
    with pytest.raises(StateCorruptError, match="3 entries that the state has not heard of"):
        world.restart()
    rebuild(world)
    go_on(world, MINUTES)
    assert [p.symbol for p in world.terminal.positions_get()] == ["USDJPY"], "as it was meant to"
    assert len(world.events("PositionClosed")) == 3
