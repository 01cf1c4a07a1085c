"""Runs the tests against planted faults: one process collects, one child per mutant tries.

A pytest plugin. It runs every collected test once to learn which rules it calls and how long it
takes; then, per mutant, a forked child puts the changed code in place and runs the tests that call
that function, quickest first, until one fails. Nothing on disk is ever changed.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import CodeType, FrameType, ModuleType

import pytest
from hypothesis import HealthCheck, Phase, settings

from tools.mutants import Mutant

PACKAGE = "bot.rules."
_KILLED_CODE, _SURVIVED_CODE = 1, 0


class Fate(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    OUT_OF_TIME = "killed, out of time"
    SURVIVED = "survived"
    UNREACHED = "survived, no test calls it"


@dataclass(slots=True)
class Calls:
    """Which rules each test calls, and how long it takes, from one run without a fault."""

    codes: dict[str, set[CodeType]] = field(default_factory=dict)
    duration_s: dict[str, float] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)


def _rule_modules() -> list[ModuleType]:
    return [module for name, module in sys.modules.items() if name.startswith(PACKAGE)]


def original_codes(mutant: Mutant) -> set[CodeType]:
    """The code a mutant touches: its function's, or of every rule that names its constant."""
    if mutant.code is not None:
        function = getattr(sys.modules[PACKAGE + mutant.module], mutant.function)
        return {function.__code__}
    functions = [part for module in _rule_modules() for part in vars(module).values()]
    codes = [part.__code__ for part in functions if hasattr(part, "__code__")]
    return {code for code in codes if mutant.function in code.co_names}


def put_in_place(mutant: Mutant) -> None:
    """Change this process: the function's code for every caller, or the constant in every rule."""
    home = sys.modules[PACKAGE + mutant.module]
    if mutant.code is not None:
        getattr(home, mutant.function).__code__ = mutant.code
        return
    for module in _rule_modules():
        if hasattr(module, mutant.function):
            setattr(module, mutant.function, mutant.value)


class MutationRun:
    """The plugin: takes over pytest's loop once the tests are collected."""

    def __init__(self, mutants: Sequence[Mutant], examples_count: int, timeout_s: float) -> None:
        self._mutants, self._timeout_s = mutants, timeout_s
        self._examples_count = examples_count
        self._calls = Calls()
        self._teller: Callable[[Mutant, Fate], None] | None = None
        self.fates: list[tuple[Mutant, Fate]] = []

    def told(self, teller: Callable[[Mutant, Fate], None]) -> MutationRun:
        """Have `teller` called with each mutant's fate as soon as it is known."""
        self._teller = teller
        return self

    @property
    def unsound(self) -> set[str]:
        """Tests that failed without any fault; their word counts for nothing."""
        return self._calls.failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what one test said and how long it took."""
        spent_s = self._calls.duration_s.get(report.nodeid, 0.0)
        self._calls.duration_s[report.nodeid] = spent_s + report.duration
        if report.failed:
            self._calls.failed.add(report.nodeid)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Learn from one run, then try each mutant; pytest's own loop does not run."""
        self._quicken(session.items)
        for item in session.items:
            self._learn(item)
        gc.collect()
        gc.freeze()  # what stands now is shared by all children
        for mutant in self._mutants:
            fate = self._try(mutant, session.items)
            self.fates.append((mutant, fate))
            if self._teller is not None:
                self._teller(mutant, fate)
        return True

    def _quicken(self, items: Iterable[pytest.Item]) -> None:
        """Fewer examples, always the same ones, and no search for a smaller counterexample."""
        for item in items:
            body = getattr(item, "obj", None)
            chosen = getattr(body, "_hypothesis_internal_use_settings", None)
            if body is not None and isinstance(chosen, settings):
                body._hypothesis_internal_use_settings = settings(
                    chosen,
                    max_examples=min(chosen.max_examples, self._examples_count),
                    derandomize=True,
                    database=None,
                    deadline=None,
                    phases=(Phase.explicit, Phase.generate),
                    suppress_health_check=list(HealthCheck),
                )

    def _learn(self, item: pytest.Item) -> None:
        codes = self._calls.codes.setdefault(item.nodeid, set())

        def note(frame: FrameType, event: str, _argument: object) -> None:
            if event == "call" and frame.f_globals.get("__name__", "").startswith(PACKAGE):
                codes.add(frame.f_code)

        sys.setprofile(note)
        try:
            _run(item)
        finally:
            sys.setprofile(None)

    def _callers(self, mutant: Mutant, items: Iterable[pytest.Item]) -> list[pytest.Item]:
        touched = original_codes(mutant)
        calling = [
            item
            for item in items
            if item.nodeid not in self._calls.failed and touched & self._calls.codes[item.nodeid]
        ]
        return sorted(calling, key=lambda item: self._calls.duration_s[item.nodeid])

    def _try(self, mutant: Mutant, items: Iterable[pytest.Item]) -> Fate:
        callers = self._callers(mutant, items)
        if not callers:
            return Fate.UNREACHED
        child = os.fork()
        if child == 0:
            self._in_child(mutant, callers)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return Fate.OUT_OF_TIME
        return Fate.SURVIVED if os.WEXITSTATUS(status) == _SURVIVED_CODE else Fate.KILLED

    def _in_child(self, mutant: Mutant, callers: Sequence[pytest.Item]) -> None:
        code = _KILLED_CODE  # a fault that ends the run itself is noticed, too
        try:
            signal.setitimer(signal.ITIMER_REAL, self._timeout_s)
            put_in_place(mutant)
            code = _SURVIVED_CODE if self._all_pass(callers) else _KILLED_CODE
        finally:
            os._exit(code)

    def _all_pass(self, items: Sequence[pytest.Item]) -> bool:
        known = set(self._calls.failed)
        for item in items:
            _run(item)
            if self._calls.failed != known:
                return False
        return True


def _run(item: pytest.Item) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
