from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from params_files import SHARED_PRESETS, SHIPPED

from bot.errors import ParamsError
from bot.model.settings import ChallengeRules
from bot.params import FirmPreset, load_preset, not_enforced, to_rules
from bot.params.load import preset_of

CLASSIC = SHIPPED / "firms" / "the5ers_high_stakes_classic.json"

ENFORCEABLE = {
    ("the5ers_high_stakes_classic", "step1"),
    ("the5ers_high_stakes_classic", "step2"),
    ("the5ers_high_stakes_new", "step1"),
    ("the5ers_high_stakes_new", "step2"),
    ("the5ers_high_stakes_summer_8_5", "step1"),
    ("the5ers_high_stakes_summer_8_5", "step2"),
    ("the5ers_pro_growth", "level1"),
}


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


def test_the_shipped_presets_load_and_agree_with_the_collection() -> None:
    shared = all_presets()
    for file in sorted((SHIPPED / "firms").glob("*.json")):
        ours = json.loads(file.read_text("utf-8"))
        theirs = shared[file.stem]
        for part in ("daily_loss", "overall_loss", "phases", "news", "limits", "leverage"):
            assert ours[part] == theirs[part], f"{file.stem}.{part}"
        assert (ours["clock"]["tz"], ours["clock"]["reset"]) == ("America/New_York", "17:00")
        assert load_preset(file).id == file.stem


def test_all_31_presets_of_the_collection_load() -> None:
    presets = all_presets()
    assert len(presets) == 31
    for name, document in presets.items():
        assert preset_of(document, name).id == name


def test_of_the_collection_exactly_these_phases_can_be_enforced() -> None:
    enforceable = set()
    for name, document in all_presets().items():
        preset = preset_of(document, name)
        for phase in preset.phases:
            try:
                to_rules(preset, phase.id, 10_000.0)
            except ParamsError:
                continue
            enforceable.add((name, phase.id))
    assert enforceable == ENFORCEABLE


@pytest.mark.parametrize("balance", [2_500.0, 20_000.0, 100_000.0])
def test_high_stakes_rules_hold_for_any_initial_balance(balance: float) -> None:
    rules = to_rules(load_preset(CLASSIC), "step1", balance)
    assert rules == ChallengeRules(balance, 0.05, 0.10, 0.08, 0.005, 3)
    assert to_rules(load_preset(CLASSIC), "step2", balance).target_initial_fraction == 0.05


def test_the_new_variant_differs_in_the_first_target_only() -> None:
    new = load_preset(SHIPPED / "firms" / "the5ers_high_stakes_new.json")
    assert to_rules(new, "step1", 20_000.0) == ChallengeRules(20_000.0, 0.05, 0.10, 0.10, 0.005, 3)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"clock__tz": "Europe/Prague"}, "clock = 17:00 Europe/Prague"),
        ({"clock__reset": "00:00"}, "clock = 00:00 America/New_York"),
        ({"daily_loss": None}, "daily_loss = None"),
        ({"daily_loss__base": "day_start_balance"}, "only day_start_max"),
        ({"daily_loss__amount_of": "initial_balance"}, "only day_start_max, amount of base"),
        ({"daily_loss__test": "balance"}, "daily_loss.test = balance"),
        ({"daily_loss__action": "pause_until_reset"}, "daily_loss.action"),
        ({"overall_loss": None}, "overall_loss = None"),
        ({"overall_loss__kind": "trailing"}, "overall_loss.kind = trailing"),
        ({"overall_loss__amount_of": "peak"}, "amount of peak"),
        (
            {"overall_loss__lock": {"trigger_profit_pct": 5, "floor_at": "initial_balance"}},
            "overall_loss.lock",
        ),
        ({"overall_loss__test": "balance"}, "overall_loss.test"),
        ({"overall_loss__action": "pause_until_reset"}, "overall_loss.action"),
        ({"phases__0__kind": "funded"}, "payouts and scaling"),
        ({"phases__0__target_pct": None}, "a target must be stated"),
        ({"phases__0__target_on": "equity"}, "only closed_balance"),
        ({"phases__0__time_limit_days": 30}, "no time limit"),
        ({"phases__0__min_days__kind": "trading_day_opened"}, "only profitable_day"),
        ({"phases__0__min_days__formula": "profit_of_day"}, "only profitable_day"),
        ({"phases__0__min_days__threshold_pct": None}, "a threshold must be stated"),
        ({"phases__0__daily_loss": None}, "daily_loss = None"),
        ({"limits__max_open_risk_pct": 1}, "limits.max_open_risk_pct = 1"),
        ({"limits__max_lots": {"100000": 40}}, "limits.max_lots"),
        ({"conduct__ea": "prohibited_except_preapproved_risk_tools"}, "forbids automatic"),
        (
            {
                "consistency": {
                    "kind": "best_day_share",
                    "max_pct": 50,
                    "denominator": "total_net_profit",
                    "day_profit": "net",
                    "checked_at": ["pass"],
                    "phases": ["step1"],
                    "effect": "blocks_pass",
                }
            },
            "a best-day share cannot be checked yet",
        ),
    ],
)
def test_a_rule_kind_this_version_cannot_enforce_is_refused(
    changes: dict[str, object], words: str
) -> None:
    with pytest.raises(ParamsError, match="cannot enforce") as caught:
        to_rules(a_preset(**changes), "step1", 20_000.0)
    assert words in str(caught.value)


def test_what_is_stricter_or_already_kept_is_no_difference() -> None:
    expected = to_rules(a_preset(), "step1", 20_000.0)
    for changes in (
        {"daily_loss__compare": "below", "overall_loss__compare": "below"},
        {"limits__sl_required": True, "limits__sl_within_s": 180},
        {"conduct__ea": "allowed"},
    ):
        assert to_rules(a_preset(**changes), "step1", 20_000.0) == expected


def test_a_phase_without_printed_caps_has_no_difference_by_them() -> None:
    assert to_rules(a_preset(phases__0__limits=None), "step1", 20_000.0).target_initial_fraction


def test_no_day_rule_means_no_day_is_needed() -> None:
    rules = to_rules(a_preset(phases__0__min_days=None), "step1", 20_000.0)
    assert (rules.profitable_days_min_count, rules.profitable_day_initial_fraction) == (0, 0.0)


def test_a_phase_replaces_the_presets_rule_also_by_null() -> None:
    preset = a_preset()
    step = preset.phases[0]
    assert preset.daily_loss_in(step) == preset.daily_loss
    own = a_preset(phases__0__daily_loss=None)
    assert own.daily_loss_in(own.phases[0]) is None
    other = copy.deepcopy(json.loads(CLASSIC.read_text("utf-8"))["overall_loss"]) | {"pct": 4}
    changed = a_preset(phases__0__overall_loss=other)
    assert to_rules(changed, "step1", 20_000.0).total_loss_initial_fraction == 0.04


def test_an_unknown_phase_is_refused() -> None:
    with pytest.raises(ParamsError, match="its phases: step1, step2, funded"):
        to_rules(load_preset(CLASSIC), "step9", 20_000.0)


def test_what_is_left_to_the_trader_is_said() -> None:
    notes = not_enforced(load_preset(CLASSIC), "step1")
    assert any(note.startswith("news: entries from 120 s before to 120 s after") for note in notes)
    assert any("every 30 days" in note for note in notes)
    add_on = a_preset(conduct__ea="paid_addon_required")
    assert any("paid add-on" in note for note in not_enforced(add_on, "step1"))


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
