"""The page about the simulated terminal counts right, names what is open, and its example runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from behaviour_index import statements

from bot.simulator.constants import Constants
from bot.simulator.faults import CATALOGUE, IMPOSSIBLE
from bot.simulator.retcodes import LAST_ERROR_TEXTS, RETCODE_TEXTS
from bot.simulator.terminal import PACKAGE_FUNCTIONS
from bot.simulator.valuation import MODELLED_CALC_MODES

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
SHARED = ROOT / ".." / "shared" / "mt5"
EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def section(name: str) -> str:
    """The text under one heading."""
    return TEXT.split(f"\n## {name}\n")[1].split("\n## ")[0]


def rows(name: str) -> list[list[str]]:
    """Cells of the table rows under one heading, heads left out."""
    lines = [line for line in section(name).splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    return [row for row in cells if "---" not in row[0]]


def count_of(what: str) -> list[int]:
    """The numbers in the row of `what`."""
    copied = next(row for row in rows("What is copied, and from which evidence") if row[0] == what)
    return [int(number) for number in re.findall(r"\d+", copied[1])]


def test_every_heading_of_the_contents_is_there() -> None:
    linked = re.findall(r"^- \[(.+?)\]\(#(.+?)\)$", TEXT, re.M)
    assert [name for name, _ in linked] == re.findall(r"^## (.+)$", TEXT, re.M)
    for name, anchor in linked:
        assert anchor == re.sub(r"[^a-z0-9-]", "", name.lower().replace(" ", "-"))


def test_the_counts_are_those_of_the_code() -> None:
    constants = len([name for name in vars(Constants) if name.isupper()])
    texts = [len(RETCODE_TEXTS)] * 2 + [len(LAST_ERROR_TEXTS)] * 2
    every = list(statements())
    assert count_of("functions of the package") == [len(PACKAGE_FUNCTIONS)] * 2
    assert count_of("constants") == [constants] * 2
    assert count_of("texts of return codes and errors") == texts
    assert count_of("statements about behaviour") == [
        sum(one.is_adopted for one in every),
        len(every),
    ]
    assert count_of("faults of brokers, networks, clocks and data") == [
        len(CATALOGUE),
        len(CATALOGUE) + len(IMPOSSIBLE),
    ]


@pytest.mark.skipif(not SHARED.exists(), reason="the collected evidence is not at hand")
def test_the_counts_are_those_of_the_contract() -> None:
    contract: dict[str, Any] = json.loads((SHARED / "contract.json").read_text(encoding="utf-8"))
    fields = sum(len(names) for names in contract["structs"].values())
    assert count_of("functions of the package")[1] == len(contract["functions"])
    assert count_of("constants")[1] == len(contract["constants"])
    assert (
        count_of("struct types, with their fields") == [len(contract["structs"])] * 2 + [fields] * 2
    )
    texts = [len(contract["retcodes"])] * 2 + [len(contract["last_error"])] * 2
    assert count_of("texts of return codes and errors") == texts


def test_every_statement_that_is_not_copied_is_named_with_its_reason() -> None:
    left_out = [[s.number, s.words, s.reason] for s in statements() if not s.is_adopted]
    assert rows("What is copied, and from which evidence")[-len(left_out) :] == left_out


@pytest.mark.skipif(not SHARED.exists(), reason="the collected evidence is not at hand")
def test_every_mark_of_an_assumption_in_the_evidence_has_its_row() -> None:
    marked, number = [], 0
    for line in (SHARED / "BEHAVIOUR.md").read_text(encoding="utf-8").splitlines():
        head = re.match(r"## (\d+)\.", line)
        number = int(head[1]) if head else number
        marked += [str(number)] * len(re.findall(r"\[(?:D/)?A\b", line)) if number else []
    assert [row[0] for row in rows("What is assumed") if row[0].isdigit()] == marked


def test_as_many_calculation_modes_are_modelled_as_the_page_says() -> None:
    words = ("seven", "eight", "nine", "ten", "eleven", "twelve")
    assert f"the {words[len(MODELLED_CALC_MODES) - 7]} modelled ones" in section(
        "What is not there"
    ).replace("\n  ", " ")


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_example_runs(example: str) -> None:
    exec(compile(example, "docs/simulator.md", "exec"), {})


def test_there_is_an_example() -> None:
    assert EXAMPLES
