"""What every group of functions shares: the server, the last error and the connection."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Concatenate, NamedTuple, ParamSpec, TypeVar

from bot.simulator.position_rows import PositionBoard
from bot.simulator.requests import EXCEPTION_SET, CallRefusedError
from bot.simulator.retcodes import SUCCESS, ErrorPair, terminal_error
from bot.simulator.server import TradeServer
from bot.simulator.symbol_board import SymbolBoard

NO_CONNECTION = -10004

_P = ParamSpec("_P")
_R = TypeVar("_R")
_S = TypeVar("_S", bound="Surface")


class Seat(NamedTuple):
    """One account of the server with what its terminal shows of it."""

    server: TradeServer
    board: SymbolBoard
    book: PositionBoard


def seat_at(server: TradeServer) -> Seat:
    """The seat of a server's account."""
    return Seat(server, SymbolBoard(server.state), PositionBoard(server.state))


class Surface:
    """Base of the function groups; one instance is one terminal with one connection to it.

    The terminal sits at one account at a time; `login` takes another seat.
    """

    def __init__(self, server: TradeServer) -> None:
        seat = seat_at(server)
        self._seats = {server.state.account.login: seat}
        self._error: ErrorPair = SUCCESS
        self._is_attached = False
        self._server, self._board, self._book = seat
        self._state = server.state

    def _change_to(self, seat: Seat) -> None:
        """Sit at another account from now on."""
        self._server, self._board, self._book = seat
        self._state = seat.server.state

    def _synchronise(self) -> None:
        """Told after each connection to an account: what is kept locally has to be fetched."""

    def _enter(self) -> bool:
        """Begin a call: reset the error; False, with the error set, without a connection."""
        if self._is_attached:
            self._error = SUCCESS
            return True
        self._error = terminal_error(NO_CONNECTION)
        return False


def guarded(method: Callable[Concatenate[_S, _P], _R]) -> Callable[Concatenate[_S, _P], _R | None]:
    """Answer None, with `last_error` set, without a connection or when the call is refused.

    Keywords to a function that takes none are a `TypeError`, connected or not.
    """
    takes_keywords = any(
        parameter.kind is Parameter.VAR_KEYWORD
        for parameter in signature(method).parameters.values()
    )

    @wraps(method)
    def call(surface: _S, /, *args: _P.args, **kwargs: _P.kwargs) -> _R | None:
        if kwargs and not takes_keywords:
            message = f"{method.__name__}() takes no keyword arguments"
            raise TypeError(message)
        if not surface._enter():
            return None
        try:
            return method(surface, *args, **kwargs)
        except CallRefusedError as error:
            surface._error = error.pair
            return None
        except SystemError as error:
            word(error, method.__name__)
            raise

    return call


def refusal(code: int) -> CallRefusedError:
    """A refusal in the terminal's own words."""
    return CallRefusedError(terminal_error(code))


def word(error: SystemError, function: str) -> None:
    """Let the error read as the interpreter words it about the function that failed."""
    error.args = (f"<built-in function {function}> {EXCEPTION_SET}",)
