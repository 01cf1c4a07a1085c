"""Every statement about the terminal is held by a test or named with its reason."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from behaviour_index import PAGE, SECTIONS, page, statements

HERE = Path(__file__).resolve().parent
EVIDENCE = HERE.parents[1] / ".." / "shared" / "mt5" / "BEHAVIOUR.md"
LAST_SECTION = 17


def names_of_tests() -> Counter[str]:
    """Every test function of this folder."""
    names: Counter[str] = Counter()
    for path in HERE.glob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names.update(
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        )
    return names


def numbers_in_evidence(text: str) -> list[str]:
    """Bullets and table rows of the sections, numbered in their order."""
    section, count, numbers = 0, 0, []
    is_in_table = False
    for line in text.splitlines():
        head = re.match(r"## (\d+)\.", line)
        if head:
            section, count = int(head[1]), 0
        elif not 1 <= section <= LAST_SECTION:
            continue
        elif line.startswith("|"):
            is_rule = not line.strip("|- :")
            if is_in_table and not is_rule:  # the first row is the head
                count += 1
                numbers.append(f"{section}.{count}")
        elif line.startswith("- "):
            count += 1
            numbers.append(f"{section}.{count}")
        is_in_table = line.startswith("|")
    return numbers


def test_every_statement_names_tests_that_exist_or_a_reason() -> None:
    known = names_of_tests()
    for statement in statements():
        unknown = [name for name in statement.tests if name not in known]
        assert not unknown, f"{statement.number} names {unknown}"
        assert statement.tests or len(statement.reason) > 20
        assert statement.words


def test_every_test_of_behaviour_has_a_name_of_its_own() -> None:
    cited = {name for statement in statements() for name in statement.tests}
    known = names_of_tests()
    twice = sorted(name for name in cited if known[name] > 1)
    assert twice == []


def test_the_page_is_what_the_index_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_page_names_every_section_and_what_is_left_out() -> None:
    text = page()
    for number, name in SECTIONS.items():
        assert f"## {number}. {name}" in text
    left_out = [s.number for s in statements() if not s.is_adopted]
    assert text.count("*not: ") == len(left_out)
    assert len(left_out) < len(list(statements())) / 8


@pytest.mark.skipif(not EVIDENCE.exists(), reason="the collected evidence is not at hand")
def test_no_statement_of_the_evidence_is_missing() -> None:
    expected = numbers_in_evidence(EVIDENCE.read_text(encoding="utf-8"))
    prose = ["9.6", "16.1"]  # one sentence below a table; a paragraph of rules
    assert sorted(s.number for s in statements()) == sorted([*expected, *prose])
