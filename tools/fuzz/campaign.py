"""Many inputs over all kinds, side by side; findings of one cause are told once."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tools.fuzz.catalogue import all_kinds
from tools.fuzz.model import Kind
from tools.fuzz.trial import Verdict, family_of, input_of, judged, minimised, name_of

PORTION = 250
"""Inputs handed to a worker at once."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is tried: `inputs_count` in all, shared evenly by the kinds."""

    inputs_count: int
    seed: int
    kinds: tuple[str, ...]
    findings: Path | None
    workers_count: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken promise: the first input that showed it, made small, and how many others did."""

    kind: str
    number: int
    told: str
    raw: bytes
    count: int = 1


@dataclass(slots=True)
class Told:
    """What some inputs of one kind came to."""

    kind: str
    accepted_count: int = 0
    refused_count: int = 0
    slowest_s: float = 0.0
    findings: dict[str, Finding] = field(default_factory=dict)

    @property
    def inputs_count(self) -> int:
        """Inputs tried."""
        broken = sum(finding.count for finding in self.findings.values())
        return self.accepted_count + self.refused_count + broken

    def add(self, verdict: Verdict, finding: Finding | None) -> None:
        """Count one input."""
        self.slowest_s = max(self.slowest_s, verdict.took_s)
        if finding is None:
            self.accepted_count += verdict.answer == "accepted"
            self.refused_count += verdict.answer == "refused"
            return
        self.keep(finding)

    def keep(self, finding: Finding) -> None:
        """Take a finding in, under its cause."""
        family = family_of(finding.told)
        known = self.findings.get(family)
        count = finding.count + (known.count if known else 0)
        first = known or finding
        self.findings[family] = Finding(first.kind, first.number, first.told, first.raw, count)

    def merge(self, other: Told) -> None:
        """Take in what other inputs of the kind came to."""
        self.accepted_count += other.accepted_count
        self.refused_count += other.refused_count
        self.slowest_s = max(self.slowest_s, other.slowest_s)
        for finding in other.findings.values():
            self.keep(finding)


def run(plan: Plan, on_progress: Callable[[int], None]) -> list[Told]:
    """Try every input; `on_progress` is told how many more are done. Findings are saved at once."""
    told = {name: Told(name) for name in plan.kinds}
    portions = list(_portions(plan))
    if plan.workers_count == 1:
        for portion in portions:
            _take(plan, told, portion_of(*portion), on_progress)
        return list(told.values())
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(plan.workers_count, mp_context=context) as pool:
        waiting = [pool.submit(portion_of, *portion) for portion in portions]
        try:
            for done in as_completed(waiting):
                _take(plan, told, done.result(), on_progress)
        except KeyboardInterrupt:
            return list(told.values())
        finally:
            pool.shutdown(cancel_futures=True)
    return list(told.values())


def kind_names() -> tuple[str, ...]:
    """Names of every kind."""
    return tuple(kinds_by_name())


@cache
def kinds_by_name() -> dict[str, Kind]:
    """Every kind, made once per process and inherited by its workers."""
    with tempfile.TemporaryDirectory() as scratch:
        return {kind.name: kind for kind in all_kinds(Path(scratch))}


def portion_of(name: str, seed: int, first: int, last: int) -> Told:
    """Inputs `first` to `last` of a kind, in a folder of their own."""
    told = Told(name)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        kind, folder = kinds_by_name()[name], Path(place) / "files"
        for number in range(first, last):
            raw = input_of(kind, seed, number)
            verdict = judged(kind, folder, raw)
            finding = None
            if verdict.is_broken:
                is_new = family_of(verdict.told) not in told.findings
                small = minimised(kind, folder, raw, verdict.told) if is_new else raw
                finding = Finding(name, number, verdict.told, small)
            told.add(verdict, finding)
    return told


def _portions(plan: Plan) -> Iterator[tuple[str, int, int, int]]:
    """Evenly shared; every kind begins before any goes on."""
    each = -(-plan.inputs_count // len(plan.kinds))
    for first in range(0, each, PORTION):
        for name in plan.kinds:
            yield name, plan.seed, first, min(each, first + PORTION)


def _take(
    plan: Plan, told: dict[str, Told], portion: Told, on_progress: Callable[[int], None]
) -> None:
    told[portion.kind].merge(portion)
    on_progress(portion.inputs_count)
    if plan.findings is not None:
        for finding in portion.findings.values():
            _save(plan.findings, finding)


def _save(folder: Path, finding: Finding) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{finding.kind.replace(' ', '-').replace(',', '')}-{name_of(finding.raw)}"
    (folder / f"{stem}.bin").write_bytes(finding.raw)
    (folder / f"{stem}.txt").write_text(finding.told + "\n", encoding="utf-8")


def totals(told: Sequence[Told], seed: int, took_s: float) -> dict[str, object]:
    """The figures of a run, as `--json` writes them."""
    findings = Counter({one.kind: len(one.findings) for one in told})
    return {
        "seed": seed,
        "inputs": sum(one.inputs_count for one in told),
        "kinds": len(told),
        "accepted": sum(one.accepted_count for one in told),
        "refused by name": sum(one.refused_count for one in told),
        "broken promises": sum(findings.values()),
        "slowest input (s)": round(max((one.slowest_s for one in told), default=0.0), 2),
        "took (s)": round(took_s, 1),
        "by kind": {
            one.kind: {
                "inputs": one.inputs_count,
                "accepted": one.accepted_count,
                "refused by name": one.refused_count,
                "broken promises": len(one.findings),
                "slowest input (s)": round(one.slowest_s, 2),
            }
            for one in told
        },
    }
