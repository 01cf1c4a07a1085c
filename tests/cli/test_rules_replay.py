"""Worked histories come out; bad ones are named and spoil no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.cli.challenge_cases import REPLAYS
from bot.cli.rules_lived import lived
from bot.cli.rules_presets import shipped_book

REPOSITORY = Path(__file__).resolve().parents[2]
OWN = Path(__file__).with_name("own_histories.json")
SHARED = REPOSITORY.parent / "shared" / "rules"
HS = "the5ers_high_stakes_classic"


def replayed(path: Path, *words: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(app, ["rules", "replay", str(path), "--json", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout)


def shown(path: Path, *words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["rules", "replay", str(path), *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def step(time: str, balance: float, **more: Any) -> dict[str, Any]:
    start = {"t_utc": f"2026-03-10T{time}Z", "balance": balance, "equity": balance}
    return start | {"open_positions": 0} | more


def a_path(*steps: object, **more: Any) -> dict[str, Any]:
    return {
        "id": "A1",
        "kind": "equity_path",
        "preset": HS,
        "phase": "step1",
        "initial_balance": 20_000,
        "steps": list(steps) or [step("08:00:00", 20_000)],
    } | more


def a_file(tmp_path: Path, *vectors: object) -> Path:
    path = tmp_path / "histories.json"
    path.write_text(json.dumps({"vectors": list(vectors)}), "utf-8")
    return path


def errors_of(tmp_path: Path, vector: object) -> list[str]:
    """What is said about a vector; a good one beside it is lived all the same."""
    good = a_path(id="good")
    code, facts = replayed(a_file(tmp_path, vector, good))
    bad, other = facts["vectors"]
    assert other["ok"] is True
    assert len(other["steps"]) == 1
    assert code == (0 if bad["ok"] else 1)
    return [error["text"] for error in bad["errors"]]


# --- worked histories -------------------------------------------------------------------------


@pytest.mark.skipif(not SHARED.exists(), reason="the worked histories are not beside the checkout")
@pytest.mark.parametrize("words", [[], ["--presets", str(SHARED / "presets.json")]])
def test_every_worked_history_of_the_firms_comes_out(words: list[str]) -> None:
    code, facts = replayed(SHARED / "golden.json", *words)
    assert [v["id"] for v in facts["vectors"] if not v["ok"]] == []
    assert code == 0
    assert facts["fine_count"] == facts["vectors_count"] == facts["judged_count"] >= 43


@pytest.mark.skipif(not SHARED.exists(), reason="the worked histories are not beside the checkout")
def test_the_computed_fields_and_values_are_those_of_the_worked_histories() -> None:
    _, facts = replayed(SHARED / "golden.json")
    golden = json.loads((SHARED / "golden.json").read_text("utf-8"))["vectors"]
    for vector, history in zip(golden, facts["vectors"], strict=True):
        for given, step_ in zip(vector["steps"], history["steps"], strict=True):
            assert step_["values"] == given["expect"] or vector["kind"] == "clock"


def test_every_history_of_our_own_comes_out() -> None:
    code, facts = replayed(OWN)
    assert [v["id"] for v in facts["vectors"] if not v["ok"]] == []
    assert (code, facts["ok"]) == (0, True)
    assert facts["judged_count"] >= 40


def test_our_own_histories_cover_every_preset_and_kind() -> None:
    vectors = json.loads(OWN.read_text("utf-8"))["vectors"]
    names = {vector["preset"] for vector in vectors}
    firms = {file.stem for file in (REPOSITORY / "params" / "firms").glob("*.json")}
    assert firms <= names
    assert {vector["kind"] for vector in vectors} == set(REPLAYS)
    assert all(vector["notes"] for vector in vectors), "the arithmetic stands in the notes"


def test_each_expected_figure_matters() -> None:
    """One cent or one word changed in any expectation of the file is seen."""
    vectors = json.loads(OWN.read_text("utf-8"))["vectors"]
    for vector in vectors:
        for given in vector["steps"]:
            for name, value in given["expect"].items():
                given["expect"][name] = _other(value)
    wanted = sum(len(given["expect"]) for vector in vectors for given in vector["steps"])
    seen = sum(
        len(step_.differences)
        for history in lived(vectors, shipped_book(None))
        for step_ in history.steps
    )
    assert seen == wanted


def _other(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return round(value + 0.01, 4)
    return "something else"


# --- what is printed --------------------------------------------------------------------------


def test_a_difference_is_shown_with_its_step_and_both_values(tmp_path: Path) -> None:
    wrong = step("08:00:00", 20_000, expect={"daily_floor": 19_000.01, "breached": False})
    code, facts = replayed(a_file(tmp_path, a_path(wrong)))
    assert code == 1
    (seen,) = facts["vectors"][0]["steps"]
    assert seen["ok"] is False
    assert seen["differences"] == [
        {"field": "daily_floor", "expected": 19_000.01, "computed": 19_000}
    ]
    code, out, _ = shown(a_file(tmp_path, a_path(wrong)))
    assert code == 1
    assert "first difference: step 0, daily_floor: expected 19000.01, computed 19000.0" in out
    assert "0/1 histories came out, 1 steps" in out
    assert "\u2717 A1" in out


def test_without_expectations_the_values_alone_are_computed(tmp_path: Path) -> None:
    code, facts = replayed(a_file(tmp_path, a_path()))
    assert code == 0
    assert facts["judged_count"] == 0
    (seen,) = facts["vectors"][0]["steps"]
    assert "ok" not in seen
    assert seen["values"]["daily_floor"] == 19_000
    assert "1 of them with nothing expected" in shown(a_file(tmp_path, a_path()))[1]


def test_an_expected_field_nobody_computes_is_a_difference(tmp_path: Path) -> None:
    odd = step("08:00:00", 20_000, expect={"daily_flor": 19_000})
    code, facts = replayed(a_file(tmp_path, a_path(odd)))
    assert code == 1
    assert facts["vectors"][0]["steps"][0]["differences"][0]["field"] == "daily_flor"


def test_values_are_numbers_of_at_most_four_decimals() -> None:
    _, facts = replayed(OWN)
    for vector in facts["vectors"]:
        for step_ in vector["steps"]:
            for value in step_["values"].values():
                if isinstance(value, float):
                    assert round(value, 4) == value


def test_a_list_and_a_single_history_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    for document in (a_path(), [a_path(), a_path()]):
        path.write_text(json.dumps(document), "utf-8")
        assert replayed(path)[0] == 0


# --- bad histories ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vector", "words"),
    [
        ("text", 'vector = "text": must be an object'),
        (a_path(kind="equity_pth"), 'kind = "equity_pth": the nearest known name is "equity_path"'),
        (a_path(kind=None), "kind = null"),
        (a_path(preset="the5ers_high_stake_classic"), f'nearest known name is "{HS}"'),
        (a_path(preset=None), "preset = null: must be the name of a rule set"),
        (a_path(phase="step9"), "no phase 'step9'; its phases: step1, step2, funded"),
        (a_path(phase=1), "phase = 1: must be text"),
        (a_path(initial_balance="20000"), "initial_balance = '20000': must be a number"),
        (a_path(initial_balance=0), "initial_balance = 0.0: must be above 0"),
        (a_path(initial_balance=1e13), "must be an amount of at most 1e+12"),
        (a_path(initial_balnce=5), 'the nearest known name is "initial_balance"'),
        (a_path(policy={"snapshot": "midnight"}), "policy.snapshot = "),
        (a_path(policy={"snapshots": "prev_close"}), "policy.snapshots = "),
        (a_path(policy=5), "policy = 5: must be an object"),
        (a_path(clock_override={"tz": "Mars/Base", "reset": "00:00"}), "clock_override.tz"),
        (a_path(clock_override={"tz": "UTC+00:00", "reset": "25:00"}), "clock_override.reset"),
        (a_path(steps=[]), "steps = []: must be a list of at least one step"),
        (a_path(steps="none"), "steps = "),
    ],
)
def test_a_bad_history_is_named_and_the_rest_still_runs(
    tmp_path: Path, vector: object, words: str
) -> None:
    assert any(words in text for text in errors_of(tmp_path, vector)), errors_of(tmp_path, vector)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (7, "step = 7: must be an object"),
        (step("08:00:00", 1) | {"t_utc": "noon"}, "t_utc = 'noon': must be an ISO time"),
        (step("08:00:00", 1) | {"t_utc": "1066-10-14T09:00:00Z"}, "years 1990 to 2037"),
        (step("08:00:00", 1) | {"balance": "1"}, "balance = '1': must be a number"),
        (step("08:00:00", 1) | {"equity": True}, "equity = True: must be a number"),
        (step("08:00:00", 1) | {"open_positions": -1}, "open_positions = -1"),
        (step("08:00:00", 1) | {"equty": 1}, 'the nearest known name is "equity"'),
        (step("08:00:00", 1) | {"cash_op": {"amount": "9"}}, "cash_op.amount = '9'"),
        (step("08:00:00", 1) | {"cash_op": {"amount": 9, "type": "bonus"}}, "cash_op.type"),
        (step("08:00:00", 1) | {"cash_op": {"amuont": 9}}, "cash_op.amuont = 9: unknown field"),
        (step("08:00:00", 1) | {"expect": []}, "expect = []: must be an object"),
        (step("06:59:59", 1), "lies before the step above it"),
    ],
)
def test_a_bad_step_is_named_and_those_above_it_are_lived(
    tmp_path: Path, bad: object, words: str
) -> None:
    vector = a_path(step("07:00:00", 20_000), bad, step("09:00:00", 20_000))
    assert any(words in text for text in errors_of(tmp_path, vector)), errors_of(tmp_path, vector)
    _, facts = replayed(a_file(tmp_path, vector))
    (history,) = facts["vectors"]
    assert [item["step"] for item in history["steps"]] == [0]
    assert {error["step"] for error in history["errors"]} == {1}


@pytest.mark.parametrize(
    ("vector", "words"),
    [
        ({"kind": "news", "event": 5}, "event = 5"),
        ({"kind": "news", "event": {"t_utc": "soon"}}, "event.t_utc = 'soon'"),
        ({"kind": "news", "steps": [{"action": "opne_market"}]}, '"open_market"'),
        ({"kind": "clock", "steps": [{"t_utc": 5}]}, "t_utc = 5: must be text"),
        (
            {"kind": "consistency", "steps": [{"daily_profits": [1, "2"], "max_pct": 0}]},
            "daily_profits",
        ),
        ({"kind": "consistency", "steps": [{"daily_profits": [1], "max_pct": 0}]}, "max_pct = 0"),
        (
            {
                "kind": "inactivity",
                "steps": [
                    {
                        "phase": "step1",
                        "last_new_trade_utc": "2026-03-02T12:00:00Z",
                        "now_utc": "2026-03-01T12:00:00Z",
                    }
                ],
            },
            "lies before last_new_trade_utc",
        ),
    ],
)
def test_the_other_kinds_name_what_is_wrong_too(
    tmp_path: Path, vector: dict[str, Any], words: str
) -> None:
    event = {"t_utc": "2026-03-11T12:30:00Z", "impact": "high"}
    whole = {"id": "B", "preset": HS, "phase": "step1", "event": event, "steps": [{}]} | vector
    if whole["kind"] != "news":
        del whole["event"]
    assert any(words in text for text in errors_of(tmp_path, whole)), errors_of(tmp_path, whole)


def test_a_field_nobody_knows_is_remarked_and_left_out(tmp_path: Path) -> None:
    vector = a_path(step("08:00:00", 20_000, weather="fine"), mood="good")
    code, facts = replayed(a_file(tmp_path, vector))
    assert code == 0
    assert [remark["text"] for remark in facts["vectors"][0]["remarks"]] == [
        'mood = "good": unknown field; it is left out',
        'weather = "fine": unknown field; it is left out',
    ]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"vectors": 5}', '{"vectors": []}', "5"])
def test_a_file_that_holds_no_histories_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, "utf-8")
    code, out, err = shown(path)
    assert (code, out) == (1, "")
    assert err.startswith(f"Error: {path}")
    assert shown(tmp_path / "none.json")[0] == 1


def test_one_bad_preset_of_a_file_spoils_only_its_own_histories(tmp_path: Path) -> None:
    good = json.loads((REPOSITORY / "params" / "firms" / f"{HS}.json").read_text("utf-8"))
    bad = json.loads(json.dumps(good))
    bad["daily_loss"]["pct"] = 500
    presets = tmp_path / "presets.json"
    presets.write_text(json.dumps({"presets": {HS: good, "bad": bad, "worse": 5}}), "utf-8")
    path = a_file(tmp_path, a_path(preset="bad"), a_path(preset="worse"), a_path())
    code, facts = replayed(path, "--presets", str(presets))
    assert code == 1
    assert [vector["ok"] for vector in facts["vectors"]] == [False, False, True]
    assert "daily_loss.pct = 500" in facts["vectors"][0]["errors"][0]["text"]
    presets.write_text("{}", "utf-8")
    assert shown(path, "--presets", str(presets))[0] == 1
