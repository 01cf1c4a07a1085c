"""Changing what names stand for, for as long as a script runs, and putting all of it back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Final, NamedTuple

_ABSENT: Final = object()
_OURS: Final = "bot"
_UNTOUCHED: Final = frozenset({"_datetime", "_pydatetime", "_strptime"})


class PlainFunction:
    """A function that a class may hold without turning it into a method, as builtins can be held.

    `logging.Formatter.converter = time.localtime` is the everyday case.
    """

    def __init__(self, name: str, module: str, function: Callable[..., object]) -> None:
        self.__name__ = self.__qualname__ = name
        self.__module__ = module
        self.__doc__ = function.__doc__
        self._function = function

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Call the function."""
        return self._function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<built-in function {self.__name__}>"


class _Change(NamedTuple):
    owner: object
    name: str
    before: object


class Patches:
    """Remembers what every changed name was; `undo` restores all of it, newest first."""

    def __init__(self) -> None:
        self._changes: list[_Change] = []
        self._swaps: list[Mapping[object, object]] = []

    def put(self, owner: object, name: str, value: object) -> None:
        """Let `owner.name` be `value`."""
        self._changes.append(_Change(owner, name, vars(owner).get(name, _ABSENT)))
        setattr(owner, name, value)

    def swap(self, stand_ins: Mapping[object, object]) -> None:
        """Let every module-level name that is one of the keys be its stand-in, in all modules.

        Only our own modules keep what they have. Modules the script imports later find the
        stand-ins where they look for the originals; `undo` finds them there.
        """
        self._swaps.append(stand_ins)
        for module, name, value in _bindings(stand_ins):
            self.put(module, name, value)

    def undo(self) -> None:
        """Put everything back, also in modules that were imported in the meantime."""
        while self._changes:
            owner, name, before = self._changes.pop()
            if before is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, before)
        while self._swaps:
            originals = {stand_in: real for real, stand_in in self._swaps.pop().items()}
            for module, name, value in _bindings(originals):
                setattr(module, name, value)


def _bindings(replacements: Mapping[object, object]) -> list[tuple[ModuleType, str, object]]:
    """Where in all modules one of the keys, by identity, is bound to a name."""
    by_id = {id(key): value for key, value in replacements.items()}
    found: list[tuple[ModuleType, str, object]] = []
    for module_name, module in list(sys.modules.items()):
        if module_name.partition(".")[0] == _OURS or module_name in _UNTOUCHED:
            continue
        if isinstance(module, ModuleType):
            names = list(vars(module).items())
            found += [
                (module, name, by_id[id(value)]) for name, value in names if id(value) in by_id
            ]
    return found
