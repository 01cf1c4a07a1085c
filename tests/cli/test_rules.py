"""The rules as a trader reads them: complete, dated, and different only where they differ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.cli.rules_diff import differing
from bot.cli.rules_words import Account
from bot.errors import ParamsError
from bot.params.firm import FirmPreset
from bot.params.load import preset_of
from bot.report.plain import plain

REPOSITORY = Path(__file__).resolve().parents[2]
FIRMS = sorted((REPOSITORY / "params" / "firms").glob("*.json"))
NAMES = [file.stem for file in FIRMS]
CLASSIC, SUMMER = "the5ers_high_stakes_classic", "the5ers_high_stakes_summer_8_5"
ACCOUNT = Account(20_000.0)


def rules(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["rules", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, plain(result.stdout), plain(result.stderr)


def document(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        (REPOSITORY / "params" / "firms" / f"{name}.json").read_text("utf-8")
    )
    return loaded


def leaves(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*way, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*way, index))
    else:
        yield way, value


# --- show -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_number_and_every_sentence_of_a_preset_is_on_its_page(name: str) -> None:
    code, out, _ = rules("show", name)
    assert code == 0
    for way, value in leaves(document(name)):
        if isinstance(value, bool) or value is None or (way[0] == "news" and value == 0):
            continue  # a window of no seconds is no window
        if isinstance(value, (int, float)):
            figure = re.escape(f"{value:.10g}")
            assert re.search(rf"(?<![\d.]){figure}(?![\d.]*\d)", out), (way, value)
        elif way[0] == "meta":
            assert plain(value) in out, (way, value)


def test_the_page_of_the_configured_account_has_its_money() -> None:
    code, out, _ = rules("show")
    assert code == 0
    assert "The5ers High Stakes Classic   [the5ers_high_stakes_classic]" in out
    assert "grade A, facts as of 2026-09-08" in out
    assert "Money below is for your account: 20 000.00 USD" in out
    assert "may lose 1 000.00, floor 19 000.00; it stands still within the day" in out
    assert re.search(r"floor at the start +18 000.00; it never moves", out)
    assert "Phase step1 (evaluation)" in out
    assert "Phase step2" not in out
    assert "higher of the last reading before the reset and the first after" in out
    assert "left to you in step1\n    - conduct: only a bot whose source is your own" in out


def test_a_named_phase_alone_is_shown() -> None:
    code, out, _ = rules("show", CLASSIC, "--phase", "funded")
    assert code == 0
    assert "Phase funded (funded)" in out
    assert "Phase step1" not in out
    assert "for scaling only" in out


def test_a_firm_that_forbids_bots_says_so() -> None:
    _, out, _ = rules("show", "alpha_pro_8")
    assert "FORBIDDEN, but for risk tools approved before" in out
    assert "the bot refuses to trade this phase" in out


def test_another_preset_has_the_money_of_its_usual_size() -> None:
    _, out, _ = rules("show", "ftmo_1step")
    assert "Money below is for an account of the usual size: 100 000.00 USD" in out


def test_the_page_as_data_holds_words_and_document() -> None:
    code, out, _ = rules("show", CLASSIC, "--json")
    facts = json.loads(out)
    assert code == 0
    assert facts["document"]["daily_loss"]["pct"] == 5
    assert facts["rules"]["loss limits"]["daily loss: on the first day"].startswith("may lose")
    assert set(facts["phases"]) == {"step1", "step2", "funded"}
    assert facts["open_questions"]
    assert facts["grade"] == "A"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "the5ers_high_stake_classic"), f'the nearest known name is "{CLASSIC}"'),
        (("show", CLASSIC, "--phase", "step9"), "its phases: step1, step2, funded"),
        (("diff", CLASSIC, "the5ers_hyper_grow"), 'nearest known name is "the5ers_hyper_growth"'),
        (("show", "--params", "none.json"), "no such file"),
    ],
)
def test_a_wrong_name_is_one_sentence_with_what_is_known(words: tuple[str, ...], said: str) -> None:
    code, out, err = rules(*words)
    assert (code, out) == (1, "")
    assert said in err


# --- list -------------------------------------------------------------------------------------


def test_the_list_has_one_line_for_every_preset() -> None:
    code, out, _ = rules("list")
    lines = out.splitlines()
    assert code == 0
    assert len(lines) == len(NAMES) + 3
    assert [line[2:].split()[0] for line in lines[1:-2]] == NAMES
    (mine,) = [line for line in lines[1:-1] if line.startswith("*")]
    assert mine.split()[1:4] == [CLASSIC, "8/5", "%"]
    assert sum(line.endswith("no bots") for line in lines) == 3
    facts = json.loads(rules("list", "--json")[1])
    assert facts["count"] == len(NAMES) == 31
    assert facts["configured"] == CLASSIC


# --- diff -------------------------------------------------------------------------------------


def test_classic_and_summer_differ_in_the_daily_limit() -> None:
    code, out, _ = rules("diff", CLASSIC, SUMMER)
    assert code == 0
    assert "A  5 % below the higher of balance and equity" in out
    assert "B  3 % below the higher of balance and equity" in out
    assert "total loss" not in out
    assert "news" not in out
    facts = json.loads(rules("diff", CLASSIC, SUMMER, "--json")[1])
    assert facts["differences_count"] == len(facts["differences"]) > 3
    assert {"where", "part", "name", "first", "second"} == set(facts["differences"][0])


def test_a_preset_does_not_differ_from_itself() -> None:
    assert "No difference." in rules("diff", CLASSIC, CLASSIC)[1]


def changed(name: str, way: tuple[Any, ...], value: object) -> FirmPreset:
    document_ = document(name)
    place: Any = document_
    for key in way[:-1]:
        place = place[key]
    place[way[-1]] = value
    return preset_of(document_, name)


def other_value(way: tuple[Any, ...], value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return max(1, value - 1) + (value == 1) if isinstance(value, int) else value * 0.5


@pytest.mark.parametrize("name", [CLASSIC, "fundingpips_zero", "alpha_one", "ftmo_1step"])
def test_one_figure_changed_anywhere_is_a_difference(name: str) -> None:
    unseen, seen_count = [], 0
    original = preset_of(document(name), name)
    for way, value in leaves(document(name)):
        is_replaced = all(way[0] in phase.model_fields_set for phase in original.phases)
        if not isinstance(value, (bool, int, float)) or is_replaced:
            continue
        try:
            second = changed(name, way, other_value(way, value))
        except ParamsError:
            continue  # the two figures could not stand side by side
        seen_count += 1
        if not differing(original, second, ACCOUNT):
            unseen.append(way)
    assert unseen == []
    assert seen_count > 20


def test_any_two_presets_that_differ_are_told_apart() -> None:
    for one, other in pairwise(NAMES):
        pair = (preset_of(document(one), one), preset_of(document(other), other))
        assert differing(*pair, ACCOUNT)
