"""Runs tests in forked children, so that what is slow to import is imported once per worker.

Started in a copy of the project; reads one JSON line per run, `{"arguments": [...], "limit_s": s}`,
and answers each with `{"code": exit code, "printed": text}`, -9 when it was out of time. Imports
nothing of the project itself: each child does, and so sees the copy as it is then.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import _pytest.python
import filelock
import hypothesis.strategies
import loguru
import numpy
import pandas
import pydantic
import pytest
import rich.table
import talib
import typer

SLOW = (
    *(_pytest.python, filelock, hypothesis.strategies, loguru, numpy, pandas, pydantic),
    *(rich.table, talib, typer),
)
"""Not used here: the children find them imported."""

OUT_OF_TIME_CODE = -signal.SIGKILL


def serve() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        code, printed = _run(asked["arguments"], float(asked["limit_s"]))
        sys.stdout.write(json.dumps({"code": code, "printed": printed}) + "\n")
        sys.stdout.flush()


def _run(arguments: Sequence[str], limit_s: float) -> tuple[int, str]:
    descriptor, name = tempfile.mkstemp(prefix="tests-")
    child = os.fork()
    if child == 0:
        _be_pytest(arguments, limit_s, descriptor)
    _, status = os.waitpid(child, 0)
    os.close(descriptor)
    printed = Path(name).read_text(encoding="utf-8", errors="replace")
    Path(name).unlink()
    if os.WIFSIGNALED(status):
        is_late = os.WTERMSIG(status) == signal.SIGALRM
        return (OUT_OF_TIME_CODE if is_late else -os.WTERMSIG(status)), printed
    return os.WEXITSTATUS(status), printed


def _be_pytest(arguments: Sequence[str], limit_s: float, descriptor: int) -> None:
    """In the child: run the tests and end, whatever happens; the alarm ends it in time."""
    code = 70
    try:
        signal.setitimer(signal.ITIMER_REAL, limit_s)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        # what was imported before can no longer be rewritten: assertions stay as they are
        code = int(pytest.main(["--assert=plain", *arguments]))
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
