"""The module object a script gets when it says `import MetaTrader5`."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final

from bot.simulator import structs
from bot.simulator.constants import Constants
from bot.simulator.script_accounts import ScriptAccounts
from bot.simulator.script_clock import ScriptClock
from bot.simulator.script_patches import PlainFunction
from bot.simulator.struct_sequence import StructSequence
from bot.simulator.symbol_struct import SymbolInfo
from bot.simulator.terminal import PACKAGE_FUNCTIONS, SimulatedTerminal

PACKAGE: Final = "MetaTrader5"
_CALL_PATIENCE_S: Final = 0.02  # what takes longer is the simulator at work, not the terminal
_WITH_KEYWORDS: Final = frozenset(
    (
        *("initialize", "login", "positions_get", "orders_get", "history_orders_get"),
        *("history_deals_get", "order_check", "order_send", "symbols_get", "Buy", "Sell", "Close"),
    )
)
_WITHOUT_ARGUMENTS: Final = frozenset(
    (
        *("shutdown", "version", "terminal_info", "account_info", "last_error"),
        *("positions_total", "orders_total", "symbols_total"),
    )
)
_ROUTED: Final = ("initialize", "login")  # these choose the terminal; all others talk to it


def package_module(accounts: ScriptAccounts, clock: ScriptClock) -> ModuleType:
    """A module with everything the package exports, bound to `accounts` on `clock`.

    Each call first lets the market run to the clock's now, and no two calls overlap: the real
    package never lets go of the interpreter while it talks to the terminal.
    """
    module = ModuleType(PACKAGE, "MetaTrader 5 for Python, on a simulated terminal.")
    module.__spec__ = ModuleSpec(PACKAGE, None, origin="simulated")
    names = vars(module)
    names |= {name: value for name, value in vars(Constants).items() if name.isupper()}
    names |= {kind.__name__: kind for kind in (*_struct_types(), SymbolInfo)}
    names["__version__"] = SimulatedTerminal.__version__
    names["__author__"] = SimulatedTerminal.__author__
    lock = threading.RLock()
    for name in PACKAGE_FUNCTIONS:
        names[name] = _function(name, accounts, clock, lock)
    return module


@contextmanager
def imported_as_package(module: ModuleType) -> Iterator[None]:
    """Within it `import MetaTrader5` gives `module`; afterwards whatever it gave before."""
    before = sys.modules.get(PACKAGE)
    sys.modules[PACKAGE] = module
    try:
        yield
    finally:
        if before is None:
            sys.modules.pop(PACKAGE, None)
        else:
            sys.modules[PACKAGE] = before


def _struct_types() -> Iterator[type]:
    for value in vars(structs).values():
        if isinstance(value, type) and StructSequence in value.__bases__:
            yield value


def _demand_style(name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    """Refuse what the interpreter would refuse of a compiled function, in its words."""
    if kwargs and name not in _WITH_KEYWORDS:
        message = f"{name}() takes no keyword arguments"
        raise TypeError(message)
    if args and name in _WITHOUT_ARGUMENTS:
        message = f"{name}() takes no arguments ({len(args)} given)"
        raise TypeError(message)


def _function(
    name: str, accounts: ScriptAccounts, clock: ScriptClock, lock: threading.RLock
) -> PlainFunction:
    def call(*args: object, **kwargs: object) -> object:
        _demand_style(name, args, kwargs)
        with lock, clock.standing(_CALL_PATIENCE_S):
            accounts.calls_count += 1
            terminal = accounts.current
            now_utc_s = clock.now_utc_s()
            if now_utc_s > terminal.now_utc_s:
                terminal.advance_to(now_utc_s)
            target = accounts if name in _ROUTED else terminal
            return getattr(target, name)(*args, **kwargs)

    call.__doc__ = getattr(SimulatedTerminal, name).__doc__
    return PlainFunction(name, PACKAGE, call)
