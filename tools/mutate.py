"""Mutation score of the rules that hold money: `uv run python -m tools.mutate`.

Plants one small fault at a time in the rules of sizing, admission, challenge and exits, and asks
the tests of `tests/rules` whether they notice. Prints each survivor and the score of each module.

    --module sizing        only this module of bot/rules (may be given several times)
    --sample 300           a fixed draw of that many mutants instead of all
    --seed 1               which draw
    --examples 25          examples of a property test per mutant
    --timeout 30           seconds after which a mutant counts as noticed

Needs a system that can fork (not Windows). Exit code 0 when the score reaches `--least` percent.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from tools.mutants import Mutant, mutants_of, sampled
from tools.mutation_runs import Fate, MutationRun

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "bot" / "rules"
MODULES = (
    "sizing",
    "sizing_factors",
    "sizing_limits",
    "sizing_modes",
    "order_caps",
    "admission",
    "reserves",
    "guard",
    "reset_night",
    "loss_ladders",
    "challenge",
    "challenge_days",
    "challenge_engine",
    "challenge_trail",
    "exits",
)
"""The rules that decide about money."""

_TEST_STEMS = (
    "admission",
    "challenge",
    "coast",
    "exits",
    "exposure",
    "guard",
    "loss",
    "reserves",
    "reset",
    "sizing",
)
_OPTIONS = (
    *("-s", "-o", "addopts=", "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:xdist"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
_KILLED = (Fate.KILLED, Fate.OUT_OF_TIME)


def tests_to_ask() -> list[str]:
    """The test files of the money rules, but those that need many seconds by themselves."""
    files = sorted((ROOT / "tests" / "rules").glob("test_*.py"))
    return [str(file) for file in files if file.stem.removeprefix("test_").startswith(_TEST_STEMS)]


def mutants_in(modules: Sequence[str]) -> list[Mutant]:
    """Every mutant of these modules of `bot/rules`."""
    found: list[Mutant] = []
    for name in modules:
        found += mutants_of(name, (RULES / f"{name}.py").read_text(encoding="utf-8"))
    return found


def score_table(fates: Sequence[tuple[Mutant, Fate]]) -> Table:
    """One row per module: mutants, killed, percent."""
    table = Table("module", "mutants", "killed", "%")
    tried = Counter(mutant.module for mutant, _ in fates)
    killed = Counter(mutant.module for mutant, fate in fates if fate in _KILLED)
    for name in tried:
        share_pct = 100.0 * killed[name] / tried[name]
        table.add_row(name, str(tried[name]), str(killed[name]), f"{share_pct:.1f}")
    return table


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools.mutate", description=__doc__.splitlines()[0])
    parser.add_argument("--module", action="append", choices=MODULES)
    parser.add_argument("--sample", type=int, default=0, help="how many mutants; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=25)
    parser.add_argument("--timeout", type=float, default=30.0, help="seconds for one mutant")
    parser.add_argument("--least", type=float, default=90.0, help="score to reach, in percent")
    return parser.parse_args(words)


def _tried(mutants: Sequence[Mutant], given: argparse.Namespace, console: Console) -> MutationRun:
    def tell(mutant: Mutant, fate: Fate) -> None:
        if fate not in _KILLED:
            console.print(f"{mutant.words} ({fate.value})", markup=False, soft_wrap=True)

    run = MutationRun(mutants, given.examples, given.timeout).told(tell)
    pytest.main([*_OPTIONS, "--rootdir", str(ROOT), *tests_to_ask()], plugins=[run])
    return run


def main(words: Sequence[str] | None = None) -> int:
    """Plant, ask, print; 0 when at least `--least` percent were noticed."""
    given = _arguments(sys.argv[1:] if words is None else words)
    console = Console()
    if not hasattr(os, "fork"):
        console.print("tools.mutate needs a system that can fork; this one cannot")
        return 2
    every = mutants_in(given.module or MODULES)
    mutants = sampled(every, given.sample, given.seed) if given.sample else every
    run = _tried(mutants, given, console)
    if run.unsound or not run.fates:
        console.print(f"these tests fail without any fault: {sorted(run.unsound)}", markup=False)
        return 2
    killed = sum(fate in _KILLED for _, fate in run.fates)
    score_pct = 100.0 * killed / len(run.fates)
    console.print(score_table(run.fates))
    drawn = f"{len(run.fates)} of {len(every)} mutants"
    console.print(f"{drawn}, seed {given.seed}: {killed} killed, {score_pct:.1f} %")
    return 0 if score_pct >= given.least else 1


if __name__ == "__main__":
    sys.exit(main())
