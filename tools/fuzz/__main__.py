"""`python -m tools.fuzz --inputs N`: break every file the bot reads; what does it make of it."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.adapters.clock import SystemClock
from tools.fuzz.campaign import Plan, Told, kind_names, kinds_by_name, run, totals
from tools.fuzz.trial import judged


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a campaign, or read one saved input again; 1 when a promise was broken, 2 for misuse."""
    wanted = _parser().parse_args(arguments)
    names = kind_names()
    chosen = tuple(wanted.file or names)
    unknown = [name for name in chosen if name not in names]
    if unknown or wanted.inputs < 1:
        known = ", ".join(names)
        what = f"--file {unknown[0]!r}: known kinds are {known}" if unknown else "--inputs: above 0"
        sys.stderr.write(f"Error: {what}\n")
        return 2
    if wanted.replay is not None:
        return _replay(chosen[0], wanted.replay)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background, too
    clock = SystemClock()
    started_s = clock.monotonic_s()
    plan = Plan(wanted.inputs, wanted.seed, chosen, wanted.findings, wanted.workers)
    told = _run_shown(plan)
    facts = totals(told, plan.seed, clock.monotonic_s() - started_s)
    _show(told, facts)
    if wanted.json is not None:
        wanted.json.parent.mkdir(parents=True, exist_ok=True)
        wanted.json.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return 1 if facts["broken promises"] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=5_000, help="how many, over all kinds")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same inputs")
    parser.add_argument("--file", action="append", metavar="KIND", help="only this kind of file")
    parser.add_argument("--workers", type=int, default=2, help="processes side by side")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--findings", type=Path, help="keep inputs that broke a promise here")
    parser.add_argument("--replay", type=Path, help="read one saved input of --file again")
    return parser


def _run_shown(plan: Plan) -> list[Told]:
    console = Console(stderr=True)
    if not console.is_terminal:
        return _run_written(plan)
    columns = (TextColumn("fuzzing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=plan.inputs_count)
        return run(plan, lambda count: progress.advance(task, count))


def _run_written(plan: Plan) -> list[Told]:
    """A line for each tenth, for who reads a log."""
    done_count = 0

    def note(count: int) -> None:
        nonlocal done_count
        tenth, done_count = done_count * 10 // plan.inputs_count, done_count + count
        if done_count * 10 // plan.inputs_count > tenth:
            sys.stderr.write(f"{done_count} of {plan.inputs_count} inputs\n")
            sys.stderr.flush()

    return run(plan, note)


def _show(told: Sequence[Told], facts: dict[str, object]) -> None:
    console = Console()
    table = Table("file", "inputs", "accepted", "refused", "broken", "slowest", box=None)
    for one in told:
        counts = (one.inputs_count, one.accepted_count, one.refused_count, len(one.findings))
        table.add_row(one.kind, *(str(count) for count in counts), f"{one.slowest_s:.2f} s")
    console.print(table)
    for one in told:
        for finding in one.findings.values():
            again = f"({finding.count} times; --file {one.kind!r}, input {finding.number})"
            console.print(f"{one.kind}: {finding.told} {again}", markup=False, style="red")
    words = ("inputs", "accepted", "refused by name", "broken promises", "took (s)")
    console.print(", ".join(f"{word} {facts[word]}" for word in words), markup=False)


def _replay(name: str, path: Path) -> int:
    with tempfile.TemporaryDirectory() as place:
        verdict = judged(kinds_by_name()[name], Path(place) / "files", path.read_bytes())
    sys.stdout.write(f"{verdict.answer or 'BROKEN'}: {verdict.told} ({verdict.took_s:.2f} s)\n")
    return 1 if verdict.is_broken else 0


if __name__ == "__main__":
    sys.exit(main())
