"""A damaged journal is named, kept beside itself and mended; it never stops the trader."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_jsonl_journal import DAY, NOON, a_journal, reasons, recorded, the_file

from bot.adapters import jsonl_journal
from bot.adapters.clock import ManualClock
from bot.adapters.journal_files import day_path, read_events
from bot.adapters.journal_lines import LINE_MAX_BYTES
from bot.errors import StateCorruptError
from bot.model.events import BotStopped, FaultMet, HaltCleared, Reconciled

WRITTEN = [*(f"r{number}" for number in range(6)), "on"]


def kinds(events) -> list[object]:
    return [event["event"] for event in events]


@pytest.mark.parametrize(
    ("order", "kept"),
    [
        ([0, 2], ["r0", "r2"]),
        ([1, 2], ["r1", "r2"]),
        ([0, 2, 1], ["r0", "r2"]),
        ([0, 0, 1, 2], ["r0", "r1", "r2"]),
        ([2, 1, 0], ["r2"]),
    ],
)
def test_missing_doubled_or_reordered_lines_leave_a_seam_and_what_is_whole(
    tmp_path: Path, order: list[int], kept: list[str]
) -> None:
    lines = recorded(tmp_path).splitlines(keepends=True)
    damaged = b"".join(lines[number] for number in order)
    the_file(tmp_path).write_bytes(damaged)

    journal = a_journal(tmp_path)

    assert reasons(journal.events()) == kept
    (fault,) = [line for line in journal.events() if line["event"] == "FaultMet"]
    assert fault["fault"] == "D07"
    assert "2026-07-14.jsonl line" in str(fault["detail"])
    assert the_file(tmp_path).with_suffix(".damaged-1").read_bytes() == damaged
    a_journal(tmp_path).record(BotStopped("on"))
    assert reasons(read_events(tmp_path)) == [*kept, "on"]
    assert not the_file(tmp_path).with_suffix(".damaged-2").exists(), "mended once"


def test_a_changed_line_is_left_out_and_the_seam_says_which(tmp_path: Path) -> None:
    whole = recorded(tmp_path)
    the_file(tmp_path).write_bytes(whole.replace(b'"r1"', b'"rX"'))

    events = a_journal(tmp_path).events()

    assert kinds(events) == ["BotStopped", "JournalMended", "BotStopped", "FaultMet"]
    assert [event["seq"] for event in events] == [1, 2, 3, 4]
    assert events[1]["lost_lines_count"] == 1
    assert "line 2: checksum does not fit" in str(events[1]["detail"])


def test_a_line_that_was_edited_with_a_fitting_checksum_breaks_the_chain(tmp_path: Path) -> None:
    lines = recorded(tmp_path / "other", 1)
    whole = recorded(tmp_path, 3).splitlines(keepends=True)
    clock = ManualClock(NOON + 1.0)
    edited = a_journal(tmp_path / "edited", clock)
    edited.record(BotStopped("forged"))
    forged = the_file(tmp_path / "edited").read_bytes()
    assert lines != forged
    the_file(tmp_path).write_bytes(forged + whole[1] + whole[2])

    events = a_journal(tmp_path).events()

    assert kinds(events)[:4] == ["BotStopped", "JournalMended", "BotStopped", "BotStopped"]


def test_damage_in_an_older_day_is_mended_when_that_day_is_read(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    journal = a_journal(tmp_path, clock)
    for number in range(8):
        journal.record(BotStopped(f"d{number}"))
        clock.sleep(86_400.0)
    oldest = day_path(tmp_path, DAY)
    oldest.write_bytes(oldest.read_bytes()[:-20] + b"\n")
    journal = a_journal(tmp_path, clock)
    assert "FaultMet" not in kinds(journal.events(DAY + 8))

    assert kinds(journal.events(DAY)) == ["JournalMended"]

    journal.record(BotStopped("on"))
    assert reasons(journal.events()) == [*(f"d{n}" for n in range(1, 8)), "on"]
    assert kinds(read_events(tmp_path)).count("JournalMended") == 1


def test_a_day_that_vanished_is_told_at_the_next_opening(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    journal = a_journal(tmp_path, clock)
    for number in range(3):
        journal.record(BotStopped(f"d{number}"))
        clock.sleep(86_400.0)
    day_path(tmp_path, DAY + 1).unlink()
    with pytest.raises(StateCorruptError, match="bot run and bot rebuild set it aside"):
        read_events(tmp_path)

    events = a_journal(tmp_path, clock).events()

    assert kinds(events) == ["BotStopped", "JournalMended", "BotStopped", "FaultMet"]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_happens_to_the_bytes_the_journal_opens_reads_and_goes_on(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    clock = ManualClock(NOON)
    journal = a_journal(folder, clock)
    for number in range(6):
        journal.record(BotStopped(f"r{number}"))
        clock.sleep(40_000.0)
    paths = sorted(folder.glob("*.jsonl"))
    touched = set()
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(paths))
        touched.add(path)
        content = path.read_bytes() if path.exists() else b""
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 400)))
        path.write_bytes(content[:start] + data.draw(st.binary(max_size=40)) + content[end:])
    whole = [r for p in paths if p not in touched for r in _reasons_in(p.read_bytes())]

    first = a_journal(folder, clock)
    first.record(BotStopped("on"))
    second = a_journal(folder, clock)
    events = second.events()

    said = reasons(events)
    assert said[-1] == "on"
    assert set(whole) <= set(said)
    assert [r for r in WRITTEN if r in said] == said, "in their order, none twice"
    assert events == read_events(folder)


def _reasons_in(content: bytes) -> list[str]:
    return [f"r{n}" for n in range(6) if f'"r{n}"'.encode() in content]


def test_an_event_too_long_for_a_line_is_cut_short_and_stays_readable(tmp_path: Path) -> None:
    journal = a_journal(tmp_path)
    journal.record(Reconciled(1, 2, 3, 4, ("x" * LINE_MAX_BYTES, *["y"] * 1_000)))
    journal.record(BotStopped("on"))

    events = journal.events()

    assert (events[0]["orders_count"], len(events[0]["findings"])) == (2, 200)  # type: ignore[arg-type]
    assert reasons(events) == ["on"]


def test_a_flooded_day_keeps_what_is_durable_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl_journal, "DAY_MAX_BYTES", 400)
    clock = ManualClock(NOON)
    journal = a_journal(tmp_path, clock)
    for number in range(20):
        journal.record(BotStopped(f"r{number}"))
    journal.record(HaltCleared("paused", "back"))
    clock.sleep(86_400.0)
    journal.record(BotStopped("tomorrow"))

    said = kinds(journal.events())

    assert said.count("FaultMet") == 1
    assert said.count("BotStopped") < 10
    assert said[-2:] == ["HaltCleared", "BotStopped"]
    assert [e["seq"] for e in journal.events()] == list(range(1, len(said) + 1))
    assert FaultMet("D12", "", 1).fault == next(
        line["fault"] for line in journal.events() if line["event"] == "FaultMet"
    )
