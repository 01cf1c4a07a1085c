"""What faults act on: the server, what reads show of it, and what is due later."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from math import isinf
from typing import Final, NamedTuple, Protocol

from bot.simulator.case import case_of
from bot.simulator.faults.agenda import Agenda
from bot.simulator.faults.changes import Changes
from bot.simulator.faults.seam import NEVER_MS, Call, Site
from bot.simulator.retcodes import (
    CLIENT_DISABLES_AT,
    SUCCESS,
    TERMINAL_SIDE_CODES,
    terminal_error,
)
from bot.simulator.rulebook import first_refusal
from bot.simulator.state import ServerState
from bot.simulator.structs import OrderSendResult, TradeRequest

Hang = Callable[[str, float], None]
Undo = Callable[[], None]

_MS_PER_S: Final = 1000
_FALSE_ON_FAILURE: Final = ("initialize", "login", "symbol_select")
_BOOK_CALLS: Final = ("market_book_add", "market_book_release")


class CallHangsError(BaseException):
    """A call that never returns, where the caller gave no way to bound it.

    Not an `Exception`: handlers of errors must not survive what in reality does not end.
    """


class Fired(NamedTuple):
    """One line of the log: which fault, at which call (0: none) of which function, when, what."""

    fault_id: str
    call_number: int
    function: str
    at_utc_s: float
    detail: str


class Overlay(Protocol):
    """Something that lies over the answers of some functions for a while; no names mean all.

    A `is_wall` lets no call through to the terminal.
    """

    @property
    def is_wall(self) -> bool:
        """Whether the terminal cannot be reached behind it."""

    @property
    def functions(self) -> frozenset[str]:
        """The functions whose answers may differ."""

    def answer(self, call: Call, proceed: Callable[[Call], object]) -> object:
        """The answer shown; `proceed` gives the one that lies below."""


@contextmanager
def quoted(state: ServerState, quotes: Mapping[str, tuple[float, float]]) -> Iterator[None]:
    """Let the server see these bids and asks, by symbol, for what is done within."""
    tapes = {name: state.desks[name].tape for name in quotes}
    for tape in tapes.values():
        tape.seek(state.now_ms)
    true = {name: (tape.bid, tape.ask) for name, tape in tapes.items()}
    try:
        _quote(state, quotes)
        yield
    finally:
        _quote(state, true)


def _quote(state: ServerState, quotes: Mapping[str, tuple[float, float]]) -> None:
    for name, (bid, ask) in quotes.items():
        tape = state.desks[name].tape
        tape.bid, tape.ask = bid, ask
    state.version += 1  # nothing computed at other quotes may be remembered


def never_returns(function: str, seconds: float) -> None:
    """What a hanging call does unless the caller of `FaultPlan` says otherwise."""
    message = f"{function} does not return for {seconds} s"
    raise CallHangsError(message)


class World:
    """One terminal's server under faults: where calls go, what lies over answers, what is due."""

    def __init__(self, site: Site, log: list[Fired], hang: Hang) -> None:
        self.server = site.server
        self.state = site.server.state
        self.execution = site.server.execution
        self.methods = site.methods
        self.report = site.report
        self.hang = hang
        self.agenda = Agenda()
        self.overlays: list[Overlay] = []
        self.link_view: Undo | None = None
        self.host_clock_error_s = 0.0
        self._log = log
        self.changes = Changes(site)
        self._presence = site.presence

    @property
    def now_utc_s(self) -> float:
        """The simulated moment."""
        return self.state.now_ms / _MS_PER_S

    @property
    def is_here(self) -> bool:
        """Whether the script is at the account these faults stand around."""
        return self._presence().server is self.server

    @property
    def is_reachable(self) -> bool:
        """Whether calls get as far as the terminal: attached, and no wall in between."""
        is_walled = any(overlay.is_wall for overlay in self.overlays)
        return self._presence().is_attached and not is_walled

    def refusal(self, request: TradeRequest) -> int:
        """The return code with which this request would be refused now; 0 for none.

        None at all would be answered without the Python option: that counts as 10027.
        """
        if not self.state.switches.python_api:
            return CLIENT_DISABLES_AT
        return first_refusal(case_of(self.execution, request))

    def sends(self, request: TradeRequest) -> bool:
        """Whether the terminal passes this request on to its server."""
        return self.refusal(request) not in TERMINAL_SIDE_CODES

    def after_ms(self, seconds: float) -> int:
        """The UTC millisecond `seconds` from now; `NEVER_MS` for an endless time."""
        return NEVER_MS if isinf(seconds) else self.state.now_ms + round(seconds * _MS_PER_S)

    def happened(self, fault_id: str, detail: str) -> None:
        """Log something that happened outside any call."""
        self._log.append(Fired(fault_id, 0, "", self.now_utc_s, detail))

    def fail(self, call: Call, code: int) -> object:
        """Let a call fail as the package's functions do, with the terminal's error `code`."""
        if call.name in _BOOK_CALLS:
            self.report(SUCCESS)  # these two report no error (BEHAVIOUR 3)
            return False
        self.report(terminal_error(code))
        if call.name == "version":
            return (0, 0, "")
        return False if call.name in _FALSE_ON_FAILURE else None

    def lay(self, overlay: Overlay) -> Undo:
        """Put `overlay` over all answers; the one laid last is asked first."""
        self.overlays.append(overlay)

        def lift() -> None:
            if overlay in self.overlays:
                self.overlays.remove(overlay)

        return lift

    def send_late(self, request: TradeRequest) -> OrderSendResult:
        """Let the server execute a request it has had for a while, whatever the link is now."""
        now = self.state.switches
        self.state.switches = replace(now, connected=True, algo_trading=True)
        result = self.server.send(request)
        self.state.switches = now
        return result
