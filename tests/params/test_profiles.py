"""Each profile is a meaningful whole, and fits the firms it is meant for."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from params_files import SHIPPED
from typer.testing import CliRunner

from bot.cli.app import app
from bot.model.settings import BotSettings
from bot.params import load_preset, load_settings
from bot.params.contradictions import preset_contradictions
from bot.params.load import merged_document
from bot.rules.sizing import RISK_HARD_CEILING_BALANCE_FRACTION

NAMES = ("conservative", "balanced", "aggressive")
PRESETS = sorted(file.stem for file in (SHIPPED / "firms").glob("*.json"))
FITS_FROM_DAILY_PCT = {"conservative": 4.0, "balanced": 5.0, "aggressive": 5.0}
FITS_FROM_OVERALL_PCT = {"conservative": 8.0, "balanced": 10.0, "aggressive": 10.0}
"""The firm's limits from which on a profile's brakes lie inside them (docs/profiles.md)."""


def settings_of(name: str) -> BotSettings:
    return load_settings(SHIPPED / "current_params.json", profile=name)


@pytest.mark.parametrize("name", NAMES)
def test_the_check_of_parameters_accepts_each_profile(name: str) -> None:
    file = str(SHIPPED / "current_params.json")
    answer = CliRunner().invoke(app, ["check", "params", "--params", file, "--profile", name])
    assert answer.exit_code == 0, answer.output


def test_balanced_is_what_the_shipped_file_says() -> None:
    path = SHIPPED / "current_params.json"
    assert merged_document(path, "balanced") == merged_document(path)


def test_a_bolder_profile_risks_at_least_as_much_everywhere() -> None:
    for calm, bold in pairwise(settings_of(name) for name in NAMES):
        for field in (
            "risk_per_trade_balance_fraction",
            "risk_reduced_balance_fraction",
            "risk_ceiling_balance_fraction",
            "cumulative_risk_equity_fraction_max",
            "positions_max_count",
            "entries_per_day_max_count",
        ):
            assert getattr(calm.risk, field) <= getattr(bold.risk, field), field
        assert calm.sizing.budget.budget_equity_fraction < bold.sizing.budget.budget_equity_fraction
        assert calm.sizing.drawdown.start_fraction < bold.sizing.drawdown.start_fraction
        assert calm.sizing.leverage_max < bold.sizing.leverage_max
        assert calm.brakes.flatten_base_fraction < bold.brakes.flatten_base_fraction
        assert calm.coast.risk_balance_fraction < bold.coast.risk_balance_fraction


def test_the_bold_budget_stops_after_fewer_losses() -> None:
    rows = [settings_of(name).sizing.budget.losses_in_row_max_count for name in NAMES]
    assert rows == [2, 2, 1]


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_survives_several_full_losses_in_a_day(name: str) -> None:
    settings = settings_of(name)
    losses = settings.brakes.flatten_base_fraction / settings.risk.risk_per_trade_balance_fraction
    assert losses >= 4.0
    assert settings.risk.risk_ceiling_balance_fraction <= RISK_HARD_CEILING_BALANCE_FRACTION


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_keeps_the_group_of_keys_of_the_others(name: str) -> None:
    def keys(profile: str) -> list[str]:
        text = (SHIPPED / "profiles" / f"{profile}.json").read_text("utf-8")
        return [f"{g}.{k}" for g, group in json.loads(text).items() for k in group]

    assert keys(name) == keys("balanced")


@pytest.mark.parametrize("preset_id", PRESETS)
@pytest.mark.parametrize("name", NAMES)
def test_a_profile_fits_a_firm_exactly_when_its_brakes_lie_inside_the_limits(
    name: str, preset_id: str
) -> None:
    preset = load_preset(SHIPPED / "firms" / f"{preset_id}.json")
    document = merged_document(SHIPPED / "current_params.json", name)
    account = document["account"]
    assert isinstance(account, dict)
    for phase in preset.phases:
        changed = {**document, "account": {**account, "phase": phase.id}}
        found = preset_contradictions(changed, preset, frozenset({"account.currency"}))
        clashes = {p.field for p in found if p.field.startswith("brakes.")}
        daily, overall = preset.daily_loss_in(phase), preset.overall_loss_in(phase)
        fits = (daily is None or daily.pct >= FITS_FROM_DAILY_PCT[name]) and (
            overall is None or overall.pct >= FITS_FROM_OVERALL_PCT[name]
        )
        assert (not clashes) == fits, (phase.id, clashes)
