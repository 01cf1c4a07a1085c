"""A fault of the catalogue with its schedule, waiting for its moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil, floor, inf

from bot.errors import ParamsError
from bot.simulator.faults.answers import symbol_of
from bot.simulator.faults.chance import Chance
from bot.simulator.faults.injection import Injection, Proceed
from bot.simulator.faults.kind import FaultKind
from bot.simulator.faults.schedule import Schedule
from bot.simulator.faults.seam import NEVER_MS, Call
from bot.simulator.faults.world import World

_LISTS: frozenset[str] = frozenset({"symbols_get", "symbols_total"})
_CONNECTS = "initialize"
_MS_NOISE = 1e-3  # binary noise of whole milliseconds in a float of seconds


class ArmedFault:
    """Counts the calls it concerns, begins and ends its episodes."""

    def __init__(
        self,
        kind: FaultKind,
        schedule: Schedule,
        settings: Mapping[str, float | str],
        chance: Chance,
    ) -> None:
        self.kind = kind
        self.schedule = schedule
        self._settings = settings
        self._chance = chance
        self._calls_count = 0
        self._episodes_count = 0
        self._moment_index = 0
        self._active_until_ms = -1
        self._begun_by: Call | None = None
        self._injection: Injection | None = None
        self.quiet_until_ms = 0
        """Before this moment no call is hit, and none has to be counted."""

    def may_hit(self, function: str) -> bool:
        """Whether calls of this function can be hit at all; moments of the market hit none."""
        if self._has_own_moments():
            return False
        is_named = self.schedule.function in ("", function)
        return is_named and (not self.kind.functions or function in self.kind.functions)

    def attach(self, world: World, log: Callable[[str, str], None]) -> None:
        """Stand ready in this world; a fault of the world enters its moments into the agenda.

        Raises `ParamsError` for a symbol the market or a function the package does not have.
        """
        named = {"symbol": self.schedule.symbol, "other": str(self._settings.get("other", ""))}
        for name, symbol in named.items():
            _demand_among(world.state.desks, symbol, f"{self.kind.fault_id}: {name}")
        _demand_among(world.methods, self.schedule.function, f"{self.kind.fault_id}: function")
        self._moment_index = self.schedule.first_index(world.now_utc_s)
        self._injection = Injection(
            self.kind.fault_id,
            world,
            self._settings,
            self._chance,
            self.schedule.symbol,
            self.schedule.for_s,
        )
        if self._has_own_moments():
            self._await_next(world, log)

    def strikes(self, call: Call) -> bool:
        """Whether this call is hit: an episode runs, or one begins here."""
        injection = self._at_work()
        now_ms = injection.world.state.now_ms
        if now_ms >= self._active_until_ms:
            self.quiet_until_ms = self._next_hit_ms(injection.world)
            if now_ms < self.quiet_until_ms:
                return False
        if not self._concerns(injection, call):
            return False
        self._calls_count += 1
        if now_ms < self._active_until_ms:
            return self.kind.inject is not None
        if not self._begins(injection.world.now_utc_s):
            return False
        self._begun_by = call
        self._active_until_ms = injection.until_ms() if self.schedule.for_s > 0.0 else -1
        injection.memory.clear()
        return True

    def act(self, call: Call, proceed: Proceed) -> object:
        """Run the call with the fault in its way, or change the world and then run it.

        A fault that found nothing to do leaves no note, and what it would have counted as an
        episode is still to come. That holds too for a call that ends in an error.
        """
        injection = self._at_work()
        injection.note = ""
        try:
            if self.kind.inject is not None:
                return self.kind.inject(injection, call, proceed)
            self._begin_in_world(injection)
            return None
        finally:
            self._count(call, injection)

    @property
    def note(self) -> str:
        """What the fault did last."""
        return self._at_work().note

    def _count(self, call: Call, injection: Injection) -> None:
        """Count the episode that began with this call, if it did anything."""
        if self._begun_by is not call:
            return
        self._begun_by = None
        if not injection.note:
            self._active_until_ms = -1
            return
        self._episodes_count += 1
        self._moment_index = self.schedule.index_after(
            self._moment_index, injection.world.now_utc_s
        )

    def _at_work(self) -> Injection:
        assert self._injection is not None, "a fault strikes only where it is installed"
        return self._injection

    def _has_own_moments(self) -> bool:
        """Whether it happens at moments of the market, whoever calls: to the millisecond."""
        return self.kind.begin is not None and self.schedule.at_utc_s is not None

    def _concerns(self, injection: Injection, call: Call) -> bool:
        kind, schedule = self.kind, self.schedule
        if kind.functions and call.name not in kind.functions:
            return False
        if schedule.function not in ("", call.name):
            return False
        if kind.inject is not None:
            if call.name != _CONNECTS and not injection.world.is_reachable:
                return False  # nothing of the terminal is seen: there is nothing to disturb
            is_picky = schedule.symbol and call.name not in _LISTS
            if is_picky and symbol_of(call, injection.world.state) != schedule.symbol:
                return False
        return kind.concerns is None or kind.concerns(injection, call)

    def _begins(self, now_utc_s: float) -> bool:
        schedule = self.schedule
        if self._has_own_moments():
            return False
        if self._calls_count < schedule.at_call or not schedule.is_open(now_utc_s):
            return False
        if self._is_spent() or now_utc_s < schedule.moment_utc_s(self._moment_index):
            return False
        return schedule.probability == 0.0 or self._chance.random() < schedule.probability

    def _next_hit_ms(self, world: World) -> int:
        """A moment before which no episode can begin; 0 where every call has to be counted."""
        schedule, now_utc_s = self.schedule, world.now_utc_s
        if schedule.at_call:
            return 0
        if self._is_spent() or now_utc_s >= schedule.until_utc_s:
            return NEVER_MS
        from_utc_s = max(schedule.from_utc_s, schedule.moment_utc_s(self._moment_index))
        return floor(from_utc_s * 1000) - 1 if now_utc_s < from_utc_s < inf else 0

    def _is_spent(self) -> bool:
        return self._episodes_count >= self.schedule.episodes_max

    def _begin_in_world(self, injection: Injection) -> None:
        assert self.kind.begin is not None, "a kind acts on calls or on the world"
        undo = self.kind.begin(injection)
        if undo is not None:
            injection.world.agenda.at(injection.until_ms(), undo)

    def _await_next(self, world: World, log: Callable[[str, str], None]) -> None:
        schedule, injection = self.schedule, self._at_work()
        if self._is_spent():
            return
        moment_utc_s = schedule.moment_utc_s(self._moment_index)
        if moment_utc_s >= schedule.until_utc_s:
            return

        def begin() -> None:
            self._moment_index += 1
            if schedule.is_open(world.now_utc_s):
                injection.note = ""
                injection.memory.clear()
                self._begin_in_world(injection)
                if injection.note:
                    self._episodes_count += 1
                    log(self.kind.fault_id, injection.note)
            if schedule.every_s:
                self._await_next(world, log)

        moment_ms = ceil(moment_utc_s * 1000 - _MS_NOISE)
        world.agenda.at(max(moment_ms, world.state.now_ms), begin)


def _demand_among(known: Mapping[str, object], name: str, what: str) -> None:
    if name and name not in known:
        message = f"{what} is {name!r}; allowed: {', '.join(known)}"
        raise ParamsError(message)
