"""A file is gone through once for the same bytes, and anew for any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters import journal_files
from bot.adapters.clock import ManualClock
from bot.adapters.journal_files import Scans, read_events, scan_file
from bot.adapters.journal_mend import START, UNKNOWN, Before
from bot.adapters.jsonl_journal import JsonlJournal
from bot.errors import StateCorruptError
from bot.model.events import BotStopped
from bot.timezones import server_offset_table

NOON_UTC_S = 1_784_019_600.0


def written(folder: Path, count: int) -> Path:
    journal = JsonlJournal(folder, ManualClock(NOON_UTC_S), server_offset_table(), fsync=False)
    for number in range(count):
        journal.record(BotStopped(f"r{number}"))
    journal.close()
    return next(folder.glob("*.jsonl"))


@pytest.fixture
def lines_read(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every line that was really looked at."""
    seen: list[bytes] = []
    real = journal_files.read_line

    def counting(line: bytes) -> dict[str, object]:
        seen.append(line)
        return real(line)

    monkeypatch.setattr(journal_files, "read_line", counting)
    return seen


def test_the_same_bytes_are_gone_through_once(tmp_path: Path, lines_read: list[bytes]) -> None:
    path, scans = written(tmp_path, 3), Scans()
    first = scans(path, START)
    assert scans(path, START) == scans(path, UNKNOWN) == first == scan_file(path, START)
    assert len(lines_read) == 3 + 3  # by `Scans`, and by `scan_file`


def test_a_start_goes_through_its_journal_once(tmp_path: Path, lines_read: list[bytes]) -> None:
    written(tmp_path, 4)
    journal = JsonlJournal(tmp_path, ManualClock(NOON_UTC_S), server_offset_table(), fsync=False)
    assert len(journal.events()) == len(journal.events()) == 4
    assert len(lines_read) == 4


def test_other_bytes_are_gone_through_anew(tmp_path: Path) -> None:
    path, scans = written(tmp_path, 3), Scans()
    scans(path, START)
    path.write_bytes(path.read_bytes().replace(b"r1", b"r7"))
    with pytest.raises(StateCorruptError, match="line 2"):
        scans(path, START)


def test_a_chain_taken_on_trust_is_checked_when_it_is_known(tmp_path: Path) -> None:
    path, scans = written(tmp_path, 2), Scans()
    scans(path, UNKNOWN)
    with pytest.raises(StateCorruptError, match="not chained"):
        scans(path, Before("f" * 16))


def test_what_is_recorded_after_a_look_is_seen_by_the_next(tmp_path: Path) -> None:
    written(tmp_path, 1)
    journal = JsonlJournal(tmp_path, ManualClock(NOON_UTC_S), server_offset_table(), fsync=False)
    assert len(journal.events()) == 1
    journal.record(BotStopped("later"))
    assert [event["reason"] for event in journal.events()] == ["r0", "later"]
    assert journal.events() == read_events(tmp_path)


def test_nothing_is_kept_once_the_journal_is_written_on(
    tmp_path: Path, lines_read: list[bytes]
) -> None:
    path = written(tmp_path, 2)
    scans = Scans()
    scans(path, START)
    scans.forget()
    scans(path, START)
    assert len(lines_read) == 4
