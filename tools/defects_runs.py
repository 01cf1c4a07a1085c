"""Plants one defect at a time in a copy of the project and runs tests until one goes red."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tools.defects_plan import Defect

NAMED, WIDER, SURVIVED = "named", "wider", "survived"
OUT_OF_TIME = "out of time"
NAMED_MAX_S, WIDER_MAX_S = 900.0, 3600.0

OUT_OF_TIME_CODE = -signal.SIGKILL
_SERVER = Path(__file__).with_name("defects_server.py")
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", ".coverage*", "runs", "dist"
)
_QUIET = (
    *("-x", "-n0", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0"),
    *("--tb=no", "--no-header", "-rfE"),
)
_RED = re.compile(r"^(?:FAILED|ERROR) ([^\s\[]+)", re.MULTILINE)
_PASSED, _FAILED, _BROKEN_IMPORT, _NOTHING = 0, 1, 2, 5
_FIRST_FOLDERS = ("rules", "live", "adapters", "params", "watch", "cli")
_OTHER_FOLDERS = ("kills", "storm", "simulator", "report", "fuzz")


class StoppedError(Exception):
    """The run was interrupted; what is known so far stands."""


class RunError(Exception):
    """The tests could not be run at all: says what pytest printed."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a defect: the stage that caught it (or `survived`) and the red tests."""

    stage: str
    red: tuple[str, ...]


@dataclass(slots=True)
class Runs:
    """The workers' test servers, so that an interrupt leaves no process behind."""

    is_stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _servers: list[subprocess.Popen[str]] = field(default_factory=list)

    def stop(self) -> None:
        """End every process that was started here; no other is started."""
        self.is_stopping.set()
        with self._lock:
            for server in self._servers:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(server.pid, signal.SIGKILL)
                server.wait()
            self._servers.clear()

    def server(self, folder: Path) -> subprocess.Popen[str]:
        """A test server in `folder`. Raises `StoppedError` once the runs are stopping."""
        with self._lock:
            if self.is_stopping.is_set():
                raise StoppedError
            temporary = folder / ".tmp"
            temporary.mkdir(exist_ok=True)
            # our own module, in our own copy, by this very interpreter
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", str(_SERVER)],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(folder), "TMPDIR": str(temporary)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
                start_new_session=True,
            )
            self._servers.append(process)
            return process


class Copy:
    """One worker's copy of the project, and the server that runs tests in it."""

    def __init__(self, root: Path, folder: Path, runs: Runs) -> None:
        self.folder = folder
        self._runs = runs
        self._server: subprocess.Popen[str] | None = None
        shutil.copytree(root, folder, ignore=_LEFT_OUT, symlinks=True)

    def red(self, nodes: Sequence[str], unsound: Sequence[str], limit_s: float) -> tuple[str, ...]:
        """The first test among `nodes` that goes red; those in `unsound` are left out.

        Raises `RunError` when the tests cannot be run, `StoppedError` after an interrupt.
        """
        code, printed = self.asked((*_QUIET, *_deselected(unsound), *nodes), limit_s)
        if code == OUT_OF_TIME_CODE:
            return (OUT_OF_TIME,)
        if code in (_PASSED, _NOTHING):
            return ()
        red = tuple(dict.fromkeys(_RED.findall(printed)))
        if code not in (_FAILED, _BROKEN_IMPORT) or not red:
            raise RunError(f"pytest ended with {code}:\n{printed[-2000:]}")
        return red

    def asked(self, arguments: Sequence[str], limit_s: float) -> tuple[int, str]:
        """Exit code and output of pytest with these arguments."""
        if self._server is None:
            self._server = self._runs.server(self.folder)
        stdin, stdout = self._server.stdin, self._server.stdout
        assert stdin is not None, "it was started with pipes"
        assert stdout is not None, "it was started with pipes"
        try:
            stdin.write(json.dumps({"arguments": list(arguments), "limit_s": limit_s}) + "\n")
            stdin.flush()
            answer = json.loads(stdout.readline())
        except (BrokenPipeError, json.JSONDecodeError) as error:
            if self._runs.is_stopping.is_set():
                raise StoppedError from error
            raise RunError(f"the server of tests in {self.folder} is gone") from error
        return int(answer["code"]), str(answer["printed"])

    def close(self) -> None:
        """Let go of the server's pipes, once the runs were stopped."""
        for pipe in (self._server.stdin, self._server.stdout) if self._server else ():
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    @contextmanager
    def with_defect(self, defect: Defect) -> Iterator[None]:
        """The defect stands in the copy within this block."""
        path = self.folder / defect.file
        text = path.read_text(encoding="utf-8")
        try:
            _put(path, defect.planted(text))
            yield
        finally:
            _put(path, text)

    def wider(self, defect: Defect) -> list[str]:
        """Folders of tests from the nearest to the defect outwards."""
        nearest = Path(defect.file).parts[1]
        first = sorted(_FIRST_FOLDERS, key=lambda name: name != nearest)
        names = [f"tests/{name}" for name in (*first, *_OTHER_FOLDERS)]
        return [name for name in names if any((self.folder / name).glob("test_*.py"))]


@dataclass(slots=True)
class Sound:
    """Which tests are green without a defect; the word of any other counts for nothing."""

    green: set[str] = field(default_factory=set)
    unsound: set[str] = field(default_factory=set)

    def proves(self, copy: Copy, red: Sequence[str], asked: tuple[Sequence[str], float]) -> bool:
        """Whether a red test is green without the defect; asked once for each.

        Out of time proves something only where the same tests end in time without the defect.
        """
        node, (nodes, limit_s) = red[0], asked
        if node == OUT_OF_TIME:
            is_slow = copy.red(nodes, sorted(self.unsound), limit_s) == (OUT_OF_TIME,)
            self.unsound.update(nodes if is_slow else ())
            return not is_slow
        if node in self.green:
            return True
        if copy.red((node,), (), NAMED_MAX_S):
            self.unsound.add(node)
            return False
        self.green.add(node)
        return True


def try_defect(copy: Copy, defect: Defect, sound: Sound, *, is_wide: bool) -> Fate:
    """Plant the defect and run the tests named for it, then, if asked, all others."""
    rounds: list[tuple[str, Sequence[str], float]] = [(NAMED, defect.tests, NAMED_MAX_S)]
    if is_wide:
        rounds += [(WIDER, (folder,), WIDER_MAX_S) for folder in copy.wider(defect)]
    for stage, nodes, limit_s in rounds:
        red = _red_and_sound(copy, defect, sound, (nodes, limit_s))
        if red:
            return Fate(stage, red)
    return Fate(SURVIVED, ())


def _red_and_sound(
    copy: Copy, defect: Defect, sound: Sound, asked: tuple[Sequence[str], float]
) -> tuple[str, ...]:
    """The first test that is red with the defect and green without it."""
    nodes, limit_s = asked
    while True:
        unsound = sorted(sound.unsound)
        left = [node for node in nodes if not _is_unsound(node, unsound)]
        if not left:
            return ()
        with copy.with_defect(defect):
            red = copy.red(left, unsound, limit_s)
        if not red or sound.proves(copy, red, (left, limit_s)):
            return red


def _is_unsound(node: str, unsound: Sequence[str]) -> bool:
    """Whether a test, or the file it stands in, was red without any defect."""
    return node in unsound or node.partition("::")[0] in unsound


def _deselected(nodes: Sequence[str]) -> list[str]:
    """Options that leave tests out, and whole files that could not even be read."""
    return [f"--deselect={node}" if "::" in node else f"--ignore={node}" for node in nodes]


def _put(path: Path, text: str) -> None:
    """Write a source file; what was compiled of it is gone, whatever its time stamp says."""
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()
    path.write_text(text, encoding="utf-8", newline="\n")
