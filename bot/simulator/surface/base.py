"""What every group of functions shares: the server, the last error and the connection."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Concatenate, ParamSpec, TypeVar

from bot.simulator.requests import CallRefusedError
from bot.simulator.retcodes import SUCCESS, ErrorPair, terminal_error
from bot.simulator.server import TradeServer
from bot.simulator.symbol_board import SymbolBoard

NO_CONNECTION = -10004

_P = ParamSpec("_P")
_R = TypeVar("_R")
_S = TypeVar("_S", bound="Surface")


class Surface:
    """Base of the function groups; one instance is one terminal with one connection to it."""

    def __init__(self, server: TradeServer, board: SymbolBoard) -> None:
        self._server = server
        self._state = server.state
        self._board = board
        self._error: ErrorPair = SUCCESS
        self._is_attached = False

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

    return call


def refusal(code: int) -> CallRefusedError:
    """A refusal in the terminal's own words."""
    return CallRefusedError(terminal_error(code))
