"""The page of guards names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "guards.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ")]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)


def test_every_guard_has_its_test() -> None:
    titles = 2 * PAGE.count("## ")  # the head of each table and the line below it
    assert len(NAMED) == len(ROWS) - titles > 50


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_every_test_named_on_the_page_exists(file: str, test: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
