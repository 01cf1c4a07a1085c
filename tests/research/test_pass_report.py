"""The words say what the figures allow, and not more."""

from __future__ import annotations

import pytest
import typer

from bot.cli.passrate import risks_fraction
from bot.cli.study_pieces import Worker
from bot.research.attempts import Attempt, Ending, Step, row_of
from bot.research.chance_page import Page, Part, html
from bot.research.pass_page import page_of
from bot.research.pass_report import Named, against_words, document_of, runs_of_all
from bot.research.pass_words import best_risk, markdown
from bot.research.passrate import PassAsk
from bot.research.study_folder import Identity, StudyFolder

KIND = Identity("passrate", "c0de", "da7a", "4a4a", 7, {})


def attempt(day: int, *endings: Ending) -> Attempt:
    return Attempt(day, tuple(Step(e, 30.0, 4) for e in endings), 31.0 * (len(endings) - 1))


def rows(strategy: Ending, blind: Ending) -> dict[str, dict[str, object]]:
    own = [attempt(19_000 + 7 * k, strategy) for k in range(60)]
    other = row_of([attempt(19_000 + 7 * k, blind) for k in range(60)])
    found = {"strategy/0": row_of(own), "random/first": other, "risk/0.005000": row_of(own)}
    return found | {f"random/{seed}": other for seed in range(1, 21)}


NAMED = Named(("step1", "step2"), PassAsk(risks_fraction=(0.005,)))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.001, 0.2, "passes more often than random entries"),
        (0.0, 0.2, "indistinguishable from random entries"),
        (-0.2, 0.0, "indistinguishable from random entries"),
        (-0.2, -0.001, "passes less often than random entries"),
    ],
)
def test_only_an_interval_clear_of_zero_tells_a_strategy_from_luck(
    low: float, high: float, words: str
) -> None:
    assert against_words(low, high) == words


def test_a_challenge_is_passed_when_every_step_is() -> None:
    runs = runs_of_all(
        [
            attempt(1, Ending.PASSED, Ending.PASSED),
            attempt(2, Ending.PASSED, Ending.DAILY_LOSS),
            attempt(3, Ending.CUT),
        ]
    )
    assert runs.endings.tolist() == [1, 2, 0]
    assert runs.lasted_days.tolist() == [61.0, 61.0, 30.0]


def test_a_report_says_that_luck_does_as_well() -> None:
    found = document_of(rows(Ending.DAILY_LOSS, Ending.DAILY_LOSS), NAMED)
    assert any("indistinguishable from random entries" in line for line in found["verdict"])  # type: ignore[attr-defined]
    assert best_risk(found["risk"]) is None  # type: ignore[arg-type]


def test_a_report_says_when_random_entries_are_beaten() -> None:
    found = document_of(rows(Ending.PASSED, Ending.DAILY_LOSS), NAMED)
    assert any("passes more often than random" in line for line in found["verdict"])  # type: ignore[attr-defined]


def test_the_pages_hold_every_sentence() -> None:
    found = document_of(rows(Ending.CUT, Ending.TOTAL_LOSS), NAMED)
    found["notes"] = ["a note"]
    text, page = markdown(found, "Title"), page_of(found, "Title", "below")
    for line in found["verdict"]:  # type: ignore[attr-defined]
        assert line in text
    assert "a note" in text
    assert "a note" in page
    assert "http://" not in page.split("</script>")[-1]


def test_what_a_page_is_told_is_not_read_as_markup() -> None:
    page = html(Page("<b>", "", ["<i>"], [], parts=[Part("<u>", rows=[("<a>",)])]))
    body = page.split("</style>")[1].split("</script>")[1]
    assert not any(tag in body for tag in ("<b>", "<i>", "<u>", "<a>"))


@pytest.mark.parametrize("text", ["0", "-1", "10.1", "half", "", "nan", "0.5,,1"])
def test_a_risk_that_cannot_be_is_refused_by_name(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="--risk-grid"):
        risks_fraction(text)


def test_risks_are_sorted_and_each_taken_once() -> None:
    assert risks_fraction("10,0.5,0.5") == pytest.approx((0.005, 0.1))
    assert risks_fraction(None) == ()


def test_a_stopped_study_goes_on_where_it_was(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("stopped") / "s"
    done: list[int] = []
    folder = StudyFolder(root, KIND)
    worker = Worker(folder)

    def piece(number: int) -> dict[str, object]:
        done.append(number)
        if number == 2 and len(done) == 3:
            worker.stop()
        return {"number": number}

    pieces = [(str(number), lambda n=number: piece(n)) for number in range(5)]
    worker.do("pieces", pieces)
    assert done == [0, 1, 2]
    again = StudyFolder(root, KIND)
    Worker(again).do("pieces", pieces)
    assert done == [0, 1, 2, 3, 4]
    assert again.rows == {str(number): {"number": number} for number in range(5)}
