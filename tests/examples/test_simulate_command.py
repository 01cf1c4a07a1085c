"""`bot simulate` from the outside: wrong use, what the script gets, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from script_runner import EXAMPLES, REPOSITORY, simulate

SMALL = "--symbols EURUSD --days 2"
DATA = REPOSITORY / ".." / "shared" / "data"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--bad", "No such option: --bad"),
        ("--fault nope", "--fault 'nope' is not known"),
        ("--fault anwser-lost", "did you mean answer-lost?"),
        ("--fault B09@call:x", "call is 'x'"),
        ("--from 1980-01-01", "must be from 1990-01-01 to 2036-12-31"),
        ("--from 2037-01-01", "must be from 1990-01-01 to 2036-12-31"),
        ("--data nowhere", "no such folder"),
        ("--symbols ,", "names no symbol"),
        ("--symbols eurusd", "did you mean EURUSD?"),
        ("--seed -1", "--seed"),
        ("--speed inf", "--speed"),
        ("--speed fast", "--speed"),
        ("--from 2026-13-01", "must be a server date"),
        ("--from 2026-03-02T25:00", "must be a server date"),
        ("--for 0", "must be a length of time above 0"),
        ("--for 5x", "must be a length of time above 0"),
        ("--symbols NOSUCH", "NOSUCH is not known here"),
        ("--speed -1", "--speed"),
    ],
)
def test_wrong_use_is_named_and_exits_with_two(options: str, words: str) -> None:
    ran = simulate(EXAMPLES / "close_by.py", options=options)
    assert ran.code == 2
    assert words in ran.err
    assert ran.out == ""


def test_a_missing_script_is_wrong_use(tmp_path: Path) -> None:
    ran = simulate(tmp_path / "nothing.py")
    assert ran.code == 2
    assert "no such script" in ran.err


def test_a_folder_is_no_script(tmp_path: Path) -> None:
    ran = simulate(tmp_path)
    assert ran.code == 2
    assert "a folder, not a script" in ran.err


def test_a_library_that_is_not_there_is_told_with_where_it_should_be(tmp_path: Path) -> None:
    script = tmp_path / "needy.py"
    script.write_text("import no_such_library.deep\n", encoding="utf-8")
    ran = simulate(script, options=SMALL)
    assert ran.code == 1
    assert "no_such_library is not installed beside this program" in ran.err


def test_one_line_says_before_it_begins_how_long_it_may_last(tmp_path: Path) -> None:
    script = tmp_path / "short.py"
    script.write_text("print('done')\n", encoding="utf-8")
    ran = simulate(script, options=SMALL)
    first = ran.err.splitlines()[0]
    assert first.startswith("simulating  from 2026-03-02 12:00 server for 36 h 00 min at most")
    assert "60 times real time: 36 min 00 s" in first
    assert "--for 2h ends it sooner" in first


def test_a_script_that_never_ends_but_waits_takes_its_share_of_real_time(tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    script.write_text("import time\nwhile True: time.sleep(30)\n", encoding="utf-8")
    began_s = time.monotonic()
    ran = simulate(script, options=f"{SMALL} --for 10m --speed 120")
    assert ran.code == 0, ran.err
    assert 5.0 <= time.monotonic() - began_s < 40.0
    assert "--for is over" in ran.err


def test_a_script_that_is_always_busy_sees_time_pass_and_ends(tmp_path: Path) -> None:
    script = tmp_path / "busy.py"
    script.write_text(
        "from datetime import datetime, timedelta\nend = datetime.now() + timedelta(minutes=1)\n"
        "while datetime.now() < end: pass\nprint((datetime.now() - end).seconds)\n",
        encoding="utf-8",
    )
    ran = simulate(script, options=SMALL)
    assert (ran.code, ran.out) == (0, "0\n")


def test_the_same_script_and_seed_say_the_same_twice(tmp_path: Path) -> None:
    script = tmp_path / "repeat.py"
    script.write_text(
        "import time, MetaTrader5 as mt5, pandas as pd\nfrom datetime import datetime\n"
        "mt5.initialize()\nprint(mt5.Buy('EURUSD', 0.1))\n"
        "for _ in range(20):\n    time.sleep(7)\n"
        "    print(datetime.now(), mt5.symbol_info_tick('EURUSD'), mt5.positions_get())\n"
        "print(pd.DataFrame(mt5.copy_rates_from_pos('EURUSD', mt5.TIMEFRAME_M1, 0, 5)))\n",
        encoding="utf-8",
    )
    first, second = (simulate(script, options=SMALL) for _ in range(2))
    assert first.code == 0, first.err
    assert first == second


def test_a_script_that_cannot_be_read_as_python_failed(tmp_path: Path) -> None:
    script = tmp_path / "torn.py"
    script.write_text("print(('a'", encoding="utf-8")
    ran = simulate(script)
    assert ran.code == 1
    assert "not a valid Python script" in ran.err
    assert "line 1" in ran.err


def test_a_script_without_the_package_runs_and_is_told_apart(tmp_path: Path) -> None:
    script = tmp_path / "plain.py"
    script.write_text("import sys\nprint('plain', sys.argv[1:])\n", encoding="utf-8")
    ran = simulate(script, "--json", "-q", options=SMALL)
    assert ran.code == 0
    assert ran.out.strip() == "plain ['--json', '-q']"
    assert "plain.py never called a function of MetaTrader5" in ran.err


def test_faults_are_listed_without_a_script() -> None:
    ran = simulate(Path("--fault"), "list")
    assert ran.code == 0
    assert "answer-lost" in ran.out


def test_the_end_of_the_market_ends_an_endless_script_with_a_word(tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    script.write_text(
        "import time, MetaTrader5 as mt5\nmt5.initialize()\n"
        "while True:\n    mt5.symbol_info_tick('EURUSD.r')\n    time.sleep(60)\n",
        encoding="utf-8",
    )
    ran = simulate(script, options="--symbols EURUSD.r --suffix .r --days 1 --jump")
    assert ran.code == 0, ran.err
    assert "the market ends here" in ran.err
    assert "2026-03-02 12:00 to 2026-03-03 00:00 server" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="a console event reaches the tests, too")
def test_ctrl_c_reaches_the_script() -> None:
    command = [sys.executable, "-m", "bot", "simulate", *SMALL.split(), "--paced", "--speed", "1"]
    script = str(EXAMPLES / "ticker_loop.py")
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(
        [*command[:-5], "--symbols", "EURUSD,USDJPY,XAUUSD", *command[-3:], script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=REPOSITORY,
        env=environment,
    ) as running:
        assert running.stdout is not None
        assert b"EURUSD" in running.stdout.readline()
        time.sleep(0.2)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    assert b"stopped by the user" in out


def test_recorded_bars_are_a_market_too() -> None:
    if not (DATA / "h1").is_dir():
        pytest.skip("no recorded bars beside this checkout")
    options = f"--jump --data {DATA.resolve()} --from 2025-03-04 --days 3 --symbols EURUSD --json"
    ran = simulate(EXAMPLES / "market_order.py", options=options)
    assert ran.code == 0, ran.err
    assert "4. close: 10009 Request executed" in ran.out
