"""Which tool measures which part of docs/reliability.md, at which size."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SIZES: Final = ("ci", "long")


@dataclass(frozen=True, slots=True)
class Run:
    """A tool's module and its arguments by size; `tells` when it prints its JSON."""

    name: str
    module: str
    arguments: dict[str, tuple[str, ...]]
    tells: bool = False

    def command(self, size: str, target: Path) -> list[str]:
        """The command that writes `target`, or prints what belongs there."""
        where = ["--json"] if self.tells else ["--json", str(target)]
        return [sys.executable, "-m", self.module, *self.arguments[size], *where]

    def typed(self, size: str) -> str:
        """The command as a person types it."""
        target = f"docs/reliability/{self.name}.json"
        where = f"--json > {target}" if self.tells else f"--json {target}"
        return " ".join(["python -m", self.module, *self.arguments[size], where])


RUNS: Final = (
    Run(
        "storm",
        "tools.storm",
        {
            "ci": ("--seeds", "0:160", "--days", "7"),
            "long": ("--seeds", "0:1000000", "--days", "7", "--minutes", "60"),
        },
    ),
    Run("crashes", "tools.storm.crash_days", {"ci": ("--days", "1"), "long": ("--days", "5")}),
    Run(
        "kills",
        "tools.kills",
        {"ci": ("--count", "200"), "long": ("--count", "2000")},
        tells=True,
    ),
    Run("defects", "tools.defects", {"ci": (), "long": ("--again",)}),
    Run("fuzz", "tools.fuzz", {"ci": ("--inputs", "5000"), "long": ("--inputs", "200000")}),
    Run(
        "endurance",
        "tools.storm.endurance",
        {
            "ci": ("--days", "30", "--period", "2", "--cycle", "60"),
            "long": ("--days", "365", "--period", "15", "--cycle", "60"),
        },
    ),
)
"""In the order of the page."""


def run_all(size: str, folder: Path, names: Sequence[str] = ()) -> list[str]:
    """Measure anew; the names of the tools that found something broken.

    A tool that ends with an error of its own leaves the figures that were there before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    broken = []
    for run in RUNS:
        if names and run.name not in names:
            continue
        target = folder / f"{run.name}.json"
        output = subprocess.PIPE if run.tells else None
        done = subprocess.run(run.command(size, target), stdout=output, text=True, check=False)  # noqa: S603
        if run.tells and done.stdout:
            target.write_text(done.stdout.splitlines()[-1] + "\n", encoding="utf-8")
        if done.returncode:
            broken.append(run.name)
    return broken
