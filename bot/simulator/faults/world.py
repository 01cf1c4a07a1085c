"""What faults act on: the server, what reads show of it, and what is due later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import isinf
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from bot.simulator.config import AccountConfig
from bot.simulator.faults.agenda import Agenda
from bot.simulator.faults.seam import NEVER_MS, Call, Site
from bot.simulator.retcodes import SUCCESS, terminal_error
from bot.simulator.state import SymbolDesk
from bot.simulator.structs import OrderSendResult, TradeRequest
from bot.simulator.symbols import SymbolContract

Hang = Callable[[str, float], None]
Undo = Callable[[], None]

_MS_PER_S: Final = 1000
_FALSE_ON_FAILURE: Final = ("initialize", "login", "symbol_select")
_BOOK_CALLS: Final = ("market_book_add", "market_book_release")
_Value = TypeVar("_Value")


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
    """Something that lies over the answers of some functions for a while; no names mean all."""

    @property
    def functions(self) -> frozenset[str]:
        """The functions whose answers may differ."""

    def answer(self, call: Call, proceed: Callable[[Call], object]) -> object:
        """The answer shown; `proceed` gives the one that lies below."""


def never_returns(function: str, seconds: float) -> None:
    """What a hanging call does unless the caller of `FaultPlan` says otherwise."""
    message = f"{function} does not return for {seconds} s"
    raise CallHangsError(message)


@dataclass(slots=True, eq=False)
class _Changed(Generic[_Value]):
    """An original and the changes that lie on it, in the order they came."""

    original: _Value
    changes: list[Callable[[_Value], _Value]] = field(default_factory=list)

    def value(self) -> _Value:
        value = self.original
        for change in self.changes:
            value = change(value)
        return value


class World:
    """One terminal's server under faults; each change that is undone leaves the others standing."""

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
        self._contracts: dict[str, _Changed[SymbolContract]] = {}
        self._account: _Changed[AccountConfig] | None = None
        self._switched_off: dict[str, int] = {}

    @property
    def now_utc_s(self) -> float:
        """The simulated moment."""
        return self.state.now_ms / _MS_PER_S

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

    def change_contract(
        self, desk: SymbolDesk, change: Callable[[SymbolContract], SymbolContract]
    ) -> Undo:
        """Change a symbol's specification in mid-run, also for what is open."""
        changed = self._contracts.setdefault(desk.name, _Changed(desk.contract))
        changed.changes.append(change)
        desk.contract = changed.value()
        self.state.books_changed()

        def restore() -> None:
            changed.changes.remove(change)
            desk.contract = changed.value()
            self.state.books_changed()

        return restore

    def change_account(self, change: Callable[[AccountConfig], AccountConfig]) -> Undo:
        """Change the account's terms in mid-run."""
        changed = self._account = self._account or _Changed(self.state.account)
        changed.changes.append(change)
        self.state.account = changed.value()
        self.state.books_changed()

        def restore() -> None:
            changed.changes.remove(change)
            self.state.account = changed.value()
            self.state.books_changed()

        return restore

    def switch_off(self, name: str) -> Undo:
        """Switch something of `Switches` off; on again when all who switched it off are undone."""
        self._switched_off[name] = self._switched_off.get(name, 0) + 1
        setattr(self.state.switches, name, False)
        self.state.books_changed()

        def switch_on() -> None:
            self._switched_off[name] -= 1
            setattr(self.state.switches, name, self._switched_off[name] == 0)
            self.state.books_changed()

        return switch_on

    def send_late(self, request: TradeRequest) -> OrderSendResult:
        """Let the server execute a request it has had for a while, whatever the link is now."""
        now = self.state.switches
        self.state.switches = replace(now, connected=True, algo_trading=True)
        result = self.server.send(request)
        self.state.switches = now
        return result
