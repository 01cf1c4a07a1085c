"""Runs a stranger's script against the simulated terminal, as `python SCRIPT.py` would run it."""

from __future__ import annotations

import atexit
import runpy
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final

from bot.simulator.config import AccountConfig
from bot.simulator.feed import Market
from bot.simulator.script_accounts import ScriptAccounts
from bot.simulator.script_clock import Pace, ScriptClock
from bot.simulator.script_faults import ScriptFaults
from bot.simulator.script_imports import free_imports
from bot.simulator.script_module import imported_as_package, package_module
from bot.simulator.script_patches import Patches
from bot.simulator.script_summary import ScriptSummary, summary_of
from bot.simulator.script_time import host_time, simulated_time
from bot.simulator.script_traceback import for_the_script

_FAILED: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptWorld:
    """What the script will find: a market, a moment, an account, a pace and what goes wrong.

    It lives from `start_utc_s` to `end_utc_s` at the longest. `give_up` is called, from another
    thread, when the script will not stop at the end.
    """

    market: Market
    start_utc_s: float
    end_utc_s: float
    account: AccountConfig
    pace: Pace
    faults: tuple[str, ...]
    faults_seed: int
    give_up: Callable[[], None]


@dataclass(frozen=True, slots=True)
class ScriptOutcome:
    """How the script ended: its exit code, why it ended, and what it did to its accounts."""

    exit_code: int
    calls_count: int
    faults_count: int
    is_time_over: bool
    is_interrupted: bool
    missing_module: str
    """What the script wanted to import and this Python does not have; empty if nothing."""
    summary: ScriptSummary


def run_script(path: Path, args: Sequence[str], world: ScriptWorld) -> ScriptOutcome:
    """Run the script to its end. Everything it was shown is put back; two runs share nothing.

    To be called in the main thread: that is where the script runs and is interrupted.
    """
    faults = ScriptFaults(world.faults, world.faults_seed)
    accounts = ScriptAccounts(world.market, world.account, faults.bring_about)
    accounts.current.advance_to(world.start_utc_s)
    clock = ScriptClock(
        (world.start_utc_s, world.end_utc_s), world.pace, host_time(), world.give_up
    )
    faults.live_on(clock)
    ending = _Ending()
    modules_before = set(sys.modules)
    _live(path, args, (accounts, clock), ending)
    _forget_modules_beside(path, modules_before)
    for terminal in accounts:
        terminal.advance_to(max(terminal.now_utc_s, clock.now_utc_s()))
    is_time_over = clock.is_over
    return ScriptOutcome(
        exit_code=0 if is_time_over and ending.is_interrupted else ending.exit_code,
        calls_count=accounts.calls_count,
        faults_count=faults.fired_count,
        is_time_over=is_time_over,
        is_interrupted=ending.is_interrupted and not is_time_over,
        missing_module=ending.missing_module,
        summary=summary_of(accounts, (world.start_utc_s, clock.now_utc_s())),
    )


def _live(
    path: Path, args: Sequence[str], world: tuple[ScriptAccounts, ScriptClock], ending: _Ending
) -> None:
    """The script from its first line to its last thread and exit function, in its own world."""
    accounts, clock = world
    with ExitStack() as stack:
        stack.enter_context(imported_as_package(package_module(accounts, clock)))
        stack.enter_context(_as_main_program(path, args))
        leave = stack.enter_context(_exit_functions())
        clock.start()
        stack.callback(clock.close)  # whatever happens; the usual place is below
        stack.enter_context(simulated_time(clock))
        stack.enter_context(free_imports(clock, path.resolve().parent))
        stack.enter_context(_interruptible())
        threads_before = set(threading.enumerate())
        with ending:
            runpy.run_path(str(path.resolve()), run_name="__main__")
        with ending:
            _join(threads_before)
        for function in leave():
            with ending:
                function()
        with ending:
            clock.close()  # an interruption on its way arrives here at the latest


class _Ending:
    """Takes whatever ends a part of the script and turns it into an exit code, as Python does."""

    def __init__(self) -> None:
        self.exit_code = 0
        self.is_interrupted = False
        self.missing_module = ""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if kind is None or error is None:
            return True
        if isinstance(error, SystemExit):
            self.exit_code = _code_of(error)
        elif isinstance(error, KeyboardInterrupt):
            self.exit_code, self.is_interrupted = _FAILED, True
        else:
            self.exit_code = _FAILED
            if isinstance(error, ModuleNotFoundError):
                self.missing_module = error.name or ""
            sys.excepthook(kind, for_the_script(error), error.__traceback__)
        return True


def _code_of(error: SystemExit) -> int:
    """A number is the code, nothing is 0; anything else is printed and means failure."""
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return int(error.code)
    sys.stderr.write(f"{error.code}\n")
    return _FAILED


@contextmanager
def _as_main_program(path: Path, args: Sequence[str]) -> Iterator[None]:
    """The script's arguments and folder, and Python's own way to show an uncaught error."""
    patches = Patches()
    patches.put(sys, "argv", [str(path), *args])
    patches.put(sys, "path", [str(path.resolve().parent), *sys.path])
    patches.put(sys, "excepthook", sys.__excepthook__)
    try:
        yield
    finally:
        patches.undo()


@contextmanager
def _exit_functions() -> Iterator[Callable[[], Iterator[Callable[[], object]]]]:
    """Collects what is registered with `atexit`; gives it back newest first."""
    registered: list[tuple[Callable[..., object], Callable[[], object]]] = []

    def register(function: Callable[..., object], *args: object, **kwargs: object) -> object:
        registered.append((function, lambda: function(*args, **kwargs)))
        return function

    def unregister(function: Callable[..., object]) -> None:
        registered[:] = [pair for pair in registered if pair[0] != function]

    def leave() -> Iterator[Callable[[], object]]:
        while registered:
            yield registered.pop()[1]

    patches = Patches()
    patches.put(atexit, "register", register)
    patches.put(atexit, "unregister", unregister)
    try:
        yield leave
    finally:
        patches.undo()


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C reaches the script, also where whoever started us had it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _join(before: set[threading.Thread]) -> None:
    """Wait for the script's threads that are not daemons, as Python does at its end."""
    for thread in threading.enumerate():
        if thread not in before and not thread.daemon:
            thread.join()


def _forget_modules_beside(path: Path, before: set[str]) -> None:
    """Modules from the script's own folder are the script's: the next run imports them anew."""
    folder = path.resolve().parent
    for name in set(sys.modules) - before:
        origin = getattr(sys.modules[name], "__file__", None)
        if origin is not None and folder in Path(origin).resolve().parents:
            del sys.modules[name]
