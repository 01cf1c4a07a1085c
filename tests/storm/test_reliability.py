"""The page a trader reads says what was measured, and nothing else."""

import json
from pathlib import Path

import pytest

from tools.reliability import PAGE, RESULTS
from tools.reliability_figures import MET, NOT_MEASURED, NOT_MET, SUMMARY, ResultError, load
from tools.reliability_page import SPELLS, page, spell_rows
from tools.reliability_runs import RUNS, SIZES

GOOD = {
    "storm": {
        "account_years": 120.4,
        "faults_struck": 1_234_567,
        "faults_kinds": 130,
        "violations": 0,
        "recovery_max_s": {
            "naked_stop": 10.0,
            "flat": 60.0,
            "restart": 12.0,
            "unknown": 1_200.0,
            "healed": 900.0,
        },
        "failures": [],
    },
    "crashes": {"crash_states": 7_780, "broken": []},
    "kills": {
        "kills": 600,
        "own deals": 4_000,
        "broken promises": 0,
        "back after, warm, at most (s)": 3.1,
        "back after, from scratch, at most (s)": 14.2,
    },
    "defects": {"totals": {"defects": 100, "tried": 100, "caught": 95, "survived": 5}},
    "fuzz": {"inputs": 200_000, "kinds": 14, "broken promises": 0},
    "endurance": {
        "days": 365,
        "trades": 700,
        "cycles": 105_120,
        "growth_mib_per_year": 2.5,
        "complaints": [],
        "rules": ["a rule"],
        "periods": [{"day": 15.0, "resident_mib": 100.5, "handles_count": 6}],
    },
}

BROKEN = {
    ("storm", "violations"): 1,
    ("crashes", "broken"): ["operation 7"],
    ("kills", "broken promises"): 1,
    ("defects", "totals"): {"tried": 100, "caught": 94, "survived": 6},
    ("fuzz", "broken promises"): 1,
    ("endurance", "complaints"): ["memory grows"],
}


def verdicts(results: dict) -> list[str]:
    return [promise.row(results)[-1] for promise in SUMMARY]


def test_the_page_says_what_the_results_say():
    assert PAGE.read_text(encoding="utf-8") == page(load(RESULTS)), (
        "run: python -m tools.reliability"
    )


def test_a_page_without_any_measurement_says_so_everywhere():
    text = page({})

    assert verdicts({}) == [NOT_MEASURED] * len(SUMMARY)
    assert all(row[1] == row[3] == NOT_MEASURED for row in spell_rows({}))
    assert f"Lines without a measurement: {len(SUMMARY)}" in text
    assert MET not in {row[-2] for row in spell_rows({})}


def test_kept_promises_are_told_with_their_figures():
    text = page(GOOD)

    assert verdicts(GOOD) == [MET] * len(SUMMARY)
    assert "120.4 account-years, 1 234 567 faults of 130 kinds | 0 broken promises" in text
    assert "7 780 states of the disk | 0 lost or doubled" in text
    assert "95 noticed, 5 not" in text
    assert "All promises were kept." in text
    assert NOT_MET not in text


@pytest.mark.parametrize(("path", "value"), BROKEN.items())
def test_a_broken_promise_is_told_in_bold_and_warned_of(path, value):
    tool, name = path
    results = GOOD | {tool: GOOD[tool] | {name: value}}

    assert verdicts(results).count(NOT_MET) == 1
    assert "Do not trade an account with it" in page(results)


@pytest.mark.parametrize("spell", SPELLS, ids=lambda spell: spell.what)
def test_a_spell_at_its_limit_is_kept_and_a_longer_one_is_not(spell):
    row = SPELLS.index(spell)
    for seconds, verdict in ((spell.limit_s, MET), (spell.limit_s + 0.1, NOT_MET)):
        for path in spell.measured:
            results = json.loads(json.dumps(GOOD))
            place = results
            for name in path[:-1]:
                place = place[name]
            place[path[-1]] = seconds
            assert list(spell_rows(results))[row][3] == verdict, path


def test_a_failing_seed_is_on_the_page():
    results = GOOD | {"storm": GOOD["storm"] | {"failures": [[77, "I3", "naked for 40 s"]]}}

    assert "| 77 | I3 | naked for 40 s |" in page(results)


def test_a_result_that_is_no_object_is_refused_by_name(tmp_path: Path):
    for text in ("[]", "{", "7"):
        (tmp_path / "storm.json").write_text(text, encoding="utf-8")
        with pytest.raises(ResultError, match=r"storm\.json"):
            load(tmp_path)


def test_results_are_read_by_their_tools_names(tmp_path: Path):
    (tmp_path / "fuzz.json").write_text('{"inputs": 3}', encoding="utf-8")
    (tmp_path / "other.json").write_text("not ours", encoding="utf-8")

    assert load(tmp_path) == {"fuzz": {"inputs": 3}}


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_each_tool_of_the_page_is_there_and_told_how_to_be_repeated(run):
    module = Path(__file__).resolve().parents[2] / run.module.replace(".", "/")
    assert module.with_suffix(".py").is_file() or (module / "__main__.py").is_file()
    assert set(run.arguments) == set(SIZES)
    assert run.typed("long") in page({})
    assert run.command("ci", Path("x.json"))[1:3] == ["-m", run.module]
