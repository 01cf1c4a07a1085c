"""Marks what the compiled walk is made of: plain when called, compilable when asked.

Importing this needs numba (the `research` extra). Nothing is ever cached on disk: a cache does not
see an edit in another file, and a backtest of yesterday's rules is a lie.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba
from numba import extending

from bot.rules._rule import allow_compiling

_F = TypeVar("_F", bound=Callable[..., object])

allow_compiling()


def compiled(function: _F) -> _F:
    """Let compiled functions call `function` by name; returns it unchanged."""
    extending.register_jitable(function)
    return function


def machine(function: _F) -> _F:
    """`function` as machine code, compiled when first called and kept in memory alone."""
    return cast("_F", numba.njit(function))
