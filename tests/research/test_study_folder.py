"""A study's folder loses no finished row, and never mixes two studies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.research.study_folder import Identity, OtherStudyError, StudyFolder

SWEEP = Identity("sweep", "c0de", "da7a", "4a4a", 7, {"trials": 10, "grid": (1.0, 1.5)})


def test_rows_of_a_stopped_study_are_there_again(tmp_path: Path) -> None:
    StudyFolder(tmp_path / "s", SWEEP).add("3", {"net_money": 12.5, "symbols": ["EURUSD"]})
    again = StudyFolder(tmp_path / "s", SWEEP)
    assert again.rows == {"3": {"net_money": 12.5, "symbols": ["EURUSD"]}}


@pytest.mark.parametrize("kept_bytes", [1, 10, -1])
def test_a_row_torn_by_a_death_is_the_only_one_lost(tmp_path: Path, kept_bytes: int) -> None:
    folder = StudyFolder(tmp_path / "s", SWEEP)
    folder.add("1", {"net_money": 1.0})
    whole = (folder.root / "rows.jsonl").read_bytes()
    folder.add("2", {"net_money": 2.0})
    both = (folder.root / "rows.jsonl").read_bytes()
    torn = both[: len(whole) + kept_bytes] if kept_bytes > 0 else both[:kept_bytes]
    (folder.root / "rows.jsonl").write_bytes(torn)

    again = StudyFolder(tmp_path / "s", SWEEP)
    assert list(again.rows) == ["1"]
    again.add("2", {"net_money": 2.0})
    assert StudyFolder(tmp_path / "s", SWEEP).rows["2"] == {"net_money": 2.0}


def test_a_garbled_row_in_the_middle_is_refused_by_its_line(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "s", SWEEP)
    folder.add("1", {"net_money": 1.0})
    with (folder.root / "rows.jsonl").open("ab") as file:
        file.write(b"{\x00}\n")
    with pytest.raises(OtherStudyError, match="line 2"):
        StudyFolder(tmp_path / "s", SWEEP)


@pytest.mark.parametrize("name", ["code_hash", "data_hash", "params_hash", "seed", "asked"])
def test_another_study_is_refused_and_the_difference_is_named(tmp_path: Path, name: str) -> None:
    StudyFolder(tmp_path / "s", SWEEP)
    other = {"seed": 8, "asked": {"trials": 11}}.get(name, "other")
    with pytest.raises(OtherStudyError, match=name):
        StudyFolder(tmp_path / "s", replace(SWEEP, **{name: other}))


def test_a_folder_of_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.txt").write_text("mine")
    with pytest.raises(OtherStudyError, match="holds files but no study"):
        StudyFolder(tmp_path, SWEEP)
    assert [file.name for file in tmp_path.iterdir()] == ["holiday.txt"]


def test_a_number_that_is_none_is_refused_before_it_is_written(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "s", SWEEP)
    with pytest.raises(ValueError, match="float"):
        folder.add("1", {"net_money": float("nan")})
    assert StudyFolder(tmp_path / "s", SWEEP).rows == {}
