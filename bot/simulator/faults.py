"""The seam at which things go wrong between a script and its terminal.

Faults are asked before and after every call of the surface. Here are the few that the bot's own
tests need; anything else can be built on the same two questions.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final, NamedTuple

from bot.simulator.retcodes import ErrorPair, terminal_error

_SEND: Final = "order_send"
_RECEIVE_FAILED: Final = -10002
_NOT_READS: Final = frozenset({_SEND, "initialize", "login", "shutdown", "last_error"})


class Failure(NamedTuple):
    """What the script gets instead of the real answer, and what `last_error` then says."""

    answer: object
    error: ErrorPair


class Faults:
    """Nothing goes wrong; override either question to make something go wrong."""

    def before(self, call: str) -> Failure | None:
        """Asked before `call` runs; a failure stands for its answer and it does not run."""
        del call
        return None

    def after(self, call: str, answer: object) -> Failure | None:
        """Asked after `call` ran; a failure takes the place of its answer."""
        del call, answer
        return None


class SendLoss(Enum):
    """When the answer to a trade request is lost: before it was executed, or after."""

    NOT_EXECUTED = "not executed"
    EXECUTED = "executed"


class SimpleFaults(Faults):
    """Lost answers of `order_send` and failing reads, switched by hand."""

    def __init__(self) -> None:
        self.reads_fail = False
        self._losses: list[SendLoss] = []

    def lose_next_send(self, loss: SendLoss) -> None:
        """Answer one further `order_send` with None and -10002; several calls queue up."""
        self._losses.append(loss)

    def before(self, call: str) -> Failure | None:
        """Reads fail while switched so; an unexecuted request never reaches the server."""
        if call == _SEND and self._losses[:1] == [SendLoss.NOT_EXECUTED]:
            self._losses.pop(0)
            return Failure(None, terminal_error(_RECEIVE_FAILED))
        if self.reads_fail and call not in _NOT_READS:
            return Failure(None, terminal_error(_RECEIVE_FAILED))
        return None

    def after(self, call: str, answer: object) -> Failure | None:
        """An executed request whose answer is lost has done its work."""
        del answer
        if call == _SEND and self._losses[:1] == [SendLoss.EXECUTED]:
            self._losses.pop(0)
            return Failure(None, terminal_error(_RECEIVE_FAILED))
        return None


def with_faults(
    call: str,
    method: Callable[..., object],
    faults: Faults,
    report: Callable[[ErrorPair], None],
) -> Callable[..., object]:
    """`method` with `faults` asked around it; `report` sets the error of a failed call."""

    def faulty(*args: object, **kwargs: object) -> object:
        failure = faults.before(call)
        if failure is None:
            answer = method(*args, **kwargs)
            failure = faults.after(call, answer)
            if failure is None:
                return answer
        report(failure.error)
        return failure.answer

    return faulty
