"""`bot simulate-terminal` and `bot run --simulated`: two processes, of which one may die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.adapters.heartbeat import read_heartbeat
from bot.adapters.journal_files import read_events
from bot.cli.folders import RunFolder, write_manifest
from bot.cli.terminal_process_place import line_in, write_place
from bot.cli.terminal_process_trader import trade_simulated
from bot.errors import BrokerUnavailableError, ParamsError
from bot.params import load_settings

ROOT = Path(__file__).resolve().parents[2]
WAIT_MAX_S = 120.0


# --- where they meet ----------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights elsewhere")
def test_address_and_key_are_for_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "terminal.json.new").write_text("left by a crash, readable by all")
    path = write_place(tmp_path, "nowhere", b"secret")
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"address": "x", "key": "no hex"}'])
def test_a_place_that_cannot_be_read_says_how_to_make_one(tmp_path: Path, content: str) -> None:
    (tmp_path / "terminal.json").write_text(content)
    with pytest.raises(BrokerUnavailableError, match="bot simulate-terminal --folder"):
        line_in(tmp_path)


def test_a_place_without_its_terminal_says_so(tmp_path: Path) -> None:
    write_place(tmp_path, str(tmp_path / "gone"), b"secret")
    with pytest.raises(BrokerUnavailableError, match="no simulated terminal answers"):
        line_in(tmp_path)


@pytest.mark.parametrize("kind", ["live", "demo", "dry run"])
def test_a_record_of_another_kind_never_meets_a_simulated_account(
    tmp_path: Path, kind: str
) -> None:
    run = RunFolder(tmp_path / "run")
    write_manifest(run, {"kind": kind})
    settings = load_settings(ROOT / "params" / "current_params.json")
    with pytest.raises(ParamsError, match=f"holds a run of kind '{kind}'"):
        trade_simulated(tmp_path / "place", settings, run)
    assert not run.logs.exists()


def test_an_old_journal_without_a_manifest_is_another_kind_too(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.journal.mkdir(parents=True)
    (run.journal / "2026-03-02.jsonl").touch()
    settings = load_settings(ROOT / "params" / "current_params.json")
    with pytest.raises(ParamsError, match="holds a run"):
        trade_simulated(tmp_path / "place", settings, run)


# --- both processes -----------------------------------------------------------------------------


def _wait_for(what: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    """Until `what` is true; a process that ended meanwhile fails at once."""
    pause = threading.Event()
    for _ in range(int(WAIT_MAX_S / 0.05)):
        if what():
            return
        assert process.poll() is None, f"ended with {process.returncode}"
        pause.wait(0.05)
    pytest.fail(f"nothing within {WAIT_MAX_S} s")


@contextmanager
def _process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _cycles(run: RunFolder, pid: int) -> int:
    beat = read_heartbeat(run.heartbeat)
    return beat.cycle_count if beat is not None and beat.pid == pid else 0


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_the_terminal_outlives_the_trader_and_the_next_one_goes_on(tmp_path: Path) -> None:
    place, run = tmp_path / "place", RunFolder(tmp_path / "run")
    options = ("--symbols", "EURUSD,GBPUSD,BTCUSD", "--days", "30", "--speed", "0")
    trade = ("run", "--simulated", str(place), "--data-folder", str(run.root))
    with _process("simulate-terminal", "--folder", str(place), *options) as terminal:
        _wait_for((place / "terminal.json").exists, terminal)
        line = line_in(place)
        with _process(*trade) as first:
            _wait_for(lambda: _cycles(run, first.pid) >= 3, first)
            first.send_signal(signal.SIGKILL)
            assert first.wait() == -signal.SIGKILL
        line.ask("now")
        died_utc_s = line.now_utc_s
        with _process(*trade) as second:
            _wait_for(lambda: _cycles(run, second.pid) >= 3, second)
            second.send_signal(signal.SIGTERM)
            assert second.wait(WAIT_MAX_S) == 0
        line.ask("now")
        assert line.now_utc_s > died_utc_s
        terminal.send_signal(signal.SIGTERM)
        assert terminal.wait(WAIT_MAX_S) == 0
        assert not (place / "terminal.json").exists()
    told = [str(line["event"]) for line in read_events(run.journal)]
    assert told.count("BotStarted") == 2
    assert told[-1] == "BotStopped"
    assert json.loads(run.manifest.read_text())["kind"] == "simulated terminal"


@pytest.mark.slow
def test_the_terminal_is_named_in_one_way_only() -> None:
    with _process("run", "--simulated", "x", "--dry-run") as process:
        assert process.wait(WAIT_MAX_S) == 2
