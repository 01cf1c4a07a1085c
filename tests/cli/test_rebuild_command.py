"""`bot rebuild`: shows first, asks, writes once, and refuses where nothing is lost."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import bot, start_bot

from bot.cli.folders import RunFolder

GARBAGE = b"{ this was a state"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder with a simulated terminal."""
    folder, pause = tmp_path / "place", threading.Event()
    options = ("--symbols", "EURUSD", "--days", "10", "--speed", "60")
    process = start_bot("simulate-terminal", "--folder", folder, *options)
    try:
        for _ in range(1_200):
            if (folder / "terminal.json").exists():
                break
            pause.wait(0.05)
        yield folder
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run whose state cannot be read."""
    folder = RunFolder(tmp_path / "run")
    folder.state.mkdir(parents=True)
    (folder.state / "state.json").write_bytes(GARBAGE)
    return folder


def files(run: RunFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in run.state.glob("state*")}


@pytest.mark.slow
def test_a_lost_state_is_shown_asked_for_and_written_once(place: Path, run: RunFolder) -> None:
    words = ("rebuild", "--simulated", place, "--data-folder", run.root)

    asked = bot(*words)

    assert asked.returncode == 2, asked.stderr
    assert b"The state would be:" in asked.stdout
    assert "say --yes" in " ".join(asked.stderr.decode().split())
    assert files(run)["state.json"] == GARBAGE, "nothing is written without a word"

    written = bot(*words, "--yes", "--json")

    assert written.returncode == 0, written.stderr
    assert json.loads(written.stdout)["state"]["login"] > 0
    assert files(run)["state.json"] != GARBAGE
    assert GARBAGE in files(run).values(), "what was there is kept"

    again = bot(*words, "--yes")

    assert again.returncode == 1
    assert b"nothing to rebuild" in again.stderr


def test_without_a_terminal_nothing_is_rebuilt(tmp_path: Path, run: RunFolder) -> None:
    words = ("--simulated", tmp_path / "nowhere", "--data-folder", run.root)

    refused = bot("rebuild", *words, "--yes")

    assert refused.returncode == 1
    assert "names no simulated terminal" in " ".join(refused.stderr.decode().split())
    assert files(run) == {"state.json": GARBAGE}
