"""`bot run --dry-run` against a simulated terminal that plays the real one."""

import json
import shutil
import signal
import time
from pathlib import Path

import pytest
from command_line import REPOSITORY, bot, start_bot

from bot.adapters.journal_files import read_events
from bot.cli.dry_run import dry_run
from bot.cli.folders import RunFolder
from bot.errors import BrokerUnavailableError
from bot.params import load_settings
from bot.simulator.config import AccountConfig
from bot.simulator.generated import generated_market
from bot.simulator.terminal import SimulatedTerminal

PACKAGE = Path(__file__).with_name("fake_package.py")


@pytest.fixture
def machine(tmp_path):
    shutil.copyfile(PACKAGE, tmp_path / "MetaTrader5.py")
    shutil.copytree(REPOSITORY / "params", tmp_path / "params")
    path = tmp_path / "params" / "current_params.json"
    document = json.loads(path.read_text("utf-8"))
    document["universe"]["symbols"] = ["BTCUSD", "ETHUSD"]
    document["schedule"]["poll_interval_s"] = 1.0
    path.write_text(json.dumps(document))
    return tmp_path


def a_terminal(now_utc_s, suffix=""):
    symbols = ("EURUSD", "EURJPY", "USDJPY")
    market = generated_market(3, symbols, int(now_utc_s) - 86_400, 4, suffix=suffix)
    terminal = SimulatedTerminal(market, AccountConfig(login=77))
    terminal.advance_to(now_utc_s)
    return terminal


@pytest.fixture(scope="module")
def parameters():
    return load_settings(REPOSITORY / "params" / "current_params.json")


def test_the_account_is_simulated_and_pinned(parameters):
    dry = dry_run(a_terminal(time.time()), parameters, "")
    assert dry.terminal.initialize()
    account = dry.terminal.account_info()
    assert (account.login, account.server) == (
        dry.settings.account.login,
        dry.settings.account.server,
    )
    assert account.login != 77
    assert account.balance == parameters.rules.initial_balance_money


def test_symbols_keep_the_brokers_names_and_figures(parameters):
    real = a_terminal(time.time(), suffix=".r")
    dry = dry_run(real, parameters, "").terminal
    dry.initialize()
    assert {row.name for row in dry.symbols_get()} == {"EURUSD.r", "EURJPY.r", "USDJPY.r"}
    mine, theirs = dry.symbol_info("EURUSD.r"), real.symbol_info("EURUSD.r")
    for name in ("point", "digits", "trade_contract_size", "volume_step", "trade_stops_level"):
        assert getattr(mine, name) == getattr(theirs, name)


def test_a_terminal_that_does_not_answer_is_named(parameters):
    real = a_terminal(time.time())
    real.initialize = lambda *_arguments: False
    with pytest.raises(BrokerUnavailableError, match="the terminal does not answer"):
        dry_run(real, parameters, "")


def test_a_terminal_without_our_symbols_is_refused(parameters):
    real = a_terminal(time.time())
    real.symbols_get = lambda: ()
    with pytest.raises(BrokerUnavailableError, match="none of the symbols"):
        dry_run(real, parameters, "")


def test_a_dry_run_lives_and_says_so_and_its_folder_serves_once(machine):
    folder = machine / "dry"
    arguments = ("run", "--dry-run", "--data-folder", str(folder))
    process = start_bot(*arguments, cwd=machine, PYTHONPATH=str(machine))
    run = RunFolder(folder)
    try:
        until = time.monotonic() + 60
        while not run.heartbeat.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        status = bot("status", "--folder", folder, cwd=machine)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, err
    assert b"Account    5012345 at Simulated-Server, DRY RUN" in status.stdout
    assert read_events(run.journal)[0]["event"] == "BotStarted"
    again = bot(*arguments, cwd=machine, PYTHONPATH=str(machine))
    assert again.returncode != 0
    assert b"holds a run already" in again.stderr
