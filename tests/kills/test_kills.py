"""The real trader on a terminal in another process, killed two hundred times and more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from sabotaged import SABOTAGES

ROOT = Path(__file__).resolve().parents[2]
KILLS_COUNT = 200
RESTART_MAX_S = 30.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can fork"),
]


def _run(*arguments: str, timeout_s: float = 900.0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_s,
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, Any]:
    """What one campaign found; workers that share this run of the tests share it, too."""
    own = tmp_path_factory.getbasetemp()
    kept = (own if worker_id == "master" else own.parent) / "kills.json"
    with FileLock(f"{kept}.lock"):
        if not kept.exists():
            count = str(KILLS_COUNT)
            run = _run("-m", "tools.kills", "--count", count, "--cold-every", "50", "--json")
            assert run.stdout, run.stderr
            kept.write_text(run.stdout)
    found: dict[str, Any] = json.loads(kept.read_text())
    return found


def test_books_ladders_journal_and_broker_agree_however_often_it_died(told: dict[str, Any]) -> None:
    assert told["complaints"] == []


def test_it_died_two_hundred_times_in_every_way_and_while_it_traded(told: dict[str, Any]) -> None:
    assert told["kills"] >= KILLS_COUNT
    for way in ("moment", "write torn", "fsync before", "replace after", "order_send after"):
        assert way in told["kills by"]
    assert told["settled and compared"] >= 60
    assert told["positions"] >= 10
    assert told["rungs"] >= 5


def test_days_begin_as_in_a_life_that_nobody_cut_short(told: dict[str, Any]) -> None:
    assert told["day bases judged by a witness"] >= 10
    assert told["days compared with an unkilled run"] >= 2


def test_it_is_back_within_thirty_seconds(told: dict[str, Any]) -> None:
    assert 0.0 < told["back after, warm, at most (s)"] <= RESTART_MAX_S
    assert 0.0 < told["back after, from scratch, at most (s)"] <= RESTART_MAX_S


@pytest.mark.parametrize("name", SABOTAGES)
def test_a_sabotaged_trader_is_found_out(name: str, tmp_path: Path) -> None:
    run = _run(str(Path(__file__).with_name("sabotaged.py")), name, str(tmp_path / "run"), "1")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["complaints"]
