"""A person confirms the rules once; live trading asks for it, and every change asks again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import bot as process
from typer.testing import CliRunner

from bot.adapters.confirmations import Confirmation, Confirmations
from bot.adapters.json_store import JsonStore
from bot.cli.app import app
from bot.cli.folders import RunFolder
from bot.cli.options import params_path
from bot.cli.rules_confirmed import REMIND_AFTER_DAYS, demand_confirmed, facts_of, standing_of
from bot.cli.rules_start import show_confirmed_rules
from bot.errors import NeedsPersonError, StateCorruptError
from bot.live.state import SCHEMA_VERSION, STATE_NAME
from bot.params import Loaded, load
from bot.report.plain import plain

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = Path(__file__).with_name("fake_package.py")
DAY_S, NOW = 86_400.0, 1_790_000_000.0
Edit = Callable[[dict[str, Any]], None]


def bot(*words: object, given: str = "") -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(word) for word in words], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, plain(result.stdout), plain(result.stderr)


@pytest.fixture
def params(tmp_path: Path) -> Path:
    shutil.copytree(REPOSITORY / "params", tmp_path / "params")
    return tmp_path / "params" / "current_params.json"


@pytest.fixture
def loaded() -> Loaded:
    return load(params_path(None))


def edit(path: Path, change: Edit) -> None:
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")


def preset_file(params: Path) -> Path:
    return params.parent / "firms" / "the5ers_high_stakes_classic.json"


def confirmed(loaded: Loaded, folder: Path, at_utc_s: float = NOW) -> RunFolder:
    run = RunFolder(folder)
    Confirmations(run.state).save(Confirmation(facts_of(loaded), "Ann", at_utc_s))
    return run


# --- confirming ---------------------------------------------------------------------------------


def test_what_was_never_confirmed_fails_the_check_until_it_is(params: Path, tmp_path: Path) -> None:
    words = ("--params", params, "--folder", tmp_path)
    code, out, _ = bot("check", "rules", *words)
    assert code == 1
    assert "FAIL  confirmed         never; bot run would refuse" in out
    assert f"bot rules confirm --folder {tmp_path}" in out
    code, out, _ = bot("rules", "confirm", "--by", "Ann", *words)
    assert code == 0
    assert "Phase step1 (evaluation)" in out, "the numbers are read before they are signed"
    assert out.splitlines()[-1].startswith("Confirmed by Ann at 20")
    code, out, _ = bot("check", "rules", *words)
    assert code == 0
    assert "by Ann, today" in out
    assert "grade A, facts as of 2026-09-08" in out


def test_the_name_is_asked_for_and_none_confirms_nothing(params: Path, tmp_path: Path) -> None:
    words = ("rules", "confirm", "--params", params, "--folder", tmp_path)
    code, out, err = bot(*words, given="\n")
    assert code == 1
    assert "Are these the numbers of your agreement" in out
    assert err.startswith("Error: not confirmed: no name was given")
    assert not (tmp_path / "state").exists()
    assert bot(*words, "--by", "x" * 81)[0] == 1
    assert bot(*words, "--by", "a\nb")[0] == 1
    assert bot(*words, given="Ann\n")[0] == 0
    assert bot(*words, "--by", "Ann", "--json")[0] == 0


def test_a_confirmation_as_data_names_what_was_confirmed(params: Path, tmp_path: Path) -> None:
    words = ("--params", params, "--folder", tmp_path, "--json")
    facts = json.loads(bot("rules", "confirm", "--by", "Ann", *words)[1])
    assert facts["preset"] == "the5ers_high_stakes_classic"
    assert (facts["phase"], facts["initial_balance_money"]) == ("step1", 20_000.0)
    assert json.loads(bot("check", "rules", *words)[1])["ok"] is True


# --- changes ------------------------------------------------------------------------------------


def _phase(document: dict[str, Any]) -> None:
    document["account"]["phase"] = "step2"


def _size(document: dict[str, Any]) -> None:
    document["account"]["initial_balance_money"] = 25_000.0


def _policy(document: dict[str, Any]) -> None:
    document["account"]["snapshot_policy"] = "prev_close"


def _other_preset(document: dict[str, Any]) -> None:
    document["account"]["firm_preset"] = "the5ers_high_stakes_new"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (_phase, 'account.phase: was "step1", is "step2"'),
        (_size, "account.initial_balance_money: was 20000, is 25000"),
        (_policy, 'account.snapshot_policy: was "max_pre_post", is "prev_close"'),
        (_other_preset, "phases[0].target_pct: was 8, is 10"),
    ],
)
def test_a_changed_parameter_asks_for_a_new_confirmation(
    params: Path, tmp_path: Path, change: Edit, line: str
) -> None:
    words = ("--params", params, "--folder", tmp_path)
    assert bot("rules", "confirm", "--by", "Ann", *words)[0] == 0
    edit(params, change)
    code, out, _ = bot("check", "rules", *words)
    assert code == 1
    assert line in out
    with pytest.raises(NeedsPersonError) as caught:
        demand_confirmed(load(params), RunFolder(tmp_path), NOW)
    assert line in str(caught.value)
    assert "bot rules confirm" in str(caught.value)
    assert bot("rules", "confirm", "--by", "Ann", *words)[0] == 0
    assert bot("check", "rules", *words)[0] == 0


def test_a_changed_preset_is_told_field_by_field(params: Path, tmp_path: Path) -> None:
    words = ("--params", params, "--folder", tmp_path)
    assert bot("rules", "confirm", "--by", "Ann", *words)[0] == 0

    def change(document: dict[str, Any]) -> None:
        document["overall_loss"]["pct"] = 9.5
        document["conduct"]["grid_ban"] = True
        del document["conduct"]["hft_ban"]

    edit(preset_file(params), change)
    code, out, _ = bot("check", "rules", *words)
    assert code == 1
    assert "but 3 fields changed since" in out
    assert "overall_loss.pct: was 10, is 9.5" in out
    assert "conduct.grid_ban: was absent, is true" in out
    assert "conduct.hft_ban: was true, is absent" in out


def test_a_file_that_only_looks_different_is_the_same(params: Path, tmp_path: Path) -> None:
    words = ("--params", params, "--folder", tmp_path)
    assert bot("rules", "confirm", "--by", "Ann", *words)[0] == 0

    def change(document: dict[str, Any]) -> None:
        document["daily_loss"]["pct"] = 5.0
        document["clock"] = dict(reversed(document["clock"].items()))

    edit(preset_file(params), change)
    assert bot("check", "rules", *words)[0] == 0


def test_a_record_of_another_phase_gets_a_folder_of_its_own(params: Path, tmp_path: Path) -> None:
    pinned = "the5ers_high_stakes_classic step1 of 20000.00"
    store = JsonStore(RunFolder(tmp_path).state, SCHEMA_VERSION)
    store.save(STATE_NAME, {"pinned": pinned})
    words = ("--params", params, "--folder", tmp_path)
    assert bot("rules", "confirm", "--by", "Ann", *words)[0] == 0
    edit(params, _phase)
    code, _, err = bot("rules", "confirm", "--by", "Ann", *words)
    assert code == 1
    assert f"its record is of {pinned}" in err
    assert "--folder NEW" in err
    code, out, _ = bot("check", "rules", *words)
    assert code == 1
    assert pinned in out
    confirmed(load(params), tmp_path)  # even a confirmation copied in does not re-pin the record
    with pytest.raises(NeedsPersonError, match="a new phase or account gets a folder of its own"):
        demand_confirmed(load(params), RunFolder(tmp_path), NOW)
    new = ("--params", params, "--folder", tmp_path / "step2")
    assert bot("rules", "confirm", "--by", "Ann", *new)[0] == 0


# --- age and damage -----------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "is_old"), [(0, False), (30, False), (31, True), (-1, True)])
def test_an_old_confirmation_reminds_and_does_not_stop(
    tmp_path: Path,
    loaded: Loaded,
    days: int,
    is_old: bool,
) -> None:
    run = confirmed(loaded, tmp_path)
    standing = standing_of(loaded, run, NOW + days * DAY_S)
    assert (standing.is_old, standing.is_valid) == (is_old, True)
    assert REMIND_AFTER_DAYS == 30


def test_a_start_shows_the_numbers_grade_and_date_and_reminds(
    tmp_path: Path, loaded: Loaded, capsys: pytest.CaptureFixture[str]
) -> None:
    show_confirmed_rules(loaded, confirmed(loaded, tmp_path, 1_600_000_000.0))
    said = capsys.readouterr().err
    assert "Daily loss 5 % below the higher of balance and equity" in said
    assert "Total loss 10 % of the initial balance = 2\u202f000.00" in said
    assert "Source     grade A, facts as of 2026-09-08" in said
    assert "Confirmed  2020-09-13 by Ann" in said
    assert "Warning: the confirmation is" in said


def test_a_damaged_confirmation_needs_a_person(tmp_path: Path, loaded: Loaded) -> None:
    run = confirmed(loaded, tmp_path)
    for file in run.state.glob("rules_confirmed*.json"):
        file.write_bytes(file.read_bytes().replace(b"Ann", b"Eve"))
    with pytest.raises(StateCorruptError):
        standing_of(loaded, run, NOW)
    code, _, err = bot("check", "rules", "--folder", tmp_path)
    assert code == 3
    assert "rules_confirmed" in err


def test_a_confirmation_survives_being_written_and_read(tmp_path: Path, loaded: Loaded) -> None:
    run = confirmed(loaded, tmp_path)
    again = Confirmations(run.state).load()
    assert again == Confirmation(facts_of(loaded), "Ann", NOW)


# --- live trading -------------------------------------------------------------------------------


def test_live_trading_is_refused_until_a_person_confirmed(tmp_path: Path) -> None:
    shutil.copyfile(PACKAGE, tmp_path / "MetaTrader5.py")
    shutil.copytree(REPOSITORY / "params", tmp_path / "params")
    run = process("run", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert run.returncode == 3
    err = run.stderr.decode()
    assert "were never confirmed here" in err
    assert "  bot rules confirm" in err
    assert "Source     grade A" in err
    assert not (tmp_path / "state").exists()
    assert not (tmp_path / "logs").exists()
