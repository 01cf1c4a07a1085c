"""`bot demo` as a person meets it: real processes, short runs."""

import json
import signal
import time

import pytest
from command_line import bot, start_bot

from bot.adapters.instance_lock import InstanceLock
from bot.adapters.journal_files import read_events
from bot.cli.folders import RunFolder
from bot.report.text import day_number
from bot.simulator.config import AccountConfig

SHORT = ("--symbols", "EURUSD,BTCUSD", "--no-picture")


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """One trading day, lived to its end."""
    folder = tmp_path_factory.mktemp("demo") / "run"
    return folder, bot("demo", *SHORT, "--days", 1, "--out", folder, "--json")


def test_a_demo_ends_with_a_verdict_and_every_cent_accounted_for(lived):
    _, run = lived
    assert run.returncode == 0, run.stderr
    facts = json.loads(run.stdout)
    assert facts["summary"]["left_over_money"] == 0.0
    assert facts["summary"]["days_count"] == 1
    assert facts["summary"]["start_balance_money"] == 20_000.0
    assert facts["verdict_text"].startswith("STILL RUNNING after 1 closed server days")


def test_a_demo_leaves_a_page_per_server_day_and_a_journal(lived):
    folder, _ = lived
    run = RunFolder(folder)
    assert sorted(p.name for p in run.compliance.iterdir()) == ["2026-03-02.json", "2026-03-02.md"]
    page = json.loads((run.compliance / "2026-03-02.json").read_text("utf-8"))
    assert page["is_closed"]
    assert page["money"]["difference_money"] == 0.0
    assert page["activity"]["cycles_count"] == 1_440
    started = read_events(run.journal, day_number("2026-03-02"))[0]
    assert started["mode"] == "demo"


def test_a_finished_demo_started_again_only_shows_its_outcome(lived):
    folder, first = lived
    again = bot("demo", *SHORT, "--days", 1, "--out", folder, "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["summary"] == json.loads(first.stdout)["summary"]


def test_another_demo_in_the_same_folder_is_refused_until_fresh_is_said(lived):
    folder, _ = lived
    run = bot("demo", *SHORT, "--days", 1, "--out", folder, "--seed", 8)
    assert run.returncode == 1
    assert run.stderr.startswith(b"Error: ")
    assert b"seed is 7 there and 8 now" in run.stderr
    assert b"--fresh" in run.stderr


@pytest.mark.slow
def test_ctrl_c_ends_after_the_cycle_and_the_same_command_goes_on(tmp_path):
    folder = tmp_path / "run"
    words = ("demo", *SHORT, "--days", 2, "--out", folder)
    process = start_bot(*words)
    _wait_until(lambda: any(RunFolder(folder).journal.glob("*.jsonl")))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert "Interrupted. The same command goes on from here." in out.decode()
    again = bot(*words)
    assert again.returncode == 0, again.stderr
    assert b"Going on at 2026-03-0" in again.stderr
    assert b"STILL RUNNING after 2 closed server days" in again.stdout


def test_two_processes_never_live_the_same_run(lived):
    folder, _ = lived
    account = AccountConfig()
    with InstanceLock(RunFolder(folder).state, account.login, account.server):
        second = bot("demo", *SHORT, "--days", 1, "--out", folder)
    assert second.returncode == 3
    assert b"another bot" in second.stderr


def test_a_console_that_cannot_show_a_character_gets_a_plain_one(lived):
    folder, _ = lived
    for encoding in ("cp1252", "ascii"):
        run = bot("report", "--folder", folder, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert run.returncode == 0, run.stderr
        text = run.stdout.decode(encoding)
        assert "18 000" in text
        assert "?" not in text
    utf8 = bot("report", "2026-03-02", "--folder", folder, PYTHONIOENCODING="utf-8")
    assert "20\u202f000.00" in utf8.stdout.decode("utf-8")


def test_no_colours_reach_a_pipe(lived):
    folder, _ = lived
    assert b"\x1b" not in bot("report", "--folder", folder).stdout


def _wait_until(is_true, timeout_s=60.0):
    deadline = time.monotonic() + timeout_s
    while not is_true():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)
