"""The research verbs as a trader types them: wrong use is named, right use needs no reading."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import bot

from bot.cli import research_extra
from bot.cli.research_extra import MissingExtraError, need

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="needs the recorded market data")
JANUARY = ("--data", DATA, "--timerange", "20230101-20230131", "--symbols", "EURUSD")


def test_a_missing_extra_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    need(("json",))
    monkeypatch.setattr(research_extra.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"numba, scipy.*challenge-bot\[research\]"):
        need(("numba", "scipy"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("backtest", "--data", "no-such", "--timerange", "20230101-20230131"), "no such folder"),
        (("backtest", "--data", "no-such"), "give --from and --to"),
        (("history", "check", "no-such"), "no bars here"),
        (("history", "download", "--simulated", "--timerange", "20260101-20260102",
          "--timeframes", "H3"), "'H3': H3 is unknown; allowed: H1, H4"),
        (("lookahead", "--data", "no-such", "--timerange", "20230101-20230131",
          "--strategy", "nothing"), "module:function"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line_that_names_what_is_allowed(
    words: tuple[str, ...], says: str
) -> None:
    done = bot(*words)
    told = " ".join(done.stderr.decode().split())
    assert done.returncode != 0
    assert says in told
    assert "Traceback" not in told


@pytest.mark.slow
def test_a_download_is_listed_and_found_sound(tmp_path: Path) -> None:
    words = ("--simulated", "--timerange", "20260120-20260302", "--symbols", "EURUSD")
    done = bot("history", "download", *words, "--out", tmp_path, "--json")
    assert done.returncode == 0, done.stderr.decode()
    files = json.loads(done.stdout)["files"]
    assert [file["timeframe"] for file in files] == ["H1", "H4", "D1"]
    checked = bot("history", "check", tmp_path, "--json")
    assert checked.returncode == 0
    assert json.loads(checked.stdout)["counts"]["refused"] == 0
    assert b"EURUSD" in bot("history", "list", tmp_path).stdout


@pytest.mark.slow
@needs_data
def test_a_backtest_leaves_a_report_and_the_same_figures_again(tmp_path: Path) -> None:
    first = bot("backtest", *JANUARY, "--out", tmp_path / "bt", "--json")
    assert first.returncode == 0, first.stderr.decode()
    document = json.loads(first.stdout)
    assert document["money"]["left_over_money"] == 0.0
    names = {file.name for file in (tmp_path / "bt").iterdir()}
    assert {"report.html", "report.md", "report.json", "trades.csv", "study.json"} <= names
    again = bot("backtest", *JANUARY, "--out", tmp_path / "bt", "--json")
    assert again.stdout == first.stdout
    other = bot("backtest", *JANUARY, "--out", tmp_path / "bt", "--stop-slippage-r", "0.1")
    assert other.returncode == 1
    assert b"holds another study" in other.stderr


@pytest.mark.slow
@needs_data
def test_a_cheating_strategy_is_caught_on_real_bars(tmp_path: Path) -> None:
    code = "import numpy as np\ndef detect(bars):\n    return np.roll(bars.close_price, -1)\n"
    (tmp_path / "cheat.py").write_text(code)
    words = (*JANUARY, "--strategy", "cheat:detect", "--out", tmp_path / "study")
    done = bot("lookahead", *words, cwd=tmp_path)
    assert done.returncode == 1, done.stderr.decode()
    assert b"LOOKS AHEAD" in done.stdout
    assert b"'signal'" in done.stdout
