"""Lives histories one by one; a history that cannot be lived spoils no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from bot.cli.challenge_cases import REPLAYS, compare
from bot.cli.challenge_history import Answer, Facts
from bot.cli.rules_history import Fault, faults_of
from bot.cli.rules_presets import PresetBook
from bot.errors import DataError, ParamsError
from bot.params.firm import FirmPreset
from bot.params.reader import shown

ANY_PRESET = "the5ers_high_stakes_classic"
"""Whose form a history takes that is about no firm (a best day's share names its own figures)."""

_STATELESS = frozenset({"news", "clock", "inactivity", "consistency"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it was lived; `is_fine` None when nothing was expected of it."""

    number: int
    given: Facts
    answer: Answer
    differences: tuple[tuple[str, object, object], ...]
    is_fine: bool | None


@dataclass(frozen=True, slots=True)
class History:
    """One history; `faults` name what could not be lived, remarks included."""

    name: str
    kind: str
    facts: Facts
    steps: tuple[Step, ...]
    faults: tuple[Fault, ...]

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that kept something from being lived."""
        return tuple(fault for fault in self.faults if not fault.is_remark)

    @property
    def is_fine(self) -> bool:
        """Whether every step was lived, and came out as expected where anything was."""
        return not self.errors and all(step.is_fine is not False for step in self.steps)

    @property
    def is_judged(self) -> bool:
        """Whether anything was expected at all."""
        return any(step.is_fine is not None for step in self.steps)


def lived(vectors: list[object], book: PresetBook) -> Iterator[History]:
    """Each history in the order of the file."""
    for number, vector in enumerate(vectors, 1):
        if isinstance(vector, dict):
            yield _lived(cast(Facts, vector), number, book)
        else:
            fault = Fault(None, f"vector = {shown(vector)}: must be an object")
            yield History(f"no. {number}", "", {}, (), (fault,))


def _lived(vector: Facts, number: int, book: PresetBook) -> History:
    name, kind = str(vector.get("id") or f"no. {number}"), str(vector.get("kind"))
    faults = faults_of(vector)
    whole = [fault for fault in faults if fault.step is None and not fault.is_remark]
    steps: tuple[Step, ...] = ()
    if not whole:
        try:
            steps = _steps(vector, kind, faults, _preset(vector, kind, book))
        except (ParamsError, DataError) as error:
            faults = [*faults, Fault(None, " ".join(str(error).split()))]
    return History(name, kind, vector, steps, tuple(faults))


def _steps(vector: Facts, kind: str, faults: list[Fault], preset: FirmPreset) -> tuple[Step, ...]:
    """The steps that can be lived: all good ones, of a path those before the first bad one."""
    bad = {fault.step for fault in faults if fault.step is not None and not fault.is_remark}
    steps = cast("list[Facts]", vector["steps"])
    numbers = [number for number in range(len(steps)) if number not in bad]
    if kind not in _STATELESS and bad:
        first = min(number for number in bad if number is not None)
        numbers = [number for number in numbers if number < first]
    given = [steps[number] for number in numbers]
    answers = REPLAYS[kind](dict(vector) | {"steps": given}, preset)
    return tuple(
        _step(number, step, answer)
        for number, step, answer in zip(numbers, given, answers, strict=True)
    )


def _step(number: int, given: Facts, answer: Answer) -> Step:
    expect = cast("Facts | None", given.get("expect"))
    if expect is None:
        return Step(number, given, answer, (), None)
    differences = tuple(compare(expect, answer))
    return Step(number, given, answer, differences, not differences)


def _preset(vector: Facts, kind: str, book: PresetBook) -> FirmPreset:
    name = vector.get("preset")
    if kind == "consistency":
        return book(ANY_PRESET) if name is None else book(str(name))
    if not isinstance(name, str):
        message = f"preset = {shown(name)}: must be the name of a rule set"
        raise DataError(message)
    return book(name)
