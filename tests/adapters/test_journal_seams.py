"""A seam at the end of a day, or before the days that are looked at, breaks no chain behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_jsonl_journal import DAY, NOON, a_journal, reasons

from bot.adapters.clock import ManualClock
from bot.adapters.journal_files import day_path, read_events
from bot.model.events import BotStopped

LINES_PER_DAY = 3


def some_days(folder: Path, days_count: int) -> ManualClock:
    """A journal of three lines a day."""
    clock = ManualClock(NOON)
    journal = a_journal(folder, clock)
    for day in range(days_count):
        for number in range(LINES_PER_DAY):
            journal.record(BotStopped(f"d{day}.{number}"))
            clock.sleep(600.0)
        clock.sleep(86_400.0 - LINES_PER_DAY * 600.0)
    return clock


def seams(folder: Path) -> list[tuple[object, object, object]]:
    told = [event for event in read_events(folder) if event["event"] == "JournalMended"]
    return [(event["seq"], event["file"], event["lost_lines_count"]) for event in told]


def test_a_day_whose_last_line_was_torn_has_one_seam_and_the_next_day_none(tmp_path: Path) -> None:
    clock = some_days(tmp_path, 3)
    path = day_path(tmp_path, DAY + 1)
    path.write_bytes(path.read_bytes()[:-30])

    a_journal(tmp_path, clock).record(BotStopped("on"))

    assert seams(tmp_path) == [(6, path.name, 1)]
    assert reasons(read_events(tmp_path))[-4:] == ["d2.0", "d2.1", "d2.2", "on"]


def test_lines_that_are_missing_behind_a_seam_are_told_by_another(tmp_path: Path) -> None:
    clock = some_days(tmp_path, 3)
    torn, cut = day_path(tmp_path, DAY + 1), day_path(tmp_path, DAY + 2)
    torn.write_bytes(torn.read_bytes()[:-30])
    cut.write_bytes(b"".join(cut.read_bytes().splitlines(keepends=True)[1:]))

    a_journal(tmp_path, clock).record(BotStopped("on"))

    assert seams(tmp_path) == [(6, torn.name, 1), (7, cut.name, 1)]


@pytest.mark.parametrize("days_count", [5, 6, 9])
def test_the_first_day_that_is_looked_at_is_chained_to_the_day_before_it(
    tmp_path: Path, days_count: int
) -> None:
    clock = some_days(tmp_path, days_count)
    path = day_path(tmp_path, DAY + days_count - 5)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))

    a_journal(tmp_path, clock).record(BotStopped("on"))

    first_seq = (days_count - 5) * LINES_PER_DAY + 1
    assert seams(tmp_path) == [(first_seq, path.name, 1)]


def test_a_damaged_last_line_before_the_days_looked_at_stops_nothing(tmp_path: Path) -> None:
    clock = some_days(tmp_path, 7)
    path = day_path(tmp_path, DAY + 1)
    path.write_bytes(path.read_bytes()[:-30] + b"\n")

    journal = a_journal(tmp_path, clock)

    assert reasons(journal.events(DAY + 6)) == ["d6.0", "d6.1", "d6.2"]
    assert len(reasons(journal.events())) == 7 * LINES_PER_DAY - 1
    assert seams(tmp_path) == [(6, path.name, 1)]
