"""The package's whole surface over a terminal in another process, and that process's clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection
from typing import Final, cast

from bot.errors import BrokerUnavailableError
from bot.simulator import structs
from bot.simulator.constants import Constants
from bot.simulator.remote_codec import MOMENT, CodecError, decoded, encoded
from bot.simulator.retcodes import SUCCESS, ErrorPair, terminal_error
from bot.simulator.symbol_struct import SymbolInfo
from bot.simulator.terminal import PACKAGE_FUNCTIONS, SimulatedTerminal

ANSWER_MAX_BYTES: Final = 1 << 27
_SEND_FAILED, _RECEIVE_FAILED, _NO_CONNECTION = -10001, -10002, -10004
_ANSWERS_KEPT_MAX: Final = 512
_LINE_ERRORS: Final = (EOFError, OSError)
_RAISED: Final[dict[str, type[Exception]]] = {
    kind.__name__: kind
    for kind in (TypeError, ValueError, SystemError, OverflowError, AttributeError, RuntimeError)
}
_BROKEN: Final[dict[str, object]] = {
    **dict.fromkeys(("initialize", "login", "symbol_select"), False),
    **dict.fromkeys(("market_book_add", "market_book_release"), False),
    "shutdown": True,
    "version": (0, 0, ""),
}
"""What a function answers without a terminal; every other one answers None."""


class LineBrokenError(Exception):
    """The terminal's process did not take a message, or did not answer it; holds the code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class TerminalLine:
    """One connection to a terminal's process, for any thread.

    Raises `BrokerUnavailableError` when nobody is there or the key is not the right one.
    """

    def __init__(self, address: str, key: bytes) -> None:
        self._address = address
        self._key = key
        self._lock = threading.Lock()
        self._line: Connection | None = None
        self._kept: dict[bytes, tuple[bytes, object]] = {}
        self.now_utc_s = 0.0
        self.speed = 0.0
        self.connect()

    def connect(self) -> None:
        """Connect, or connect again; raises `BrokerUnavailableError`."""
        try:
            self._line = Client(self._address, authkey=self._key)
            self.speed = float(cast(float, self.ask("hello")))
        except (*_LINE_ERRORS, AuthenticationError, LineBrokenError) as error:
            message = f"no simulated terminal answers at {self._address}: {error}"
            raise BrokerUnavailableError(message) from error

    @property
    def is_broken(self) -> bool:
        """Whether the process on the other side went away."""
        return self._line is None

    def ask(self, operation: str, **fields: object) -> object:
        """One message and its answer; raises what was raised there, or `LineBrokenError`.

        An answer equal to the one before is the same object again, as the package's would be.
        """
        message = encoded({"op": operation, **fields})
        with self._lock:
            answer = self._exchange(message)
            (self.now_utc_s,), content = MOMENT.unpack_from(answer), answer[MOMENT.size :]
            kept = self._kept.get(message)
            if kept is not None and kept[0] == content:
                return kept[1]
            reply = cast("dict[str, object]", decoded(content))
            if "error" in reply:
                kind = _RAISED.get(str(reply["error"]), RuntimeError)
                raise kind(reply["text"])
            if len(self._kept) >= _ANSWERS_KEPT_MAX:
                self._kept.clear()
            self._kept[message] = content, reply["value"]
        return reply["value"]

    def close(self) -> None:
        """Let go; the terminal lives on."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _exchange(self, message: bytes) -> bytes:
        if self._line is None:
            raise LineBrokenError(_NO_CONNECTION)
        code = _SEND_FAILED
        try:
            self._line.send_bytes(message)
            code = _RECEIVE_FAILED
            return self._line.recv_bytes(ANSWER_MAX_BYTES)
        except _LINE_ERRORS as error:
            self.close()
            raise LineBrokenError(code) from error


class RemoteTerminal(Constants):
    """Stands wherever the `MetaTrader5` module would; each of its functions asks the terminal."""

    __version__ = SimulatedTerminal.__version__
    __author__ = SimulatedTerminal.__author__

    Tick = structs.Tick
    TradeRequest = structs.TradeRequest
    OrderSendResult = structs.OrderSendResult
    OrderCheckResult = structs.OrderCheckResult
    TradePosition = structs.TradePosition
    TradeOrder = structs.TradeOrder
    TradeDeal = structs.TradeDeal
    AccountInfo = structs.AccountInfo
    TerminalInfo = structs.TerminalInfo
    BookInfo = structs.BookInfo
    SymbolInfo = SymbolInfo

    def __init__(self, line: TerminalLine) -> None:
        self._line = line
        self._error: ErrorPair = SUCCESS

    def _ask(self, name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """One function of the package; a line that breaks is an IPC failure as the package's."""
        if name == "initialize" and self._line.is_broken:
            try:
                self._line.connect()
            except BrokerUnavailableError:
                return self._failed(name, _NO_CONNECTION)
        elif name == "last_error" and self._error is not SUCCESS:
            return self._error
        self._error = SUCCESS
        try:
            return self._line.ask("call", name=name, args=args, kwargs=kwargs)
        except LineBrokenError as error:
            return self._failed(name, error.code)
        except CodecError as error:
            raise TypeError(str(error)) from error

    def _failed(self, name: str, code: int) -> object:
        self._error = terminal_error(code)
        return self._error if name == "last_error" else _BROKEN.get(name)


def _remote(name: str) -> Callable[..., object]:
    def call(terminal: RemoteTerminal, /, *args: object, **kwargs: object) -> object:
        return terminal._ask(name, args, kwargs)

    call.__name__ = name
    call.__qualname__ = f"{RemoteTerminal.__name__}.{name}"
    call.__doc__ = getattr(SimulatedTerminal, name).__doc__
    return call


for _name in PACKAGE_FUNCTIONS:
    setattr(RemoteTerminal, _name, _remote(_name))


class RemoteClock:
    """The terminal's time as a `Clock`.

    Where the market waits to be told, a sleep moves it on at once and time stands still between
    two; where it runs by itself, a sleep is a real one, as much shorter as the market is faster.
    """

    def __init__(self, line: TerminalLine, sleep: Callable[[float], None]) -> None:
        self._line = line
        self._sleep = sleep
        self._start_utc_s = self.now_utc_s()

    def now_utc_s(self) -> float:
        """The terminal's moment; raises `BrokerUnavailableError` when it is gone."""
        if self._line.speed or not self._line.now_utc_s:
            self._tell("now")
        return self._line.now_utc_s

    def monotonic_s(self) -> float:
        """Seconds since this clock was made."""
        return self.now_utc_s() - self._start_utc_s

    def sleep(self, duration_s: float) -> None:
        """Let the market run on for so long; nothing happens when it is not positive."""
        if duration_s <= 0.0:
            return
        if self._line.speed:
            self._sleep(duration_s / self._line.speed)
        else:
            self._tell("advance", to_utc_s=self._line.now_utc_s + duration_s)

    def _tell(self, operation: str, **fields: object) -> None:
        try:
            self._line.ask(operation, **fields)
        except LineBrokenError as error:
            message = "the simulated terminal is gone, and the time with it"
            raise BrokerUnavailableError(message) from error
