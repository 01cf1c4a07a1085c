"""Disk and memory of the machine; a figure that is not there is Unknown, never a default."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.machine import (
    HostMachine,
    TaskList,
    memory_gauge,
    resident_bytes,
    task_bytes,
    tasks_command,
)
from bot.ports import Ok, Unknown

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="Linux shows memory in a file")


def test_free_space_is_that_of_the_folders_disk(tmp_path: Path) -> None:
    read = HostMachine(tmp_path).disk_free_bytes()
    assert isinstance(read, Ok)
    assert read.value == pytest.approx(shutil.disk_usage(tmp_path).free, rel=0.2)


def test_a_folder_that_does_not_exist_yet_is_asked_for_where_it_will_be(tmp_path: Path) -> None:
    assert isinstance(HostMachine(tmp_path / "a" / "b").disk_free_bytes(), Ok)


def test_a_disk_that_gives_no_answer_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(shutil, "disk_usage", refuse)
    read = HostMachine(tmp_path).disk_free_bytes()
    assert isinstance(read, Unknown)
    assert "Input/output error" in read.reason


@linux_only
def test_own_memory_grows_with_what_is_held() -> None:
    machine = HostMachine(Path())
    before = machine.memory_own_bytes()
    held = bytearray(os.urandom(1) * 60_000_000)
    after = machine.memory_own_bytes()
    assert isinstance(before, Ok)
    assert isinstance(after, Ok)
    assert after.value - before.value > 40_000_000
    assert len(held) == 60_000_000


@linux_only
@pytest.mark.parametrize("content", ["", "12", "many pages here"])
def test_a_memory_file_that_says_something_else_is_unknown(tmp_path: Path, content: str) -> None:
    file = tmp_path / "statm"
    file.write_text(content, encoding="ascii")
    assert isinstance(resident_bytes(file), Unknown)
    assert isinstance(resident_bytes(tmp_path / "absent"), Unknown)


@linux_only
def test_linux_reads_the_file() -> None:
    assert memory_gauge() is resident_bytes


@pytest.mark.parametrize(
    ("line", "kibibytes"),
    [
        (b'"python.exe","81","Console","1","25,432 K"', 25_432),
        (b'"python.exe","81","Services","0","1.025.432 K"', 1_025_432),
        (b'"pythonw.exe","81","Console","1","25\xff432 Ko"', 25_432),
        (b'\r\n"a, b.exe","81","Console","1","7 K"\r\n', 7),
    ],
)
def test_a_line_of_the_task_list_is_read_in_any_language(line: bytes, kibibytes: int) -> None:
    assert task_bytes(line, 81) == Ok(kibibytes * 1_024.0)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"INFO: No tasks are running which match the specified criteria.",
        b'"python.exe","82","Console","1","25,432 K"',
        b'"python.exe","81","Console","1","N/A"',
        b'"python.exe","81"',
    ],
)
def test_an_answer_without_our_line_is_unknown(answer: bytes) -> None:
    assert isinstance(task_bytes(answer, 81), Unknown)


@given(st.binary(max_size=200))
def test_no_answer_whatever_breaks_the_reader(answer: bytes) -> None:
    assert isinstance(task_bytes(answer, 81), Ok | Unknown)


def _answered(tasks: TaskList) -> Ok[float] | Unknown:
    """The second answer, once the program behind the first has ended."""
    assert tasks._asked is not None
    tasks._asked.wait(timeout=30.0)
    return tasks()


@pytest.fixture
def ended() -> Iterator[list[TaskList]]:
    """Lists put in here leave no process behind."""
    lists: list[TaskList] = []
    yield lists
    for tasks in lists:
        tasks._collect()


def test_the_task_list_answers_the_question_before(ended: list[TaskList]) -> None:
    script = 'print(\'"python.exe","81","Console","1","2,000 K"\')'
    tasks = TaskList([sys.executable, "-c", script], 81)
    ended.append(tasks)
    assert _answered(tasks) == Ok(2_048_000.0)
    assert _answered(tasks) == Ok(2_048_000.0)


def test_a_program_that_hangs_is_ended_and_never_waited_for(ended: list[TaskList]) -> None:
    tasks = TaskList([sys.executable, "-c", "import time; time.sleep(600)"], 81)
    ended.append(tasks)
    hanging = tasks._asked
    read = tasks()
    assert isinstance(read, Unknown)
    assert "in time" in read.reason
    assert hanging is not None
    assert hanging.poll() is not None


def test_a_program_that_is_not_there_is_unknown_and_asked_again(tmp_path: Path) -> None:
    tasks = TaskList([str(tmp_path / "tasklist.exe")], 81)
    for _ in range(2):
        assert isinstance(tasks(), Unknown)


def test_the_task_list_is_asked_for_our_own_line_by_its_full_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SYSTEMROOT", "W")
    command = tasks_command()
    assert Path(command[0]) == Path("W") / "System32" / "tasklist.exe"
    assert f"PID eq {os.getpid()}" in command
