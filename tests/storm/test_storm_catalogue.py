"""The catalogue as a whole: complete, each row injected or covered, each drawing fit for use."""

from __future__ import annotations

import math
import random
import re
from pathlib import Path

import pytest

from bot.simulator.faults import CATALOGUE as TERMINAL_KINDS
from bot.simulator.faults import FaultPlan
from tools.storm.faults.__main__ import main
from tools.storm.faults.catalogue import CATALOGUE, INJECTABLE
from tools.storm.faults.drawing import drawn_fault, fits
from tools.storm.faults.harm import HARMS
from tools.storm.faults.page import PAGE, faults_page
from tools.storm.faults.row import GROUPS, Elsewhere, FaultRow, Scenic, Terminal

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / ".." / "shared" / "FAULTS.md"
COUNTS = {"B": 46, "N": 10, "P": 18, "C": 10, "D": 15, "X": 12, "H": 11, "K": 9, "T": 10}
IDS = {f"{letter}{number:02}" for letter, count in COUNTS.items() for number in range(1, count + 1)}
SAFETY_S = 3 * 86_400.0
SEEDS_COUNT = 12

ELSEWHERE = [row for row in CATALOGUE.values() if isinstance(row.way, Elsewhere)]
TERMINAL = [row for row in CATALOGUE.values() if isinstance(row.way, Terminal)]


def test_all_141_faults_are_in_the_catalogue() -> None:
    assert len(IDS) == 141
    assert set(CATALOGUE) == IDS
    assert set(COUNTS) == set(GROUPS)


def test_the_list_of_ids_is_the_projects_own() -> None:
    if not LIST.exists():
        pytest.skip("the list of faults is not beside the checkout")
    listed = set()
    for line in LIST.read_text(encoding="utf-8").splitlines():
        row = re.match(r"- ((?:[BNPCDXHKT]\d\d/?)+) ", line)
        listed |= set(row[1].split("/")) if row else set()
    assert listed == IDS


def test_every_row_is_one_sentence_of_its_own() -> None:
    texts = [row.text for row in CATALOGUE.values()]
    assert len(set(texts)) == len(texts)
    assert all(text.endswith(".") and "|" not in text for text in texts)


@pytest.mark.parametrize("row", ELSEWHERE, ids=lambda row: row.fault_id)
def test_what_is_not_injected_says_why_and_is_covered_by_a_test_that_exists(row: FaultRow) -> None:
    way = row.way
    assert isinstance(way, Elsewhere)
    assert way.reason
    path, _, name = way.test.partition("::")
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_nearly_everything_is_injected() -> None:
    assert len(INJECTABLE) >= 130


@pytest.mark.parametrize("row", TERMINAL, ids=lambda row: row.fault_id)
def test_the_terminal_takes_every_drawing_and_each_ends_within_the_phase(row: FaultRow) -> None:
    way = row.way
    assert isinstance(way, Terminal)
    kind = TERMINAL_KINDS[way.kind]
    for seed in range(SEEDS_COUNT):
        fault = drawn_fault(row, random.Random(seed), SAFETY_S)
        settings = dict(fault.parameters)
        at_s = settings.pop("at_s", None)
        settings.pop("symbol_index", None)
        when = {} if at_s is None else {"at_utc_s": 1e9 + float(at_s)}
        FaultPlan().add(
            way.kind,
            from_utc_s=1e9 + fault.start_s,
            until_utc_s=1e9 + fault.end_s,
            **when,
            **settings,
        )
        for_s = float(settings.get("for_s", 0.0))
        assert for_s > 0.0 or not kind.for_s
        assert math.isfinite(for_s)
        assert at_s is None or fault.start_s <= float(at_s) < fault.end_s
        assert 0.0 <= fault.start_s < fault.end_s
        assert fault.end_s + for_s + way.lasts_s <= SAFETY_S + 0.2


def test_a_fault_of_the_terminal_keeps_its_id_there() -> None:
    assert {row.fault_id for row in TERMINAL} <= set(TERMINAL_KINDS)
    assert all(isinstance(row.way, Terminal) and row.way.kind == row.fault_id for row in TERMINAL)


def test_a_missed_midnight_needs_more_than_a_day() -> None:
    row = CATALOGUE["C06"]
    assert not fits(row, 86_400.0)
    assert fits(row, 2 * 86_400.0)
    assert not fits(CATALOGUE["P07"], SAFETY_S)


def test_a_fault_drawn_twice_from_one_seed_is_the_same() -> None:
    for row in INJECTABLE:
        first = drawn_fault(row, random.Random(7), SAFETY_S)
        assert first == drawn_fault(row, random.Random(7), SAFETY_S)
        assert isinstance(row.way, Terminal | Scenic)
        assert set(row.way.draws) <= set(first.parameters)


def test_an_excuse_names_a_fault_that_is_injected_and_promises_that_exist() -> None:
    injected = {row.fault_id for row in INJECTABLE}
    assert {harm.fault_id for harm in HARMS} <= injected
    promises = {f"I{number}" for number in range(1, 26)}
    assert all(harm.reason and set(harm.invariants) <= promises for harm in HARMS)


def test_the_page_says_what_the_catalogue_says(tmp_path: Path) -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == faults_page()
    assert main(["--check"]) == 0
    for fault_id in CATALOGUE:
        assert f"\n| {fault_id} | " in faults_page()
