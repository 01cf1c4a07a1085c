"""When a fault strikes: at a call, at a moment, by chance; how often, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import ceil, floor, inf
from typing import Final

from bot.errors import ParamsError

FOR_EVER: Final = inf
"""A `for_s` that never ends."""

_EVERY_LEAST_S: Final = 0.001
_ALLOWED: Final = {
    "at_call": "a whole number from 1",
    "at_utc_s": "UTC seconds from 0",
    "probability": "above 0, at most 1",
    "from_utc_s": "UTC seconds",
    "until_utc_s": "UTC seconds after from_utc_s",
    "every_s": "seconds from 0.001, together with at_utc_s",
    "for_s": "seconds from 0, or inf for ever",
    "times": "a whole number from 0 (0: no limit)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The conditions under which episodes of a fault begin, and how long one lasts.

    An episode begins at the `at_call`-th call that the fault concerns and at those after it, from
    the moment `at_utc_s` on, or at any such call with `probability`; without any of the three, at
    the first. `times` limits the episodes (0: none); left at None it is once, but no limit by
    chance or with `every_s`. An episode lasts for the one call, or `for_s` seconds. Episodes begin
    only in [`from_utc_s`, `until_utc_s`), and concern only `function` and `symbol` where given.
    `every_s` repeats `at_utc_s`; moments nobody called at are not made up for.
    Raises `ParamsError` for what contradicts itself.
    """

    at_call: int = 0
    at_utc_s: float | None = None
    probability: float = 0.0
    from_utc_s: float = -inf
    until_utc_s: float = inf
    every_s: float = 0.0
    for_s: float = 0.0
    times: int | None = None
    function: str = ""
    symbol: str = ""

    def __post_init__(self) -> None:
        wrong = {
            "at_call": not _is_whole(self.at_call),
            "at_utc_s": self.at_utc_s is not None and not 0.0 <= self.at_utc_s < inf,
            "probability": not 0.0 <= self.probability <= 1.0,
            "until_utc_s": not self.from_utc_s < self.until_utc_s,
            "every_s": not self._repeats_well(),
            "for_s": not self.for_s >= 0.0,
            "times": self.times is not None and not _is_whole(self.times),
        }
        for name, is_wrong in wrong.items():
            if is_wrong:
                message = f"{name} is {getattr(self, name)}; allowed: {_ALLOWED[name]}"
                raise ParamsError(message)
        given = [self.at_call > 0, self.at_utc_s is not None, self.probability > 0.0]
        if sum(given) > 1:
            message = "at_call, at_utc_s and probability exclude each other; give one of them"
            raise ParamsError(message)

    def _repeats_well(self) -> bool:
        if not self.every_s:
            return True
        return self.at_utc_s is not None and _EVERY_LEAST_S <= self.every_s < inf

    @property
    def episodes_max(self) -> float:
        """How many episodes there may be."""
        if self.times is not None:
            return self.times or inf
        return inf if self.probability or self.every_s else 1

    def first_index(self, now_utc_s: float) -> int:
        """The first of the repeated moments that is not over; 0 without repetition."""
        if self.at_utc_s is None or not self.every_s:
            return 0
        return max(0, ceil((now_utc_s - self.at_utc_s) / self.every_s))

    def index_after(self, index: int, now_utc_s: float) -> int:
        """The moment that comes next when the one of `index` is used now: one that is not over."""
        if self.at_utc_s is None or not self.every_s:
            return index
        return max(index, floor((now_utc_s - self.at_utc_s) / self.every_s)) + 1

    def moment_utc_s(self, index: int) -> float:
        """From when on an episode may begin, repetitions counted from 0."""
        return -inf if self.at_utc_s is None else self.at_utc_s + self.every_s * index

    def is_open(self, now_utc_s: float) -> bool:
        """Whether episodes may begin now at all."""
        return self.from_utc_s <= now_utc_s < self.until_utc_s


SCHEDULE_FIELDS: Final = frozenset(field.name for field in fields(Schedule))
"""Names of everything that schedules; all other settings of a fault are its own parameters."""


_NEVER_NOUGHT: Final = frozenset({"at_call", "probability"})
"""Where 0, given on purpose, would read as a fault that never strikes."""


def _is_whole(value: float) -> bool:
    return 0 <= value < inf and value == int(value)


def schedule_of(given: Mapping[str, object], for_s: float) -> Schedule:
    """The schedule among a fault's settings; `once=True` is `times=1`. `for_s` is the default."""
    chosen = {name: value for name, value in given.items() if name in SCHEDULE_FIELDS}
    for name, value in chosen.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if name in _ALLOWED and (not is_number or (value == 0 and name in _NEVER_NOUGHT)):
            message = f"{name} is {value!r}; allowed: {_ALLOWED[name]}"
            raise ParamsError(message)
    if given.get("once"):
        if "times" in chosen:
            message = f"once and times={chosen['times']} exclude each other; give one of them"
            raise ParamsError(message)
        chosen["times"] = 1
    return Schedule(**({"for_s": for_s} | chosen))  # type: ignore[arg-type]  # checked above
