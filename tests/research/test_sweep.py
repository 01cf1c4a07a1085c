"""A sweep finds what is there, goes on where it stopped, and sells nothing thin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import optuna
import pytest
from planted_landscape import Hill, figures

from bot.backtest.engine import Stretch
from bot.errors import DataError, ParamsError
from bot.research.judge import Bars, best_of, front_of, judge, plateau_of
from bot.research.page import html, markdown
from bot.research.scheduling import LocalCrew
from bot.research.search import Plan, grid_points, importance, search
from bot.research.space import Axis, Changes, Space
from bot.research.study_folder import Identity, StudyFolder
from bot.research.sweep import Bench, StoppedError, Swept, sweep
from bot.research.sweep_report import sweep_document, sweep_page
from bot.research.trials import Trial

SPACE = Space((Axis("x", tuple(range(10))), Axis("y", tuple(range(8)))))
SPAN = Stretch(0.0, 86_400.0 * 365)
GRID = Plan("grid", None, 0, ("net_r",))
IDENTITY = Identity("sweep", "c", "d", "p", 0, {})
BARS = Bars()


def a_bench(root: Path, work: Hill, **how: object) -> Bench:
    return Bench(LocalCrew(work, 2), StudyFolder(root, IDENTITY), {}, **how)  # type: ignore[arg-type]


def swept(root: Path, work: Hill, plan: Plan = GRID) -> Swept:
    return sweep(SPACE, plan, a_bench(root, work), SPAN, BARS)


def a_trial(number: int, net_r: float, trades_count: int = 400, **changes: int) -> Trial:
    return Trial(number, changes or {"x": number, "y": 0}, figures(net_r, trades_count))


@pytest.mark.parametrize("sampler", ["grid", "tpe", "nsga2", "random"])
def test_every_sampler_finds_the_planted_top(tmp_path: Path, sampler: str) -> None:
    found = swept(tmp_path / "s", Hill(), Plan(sampler, 72, 1, ("net_r",)))
    assert found.best.figures is not None
    assert found.best.figures.net_r >= (20.0 if sampler == "grid" else 18.0)


def test_the_grid_tries_every_point_once_and_its_refused_ones_with_their_reason(
    tmp_path: Path,
) -> None:
    work = Hill()
    found = swept(tmp_path / "s", work)
    assert len(found.trials) == 80 == work.asked_count
    pruned = [trial for trial in found.trials if trial.figures is None]
    assert {trial.pruned for trial in pruned} == {"x = 9: must not be"}
    assert len(pruned) == 8


@pytest.mark.parametrize("sampler", ["grid", "tpe", "nsga2"])
def test_a_stopped_sweep_goes_on_and_ends_as_if_never_stopped(tmp_path: Path, sampler: str) -> None:
    plan = Plan(sampler, 60, 5, ("net_r",))
    whole = swept(tmp_path / "whole", Hill(), plan)
    told: list[int] = []
    work = Hill()
    stopping = a_bench(
        tmp_path / "s",
        work,
        told=lambda count, _trial: told.append(count),
        is_stopped=lambda: len(told) >= 41,
    )
    with pytest.raises(StoppedError):
        sweep(SPACE, plan, stopping, SPAN, BARS)
    assert len(StudyFolder(tmp_path / "s", IDENTITY).rows) == 41
    again = Hill()
    assert swept(tmp_path / "s", again, plan) == whole
    assert again.asked_count == len(StudyFolder(tmp_path / "s", IDENTITY).rows) - 41


def test_a_finished_sweep_walks_nothing_again(tmp_path: Path) -> None:
    first = swept(tmp_path / "s", Hill())
    again = Hill()
    assert swept(tmp_path / "s", again) == first
    assert again.asked_count == 0


def test_the_same_seed_asks_the_same_and_another_one_something_else() -> None:
    def asked(seed: int) -> list[Changes]:
        def all_equal(points: object) -> list[Trial]:
            return [Trial(0, point, figures(1.0)) for point in points]  # type: ignore[attr-defined]

        return [
            trial.changes for trial in search(SPACE, Plan("tpe", 40, seed, ("net_r",)), all_equal)
        ]

    assert asked(1) == asked(1)
    assert asked(1) != asked(2)


def test_a_part_of_the_grid_is_drawn_by_the_seed() -> None:
    some = grid_points(SPACE, Plan("grid", 10, 3, ("net_r",)))
    assert len(some) == 10
    assert some == grid_points(SPACE, Plan("grid", 10, 3, ("net_r",)))
    assert some != grid_points(SPACE, Plan("grid", 10, 4, ("net_r",)))


def test_trials_are_shown_in_an_optuna_storage_too(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'trials.db'}"
    plan = Plan("random", 20, 0, ("net_r",), url, "shown")
    for _ in range(2):  # a second time replaces what is shown, it does not add to it
        search(SPACE, plan, a_bench(tmp_path / "s", Hill()).evaluate_all(SPAN))
        study = optuna.load_study(study_name="shown", storage=url)
        assert len({tuple(trial.params.values()) for trial in study.trials}) >= 20
        count = len(study.trials)
    assert count < 64


def test_a_sampler_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(ParamsError, match="must be one of grid, tpe, nsga2, random"):
        Plan("cma", None, 0, ("net_r",))


def test_nothing_that_could_be_walked_is_said_with_the_reasons(tmp_path: Path) -> None:
    space = Space((Axis("x", (9,)),))
    with pytest.raises(DataError, match="x = 9: must not be"):
        sweep(space, GRID, a_bench(tmp_path / "s", Hill()), SPAN, BARS)


def test_the_neighbours_of_a_hills_top_make_a_plateau(tmp_path: Path) -> None:
    plateau = swept(tmp_path / "s", Hill()).verdict.plateau
    assert (plateau.count, plateau.median, plateau.worst) == (4, 19.0, 19.0)
    assert not plateau.is_lonely


def test_a_neighbour_a_search_did_not_try_is_tried_for_the_check(tmp_path: Path) -> None:
    found = swept(tmp_path / "s", Hill(), Plan("random", 8, 0, ("net_r",)))
    assert len(found.neighbours) >= 2
    assert len(found.everything) > len(found.trials)


@pytest.mark.parametrize(("median", "is_lonely"), [(5.0, False), (4.99, True)])
def test_half_of_the_best_is_what_neighbours_must_keep(median: float, is_lonely: bool) -> None:
    near = [a_trial(1, 0.0), a_trial(2, median), a_trial(3, 9.0)]
    assert plateau_of(a_trial(0, 10.0), near, "net_r", BARS).is_lonely is is_lonely


def test_a_best_without_neighbours_is_lonely() -> None:
    assert plateau_of(a_trial(0, 10.0), [], "net_r", BARS).is_lonely


def test_a_plateau_with_trades_and_a_clear_edge_is_let_through() -> None:
    assert _refusals(a_trial(0, 20.0), [19.0, 19.0, 18.0]) == ()


@pytest.mark.parametrize(
    ("best", "near", "word"),
    [
        (a_trial(0, -1.0), [-1.0, -1.0], "the best lost"),
        (a_trial(0, 20.0, 99), [19.0, 19.0], "too few trades: 99"),
        (a_trial(0, 20.0), [1.0, 1.0], "a lonely peak"),
        (a_trial(0, 0.5), [0.5, 0.4], "may be luck"),
    ],
)
def test_a_thin_best_is_refused_with_its_reason(best: Trial, near: list[float], word: str) -> None:
    assert any(word in refusal for refusal in _refusals(best, near))


def test_the_hundredth_trade_is_enough() -> None:
    assert not any("too few" in one for one in _refusals(a_trial(0, 20.0, 100), [19.0, 19.0]))


def _refusals(best: Trial, near: list[float]) -> tuple[str, ...]:
    neighbours = [a_trial(place + 1, net_r) for place, net_r in enumerate(near)]
    plateau = plateau_of(best, neighbours, "net_r", BARS)
    return judge(best, [best, *neighbours], plateau, "net_r", BARS).refusals


def test_the_front_holds_what_nothing_beats_in_both() -> None:
    trials = [a_trial(0, 5.0), a_trial(1, 9.0), a_trial(2, 4.0)]
    deep = figures(9.0)
    trials[1] = replace(trials[1], figures=replace(deep, drawdown_r=8.0))
    assert [one.number for one in front_of(trials, ("net_r", "drawdown"))] == [0, 1]


def test_the_best_of_equals_is_the_first() -> None:
    best = best_of([a_trial(0, 1.0), a_trial(1, 2.0), a_trial(2, 2.0)], "net_r")
    assert best is not None
    assert best.number == 1


def test_the_steep_parameter_matters_more_than_the_flat_one(tmp_path: Path) -> None:
    steep = Space((Axis("x", tuple(range(9))), Axis("z", tuple(range(8)))))
    found = sweep(steep, GRID, a_bench(tmp_path / "s", Hill()), SPAN, BARS)
    shares = importance(steep, "net_r", found.trials)
    assert shares["x"] > 0.8 > shares["z"]


def test_the_page_says_first_that_a_result_is_too_thin(tmp_path: Path) -> None:
    found = swept(tmp_path / "s", Hill(), Plan("random", 8, 0, ("net_r", "drawdown")))
    document = sweep_document(SPACE, Plan("random", 8, 0, ("net_r", "drawdown")), found)
    thin = replace(found, verdict=replace(found.verdict, refusals=("too <few>",)))
    page = sweep_page(document, SPACE, thin, ("planted",))
    assert markdown(page).splitlines()[2] == "**Not worth promoting: what was found is too thin.**"
    assert "too &lt;few&gt;" in html(page)
