"""Every gate in one command: `uv run python -m tools.check`.

Runs the same gates as `.ci/run` in the current environment, all of them even when one fails, shows
what a failing one printed, and ends with a table. Exit code 0 when all passed, else 1.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Gate:
    """One check: what it is called and the arguments after the interpreter."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GateResult:
    """What a gate answered: its exit code, how long it took, what it printed."""

    gate: Gate
    exit_code: int
    duration_s: float
    printed: str

    @property
    def last_line(self) -> str:
        """The last line that says something: most tools sum up there."""
        lines = [line.strip(" =") for line in self.printed.splitlines() if line.strip(" =")]
        return lines[-1] if lines else ""


GATES = (
    Gate("lint", ("-m", "ruff", "check", ".")),
    Gate("format", ("-m", "ruff", "format", "--check", ".")),
    Gate("types", ("-m", "mypy")),
    Gate("imports", ("-c", "from importlinter.cli import lint_imports_command as c; c()")),
    Gate("pins", ("-m", "tools.lock", "--check")),
    Gate("pages", ("-m", "tools.docs", "--check")),
    Gate("tests", ("-m", "pytest")),
)
"""In the order of their cost, cheap ones first."""


def run_gate(gate: Gate) -> GateResult:
    """Run one gate in the project's folder and keep what it printed."""
    began_s = time.monotonic()
    # Our own gates, listed above, run by this very interpreter.
    done = subprocess.run(  # noqa: S603
        [sys.executable, *gate.arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return GateResult(gate, done.returncode, time.monotonic() - began_s, done.stdout)


def results_table(results: Sequence[GateResult]) -> Table:
    """One row per gate: answer, duration, its own summary line."""
    table = Table("gate", "answer", "seconds", "says")
    for result in results:
        answer = "ok" if result.exit_code == 0 else f"failed ({result.exit_code})"
        table.add_row(result.gate.name, answer, f"{result.duration_s:.1f}", result.last_line)
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the gates named, or all; exit code 1 when one failed."""
    parser = argparse.ArgumentParser(prog="tools.check", description=__doc__.splitlines()[0])
    names = [gate.name for gate in GATES]
    parser.add_argument("gates", nargs="*", metavar="GATE", help=f"of: {', '.join(names)}")
    wanted = parser.parse_args(arguments).gates
    for name in wanted:
        if name not in names:
            parser.error(f"no gate {name!r}; there are: {', '.join(names)}")
    console = Console()
    results: list[GateResult] = []
    for gate in GATES:
        if wanted and gate.name not in wanted:
            continue
        with console.status(f"{gate.name} ..."):
            results.append(run_gate(gate))
        if results[-1].exit_code:
            console.rule(gate.name)
            console.out(results[-1].printed, highlight=False)
    console.print(results_table(results))
    return max((min(1, result.exit_code) for result in results), default=0)


if __name__ == "__main__":
    raise SystemExit(main())
