"""Setups by the day: what the scanner would find too rarely for a storm to have work."""

from __future__ import annotations

import random
from typing import Final

from bot.live.as_rules import side_name
from bot.live.build import Bot
from bot.live.state import Setup, SetupStatus
from bot.model.events import SetupCreated
from bot.simulator.state import SymbolDesk
from tools.storm.model import Scene
from tools.storm.scene_plan import server_of

_MEAN_GAP_S: Final = 5_400.0
_STOP_FRACTION: Final = {"EURUSD": 0.0016, "USDJPY": 0.0018, "XAUUSD": 0.003, "BTCUSD": 0.006}
"""Of the price: far enough from the spread, near enough to be reached within hours."""

_DISTANCES_R: Final = ((0.0, 0.05), (0.06, 0.3), (0.31, 1.4))
"""At market, by a limit order, or in waiting (DESIGN.md section 4)."""

_ORDINARY_POINTS: Final = 4.0


class SetupSource:
    """Puts a setup into the entry queue now and then, as the scanner does when it finds one."""

    def __init__(self, rng: random.Random, start_utc_s: float) -> None:
        self._rng = rng
        self._due_utc_s = start_utc_s + rng.uniform(60.0, _MEAN_GAP_S)

    def before_cycle(self, scene: Scene) -> bool:
        """Add one if it is time and a symbol is free; whether one was added."""
        bot = scene.bot
        if bot is None or scene.now_utc_s < self._due_utc_s:
            return False
        self._due_utc_s = scene.now_utc_s + self._rng.expovariate(1.0 / _MEAN_GAP_S)
        symbol = self._rng.choice([item.symbol for item in scene.settings.symbols])
        band = self._rng.choice(_DISTANCES_R)
        shape = self._rng.choice((1, -1)), self._rng.uniform(*band)
        if bot.state.day is None or bot.state.live_setup_of(symbol) is not None:
            return False
        return self._add(scene, bot, symbol, shape)

    def _add(self, scene: Scene, bot: Bot, symbol: str, shape: tuple[int, float]) -> bool:
        state = server_of(scene.terminal).state
        desk = state.desks.get(symbol)
        if desk is None:
            return False
        desk.tape.seek(state.now_ms)
        side, distance_r = shape
        price = desk.tape.ask if side > 0 else desk.tape.bid
        one_r = price * _STOP_FRACTION.get(symbol, 0.002) * self._rng.uniform(0.7, 1.6)
        entry = _on_tick(price - side * distance_r * one_r, desk)
        _create(bot, symbol, side, (entry, _on_tick(entry - side * one_r, desk)))
        return True


def _create(bot: Bot, symbol: str, side: int, prices: tuple[float, float]) -> None:
    state, now = bot.state, bot.ports.clock.now_utc_s()
    setup = Setup(
        setup_id=state.next_setup_id,
        symbol=symbol,
        side=side,
        entry_price=prices[0],
        stop_price=prices[1],
        points=_ORDINARY_POINTS,
        bar_utc_s=now - 86_400.0,
        created_utc_s=now,
        expires_utc_s=now + bot.settings.entry.expiry_s,
        status=SetupStatus.AWAITING_ENTRY,
        since_utc_s=now,
    )
    state.next_setup_id += 1
    state.setups[setup.setup_id] = setup
    bot.record.event(
        SetupCreated(
            setup_id=setup.setup_id,
            symbol=symbol,
            side=side_name(side),
            entry_price=setup.entry_price,
            stop_price=setup.stop_price,
            points=setup.points,
            expires_utc_s=setup.expires_utc_s,
        )
    )


def _on_tick(price: float, desk: SymbolDesk) -> float:
    tick = desk.contract.tick_size
    return round(round(price / tick) * tick, 10)
