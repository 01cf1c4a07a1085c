"""The accounts a script logs in to: each is its own simulated terminal on the same market."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Final

from bot.simulator.config import AccountConfig
from bot.simulator.feed import Market
from bot.simulator.structs import OrderSendResult
from bot.simulator.terminal import SimulatedTerminal

_KINDS: Final = {"login": int, "password": str, "server": str, "timeout": int}


@dataclass(slots=True)
class Requests:
    """What became of the trade requests: how many by return code, and how many got no answer."""

    by_retcode: Counter[int] = field(default_factory=Counter)
    unanswered_count: int = 0

    def take(self, answer: object) -> None:
        """Count one answer of `order_send`."""
        if isinstance(answer, OrderSendResult):
            self.by_retcode[answer.retcode] += 1
        else:
            self.unanswered_count += 1


class ScriptAccounts:
    """Terminals by login over one market; `current` is the one the script is attached to.

    A login nobody has used yet gets an account of its own, as configured, with any password: the
    script's credentials are its own affair. The first login given takes over the account that
    stood there from the start, unless it was traded on already. `prepare` is shown every terminal
    before the script is.
    """

    def __init__(
        self, market: Market, account: AccountConfig, prepare: Callable[[SimulatedTerminal], None]
    ) -> None:
        self._market = market
        self._account = account
        self._prepare = prepare
        self._is_claimed = False
        self.requests = Requests()
        self.calls_count = 0
        self._terminals = {account.login: self._new_terminal(account)}
        self.current = self._terminals[account.login]

    def __iter__(self) -> Iterator[SimulatedTerminal]:
        return iter(self._terminals.values())

    def initialize(self, *args: object, **kwargs: object) -> object:
        """Attach, to the account of `login` when one is given."""
        if _is_well_formed(kwargs):
            self._switch(kwargs.get("login"), kwargs.get("server"))
        return self.current.initialize(*args, **kwargs)

    def login(self, *args: object, **kwargs: object) -> object:
        """Change to another account; the link stays."""
        named = dict(zip(("login", "password", "server"), args, strict=False)) | kwargs
        is_linked = self.current.version() != (0, 0, "")
        is_asked = is_linked and _is_well_formed(named)
        if is_asked and self._switch(named.get("login"), named.get("server")):
            self.current.initialize()
        return self.current.login(*args, **kwargs)

    def _switch(self, login: object, server: object) -> bool:
        """Make the account of `login` the current one; False when it is, or is no login at all."""
        if not isinstance(login, int) or not 0 < login < 2**63:
            return False
        login = int(login)
        if login in self._terminals:
            terminal = self._terminals[login]
        else:
            named = server if isinstance(server, str) and server else self._account.server
            terminal = self._new_terminal(replace(self._account, login=login, server=named))
            if not self._is_claimed and self.requests == Requests():
                self._terminals.clear()
            self._terminals[login] = terminal
        self._is_claimed = True
        if terminal is self.current:
            return False
        terminal.advance_to(self.current.now_utc_s)
        self.current.shutdown()
        self.current = terminal
        return True

    def _new_terminal(self, account: AccountConfig) -> SimulatedTerminal:
        terminal = SimulatedTerminal(self._market, account)
        self._prepare(terminal)
        for name in ("order_send",):
            setattr(terminal, name, self._counting(getattr(terminal, name)))
        return terminal

    def _counting(self, send: Callable[..., object]) -> Callable[..., object]:
        @wraps(send)
        def counted(*args: object, **kwargs: object) -> object:
            answer = send(*args, **kwargs)
            self.requests.take(answer)
            return answer

        return counted


def _is_well_formed(named: Mapping[str, object]) -> bool:
    """Whether the package would pass these on to the terminal at all."""
    return all(isinstance(named.get(name, kind()), kind) for name, kind in _KINDS.items())
