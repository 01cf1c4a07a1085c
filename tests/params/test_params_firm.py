from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from builders_challenge import high_stakes
from params_files import SHARED_PRESETS, SHIPPED

from bot.errors import ParamsError
from bot.params import FirmPreset, load_preset, to_rules
from bot.params.firm_rules import described_rules
from bot.params.load import preset_of

CLASSIC = SHIPPED / "firms" / "the5ers_high_stakes_classic.json"

WORDED = ("clock", "conduct", "funded", "meta")
"""Parts whose words are our own; their figures are compared one by one."""

FORBIDDEN = {
    ("alpha_one", "step1"),
    ("alpha_one", "funded"),
    ("alpha_pro_8", "step1"),
    ("alpha_pro_8", "step2"),
    ("alpha_pro_8", "funded"),
    ("alpha_pro_10", "step1"),
    ("alpha_pro_10", "step2"),
    ("alpha_pro_10", "funded"),
}
"""Phases no bot may trade: this firm forbids automatic trading."""


def a_preset(**changes: object) -> FirmPreset:
    document = json.loads(CLASSIC.read_text("utf-8"))
    for field, value in changes.items():
        place: Any = document
        *way, last = field.split("__")
        for key in way:
            place = place[int(key) if key.isdigit() else key]
        place[last] = value
    return preset_of(document, "a preset")


def all_presets() -> dict[str, Any]:
    if not SHARED_PRESETS.exists():
        pytest.skip("the collection of presets is not beside this checkout")
    presets: dict[str, Any] = json.loads(SHARED_PRESETS.read_text("utf-8"))["presets"]
    return presets


def test_all_31_presets_are_shipped_and_agree_with_the_collection() -> None:
    shared = all_presets()
    files = sorted((SHIPPED / "firms").glob("*.json"))
    assert {file.stem for file in files} == set(shared)
    for file in files:
        ours, theirs = json.loads(file.read_text("utf-8")), shared[file.stem]
        for part in theirs.keys() - {*WORDED, "variant", "platform"}:
            assert ours[part] == theirs[part], f"{file.stem}.{part}"
        for part in ("tz", "reset", "assumed"):
            assert ours["clock"].get(part) == theirs["clock"].get(part)
        for part in ("confidence", "facts_as_of"):
            assert ours["meta"][part] == theirs["meta"][part]
        for part in ("conduct", "funded"):
            assert figures(ours[part]) == figures(theirs[part]), f"{file.stem}.{part}"
        assert ours["conduct"]["ea"] == theirs["conduct"]["ea"]
        assert load_preset(file).id == file.stem


def figures(part: dict[str, Any] | None) -> dict[str, Any] | None:
    """A part without its sentences."""
    if part is None:
        return None
    return {key: value for key, value in part.items() if not isinstance(value, str)}


def test_of_80_phases_exactly_those_of_one_firm_are_refused() -> None:
    refused, phases_count = set(), 0
    for file in sorted((SHIPPED / "firms").glob("*.json")):
        preset = load_preset(file)
        for phase in preset.phases:
            phases_count += 1
            assert described_rules(preset, phase.id, 10_000.0).initial_balance_money == 10_000.0
            try:
                to_rules(preset, phase.id, 10_000.0)
            except ParamsError:
                refused.add((preset.id, phase.id))
    assert phases_count == 80
    assert refused == FORBIDDEN


@pytest.mark.parametrize("balance", [2_500.0, 20_000.0, 100_000.0])
def test_high_stakes_rules_hold_for_any_initial_balance(balance: float) -> None:
    rules = to_rules(load_preset(CLASSIC), "step1", balance)
    assert rules == high_stakes(balance)
    assert to_rules(load_preset(CLASSIC), "step2", balance).target.profit_fraction == 0.05


def test_the_new_variant_differs_in_the_first_target_only() -> None:
    new = load_preset(SHIPPED / "firms" / "the5ers_high_stakes_new.json")
    assert to_rules(new, "step1", 20_000.0) == high_stakes(20_000.0, 0.10)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"conduct__ea": "prohibited_except_preapproved_risk_tools"}, "forbids automatic"),
        ({"phases__0__min_days__threshold_pct": None}, "min_days.threshold_pct"),
    ],
)
def test_a_phase_no_bot_may_trade_is_refused_by_name(
    changes: dict[str, object], words: str
) -> None:
    with pytest.raises(ParamsError, match="cannot be traded by a bot") as caught:
        to_rules(a_preset(**changes), "step1", 20_000.0)
    assert words in str(caught.value)


def test_a_phase_replaces_the_presets_rule_also_by_null() -> None:
    preset = a_preset()
    step = preset.phases[0]
    assert preset.daily_loss_in(step) == preset.daily_loss
    own = a_preset(phases__0__daily_loss=None)
    assert own.daily_loss_in(own.phases[0]) is None
    other = copy.deepcopy(json.loads(CLASSIC.read_text("utf-8"))["overall_loss"]) | {"pct": 4}
    changed = a_preset(phases__0__overall_loss=other)
    assert to_rules(changed, "step1", 20_000.0).overall.loss_fraction == 0.04


def test_an_unknown_phase_is_refused() -> None:
    with pytest.raises(ParamsError, match="its phases: step1, step2, funded"):
        to_rules(load_preset(CLASSIC), "step9", 20_000.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"daily_loss__pct": 500}, "daily_loss.pct = 500"),
        ({"daily_loss__base": "day_start_maximum"}, "daily_loss.base"),
        ({"clock__reset": "5 PM"}, "clock.reset"),
        ({"phases": []}, "phases = []"),
        ({"surprise": 1}, "surprise = 1: unknown key"),
        ({"meta__confidence": "E"}, "meta.confidence"),
        ({"phases__0__min_days__count": 0}, "phases[0].min_days.count = 0"),
    ],
)
def test_a_preset_that_breaks_the_schema_names_the_field(
    change: dict[str, object], words: str
) -> None:
    with pytest.raises(ParamsError) as caught:
        a_preset(**change)
    assert words in str(caught.value)


def test_a_preset_file_that_is_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "the5ers_high_stakes_classic.json"
    path.write_bytes(CLASSIC.read_bytes()[:200])
    with pytest.raises(ParamsError, match="line"):
        load_preset(path)
