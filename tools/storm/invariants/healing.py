"""I21, I22: what was broken comes right by itself, and meanwhile somebody hears of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.live.state import BotState, SetupStatus, state_from_document
from bot.watch.exposure import is_exposed
from tools.storm.invariants.memory import generations_on_disk
from tools.storm.invariants.sight import Sight, Watcher
from tools.storm.invariants.tradable import takes_close, tolerance_price
from tools.storm.model import Scene

_LOTS_NOISE: Final = 1e-6
_UNSEEN_S: Final = 60.0
_ALERT_S: Final = 90.0


class Heals(Watcher):
    """I21: once all faults are healed, everything is resolved and consistent within 15 minutes.

    Compared after the healing phase, the trader's state with the server's books, both ways: the
    trader runs; no request's outcome is open; each own position has a stop and is held by one
    filled setup with its volume and stop; each own order belongs to one pending setup; no setup
    waits for what is not there. What cannot be closed now (its market is closed) is not asked to
    be consistent in volume.
    """

    invariant_id = "I21"

    def at_end(self, scene: Scene) -> Iterable[str]:
        """The whole account."""
        self.sight.look(scene, self)
        self.checked_count += 1
        if scene.bot is None:
            yield "no trader runs"
            return
        state = scene.bot.state
        for intent in state.intents.values():
            yield f"intent {intent.intent_id} {intent.action} {intent.symbol} is still open"
        yield from self._positions(state)
        yield from self._orders(state)

    def _positions(self, state: BotState) -> Iterable[str]:
        filled = state.live_setups(SetupStatus.FILLED)
        ladders = {s.ladder.position_id: s.ladder for s in filled if s.ladder is not None}
        for position in self.sight.own_positions:
            name = f"position {position.ticket} {position.desk.name}"
            if position.sl <= 0.0:
                yield f"{name} has no stop"
            ladder = ladders.pop(position.identifier, None)
            if ladder is None:
                yield f"{name} is held by no setup"
                continue
            if abs(position.sl - ladder.stop_price) > tolerance_price(position.desk):
                yield f"{name} has stop {position.sl}, its setup says {ladder.stop_price}"
            is_free = takes_close(self.sight.server, position)
            if is_free and ladder.keep_lots and position.lots > ladder.keep_lots + _LOTS_NOISE:
                yield f"{name} has {position.lots:g} lots, {ladder.keep_lots:g} are to be kept"
            if is_free and ladder.close_reason:
                yield f"{name} was to be closed for {ladder.close_reason} and is not"
        for position_id in ladders:
            yield f"a setup holds position {position_id}, which is not at the server"

    def _orders(self, state: BotState) -> Iterable[str]:
        waiting = {s.order_ticket: s.setup_id for s in state.live_setups(SetupStatus.PENDING)}
        for order in self.sight.own_orders:
            if waiting.pop(order.ticket, None) is None and order.closes is None:
                yield f"order {order.ticket} {order.desk.name} rests and no setup waits for it"
        for ticket, setup_id in waiting.items():
            yield f"setup {setup_id} waits for order {ticket}, which is not at the server"


class IsHeardOf(Watcher):
    """I22: exposure with a stall or blindness of over 60 s is alerted by somebody else within 90 s.

    The alert is the supervisor's: it tells when no cycle was completed for 60 s by the heartbeat
    and the snapshot on disk shows exposure (`bot.watch`). The heartbeat is a plain counter, so what
    can fail is the snapshot: compared, once nothing was completed for 90 true seconds while the
    server holds something of ours, is what the supervisor would read there. A snapshot that cannot
    be read counts as exposed.
    """

    invariant_id = "I22"

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self._is_judged = False
        self.alerts_count = 0

    def after_cycle(self, scene: Scene) -> Iterable[str]:
        """Whether it would be told."""
        self.sight.look(scene, self)
        unseen_s = scene.now_utc_s - self.sight.reach.completed_utc_s
        is_held = bool(self.sight.own_positions or self.sight.own_orders)
        if unseen_s < _ALERT_S or not is_held or not self.sight.reach.completed_utc_s:
            self._is_judged = unseen_s >= _UNSEEN_S and self._is_judged
            return
        if self._is_judged:
            return
        self._is_judged = True
        self.checked_count += 1
        generations = generations_on_disk(scene)
        if is_exposed(generations[0].document if generations else None):
            self.alerts_count += 1
            return
        if self.sight.damage.is_fresh:
            return  # an old backup was laid in its place
        yield f"no cycle for {unseen_s:.0f} s with something open, and the snapshot shows nothing"


def saved_state(scene: Scene) -> BotState | None:
    """The newest valid generation on disk as a state; None without one."""
    generations = generations_on_disk(scene)
    return state_from_document(generations[0].document) if generations else None
