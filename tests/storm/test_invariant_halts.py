"""I6, I7, I8 and I16 bite: halts that do not hold, conclusions from nothing, old prices."""

from __future__ import annotations

from pathlib import Path

import pytest
from watched import Watched, a_key, a_watched_world, an_entry, with_order, with_position

from bot.model.events import (
    BotStarted,
    BreakerTripped,
    CommandTaken,
    FlattenFinished,
    HaltCleared,
    HaltLatched,
    IntentResolved,
    PhaseDecided,
    PositionClosed,
    SetupMoved,
    SymbolScanned,
)

TEN_HOURS_S = 36_000.0


def latch(watched: Watched, kind: str, resets: str, *, flattens: bool = False) -> None:
    watched.tell(HaltLatched(halt=kind, reason="test", resets=resets, flattens=flattens))


def lift(watched: Watched, kind: str) -> None:
    watched.tell(HaltCleared(halt=kind, reason="test"))
    watched.idle()


def enter(watched: Watched) -> None:
    magic = a_key(watched, 5)
    watched.intend(magic)
    watched.send(an_entry(watched, magic))


def test_an_entry_while_a_halt_holds_breaks_i6(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    latch(watched, "daily_brake", "next_server_day")
    enter(watched)
    assert watched.ids == {"I6"}, watched.said


def test_an_entry_while_a_breaker_blocks_breaks_i6(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.tell(
        BreakerTripped(breaker="disconnects", value=5.0, limit=5.0, action="block", resets="healed")
    )
    enter(watched)
    assert watched.ids == {"I6"}, watched.said


def test_an_entry_after_the_phase_was_decided_breaks_i6(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    watched.tell(
        PhaseDecided(
            verdict="PASSED",
            balance_money=21_000.0,
            equity_money=21_000.0,
            floor_money=18_000.0,
            profitable_days_count=3,
        )
    )
    enter(watched)
    assert watched.ids == {"I6"}, watched.said


def test_a_halt_the_trader_remembers_holds_though_no_line_was_written(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    halts = watched.world.bot.stages.halts
    watched.world.bot.record.event = lambda _event: False  # type: ignore[method-assign]
    halts.latch("paused", "test", needs_person=True, flattens=False)
    del watched.world.bot.record.event  # the method of its class again
    enter(watched)
    assert watched.ids == {"I6"}, watched.said


def test_a_persons_halt_that_nobody_lifted_breaks_i6(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    latch(watched, "paused", "person")
    lift(watched, "paused")
    assert watched.ids == {"I6"}, watched.said


def test_a_persons_halt_after_their_word_is_free(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    latch(watched, "paused", "person")
    watched.tell(CommandTaken(command_id="1", verb="resume", reason="test"))
    lift(watched, "paused")
    enter(watched)
    assert not watched.violations, watched.said


@pytest.mark.parametrize(("waited_s", "broken"), [(0.0, {"I6"}), (TEN_HOURS_S, set())])
def test_a_days_halt_ends_with_its_day(tmp_path: Path, waited_s: float, broken: set[str]) -> None:
    watched = a_watched_world(tmp_path)
    watched.cycle()
    latch(watched, "daily_brake", "next_server_day")
    watched.look()
    watched.idle(1, waited_s + 10.0)
    lift(watched, "daily_brake")
    assert watched.ids == broken, watched.said


def test_the_end_of_a_phase_is_never_lifted(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    latch(watched, "phase_over", "person")
    watched.tell(CommandTaken(command_id="1", verb="resume", reason="test"))
    lift(watched, "phase_over")
    assert watched.ids == {"I6"}, watched.said


def test_what_stands_a_minute_into_a_flatten_breaks_i7(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    latch(watched, "operator_flatten", "person", flattens=True)
    watched.idle(7)
    assert not watched.violations, watched.said
    watched.idle(2)
    assert watched.ids == {"I7"}, watched.said


def test_a_flatten_that_is_carried_out_is_fine(tmp_path: Path) -> None:
    watched = with_order(tmp_path)
    watched.world.spool.say("flatten")
    watched.cycle(20)
    assert not watched.violations, watched.said
    assert watched.world.events("FlattenFinished")


def test_a_flatten_called_finished_too_early_breaks_i7(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    latch(watched, "operator_flatten", "person", flattens=True)
    watched.tell(
        FlattenFinished(closed_count=0, cancelled_count=0, duration_s=1.0, reason="OPERATOR")
    )
    watched.idle()
    assert watched.ids == {"I7"}, watched.said


def moved(setup_id: int, before: str, after: str) -> SetupMoved:
    return SetupMoved(
        setup_id=setup_id,
        symbol="EURUSD",
        before=before,
        after=after,
        reason="test",
        distance_r=0.0,
    )


def closed(watched: Watched, **changes: object) -> PositionClosed:
    position = watched.position
    fields: dict[str, object] = {
        "setup_id": 1,
        "symbol": "EURUSD",
        "side": "buy",
        "position_id": position.identifier,
        "lots": position.lots,
        "open_price": position.open_price,
        "close_price": 1.1,
        "opened_utc_s": 0.0,
        "closed_utc_s": 0.0,
        "gross_money": 0.0,
        "commission_money": 0.0,
        "swap_money": 0.0,
        "net_money": 0.0,
        "risk_money": 1.0,
        "result_r": 0.0,
        "reason": "STOP",
        "rungs_taken_count": 0,
        **changes,
    }
    return PositionClosed(**fields)  # type: ignore[arg-type]


def test_a_position_that_is_called_closed_and_is_open_breaks_i8(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.tell(closed(watched))
    watched.idle()
    assert watched.ids == {"I8"}, watched.said


def test_a_setup_taken_back_while_its_order_rests_breaks_i8(tmp_path: Path) -> None:
    watched = with_order(tmp_path)
    (setup_id,) = watched.world.bot.state.setups
    watched.tell(moved(setup_id, "pending", "cancelled"))
    watched.idle()
    assert watched.ids == {"I8"}, watched.said


def test_a_request_called_absent_that_was_carried_out_breaks_i8(tmp_path: Path) -> None:
    watched = with_position(tmp_path)
    watched.tell(
        IntentResolved(
            intent_id=1, setup_id=1, symbol="EURUSD", resolution="absent", evidence="test"
        )
    )
    watched.idle()
    assert watched.ids == {"I8"}, watched.said


@pytest.mark.parametrize(("charged_money", "broken"), [(0.0, {"I8"}), (1_990.0, set())])
def test_a_breach_needs_an_equity_at_the_floor(
    tmp_path: Path, charged_money: float, broken: set[str]
) -> None:
    watched = a_watched_world(tmp_path)
    watched.world.terminal.operator.charge(charged_money)
    watched.tell(
        PhaseDecided(
            verdict="BREACHED_TOTAL",
            balance_money=18_000.0,
            equity_money=0.0,
            floor_money=18_000.0,
            profitable_days_count=0,
        )
    )
    watched.idle()
    assert watched.ids == broken, watched.said


def test_a_price_that_is_not_the_markets_breaks_i16(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    magic = a_key(watched, 5)
    watched.intend(magic)
    watched.send(an_entry(watched, magic, price=1.1005))  # the deviation allows ten points
    assert watched.ids == {"I16"}, watched.said


@pytest.mark.parametrize(("age_s", "broken"), [(60, set()), (70, {"I16"})])
def test_an_entry_on_an_old_quote_breaks_i16(tmp_path: Path, age_s: int, broken: set[str]) -> None:
    watched = a_watched_world(tmp_path)
    tape = watched.world.terminal._state.desks["EURUSD"].tape
    tape.seek(watched.world.terminal._state.now_ms)
    tape.time_ms -= age_s * 1000
    enter(watched)
    assert watched.ids == broken, watched.said


def scanned(bar_utc_s: float) -> SymbolScanned:
    return SymbolScanned(
        symbol="EURUSD",
        bar_utc_s=bar_utc_s,
        verdict="NO_TREND",
        side="",
        score_fraction=0.0,
        points=0.0,
        passed=(),
        failed=(),
        entry_price=0.0,
        stop_price=0.0,
        rr_r=0.0,
    )


def test_bars_that_had_not_ended_or_go_back_break_i16(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    day_s = 86_400.0
    watched.tell(scanned(watched.now_utc_s - 2 * day_s))
    watched.tell(scanned(watched.now_utc_s - day_s))
    watched.look()
    assert not watched.violations, watched.said
    watched.tell(scanned(watched.now_utc_s - 2 * day_s))
    watched.look()
    assert watched.ids == {"I16"}, watched.said
    watched.violations.clear()
    watched.tell(scanned(watched.now_utc_s - 3_600.0))
    watched.look()
    assert "before it ended" in watched.said


def test_the_same_bar_again_is_fine_after_a_start_only(tmp_path: Path) -> None:
    watched = a_watched_world(tmp_path)
    bar = scanned(watched.now_utc_s - 86_400.0)
    watched.tell(bar)
    watched.restart()
    watched.tell(bar)
    watched.look()
    assert not watched.violations, watched.said
    watched.tell(bar)
    watched.look()
    assert watched.ids == {"I16"}, watched.said
    assert BotStarted.__name__ in {line["event"] for line in watched.world.events()}
