"""The one place that imports the `MetaTrader5` package, and only when it is needed."""

from __future__ import annotations

import importlib
from typing import cast

from bot.adapters.terminal_surface import TerminalSurface
from bot.errors import BotError

_PACKAGE = "MetaTrader5"


class NoTerminalError(BotError):
    """Nothing on this machine can talk to a terminal."""


def attached_package() -> TerminalSurface:
    """The package itself; raises `NoTerminalError` where it is not, or cannot be loaded."""
    try:
        return cast(TerminalSurface, importlib.import_module(_PACKAGE))
    except ImportError as error:
        message = (
            f"the {_PACKAGE} package is not installed here; it exists for Windows only. "
            "Try the whole bot without it: bot demo"
        )
        if error.name != _PACKAGE or not isinstance(error, ModuleNotFoundError):
            message = f"the {_PACKAGE} package cannot be loaded: {error}; install it again"
        raise NoTerminalError(message) from error
