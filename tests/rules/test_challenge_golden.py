"""The firms' worked histories, step by step, through the rules that trade live."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.cli.challenge_cases import REPLAYS, compare
from bot.params import FirmPreset
from bot.params.load import load_preset, preset_of

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".." / "shared" / "rules"
Vector = dict[str, Any]

pytestmark = pytest.mark.skipif(
    not (FOLDER / "golden.json").exists(), reason="the worked histories are not beside the checkout"
)


@cache
def vectors() -> list[Vector]:
    path = FOLDER / "golden.json"
    if not path.exists():
        return []
    everything: list[Vector] = json.loads(path.read_text(encoding="utf-8"))["vectors"]
    return everything


@cache
def collected(name: str) -> FirmPreset:
    """The preset as the collection has it; a vector of several presets names none."""
    presets = json.loads((FOLDER / "presets.json").read_text(encoding="utf-8"))["presets"]
    return preset_of(presets[name], name)


def answers(vector: Vector, preset: FirmPreset) -> list[Vector]:
    return REPLAYS[vector["kind"]](vector, preset)


def any_preset(vector: Vector) -> str:
    return str(vector.get("preset") or "the5ers_high_stakes_classic")


def test_there_are_histories_of_every_kind() -> None:
    kinds = [vector["kind"] for vector in vectors()]
    assert set(kinds) == set(REPLAYS)
    assert len(kinds) >= 43
    assert kinds.count("equity_path") >= 38


@pytest.mark.parametrize("vector", vectors(), ids=lambda v: v["id"])
def test_the_rules_live_the_firms_worked_history(vector: Vector) -> None:
    preset = collected(any_preset(vector))
    for step, answer in zip(vector["steps"], answers(vector, preset), strict=True):
        differing = compare(step["expect"], answer)
        assert not differing, f"{vector['id']} at {step.get('t_utc', step)}: {differing}"


@pytest.mark.parametrize("vector", vectors(), ids=lambda v: v["id"])
def test_nothing_is_said_that_the_history_does_not_show(vector: Vector) -> None:
    preset = collected(any_preset(vector))
    for step, answer in zip(vector["steps"], answers(vector, preset), strict=True):
        if vector["kind"] != "clock":
            assert set(answer) == set(step["expect"]), vector["id"]


@pytest.mark.parametrize("vector", vectors(), ids=lambda v: v["id"])
def test_the_shipped_presets_live_it_alike(vector: Vector) -> None:
    name = any_preset(vector)
    shipped = load_preset(ROOT / "params" / "firms" / f"{name}.json")
    assert answers(vector, shipped) == answers(vector, collected(name))
