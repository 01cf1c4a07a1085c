"""Connecting, logging in, and what terminal and account say about themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.simulator.config import AccountConfig, TerminalStart
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
_IPC_TIMEOUT: Final = -10005
_TIMEOUT_MS: Final = 60_000  # what a timeout of 0, or none, means
_PACKAGE_LINE: Final = 500  # the first number of version(): MetaTrader 5.00
_UTF8_CODEPAGE: Final = 65001
_START_ERRORS: Final[dict[TerminalStart, ErrorPair]] = {
    TerminalStart.NOT_INSTALLED: terminal_error(-10003),
    TerminalStart.SILENT: (-10003, "IPC initialize failed, Pipe server didn't answer in 60 sec"),
    TerminalStart.REFUSED: terminal_error(_REFUSED),
    TerminalStart.OUTDATED: terminal_error(-5),
    TerminalStart.UNSUPPORTED: terminal_error(-7),
}


class ConnectionCalls(Surface):
    """initialize, login, shutdown, version, terminal_info, account_info, last_error."""

    _terminal_shown: TerminalInfo | None = None
    """What was shown last: the same object as long as nothing changes."""

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
            _demand_types(named)
            refusal = self._starting(named) or self._authorise(named)
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

        An account the server does not know, or a wrong password, is refused with -6; connection and
        account then stay as they were (assumed).
        """
        if not self._enter():
            return False
        try:
            demand_count(args, 0, 3)
            named = dict(zip(("login", "password", "server"), args, strict=False)) | kwargs
            _demand_login(named)
            _demand_types(named)
            refusal = self._unready(named) or self._authorise(named)
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
        if values != self._terminal_shown:
            self._terminal_shown = new_struct(TerminalInfo, values)
        return self._terminal_shown

    def _starting(self, named: Mapping[str, object]) -> ErrorPair | None:
        """Why the terminal cannot be attached to; None when it can."""
        start = self._state.switches.start
        if start is TerminalStart.READY:
            return self._unready(named)
        return _START_ERRORS[start]

    def _unready(self, named: Mapping[str, object]) -> ErrorPair | None:
        """-10005 when the terminal will not be ready within the timeout; no time passes here."""
        state = self._state
        timeout_ms = named.get("timeout") or _TIMEOUT_MS
        assert isinstance(timeout_ms, int), "types are checked before"
        is_late = state.now_ms + timeout_ms < state.switches.ready_at_utc_s * 1000
        return terminal_error(_IPC_TIMEOUT) if is_late else None

    def _authorise(self, named: Mapping[str, object]) -> ErrorPair | None:
        """Sit down at the account the credentials name, without any at the one of last time."""
        login = named.get("login") or self._state.account.login
        assert isinstance(login, int), "types are checked before"
        seat = self._seats.get(login)
        if seat is None or not _is_welcome(seat.server.state.account, named):
            return terminal_error(_REFUSED)
        if seat.server is not self._server:
            self._change_to(seat)
        self._synchronise()
        return None


def _is_welcome(account: AccountConfig, named: Mapping[str, object]) -> bool:
    """Whether what is given of password and server is right; an empty password takes any."""
    password, server = named.get("password"), named.get("server")
    is_right = not password or not account.password or password == account.password
    return is_right and (not server or server == account.server)


def _demand_types(named: Mapping[str, object]) -> None:
    _demand_texts(named, {"password": CREDENTIAL_UNITS_MAX, "server": CREDENTIAL_UNITS_MAX})
    for name in ("login", "timeout"):
        if name in named and not isinstance(named[name], int):
            raise CallRefusedError(field_error(name))


def _demand_texts(named: Mapping[str, object], limits: Mapping[str, int]) -> None:
    for name, units_max in limits.items():
        if name in named:
            text_of(named, name, units_max)


def _demand_login(named: Mapping[str, object]) -> None:
    if not named.get("login"):
        raise CallRefusedError(field_error("login"))
