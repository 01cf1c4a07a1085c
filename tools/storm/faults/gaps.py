"""Prices that fill several resting orders at once."""

from __future__ import annotations

from typing import Final

from bot.simulator.state import RestingOrder
from tools.storm.faults.hands import own_orders
from tools.storm.faults.injector import SceneInjector
from tools.storm.model import Scene

_TWO: Final = 2
_BEYOND_FRACTION: Final = 0.0001


class FillTogether(SceneInjector):
    """T08: all prices jump so that two resting orders or more fill with the same quote."""

    def is_ready(self, scene: Scene) -> bool:
        """When two or more of ours rest."""
        return len(own_orders(scene)) >= _TWO

    def strike(self, scene: Scene) -> None:
        """Let each of their symbols jump a little beyond its order's price."""
        for order in own_orders(scene):
            tape = order.desk.tape
            quote = tape.ask if order.side > 0 else tape.bid
            away_fraction = order.side * (quote - order.price) / quote
            scene.plan.add(
                "B32",
                at_utc_s=scene.terminal.now_utc_s,
                symbol=order.desk.name,
                fraction=min(0.5, max(0.0, away_fraction) + _BEYOND_FRACTION),
                direction=_towards(order),
            )
        scene.struck(self.fault_id)


def _towards(order: RestingOrder) -> str:
    """A limit to buy fills below the market, one to sell above it."""
    return "down" if order.side > 0 else "up"
