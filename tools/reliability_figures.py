"""Figures of docs/reliability/*.json, each with the promise it is held against."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from tools.reliability_runs import RUNS

NOT_MEASURED: Final = "not measured"
_WHOLE_FROM: Final = 1_000.0
MET, NOT_MET = "met", "**NOT met**"

Result = Mapping[str, object]
Results = Mapping[str, Result]
"""What each tool wrote, by its name; a tool that wrote nothing is not there."""


class ResultError(ValueError):
    """A result that is none; names the file and what is wrong with it."""


def load(folder: Path) -> dict[str, Result]:
    """Every result in `folder`. Raises `ResultError` naming a file that is not a JSON object."""
    found: dict[str, Result] = {}
    for run in RUNS:
        path = folder / f"{run.name}.json"
        if not path.exists():
            continue
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ResultError(f"{path}: {error}") from error
        if not isinstance(document, dict):
            raise ResultError(f"{path}: a JSON object is expected")
        found[run.name] = document
    return found


def figure(results: Results, *path: str) -> float | None:
    """A number of a result, by the names that lead to it; a list counts its entries."""
    value: object = results
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = cast("Mapping[str, object]", value)[name]
    if isinstance(value, list):
        return float(len(value))
    return float(value) if isinstance(value, int | float) else None


def text_of(value: float | None, unit: str = "") -> str:
    """A figure for people: thin groups of thousands, no needless decimals."""
    if value is None:
        return NOT_MEASURED
    is_whole = value == round(value) or abs(value) >= _WHOLE_FROM
    shown = f"{value:,.0f}" if is_whole else f"{value:,.1f}"
    return f"{shown.replace(',', ' ')} {unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of the summary: what was tried, what came out, what was promised of it."""

    what: str
    tried: Callable[[Results], str]
    came_out: Callable[[Results], str]
    promised: str
    is_kept: Callable[[Results], bool | None]

    def row(self, results: Results) -> tuple[str, ...]:
        """As a row of a table; without a measurement it says so and judges nothing."""
        kept = self.is_kept(results)
        if kept is None:
            return self.what, NOT_MEASURED, NOT_MEASURED, self.promised, NOT_MEASURED
        verdict = MET if kept else NOT_MET
        return self.what, self.tried(results), self.came_out(results), self.promised, verdict


def at_most(limit: float, *path: str) -> Callable[[Results], bool | None]:
    """Whether a figure stays within its limit; None when there is none."""

    def judged(results: Results) -> bool | None:
        value = figure(results, *path)
        return None if value is None else value <= limit

    return judged


def words(*parts: str | tuple[str, ...]) -> Callable[[Results], str]:
    """Text with figures in it: strings stand as they are, tuples are looked up."""

    def told(results: Results) -> str:
        return "".join(
            part if isinstance(part, str) else text_of(figure(results, *part)) for part in parts
        )

    return told


DEFECTS_MIN_FRACTION: Final = 0.95


def defects_kept(results: Results) -> bool | None:
    """At least 95 % of the defects tried were noticed."""
    caught, tried = (figure(results, "defects", "totals", name) for name in ("caught", "tried"))
    if caught is None or not tried:
        return None
    return caught >= DEFECTS_MIN_FRACTION * tried


SUMMARY: Final = (
    Promise(
        "everything that goes wrong, at once and for years",
        words(
            ("storm", "account_years"), " account-years, ", ("storm", "faults_struck"),
            " faults of ", ("storm", "faults_kinds"), " kinds",
        ),
        words(("storm", "violations"), " broken promises"),
        "0 broken",
        at_most(0, "storm", "violations"),
    ),
    Promise(
        "a crash of the computer at any write",
        words(("crashes", "crash_states"), " states of the disk"),
        words(("crashes", "broken"), " lost or doubled"),
        "0",
        at_most(0, "crashes", "broken"),
    ),
    Promise(
        "the program killed for real, at any moment",
        words(("kills", "kills"), " kills, ", ("kills", "own deals"), " deals compared"),
        words(("kills", "broken promises"), " broken promises"),
        "0 broken",
        at_most(0, "kills", "broken promises"),
    ),
    Promise(
        "a safety rule broken on purpose",
        words(("defects", "totals", "tried"), " planted defects"),
        words(("defects", "totals", "caught"), " noticed, ", ("defects", "totals", "survived"),
              " not"),
        "95 % noticed",
        defects_kept,
    ),
    Promise(
        "damaged and hostile files",
        words(("fuzz", "inputs"), " inputs to ", ("fuzz", "kinds"), " kinds of file"),
        words(("fuzz", "broken promises"), " crashed, or nonsense accepted"),
        "0",
        at_most(0, "fuzz", "broken promises"),
    ),
    Promise(
        "running for a year without a restart",
        words(("endurance", "days"), " days, ", ("endurance", "trades"), " trades, ",
              ("endurance", "cycles"), " cycles"),
        words(("endurance", "growth_mib_per_year"), " MiB growth a year"),
        "memory, handles and cycle time bounded",
        at_most(0, "endurance", "complaints"),
    ),
)  # fmt: skip
