from __future__ import annotations

import json
import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from builders_challenge import high_stakes
from params_files import SHIPPED, a_document, a_file, a_folder, put

from bot.errors import ParamsError
from bot.model.coast import TargetPolicy
from bot.params import default_document, load, load_params, load_settings, params_hash
from bot.params.layout import laid_out


def test_the_shipped_file_loads_and_its_first_key_is_its_schema() -> None:
    path = SHIPPED / "current_params.json"
    settings = load_settings(path)
    assert settings.preset == "the5ers_high_stakes_classic"
    assert next(iter(json.loads(path.read_text("utf-8")))) == "$schema"
    assert (SHIPPED / json.loads(path.read_text("utf-8"))["$schema"]).is_file()


def test_percents_become_fractions_and_hours_seconds(tmp_path: Path) -> None:
    settings = load_settings(a_file(tmp_path, a_document()))
    assert settings.risk.risk_per_trade_balance_fraction == 0.006
    assert settings.risk.risk_reduced_balance_fraction == 0.004
    assert settings.risk.confluence_step_fraction == 0.15
    assert settings.risk.cumulative_risk_equity_fraction_max == 0.05
    assert settings.brakes == (0.02, 0.03, 0.035, 0.09)
    assert settings.entry.expiry_s == 168 * 3600
    assert settings.entry.spread_wait_max_s == 120 * 3600
    assert settings.entry.spread_max_percentile_fraction == 0.9
    assert settings.schedule.spread_retry_s == 300
    assert settings.schedule.scan_after_midnight_s == 900
    assert settings.schedule.scan_after_weekend_s == 3600
    assert settings.schedule.rollover_start_s == 23 * 3600 + 50 * 60
    assert settings.schedule.rollover_end_s == 15 * 60
    assert settings.coast.risk_balance_fraction == 0.002
    assert settings.coast.policy == TargetPolicy.COAST
    commissions = {
        terms.asset_class: (terms.money_per_lot, terms.notional_fraction)
        for terms in settings.commissions
    }
    assert commissions == {
        "fx": (4.0, 0.0),
        "metal": (0.0, 0.00002),
        "index": (0.0, 0.0),
        "crypto": (0.0, 0.0006),
    }


def test_the_ladder_becomes_one_entry_per_rung_and_null_leaves_the_stop(tmp_path: Path) -> None:
    exits = load_settings(a_file(tmp_path, a_document())).exits
    assert exits.targets_r == (0.6, 1.2, 2.0)
    assert exits.close_fractions == (0.35, 0.30, 0.35)
    assert exits.stops_after_r[:2] == (0.0, 1.1)
    assert math.isnan(exits.stops_after_r[2])


def test_the_firms_rules_come_from_preset_phase_and_initial_balance(tmp_path: Path) -> None:
    document = put(a_document(), "account.initial_balance_money", 60_000)
    assert load_settings(a_file(tmp_path, document)).rules == high_stakes(60_000.0)
    document = put(document, "account.phase", "step2")
    assert load_settings(a_file(tmp_path, document)).rules.target.profit_fraction == 0.05


def test_symbols_are_looked_up_in_the_catalogue_in_the_order_of_the_file(tmp_path: Path) -> None:
    document = put(a_document(), "universe.symbols", ["XAUUSD", "SPX500", "BTCUSD", "EURUSD"])
    gold, index, crypto, euro = load_settings(a_file(tmp_path, document)).symbols
    assert (gold.symbol, gold.asset_class, gold.is_volatile) == ("XAUUSD", "metal", True)
    assert (index.asset_class, index.broker_names[0]) == ("index", "SP500")
    assert (crypto.trades_weekends, euro.trades_weekends) == (True, False)
    assert euro.broker_names == ("EURUSD",)


def test_every_shipped_symbol_is_described_and_the_universe_has_37() -> None:
    settings = load_settings(SHIPPED / "current_params.json")
    classes = [symbol.asset_class for symbol in settings.symbols]
    counts = {name: classes.count(name) for name in set(classes)}
    assert counts == {"fx": 28, "metal": 2, "index": 5, "crypto": 2}


@pytest.mark.parametrize("profile", ["conservative", "balanced", "aggressive"])
def test_each_shipped_profile_loads_and_changes_only_its_own_keys(profile: str) -> None:
    path = SHIPPED / "current_params.json"
    below = load(path).document
    above = json.loads((SHIPPED / "profiles" / f"{profile}.json").read_text("utf-8"))
    merged = load(path, profile=profile).document
    assert merged == laid_over(below, above)


def laid_over(below: Any, above: Any) -> Any:
    """Groups key by key, at any depth; everything else is replaced."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return {**below, **{k: laid_over(below.get(k), value) for k, value in above.items()}}


def test_profiles_are_ordered_by_what_they_risk() -> None:
    path = SHIPPED / "current_params.json"
    risks = [
        load_settings(path, profile=name).risk.risk_per_trade_balance_fraction
        for name in ("conservative", "balanced", "aggressive")
    ]
    assert risks == sorted(risks)
    assert len(set(risks)) == 3


def test_an_unknown_profile_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_document())
    with pytest.raises(ParamsError, match='nearest known name is "conservative"'):
        load_settings(path, profile="conservativ")


def test_a_profile_is_as_strict_as_the_file_it_lies_over(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_document())
    profile = a_folder(tmp_path) / "profiles" / "mine.json"
    profile.write_text('{"sizing": {"risk_pct": 0.5, "risk_per_trade_pct": 60}}', "utf-8")
    with pytest.raises(ParamsError) as caught:
        load_settings(path, profile="mine")
    assert "with profile mine: 2 problems" in str(caught.value)
    assert "sizing.risk_per_trade_pct = 60: must be between 0.05 and 1.5" in str(caught.value)
    assert "sizing.risk_pct = 0.5: unknown key" in str(caught.value)


@pytest.mark.parametrize("text", ["{}", '{"sizing": 3}', '{"exits": {"ladder": []}}'])
def test_a_profile_that_changes_nothing_or_breaks_a_group_is_refused(
    tmp_path: Path, text: str
) -> None:
    path = a_file(tmp_path, a_document())
    (a_folder(tmp_path) / "profiles" / "mine.json").write_text(text, "utf-8")
    with pytest.raises(ParamsError, match=r"changes nothing|must be"):
        load_settings(path, profile="mine")


def test_firms_may_live_in_another_folder(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_document())
    moved = tmp_path / "rules"
    (a_folder(tmp_path) / "firms").rename(moved)
    assert load_settings(path, firms_folder=moved).preset == "the5ers_high_stakes_classic"
    with pytest.raises(ParamsError, match=r"account\.firm_preset"):
        load_settings(path)


def test_the_hash_ignores_layout_and_follows_every_number(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_document())
    before = load_settings(path).params_hash
    path.write_text(laid_out(dict(reversed(a_document().items()))), "utf-8")
    assert load_settings(path).params_hash == before
    changed = put(a_document(), "sizing.risk_per_trade_pct", 0.61)
    assert load_settings(a_file(tmp_path, changed)).params_hash != before
    assert len(before) == 12


def test_the_hash_follows_the_firms_rules_and_the_symbols_too(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_document())
    before = load_settings(path).params_hash
    for file, old, new in (
        ("symbols.json", '"asset_class": "fx"', '"asset_class": "metal"'),
        ("firms/the5ers_high_stakes_classic.json", '"target_pct": 8', '"target_pct": 9'),
    ):
        target = a_folder(tmp_path) / file
        text = target.read_text("utf-8")
        target.write_text(text.replace(old, new, 1), "utf-8")
        assert load_settings(path).params_hash != before
        target.write_text(text, "utf-8")


def test_whole_and_decimal_writing_of_a_number_hash_alike() -> None:
    assert params_hash({"a": 5, "b": [1.0]}) == params_hash({"b": [1], "a": 5.0})
    assert params_hash({"a": 5}) != params_hash({"a": 5.5})
    assert params_hash({"a": True}) != params_hash({"a": 1})


def test_a_written_default_file_is_read_back_equal(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_document())
    path.write_text(laid_out(default_document()), "utf-8")
    assert load(path).document == default_document()
    assert load_params(path).sizing.risk_per_trade_pct == 0.6


def test_every_settings_field_is_filled(tmp_path: Path) -> None:
    settings = load_settings(a_file(tmp_path, a_document()))
    for field in fields(settings):
        assert getattr(settings, field.name) is not None, field.name
    assert settings.firm_label == "The5ers High Stakes Classic"


def test_symbols_that_stand_nowhere_are_looked_for_beside_the_parameter_file(
    tmp_path: Path,
) -> None:
    path = a_file(tmp_path, a_document())
    (path.parent / "symbols.json").unlink()
    with pytest.raises(ParamsError, match=r"symbols\.json: no such file") as refused:
        load_settings(path)
    assert f"beside the parameter file, that is in {path.parent}" in str(refused.value)
