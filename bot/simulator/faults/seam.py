"""The seam at which things go wrong between a script and its terminal.

Faults stand around every call of the surface and may ask to be woken at a simulated moment. Here
are the seam itself and the few faults the bot's own tests switch by hand; `FaultPlan` builds the
whole catalogue on the same seam.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import wraps
from typing import Final, NamedTuple

from bot.simulator.retcodes import ErrorPair, terminal_error
from bot.simulator.server import TradeServer

Method = Callable[..., object]

NEVER_MS: Final = 1 << 62
"""A moment (UTC milliseconds) that no clock reaches."""

_SEND: Final = "order_send"
_RECEIVE_FAILED: Final = -10002
_NOT_READS: Final = frozenset({_SEND, "initialize", "login", "shutdown", "last_error"})


class Failure(NamedTuple):
    """What the script gets instead of the real answer, and what `last_error` then says."""

    answer: object
    error: ErrorPair


class Call(NamedTuple):
    """One call of a package function, as the script made it."""

    name: str
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = {}


class Presence(NamedTuple):
    """Where the script is now: attached or not, at which account's server, of how many."""

    is_attached: bool
    server: TradeServer
    servers: tuple[TradeServer, ...]


class Site(NamedTuple):
    """Where faults are installed: the server, the undisturbed functions, and `last_error`.

    A terminal may have several accounts: `server` is the one logged in at the installation.
    """

    server: TradeServer
    methods: Mapping[str, Method]
    report: Callable[[ErrorPair], None]
    presence: Callable[[], Presence]


class Faults:
    """Nothing goes wrong; override a question to make something go wrong."""

    def before(self, call: str) -> Failure | None:
        """Asked before `call` runs; a failure stands for its answer and it does not run."""
        del call
        return None

    def after(self, call: str, answer: object) -> Failure | None:
        """Asked after `call` ran; a failure takes the place of its answer."""
        del call, answer
        return None

    def attach(self, site: Site) -> None:
        """Told once, when installed, what there is to disturb."""
        del site

    def around(self, call: Call, method: Method) -> object:
        """Run `call` between the two questions; the answer, or a `Failure`."""
        failure = self.before(call.name)
        if failure is None:
            answer = method(*call.args, **call.kwargs)
            failure = self.after(call.name, answer)
            if failure is None:
                return answer
        return failure

    def next_moment_ms(self) -> int:
        """The UTC millisecond at which to be woken; the market stops there on its way."""
        return NEVER_MS

    def wake(self) -> None:
        """Do what is due now. Called at each moment asked for, with every quote up to it seen."""


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
    call: str, method: Method, faults: Faults, report: Callable[[ErrorPair], None]
) -> Method:
    """`method` with `faults` around it; `report` sets the error of a failed call."""

    @wraps(method)
    def faulty(*args: object, **kwargs: object) -> object:
        outcome = faults.around(Call(call, args, kwargs), method)
        if isinstance(outcome, Failure):
            report(outcome.error)
            return outcome.answer
        return outcome

    return faulty
