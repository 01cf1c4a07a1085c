import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.command_spool import CommandRefusedError, CommandSpool, submit
from bot.errors import StoreError
from bot.ports import Command

NOW = 1_784_019_600.0


class Wall:
    """The host's wall clock, moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def spool(tmp_path: Path, wall: Wall) -> CommandSpool:
    return CommandSpool(tmp_path, wall)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def write(folder: Path, name: str = "c1.json", **changes) -> None:
    document = {"command_id": "c1", "verb": "pause", "reason": "", "submitted_utc_s": NOW}
    (folder / name).write_text(json.dumps({**document, **changes}), encoding="utf-8")


def why_rejected(folder: Path) -> str:
    (path,) = (folder / "rejected").glob("*.reason.txt")
    return path.read_text(encoding="utf-8")


def test_a_submitted_command_is_taken_once(tmp_path, spool):
    command = submit(tmp_path, "pause", "going out", NOW)

    assert spool.take() == [Command(command.command_id, "pause", "going out")]
    assert spool.take() == ()
    spool.acknowledge(command.command_id)
    assert spool.take() == ()
    assert names(tmp_path) == []
    assert names(tmp_path / "done") == [f"{command.command_id}.json"]


def test_a_command_that_was_not_acknowledged_is_handed_out_by_the_next_process(tmp_path, wall):
    command = submit(tmp_path, "pause", "going out", NOW)
    assert len(CommandSpool(tmp_path, wall).take()) == 1

    spool = CommandSpool(tmp_path, wall)
    assert spool.take() == [command]
    spool.acknowledge(command.command_id)

    assert CommandSpool(tmp_path, wall).take() == ()
    assert names(tmp_path / "done") == [f"{command.command_id}.json"]


def test_a_command_taken_and_not_yet_acknowledged_grows_neither_stale_nor_double(
    tmp_path, spool, wall
):
    command = submit(tmp_path, "pause", "", NOW)
    assert len(spool.take()) == 1
    wall.now += 3_600.0

    assert spool.take() == ()
    spool.acknowledge(command.command_id)
    spool.acknowledge(command.command_id)

    assert names(tmp_path / "done") == [f"{command.command_id}.json"]
    assert names(tmp_path / "rejected") == []


def test_only_what_was_taken_is_acknowledged(tmp_path, spool):
    command = submit(tmp_path, "pause", "", NOW)
    spool.acknowledge(command.command_id)
    spool.acknowledge("../../somewhere")

    assert spool.take() == [command]


def test_commands_that_wait_for_the_disk_do_not_hold_up_later_ones(tmp_path, spool):
    for number in range(20):
        write(tmp_path, f"c{number:03d}.json", command_id=f"c{number:03d}")
    assert len(spool.take()) == 20
    write(tmp_path, "d.json", command_id="d")

    assert [command.command_id for command in spool.take()] == ["d"]


def test_commands_are_taken_oldest_first(tmp_path, spool):
    given_ = [submit(tmp_path, verb, "", NOW + i) for i, verb in enumerate(("pause", "flatten"))]
    given_ += [submit(tmp_path, "resume", "", NOW + 1)]

    assert spool.take() == given_


def test_two_commands_of_the_same_moment_are_two(tmp_path, spool):
    first, second = (submit(tmp_path, "pause", "", NOW) for _ in range(2))

    assert first.command_id != second.command_id
    assert len(spool.take()) == 2


def test_the_spool_makes_its_folders_and_a_writer_may_come_first(tmp_path, wall):
    submit(tmp_path / "commands", "pause", "", NOW)

    assert len(CommandSpool(tmp_path / "commands", wall).take()) == 1


@pytest.mark.parametrize("age_s", [-5.0, 0.0, 60.0])
def test_a_command_up_to_a_minute_old_is_taken(tmp_path, spool, wall, age_s):
    submit(tmp_path, "flatten", "", NOW)
    wall.now = NOW + age_s

    assert len(spool.take()) == 1


@pytest.mark.parametrize("age_s", [-6.0, 60.5, 86_400.0])
def test_a_stale_or_future_command_is_set_aside_with_the_reason(tmp_path, spool, wall, age_s):
    submit(tmp_path, "flatten", "", NOW)
    wall.now = NOW + age_s

    assert spool.take() == []
    assert "must be between 0 and 60 s" in why_rejected(tmp_path)
    assert names(tmp_path) == []


def test_a_command_taken_before_is_refused_also_by_the_next_process(tmp_path, spool, wall):
    write(tmp_path)
    assert len(spool.take()) == 1
    spool.acknowledge("c1")

    write(tmp_path)
    assert spool.take() == []
    write(tmp_path)
    assert CommandSpool(tmp_path, wall).take() == []
    assert "was taken before" in why_rejected(tmp_path)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"verb": "buy"}, "verb 'buy': must be one of pause, resume, flatten"),
        ({"verb": None}, "verb None"),
        ({"verb": ["pause"]}, "nested deeper"),
        ({"reason": "x" * 501}, "at most 500 characters"),
        ({"reason": "two\nlines"}, "one line of printable"),
        ({"reason": 5}, "reason: text"),
        ({"command_id": ""}, "command_id"),
        ({"command_id": "../done/x"}, "command_id"),
        ({"command_id": "x" * 65}, "command_id"),
        ({"command_id": 7}, "command_id"),
        ({"submitted_utc_s": "now"}, "is no moment in UTC seconds"),
        ({"submitted_utc_s": True}, "is no moment in UTC seconds"),
        ({"submitted_utc_s": None}, "is no moment in UTC seconds"),
        ({"lots": 5}, "missing or unknown: lots"),
    ],
)
def test_a_malformed_command_is_set_aside_with_the_reason(tmp_path, spool, changes, why):
    write(tmp_path, **changes)

    assert spool.take() == []
    assert why in why_rejected(tmp_path)
    assert (tmp_path / "rejected" / "c1.json").exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "line 1"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[]", "holds a list"),
        (b"{}", "missing or unknown"),
        (b'{"verb": "pause", "verb": "flatten"}', "appears twice"),
        (b'{"reason": {"a": {"b": 1}}}', "nested deeper"),
        (b'{"submitted_utc_s": NaN}', "NaN"),
        (b" " * 5000, "larger than 4096 bytes"),
    ],
)
def test_a_file_that_is_no_command_is_set_aside(tmp_path, spool, content, why):
    (tmp_path / "x.json").write_bytes(content)

    assert spool.take() == []
    assert why in why_rejected(tmp_path)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_whatever_stop_the_trader_or_become_a_command(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("commands")
    spool = CommandSpool(folder, lambda: NOW)
    (folder / "x.json").write_bytes(content)

    assert spool.take() == []
    assert names(folder) == []


def test_a_bad_command_does_not_hold_up_a_good_one(tmp_path, spool):
    (tmp_path / "000.json").write_bytes(b"garbage")
    command = submit(tmp_path, "flatten", "", NOW)

    assert spool.take() == [command]


def test_unfinished_and_other_files_are_left_alone(tmp_path, spool):
    (tmp_path / "c1.tmp").write_bytes(b"half a comm")
    (tmp_path / "readme.txt").write_bytes(b"hello")

    assert spool.take() == ()
    assert names(tmp_path) == ["c1.tmp", "readme.txt"]


def test_a_flood_is_taken_in_slices_and_the_record_of_it_stays_bounded(tmp_path, spool):
    for number in range(45):
        write(tmp_path, f"c{number:03d}.json", command_id=f"c{number:03d}")
    for number in range(600):
        (tmp_path / "rejected" / f"{number:04d}.json").write_bytes(b"")

    assert [len(spool.take()) for _ in range(4)] == [20, 20, 5, 0]
    for number in range(45):
        spool.acknowledge(f"c{number:03d}")
    assert len(names(tmp_path / "done")) == 45
    assert len(names(tmp_path / "rejected")) == 500
    assert names(tmp_path / "rejected")[0] == "0100.json"


def test_a_command_that_cannot_be_moved_is_done_once_and_moved_when_it_can(
    tmp_path, spool, monkeypatch
):
    flatten = submit(tmp_path, "flatten", "", NOW)

    def refuse(*_):
        raise PermissionError(13, "held")

    assert [command.verb for command in spool.take()] == ["flatten"]
    with monkeypatch.context() as held:
        held.setattr(os, "replace", refuse)
        spool.acknowledge(flatten.command_id)
        assert spool.take() == ()
        assert names(tmp_path) == [f"{flatten.command_id}.json"]

    assert spool.take() == ()
    assert names(tmp_path) == []


def test_a_command_file_that_a_person_took_away_is_finished(tmp_path, spool):
    command = submit(tmp_path, "flatten", "", NOW)
    assert len(spool.take()) == 1
    (tmp_path / f"{command.command_id}.json").unlink()
    spool.acknowledge(command.command_id)

    assert spool.take() == ()
    assert names(tmp_path / "done") == []


def test_a_folder_that_vanished_holds_no_commands(tmp_path, wall):
    spool = CommandSpool(tmp_path / "commands", wall)
    for folder in ("commands/done", "commands/rejected", "commands"):
        (tmp_path / folder).rmdir()

    assert spool.take() == ()


def test_a_directory_named_like_a_command_is_ignored(tmp_path, spool):
    (tmp_path / "x.json").mkdir()

    assert spool.take() == []


@pytest.mark.parametrize(
    ("verb", "reason"), [("stop", ""), ("", ""), ("pause", "a\nb"), ("pause", "x" * 501)]
)
def test_a_person_is_told_at_once_that_a_command_would_be_refused(tmp_path, verb, reason):
    with pytest.raises(CommandRefusedError):
        submit(tmp_path, verb, reason, NOW)

    assert names(tmp_path) == []


def test_a_person_is_told_when_the_command_cannot_be_written(tmp_path):
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(StoreError, match="cannot write"):
        submit(tmp_path / "file", "pause", "", NOW)


def test_a_command_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(StoreError, match="No space left"):
        submit(tmp_path, "pause", "", NOW)

    assert [name for name in names(tmp_path) if name.endswith(".json")] == []
