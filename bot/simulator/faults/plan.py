"""A plan of faults: which, when, how often; seeded, so that a run can be repeated."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING
from zlib import crc32

from bot.errors import ParamsError
from bot.simulator.faults.armed import ArmedFault
from bot.simulator.faults.catalogue import CATALOGUE, IMPOSSIBLE
from bot.simulator.faults.chance import Chance
from bot.simulator.faults.kind import FaultKind, Setting
from bot.simulator.faults.plan_text import settings_from_text
from bot.simulator.faults.schedule import SCHEDULE_FIELDS, Schedule, schedule_of
from bot.simulator.faults.seam import NEVER_MS, Call, Faults, Method, Site
from bot.simulator.faults.world import Fired, Hang, World, never_returns

if TYPE_CHECKING:
    from bot.simulator.terminal import SimulatedTerminal


class FaultPlan(Faults):
    """Faults of the catalogue, armed with schedules and installed on one terminal.

    Same seed, same plan, same run: same faults. Faults compose in the order they were added, the
    first being the outermost. `hang` is what a call that does not return does, given the function
    and the seconds (inf: never); as a default it raises `CallHangsError`. It may raise, wait or
    move clocks; when it returns, the call goes on.
    """

    def __init__(self, seed: int = 0, hang: Hang = never_returns) -> None:
        if seed < 0:
            message = f"seed is {seed}; allowed: a whole number from 0"
            raise ParamsError(message)
        self.seed = seed
        self.fired: list[Fired] = []
        self._hang = hang
        self._armed: list[ArmedFault] = []
        self._hitting: dict[str, list[tuple[int, ArmedFault]]] = {}
        self._world: World | None = None
        self._calls_count = 0

    @classmethod
    def from_texts(cls, texts: list[str], seed: int = 0, hang: Hang = never_returns) -> FaultPlan:
        """A plan from descriptions such as "B02@call:3", see `plan_text`."""
        plan = cls(seed, hang)
        for text in texts:
            plan.add_text(text)
        return plan

    def add(self, fault_id: str, **settings: Setting) -> FaultPlan:
        """Arm a fault: fields of `Schedule`, `once=True`, and the kind's own parameters.

        Returns the plan, so that calls can be chained. Raises `ParamsError` naming the setting,
        its value and what is allowed.
        """
        kind = _kind(fault_id)
        schedule = schedule_of(settings, kind.for_s)
        _demand_sense(kind, schedule)
        own = {n: v for n, v in settings.items() if n not in SCHEDULE_FIELDS and n != "once"}
        chance = Chance([self.seed, len(self._armed), crc32(kind.fault_id.encode())])
        armed = ArmedFault(kind, schedule, kind.settings(own), chance)
        if self._world is not None:
            armed.attach(self._world, self._world.happened)
        self._armed.append(armed)
        self._hitting.clear()
        self.wake()
        return self

    def add_text(self, text: str) -> FaultPlan:
        """Arm a fault described as on a command line, see `plan_text`."""
        fault_id, settings = settings_from_text(text)
        return self.add(fault_id, **settings)

    def install(self, terminal: SimulatedTerminal) -> FaultPlan:
        """Put the plan around a terminal, in place of other faults. Once per plan."""
        terminal.install_faults(self)
        return self

    @property
    def host_clock_error_s(self) -> float:
        """By how much the computer's own clock is wrong; the caller adds it to what it shows."""
        return 0.0 if self._world is None else self._world.host_clock_error_s

    def trace_hash(self) -> str:
        """A digest of everything that fired; equal runs give equal digests."""
        digest = hashlib.blake2b(digest_size=16)
        for fired in self.fired:
            digest.update(repr(tuple(fired)).encode())
        return digest.hexdigest()

    def attach(self, site: Site) -> None:
        """Called by the terminal. Raises `ParamsError` when the plan stands somewhere already."""
        if self._world is not None:
            message = "this plan is installed already; each terminal needs a plan of its own"
            raise ParamsError(message)
        world = World(site, self.fired, self._hang)
        for armed in self._armed:
            armed.attach(world, world.happened)
        self._world = world
        self.wake()

    def around(self, call: Call, method: Method) -> object:
        """Run a call through every fault that strikes it, then through what lies over reads.

        Calls made while another account is logged in are none of the plan's business.
        """
        if self._world is None or not self._world.is_here:
            return method(*call.args, **call.kwargs)
        self._calls_count += 1
        return self._through(call, 0, self._calls_count)

    def next_moment_ms(self) -> int:
        """When something is due without any call."""
        return NEVER_MS if self._world is None else self._world.agenda.next_ms()

    def wake(self) -> None:
        """Do what is due now."""
        if self._world is not None:
            self._world.agenda.run_due(self._world.state.now_ms)

    def _through(self, call: Call, index: int, call_number: int) -> object:
        world = self._here()
        hitting = self._hitting.get(call.name)
        for place, armed in self._learn(call.name) if hitting is None else hitting:
            if place < index or world.state.now_ms < armed.quiet_until_ms:
                continue
            if not armed.strikes(call):
                continue
            proceed = partial(self._through, index=place + 1, call_number=call_number)
            try:
                answer = armed.act(call, proceed)
            finally:
                if armed.note:
                    self._log(armed, call, call_number)
            if armed.kind.inject is not None:
                return answer
        return self._below(call, 0)

    def _learn(self, function: str) -> list[tuple[int, ArmedFault]]:
        """The faults that can hit a function, with their places in the plan."""
        hitting = [(n, armed) for n, armed in enumerate(self._armed) if armed.may_hit(function)]
        self._hitting[function] = hitting
        return hitting

    def _below(self, call: Call, skipped_count: int) -> object:
        """What the overlays show, the one laid last on top, and the real answer beneath them."""
        world = self._here()
        overlays = world.overlays
        for place in range(len(overlays) - skipped_count - 1, -1, -1):
            overlay = overlays[place]
            skipped_count += 1
            if not overlay.functions or call.name in overlay.functions:
                return overlay.answer(call, partial(self._below, skipped_count=skipped_count))
        return world.methods[call.name](*call.args, **call.kwargs)

    def _here(self) -> World:
        assert self._world is not None, "calls arrive only where the plan is installed"
        return self._world

    def _log(self, armed: ArmedFault, call: Call, call_number: int) -> None:
        now_utc_s = self._here().now_utc_s
        self.fired.append(Fired(armed.kind.fault_id, call_number, call.name, now_utc_s, armed.note))


def _kind(fault_id: str) -> FaultKind:
    kind = CATALOGUE.get(fault_id)
    if kind is not None:
        return kind
    if fault_id in IMPOSSIBLE:
        message = f"{fault_id} cannot be injected here: {IMPOSSIBLE[fault_id]}"
        raise ParamsError(message)
    message = f"fault is {fault_id!r}; allowed: {', '.join(CATALOGUE)}"
    raise ParamsError(message)


def _demand_sense(kind: FaultKind, schedule: Schedule) -> None:
    function = schedule.function
    if kind.begin is not None and function and schedule.at_utc_s is not None:
        message = (
            f"{kind.fault_id}: function is {function!r}; allowed: none, as at its moment it "
            "happens by itself"
        )
        raise ParamsError(message)
    if kind.begin is not None and kind.for_s and not schedule.for_s:
        message = f"{kind.fault_id}: for_s is 0; allowed: seconds above 0, or inf for ever"
        raise ParamsError(message)
    if function and kind.functions and function not in kind.functions:
        allowed = ", ".join(sorted(kind.functions))
        message = f"{kind.fault_id}: function is {function!r}; allowed: {allowed}"
        raise ParamsError(message)
