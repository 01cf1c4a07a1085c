"""Only unseen days count, none of them twice, and what did not hold is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from planted_landscape import Hill

from bot.errors import ParamsError
from bot.research.judge import Bars
from bot.research.page import markdown
from bot.research.scheduling import LocalCrew
from bot.research.search import Plan
from bot.research.space import Axis, Space
from bot.research.study_folder import Identity, StudyFolder
from bot.research.sweep import Bench
from bot.research.walkforward import Mode, Steps, Walkforward, walk_forward, windows_of
from bot.research.walkforward_report import walkforward_document, walkforward_page

SPACE = Space((Axis("x", tuple(range(10))), Axis("y", tuple(range(5)))))
PLAN = Plan("grid", None, 0, ("net_r",))
STEPS = Steps(100, 30, 30, Mode.ROLLING)


def test_rolling_windows_keep_their_length_and_touch_without_overlap() -> None:
    windows = windows_of(1000, 1000 + 189, STEPS)
    assert [(w.train, w.test) for w in windows] == [
        ((1000, 1099), (1100, 1129)),
        ((1030, 1129), (1130, 1159)),
        ((1060, 1159), (1160, 1189)),
    ]


def test_anchored_windows_all_begin_on_the_first_day() -> None:
    windows = windows_of(1000, 1189, Steps(100, 30, 30, Mode.ANCHORED))
    assert {w.train[0] for w in windows} == {1000}
    assert [w.train[1] for w in windows] == [1099, 1129, 1159]


def test_a_test_that_would_end_a_day_late_is_left_out() -> None:
    assert len(windows_of(1000, 1188, STEPS)) == 2


def test_days_that_would_count_twice_are_refused() -> None:
    with pytest.raises(ParamsError, match="--step 29: must be at least --test 30"):
        windows_of(1000, 1189, Steps(100, 30, 29, Mode.ROLLING))


def test_a_span_too_short_is_refused_with_what_it_needs() -> None:
    assert len(windows_of(0, 129, STEPS)) == 1
    with pytest.raises(ParamsError, match="the span has 129 days"):
        windows_of(0, 128, STEPS)


def walked(root: Path, work: Hill, trades_min: int = 2) -> Walkforward:
    folder = StudyFolder(root, Identity("walkforward", "c", "d", "p", 0, {}))
    bench = Bench(LocalCrew(work, 2), folder, {})
    windows = windows_of(19_000, 19_000 + 249, STEPS)
    return walk_forward(SPACE, PLAN, bench, windows, Bars(trades_min))


def test_the_planted_top_is_chosen_in_every_window_and_only_unseen_trades_count(
    tmp_path: Path,
) -> None:
    made = walked(tmp_path / "w", Hill())
    assert [one.chosen for one in made.stabilities] == [(6,) * 5, (3,) * 5]
    assert made.after.trades_count == 5  # the hill makes one trade per window
    assert made.after.net_r == pytest.approx(100.0)
    assert made.unchanged_net_r == pytest.approx(5 * (20.0 - 36.0 - 9.0))
    seen_per_day, unseen_per_day = 20.0 / 100, 20.0 / 30
    assert made.efficiency == pytest.approx(unseen_per_day / seen_per_day, rel=0.02)


class Turned(Hill):
    """A hill on days chosen on, a hole on the days after."""

    def __call__(self, asked):  # type: ignore[no-untyped-def]
        row = dict(super().__call__(asked))
        if asked.get("with_trades"):
            row["figures"] = {**row["figures"], "net_r": -5.0}  # type: ignore[dict-item]
            row["result_r"] = [-5.0]
        return row


def test_what_did_not_hold_is_said_in_plain_words(tmp_path: Path) -> None:
    made = walked(tmp_path / "w", Turned())
    assert any("unseen days lost: -25.00 R" in one for one in made.refusals)
    assert any("did not last" in one for one in made.refusals)
    page = markdown(walkforward_page(made, STEPS, ("planted",)))
    assert "Do not trust it" in page.splitlines()[2]
    document = walkforward_document(SPACE, PLAN, STEPS, made)
    assert document["verdict"] == {"refusals": list(made.refusals)}
    assert len(document["windows"]) == 5  # type: ignore[arg-type]


class Even(Hill):
    """Every point earns the same on unseen days."""

    def __call__(self, asked):  # type: ignore[no-untyped-def]
        row = dict(super().__call__(asked))
        if asked.get("with_trades"):
            row["figures"] = {**row["figures"], "net_r": 2.0}  # type: ignore[dict-item]
            row["result_r"] = [2.0]
        return row


def test_tuning_that_only_matches_the_file_as_it_is_did_not_pay(tmp_path: Path) -> None:
    even = walked(tmp_path / "even", Even())
    assert any("tuning did not pay: +10.00 R" in one for one in even.refusals)
    better = walked(tmp_path / "better", Hill())
    assert not any("did not pay" in one for one in better.refusals)


def test_few_unseen_trades_are_too_thin(tmp_path: Path) -> None:
    made = walked(tmp_path / "w", Hill(), trades_min=6)
    assert any("too few trades on unseen days: 5" in one for one in made.refusals)


def test_a_walk_forward_done_walks_nothing_again(tmp_path: Path) -> None:
    first = walked(tmp_path / "w", Hill())
    again = Hill()
    assert walked(tmp_path / "w", again) == first
    assert again.asked_count == 0
