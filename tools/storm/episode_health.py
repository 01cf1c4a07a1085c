"""How long what must be short took, and whether everything came right: by the broker's books."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.live.build import Bot
from bot.live.recovery import UNKNOWN_POSITIONS
from bot.live.state import SetupStatus
from bot.simulator.state import Position, RestingOrder
from tools.storm.model import Scene
from tools.storm.results import Recovery
from tools.storm.scene_plan import server_of


def own_positions(scene: Scene) -> list[Position]:
    """Positions of the account the bot is pinned to that the bot opened."""
    return [p for p in server_of(scene.terminal).state.positions.values() if _is_own(scene, p)]


def own_orders(scene: Scene) -> list[RestingOrder]:
    """Orders of ours that rest at the broker."""
    return [o for o in server_of(scene.terminal).state.orders.values() if _is_own(scene, o)]


def _is_own(scene: Scene, row: Position | RestingOrder) -> bool:
    return row.magic >> 48 == scene.settings.magic_base


class Spells:
    """Counts the seconds a bad condition lasted while the trader could have done something."""

    def __init__(self) -> None:
        self.recovery = Recovery()
        self._at_utc_s = 0.0
        self._naked: dict[int, float] = {}
        self._unknown: dict[int, float] = {}
        self._unflat_s = 0.0
        self._is_flattening = False

    def look(self, scene: Scene, *, could_act: bool) -> None:
        """Look after a cycle; `could_act` is whether it saw the terminal and could trade."""
        passed_s = scene.now_utc_s - self._at_utc_s if self._at_utc_s else 0.0
        self._at_utc_s = scene.now_utc_s
        counted_s = passed_s if could_act else 0.0
        naked = {p.ticket for p in own_positions(scene) if p.sl <= 0.0}
        self._naked = _longer(self._naked, naked, counted_s)
        found = self.recovery
        found.naked_stop_s = max(found.naked_stop_s, *self._naked.values(), 0.0)
        bot = scene.bot
        if bot is None:
            return
        unknown = {i.intent_id for i in bot.state.intents.values() if i.is_unknown}
        self._unknown = _longer(self._unknown, unknown, counted_s)
        found.unknown_s = max(found.unknown_s, *self._unknown.values(), 0.0)
        self._look_at_flatten(bot, scene, counted_s)

    def _look_at_flatten(self, bot: Bot, scene: Scene, counted_s: float) -> None:
        is_wanted = any(h.flattens and not h.is_flat_confirmed for h in bot.state.halts.values())
        is_open = bool(own_positions(scene) or own_orders(scene))
        is_counted = is_wanted and is_open and self._is_flattening
        self._unflat_s = self._unflat_s + counted_s if is_counted else 0.0
        self._is_flattening = is_wanted and is_open
        self.recovery.flat_s = max(self.recovery.flat_s, self._unflat_s)


def _longer(before: dict[int, float], now: set[int], passed_s: float) -> dict[int, float]:
    return {key: before[key] + passed_s if key in before else 0.0 for key in now}


_SETTLED: Final = (SetupStatus.FILLED, SetupStatus.PENDING)


def unsettled(scene: Scene) -> Iterator[str]:
    """What is not yet right, in words; nothing when trader and broker agree (I21)."""
    bot = scene.bot
    if bot is None:
        yield "no trader runs"
        return
    if bot.blind_since_utc_s:
        yield "the trader is blind"
    yield from _open_questions(bot)
    if UNKNOWN_POSITIONS not in bot.state.halts:  # there a person has to decide what they are
        yield from _differences(scene, bot)


def _open_questions(bot: Bot) -> Iterator[str]:
    for intent in bot.state.intents.values():
        if intent.is_unknown:
            yield f"intent {intent.intent_id} {intent.action} is UNKNOWN"
    for halt in bot.state.halts.values():
        if halt.flattens and not halt.is_flat_confirmed:
            yield f"halt {halt.kind} is not flat yet"
        if not halt.reason:
            yield f"halt {halt.kind} has no reason"


def _differences(scene: Scene, bot: Bot) -> Iterator[str]:
    setups = bot.state.live_setups(*_SETTLED)
    ladders = {s.ladder.position_id for s in setups if s.ladder is not None}
    tickets = {s.order_ticket for s in setups if s.status == SetupStatus.PENDING}
    held = {p.identifier: p for p in own_positions(scene)}
    resting = {o.ticket for o in own_orders(scene)}
    for position_id in sorted(ladders ^ set(held)):
        yield f"position {position_id} is known to one side only"
    for ticket in sorted(tickets ^ resting):
        yield f"order {ticket} is known to one side only"
    for position in held.values():
        if position.sl <= 0.0:
            yield f"position {position.ticket} has no stop"
