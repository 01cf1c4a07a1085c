"""A fault of the catalogue with its schedule, waiting for its moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from bot.errors import ParamsError
from bot.simulator.faults.answers import symbol_of
from bot.simulator.faults.injection import Injection, Proceed
from bot.simulator.faults.kind import FaultKind
from bot.simulator.faults.schedule import Schedule
from bot.simulator.faults.seam import Call
from bot.simulator.faults.world import World

_LISTS: frozenset[str] = frozenset({"symbols_get", "symbols_total"})


class ArmedFault:
    """Counts the calls it concerns, begins and ends its episodes."""

    def __init__(
        self,
        kind: FaultKind,
        schedule: Schedule,
        settings: Mapping[str, float | str],
        rng: np.random.Generator,
    ) -> None:
        self.kind = kind
        self.schedule = schedule
        self._settings = settings
        self._rng = rng
        self._calls_count = 0
        self._episodes_count = 0
        self._first_index = 0
        self._active_until_ms = -1
        self._begun_by: Call | None = None
        self._injection: Injection | None = None

    def attach(self, world: World, log: Callable[[str, str], None]) -> None:
        """Stand ready in this world; a fault of the world enters its moments into the agenda.

        Raises `ParamsError` for a symbol the market does not have.
        """
        symbol, known = self.schedule.symbol, world.state.desks
        if symbol and symbol not in known:
            message = f"{self.kind.fault_id}: symbol is {symbol!r}; allowed: {', '.join(known)}"
            raise ParamsError(message)
        self._first_index = self.schedule.first_index(world.now_utc_s)
        self._injection = Injection(
            self.kind.fault_id,
            world,
            self._settings,
            self._rng,
            self.schedule.symbol,
            self.schedule.for_s,
        )
        if self.kind.begin is not None and self.schedule.at_utc_s is not None:
            self._await_next(world, log)

    def strikes(self, call: Call) -> bool:
        """Whether this call is hit: an episode runs, or one begins here."""
        injection = self._at_work()
        if not self._concerns(injection, call):
            return False
        self._calls_count += 1
        now_ms = injection.world.state.now_ms
        if now_ms < self._active_until_ms:
            return self.kind.inject is not None
        if not self._begins(injection.world.now_utc_s):
            return False
        self._episodes_count += 1
        self._begun_by = call
        self._active_until_ms = injection.until_ms() if self.schedule.for_s > 0.0 else -1
        injection.memory.clear()
        return True

    def act(self, call: Call, proceed: Proceed) -> object:
        """Run the call with the fault in its way, or change the world and then run it.

        A fault that found nothing to do leaves no note, and what it would have counted as an
        episode is still to come.
        """
        injection = self._at_work()
        injection.note = ""
        if self.kind.inject is None:
            self._begin_in_world(injection)
            return None
        answer = self.kind.inject(injection, call, proceed)
        if not injection.note and self._begun_by is call:
            self._episodes_count -= 1
            self._active_until_ms = -1
        return answer

    @property
    def note(self) -> str:
        """What the fault did last."""
        return self._at_work().note

    def _at_work(self) -> Injection:
        assert self._injection is not None, "a fault strikes only where it is installed"
        return self._injection

    def _concerns(self, injection: Injection, call: Call) -> bool:
        kind, schedule = self.kind, self.schedule
        if kind.functions and call.name not in kind.functions:
            return False
        if schedule.function not in ("", call.name):
            return False
        is_picky = schedule.symbol and kind.inject is not None and call.name not in _LISTS
        if is_picky and symbol_of(call, injection.world.state) != schedule.symbol:
            return False
        return kind.concerns is None or kind.concerns(injection, call)

    def _begins(self, now_utc_s: float) -> bool:
        schedule = self.schedule
        if self.kind.begin is not None and schedule.at_utc_s is not None:
            return False  # the agenda begins it, to the millisecond
        if self._calls_count < schedule.at_call or not schedule.is_open(now_utc_s):
            return False
        if self._is_spent() or now_utc_s < self._next_moment_utc_s():
            return False
        return schedule.probability == 0.0 or self._rng.random() < schedule.probability

    def _is_spent(self) -> bool:
        return self._episodes_count >= self.schedule.episodes_max

    def _next_moment_utc_s(self) -> float:
        return self.schedule.moment_utc_s(self._first_index + self._episodes_count)

    def _begin_in_world(self, injection: Injection) -> None:
        assert self.kind.begin is not None, "a kind acts on calls or on the world"
        undo = self.kind.begin(injection)
        if undo is not None and injection.for_s > 0.0:
            injection.world.agenda.at(injection.until_ms(), undo)

    def _await_next(self, world: World, log: Callable[[str, str], None]) -> None:
        schedule, injection = self.schedule, self._at_work()
        if self._is_spent():
            return
        moment_ms = round(self._next_moment_utc_s() * 1000)

        def begin() -> None:
            if schedule.is_open(world.now_utc_s):
                injection.note = ""
                injection.memory.clear()
                self._begin_in_world(injection)
                log(self.kind.fault_id, injection.note)
            self._episodes_count += 1
            self._await_next(world, log)

        world.agenda.at(max(moment_ms, world.state.now_ms), begin)
