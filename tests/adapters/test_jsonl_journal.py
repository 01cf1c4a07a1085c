import hashlib
import json
import shutil
import zlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.clock import ManualClock
from bot.adapters.journal_files import day_path, journal_days, read_events
from bot.adapters.jsonl_journal import JsonlJournal
from bot.errors import StateCorruptError
from bot.model.events import (
    EVENTS,
    BotStopped,
    FaultMet,
    Reconciled,
    StopMoved,
)
from bot.timezones import server_offset_table

TABLE = server_offset_table()
NOON = datetime(2026, 7, 14, 9, 0, tzinfo=UTC).timestamp()
DAY = 20_648  # 2026-07-14 on the server
NEVER = FaultMet("X", "never written", 1)


def a_journal(folder: Path, clock: ManualClock | None = None, **options) -> JsonlJournal:
    options.setdefault("fsync", False)
    options.setdefault("sleep", lambda _: None)
    return JsonlJournal(folder, clock or ManualClock(NOON), TABLE, **options)


def the_file(folder: Path) -> Path:
    return folder / "2026-07-14.jsonl"


def reasons(events) -> list[object]:
    return [event["reason"] for event in events if event["event"] == "BotStopped"]


def recorded(folder: Path, count: int = 3) -> bytes:
    journal = a_journal(folder)
    for number in range(count):
        journal.record(BotStopped(f"r{number}"))
    return the_file(folder).read_bytes()


def test_an_event_is_one_line_with_its_place_time_and_day(tmp_path):
    a_journal(tmp_path).record(StopMoved(3, "EURUSD", 81, 1.09, 1.1, "break-even"))

    line = json.loads(the_file(tmp_path).read_text(encoding="utf-8"))

    assert list(line) == [
        *("seq", "at_utc_s", "day", "event"),
        *("setup_id", "symbol", "position_id", "before_price", "after_price", "reason"),
        *("prev", "crc"),
    ]
    assert (line["seq"], line["at_utc_s"], line["day"]) == (1, NOON, DAY)
    assert (line["event"], line["after_price"]) == ("StopMoved", 1.1)
    assert line["prev"] == "0" * 16


def test_events_come_back_without_the_chain(tmp_path):
    journal = a_journal(tmp_path)
    journal.record(BotStopped("bye"))

    assert journal.events() == [
        {"seq": 1, "at_utc_s": NOON, "day": DAY, "event": "BotStopped", "reason": "bye"}
    ]


def test_each_line_names_the_hash_of_the_one_before(tmp_path):
    first, second, third = recorded(tmp_path).splitlines()

    for before, line in ((first, second), (second, third)):
        assert json.loads(line)["prev"] == hashlib.sha256(before).hexdigest()[:16]


def test_a_file_per_server_day_and_midnight_is_the_new_day(tmp_path):
    midnight = datetime(2026, 7, 14, 21, 0, tzinfo=UTC).timestamp()  # 00:00 on the server
    clock = ManualClock(midnight - 1.0)
    journal = a_journal(tmp_path, clock)
    journal.record(BotStopped("before"))
    clock.sleep(1.0)
    journal.record(BotStopped("after"))

    assert journal_days(tmp_path) == [DAY, DAY + 1]
    assert reasons(journal.events(DAY)) == ["before"]
    assert reasons(journal.events(DAY + 1)) == ["after"]
    assert reasons(journal.events()) == ["before", "after"]
    assert journal.events(DAY + 2) == []


def test_sequence_and_chain_go_on_over_days_and_processes(tmp_path):
    clock = ManualClock(NOON)
    for day in range(4):
        journal = a_journal(tmp_path, clock)
        journal.record(BotStopped(f"d{day}"))
        journal.close()
        clock.sleep(86_400.0)

    events = a_journal(tmp_path, clock).events()

    assert [event["seq"] for event in events] == [1, 2, 3, 4]
    assert reasons(events) == ["d0", "d1", "d2", "d3"]


def test_a_clock_that_steps_back_stays_in_the_newest_day(tmp_path):
    a_journal(tmp_path, ManualClock(NOON)).record(BotStopped("today"))
    a_journal(tmp_path, ManualClock(NOON - 3 * 86_400.0)).record(BotStopped("stepped"))

    events = read_events(tmp_path)

    assert [event["day"] for event in events] == [DAY, DAY]
    assert events[1]["at_utc_s"] == NOON - 3 * 86_400.0
    assert journal_days(tmp_path) == [DAY]


def test_the_same_run_writes_the_same_bytes(tmp_path):
    assert recorded(tmp_path / "a") == recorded(tmp_path / "b")


def test_a_closed_journal_opens_again_when_it_is_needed(tmp_path):
    journal = a_journal(tmp_path, fsync=True)
    journal.record(BotStopped("one"))
    journal.close()
    journal.close()
    journal.record(BotStopped("two"))

    assert reasons(journal.events()) == ["one", "two"]


def test_other_files_in_the_folder_are_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "2026-99-99.jsonl").write_text("not a day", encoding="utf-8")

    assert recorded(tmp_path, 1)
    assert journal_days(tmp_path) == [DAY]
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_numbers_that_are_not_finite_are_written_as_null(tmp_path):
    journal = a_journal(tmp_path)
    journal.record(StopMoved(3, "EURUSD", 81, float("nan"), float("inf"), "x"))

    event = journal.events()[0]

    assert (event["before_price"], event["after_price"]) == (None, None)


def test_numpy_numbers_are_written_as_plain_numbers(tmp_path):
    journal = a_journal(tmp_path)
    journal.record(StopMoved(np.int64(3), "EURUSD", 81, np.float64(1.1), np.float32(0.5), "x"))

    event = journal.events()[0]

    assert (event["setup_id"], event["before_price"], event["after_price"]) == (3, 1.1, 0.5)


def test_what_no_line_can_hold_is_our_mistake_and_leaves_the_journal_whole(tmp_path):
    journal = a_journal(tmp_path)
    with pytest.raises(TypeError, match="cannot be journalled"):
        journal.record(BotStopped(object()))

    journal.record(BotStopped("fine"))

    assert [event["seq"] for event in journal.events()] == [1]


words = st.text(max_size=20)
numbers = st.floats(allow_nan=False, allow_infinity=False)
any_event = st.one_of(
    st.builds(BotStopped, words),
    st.builds(StopMoved, st.integers(), words, st.integers(), numbers, numbers, words),
    st.builds(
        Reconciled,
        *[st.integers(0, 99)] * 4,
        st.lists(words, max_size=3).map(tuple),
    ),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(any_event, st.floats(0.0, 90_000.0)), max_size=8))
def test_any_events_come_back_in_order_after_a_restart(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("journal")
    clock = ManualClock(NOON)
    journal = a_journal(folder, clock)
    for event, pause_s in steps:
        journal.record(event)
        clock.sleep(pause_s)
    journal.close()
    found = a_journal(folder, clock).events()

    assert [event["seq"] for event in found] == list(range(1, len(steps) + 1))
    for document, (event, _) in zip(found, steps, strict=True):
        assert document["event"] == type(event).__name__
        for name in type(event).__slots__:
            value = getattr(event, name)
            assert document[name] == (list(value) if isinstance(value, tuple) else value)
    shutil.rmtree(folder)


def test_no_event_uses_a_name_of_the_journals_own():
    own = {"seq", "at_utc_s", "day", "event", "prev", "crc"}

    assert {name for kind in EVENTS.values() for name in kind.__slots__} & own == set()


def test_a_file_cut_at_any_byte_keeps_every_whole_line_and_goes_on(tmp_path):
    whole = recorded(tmp_path / "whole")
    ends = [index + 1 for index, byte in enumerate(whole) if byte == ord("\n")]
    for length in range(len(whole) + 1):
        folder = tmp_path / "cut"
        folder.mkdir()
        the_file(folder).write_bytes(whole[:length])
        journal = a_journal(folder)
        kept = sum(end - 1 <= length for end in ends)
        torn_count = length - max([0, *[end for end in ends if end <= length]])
        is_torn = torn_count > 0 and length not in [end - 1 for end in ends]
        journal.record(BotStopped("on"))

        events = journal.events()

        assert reasons(events) == [*[f"r{i}" for i in range(kept)], "on"], f"length {length}"
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        faults = [event for event in events if event["event"] == "FaultMet"]
        assert len(faults) == is_torn, f"length {length}"
        if is_torn:
            assert faults[0]["fault"] == "D01"
            assert (folder / "2026-07-14.torn-1").read_bytes() == whole[
                length - torn_count : length
            ]
        shutil.rmtree(folder)


def test_zeroes_after_the_last_line_are_a_torn_line(tmp_path):
    whole = recorded(tmp_path)
    the_file(tmp_path).write_bytes(whole + b"\0" * 4096)

    journal = a_journal(tmp_path)

    assert reasons(journal.events()) == ["r0", "r1", "r2"]
    assert journal.events()[-1]["event"] == "FaultMet"


def test_a_second_torn_line_of_the_day_is_kept_beside_the_first(tmp_path):
    for _ in range(2):
        recorded(tmp_path, 1)
        with the_file(tmp_path).open("ab") as file:
            file.write(b'{"seq":')
    a_journal(tmp_path)

    assert {path.name for path in tmp_path.glob("*.torn-*")} == {
        "2026-07-14.torn-1",
        "2026-07-14.torn-2",
    }


def test_a_crash_right_after_opening_a_day_goes_on_from_the_day_before(tmp_path):
    recorded(tmp_path)
    day_path(tmp_path, DAY + 1).write_bytes(b"")

    journal = a_journal(tmp_path, ManualClock(NOON + 86_400.0))
    journal.record(BotStopped("on"))

    assert [event["seq"] for event in journal.events()] == [1, 2, 3, 4]


def test_any_changed_byte_of_a_whole_line_is_seen(tmp_path):
    whole = recorded(tmp_path / "whole", 2)
    end = whole.index(b"\n")
    for offset in range(end):
        folder = tmp_path / "changed"
        folder.mkdir()
        changed = bytearray(whole)
        changed[offset] ^= 1
        the_file(folder).write_bytes(bytes(changed))

        with pytest.raises(StateCorruptError, match=r"2026-07-14\.jsonl line [12]"):
            read_events(folder)
        shutil.rmtree(folder)


@pytest.mark.parametrize("order", [[0, 2], [1, 2], [0, 2, 1], [0, 0, 1, 2], [2, 1, 0]])
def test_missing_doubled_or_reordered_lines_are_seen(tmp_path, order):
    lines = recorded(tmp_path).splitlines(keepends=True)
    the_file(tmp_path).write_bytes(b"".join(lines[number] for number in order))

    with pytest.raises(StateCorruptError, match=r"line [12]: "):
        read_events(tmp_path)


def test_a_missing_day_is_seen_when_all_is_read(tmp_path):
    clock = ManualClock(NOON)
    journal = a_journal(tmp_path, clock)
    for day in range(3):
        journal.record(BotStopped(f"d{day}"))
        clock.sleep(86_400.0)
    day_path(tmp_path, DAY + 1).unlink()

    with pytest.raises(StateCorruptError, match=r"2026-07-16\.jsonl line 1: not chained"):
        read_events(tmp_path)
    assert reasons(journal.events(DAY + 2)) == ["d2"]


def test_a_day_before_the_newest_may_not_end_in_the_middle_of_a_line(tmp_path):
    clock = ManualClock(NOON)
    journal = a_journal(tmp_path, clock)
    for _ in range(2):
        journal.record(BotStopped("x"))
        clock.sleep(86_400.0)
    with the_file(tmp_path).open("ab") as file:
        file.write(b"half a line")

    with pytest.raises(StateCorruptError, match="11 bytes that are not a line"):
        read_events(tmp_path)


def test_a_reader_beside_the_writer_leaves_an_unfinished_line_alone(tmp_path):
    whole = recorded(tmp_path)
    the_file(tmp_path).write_bytes(whole + b'{"seq":4,')

    assert reasons(read_events(tmp_path)) == ["r0", "r1", "r2"]
    assert the_file(tmp_path).read_bytes() == whole + b'{"seq":4,'


def crc_of_nothing_wrong(document: dict) -> bytes:
    text = json.dumps(document, separators=(",", ":"))[:-1]
    return f'{text},"crc":"{zlib.crc32(text.encode()):08x}"}}\n'.encode()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"not json\n", "line 1 column 1"),
        (b"\n", "line 1 column 1"),
        (b"[]\n", "holds a list"),
        (b'{"seq":1,"seq":1}\n', "appears twice"),
        (b'{"seq":1,"event":"X"}\n', "checksum does not fit"),
        (crc_of_nothing_wrong({"seq": "1", "event": "X"}), "no seq or event"),
        (crc_of_nothing_wrong({"seq": 1}), "no seq or event"),
        (crc_of_nothing_wrong({"seq": 1, "event": "X", "x": 1e308 * 10}), "not a number"),
    ],
)
def test_a_line_that_is_not_ours_is_named(tmp_path, line, why):
    the_file(tmp_path).write_bytes(line)

    with pytest.raises(StateCorruptError, match=why):
        read_events(tmp_path)
