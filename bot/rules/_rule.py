"""Marks a function as a rule: plain when called, compilable when asked."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

_F = TypeVar("_F", bound=Callable[..., object])

RULES: dict[str, Callable[..., object]] = {}
"""Every rule by its dotted name, so that a test can compile and compare them all."""

_COMPILABLE: set[str] = set()


def rule(function: _F) -> _F:
    """Mark `function` as a rule; returns it unchanged.

    Python callers always run the plain body. Compiled functions may call it by name once numba
    knows it: at once where numba is already imported (research), else after `allow_compiling`.
    """
    RULES[f"{function.__module__}.{function.__qualname__}"] = function
    if "numba.extending" in sys.modules:
        allow_compiling()
    return function


def allow_compiling() -> None:
    """Make every rule marked so far callable from compiled functions; repeating is harmless.

    Numba must have been imported; live code never does, and never needs it.
    """
    extending = sys.modules["numba.extending"]
    for name, function in RULES.items():
        if name not in _COMPILABLE:
            extending.register_jitable(no_cfunc_wrapper=True)(function)
            _COMPILABLE.add(name)
