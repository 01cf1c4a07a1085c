"""Many seeds side by side: counted once each, told as they are, and stopped without loss."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console

from bot.errors import ParamsError
from tools.storm import campaign, campaign_ask
from tools.storm.campaign import Campaign, Progress, order_of, run_campaign
from tools.storm.campaign_ask import Ask, command_for
from tools.storm.campaign_plan import drawn_plan
from tools.storm.campaign_show import document, show_totals
from tools.storm.results import Told, Totals, pairs_of


def told(seed: int, *violations: tuple[str, str], **fired: int) -> Told:
    one = Told(seed, "shipped", 5, trading_days=2.6, deaths_count=2, starts_count=3)
    one.violations = list(violations)
    one.fired = Counter(fired)
    one.checks = Counter({"I1": 10, "I10": 3})
    return one


def a_console() -> tuple[Console, io.StringIO]:
    page = io.StringIO()
    return Console(file=page, width=120, force_terminal=False), page


# --- what is drawn ------------------------------------------------------------------------------


def test_a_seed_draws_one_plan_and_another_seed_another() -> None:
    assert drawn_plan(4, 5) == drawn_plan(4, 5)
    assert len({drawn_plan(seed, 5).text() for seed in range(20)}) > 15


def test_faults_that_are_asked_for_are_the_only_ones() -> None:
    for seed in range(5):
        assert drawn_plan(seed, 5, ("B03", "P01")).fault_ids == {"B03", "P01"}


def test_an_asked_fault_is_the_one_the_swarm_drew() -> None:
    plan = next(p for p in (drawn_plan(seed, 5) for seed in range(50)) if len(p.faults) > 3)
    seed = next(seed for seed in range(50) if drawn_plan(seed, 5) == plan)
    wanted = plan.faults[2].fault_id
    assert drawn_plan(seed, 5, (wanted,)).faults == plan.only({wanted}).faults


def test_none_asks_for_calm() -> None:
    assert drawn_plan(4, 5, ("none",)).faults == ()


@pytest.mark.parametrize("fault", ["B99", "b03", "T05"])
def test_a_fault_that_cannot_be_injected_is_refused_by_name(fault: str) -> None:
    with pytest.raises(ParamsError, match=fault):
        drawn_plan(4, 5, (fault,))


# --- what is counted ----------------------------------------------------------------------------


def test_seeds_add_up() -> None:
    totals = Totals()
    totals.add(told(1, B01=2, P01=1))
    totals.add(told(2, ("I4", "too much"), B01=1))
    assert totals.seeds_count == 2
    assert totals.account_years == pytest.approx(5.2 / 260.0)
    assert totals.fired == {"B01": 3, "P01": 1}
    assert totals.seeds_fired == {"B01": 2, "P01": 1}
    assert totals.pairs == {"BP": 1}
    assert totals.checks == {"I1": 20, "I10": 6}
    assert [one.seed for one in totals.failed] == [2]


def test_spells_keep_the_longest() -> None:
    totals, first, second = Totals(), told(1), told(2)
    first.recovery.naked_stop_s, second.recovery.naked_stop_s = 3.0, 8.0
    first.recovery.flat_s = 40.0
    totals.add(first)
    totals.add(second)
    assert (totals.recovery.naked_stop_s, totals.recovery.flat_s) == (8.0, 40.0)


def test_groups_that_met_are_pairs() -> None:
    assert pairs_of({"B01": 1, "B02": 1}) == []
    assert pairs_of({"B01": 1, "D02": 1, "P01": 1}) == ["BD", "BP", "DP"]


def test_a_story_that_differs_when_lived_again_is_a_violation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    digests = iter(("one", "other"))

    def lives(order: object) -> Told:
        one = told(3)
        one.trace_digest = next(digests)
        return one

    monkeypatch.setattr(campaign, "lived", lives)
    found = campaign.lived_as_asked(3, 5, (), twice=True)
    assert [invariant for invariant, _ in found.violations] == ["I25"]


# --- what is shown ------------------------------------------------------------------------------


def test_the_page_shows_faults_invariants_and_failures() -> None:
    progress = Progress()
    progress.totals.add(told(7, ("I10", "lost a line"), B01=2))
    progress.took_s = 36.0
    console, page = a_console()
    show_totals(console, progress)
    shown = page.getvalue()
    assert "account years per hour" in shown
    assert "│ B01" in shown
    rows = [line.split("│") for line in shown.splitlines() if line.startswith("│ I10")]
    assert [cell.strip() for cell in rows[0][1:4]] == ["I10", "3", "1"]


def test_the_document_is_json_and_names_each_failure() -> None:
    progress = Progress()
    progress.totals.add(told(7, ("I10", "lost a line"), B01=2))
    content = document(Campaign(0, 8, 5), progress)
    again = json.loads(json.dumps(content))
    assert again["failures"] == [[7, "I10", "lost a line"]]
    assert again["violations"] == 1
    assert set(again["recovery_max_s"]) == {"naked_stop", "flat", "restart", "unknown", "healed"}


def test_the_command_to_repeat_names_what_it_takes() -> None:
    order = order_of(12, 5, ("B03", "P01"))
    assert command_for(order) == "bot storm --replay 12 --days 5 --fault B03,P01"
    calm = order_of(12, 5, ("none",))
    assert command_for(calm) == "bot storm --replay 12 --days 5 --fault none"


# --- the whole ----------------------------------------------------------------------------------


def test_a_campaign_lives_each_seed_once_and_writes_its_figures(tmp_path: Path) -> None:
    console, page = a_console()
    code = Ask(console).campaign((1, 3), 1, ("none",), (10.0, 2), tmp_path / "storm.json")
    content = json.loads((tmp_path / "storm.json").read_text(encoding="utf-8"))
    assert code == 0, page.getvalue()
    assert content["seeds"] == 2
    assert content["invariants"] == 25
    assert content["violations"] == 0


def test_no_seed_begins_after_the_time_is_up() -> None:
    seen: list[int] = []
    campaign_of_none = Campaign(0, 50, 1, ("none",), minutes=0.0, workers_count=1)
    progress = run_campaign(campaign_of_none, lambda now: seen.append(now.totals.seeds_count))
    assert progress.totals.seeds_count == 0
    assert seen == []


def test_an_interrupt_keeps_what_was_lived(monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(*_: object) -> object:
        yield told(1)
        raise KeyboardInterrupt

    monkeypatch.setattr(campaign, "_outcomes", stops)
    progress = run_campaign(Campaign(0, 9, 1), lambda _progress: None)
    assert progress.is_cut_short
    assert progress.totals.seeds_count == 1


def test_a_failure_is_minimised_told_and_is_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def campaigned(asked: Campaign, shown: object) -> Progress:
        progress = Progress()
        progress.totals.add(told(1, ("I4", "too much")))
        return progress

    class Smaller:
        def __init__(self, broken: str) -> None:
            assert broken == "I4"

        def smallest(self, order: object) -> object:
            return order_of(1, 5, ("B02",))

    monkeypatch.setattr(campaign_ask, "run_campaign", campaigned)
    monkeypatch.setattr(campaign_ask, "Minimiser", Smaller)
    console, page = a_console()
    assert Ask(console).campaign((0, 2), 5, (), (1.0, 1), None) == 1
    assert "I4: too much" in page.getvalue()
    assert "bot storm --replay 1 --days 5 --fault B02" in page.getvalue()
