"""Every rule compiles, and compiled or plain it gives the same answer."""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Callable
from pathlib import Path

import numba
import numba.extending
import numpy as np
import pytest

import bot.rules
from bot.rules._rule import RULES, allow_compiling

pytestmark = pytest.mark.slow

TRIES_COUNT = 25

for _module in pkgutil.iter_modules(bot.rules.__path__):
    importlib.import_module(f"bot.rules.{_module.name}")
allow_compiling()

Arguments = Callable[[np.random.Generator], tuple[object, ...]]


def _generators() -> dict[str, Arguments]:
    """What every `generators_*.py` beside this file offers."""
    found: dict[str, Arguments] = {}
    for path in sorted(Path(__file__).parent.glob("generators_*.py")):
        table: dict[str, Arguments] = getattr(importlib.import_module(path.stem), "GENERATORS", {})
        twice = found.keys() & table.keys()
        assert not twice, f"{path.name} offers {sorted(twice)} again"
        found |= table
    return found


GENERATORS = _generators()


def test_every_rule_has_its_arguments_and_every_entry_its_rule() -> None:
    assert GENERATORS.keys() == RULES.keys()


@pytest.mark.parametrize("name", sorted(RULES.keys() & GENERATORS.keys()))
def test_a_rule_compiles_and_answers_alike(name: str) -> None:
    function = RULES[name]
    compiled = numba.njit(_calling(function))
    rng = np.random.default_rng(abs(hash_of(name)))
    for _ in range(TRIES_COUNT):
        arguments = tuple(_plain(value) for value in GENERATORS[name](rng))
        assert_alike(function(*arguments), compiled(*arguments), name)


def hash_of(name: str) -> int:
    """The same number in every process."""
    return sum(ord(letter) * 31**place % 1_000_003 for place, letter in enumerate(name))


def _calling(function: Callable[..., object]) -> Callable[..., object]:
    """A compiled caller reaches a rule by its name, as the backtest does."""

    def call(*arguments: object) -> object:
        return function(*arguments)

    return call


def _plain(value: object) -> object:
    """numpy's scalars as Python's, so that one rule is compiled for one set of types."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple):
        parts = [_plain(part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value


def assert_alike(plain: object, compiled: object, name: str) -> None:
    """Equal values, NaN for NaN, in the same kind of tuple."""
    if isinstance(plain, tuple):
        assert isinstance(compiled, tuple), name
        assert type(plain).__name__ == type(compiled).__name__, name
        assert len(plain) == len(compiled), name
        for ours, theirs in zip(plain, compiled, strict=True):
            assert_alike(ours, theirs, name)
    elif isinstance(plain, np.ndarray):
        assert np.array_equal(plain, np.asarray(compiled), equal_nan=plain.dtype.kind == "f"), name
    elif isinstance(plain, float) and math.isnan(plain):
        assert math.isnan(float(str(compiled))), name
    else:
        assert plain == compiled, f"{name}: {plain} in Python, {compiled} compiled"
