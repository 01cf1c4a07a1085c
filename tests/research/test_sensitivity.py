"""What moves the result is ranked first, and what does not is said to do nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from planted_landscape import figures

from bot.backtest.engine import Stretch
from bot.errors import DataError, ParamsError
from bot.params.reader import read_document
from bot.research.page import html, markdown
from bot.research.scheduling import LocalCrew
from bot.research.search import Plan
from bot.research.sensitivity import Probe, Sensitivity, measure, probes_of
from bot.research.sensitivity_report import sensitivity_document, sensitivity_page
from bot.research.study_folder import Identity, StudyFolder
from bot.research.sweep import Bench

DOCUMENT = read_document(Path(__file__).resolve().parents[2] / "params" / "current_params.json")
STRONG, WEAK, IDLE = (Probe(name, 10, (5, 8, 12), (8, 12)) for name in ("strong", "weak", "idle"))


def planted(asked: Mapping[str, object]) -> Mapping[str, object]:
    changes = cast("Mapping[str, Any]", asked["changes"])
    if changes.get("weak") == 5:
        return {"pruned": "weak = 5: must not be"}
    net_r = 3.0 + (changes.get("strong", 10) - 10) * 2.0 + (changes.get("weak", 10) - 10) * 0.1
    return {"figures": figures(net_r).document()}


def measured(root: Path, *probes: Probe, together: int = 0) -> Sensitivity:
    folder = StudyFolder(root, Identity("sensitivity", "c", "d", "p", 0, {}))
    bench = Bench(LocalCrew(planted, 2), folder, {})
    plan = Plan("random", together or None, 0, ("net_r",))
    return measure(probes, plan, bench, Stretch(0.0, 1e7), together)


def test_the_strongest_parameter_comes_first_and_refused_values_are_counted(tmp_path: Path) -> None:
    found = measured(tmp_path / "n", IDLE, WEAK, STRONG)
    assert [one.probe.path for one in found.effects] == ["strong", "weak", "idle"]
    assert [one.swing for one in found.effects] == pytest.approx([14.0, 0.4, 0.0])
    assert [one.near_swing for one in found.effects] == pytest.approx([8.0, 0.4, 0.0])
    assert [one.refused_count for one in found.effects] == [0, 1, 0]


def test_a_small_change_that_turns_a_gain_into_a_loss_is_said_first(tmp_path: Path) -> None:
    found = measured(tmp_path / "n", WEAK, STRONG, IDLE)
    page = sensitivity_page(found, "net_r", ("planted",))
    assert page.reasons == ("strong: a change of a fifth turns net_r from gain to loss or back",)
    assert "1 parameters changed nothing here: idle." in markdown(page)
    assert "plotly" in html(page)
    document = sensitivity_document(found, "net_r")
    assert document["own_score"] == 3.0


def test_a_file_without_a_gain_is_said_to_have_none(tmp_path: Path) -> None:
    found = measured(tmp_path / "n", WEAK, IDLE)
    assert sensitivity_page(found, "net_r", ()).is_good
    lost = sensitivity_page(replace(found, own_score=0.0), "net_r", ())
    assert not lost.is_good
    assert lost.reasons[0] == "the file as it is has no gain: net_r 0.00"


def test_mixtures_tell_the_strong_parameter_from_the_weak(tmp_path: Path) -> None:
    found = measured(tmp_path / "n", WEAK, STRONG, together=12)
    assert found.shares["strong"] > found.shares["weak"]


def test_a_file_that_cannot_be_walked_is_said(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "n", Identity("sensitivity", "c", "d", "p", 0, {}))
    bench = Bench(LocalCrew(lambda _: {"pruned": "no prices"}, 1), folder, {})
    with pytest.raises(DataError, match="no prices"):
        measure([WEAK], Plan("random", None, 0, ("net_r",)), bench, Stretch(0.0, 1.0), 0)


def test_probes_stay_within_the_bounds_and_leave_the_files_value_out() -> None:
    probes = {probe.path: probe for probe in probes_of(DOCUMENT, ["exits", "weekend"])}
    rung = probes["exits.ladder[0].target_r"]
    assert rung.values == (0.1, 0.3, 0.48, 0.75, 1.2, 20.0)
    assert rung.near == (0.48, 0.75)
    assert rung.own not in rung.values


def test_a_whole_number_stays_whole_and_a_switch_is_turned() -> None:
    probes = {probe.path: probe for probe in probes_of(DOCUMENT, ["signal"])}
    assert all(isinstance(value, int) for value in probes["signal.atr_bars"].values)
    assert probes["signal.filters.zscore.use"].values == (True,)


def test_a_group_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(ParamsError, match=r"--only exit: no such group.*exits"):
        probes_of(DOCUMENT, ["exit"])
