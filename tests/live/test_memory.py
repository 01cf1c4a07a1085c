"""What a start must remember: spreads, tallies, what was settled; and waits no clock can bend."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from breaker_worlds import two_losses
from builders import World, a_market, settings_for
from hypothesis import given
from hypothesis import strategies as st
from rebuild_worlds import PATHS

from bot.errors import StoreError
from bot.live.breaker_state import was_settled
from bot.live.journal_tail import learn_line
from bot.live.state import BotState, Intent
from bot.live.stopwatch import Stopwatch
from bot.timezones import server_offset_table

TABLE = server_offset_table()


def test_spreads_of_before_a_restart_count_after_it(tmp_path: Path) -> None:
    market = a_market({"EURUSD": [(0, 1.1, 1.1001)]}, 300)
    world = World(tmp_path, market, settings_for("EURUSD")).start().run_minutes(130, 60.0)
    known = world.bot.stages.spreads.samples_count("EURUSD")
    world.restart().run_minutes(1)
    again = world.bot.stages.spreads.samples_count("EURUSD")
    assert known - 12 <= again - 1 <= known, "at most an hour is lost"
    assert again > 10
    assert world.bot.stages.spreads.percentile_price("EURUSD") == pytest.approx(0.0001)


def test_the_spreads_saved_are_the_ones_kept_rounded(tmp_path: Path) -> None:
    quotes = [(60 * n, 1.1, 1.1001 + 0.00001 * (n % 7)) for n in range(300)]
    settings = settings_for("EURUSD")
    kept = replace(settings.schedule, spread_samples_max_count=20, spread_sample_s=60.0)
    world = World(tmp_path, a_market({"EURUSD": quotes}, 300), replace(settings, schedule=kept))
    book = world.start().run_minutes(150, 60.0).bot.stages.spreads
    saved = json.loads((tmp_path / "state" / "spreads.json").read_text())["document"]["samples"]
    assert book.samples_count("EURUSD") == len(saved["EURUSD"]) == 20
    assert all(price == round(price, 10) > 0.0 for price in saved["EURUSD"])
    world.restart().run_minutes(1)
    again = world.bot.stages.spreads
    assert again.percentile_price("EURUSD") == pytest.approx(book.percentile_price("EURUSD"))


@pytest.mark.parametrize("content", [b"", b"{", b'{"samples": 7}'])
def test_spreads_that_cannot_be_read_begin_anew_and_stop_nothing(
    tmp_path: Path, content: bytes
) -> None:
    market = a_market({"EURUSD": [(0, 1.1, 1.1001)]}, 300)
    world = World(tmp_path, market, settings_for("EURUSD")).start().run_minutes(70, 60.0)
    (tmp_path / "state" / "spreads.json").write_bytes(content)
    world.restart().run_minutes(70, 60.0)
    assert 0 < world.bot.stages.spreads.samples_count("EURUSD") < 20
    assert world.bot.state.halts == {}


def test_a_settled_trip_stays_settled_even_if_its_reset_is_not_in_the_journal(
    tmp_path: Path,
) -> None:
    world = two_losses(tmp_path)
    assert "consecutive_losses" in world.bot.state.breakers.tripped
    real = world.bot.ports.journal.record

    def refuse_resets(event: object) -> None:
        if type(event).__name__ == "BreakerReset":
            raise StoreError("disk full")
        real(event)  # type: ignore[arg-type]

    world.bot.ports.journal.record = refuse_resets  # type: ignore[method-assign]
    world.spool.say("reset", "looked at it", "consecutive_losses")
    world.run_minutes(2)
    assert world.bot.state.breakers.tripped == {}
    world.restart().run_minutes(2)
    assert world.bot.state.breakers.tripped == {}


@given(ended=st.floats(-1e6, 1e6))
def test_only_what_ended_later_and_not_much_later_was_settled(ended: float) -> None:
    assert was_settled({"x": ended}, "x", 0.0) == (0.0 < ended <= 8 * 86_400.0)
    assert not was_settled({"y": ended}, "x", 0.0)


def test_the_tally_of_a_closed_day_is_in_its_line() -> None:
    state = BotState()
    line = {
        "event": "DayClosed",
        "seq": 1,
        "date": "2026-03-17",
        "is_profitable_day": True,
        "is_tally_told": True,
        "best_day_money": 120.5,
        "positive_days_money": 300.25,
    }
    assert learn_line(state, line, TABLE) == ""
    assert state.challenge.best_day_money == 120.5
    assert state.challenge.positive_days_money == 300.25
    assert state.profitable_days == ["2026-03-17"]


@pytest.mark.parametrize(
    "line",
    [
        {"event": "HaltLatched", "seq": 3, "halt": "x", "at_utc_s": "noon", "day": 1},
        {"event": "BreakerTripped", "seq": 3, "breaker": "disk", "at_utc_s": 1.0, "action": "jump"},
        {"event": "DealBooked", "seq": 3},
        {"event": "DayOpened", "seq": 3, "day": None},
    ],
)
def test_a_line_of_another_build_is_named_and_stops_nothing(line: dict[str, object]) -> None:
    wrong = learn_line(BotState(), line, TABLE)
    assert str(line["event"]) in wrong
    assert "line 3" in wrong


def test_a_kind_or_field_nobody_knows_teaches_nothing() -> None:
    state = BotState()
    assert learn_line(state, {"event": "MoonRose", "seq": 1}, TABLE) == ""
    halt = {"event": "HaltLatched", "halt": "paused", "reason": "r", "resets": "person"}
    more = {**halt, "seq": 2, "at_utc_s": 1.0, "day": 1, "colour": "red"}
    assert learn_line(state, more, TABLE) == ""
    assert set(state.halts) == {"paused"}


def test_a_wait_is_counted_by_the_clock_that_never_steps() -> None:
    now = [100.0]
    watch = Stopwatch(lambda: now[0])
    watch.start(1)
    now[0] = 160.0
    assert (watch.elapsed_s(1), watch.elapsed_s(2)) == (60.0, 0.0)
    watch.forget(1)
    assert watch.elapsed_s(1) == 0.0
    for key in range(1_000):
        watch.start(key)
    assert watch.elapsed_s(999) == 0.0


@pytest.mark.parametrize("step_s", [-31_536_000.0, -3_600.0, 3_600.0, 31_536_000.0])
def test_a_step_of_the_wall_clock_neither_ends_nor_prolongs_an_unknown_outcome(
    tmp_path: Path, step_s: float
) -> None:
    world = World(tmp_path, a_market(PATHS, 90), settings_for("EURUSD")).start()
    world.add_setup("EURUSD", 1, 1.1000, 1.0950)
    record = world.bot.record
    intent = Intent(7, 1, 99, "GBPUSD", "open_market", 1, 0.1, 1.2, 1.1, 50.0, record.now_utc_s())
    intent.is_unknown = True
    record.state.intents[7] = intent
    intents, reader = world.bot.stages.unknowns._intents, world.bot.stages.reader
    assert intents.find_entry(intent, reader.evidence()).is_absent is False
    real = world.clock.now_utc_s
    world.clock.now_utc_s = lambda: real() + step_s  # type: ignore[method-assign]
    for _ in range(5):
        world.clock.sleep(10.0)
        assert intents.find_entry(intent, reader.evidence()).is_absent is False, "too soon"
    world.clock.sleep(world.settings.schedule.unresolved_span_s)
    assert intents.find_entry(intent, reader.evidence()).is_absent is True
