"""`bot run` against a package of the terminal's name that is a simulated terminal in real time."""

import importlib.util
import json
import shutil
import signal
import time
from pathlib import Path

import pytest
from command_line import REPOSITORY, bot, start_bot

from bot.adapters.heartbeat import read_heartbeat
from bot.adapters.journal_files import read_events
from bot.cli.folders import RunFolder

PACKAGE = Path(__file__).with_name("fake_package.py")


@pytest.fixture
def machine(tmp_path):
    """A folder with the package, its account pinned, and two symbols that trade at weekends."""
    shutil.copyfile(PACKAGE, tmp_path / "MetaTrader5.py")
    shutil.copytree(REPOSITORY / "params", tmp_path / "params")
    path = tmp_path / "params" / "current_params.json"
    document = json.loads(path.read_text("utf-8"))
    document["universe"]["symbols"] = ["BTCUSD", "ETHUSD"]
    document["account"] |= {"login": 5_012_345, "server": "Simulated-Server"}
    document["schedule"]["poll_interval_s"] = 1.0
    path.write_text(json.dumps(document))
    confirmed = bot("rules", "confirm", "--by", "Ann", cwd=tmp_path)
    assert confirmed.returncode == 0, confirmed.stderr
    return tmp_path


@pytest.mark.skipif(importlib.util.find_spec("MetaTrader5") is not None, reason="it is here")
def test_without_the_package_one_sentence_says_so(tmp_path):
    run = bot("run", "--data-folder", tmp_path)
    assert run.returncode == 1
    lines = run.stderr.decode().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("Error: the MetaTrader5 package is not installed here")


def test_a_live_run_trades_until_it_is_told_to_stop(machine):
    process = start_bot("run", cwd=machine, PYTHONPATH=str(machine))
    run = RunFolder(machine)
    try:
        _wait_until(lambda: _has_lived(run), process)
        status = bot("status", cwd=machine)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, err
    assert status.stdout.startswith(b"BLOCKED    no news calendar")
    assert b"Running    last cycle" in status.stdout
    assert b"Account    5012345 at Simulated-Server, LIVE" in status.stdout
    kinds = [line["event"] for line in read_events(run.journal)]
    assert kinds[0] == "BotStarted"
    assert "DayOpened" in kinds
    assert kinds[-1] == "BotStopped"
    assert read_heartbeat(run.heartbeat).cycle_count >= 1
    log = next(run.logs.glob("*.log")).read_text("utf-8")
    assert "BotStarted: started live" in log
    assert "BotStopped: stopped: asked to stop" in log
    assert list(run.compliance.glob("*.md"))


def test_a_wrong_account_needs_a_person(machine):
    path = machine / "params" / "current_params.json"
    document = json.loads(path.read_text("utf-8"))
    document["account"]["login"] = 99
    document["account"]["server"] = "Elsewhere"
    path.write_text(json.dumps(document))
    run = bot("run", cwd=machine, PYTHONPATH=str(machine))
    assert run.returncode == 3
    assert b"Error: " in run.stderr
    assert b"99" in run.stderr
    assert b"Traceback" not in run.stderr
    assert "pinned 99" in next((machine / "logs").glob("*.log")).read_text("utf-8")


def _wait_until(is_true, process, timeout_s=60.0):
    deadline = time.monotonic() + timeout_s
    while not is_true():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.05)


def _has_lived(run):
    return run.heartbeat.exists() and read_heartbeat(run.heartbeat).cycle_count >= 1
