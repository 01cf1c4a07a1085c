"""The storm's reader of the journal: mended lines are understood, lost ones are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from watched import Watched, with_position

from bot.adapters.journal_mend import UNKNOWN, Place, mended
from tools.storm.invariants.journal_tail import JournalTail


def the_page(watched: Watched) -> Path:
    (path,) = (watched.world.folder / "journal").glob("*.jsonl")
    return path


def a_read_journal(tmp_path: Path) -> tuple[Watched, JournalTail, Path]:
    watched = with_position(tmp_path)
    tail = JournalTail()
    tail.read_on(watched.scene)
    assert len(tail.lines) > 3
    return watched, tail, the_page(watched)


def test_a_half_line_is_waited_for_while_no_trader_runs_and_told_once_one_does(
    tmp_path: Path,
) -> None:
    watched, tail, path = a_read_journal(tmp_path)
    count = len(tail.lines)
    path.write_bytes(path.read_bytes() + b"\0" * 40 + b"\n")
    bot, watched.scene.bot = watched.scene.bot, None
    tail.read_on(watched.scene)
    assert (tail.breaks, len(tail.lines)) == ([], count)
    watched.scene.bot = bot
    tail.read_on(watched.scene)
    assert len(tail.breaks) == 1


def test_a_damaged_line_that_was_mended_meanwhile_is_no_break(tmp_path: Path) -> None:
    watched, tail, path = a_read_journal(tmp_path)
    whole = path.read_bytes().splitlines()
    bot, watched.scene.bot = watched.scene.bot, None
    damaged = [*whole[:1], b"\0" * 40, *whole[2:]]
    path.write_bytes(b"\n".join(damaged) + b"\n")
    tail.read_on(watched.scene)
    assert tail.cuts == []
    path.write_bytes(mended(damaged, UNKNOWN, Place(path.name, 1, 1.0)).content)
    watched.scene.bot = bot
    tail.read_on(watched.scene)
    assert tail.breaks == []
    assert tail.cuts == [1]
    assert [line["seq"] for line in tail.dropped] == [2], "the others stand behind the seam"
    assert tail.again == set(range(len(whole))) - {1}


@pytest.mark.parametrize("place", [1, 2])
def test_a_line_that_is_gone_without_a_seam_is_a_break(tmp_path: Path, place: int) -> None:
    watched, tail, path = a_read_journal(tmp_path)
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*whole[:place], *whole[place + 1 :]]))
    tail.read_on(watched.scene)
    assert len(tail.breaks) == 1
    assert [line["seq"] for line in tail.dropped] == [place + 1]


def test_behind_a_seam_a_line_follows_by_its_number_alone(tmp_path: Path) -> None:
    watched, tail, path = a_read_journal(tmp_path)
    whole = path.read_bytes().splitlines()
    content = mended([whole[0], *whole[2:]], UNKNOWN, Place(path.name, 1, 1.0)).content
    lines = content.splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], *lines[3:]]))
    tail.read_on(watched.scene)
    assert len(tail.breaks) == 1
