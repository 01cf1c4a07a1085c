"""A simulated terminal in a process of its own: it lives on when whoever trades on it dies.

Each connection is a program that imported the package: with its own attachment and last error, on
the one terminal they share. The key is proved by both sides before the first word.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from multiprocessing import AuthenticationError
from multiprocessing.connection import (
    Client,
    Connection,
    Listener,
    answer_challenge,
    deliver_challenge,
)
from typing import Final, cast

from bot.errors import BotError
from bot.simulator.remote_codec import MOMENT, CodecError, decoded, encoded
from bot.simulator.retcodes import SUCCESS, ErrorPair
from bot.simulator.terminal import PACKAGE_FUNCTIONS, SimulatedTerminal

REQUEST_MAX_BYTES: Final = 1 << 20
GUESTS_MAX_COUNT: Final = 16
_ALL_DEALS: Final = 2**31 - 1  # the last second the package's stamps can tell
_LINE_ERRORS: Final = (EOFError, OSError)
CALL_ERRORS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BotError,
    LookupError,
    RuntimeError,
    SystemError,
    TypeError,
    ValueError,
)
"""What a wrong message or call raises; anything else is our own mistake and ends that line."""

_NOT_PROVED: Final = (AuthenticationError, AssertionError)  # the handshake asserts its own words


Named = Mapping[str, object]


@dataclass(slots=True)
class Guest:
    """One program at the terminal: whether it is attached, and its last error."""

    is_attached: bool = False
    error: ErrorPair = SUCCESS


class HostedTerminal(SimulatedTerminal):
    """A simulated terminal that several programs use, each with a connection of its own."""

    def call(self, guest: Guest, name: str, args: tuple[object, ...], kwargs: Named) -> object:
        """One function of the package for one guest; raises what it raises."""
        self._is_attached, self._error = guest.is_attached, guest.error
        try:
            return getattr(self, name)(*args, **kwargs)
        finally:
            guest.is_attached, guest.error = self._is_attached, self._error

    def truth(self) -> dict[str, object]:
        """Everything the server holds, past any fault: the moment, the account, all its rows."""
        plain, guest = SimulatedTerminal, Guest(is_attached=True)
        before = self._is_attached, self._error
        self._is_attached = guest.is_attached
        try:
            account = plain.account_info(self)
            return {
                "now_utc_s": self.now_utc_s,
                "account": account._asdict() if account is not None else {},
                "deals": _documents(plain.history_deals_get(self, 1, _ALL_DEALS)),
                "positions": _documents(plain.positions_get(self)),
                "orders": _documents(plain.orders_get(self)),
                "finished": _documents(plain.history_orders_get(self, 1, _ALL_DEALS)),
                "trace": self.trace_hash(),
            }
        finally:
            self._is_attached, self._error = before


def _sendable(reply: dict[str, object]) -> bytes:
    try:
        return encoded(reply)
    except CodecError as error:
        return encoded({"error": type(error).__name__, "text": str(error)})


def _documents(rows: object) -> list[dict[str, object]]:
    assert isinstance(rows, tuple), "asked of an attached terminal"
    return [row._asdict() for row in rows]


@dataclass(frozen=True, slots=True)
class HostPace:
    """How the market runs: `speed` simulated seconds a second, or 0: only when it is told to."""

    speed: float
    monotonic_s: Callable[[], float]


class TerminalHost:
    """Serves one terminal to every program that knows the key."""

    def __init__(self, terminal: HostedTerminal, pace: HostPace, key: bytes) -> None:
        self._terminal = terminal
        self._pace = pace
        self._key = key
        self._lock = threading.Lock()
        self._guests = threading.BoundedSemaphore(GUESTS_MAX_COUNT)
        self._began_s = pace.monotonic_s()
        self._began_utc_s = terminal.now_utc_s
        self._listener = Listener(None)
        self.address = str(self._listener.address)
        """Where programs connect to; known before `serve` is called."""
        self._over = threading.Event()
        self._operations: dict[str, Callable[[Guest, Named], object]] = {
            "hello": lambda _guest, _fields: pace.speed,
            "now": lambda _guest, _fields: None,
            "call": self._call,
            "advance": self._advance,
            "truth": lambda _guest, _fields: terminal.truth(),
            "stop": self._stop,
        }

    def serve(self) -> None:
        """Answer until a guest, or `close` from another thread, ends it."""
        while not self._over.is_set():
            try:
                line = self._listener.accept()
            except OSError:
                break
            if self._over.is_set() or not self._guests.acquire(blocking=False):
                line.close()
                continue
            threading.Thread(target=self._serve_guest, args=(line,), daemon=True).start()
        self._listener.close()

    def close(self) -> None:
        """Let no one in any more, and end `serve`."""
        self._over.set()
        with suppress(*_LINE_ERRORS):
            Client(self.address).close()  # wakes `accept`

    def hang(self, function: str, duration_s: float) -> None:
        """A call that does not return for so long, simulated; others are answered meanwhile.

        For the `hang` of a fault plan. A market that waits to be told runs on by that much.
        """
        del function
        speed, is_endless = self._pace.speed, duration_s == inf
        if not speed and not is_endless:
            self._terminal.advance_to(self._terminal.now_utc_s + duration_s)
            return
        self._lock.release()
        try:
            self._over.wait(None if is_endless else duration_s / speed)
        finally:
            self._lock.acquire()

    def _serve_guest(self, line: Connection) -> None:
        guest = Guest()
        try:
            deliver_challenge(line, self._key)
            answer_challenge(line, self._key)
            while True:
                line.send_bytes(self.answer(guest, line.recv_bytes(REQUEST_MAX_BYTES)))
                if self._over.is_set():
                    self.close()
        except (*_LINE_ERRORS, *_NOT_PROVED):
            pass  # a program that died, or does not know the key: the terminal lives on
        finally:
            line.close()
            self._guests.release()

    def answer(self, guest: Guest, content: bytes) -> bytes:
        """The answer to one message: the terminal's moment, then value or error."""
        with self._lock:
            self._catch_up()
            try:
                fields = cast("dict[str, object]", decoded(content))
                value = self._operations[str(fields["op"])](guest, fields)
                reply: dict[str, object] = {"value": value}
            except CALL_ERRORS as error:  # the caller's own, and raised there
                reply = {"error": type(error).__name__, "text": str(error)}
            return MOMENT.pack(self._terminal.now_utc_s) + _sendable(reply)

    def _call(self, guest: Guest, fields: Named) -> object:
        name = fields["name"]
        if name not in PACKAGE_FUNCTIONS:
            message = f"{name!r} is no function of the package"
            raise AttributeError(message)
        args = cast("tuple[object, ...]", fields["args"])
        return self._terminal.call(guest, str(name), args, cast(Named, fields["kwargs"]))

    def _advance(self, _guest: Guest, fields: Named) -> None:
        """The market runs to a moment; nothing happens when it is past that already."""
        if self._pace.speed:
            message = "this market runs by itself; nobody else may move it"
            raise ValueError(message)
        to_utc_s = float(cast(float, fields["to_utc_s"]))
        self._terminal.advance_to(max(to_utc_s, self._terminal.now_utc_s))

    def _stop(self, _guest: Guest, _fields: Named) -> None:
        self._over.set()

    def _catch_up(self) -> None:
        if self._pace.speed:
            lived_s = (self._pace.monotonic_s() - self._began_s) * self._pace.speed
            now_utc_s = self._began_utc_s + lived_s
            self._terminal.advance_to(max(now_utc_s, self._terminal.now_utc_s))
