"""The planted defects stay plantable, their page says what is known, and a survivor is noticed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import defects as command
from tools.defects_page import Book, Outcome, load_book, page, save_book, totals
from tools.defects_plan import Defect, DefectError, chosen, load_defects, problems
from tools.defects_runs import (
    NAMED,
    OUT_OF_TIME,
    SURVIVED,
    WIDER,
    Copy,
    Fate,
    RunError,
    Runs,
    Sound,
    StoppedError,
    try_defect,
)

ROOT = Path(__file__).resolve().parents[2]
EVERY = load_defects(ROOT / "tests" / "defects")


def a_defect(**changes: object) -> Defect:
    given: dict[str, object] = {
        "id": "limit-moved",
        "file": "bot/rules/limit.py",
        "old": "lots < 2",
        "new": "lots < 3",
        "breaks": ["I18"],
        "effect": "one lot more",
        "tests": ["tests/rules/test_limit.py::test_two_are_too_many"],
    }
    return Defect.model_validate({**given, **changes})


def a_project(folder: Path) -> Path:
    """A project of one rule and two tests: one looks at its limit, the other does not."""
    files = {
        "bot/__init__.py": "",
        "tools/__init__.py": "",
        "bot/rules/__init__.py": "",
        "bot/rules/limit.py": "def is_small(lots: int) -> bool:\n    return lots < 2\n",
        "tests/rules/test_limit.py": (
            "from bot.rules.limit import is_small\n\n\n"
            "def test_two_are_too_many() -> None:\n    assert not is_small(2)\n\n\n"
            "def test_one_is_not() -> None:\n    assert is_small(1)\n"
        ),
        "tests/live/test_other.py": "def test_nothing() -> None:\n    assert True\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """One copy and its test server for all tests here: each leaves it as it was."""
    folder, runs = tmp_path_factory.mktemp("defects"), Runs()
    made = Copy(a_project(folder / "project"), folder / "copy", runs)
    yield made
    runs.stop()
    made.close()


# --- the data -----------------------------------------------------------------------------------


@pytest.mark.parametrize("defect", EVERY, ids=lambda defect: defect.id)
def test_each_defect_still_fits_and_is_python(defect: Defect) -> None:
    assert problems(defect, ROOT) == []


def test_the_defects_are_many_and_no_layer_is_without_one() -> None:
    assert len(EVERY) >= 300
    layers = {defect.file.split("/")[1] for defect in EVERY}
    assert layers == {"rules", "live", "adapters", "params", "watch", "cli"}


def test_each_invariant_that_can_be_sabotaged_is() -> None:
    broken = {name for defect in EVERY for name in defect.breaks}
    told_elsewhere = {"I24", "I25"}  # secrets and same seed, same trace: no line of ours to take
    assert {f"I{number}" for number in range(1, 26)} - broken == told_elsewhere


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"old": "lots < 9"}, "0 times"),
        ({"old": "l"}, "holds the old text"),
        ({"new": "lots <"}, "no Python any more"),
        ({"new": "(lots < 2)"}, "changes nothing"),
        ({"new": "(\n        lots < 3\n    )"}, "changes 3 lines"),
        ({"tests": ["tests/rules/test_limit.py::test_gone"]}, "no such test"),
        ({"tests": ["tests/rules/test_gone.py"]}, "no such test"),
        ({"file": "bot/simulator/server.py"}, "must be a file below"),
        ({"breaks": ["Z1"]}, "the id of a fault"),
        ({"effect": ""}, "are empty"),
        ({"id": "X"}, "small letters"),
    ],
)
def test_a_defect_that_rotted_is_named(
    tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    found = problems(a_defect(**changes), a_project(tmp_path))
    assert any(words in line for line in found), found


def test_a_sound_defect_has_no_problems(tmp_path: Path) -> None:
    assert problems(a_defect(), a_project(tmp_path)) == []


def test_a_file_that_is_no_list_of_defects_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text('[[defect]]\nid = "a"\n', encoding="utf-8")
    with pytest.raises(DefectError, match=r"odd\.toml"):
        load_defects(tmp_path)


def test_an_unknown_id_is_refused_with_the_nearest() -> None:
    assert chosen([a_defect()], ["limit-moved"]) == [a_defect()]
    with pytest.raises(DefectError, match="did you mean limit-moved"):
        chosen([a_defect()], ["limit-move"])


# --- the runs -----------------------------------------------------------------------------------


def test_a_defect_is_caught_by_the_test_named_for_it_and_taken_out_again(copy: Copy) -> None:
    before = (copy.folder / "bot/rules/limit.py").read_text(encoding="utf-8")
    fate = try_defect(copy, a_defect(), Sound(), is_wide=False)
    assert fate == Fate(NAMED, ("tests/rules/test_limit.py::test_two_are_too_many",))
    assert (copy.folder / "bot/rules/limit.py").read_text(encoding="utf-8") == before


def test_a_defect_the_named_tests_miss_is_caught_by_the_wider_ones(copy: Copy) -> None:
    defect = a_defect(tests=["tests/rules/test_limit.py::test_one_is_not"])
    assert try_defect(copy, defect, Sound(), is_wide=False) == Fate(SURVIVED, ())
    fate = try_defect(copy, defect, Sound(), is_wide=True)
    assert fate == Fate(WIDER, ("tests/rules/test_limit.py::test_two_are_too_many",))


def test_a_defect_nobody_looks_for_survives(copy: Copy) -> None:
    defect = a_defect(new="lots < 2.0", tests=["tests/live/test_other.py"])
    assert try_defect(copy, defect, Sound(), is_wide=True) == Fate(SURVIVED, ())


def test_a_test_that_is_red_without_the_defect_proves_nothing(copy: Copy) -> None:
    path = copy.folder / "tests/rules/test_limit.py"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("not is_small", "is_small"), encoding="utf-8")
    sound = Sound()
    try:
        assert try_defect(copy, a_defect(new="2 < 1"), sound, is_wide=False).stage == SURVIVED
    finally:
        path.write_text(before, encoding="utf-8")
    assert sound.unsound == {"tests/rules/test_limit.py::test_two_are_too_many"}


def test_a_test_that_cannot_be_found_ends_the_run_by_name(copy: Copy) -> None:
    with pytest.raises(RunError, match="pytest ended with"):
        copy.red(("tests/rules/test_limit.py::test_gone",), (), 60.0)


def test_what_never_ends_is_ended_and_counts_as_noticed(copy: Copy) -> None:
    slow = copy.folder / "tests/live/test_slow.py"
    slow.write_text("def test_never_ends() -> None:\n    while True:\n        pass\n")
    try:
        assert copy.red(("tests/live/test_slow.py",), (), 3.0) == (OUT_OF_TIME,)
    finally:
        slow.unlink()


def test_an_interrupt_ends_what_runs_and_starts_nothing_more(tmp_path: Path) -> None:
    runs = Runs()
    copy = Copy(a_project(tmp_path / "project"), tmp_path / "copy", runs)
    ready = copy.folder / "ready"
    (copy.folder / "tests/live/test_slow.py").write_text(
        f"def test_never_ends() -> None:\n    open({str(ready)!r}, 'w').close()\n"
        "    while True:\n        pass\n"
    )

    def stop_once_it_runs() -> None:
        for _ in range(1_200):
            if ready.exists() or threading.Event().wait(0.05):
                break
        runs.stop()

    thread = threading.Thread(target=stop_once_it_runs)
    thread.start()
    with pytest.raises(StoppedError):
        copy.red(("tests/live/test_slow.py",), (), 60.0)
    thread.join()
    copy.close()
    with pytest.raises(StoppedError):
        runs.server(copy.folder)


# --- what is kept and told ----------------------------------------------------------------------


def test_answers_are_kept_and_those_of_defects_that_are_gone_are_not(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    kept = Outcome(mark="m", stage=NAMED, red=("tests/a.py::test_b",))
    save_book(path, Book(outcomes={"limit-moved": kept, "gone": kept}), [a_defect()])
    assert load_book(path).outcomes == {"limit-moved": kept}
    assert load_book(tmp_path / "none.json").outcomes == {}
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"kept\.json"):
        load_book(path)


def test_an_answer_holds_for_the_text_it_was_given_for() -> None:
    first = a_defect().mark("lots < 2")
    assert a_defect().mark("lots < 2") == first
    assert a_defect().mark("lots < 2  # seen") != first
    assert a_defect(tests=["tests/other.py"]).mark("lots < 2") != first


def test_the_page_names_who_noticed_and_who_survived() -> None:
    caught, lost = a_defect(), a_defect(id="limit-gone")
    book = Book(
        outcomes={
            caught.id: Outcome(mark="", stage=NAMED, red=("tests/rules/test_limit.py::test_two",)),
            lost.id: Outcome(mark="", stage=SURVIVED, red=()),
        }
    )
    text = page(book, [caught, lost, a_defect(id="limit-new")])
    assert "**Caught 1 of 2 (50.0 %)**, 3 planted" in text
    assert "Survivors: `limit-gone`." in text
    assert "| `test_limit.py::test_two` |" in text
    assert "not tried" in text
    assert totals(book.outcomes, [caught, lost])["survived"] == 1


def test_the_page_of_the_project_is_the_one_of_its_answers() -> None:
    kept = load_book(command.JSON)
    told = command.PAGE.read_text(encoding="utf-8")
    assert told == page(kept, EVERY), "run: uv run python -m tools.defects"


def test_nothing_survives() -> None:
    kept = load_book(command.JSON).outcomes
    lost = [one.id for one in EVERY if one.id in kept and not kept[one.id].is_caught]
    untried = [one.id for one in EVERY if one.id not in kept]
    assert (lost, untried) == ([], [])


def test_wrong_words_are_answered_and_nothing_is_tried(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command.main(["--ids", "no-such-defect"]) == 2
    assert "no defect 'no-such-defect'" in capsys.readouterr().err
    assert command.main(["--list", "--ids", EVERY[0].id]) == 0
    assert capsys.readouterr().out.startswith(EVERY[0].id)
