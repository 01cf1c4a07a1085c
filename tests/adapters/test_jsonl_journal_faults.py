import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from test_jsonl_journal import NEVER, NOON, a_journal, reasons, the_file

from bot.adapters.clock import ManualClock
from bot.errors import StoreError
from bot.model.events import EVENTS, BotStopped


def test_durable_events_are_forced_to_disk_and_others_are_not(tmp_path, monkeypatch):
    journal = a_journal(tmp_path, fsync=True)
    journal.record(BotStopped("opens the file"))
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)

    journal.record(BotStopped("plain"))
    assert synced == []
    kind = next(kind for kind in EVENTS.values() if kind.DURABLE)
    journal.record(kind(**dict.fromkeys(kind.__slots__, 0)))

    assert len(synced) == 1


class Disk:
    """A disk that takes only some bytes or fails, at the edge of the operating system."""

    def __init__(self, monkeypatch) -> None:
        self.monkeypatch = monkeypatch
        self.real_write = os.write

    def takes(self, count: int) -> None:
        self.monkeypatch.setattr(os, "write", lambda fd, data: self.real_write(fd, data[:count]))

    def fails(self, name: str, code: int = 28) -> None:
        def fail(*_):
            raise OSError(code, os.strerror(code))

        self.monkeypatch.setattr(os, name, fail)

    def heals(self) -> None:
        self.monkeypatch.undo()


@pytest.mark.parametrize("count", [0, 1, 20])
def test_a_line_that_does_not_fit_is_taken_back(tmp_path, monkeypatch, count):
    journal = a_journal(tmp_path)
    journal.record(BotStopped("one"))
    before = the_file(tmp_path).read_bytes()
    disk = Disk(monkeypatch)
    disk.takes(count)
    with pytest.raises(StoreError, match=f"only {count} of"):
        journal.record(NEVER)
    disk.heals()

    assert the_file(tmp_path).read_bytes() == before
    journal.record(BotStopped("two"))
    assert reasons(journal.events()) == ["one", "two"]


def test_a_write_that_fails_is_told_and_the_next_one_works(tmp_path, monkeypatch):
    journal = a_journal(tmp_path)
    journal.record(BotStopped("one"))
    disk = Disk(monkeypatch)
    disk.fails("write")
    with pytest.raises(StoreError, match="No space left"):
        journal.record(NEVER)
    disk.heals()

    journal.record(BotStopped("two"))
    assert [event["seq"] for event in journal.events()] == [1, 2]


def test_an_event_that_could_not_be_forced_to_disk_is_not_recorded(tmp_path, monkeypatch):
    journal = a_journal(tmp_path, fsync=True)
    journal.record(BotStopped("one"))
    kind = next(kind for kind in EVENTS.values() if kind.DURABLE)
    disk = Disk(monkeypatch)
    disk.fails("fsync", 5)
    with pytest.raises(StoreError, match="Input/output error"):
        journal.record(kind(**dict.fromkeys(kind.__slots__, 0)))
    disk.heals()

    assert len(journal.events()) == 1


def test_a_line_that_cannot_even_be_taken_back_is_cut_before_the_next(tmp_path, monkeypatch):
    journal = a_journal(tmp_path)
    journal.record(BotStopped("one"))
    disk = Disk(monkeypatch)
    disk.takes(30)
    disk.fails("ftruncate", 5)
    with pytest.raises(StoreError, match="the unfinished line is still there"):
        journal.record(NEVER)
    with pytest.raises(StoreError, match="cannot cut an unfinished line"):
        journal.record(NEVER)
    disk.heals()
    assert reasons(journal.events()) == ["one"]

    journal.record(BotStopped("two"))

    assert reasons(journal.events()) == ["one", "two"]


def test_an_unfinished_line_is_cut_before_the_next_day_begins(tmp_path, monkeypatch):
    clock = ManualClock(NOON)
    journal = a_journal(tmp_path, clock)
    journal.record(BotStopped("one"))
    disk = Disk(monkeypatch)
    disk.takes(30)
    disk.fails("ftruncate", 5)
    with pytest.raises(StoreError):
        journal.record(NEVER)
    disk.heals()
    clock.sleep(86_400.0)

    journal.record(BotStopped("two"))

    assert reasons(journal.events()) == ["one", "two"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with pytest.raises(StoreError, match="cannot make"):
        a_journal(tmp_path / "file" / "journal")


def test_a_file_that_cannot_be_opened_is_told_and_opened_later(tmp_path):
    journal = a_journal(tmp_path)
    the_file(tmp_path).mkdir()
    with pytest.raises(StoreError, match="cannot open"):
        journal.record(NEVER)
    the_file(tmp_path).rmdir()

    journal.record(BotStopped("one"))

    assert reasons(journal.events()) == ["one"]


def test_a_process_killed_while_recording_loses_nothing_it_acknowledged(tmp_path):
    """Real kills: the child records counted events until it is killed."""
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from bot.adapters.clock import ManualClock
        from bot.adapters.jsonl_journal import JsonlJournal
        from bot.model.events import BotStopped
        from bot.timezones import server_offset_table
        clock = ManualClock(float(sys.argv[2]))
        journal = JsonlJournal(Path(sys.argv[1]), clock, server_offset_table(), fsync=False)
        while True:
            journal.record(BotStopped("x" * 2000))
            sys.stdout.write(".")
            sys.stdout.flush()
        """
    )
    recorded_count = 0
    for events_count in (1, 60, 700):
        child = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path), str(NOON)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).resolve().parents[2],
        )
        child.stdout.read(events_count)
        child.kill()
        recorded_count += events_count + len(child.communicate()[0])

        events = a_journal(tmp_path).events()

        assert len(reasons(events)) >= recorded_count
        recorded_count = len(reasons(events))
