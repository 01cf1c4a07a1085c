"""Faults as a person asks for them when a script is run: by catalogue id or by name."""

from __future__ import annotations

import math
from collections.abc import Iterator

from bot.simulator.faults.catalogue import CATALOGUE
from bot.simulator.faults.plan import FaultPlan
from bot.simulator.script_clock import ScriptClock
from bot.simulator.terminal import SimulatedTerminal


def fault_names() -> Iterator[tuple[str, str, str]]:
    """Id, name as typed and effect of every fault, in the catalogue's order."""
    for fault_id, kind in CATALOGUE.items():
        yield fault_id, _typed(kind.name), kind.does


def with_id(text: str) -> str:
    """`answer-lost@call:2` as `B02@call:2`; what is no name stays as it is."""
    name, at, rest = text.strip().partition("@")
    ids = {_typed(kind.name): fault_id for fault_id, kind in CATALOGUE.items()}
    return ids.get(name.lower(), name) + at + rest


def demand_known(texts: tuple[str, ...]) -> None:
    """Raises `ParamsError` naming what is wrong with one of the descriptions."""
    FaultPlan.from_texts(list(texts))


class ScriptFaults:
    """The same faults for every account of a run, each with a plan of its own."""

    def __init__(self, texts: tuple[str, ...], seed: int) -> None:
        self._texts = list(texts)
        self._seed = seed
        self._clock: ScriptClock | None = None
        self._plans: list[FaultPlan] = []

    def bring_about(self, terminal: SimulatedTerminal) -> None:
        """Let them happen on a terminal nobody has called yet."""
        if self._texts:
            plan = FaultPlan.from_texts(self._texts, self._seed, self._hang)
            self._plans.append(plan.install(terminal))

    def live_on(self, clock: ScriptClock) -> None:
        """Calls that hang take this clock's time, and its error is what the faults make it."""
        self._clock = clock
        clock.error_s = self._clock_error_s

    @property
    def fired_count(self) -> int:
        """How often one struck."""
        return sum(len(plan.fired) for plan in self._plans)

    def _clock_error_s(self) -> float:
        return max((plan.host_clock_error_s for plan in self._plans), key=abs, default=0.0)

    def _hang(self, function: str, duration_s: float) -> None:
        """A call that does not return holds the script up; one that never does, to the end."""
        del function
        assert self._clock is not None, "calls come from a script, which lives on a clock"
        left_s = self._clock.end_utc_s - self._clock.now_utc_s()
        self._clock.sleep(min(duration_s, left_s) if math.isfinite(duration_s) else left_s)


def _typed(name: str) -> str:
    """The words of a name, joined by hyphens: done-but-not-visible."""
    words = "".join(sign if sign.isalnum() else " " for sign in name.lower()).split()
    return "-".join(words)
