"""Histories that cannot be read are refused by field; differences are told by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.cli.challenge_cases import compare, replay_inactivity, replay_news
from bot.cli.challenge_history import replay_equity
from bot.errors import DataError
from bot.params import FirmPreset, load_preset

FIRMS = Path(__file__).resolve().parents[2] / "params" / "firms"
STEP = {"t_utc": "2026-03-10T07:00:00Z", "balance": 20_000, "equity": 20_000, "open_positions": 0}


def classic() -> FirmPreset:
    return load_preset(FIRMS / "the5ers_high_stakes_classic.json")


def a_history(**step: object) -> dict[str, Any]:
    return {"phase": "step1", "initial_balance": 20_000, "steps": [STEP | step]}


@pytest.mark.parametrize(
    ("history", "words"),
    [
        (a_history(t_utc="yesterday"), "t_utc = 'yesterday'"),
        (a_history(balance="much"), "balance = 'much': must be a number"),
        (a_history(equity=True), "equity = True"),
        (a_history() | {"steps": {}}, "must be a list"),
        (a_history() | {"phase": 1}, "phase = 1: must be text"),
    ],
)
def test_a_history_that_cannot_be_read_names_its_field(history: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError) as caught:
        replay_equity(history, classic())
    assert words in str(caught.value)


def test_a_history_without_steps_has_no_answers() -> None:
    assert replay_equity(a_history() | {"steps": []}, classic()) == []


def test_an_action_nobody_knows_is_refused_with_those_that_are_known() -> None:
    event = {"t_server": "2026-03-11T15:30:00", "impact": "high"}
    step = {"t_server": "2026-03-11T15:30:00", "action": "hedge", "symbol_related": True}
    with pytest.raises(DataError, match="one of open_market, pending_trigger"):
        replay_news({"phase": "step1", "event": event, "steps": [step]}, classic())


@pytest.mark.parametrize(
    ("opened", "is_violation"),
    [
        ({"opened_server": "2026-03-11T10:30:00"}, False),
        ({"opened_server": "2026-03-11T10:30:01"}, True),
        ({"opened_before_s": 18_000}, False),
        ({"opened_before_s": 17_999}, True),
    ],
)
def test_a_trade_opened_early_enough_is_exempt(
    opened: dict[str, object], is_violation: bool
) -> None:
    preset = load_preset(FIRMS / "fundingpips_2step_standard.json")
    event = {"t_server": "2026-03-11T15:30:00", "impact": "high"}
    step = {"t_server": "2026-03-11T15:31:00", "action": "close", "symbol_related": True, **opened}
    (answer,) = replay_news({"phase": "funded", "event": event, "steps": [step]}, preset)
    assert answer["violation"] is is_violation


def test_a_phase_without_an_inactivity_limit_never_expires() -> None:
    preset = load_preset(FIRMS / "ftmo_2step_standard.json")
    step = {
        "phase": "step1",
        "last_new_trade_utc": "2026-03-02T12:00:00Z",
        "now_utc": "2026-08-02T12:00:00Z",
    }
    (answer,) = replay_inactivity({"steps": [step]}, preset)
    assert (answer["limit_days"], answer["expired"], answer["alert"]) == (None, False, True)


def test_a_difference_is_told_by_name_with_both_values() -> None:
    assert compare({"a": 1, "b": None}, {"a": 2}) == [("a", 1, 2)]
