import json
import os
import sys
import types
from dataclasses import replace

import pytest
from run_builder import write_run
from typer.testing import CliRunner

from bot.adapters.instance_lock import InstanceLock
from bot.cli.app import app
from bot.cli.doctor_machine import disk_row, instance_row, journal_row, state_row, write_row
from bot.cli.doctor_rows import Finding
from bot.cli.doctor_simulated import simulated_world
from bot.cli.doctor_terminal import terminal_rows
from bot.cli.folders import RunFolder
from bot.cli.options import params_path
from bot.params import load_settings
from bot.simulator.constants import Constants
from bot.simulator.terminal import PACKAGE_FUNCTIONS


def _bot(*words):
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def settings():
    return load_settings(params_path(None))


@pytest.fixture
def world(settings):
    small = tuple(s for s in settings.symbols if s.symbol in ("EURUSD", "XAUUSD"))
    return simulated_world(replace(settings, symbols=small))


def _rows(world, settings):
    return {row.name: row for row in terminal_rows(world, settings)}


def test_a_healthy_simulated_terminal_passes_every_row(tmp_path):
    code, out, _ = _bot("check", "--simulated", "--folder", tmp_path, "--json")
    facts = json.loads(out)
    assert code == 0
    assert facts["ok"] is True
    assert {row["finding"] for row in facts["rows"]} == {"pass"}
    names = {row["name"] for row in facts["rows"]}
    assert names >= {
        "parameters", "disk space", "write access", "second instance", "state", "terminal",
        "algo trading", "account", "account vs preset", "clock", "symbols", "filling modes",
        "tick values", "prices", "open positions",
    }  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="there may be a terminal here")
def test_without_a_terminal_the_check_fails_and_says_what_to_try(tmp_path):
    code, out, _ = _bot("check", "--folder", tmp_path)
    assert code == 1
    assert "FAIL  terminal" in out
    assert "bot demo" in out


def test_bad_parameters_fail_and_leave_out_what_depends_on_them(tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    code, out, _ = _bot("check", "--simulated", "--params", bad, "--folder", tmp_path)
    assert code == 1
    assert "FAIL  parameters" in out
    assert "terminal" not in out


def test_check_params_is_the_parameter_check(tmp_path):
    code, out, _ = _bot("check", "params", "--json")
    assert code == 0
    assert json.loads(out)["ok"] is True
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    assert _bot("check", "params", "--params", bad)[0] == 1


def test_the_algo_trading_button_is_seen(world):
    simulated, settings = world
    simulated.terminal.operator.switches.algo_trading = False
    row = _rows(simulated, settings)["algo trading"]
    assert row.finding == Finding.FAIL
    assert "Algo Trading button" in row.text


def test_a_foreign_login_fails_before_anything_else_is_read(world):
    simulated, settings = world
    other = replace(settings, account=replace(settings.account, login=99))
    rows = _rows(simulated, other)
    assert list(rows) == ["account"]
    assert rows["account"].finding == Finding.FAIL


def test_an_account_that_is_not_pinned_fails_as_bot_run_would_refuse_it(world):
    simulated, settings = world
    loose = replace(settings, account=replace(settings.account, login=0, server=""))
    assert _rows(simulated, loose)["account"].finding == Finding.FAIL


def test_a_symbol_the_broker_does_not_have_is_named(world):
    simulated, settings = world
    ghost = replace(settings.symbols[0], symbol="GBPNZD", broker_names=("GBPNZD",))
    rows = _rows(simulated, replace(settings, symbols=(*settings.symbols, ghost)))
    assert rows["symbols"].finding == Finding.WARN
    assert "GBPNZD" in rows["symbols"].text


def test_an_account_at_its_floor_fails(world):
    simulated, settings = world
    rules = settings.rules._replace(initial_balance_money=30_000.0)
    rows = _rows(simulated, replace(settings, rules=rules))
    assert rows["account vs preset"].finding == Finding.FAIL
    rules = settings.rules._replace(initial_balance_money=17_000.0)
    rows = _rows(simulated, replace(settings, rules=rules))
    assert rows["account vs preset"].finding == Finding.WARN


def test_a_folder_that_cannot_be_written_fails(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert write_row(blocked / "run").finding == Finding.FAIL
    assert write_row(tmp_path / "new" / "run").finding == Finding.PASS
    assert disk_row(tmp_path / "not" / "yet").finding == Finding.PASS


def test_a_damaged_snapshot_warns_and_two_damaged_ones_fail(tmp_path, settings):
    run = RunFolder(write_run(tmp_path).folder)
    state = run.state / "state.json"
    assert state_row(run, settings).finding == Finding.PASS
    good = state.read_bytes()
    (run.state / "state.prev.json").write_bytes(good)
    state.write_bytes(good[:-9])
    assert state_row(run, settings).finding == Finding.WARN
    (run.state / "state.prev.json").write_bytes(b"\0" * 40)
    assert state_row(run, settings).finding == Finding.FAIL


def test_the_snapshot_of_another_login_fails(tmp_path, settings):
    run = RunFolder(write_run(tmp_path).folder)
    pinned = replace(settings, account=replace(settings.account, login=78))
    assert state_row(run, pinned).finding == Finding.FAIL
    pinned = replace(settings, account=replace(settings.account, login=77))
    assert state_row(run, pinned).finding == Finding.PASS


def test_a_damaged_journal_fails(tmp_path):
    run = RunFolder(write_run(tmp_path).folder)
    assert journal_row(run).finding == Finding.PASS
    path = sorted(run.journal.glob("*.jsonl"))[0]
    path.write_bytes(path.read_bytes()[5:])
    assert journal_row(run).finding == Finding.FAIL


def test_a_bot_that_runs_here_is_worth_a_warning(tmp_path, settings):
    run = RunFolder(tmp_path)
    account = settings.account
    with InstanceLock(run.state, account.login, account.server):
        row = instance_row(run, settings)
    assert row.finding == Finding.WARN
    assert instance_row(run, settings).finding == Finding.PASS


def test_one_of_several_terminals_can_be_named_but_not_beside_a_simulated_one():
    code, out, err = _bot("check", "--simulated", "--terminal", "C:/second/terminal64.exe")
    assert (code, out) == (2, "")
    assert "without --terminal only" in err


def test_the_named_terminal_is_the_one_that_is_attached_to(tmp_path, monkeypatch, world):
    package = types.ModuleType("MetaTrader5")
    terminal, asked = world[0].terminal, []
    for name in PACKAGE_FUNCTIONS:
        setattr(package, name, getattr(terminal, name))
    constants = {n: v for n, v in vars(Constants).items() if n.isupper()}
    for name, value in constants.items():
        setattr(package, name, value)
    package.initialize = lambda *path, **_options: asked.append(path)
    monkeypatch.setitem(sys.modules, "MetaTrader5", package)
    _bot("check", "--folder", tmp_path, "--terminal", "C:/second/terminal64.exe")
    assert set(asked) == {("C:/second/terminal64.exe",)}  # asked again until it answers
