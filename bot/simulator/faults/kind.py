"""What a kind of fault is: its place in the catalogue, its parameters, and how it acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Final, NamedTuple

from bot.errors import ParamsError
from bot.simulator.faults.injection import Injection, Proceed, Undo
from bot.simulator.faults.seam import Call

Setting = float | int | str | bool
Inject = Callable[[Injection, Call, Proceed], object]
Begin = Callable[[Injection], Undo | None]
Concerns = Callable[[Injection, Call], bool]

GROUPS: Final = {"B": "broker and terminal", "N": "network", "C": "clock", "X": "data"}


class Parameter(NamedTuple):
    """One setting of a fault: its default, what it means, and what is allowed.

    Either `choices` lists the allowed words or codes, or numbers from `least` to `most` are: whole
    ones where the default is whole, endless ones only where the setting `may_be_endless`. A text
    has to pass `fits`, described in `words`.
    """

    default: float | str
    meaning: str
    least: float = -inf
    most: float = inf
    choices: tuple[float | str, ...] = ()
    may_be_endless: bool = False
    words: str = "any text"
    fits: Callable[[str], bool] | None = None

    def allowed(self) -> str:
        """What may be set, for people."""
        if self.choices:
            return ", ".join(str(choice) for choice in self.choices)
        if isinstance(self.default, str):
            return self.words
        low, high = (f"{end:g}" if isfinite(end) else "" for end in (self.least, self.most))
        kind = "whole, " if isinstance(self.default, int) else ""
        if low and high:
            return f"{kind}{low} to {high}"
        return (
            f"{kind}{low} or more" if low else f"any {kind.strip(', ')} number".replace("  ", " ")
        )

    def read(self, value: Setting | str) -> float | str:
        """The value as this parameter's type. Raises `ValueError` for what is not allowed."""
        result: float | str = str(value)
        if not isinstance(self.default, str):
            result = float(value)
            if not self._is_in_range(result):
                raise ValueError(self.allowed())
        elif self.fits is not None and not self.fits(str(value)):
            raise ValueError(self.allowed())
        if self.choices and result not in self.choices:
            raise ValueError(self.allowed())
        return result

    def _is_in_range(self, value: float) -> bool:
        if not isfinite(value):
            return value == inf and self.may_be_endless
        if isinstance(self.default, int) and value != int(value):
            return False
        return self.least <= value <= self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultKind:
    """One row of the catalogue.

    A fault of calls has `inject`, run in place of a call of one of `functions` that it `concerns`.
    A fault of the world has `begin`, which changes the world and may return how to undo it when
    its time (`for_s` seconds, 0 for a moment) is over. `functions` left empty means every function.
    """

    fault_id: str
    name: str
    does: str
    how: str
    functions: frozenset[str] = frozenset()
    for_s: float = 0.0
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    inject: Inject | None = None
    begin: Begin | None = None
    concerns: Concerns | None = None

    @property
    def group(self) -> str:
        """Which part of the catalogue it belongs to."""
        return GROUPS[self.fault_id[0]]

    def settings(self, given: Mapping[str, Setting]) -> dict[str, float | str]:
        """Every parameter's value, defaults included. Raises `ParamsError` naming what is wrong."""
        for name in given:
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                message = f"{self.fault_id}: {name} is no parameter; allowed: {known}"
                raise ParamsError(message)
        values: dict[str, float | str] = {}
        for name, parameter in self.parameters.items():
            value = given.get(name, parameter.default)
            try:
                values[name] = parameter.read(value)
            except ValueError:
                message = f"{self.fault_id}: {name} is {value!r}; allowed: {parameter.allowed()}"
                raise ParamsError(message) from None
        return values
