"""The page about faults says what the catalogue says, and its examples run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.simulator.faults import CATALOGUE, IMPOSSIBLE
from bot.simulator.faults.kind import GROUPS
from bot.simulator.faults.page import BEGIN, catalogue_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
TEXT = PAGE.read_text(encoding="utf-8")
BEGINNING, *EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_the_tables_are_current() -> None:
    assert catalogue_page(TEXT) == TEXT, "write docs/faults.md again with catalogue_page"
    assert TEXT.count(BEGIN) == 1


def test_every_fault_has_its_row() -> None:
    for fault_id in (*CATALOGUE, *IMPOSSIBLE):
        assert len(re.findall(rf"^\| {fault_id} \|", TEXT, re.M)) == 1


def test_there_is_one_example_per_group() -> None:
    assert len(EXAMPLES) == len(GROUPS)


@pytest.mark.parametrize("example", EXAMPLES, ids=list(GROUPS))
def test_the_examples_run(example: str) -> None:
    exec(compile(BEGINNING + example, str(PAGE), "exec"), {})
