"""What keeps a record whole, each guard alone: newest wins, renames last, bytes are proven."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from bot.adapters.command_spool import CommandRefusedError, CommandSpool, submit
from bot.adapters.journal_lines import GENESIS, EventLines, LineError, Stamp, read_line
from bot.adapters.json_store import JsonStore
from bot.model.events import BotStopped

NOW = 1_773_748_800.0


def test_of_two_whole_generations_the_newer_is_loaded(tmp_path: Path) -> None:
    store = JsonStore(tmp_path, 1)
    for number in (1, 2, 3):
        store.save("state", {"number": number})
    assert JsonStore(tmp_path, 1).load("state") == {"number": 3}


def test_a_save_forces_the_file_and_then_the_renames_to_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        names = sorted(path.name for path in tmp_path.iterdir())
        forced.append(f"folder of {', '.join(names)}" if is_folder else "file")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    JsonStore(tmp_path, 1).save("state", {"number": 1})
    assert forced == ["file", "folder of state.json"]


def test_each_changed_letter_of_a_line_is_seen_by_the_line_itself() -> None:
    line = EventLines().line(BotStopped(reason="asked to stop"), Stamp(1, NOW, 20_529), GENESIS)
    whole = line.rstrip(b"\n")
    assert read_line(whole)["reason"] == "asked to stop"
    changed = whole.replace(b"asked", b"asker")
    with pytest.raises(LineError, match="checksum"):
        read_line(changed)


def test_a_verb_nobody_knows_is_neither_written_nor_taken(tmp_path: Path) -> None:
    with pytest.raises(CommandRefusedError, match="must be one of"):
        submit(tmp_path, "buy", "", NOW)
    spool = CommandSpool(tmp_path, lambda: NOW)
    document = {"command_id": "a-1", "verb": "buy", "reason": "", "submitted_utc_s": NOW}
    (tmp_path / "a-1.json").write_text(json.dumps(document), encoding="utf-8")
    assert list(spool.take()) == []
    assert (tmp_path / "rejected" / "a-1.json").is_file()
