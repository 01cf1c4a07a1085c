"""Breakers in the parameter file: ranges, clashes, units."""

from __future__ import annotations

from pathlib import Path

import pytest
from params_files import a_document, a_file, put

from bot.errors import ParamsError
from bot.model.breakers import Breaker, BreakerAction
from bot.params import load_settings
from bot.params.load import document_problems

OWN = "breakers."


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"slippage.mean_max_r": 0.5}, "slippage.mean_max_r"),
        ({"slippage.mean_fills_min_count": 21}, "slippage.mean_fills_min_count"),
        ({"spread_regime.symbols_healed_pct": 50.0}, "spread_regime.symbols_healed_pct"),
        ({"requests_soft.max_count": 450}, "requests_soft.max_count"),
        ({"requests_hard.max_count": 501}, "requests_hard.max_count"),
        ({"disk.free_least_mb": 1_001.0}, "disk.free_least_mb"),
        ({"memory.own_healed_mb": 1_501.0}, "memory.own_healed_mb"),
    ],
)
def test_values_that_cannot_hold_together_are_named(changes: dict[str, object], named: str) -> None:
    document = a_document()
    for field, value in changes.items():
        put(document, OWN + field, value)
    assert [item.field for item in document_problems(document)] == [OWN + named]


@pytest.mark.parametrize(
    "changes",
    [
        {"slippage.mean_max_r": 0.49},
        {"slippage.mean_fills_min_count": 20},
        {"spread_regime.symbols_healed_pct": 49.0},
        {"requests_soft.max_count": 449},
        {"requests_hard.max_count": 500},
        {"disk.free_least_mb": 1_000.0},
        {"memory.own_healed_mb": 1_500.0},
    ],
)
def test_values_that_just_hold_together_pass(changes: dict[str, object]) -> None:
    document = a_document()
    for field, value in changes.items():
        put(document, OWN + field, value)
    assert document_problems(document) == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("rapid_loss.max_pct", 200.0, "between 0.2 and 4.0"),
        ("rapid_loss.action", "panic", "must be one of"),
        ("daily_drawdown.use", 1, "true or false"),
        ("disk", {}, "is missing"),
        ("consecutive_losses.max_count", 2.5, "whole number"),
    ],
)
def test_a_value_out_of_range_is_told_what_is_allowed(
    field: str, value: object, words: str
) -> None:
    problems = document_problems(put(a_document(), OWN + field, value))
    assert problems
    assert any(words in item.line for item in problems)


def test_a_drawdown_breaker_at_the_firms_limit_is_refused(tmp_path: Path) -> None:
    document = put(a_document(), OWN + "daily_drawdown.max_pct", 5.0)
    with pytest.raises(ParamsError, match="below the firm's daily limit of 5 %"):
        load_settings(a_file(tmp_path, document))


def test_each_breaker_has_its_numbers_in_the_bots_own_units(tmp_path: Path) -> None:
    settings = load_settings(a_file(tmp_path, a_document())).breakers
    assert [name for name in settings._fields if name != "check_s"] == [b.value for b in Breaker]
    flattening = [b for b in Breaker if getattr(settings, b).action == BreakerAction.FLATTEN]
    assert flattening == [Breaker.RAPID_LOSS]
    assert (settings.rapid_loss.max_peak_fraction, settings.rapid_loss.window_s) == (0.02, 300.0)
    assert settings.disk.free_min_bytes == 5e8
    assert settings.slippage.wait_s == 43_200.0
