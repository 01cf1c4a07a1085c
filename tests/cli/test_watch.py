"""`bot watch` for real: processes that are killed, stopped, or stuck in a call that never returns.

A terminal in a process of its own, 60 times as fast as the clock; the trader sleeps a sixth of a
second between cycles. Times are measured and held to 30 s for a restart, 90 s for an alert.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bot.adapters.heartbeat import read_heartbeat
from bot.adapters.journal_files import read_events
from bot.adapters.json_store import JsonStore
from bot.adapters.manage_only import flag, reason_of
from bot.adapters.processes import is_alive
from bot.cli.folders import RunFolder
from bot.cli.watch_words import words_of
from bot.errors import ParamsError
from bot.live.state import SCHEMA_VERSION, Setup, SetupStatus
from bot.watch.alert_address import alert_address

ROOT = Path(__file__).resolve().parents[2]
CANARY = "canary-7f3a9"
RESTART_MAX_S, ALERT_MAX_S = 30.0, 90.0

needs_signals = pytest.mark.skipif(os.name == "nt", reason="needs SIGSTOP and SIGKILL")


@dataclass
class Scene:
    """A terminal, a folder, and the supervisors that were started there."""

    place: Path
    run: RunFolder
    address: str = ""

    def pid(self) -> int:
        beat = read_heartbeat(self.run.heartbeat)
        return beat.pid if beat is not None and is_alive(beat.pid, beat.started) else 0

    def is_trading(self, other_than: int = 0) -> bool:
        beat = read_heartbeat(self.run.heartbeat)
        return self.pid() not in (0, other_than) and beat is not None and beat.cycle_count >= 2

    def is_back(self, other_than: int) -> bool:
        """Another trader compared its record with the broker's: it says so by its first beat."""
        return self.pid() not in (0, other_than)

    def alerts(self) -> str:
        path = self.run.logs / "alerts.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @contextmanager
    def watch(self) -> Iterator[subprocess.Popen[bytes]]:
        words = ("watch", "--simulated", str(self.place), "--data-folder", str(self.run.root))
        extra = {"BOT_ALERT_URL": self.address} if self.address else {}
        with _process(*words, env=extra) as process:
            yield process


def _wait(what: Callable[[], object], within_s: float = 60.0) -> float:
    """Until `what` is true; the seconds that took."""
    began_s, pause = time.monotonic(), threading.Event()
    while not what():
        passed_s = time.monotonic() - began_s
        assert passed_s <= within_s, f"nothing within {within_s} s"
        pause.wait(0.05)
    return time.monotonic() - began_s


@contextmanager
def _process(*words: str, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        env=os.environ | (env or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def _scene(tmp_path: Path, *faults: str) -> Iterator[Scene]:
    place, run = tmp_path / "place", RunFolder(tmp_path / "run")
    options = ("--symbols", "EURUSD,BTCUSD", "--days", "60", "--speed", "60", *faults)
    scene = Scene(place, run)
    with _process("simulate-terminal", "--folder", str(place), *options):
        try:
            _wait((place / "terminal.json").exists)
            yield scene
        finally:
            with suppress(ProcessLookupError):
                pid = scene.pid()
                if pid:
                    os.kill(pid, signal.SIGKILL)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with _scene(tmp_path) as made:
        yield made


def _order_at_rest() -> dict[str, object]:
    setup = Setup(
        setup_id=1,
        symbol="EURUSD",
        side=1,
        entry_price=1.0,
        stop_price=0.99,
        points=5.0,
        bar_utc_s=1.0,
        created_utc_s=1.0,
        expires_utc_s=2.0,
        status=SetupStatus.PENDING,
        since_utc_s=1.0,
    )
    return {name: getattr(setup, name) for name in Setup.__slots__}


@pytest.mark.slow
@needs_signals
def test_a_killed_trader_is_back_and_a_planned_end_is_the_end(scene: Scene) -> None:
    with scene.watch() as watch:
        _wait(scene.is_trading)
        first = scene.pid()
        os.kill(first, signal.SIGKILL)
        assert _wait(lambda: scene.is_trading(first)) <= RESTART_MAX_S
        assert "ended with code -9" in scene.alerts()
        second = scene.pid()
        os.kill(second, signal.SIGTERM)  # as a person would end it
        assert watch.wait(30) == 0
    assert scene.pid() == 0
    told = [str(event["event"]) for event in read_events(scene.run.journal)]
    assert (told.count("BotStarted"), told[-1]) == (2, "BotStopped")


@pytest.mark.slow
@needs_signals
def test_a_stopped_trader_with_an_order_at_rest_is_told_of_and_replaced(scene: Scene) -> None:
    with scene.watch():
        _wait(scene.is_trading)
        first = scene.pid()
        os.kill(first, signal.SIGSTOP)
        stopped_s = time.monotonic()
        store = JsonStore(scene.run.state, SCHEMA_VERSION)
        document = dict(store.load("state") or {})
        store.save("state", document | {"setups": {"1": _order_at_rest()}, "next_setup_id": 2})
        _wait(lambda: "CRITICAL - trader" in scene.alerts(), ALERT_MAX_S)
        assert f"trader {first} gave no sign" in scene.alerts()
        assert time.monotonic() - stopped_s <= ALERT_MAX_S
        _wait(lambda: scene.is_back(first))
        assert time.monotonic() - stopped_s <= RESTART_MAX_S


@pytest.mark.slow
@needs_signals
def test_a_terminal_call_that_never_returns_does_not_hold_the_account(tmp_path: Path) -> None:
    # Begins to hang at the sixth call, and hangs nobody who asks after the 25th second.
    hang = "N06@on:positions_get,call:6,until:1772447100"
    with _scene(tmp_path, "--fault", hang) as scene, scene.watch():
        _wait(lambda: scene.pid() != 0)
        first = scene.pid()
        _wait(lambda: scene.is_trading(first), ALERT_MAX_S)
        assert f"trader {first} gave no sign" in scene.alerts()
        told = next(line for line in scene.alerts().splitlines() if "gave no sign" in line)
        assert float(told.split("for ")[1].split(" s")[0]) <= RESTART_MAX_S


@pytest.mark.slow
@needs_signals
def test_a_killed_supervisor_s_successor_takes_over_the_same_trader(scene: Scene) -> None:
    with scene.watch() as first:
        _wait(scene.is_trading)
        pid = scene.pid()
        with scene.watch() as beside:
            assert beside.wait(30) == 3  # two supervisors are one too many
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert scene.pid() == pid  # trading went on
    with scene.watch() as second:
        _wait(lambda: f"trader {pid} runs already" in scene.alerts())
        assert scene.pid() == pid
        os.kill(pid, signal.SIGKILL)
        assert _wait(lambda: scene.is_trading(pid)) <= RESTART_MAX_S
        second.send_signal(signal.SIGINT)  # Ctrl-C ends both
        assert second.wait(40) == 0
    assert scene.pid() == 0
    told = [str(event["event"]) for event in read_events(scene.run.journal)]
    assert (told.count("BotStarted"), told[-1]) == (2, "BotStopped")


@pytest.mark.slow
@needs_signals
def test_a_flag_is_obeyed_journalled_and_lifted_by_a_person(scene: Scene) -> None:
    flag(scene.run.manage_only, "bot watch: 5 restarts in 10 minutes", 1.0)
    with scene.watch():
        _wait(scene.is_trading)
        halts = [e for e in read_events(scene.run.journal) if e["event"] == "HaltLatched"]
        assert [(e["halt"], e["resets"]) for e in halts] == [("manage_only", "person")]
        words = ("resume", "--reason", "looked at it", "--folder", str(scene.run.root))
        with _process(*words) as resume:
            assert resume.wait(60) == 0
        assert reason_of(scene.run.manage_only) is None
        assert "HaltCleared" in [e["event"] for e in read_events(scene.run.journal)]


@pytest.mark.slow
@needs_signals
def test_a_terminal_that_is_gone_leads_to_manage_only(tmp_path: Path) -> None:
    place, run = tmp_path / "place", RunFolder(tmp_path / "run")
    scene = Scene(place, run)
    options = ("--symbols", "EURUSD,BTCUSD", "--days", "60", "--speed", "60")
    with _process("simulate-terminal", "--folder", str(place), *options) as terminal:
        _wait((place / "terminal.json").exists)
        with scene.watch():
            _wait(scene.is_trading)
            terminal.kill()
            os.kill(scene.pid(), signal.SIGKILL)
            _wait(lambda: reason_of(run.manage_only) is not None, 240.0)
            _wait(lambda: "CRITICAL - manage-only" in scene.alerts())
    assert scene.alerts().count("ended with code 1") >= 4


@pytest.mark.slow
@needs_signals
def test_a_secret_address_is_used_and_is_in_no_file_and_no_output(
    scene: Scene, tmp_path: Path
) -> None:
    heard: list[tuple[str, str]] = []

    class Hears(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.append((self.path, body))
            self.send_response(500 if len(heard) == 1 else 200)  # the first is refused
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = HTTPServer(("127.0.0.1", 0), Hears)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    scene.address = f"http://127.0.0.1:{server.server_port}/{CANARY}"
    try:
        with scene.watch() as watch:
            _wait(scene.is_trading)
            assert CANARY not in Path(f"/proc/{scene.pid()}/environ").read_text()
            os.kill(scene.pid(), signal.SIGKILL)
            _wait(lambda: len(heard) >= 2 and "ended with code -9" in heard[-1][1])
            watch.send_signal(signal.SIGTERM)
            printed, _ = watch.communicate(timeout=40)
    finally:
        server.shutdown()
        server.server_close()
    assert heard[0][0] == f"/{CANARY}"
    assert CANARY.encode() not in printed
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []


@pytest.mark.parametrize("address", [f"ftp://{CANARY}", CANARY, f"http://{CANARY}"])
def test_an_unusable_address_is_refused_without_being_shown(address: str) -> None:
    with pytest.raises(ParamsError) as caught:
        alert_address({"BOT_ALERT_URL": address})
    assert CANARY not in str(caught.value)
    assert "BOT_ALERT_URL" in str(caught.value)
    assert alert_address({"BOT_ALERT_URL": " "}) == alert_address({}) == ""


def test_an_alert_says_what_the_log_says() -> None:
    line = json.loads(
        '{"halt": "paused", "reason": "holiday", "resets": "person", "flattens": false}'
    )
    assert words_of("HaltLatched", line) == "HaltLatched: HALT paused: holiday"
    assert words_of("HaltLatched", {}) == "HaltLatched"
    assert words_of("JournalLine", {"detail": "torn"}) == "JournalLine: torn"
