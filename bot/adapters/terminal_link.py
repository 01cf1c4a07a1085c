"""Calls into the terminal: one thread, failures as values, bounded retries of reads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeGuard

from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt, wait_fixed

from bot.adapters.terminal_surface import TerminalSurface
from bot.ports import Clock, Unknown

CALL_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SystemError,
    TypeError,
    ValueError,
)
"""What a call into the package may raise: SystemError (BEHAVIOUR 1) and what a bridge adds.

Anything else is our own mistake and ends the process; a restart reconciles.
"""

_PASSING_CODES = frozenset({1, -1, -3})
"""None with "Success", a generic refusal, no memory: worth asking again at once.

A broken pipe needs `connect`, a wrong argument or an unknown name stays what it is.
"""

NO_CODE = 0


class TerminalLink:
    """Owns the terminal's calls: the first caller's thread is the only one (FAULTS T04, N03)."""

    def __init__(
        self, terminal: TerminalSurface, clock: Clock, tries_count: int = 3, wait_s: float = 0.05
    ) -> None:
        self.terminal = terminal
        self._clock = clock
        self._owner = 0
        self._wait_s = wait_s
        self._retries_count = tries_count - 1

    def guard(self) -> None:
        """Raise `RuntimeError` when the caller is not the thread that owns the terminal."""
        if threading.get_ident() != self._owner:
            if self._owner:
                message = (
                    f"thread {threading.get_ident()} calls the terminal that thread "
                    f"{self._owner} owns: only the trading thread may"
                )
                raise RuntimeError(message)
            self._owner = threading.get_ident()

    def ask(self, function: Callable[..., object], *arguments: object) -> object:
        """One read: the answer, or `Unknown` when it was None, False or an exception.

        A passing failure is repeated a bounded number of times. Never used for sends.
        """
        self.guard()
        try:
            answer = function(*arguments)
        except CALL_ERRORS as error:
            return self._raised(function, error)
        if answer is not None and answer is not False:
            return answer
        return self._ask_again(function, arguments)

    def last_error(self) -> tuple[int, str]:
        """Code and text of the call before; code 0 when even that cannot be read."""
        try:
            answer = self.terminal.last_error()
        except CALL_ERRORS as error:
            return NO_CODE, f"last_error raised {type(error).__name__}"
        if (
            isinstance(answer, tuple)
            and len(answer) == 2  # noqa: PLR2004 (code, text)
            and isinstance(answer[0], int)
        ):
            return answer[0], str(answer[1])
        return NO_CODE, f"last_error gave {answer!r}"

    def _ask_again(self, function: Callable[..., object], arguments: tuple[object, ...]) -> object:
        failure = self._failed(function)
        if failure.code not in _PASSING_CODES or not self._retries_count:
            return Unknown(failure.reason)
        self._clock.sleep(self._wait_s)
        retrying = Retrying(
            stop=stop_after_attempt(self._retries_count),
            wait=wait_fixed(self._wait_s),
            retry=retry_if_result(_is_passing),
            sleep=self._clock.sleep,
            retry_error_callback=_last_answer,
        )
        answer = retrying(self._ask_once, function, arguments)
        return Unknown(answer.reason) if isinstance(answer, _Failed) else answer

    def _ask_once(self, function: Callable[..., object], arguments: tuple[object, ...]) -> object:
        try:
            answer = function(*arguments)
        except CALL_ERRORS as error:
            return self._raised(function, error)
        return self._failed(function) if answer is None or answer is False else answer

    def _failed(self, function: Callable[..., object]) -> _Failed:
        code, text = self.last_error()
        return _Failed(code, f"{_name(function)}: no answer, last error {code} {text}")

    def _raised(self, function: Callable[..., object], error: BaseException) -> Unknown:
        code, text = self.last_error()
        raised = f"{type(error).__name__}: {error}"
        return Unknown(f"{_name(function)}: raised {raised}, last error {code} {text}")


class _Failed:
    """A call that gave None or False, with the error read right after it."""

    __slots__ = ("code", "reason")

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason


def _is_passing(answer: object) -> TypeGuard[_Failed]:
    return isinstance(answer, _Failed) and answer.code in _PASSING_CODES


def _last_answer(state: RetryCallState) -> object:
    assert state.outcome is not None, "called after an attempt"
    return state.outcome.result()


def _name(function: Callable[..., object]) -> str:
    return getattr(function, "__name__", type(function).__name__)
