"""Connecting, logging in, and what terminal and account say about themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.simulator.requests import CallRefusedError
from bot.simulator.retcodes import SUCCESS, ErrorPair, field_error, terminal_error
from bot.simulator.struct_sequence import new_struct
from bot.simulator.structs import AccountInfo, TerminalInfo
from bot.simulator.surface.arguments import (
    CREDENTIAL_UNITS_MAX,
    PATH_UNITS_MAX,
    demand_count,
    text_of,
)
from bot.simulator.surface.base import Surface

_REFUSED: Final = -6
_PACKAGE_LINE: Final = 500  # the first number of version(): MetaTrader 5.00
_UTF8_CODEPAGE: Final = 65001


class ConnectionCalls(Surface):
    """initialize, login, shutdown, version, terminal_info, account_info, last_error."""

    def initialize(self, *args: object, **kwargs: object) -> bool:
        """Attach to the terminal; False and `last_error` when refused, the link then closed.

        `path` may be positional; `login`, `password`, `server`, `timeout`, `portable` by keyword.
        Unknown keywords are ignored.
        """
        self._is_attached = False
        self._error = SUCCESS
        try:
            demand_count(args, 0, 1)
            named = {"path": args[0], **kwargs} if args else kwargs
            _demand_texts(named, {"path": PATH_UNITS_MAX})
            refusal = self._authorise(named)
        except CallRefusedError as error:
            self._error = error.pair
            return False
        if refusal is not None:
            self._error = refusal
            return False
        self._is_attached = True
        return True

    def login(self, *args: object, **kwargs: object) -> bool:
        """Switch the account: login, password, server by position or keyword.

        The simulated server knows one account; any other is refused with -6. The connection stays.
        """
        if not self._enter():
            return False
        try:
            demand_count(args, 0, 3)
            named = dict(zip(("login", "password", "server"), args, strict=False)) | kwargs
            _demand_login(named)
            refusal = self._authorise(named)
        except CallRefusedError as error:
            self._error = error.pair
            return False
        if refusal is not None:
            self._error = refusal
        return refusal is None

    def shutdown(self) -> bool:
        """Let go of the terminal; always True."""
        self._is_attached = False
        self._error = SUCCESS
        return True

    def version(self) -> tuple[int, int, str]:
        """Package line, build and build date; (0, 0, '') without a connection."""
        if not self._enter():
            return (0, 0, "")
        terminal = self._state.terminal
        return (_PACKAGE_LINE, terminal.build, terminal.build_date)

    def last_error(self) -> ErrorPair:
        """Code and text of the most recent call; reading resets nothing."""
        return self._error

    def account_info(self) -> AccountInfo | None:
        """The account now, or None."""
        return self._server.book.info() if self._enter() else None

    def terminal_info(self) -> TerminalInfo | None:
        """The terminal's state and switches, or None."""
        if not self._enter():
            return None
        terminal, switches = self._state.terminal, self._state.switches
        values = (
            False,
            False,
            switches.connected,
            True,
            switches.algo_trading,
            not switches.python_api,
            False,
            False,
            False,
            False,
            terminal.build,
            terminal.bars_max_count,
            _UTF8_CODEPAGE,
            terminal.ping_us,
            0.0,
            0.0,
            self._state.account.company,
            "MetaTrader 5",
            terminal.language,
            terminal.path,
            terminal.data_path,
            terminal.data_path,
        )
        return new_struct(TerminalInfo, values)

    def _authorise(self, named: Mapping[str, object]) -> ErrorPair | None:
        """Check types, then the credentials that were given; None when the account is ours."""
        _demand_texts(named, {"password": CREDENTIAL_UNITS_MAX, "server": CREDENTIAL_UNITS_MAX})
        for name in ("login", "timeout"):
            if name in named and not isinstance(named[name], int):
                raise CallRefusedError(field_error(name))
        account = self._state.account
        wanted = {
            "login": account.login,
            "password": account.password or named.get("password"),
            "server": account.server,
        }
        for name, right in wanted.items():
            if named.get(name) and named[name] != right:
                return terminal_error(_REFUSED)
        return None


def _demand_texts(named: Mapping[str, object], limits: Mapping[str, int]) -> None:
    for name, units_max in limits.items():
        if name in named:
            text_of(named, name, units_max)


def _demand_login(named: Mapping[str, object]) -> None:
    if not named.get("login"):
        raise CallRefusedError(field_error("login"))
