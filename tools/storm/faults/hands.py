"""What people do to the account beside the trader: close, delete, move stops, pay in and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.simulator.server import TradeServer
from bot.simulator.state import Position, RestingOrder, ServerState, SymbolDesk
from tools.storm.faults.draws import Setting
from tools.storm.faults.injector import LastingInjector, SceneInjector
from tools.storm.model import Scene

_QUOTE_AGE_MAX_MS: Final = 300_000


def server_of(scene: Scene) -> TradeServer:
    """The server of the account, beneath all faults."""
    return scene.terminal._server


def books_of(scene: Scene) -> ServerState:
    """The server's books."""
    return server_of(scene).state


def own_positions(scene: Scene) -> list[Position]:
    """Open positions with a magic, in a market that is quoted, by ticket."""
    state = books_of(scene)
    own = [p for p in state.positions.values() if p.magic and is_quoted(state, p.desk)]
    return sorted(own, key=lambda position: position.ticket)


def own_orders(scene: Scene) -> list[RestingOrder]:
    """Resting orders with a magic, by ticket."""
    state = books_of(scene)
    own = [o for o in state.orders.values() if o.magic and is_quoted(state, o.desk)]
    return sorted(own, key=lambda order: order.ticket)


def is_quoted(state: ServerState, desk: SymbolDesk) -> bool:
    """Whether the symbol has had a quote within the last minutes: people trade only then."""
    desk.tape.seek(state.now_ms)
    return state.now_ms - desk.tape.time_ms <= _QUOTE_AGE_MAX_MS


class ManualClose(SceneInjector):
    """H01: a person closes one of our positions, wholly or in part."""

    def is_ready(self, scene: Scene) -> bool:
        """When there is one."""
        return bool(own_positions(scene))

    def strike(self, scene: Scene) -> None:
        """Close it."""
        position = self.rng.choice(own_positions(scene))
        lots = 0.0
        if self.word("part") == "half":
            step = position.desk.contract.volume_step
            lots = round(max(1, int(position.lots / 2 / step)) * step, 8)
        scene.terminal.operator.close_position(position.ticket, lots)
        scene.struck(self.fault_id)


class ManualDelete(SceneInjector):
    """H04: a person deletes one of our resting orders."""

    def is_ready(self, scene: Scene) -> bool:
        """When there is one."""
        return bool(own_orders(scene))

    def strike(self, scene: Scene) -> None:
        """Delete it."""
        scene.terminal.operator.delete_order(self.rng.choice(own_orders(scene)).ticket)
        scene.struck(self.fault_id)


class ManualStop(SceneInjector):
    """H02: a person removes, loosens or tightens the stop of one of our positions (`how`)."""

    def is_ready(self, scene: Scene) -> bool:
        """When one has a stop."""
        return bool(self._with_stop(scene))

    def strike(self, scene: Scene) -> None:
        """Move it; the target stays."""
        position = self.rng.choice(self._with_stop(scene))
        price, stop = position.closing_price, position.sl
        shares = {"removed": None, "loosened": -0.6, "tightened": 0.3}
        share = shares[self.word("how", "removed")]
        moved = 0.0 if share is None else stop + share * (price - stop)
        scene.terminal.operator.move_levels(position.ticket, moved, position.tp)
        scene.struck(self.fault_id)

    def _with_stop(self, scene: Scene) -> list[Position]:
        return [position for position in own_positions(scene) if position.sl > 0.0]


class ManualTrade(LastingInjector):
    """H03: a person opens a position, keeps it for `for_s` seconds and closes it again."""

    def __init__(self, fault_id: str, parameters: Mapping[str, Setting]) -> None:
        super().__init__(fault_id, parameters)
        self._ticket = 0

    def can_begin(self, scene: Scene) -> bool:
        """When something is quoted."""
        return bool(self._symbols(scene))

    def begin(self, scene: Scene) -> None:
        """Open it at the market."""
        state, symbol = books_of(scene), self.rng.choice(self._symbols(scene))
        before = set(state.positions)
        scene.plan.add(
            "B43",
            at_utc_s=scene.terminal.now_utc_s,
            symbol=symbol,
            side=self.word("side", "buy"),
            lots=self.number("lots"),
        )
        self._ticket = next(iter(set(state.positions) - before), 0)
        if self._ticket:
            scene.struck(self.fault_id)

    def end(self, scene: Scene) -> None:
        """Close it, if nothing else did."""
        if self._ticket in books_of(scene).positions:
            scene.terminal.operator.close_position(self._ticket)

    def _symbols(self, scene: Scene) -> list[str]:
        state = books_of(scene)
        return [name for name, desk in sorted(state.desks.items()) if is_quoted(state, desk)]


class CashMove(SceneInjector):
    """H05: money is paid in, or out (`money` below 0)."""

    def strike(self, scene: Scene) -> None:
        """Book it."""
        scene.terminal.operator.deposit(round(self.number("money"), 2))
        scene.struck(self.fault_id)
