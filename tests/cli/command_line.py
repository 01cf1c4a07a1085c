"""The real command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def bot(*words: object, cwd: Path = REPOSITORY, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run `python -m bot`; output as bytes, since encodings are part of the question."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *(str(word) for word in words)],
        capture_output=True,
        check=False,
        cwd=cwd,
        env=_environment(env),
        timeout=240,
    )


def start_bot(*words: object, cwd: Path = REPOSITORY, **env: str) -> subprocess.Popen[bytes]:
    """Start `python -m bot` and let it run."""
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *(str(word) for word in words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=_environment(env),
    )


def _environment(env: dict[str, str]) -> dict[str, str]:
    paths = [str(REPOSITORY), *([env.pop("PYTHONPATH")] if "PYTHONPATH" in env else [])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "COLUMNS": "80"} | env
