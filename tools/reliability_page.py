"""docs/reliability.md: what was tried, what came out and what it means for a trader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from tools.doc_text import table
from tools.reliability_figures import (
    MET,
    NOT_MEASURED,
    NOT_MET,
    SUMMARY,
    Results,
    figure,
    text_of,
)
from tools.reliability_runs import RUNS
from tools.reliability_words import CHAPTERS, NOT_COVERED, NOTE

_HEAD: Final = f"""\
# Will it survive? What was tried, and what came out

{NOTE}
A challenge account is rarely lost to a bad trade. It is lost to an order sent twice, a stop that
was never set, a halt that a restart forgot. So before this bot is trusted with an account, it is
put through everything on the list of [141 faults](storm_faults.md) that can befall a program, a
terminal, a broker, a disk, a clock or a person beside it, and after each step the *broker's*
books are compared with 25 promises. The trader that runs here is the one that runs live, line for
line; only the terminal, the clock and the disk are simulated.

"""

_SPELLS_HEAD: Final = """\
The longest spell of each kind in all runs. Time while the terminal was unreachable or the
computer was off is not counted: nothing can act then, and the stops at the broker protect the
account.

"""
_COMMANDS_HEAD: Final = """\
    python -m tools.reliability               write this page from docs/reliability/*.json
    python -m tools.reliability --run ci      measure anew at the size of a CI run, then write
    python -m tools.reliability --run long    measure anew at full size: hours

One by one, from the project's folder:

"""
_SUMMARY_HEAD: Final = ("what may happen", "tried", "came out", "promised", "kept")

_PERIOD: Final = {
    "day": "day",
    "resident_mib": "memory, MiB",
    "handles_count": "handles",
    "threads_count": "threads",
    "cycle_median_ms": "cycle, ms",
    "cycle_99th_ms": "slowest 1 %, ms",
    "trades_count": "trades",
}
_MINUTES_FROM_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Spell:
    """How long something may stay wrong, and where its longest spell is measured."""

    what: str
    limit_s: float
    measured: tuple[tuple[str, ...], ...]
    meaning: str


SPELLS: Final = (
    Spell(
        "a position without its stop",
        10.0,
        (("storm", "recovery_max_s", "naked_stop"),),
        "somebody removed the stop, or the broker dropped it: it stands again",
    ),
    Spell(
        "flat after a brake or `bot flatten`",
        60.0,
        (("storm", "recovery_max_s", "flat"),),
        "from the decision until two clean reads show neither position nor order",
    ),
    Spell(
        "back after the program died",
        30.0,
        (
            ("storm", "recovery_max_s", "restart"),
            ("kills", "back after, warm, at most (s)"),
            ("kills", "back after, from scratch, at most (s)"),
        ),
        "from the new process's start to its first whole cycle; the stops stand at the broker",
    ),
    Spell(
        "an order whose fate nobody told",
        1_200.0,
        (("storm", "recovery_max_s", "unknown"),),
        "until evidence says whether it was filled; its risk stays reserved, nothing is resent",
    ),
    Spell(
        "everything settled after all faults end",
        900.0,
        (("storm", "recovery_max_s", "healed"),),
        "nothing unknown, nothing naked, the record equals the broker's books",
    ),
)


def page(results: Results) -> str:
    """The whole page; figures that nobody measured say so."""
    parts = [
        _HEAD,
        "## In short\n\n",
        table(_SUMMARY_HEAD, (promise.row(results) for promise in SUMMARY)),
        "\n",
        _verdict(results),
        "## How long until it is right again\n\n",
        _SPELLS_HEAD,
        table(("what", "longest", "promised", "kept", "meaning"), spell_rows(results)),
        "\n## What the figures mean for you\n\n",
        *_chapters(results),
        "## What this does not cover\n\n",
        NOT_COVERED,
        "\n## How to repeat it\n\n",
        _commands(),
    ]
    return "".join(parts)


def spell_rows(results: Results) -> Iterator[tuple[str, ...]]:
    """The recovery times as rows."""
    for spell in SPELLS:
        found = [figure(results, *path) for path in spell.measured]
        known = [value for value in found if value is not None]
        limit = _duration(spell.limit_s)
        if not known:
            yield spell.what, NOT_MEASURED, f"≤ {limit}", NOT_MEASURED, spell.meaning
            continue
        longest = max(known)
        verdict = MET if longest <= spell.limit_s else NOT_MET
        yield spell.what, _duration(longest), f"≤ {limit}", verdict, spell.meaning


def _verdict(results: Results) -> str:
    """One sentence under the summary: what is kept, what is not, what is not known."""
    kept = [promise.is_kept(results) for promise in SUMMARY]
    unknown, broken = kept.count(None), kept.count(False)
    if broken:
        return f"**Promises not kept: {broken}. Do not trade an account with it.**\n\n"
    if unknown:
        return f"Lines without a measurement: {unknown}. Judge the bot by the others only.\n\n"
    return "All promises were kept.\n\n"


def _chapters(results: Results) -> Iterator[str]:
    for name, chapter in CHAPTERS.items():
        yield f"### {chapter.title}\n\n{chapter.words}\n"
        rows = [
            (what, text_of(figure(results, name, *path), unit))
            for what, path, unit in chapter.figures
        ]
        yield table(("figure", "measured"), rows) + "\n"
        if name == "storm":
            yield _storm_tables(results)
        if name == "endurance":
            yield _endurance_table(results)


def _storm_tables(results: Results) -> str:
    failures = results.get("storm", {}).get("failures")
    if not failures:
        return ""
    rows = [
        (str(seed), str(name), str(told))
        for seed, name, told in cast("list[list[object]]", failures)
    ]
    return "Broken promises:\n\n" + table(("seed", "promise", "what was seen"), rows) + "\n"


def _endurance_table(results: Results) -> str:
    result = results.get("endurance", {})
    periods = cast("list[Mapping[str, float]]", result.get("periods", []))
    if not periods:
        return ""
    rows = [tuple(_cell(period.get(name)) for name in _PERIOD) for period in periods]
    rules = "".join(f"- {rule}\n" for rule in cast("list[str]", result.get("rules", [])))
    return f"{table(tuple(_PERIOD.values()), rows)}\nThe rules it is judged by:\n\n{rules}\n"


def _cell(value: float | None) -> str:
    return NOT_MEASURED if value is None else f"{value:g}"


def _duration(seconds: float) -> str:
    if seconds >= _MINUTES_FROM_S:
        return f"{seconds / 60.0:.3g} min"
    return f"{seconds:.3g} s"


def _commands() -> str:
    return _COMMANDS_HEAD + "".join(f"    {run.typed('long')}\n" for run in RUNS)
