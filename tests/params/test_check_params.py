from __future__ import annotations

import json
from pathlib import Path

import pytest
from params_files import SHIPPED, a_document, a_file, a_folder, put

from bot.cli.check_params import check_params, write_default, write_schema
from bot.params import default_document, load_settings, schema_document
from bot.params.schema import SCHEMA_KEY, leaves

Capture = pytest.CaptureFixture[str]


def test_a_fine_file_shows_every_parameter_with_unit_firm_numbers_and_hash(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    path = a_file(tmp_path, a_document())
    assert check_params(path, as_json=False) == 0
    out = capsys.readouterr().out
    for leaf in leaves(a_document()):
        if leaf.path != SCHEMA_KEY:
            assert leaf.path.partition(".")[2] in out
    assert load_settings(path).params_hash in out
    for words in (
        "The5ers High Stakes Classic, phase step1",
        "5 % below the higher of balance and equity at the day's start",
        "10 % of the initial balance = 2\u202f000.00",
        "8 % of the initial balance = 1\u202f600.00",
        "3 profitable ones of at least 0.5 % of the initial balance = 100.00",
        "grade A, facts as of 2026-09-08",
    ):
        assert words in out


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_console(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    assert check_params(a_file(tmp_path, a_document()), as_json=False) == 0
    out = capsys.readouterr().out
    assert max(len(line) for line in out.splitlines()) <= columns
    assert "\x1b" not in out


def test_a_wide_console_says_what_each_number_means(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_file(tmp_path, a_document())
    meaning = "A fill larger than"
    for columns, is_shown in ((100, False), (140, True)):
        monkeypatch.setenv("COLUMNS", str(columns))
        check_params(path, as_json=False)
        assert (meaning in capsys.readouterr().out) == is_shown


def test_warnings_name_what_is_allowed_but_worth_a_look(tmp_path: Path, capsys: Capture) -> None:
    path = a_file(tmp_path, a_document())
    check_params(path, as_json=True)
    text = " | ".join(json.loads(capsys.readouterr().out)["warnings"])
    assert "pin no account" in text
    assert "an older size the firm no longer lists" in text
    assert "does not enforce conduct" in text
    document = put(a_document(), "account.login", 7_000_001)
    put(document, "account.server", "FivePercentOnline-Real")
    put(document, "account.initial_balance_money", 30_000)
    check_params(a_file(tmp_path, document), as_json=True)
    text = " | ".join(json.loads(capsys.readouterr().out)["warnings"])
    assert "pin no account" not in text
    assert "not a size the firm lists" in text


def test_json_holds_the_whole_document_and_the_hash(tmp_path: Path, capsys: Capture) -> None:
    path = a_file(tmp_path, a_document())
    assert check_params(path, as_json=True) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["ok"] is True
    assert facts["params_hash"] == load_settings(path).params_hash
    assert facts["params"] == {k: v for k, v in a_document().items() if k != SCHEMA_KEY}


@pytest.mark.parametrize("as_json", [True, False])
def test_a_refused_file_is_explained_on_stderr_with_exit_1(
    tmp_path: Path, capsys: Capture, as_json: bool
) -> None:
    document = put(put(a_document(), "sizing.risk_per_trade_pct", 60), "brakes.warn_pct", 4)
    assert check_params(a_file(tmp_path, document), as_json=as_json) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("Error: ")
    assert "sizing.risk_per_trade_pct = 60: must be between 0.05 and 1.5" in captured.err
    assert "brakes.warn_pct = 4: must be below brakes.reduce_pct = 3.0" in captured.err
    if as_json:
        assert json.loads(captured.out)["ok"] is False
    else:
        assert not captured.out


def test_a_profile_is_checked_too(tmp_path: Path, capsys: Capture) -> None:
    path = a_file(tmp_path, a_document())
    assert check_params(path, as_json=True, profile="conservative") == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["params"]["sizing"]["risk_per_trade_pct"] == 0.4
    assert check_params(path, as_json=False, profile="nobody") == 1


def test_the_schema_can_be_written_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "params.schema.json"
    assert write_schema(path) == write_schema(path) == 0
    assert json.loads(path.read_text("utf-8")) == schema_document()
    assert path.read_bytes() == (SHIPPED / "params.schema.json").read_bytes()


def test_a_default_file_is_written_once_and_never_over_a_traders(
    tmp_path: Path, capsys: Capture
) -> None:
    folder = a_folder(tmp_path)
    path = folder / "fresh.json"
    assert write_default(path) == 0
    assert json.loads(path.read_text("utf-8")) == default_document()
    assert load_settings(path).preset == "the5ers_high_stakes_classic"
    path.write_text("mine", "utf-8")
    assert write_default(path) == 1
    assert "is not overwritten" in capsys.readouterr().err
    assert path.read_text("utf-8") == "mine"


def test_a_place_that_cannot_be_written_is_an_error_not_a_traceback(
    tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert write_schema(tmp_path / "file" / "x.json") == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_schema_never_overwrites_the_parameters(tmp_path: Path) -> None:
    edited = tmp_path / "current_params.json"
    assert write_default(edited) == 0
    before = edited.read_bytes()
    assert write_schema(edited) == 1
    assert edited.read_bytes() == before
