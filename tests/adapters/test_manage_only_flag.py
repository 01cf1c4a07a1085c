"""The supervisor's flag and the processes it is raised for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from builders import Spool

from bot.adapters.manage_only import FlaggedCommands, flag, lift, reason_of
from bot.adapters.processes import ask_to_end, is_alive, kill_hard, started_mark

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


def test_each_new_trader_takes_the_flag_once_and_before_what_waits(tmp_path: Path) -> None:
    path, spool = tmp_path / "state" / "manage_only.json", Spool()
    flag(path, "5 restarts", 1.0)
    spool.say("pause")
    for _ in range(2):
        commands = FlaggedCommands(spool, path)
        taken = commands.take()
        assert (taken[0].verb, taken[0].reason) == ("manage_only", "5 restarts")
        assert commands.take() == ()
    lift(path)
    lift(path)
    assert FlaggedCommands(spool, path).take() == ()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"reason": 7}', b'{"reason": ""}'])
def test_a_flag_that_cannot_be_read_stands_as_well(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "manage_only.json"
    assert reason_of(path) is None
    path.write_bytes(content)
    assert reason_of(path)


@needs_proc
def test_a_process_is_known_by_number_and_start() -> None:
    mark = started_mark(os.getpid())
    assert is_alive(os.getpid(), mark)
    assert not is_alive(os.getpid(), mark + "0")  # the same number, another process
    assert not is_alive(os.getpid(), "")
    assert started_mark(0) == started_mark(-1) == ""


@needs_proc
@pytest.mark.parametrize("end", [kill_hard, ask_to_end])
def test_only_that_very_process_is_ended(end: object) -> None:
    assert callable(end)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        mark = started_mark(child.pid)
        end(child.pid, mark + "0")
        assert is_alive(child.pid, mark)
        end(child.pid, mark)
        assert child.wait(10) != 0
        assert not is_alive(child.pid, mark)
        end(child.pid, mark)
    finally:
        child.kill()
        child.communicate()


@needs_proc
def test_a_process_nobody_collected_counts_as_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    mark = started_mark(child.pid)
    assert child.stdout is not None
    child.stdout.read()  # ends with the process
    for _ in range(1_000_000):
        if not is_alive(child.pid, mark):
            break
    assert not is_alive(child.pid, mark)
    child.communicate()
