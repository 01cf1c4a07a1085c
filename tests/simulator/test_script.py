"""Scripts on the simulated terminal: what they import, how they end, that nothing is shared."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from bot.simulator.config import AccountConfig
from bot.simulator.feed import Market
from bot.simulator.generated import generated_market
from bot.simulator.script import ScriptOutcome, ScriptWorld, run_script
from bot.simulator.script_clock import Pace
from bot.simulator.script_faults import fault_names, with_id

MIDNIGHT_S = 1_772_402_400  # Monday 2026-03-02 00:00 on the server's clock
NOON_S = MIDNIGHT_S + 43_200
CONTRACT = Path(__file__).resolve().parents[2] / ".." / "shared" / "mt5" / "contract.json"

BUY = """
request = {"action": mt5.TRADE_ACTION_DEAL, "symbol": "EURUSD", "volume": 0.1,
           "type": mt5.ORDER_TYPE_BUY, "type_filling": mt5.ORDER_FILLING_IOC}
result = mt5.order_send(request)
"""

Run = Callable[..., ScriptOutcome]


@cache
def _market() -> Market:
    return generated_market(7, ("EURUSD",), MIDNIGHT_S, 2, history_days_count=30)


def _world(length_s: float = 7_200.0, faults: tuple[str, ...] = ()) -> ScriptWorld:
    return ScriptWorld(
        market=_market(),
        start_utc_s=NOON_S,
        end_utc_s=NOON_S + length_s,
        account=AccountConfig(),
        pace=Pace(speed=0.0),
        faults=faults,
        faults_seed=7,
        give_up=lambda: None,
    )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(source: str, *args: str, **options: object) -> ScriptOutcome:
        path = tmp_path / "stranger.py"
        path.write_text("import MetaTrader5 as mt5\nmt5.initialize()\n" + source, encoding="utf-8")
        return run_script(path, args, _world(**options))  # type: ignore[arg-type]

    return run


# --- the import ---------------------------------------------------------------------------------


def test_the_module_exports_what_the_package_exports(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    if not CONTRACT.is_file():
        pytest.skip("the package's contract is not beside this checkout")
    contract = json.loads(CONTRACT.read_text(encoding="utf-8"))
    assert run("print(*sorted(name for name in vars(mt5) if name[0] != '_'))").exit_code == 0
    exported = set(capsys.readouterr().out.split())
    assert exported == {*contract["functions"], *contract["constants"], *contract["structs"]}


def test_each_way_to_import_gives_the_same(run: Run) -> None:
    source = """
import importlib, importlib.util
from MetaTrader5 import *
from MetaTrader5 import order_send as send
assert send is order_send is mt5.order_send is importlib.import_module("MetaTrader5").order_send
assert importlib.util.find_spec("MetaTrader5") is not None
assert mt5.__version__ and mt5.__author__ and mt5.TIMEFRAME_H1 == TIMEFRAME_H1 == 16385
assert isinstance(account_info(), mt5.AccountInfo)
class Bot:
    info = mt5.account_info
assert Bot().info().login == account_info().login
"""
    assert run(source).exit_code == 0


def test_the_import_is_gone_afterwards_and_what_was_there_is_back(run: Run) -> None:
    assert "MetaTrader5" not in sys.modules
    run("")
    assert "MetaTrader5" not in sys.modules
    sys.modules["MetaTrader5"] = real = ModuleType("MetaTrader5")
    try:
        run("assert mt5.account_info() is not None")
        assert sys.modules["MetaTrader5"] is real
    finally:
        del sys.modules["MetaTrader5"]


def test_a_script_sees_itself_as_the_main_program(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "beside_it.py").write_text("import MetaTrader5\nVALUE = 5\n", encoding="utf-8")
    before = sys.argv, sys.path[:], sys.modules["__main__"]
    outcome = run(
        "import sys, beside_it; print(__name__, sys.argv[1:], beside_it.VALUE)", "--a", "b"
    )
    assert outcome.exit_code == 0
    assert capsys.readouterr().out == "__main__ ['--a', 'b'] 5\n"
    assert (sys.argv, sys.path, sys.modules["__main__"]) == before
    assert "beside_it" not in sys.modules


def test_two_runs_share_nothing(run: Run) -> None:
    first, second = run(BUY), run(BUY)
    assert first.summary == second.summary
    assert first.summary.accounts[0].open_positions_count == 1


# --- time ---------------------------------------------------------------------------------------


def test_the_market_runs_on_while_a_script_sleeps(run: Run) -> None:
    source = """
import time
first = mt5.symbol_info_tick("EURUSD")
time.sleep(600)
assert mt5.symbol_info_tick("EURUSD").time - first.time == 600
assert time.time() == mt5.symbol_info_tick("EURUSD").time - 2 * 3600
"""
    assert run(source).exit_code == 0


def test_dates_of_the_simulated_clock_are_arguments_like_any(run: Run) -> None:
    source = """
from datetime import datetime, timedelta
BUY
now = datetime.now()
assert len(mt5.history_deals_get(now - timedelta(days=2), now + timedelta(days=1))) == 2
class Stamp(datetime): pass
assert len(mt5.copy_rates_from("EURUSD", mt5.TIMEFRAME_H1, Stamp.now(), 3)) == 3
"""
    assert run(source.replace("BUY", BUY)).exit_code == 0


def test_an_endless_loop_ends_with_the_time_given(run: Run) -> None:
    outcome = run("import time\nwhile True: time.sleep(1)", length_s=90.0)
    assert outcome.exit_code == 0
    assert outcome.is_time_over
    assert not outcome.is_interrupted
    assert outcome.summary.end_utc_s == NOON_S + 90.0


def test_a_script_may_clean_up_when_its_time_is_over(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    source = """
import sys, time
try:
    while True: time.sleep(1)
except KeyboardInterrupt:
    print("closing", mt5.Close("EURUSD"))
    sys.exit(3)
"""
    outcome = run(BUY + source, length_s=60.0)
    assert outcome.exit_code == 3
    assert outcome.is_time_over
    assert capsys.readouterr().out == "closing True\n"


# --- endings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ("", 0),
        ("raise SystemExit", 0),
        ("raise SystemExit(7)", 7),
        ("import sys; sys.exit('no')", 1),
    ],
)
def test_the_script_s_exit_code_is_passed_on(run: Run, ending: str, code: int) -> None:
    assert run(ending).exit_code == code


def test_an_error_shows_the_script_s_frames_only(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = run("def inner():\n    mt5.copy_rates_from_pos('EURUSD', 'H1', 0, 9)\ninner()\n")
    assert outcome.exit_code == 1
    told = capsys.readouterr().err
    assert told.count("stranger.py") == 2
    assert "SystemError" in told
    assert "simulator" not in told
    assert "runpy" not in told


def test_interrupting_a_script_is_not_its_success(run: Run) -> None:
    outcome = run("raise KeyboardInterrupt")
    assert outcome.exit_code == 1
    assert outcome.is_interrupted


def test_exit_functions_run_in_the_simulated_world(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    source = """
import atexit
@atexit.register
def last(): print("last", mt5.positions_total(), mt5.shutdown())
atexit.register(mt5.Close, "EURUSD")
"""
    outcome = run(BUY + source)
    assert capsys.readouterr().out == "last 0 True\n"
    assert outcome.summary.accounts[0].deals_count == 2


def test_threads_are_waited_for_unless_they_are_daemons(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    source = """
import threading
release = threading.Event()
threading.Thread(target=lambda: (release.wait(), print("waited for"))).start()
threading.Thread(target=threading.Event().wait, daemon=True).start()
release.set()
"""
    assert run(source).exit_code == 0
    assert capsys.readouterr().out == "waited for\n"


# --- accounts, requests, faults -----------------------------------------------------------------


def test_requests_are_counted_and_every_cent_is_explained(run: Run) -> None:
    summary = run(
        BUY + BUY + "mt5.Close('EURUSD'); mt5.order_send({}); mt5.order_send({'sl': 0})"
    ).summary
    assert summary.requests_by_retcode == {10009: 4, 10013: 1}
    assert summary.unanswered_requests_count == 1
    (account,) = summary.accounts
    change = account.profit_money + account.commission_money
    assert account.end_balance_money == pytest.approx(20_000.0 + change, abs=1e-9)
    assert account.end_balance_money < 20_000.0
    assert account.unexplained_money == 0.0


def test_each_login_is_an_account_of_its_own(run: Run) -> None:
    source = f"""
assert mt5.login(11, password="x", server="Here")
{BUY}
assert mt5.login(22, "y", "There") and mt5.positions_total() == 0
assert (mt5.account_info().login, mt5.account_info().server) == (22, "There")
assert not mt5.login(22, server="Elsewhere") and mt5.last_error()[0] == -6
assert mt5.initialize(login=11) and mt5.positions_total() == 1
mt5.shutdown()
assert not mt5.login(22) and mt5.last_error()[0] == -10004
"""
    outcome = run(source)
    assert outcome.exit_code == 0
    assert [account.login for account in outcome.summary.accounts] == [11, 22]


@pytest.mark.parametrize(
    ("fault", "deals_count"), [("B01", 0), ("B02", 1), ("B02@call:2", 0), ("B20", 0)]
)
def test_a_fault_of_requests_strikes_the_one_it_is_meant_for(
    run: Run, fault: str, deals_count: int
) -> None:
    source = BUY + ("assert result.retcode == 10009" if "call:2" in fault else "")
    if fault == "B02@call:2":
        deals_count = 2
        source += BUY + "assert result is None"
    elif fault == "B20":
        source += "assert result.retcode == 10027"
    else:
        source += "assert result is None and mt5.last_error()[0] < -10000"
    outcome = run(source, faults=(fault,))
    assert outcome.exit_code == 0
    assert outcome.summary.accounts[0].deals_count == deals_count
    assert outcome.faults_count >= 1


def test_a_call_that_never_returns_holds_the_script_to_its_end(run: Run) -> None:
    outcome = run(BUY + "print('not reached')", faults=("N06@hang_s:inf,on:order_send",))
    assert outcome.is_time_over
    assert outcome.summary.end_utc_s == NOON_S + 7_200.0


def test_a_wrong_host_clock_is_what_the_script_is_told(run: Run) -> None:
    source = "import time\nmt5.account_info()\nassert abs(time.time() - START - 5) < 0.01"
    outcome = run(source.replace("START", str(NOON_S)), faults=("C04@step_s:5",))
    assert outcome.exit_code == 0


def test_every_login_meets_the_faults(run: Run) -> None:
    source = BUY + "assert result is None; mt5.login(5, password='x', server='y')\n" + BUY
    outcome = run(source + "assert result is None", faults=("B01",))
    assert outcome.exit_code == 0


def test_faults_have_names_a_person_can_type() -> None:
    names = [name for _, name, _ in fault_names()]
    assert len(names) == len(set(names)) > 60
    assert with_id("answer-lost@call:2") == "B02@call:2"
    assert with_id("B02") == "B02"
