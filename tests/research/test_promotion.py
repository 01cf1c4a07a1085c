"""What trades has a passport, what traded before is kept, and one word goes back."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import ParamsError, RefusedError
from bot.params import load_settings
from bot.research.promotion import Wish, grow, passport_path, promote, read_run, rollback

REPOSITORY = Path(__file__).resolve().parents[2]
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
PLAIN = Wish("", 0.5, AT)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    shutil.copytree(REPOSITORY / "params", tmp_path / "params")
    return tmp_path / "params" / "current_params.json"


def a_run(path: Path, *refusals: str, folder: str = "run", **changes: object) -> Path:
    root = path.parent.parent / folder
    root.mkdir()
    study = {"kind": "sweep", "params_hash": load_settings(path).params_hash}
    figures = {"passed_count": 3, "accounts_count": 7}
    best = {"changes": changes or {"entry.limit_max_r": 0.4}, "figures": figures}
    verdict = {"refusals": list(refusals)}
    report = {"kind": "sweep", "best": best, "verdict": verdict, "trials_count": 9}
    (root / "study.json").write_text(json.dumps(study))
    (root / "report.json").write_text(json.dumps(report))
    return root


def test_a_promotion_writes_the_best_values_at_reduced_size_with_a_passport(path: Path) -> None:
    done = promote(path, read_run(a_run(path)), PLAIN)
    settings = load_settings(path)
    assert settings.entry.limit_max_r == 0.4
    assert settings.sizing.start_factor == 0.5
    passport = json.loads(passport_path(path).read_text())
    assert passport["params_hash"] == settings.params_hash == done.params_hash
    assert passport["pass_rate"] == {"passed": 3, "accounts": 7}
    assert passport["trials_count"] == 9
    assert passport["promoted_utc"] == "2026-11-21T12:00:00+00:00"


def test_a_rollback_brings_back_every_byte_and_keeps_what_it_undid(path: Path) -> None:
    before = path.read_bytes()
    promote(path, read_run(a_run(path)), PLAIN)
    promoted = path.read_bytes()
    undone = rollback(path)
    assert path.read_bytes() == before
    assert undone.read_bytes() == promoted
    assert not passport_path(path).exists()
    with pytest.raises(RefusedError, match="nothing to go back to"):
        rollback(path)


def test_two_promotions_are_rolled_back_one_at_a_time(path: Path) -> None:
    promote(path, read_run(a_run(path)), PLAIN)
    first, passport = path.read_bytes(), passport_path(path).read_bytes()
    promote(
        path, read_run(a_run(path, folder="second", **{"exits.ladder[0].target_r": 0.7})), PLAIN
    )
    rollback(path)
    assert path.read_bytes() == first
    assert passport_path(path).read_bytes() == passport


def test_what_was_undone_is_kept_when_the_next_promotion_is_undone_too(path: Path) -> None:
    promote(path, read_run(a_run(path)), PLAIN)
    first = path.read_bytes()
    undone = rollback(path)
    promote(
        path, read_run(a_run(path, folder="second", **{"exits.ladder[0].target_r": 0.7})), PLAIN
    )
    second = path.read_bytes()
    assert rollback(path).read_bytes() == second
    assert undone.read_bytes() == first


def test_a_rollback_that_died_half_way_goes_on_without_losing_what_it_undid(path: Path) -> None:
    before = path.read_bytes()
    done = promote(path, read_run(a_run(path)), PLAIN)
    promoted = path.read_bytes()
    kept = done.kept.read_bytes()
    undone = rollback(path)
    done.kept.write_bytes(kept)  # as a death before the last step leaves it
    rollback(path)
    assert path.read_bytes() == before
    assert undone.read_bytes() == promoted


def test_a_thin_result_is_refused_with_its_reasons_and_nothing_changes(path: Path) -> None:
    before = path.read_bytes()
    run = read_run(a_run(path, "too few trades: 12; wanted: at least 100"))
    with pytest.raises(RefusedError, match="too few trades: 12"):
        promote(path, run, PLAIN)
    assert path.read_bytes() == before
    assert not passport_path(path).exists()
    assert not (path.parent / "history").exists()


def test_a_reason_given_anyway_stands_in_the_passport(path: Path) -> None:
    run = read_run(a_run(path, "too few trades"))
    promote(path, run, Wish("demo account only", 0.5, AT))
    passport = json.loads(passport_path(path).read_text())
    assert passport["anyway"] == "demo account only"
    assert passport["refusals"] == ["too few trades"]


def test_a_study_of_another_file_is_refused(path: Path) -> None:
    run = a_run(path)
    text = path.read_text().replace('"limit_max_r": 0.3', '"limit_max_r": 0.35')
    path.write_text(text)
    with pytest.raises(RefusedError, match="the study began from parameters"):
        promote(path, read_run(run), PLAIN)


def test_values_the_file_would_refuse_are_never_written(path: Path) -> None:
    before = path.read_bytes()
    run = read_run(a_run(path, **{"entry.limit_max_r": 9.0}))
    with pytest.raises(ParamsError, match=r"entry\.limit_max_r"):
        promote(path, run, Wish("forced", 0.5, AT))
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["study.json", "report.json"])
def test_an_unfinished_study_is_refused_by_the_missing_file(path: Path, name: str) -> None:
    run = a_run(path)
    (run / name).unlink()
    with pytest.raises(RefusedError, match=name):
        read_run(run)


def test_full_size_comes_back_with_the_thirtieth_parity_trade(path: Path) -> None:
    promote(path, read_run(a_run(path)), PLAIN)
    with pytest.raises(RefusedError, match="must be at least 30"):
        grow(path, 29)
    assert load_settings(path).sizing.start_factor == 0.5
    assert grow(path, 30) == 1.0
    settings = load_settings(path)
    assert settings.sizing.start_factor == 1.0
    assert json.loads(passport_path(path).read_text())["params_hash"] == settings.params_hash


def test_a_second_promotion_remembers_the_full_size_of_before_the_first(path: Path) -> None:
    promote(path, read_run(a_run(path)), PLAIN)
    promote(path, read_run(a_run(path, folder="second")), PLAIN)
    assert grow(path, 30) == 1.0


def test_a_passport_of_an_edited_file_gives_no_size_back(path: Path) -> None:
    promote(path, read_run(a_run(path)), PLAIN)
    path.write_text(path.read_text().replace('"limit_max_r": 0.4', '"limit_max_r": 0.41'))
    with pytest.raises(RefusedError, match="edited since"):
        grow(path, 30)
