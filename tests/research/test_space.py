"""A space holds only what the parameter file knows, within its bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ParamsError
from bot.params.document_check import Desk
from bot.params.reader import read_document
from bot.research.space import Axis, Space, changed, space_of
from bot.research.space_presets import PRESETS, preset_of

PATH = Path(__file__).resolve().parents[2] / "params" / "current_params.json"
DOCUMENT = read_document(PATH)


def values(text: str) -> tuple[object, ...]:
    return space_of([text], DOCUMENT).axes[0].values


def test_a_range_has_both_its_ends_and_no_rounding_dust() -> None:
    assert values("exits.tp1_r=0.4:1.2:0.1") == (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2)


def test_a_range_stops_below_its_end_when_the_step_misses_it() -> None:
    assert values("signal.atr_bars=10:15:2") == (10, 12, 14)


def test_words_and_switches_are_lists() -> None:
    assert values("sizing.mode=daily_budget,win_rate") == ("daily_budget", "win_rate")
    assert values("signal.filters.zscore.use=true,false") == (True, False)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("exits", "must be path=low:high:step"),
        ("exits.stale_afterh=1,2", 'nearest known name is "exits.stale_after_h"'),
        ("signal.atr_bars=14.5", "must be a whole number from"),
        ("exits.tp1_r=0,1", "must be a number from 0.1 to"),
        ("exits.tp1_r=a:b:c", "three numbers"),
        ("exits.tp1_r=1:2:0", "three numbers"),
        ("exits.tp1_r=2:1:0.1", "low must not be above high"),
        ("exits.tp1_r=1,1", "different values"),
        ("exits.tp1_r=nan", "must be a number from"),
        ("sizing.mode=martingale", "must be one of"),
        ("account.phase=step1,step2", "is a fact of the account"),
        ("universe.symbols=EURUSD", "is a fact of the account"),
    ],
)
def test_what_the_file_does_not_know_is_refused_by_name(text: str, word: str) -> None:
    with pytest.raises(ParamsError, match=word):
        space_of([text], DOCUMENT)


def test_a_parameter_named_twice_is_refused() -> None:
    with pytest.raises(ParamsError, match="twice"):
        space_of(["exits.tp1_r=1,2", "exits.ladder[0].target_r=1,2"], DOCUMENT)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_points_the_parameter_file_allows(name: str) -> None:
    preset = preset_of(name)
    desk = Desk.of_file(PATH)
    good = 0
    for point in space_of(preset.space, DOCUMENT).points():
        try:
            desk.settings_of(changed(DOCUMENT, {**preset.fixed, **point}))
        except ParamsError:
            continue
        good += 1
    assert good >= 6


def test_a_preset_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(ParamsError, match="daily-budget, trades-per-day"):
        preset_of("all")


def test_a_contradiction_is_refused_in_the_files_own_words() -> None:
    desk = Desk.of_file(PATH)
    with pytest.raises(ParamsError, match=r"exits\.ladder"):
        desk.settings_of(changed(DOCUMENT, {"exits.ladder[0].target_r": 1.5}))


def test_a_changed_copy_leaves_the_document_as_it_was() -> None:
    made = changed(DOCUMENT, {"exits.ladder[1].target_r": 1.3})
    assert made["exits"]["ladder"][1]["target_r"] == 1.3  # type: ignore[index,call-overload]
    assert read_document(PATH) == DOCUMENT


def test_neighbours_are_one_step_away_and_never_outside() -> None:
    space = Space((Axis("a", (1, 2, 3)), Axis("b", ("x", "y", "z"))))
    assert space.neighbours({"a": 1, "b": "y"}) == [
        {"a": 2, "b": "y"},
        {"a": 1, "b": "x"},
        {"a": 1, "b": "z"},
    ]
