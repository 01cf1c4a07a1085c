"""What a script finds around it: libraries, locks, imports, the package's own strictness."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bot.simulator.config import AccountConfig
from bot.simulator.feed import Market
from bot.simulator.generated import generated_market
from bot.simulator.script import ScriptOutcome, ScriptWorld, run_script
from bot.simulator.script_clock import Pace, ScriptClock
from bot.simulator.script_time import host_time, simulated_time
from bot.simulator.terminal import SimulatedTerminal

MIDNIGHT_S = 1_772_402_400  # Monday 2026-03-02 00:00 on the server's clock
NOON_S = MIDNIGHT_S + 43_200.0
HOST = host_time()
Run = Callable[..., ScriptOutcome]


@cache
def _market() -> Market:
    return generated_market(7, ("EURUSD",), MIDNIGHT_S, 2, history_days_count=30)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(source: str, pace: Pace | None = None) -> ScriptOutcome:
        path = tmp_path / "stranger.py"
        path.write_text("import MetaTrader5 as mt5\nmt5.initialize()\n" + source, encoding="utf-8")
        world = ScriptWorld(
            market=_market(),
            start_utc_s=NOON_S,
            end_utc_s=NOON_S + 7_200.0,
            account=AccountConfig(),
            pace=pace or Pace(speed=0.0),
            faults=(),
            faults_seed=7,
            give_up=lambda: None,
        )
        return run_script(path, (), world)

    return run


@contextmanager
def _living(pace: Pace | None = None) -> Iterator[ScriptClock]:
    span = (NOON_S, NOON_S + 86_400.0)
    clock = ScriptClock(span, pace or Pace(speed=0.0), HOST, lambda: None)
    clock.start()
    try:
        with simulated_time(clock):
            yield clock
    finally:
        clock.close()


# --- libraries ----------------------------------------------------------------------------------


def test_numpy_s_now_and_today_are_simulated() -> None:
    real = np.datetime64
    with _living():
        assert np.datetime64("now") == real(int(NOON_S), "s")
        assert np.datetime64("now", "ms") == real(int(NOON_S) * 1000, "ms")
        assert str(np.datetime64("today")) == "2026-03-02"
    assert np.datetime64 is real


def test_numpy_s_stamps_stay_the_real_thing() -> None:
    real = np.datetime64
    with _living():
        made = np.datetime64("2026-01-01")
        assert type(made) is real
        assert isinstance(made, np.datetime64)
        assert np.issubdtype(np.array([made]).dtype, np.datetime64)
        assert np.array(["2026-01-01"], dtype=np.datetime64)[0] == made
        assert np.dtype(np.datetime64) == np.dtype(real)
        assert pd.Timestamp(made).year == 2026
        assert np.isnat(np.datetime64("NaT"))
        assert np.datetime64(5, "s") == real(5, "s")


def test_the_words_now_and_today_make_a_simulated_timestamp() -> None:
    with _living():
        assert pd.Timestamp("now").timestamp() == NOON_S
        assert pd.Timestamp("today").timestamp() == NOON_S
        assert pd.Timestamp("now", tz="Europe/Athens").timestamp() == NOON_S
        assert pd.Timestamp("2026-01-01").month == 1
        assert pd.Timestamp(2026, 1, 2).day == 2
    assert abs(pd.Timestamp("now").timestamp() - NOON_S) > 1.0


# --- locks and threads --------------------------------------------------------------------------


@pytest.mark.parametrize("pace", [Pace(speed=0.0), Pace(speed=600.0)])
def test_waiting_for_a_lock_takes_simulated_time(pace: Pace) -> None:
    with _living(pace) as clock:
        lock = threading.Lock()
        assert lock.acquire()
        began_s, began_host_s = clock.elapsed_s(), HOST.monotonic_s()
        assert lock.acquire(timeout=60.0) is False
        assert clock.elapsed_s() - began_s == pytest.approx(60.0, abs=1.0)
        assert HOST.monotonic_s() - began_host_s < 5.0


def test_a_lock_does_all_a_lock_does() -> None:
    with _living():
        lock, again = threading.Lock(), threading.RLock()
        with lock, again, again:
            assert lock.locked()
            assert lock.acquire(blocking=False) is False
            assert again.acquire(timeout=5.0)
            again.release()
        assert lock.acquire(timeout=5.0)
        for condition in (threading.Condition(), threading.Condition(threading.Lock())):
            with condition:
                assert condition.wait(timeout=5.0) is False


def test_a_thread_that_ended_early_does_not_use_up_the_patience_of_join() -> None:
    with _living(Pace(speed=60.0)) as clock:
        thread = threading.Thread(target=lambda: time.sleep(6.0))
        thread.start()
        thread.join(timeout=6_000.0)
        assert not thread.is_alive()
        assert clock.elapsed_s() < 600.0


# --- imports ------------------------------------------------------------------------------------


def test_importing_a_library_takes_no_time(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "venv" / "site-packages"
    folder.mkdir(parents=True)
    (folder / "slow_library.py").write_text(
        "import os\nstart = os.times().elapsed\nwhile os.times().elapsed < start + 1.3: pass\n",
        encoding="utf-8",
    )
    source = f"""
import sys, time
sys.path.insert(0, {str(folder)!r})
before = time.time()
import slow_library
assert time.time() - before < 1, time.time() - before
del sys.modules["slow_library"], sys.path[0]
"""
    assert run(source, Pace()).exit_code == 0


def test_a_module_beside_the_script_lives_in_its_time(run: Run, tmp_path: Path) -> None:
    (tmp_path / "strategy.py").write_text(
        "import time\nend = time.time() + 45\nwhile time.time() < end: pass\n", encoding="utf-8"
    )
    source = "import time\nbefore = time.time()\nimport strategy\nassert time.time() >= before + 45"
    assert run(source, Pace()).exit_code == 0


def test_a_library_that_is_missing_is_named(run: Run) -> None:
    outcome = run("import no_such_library.deep")
    assert outcome.exit_code == 1
    assert outcome.missing_module.startswith("no_such_library")
    assert run("1/0").missing_module == ""


# --- the package's own strictness ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("mt5.positions_total(1)", "positions_total() takes no arguments (1 given)"),
        ("mt5.last_error(1, 2)", "last_error() takes no arguments (2 given)"),
        ("mt5.account_info(login=1)", "account_info() takes no keyword arguments"),
        ("mt5.symbol_select('EURUSD', enable=True)", "symbol_select() takes no keyword arguments"),
        ("mt5.symbol_info(symbol='EURUSD')", "symbol_info() takes no keyword arguments"),
    ],
)
def test_a_call_in_the_wrong_style_is_refused_in_the_interpreter_s_words(
    run: Run, capsys: pytest.CaptureFixture[str], call: str, words: str
) -> None:
    assert run(call).exit_code == 1
    assert capsys.readouterr().err.rstrip().endswith(f"TypeError: {words}")


def test_every_function_takes_the_style_the_package_gives_it(run: Run) -> None:
    source = """
assert mt5.symbol_select("EURUSD") and mt5.symbols_get(group="*") and mt5.positions_get(magic=7) == ()
assert mt5.order_send(action=1).retcode == 10013 and mt5.order_check(action=1).retcode == 10013
assert mt5.Buy(symbol="EURUSD", volume=0.1).retcode == 10009 and mt5.Close(symbol="EURUSD")
"""  # noqa: E501
    assert run(source).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    ["login=12, password=5", "login=77, timeout='x'", "login='12'", "login=7, server=1"],
)
def test_a_login_the_package_refuses_opens_no_account(run: Run, arguments: str) -> None:
    source = f"""
first = mt5.account_info().login
assert not mt5.login({arguments}) and mt5.last_error()[0] == -2
assert mt5.account_info().login == first
"""
    outcome = run(source)
    assert outcome.exit_code == 0
    assert len(outcome.summary.accounts) == 1


def test_a_call_the_simulator_is_slow_to_answer_takes_no_more_than_a_terminal_would(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow_terminal_info(terminal: SimulatedTerminal) -> None:
        del terminal
        HOST.sleep(1.3)

    monkeypatch.setattr(SimulatedTerminal, "terminal_info", slow_terminal_info)
    source = """
import time
before = time.time()
mt5.terminal_info()
assert time.time() - before < 2.5, time.time() - before
"""
    assert run(source, Pace()).exit_code == 0
