"""The catalogue as docs/storm_faults.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tools.storm.faults.catalogue import CATALOGUE, INJECTABLE
from tools.storm.faults.harm import HARMS
from tools.storm.faults.row import GROUPS, Elsewhere, FaultRow, Scenic, Terminal

PAGE: Final = "docs/storm_faults.md"
_TERMINAL_TESTS: Final = "`tests/simulator`, by its id"
_SCENE_TESTS: Final = "`tests/storm/test_fault_*.py`"

_HEAD: Final = """# The faults of the storm

<!-- Written by `python -m tools.storm.faults`; do not edit. -->

The storm (`bot storm`) lets the real trader live through everything on this page. Each fault has an
id; `bot storm --fault B03,P08` storms with these alone, and a seed's swarm is a random subset of
all of them. *Terminal* faults pass through the simulated terminal ([what they do
there](faults.md)), *scene* faults act on process, disk, people and clock; each is drawn anew for
every seed: when, how often, how long and how badly. What no scene can hold is proved by the test
that is named.
"""
_HARM_HEAD: Final = """## What no trader could keep

While one of these is in force, the promises named cannot be kept by anybody; nothing else is
excused, and every use of an excuse is counted.

| fault | promises | why |
| --- | --- | --- |"""


def faults_page() -> str:
    """The whole page."""
    return "\n".join((_HEAD, *_lines())) + "\n"


def _lines() -> Iterator[str]:
    elsewhere_count = len(CATALOGUE) - len(INJECTABLE)
    yield f"{len(CATALOGUE)} faults: {len(INJECTABLE)} are injected, {elsewhere_count} are not."
    for letter, group in GROUPS.items():
        rows = [row for row in CATALOGUE.values() if row.group == letter]
        yield f"\n## {group.capitalize()}: {len(rows)} faults\n"
        yield "| id | what goes wrong | how it is injected | what is drawn | tested in |"
        yield "| --- | --- | --- | --- | --- |"
        yield from (_row(row) for row in rows)
    yield f"\n{_HARM_HEAD}"
    for harm in HARMS:
        yield f"| {harm.fault_id} | {', '.join(harm.invariants)} | {harm.reason} |"


def _row(row: FaultRow) -> str:
    way = row.way
    if isinstance(way, Elsewhere):
        cells = (f"not: {way.reason}", "", f"`{way.test}`")
    elif isinstance(way, Terminal):
        cells = (f"terminal, at {way.pace.value}", _drawn(row), _TERMINAL_TESTS)
    else:
        through = f" ({way.draws['kind'].words()})" if "kind" in way.draws else ""
        cells = (f"scene: {_maker(way)}{through}", _drawn(row), _SCENE_TESTS)
    return "| " + " | ".join((row.fault_id, row.text, *cells)) + " |"


def _maker(way: Scenic) -> str:
    """The injector's class, as words."""
    name = getattr(way.make, "__name__", "")
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _drawn(row: FaultRow) -> str:
    way = row.way
    assert not isinstance(way, Elsewhere), "nothing is drawn for what is not injected"
    draws = dict(way.draws)
    draws.pop("kind", None)
    if isinstance(way, Terminal):
        extra = {"chance per call": way.chance, "for_s": way.for_s}
        draws |= {name: draw for name, draw in extra.items() if draw is not None}
    return "; ".join(f"{name}: {draw.words()}" for name, draw in draws.items())
