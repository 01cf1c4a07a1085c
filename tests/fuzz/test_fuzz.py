"""Every kind of file, broken a few hundred times; and the fuzzer's own promises."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from tools.fuzz.__main__ import main
from tools.fuzz.campaign import Plan, kind_names, kinds_by_name, run
from tools.fuzz.model import Answer, BrokenPromiseError, Kind, demand
from tools.fuzz.trial import input_of, judged, minimised

INPUTS_PER_KIND = 80
SEED = 20_260_317


@pytest.mark.parametrize("name", kind_names())
def test_no_promise_breaks_whatever_stands_in_the_file(name: str) -> None:
    (told,) = run(Plan(INPUTS_PER_KIND, SEED, (name,), None, 1), lambda _count: None)
    assert told.findings == {}
    assert told.inputs_count == INPUTS_PER_KIND
    assert told.refused_count > 0


@pytest.mark.parametrize("name", [name for name in kind_names() if name != "terminal place"])
def test_a_valid_file_is_accepted(name: str, tmp_path: Path) -> None:
    kind = kinds_by_name()[name]
    for raw in kind.seeds:
        assert judged(kind, tmp_path / "files", raw).answer == Answer.ACCEPTED


def test_the_same_seed_makes_the_same_inputs() -> None:
    kind = kinds_by_name()["command"]
    first = [input_of(kind, 5, number) for number in range(50)]
    assert first == [input_of(kind, 5, number) for number in range(50)]
    assert first != [input_of(kind, 6, number) for number in range(50)]


def a_kind(name: str) -> Kind:
    """A reader that fails in one way on files with a zero in them."""

    def read(_folder: Path, raw: bytes) -> Answer:
        if b"0" in raw:
            if name == "crashes":
                raise ZeroDivisionError("by nought")
            demand("took nonsense", that=name != "believes")
        return Answer.ACCEPTED

    def edit(rng: Random, raw: bytes) -> bytes:
        return raw + bytes([48 + rng.randrange(3)])

    return Kind(name, (b"1", b"2"), read, edit)


@pytest.mark.parametrize(
    ("name", "told"), [("crashes", "ZeroDivisionError"), ("believes", "took nonsense")]
)
def test_a_crash_and_a_belief_are_told_and_made_small(tmp_path: Path, name: str, told: str) -> None:
    kind = a_kind(name)
    raw = b"1" * 500 + b"0" + b"2" * 500
    verdict = judged(kind, tmp_path / "files", raw)
    assert verdict.is_broken
    assert told in verdict.told
    assert minimised(kind, tmp_path / "files", raw, verdict.told) == b"0"


def test_a_sound_reader_is_not_accused(tmp_path: Path) -> None:
    assert judged(a_kind("sound"), tmp_path / "files", b"0").answer == Answer.ACCEPTED
    with pytest.raises(BrokenPromiseError, match="no"):
        demand("no", that=False)


def test_the_command_writes_its_figures(tmp_path: Path) -> None:
    path = tmp_path / "fuzz.json"
    words = ["--inputs", "20", "--file", "heartbeat", "--workers", "1", "--json", str(path)]
    assert main(words) == 0
    facts = json.loads(path.read_text(encoding="utf-8"))
    assert (facts["inputs"], facts["broken promises"]) == (20, 0)
    assert facts["accepted"] + facts["refused by name"] == 20
    assert facts["by kind"]["heartbeat"]["inputs"] == 20


@pytest.mark.parametrize("words", [["--file", "nonsense"], ["--inputs", "0"]])
def test_wrong_use_is_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.startswith("Error: ")
