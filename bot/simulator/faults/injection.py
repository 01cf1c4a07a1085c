"""One armed fault while it acts: what it may touch, its settings, its chance, its memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.simulator.faults.chance import Chance
from bot.simulator.faults.seam import Call
from bot.simulator.faults.world import World
from bot.simulator.state import SymbolDesk

Proceed = Callable[[Call], object]
"""Run the call, or another one in its place, through everything that lies behind the fault."""

Undo = Callable[[], None]


@dataclass(slots=True, eq=False)
class Injection:
    """A fault at work. `note` becomes the log's detail; `memory` lasts for one episode."""

    fault_id: str
    world: World
    settings: Mapping[str, float | str]
    chance: Chance
    symbol: str = ""
    for_s: float = 0.0
    note: str = ""
    memory: dict[object, object] = field(default_factory=dict)

    def number(self, name: str) -> float:
        """A setting that is a number."""
        return float(self.settings[name])

    def whole(self, name: str) -> int:
        """A setting that is a whole number."""
        return int(self.number(name))

    def word(self, name: str) -> str:
        """A setting that is a word."""
        return str(self.settings[name])

    def delay_s(self) -> float:
        """`delay_s`, or a delay drawn between it and `delay_max_s`, short ones more often."""
        least, most = self.number("delay_s"), self.number("delay_max_s")
        if most <= least:
            return least
        return self.chance.between(max(least, 1e-3), most)

    def desks(self) -> list[SymbolDesk]:
        """The symbol the fault is limited to, or every symbol of the market."""
        desks = self.world.state.desks
        if not self.symbol:
            return list(desks.values())
        return [desks[self.symbol]] if self.symbol in desks else []

    def until_ms(self) -> int:
        """The UTC millisecond at which the episode that begins now ends."""
        return self.world.after_ms(self.for_s)

    def happened(self, detail: str) -> None:
        """Log something that the fault does later, outside any call."""
        self.world.happened(self.fault_id, detail)
