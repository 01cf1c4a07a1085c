"""Exposure, conduct and coasting: shipped figures, and what cannot hold together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from params_files import SHIPPED, a_document, a_file, a_folder, put

from bot.errors import ParamsError
from bot.model.coast import TargetPolicy
from bot.params import load_settings

CLASSIC = "the5ers_high_stakes_classic"


def test_the_shipped_caps_are_the_design_s() -> None:
    settings = load_settings(SHIPPED / "current_params.json")
    assert settings.exposure.group_cap_fraction == 0.4
    assert settings.exposure.stop_out_buffer_equity_fraction == 0.15
    assert settings.risk.margin_free_equity_fraction_min == 0.25
    assert settings.conduct.symbol_gap_s == 300.0
    assert settings.coast.policy == TargetPolicy.COAST
    assert settings.coast.lock_profit_fraction == 0.5


CLASHES = [
    ({"exposure.group_max_pct": 19.9}, "exposure.group_max_pct = 19.9"),
    ({"exposure.currency_max_r": 1.6}, "exposure.currency_max_r = 1.6: must be at least 1.66667"),
    ({"exposure.one_side_max_pct": 39.0}, "must be at most exposure.one_side_max_pct = 39"),
    (
        {"exposure.correlation_days_min_count": 61},
        "must be at most exposure.correlation_days_count = 60",
    ),
    (
        {"exposure.correlation_days_count": 250, "schedule.d1_bars_count": 250},
        "must be below schedule.d1_bars_count = 250",
    ),
    ({"conduct.size_samples_min_count": 21}, "must be at most conduct.size_samples_count = 20"),
    ({"coast.risk_pct": 0.7}, "coast.risk_pct = 0.7: must be at most sizing.risk_per_trade_pct"),
]


@pytest.mark.parametrize(("changes", "said"), CLASHES)
def test_what_cannot_hold_together_is_refused(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    document = a_document()
    for field, value in changes.items():
        put(document, field, value)
    with pytest.raises(ParamsError) as caught:
        load_settings(a_file(tmp_path, document))
    assert said in str(caught.value)


FITS: list[dict[str, Any]] = [
    {"exposure.group_max_pct": 20.0},
    {"exposure.currency_max_r": 1.67},
    {"exposure.one_side_max_pct": 40.0},
    {"exposure.correlation_days_min_count": 60},
    {"conduct.size_samples_min_count": 20},
    {"coast.risk_pct": 0.6},
]


@pytest.mark.parametrize("changes", FITS)
def test_what_just_fits_is_taken(tmp_path: Path, changes: dict[str, Any]) -> None:
    document = a_document()
    for field, value in changes.items():
        put(document, field, value)
    load_settings(a_file(tmp_path, document))


@pytest.mark.parametrize(("firm_s", "is_fine"), [(60.0, True), (61.0, False), (None, True)])
def test_the_least_holding_is_never_below_the_firm_s(
    tmp_path: Path, firm_s: float | None, is_fine: bool
) -> None:
    path = a_folder(tmp_path) / "firms" / f"{CLASSIC}.json"
    preset = json.loads(path.read_text("utf-8"))
    preset["limits"]["min_trade_seconds"] = firm_s
    path.write_text(json.dumps(preset), "utf-8")
    file = a_file(tmp_path, a_document())
    if is_fine:
        load_settings(file)
        return
    with pytest.raises(ParamsError, match=r"hold_min_s = 60\.0: must be at least the firm's"):
        load_settings(file)
