"""Runs a script through the real command, as a person would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLES = REPOSITORY / "examples" / "mt5"


class Ran(NamedTuple):
    """What the command left: exit code, the script's output, and the rest."""

    code: int
    out: str
    err: str

    @property
    def summary(self) -> dict[str, object]:
        """The JSON line at the end of stderr."""
        document = json.loads(self.err.splitlines()[-1])
        assert isinstance(document, dict)
        return document


def simulate(script: Path, *args: object, options: str = "", cwd: Path = REPOSITORY) -> Ran:
    """`bot simulate OPTIONS script ARGS`, warnings being errors of the script as in the suite."""
    command = [sys.executable, "-m", "bot", "simulate", *options.split(), str(script)]
    done = subprocess.run(
        [*command, *(str(arg) for arg in args)],
        capture_output=True,
        check=False,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "utf-8"},
        timeout=120,
    )
    return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def example(name: str, *args: object, options: str = "") -> Ran:
    """One of the examples on a small market, nobody waiting for it, its summary as JSON."""
    return simulate(EXAMPLES / f"{name}.py", *args, options=f"--json --jump {options}")
