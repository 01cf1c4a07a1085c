"""One attachment to the terminal: whose account it is, and since when it has answered."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from operator import attrgetter

from bot.adapters.instruments import InstrumentReader
from bot.adapters.mt5_rows import RowError, account_facts, checked, terminal_facts
from bot.adapters.server_time import ServerTime
from bot.adapters.symbols import SymbolNames
from bot.adapters.terminal_link import TerminalLink
from bot.errors import WrongAccountError
from bot.model.broker import AccountFacts, TerminalFacts
from bot.model.settings import AccountPin
from bot.ports import Clock, Ok, Read, Unknown

_MS_PER_S = 1000
_MAXBARS = attrgetter("maxbars")


@dataclass(frozen=True, slots=True)
class SessionParts:
    """What a session is made of."""

    link: TerminalLink
    clock: Clock
    pin: AccountPin
    names: SymbolNames
    instruments: InstrumentReader
    time: ServerTime


class Session:
    """Attaches, never logs in; knows the pinned account and notices when it is another one."""

    def __init__(self, parts: SessionParts, path: str, timeout_s: float) -> None:
        self.link = parts.link
        self.clock = parts.clock
        self.names = parts.names
        self.instruments = parts.instruments
        self.time = parts.time
        self.bars_max_count = 0
        self._pin = parts.pin
        self._path = path
        self._timeout_ms = int(timeout_s * _MS_PER_S)
        self._attached: AccountFacts | None = None
        self._linked_monotonic_s = inf
        self._is_linked = False
        self._is_other = False
        self._terminal_row: object = None
        self._terminal: Read[TerminalFacts] = Unknown("not connected yet")
        self._account_row: object = None
        self._account: Read[AccountFacts] = Unknown("not connected yet")

    def connect(self) -> Read[AccountFacts]:
        """Attach once; a foreign account raises `WrongAccountError` naming every difference."""
        answer = self.link.ask(self._initialize)
        if isinstance(answer, Unknown):
            return Unknown(f"cannot attach to the terminal: {answer.reason}")
        self._attached = self._account_row = self._terminal_row = None
        self._is_other = False
        self._linked_monotonic_s, self._is_linked = self.clock.monotonic_s(), True
        self.time.forget_looks()
        read = self.account()
        if isinstance(read, Unknown):
            return read
        differences = _differences(read.value, self._pin)
        if differences:
            message = f"the terminal shows another account than the parameters pin: {differences}"
            raise WrongAccountError(message)
        problem = self._learn_symbols(read.value)
        if problem is not None:
            return problem
        self._attached = read.value
        return read

    @property
    def is_attached(self) -> bool:
        """Whether the last `connect` succeeded and nothing let go since."""
        return self._attached is not None

    def account(self) -> Read[AccountFacts]:
        """The account now; Unknown when it is no longer the one attached to (FAULTS B41, H07)."""
        row = self.link.ask(self.link.terminal.account_info)
        if isinstance(row, Unknown):
            return row
        if row is not self._account_row:
            self._account_row, self._account = row, self._account_of(row)
        return self._account

    def terminal(self) -> Read[TerminalFacts]:
        """The terminal now; an interrupted link makes empty books doubtful for a while."""
        row = self.link.ask(self.link.terminal.terminal_info)
        if isinstance(row, Unknown):
            return row
        if row is self._terminal_row:
            return self._terminal
        try:
            facts = checked("terminal", lambda: terminal_facts(row))
        except RowError as error:
            return Unknown(str(error))
        if facts.is_connected and not self._is_linked:
            self._linked_monotonic_s = self.clock.monotonic_s()
        self._is_linked = facts.is_connected
        self._terminal_row, self._terminal = row, Ok(facts)
        return self._terminal

    def linked_for_s(self) -> float:
        """Seconds since the link was (re)established; negative while it is down."""
        if not self._is_linked:
            return -1.0
        return self.clock.monotonic_s() - self._linked_monotonic_s

    def revision(self) -> tuple[int, int]:
        """Changes when stamps or names begin to mean something else."""
        return self.time.shift_s, self.names.learnt_count

    def refusal(self, *, lowers_risk: bool) -> str:
        """Why no request may be sent now, or empty (I14).

        Another account stops everything; an account that cannot be read stops only what adds risk.
        """
        if self._attached is None:
            return "not attached to the pinned account"
        read = self.account()
        if isinstance(read, Ok) or (lowers_risk and not self._is_other):
            return ""
        return read.reason

    def close(self) -> None:
        """Let go of the pipe; the terminal goes on."""
        self.link.ask(self.link.terminal.shutdown)
        self._attached = None

    def _initialize(self) -> object:
        """No credentials, ever: a person logged the terminal in (FAULTS design rule 11)."""
        path = (self._path,) if self._path else ()
        return self.link.terminal.initialize(*path, timeout=self._timeout_ms)

    def _account_of(self, row: object) -> Read[AccountFacts]:
        try:
            facts = checked("account", lambda: account_facts(row))
        except RowError as error:
            return Unknown(str(error))
        was = self._attached
        self._is_other = was is not None and _identity(facts) != _identity(was)
        if was is not None and self._is_other:
            return Unknown(
                f"account: the terminal now shows {_identity(facts)}, attached was {_identity(was)}"
            )
        return Ok(facts)

    def _learn_symbols(self, account: AccountFacts) -> Unknown | None:
        """Map the symbols, select them, and learn how many bars may be asked for."""
        link = self.link
        listed = link.ask(link.terminal.symbols_get)
        if isinstance(listed, Unknown):
            return listed
        if not isinstance(listed, tuple) or not listed:
            return Unknown("the broker lists no symbols yet")
        self.instruments.account_currency = account.currency
        try:
            self.names.learn(listed)
            row = link.ask(link.terminal.terminal_info)
            if isinstance(row, Unknown):
                return row
            self.bars_max_count = checked("terminal", lambda: int(_MAXBARS(row)))
        except RowError as error:
            return Unknown(str(error))
        for ours, theirs in self.names.mapping().items():
            selected = link.ask(link.terminal.symbol_select, theirs, True)  # noqa: FBT003
            if isinstance(selected, Unknown):
                self.names.drop(ours, f"{theirs} cannot be selected: {selected.reason}")
        return None


def _identity(facts: AccountFacts) -> tuple[int, str, str, bool]:
    return facts.login, facts.server, facts.currency, facts.is_hedging


def _differences(facts: AccountFacts, pin: AccountPin) -> str:
    """What the pin demands and the account is not; unpinned fields fit any account."""
    pairs = (
        ("login", facts.login, pin.login or facts.login),
        ("server", facts.server, pin.server or facts.server),
        ("currency", facts.currency, pin.currency or facts.currency),
        ("hedging", facts.is_hedging, pin.require_hedging or facts.is_hedging),
    )
    return ", ".join(
        f"{name} is {found!r}, pinned {wanted!r}"
        for name, found, wanted in pairs
        if found != wanted
    )
