from __future__ import annotations

import json
from pathlib import Path

import pytest
from params_files import SHIPPED, a_document

from bot.params import default_document, schema_document
from bot.params.document import Params
from bot.params.schema import SCHEMA_KEY, UNITS, leaves, resolved

LEAVES = [leaf for leaf in leaves(a_document()) if leaf.path != SCHEMA_KEY]
NUMBERS = [
    leaf
    for leaf in LEAVES
    if isinstance(leaf.value, int | float) and not isinstance(leaf.value, bool)
]
UNITLESS = {"account.login", "account.magic_base"}


def test_the_shipped_schema_is_the_generated_one() -> None:
    shipped = json.loads((SHIPPED / "params.schema.json").read_text("utf-8"))
    assert shipped == schema_document(), "run: bot check params --write-schema"


def test_the_schema_requires_every_key_and_allows_no_other() -> None:
    schema = schema_document()
    objects = [schema, *schema["$defs"].values()]  # type: ignore[union-attr]
    for node in objects:
        if "properties" not in node:
            continue
        assert node["additionalProperties"] is False
        assert set(node["required"]) == set(node["properties"]) - {SCHEMA_KEY}


def test_the_first_key_of_a_default_document_is_its_schema() -> None:
    assert next(iter(default_document())) == SCHEMA_KEY
    assert list(default_document())[1:] == list(Params.model_fields)


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.path)
def test_every_parameter_says_what_it_means(leaf) -> None:  # type: ignore[no-untyped-def]
    node = resolved(leaf.node, schema_document())
    assert len(str(node.get("description", ""))) >= 10, leaf.path


@pytest.mark.parametrize("leaf", NUMBERS, ids=lambda leaf: leaf.path)
def test_every_number_has_a_closed_range_that_a_slip_of_100_leaves(leaf) -> None:  # type: ignore[no-untyped-def]
    node = leaf.node
    node = next((n for n in node.get("anyOf", []) if "minimum" in n), node)
    low, high = node["minimum"], node["maximum"]
    assert low <= leaf.value <= high
    if leaf.value and leaf.path not in UNITLESS | {"account.initial_balance_money"}:
        assert leaf.value * 100 > high, f"{leaf.path}: {leaf.value * 100} would be accepted"


@pytest.mark.parametrize("leaf", NUMBERS, ids=lambda leaf: leaf.path)
def test_every_number_carries_its_unit_at_the_end_of_its_name(leaf) -> None:  # type: ignore[no-untyped-def]
    if leaf.path not in UNITLESS:
        assert leaf.path.endswith(tuple(UNITS)), leaf.path


def test_the_schema_is_small_enough_to_read(tmp_path: Path) -> None:
    text = json.dumps(schema_document())
    assert len(text) < 100_000
