"""Machine code kept on disk is code of exactly these sources, or it is not used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.backtest.compiled import CODE_HASH, CodeCache, code_hash, source_files
from bot.rules._rule import RULES


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name in ("backtest/walk.py", "rules/entry.py", "model/market.py", "indicators.py"):
        file = tmp_path / "bot" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("LIMIT = 1\n")
    return tmp_path / "bot"


@pytest.mark.parametrize(
    "name", ["backtest/walk.py", "rules/entry.py", "model/market.py", "indicators.py"]
)
def test_one_changed_letter_of_any_source_is_another_version(package: Path, name: str) -> None:
    before = code_hash(source_files(package))
    (package / name).write_text("LIMIT = 2\n")
    assert code_hash(source_files(package)) != before


def test_a_new_rule_is_another_version(package: Path) -> None:
    before = code_hash(source_files(package))
    (package / "rules" / "more.py").write_text("")
    assert code_hash(source_files(package)) != before


def test_text_that_moves_from_one_file_to_the_next_is_another_version(package: Path) -> None:
    before = code_hash(source_files(package))
    (package / "backtest" / "walk.py").write_text("")
    (package / "rules" / "entry.py").write_text("LIMIT = 1\nLIMIT = 1\n")
    assert code_hash(source_files(package)) != before


def test_every_rule_and_every_step_of_the_walk_is_hashed() -> None:
    names = {file.stem for file in source_files()}
    assert {"walk", "market", "entry", "positions", "reference"} <= names
    assert {name.split(".")[2] for name in RULES} <= names
    assert len(CODE_HASH) == 24


def test_only_the_latest_versions_are_kept(tmp_path: Path) -> None:
    for age in range(14):
        made = CodeCache(tmp_path, f"v{age}").folder
        os.utime(made / "used", (1_000 + age, 1_000 + age))
    CodeCache(tmp_path, "now")
    kept = {f"v{age}" for age in range(3, 14)} | {"now"}
    assert {folder.name for folder in tmp_path.iterdir()} == kept


def test_a_folder_that_cannot_be_made_means_no_cache(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    cache = CodeCache(tmp_path / "taken", "v1")
    assert not cache.is_writable
    assert not cache.has_code
