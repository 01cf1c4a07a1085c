"""Questions to the rules of the no-breach gate and of the loss ladders."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from bot.model.account import NO_TRAIL, Account, TradingDay
from bot.model.reserves import Occasion
from bot.model.settings import BotSettings
from bot.rules.loss_ladders import emergency, total_loss_factor
from bot.rules.reserves import gap_fraction, slippage_reserve_r

_BALANCE = 20_000.0
_CLASSES = ("fx", "metal", "index", "crypto", "")


def gate_answers(settings: BotSettings) -> Iterator[Any]:
    """Gaps of every class and occasion, and the slippage fitted from few and many fills."""
    gate = settings.gate
    for flags in product((False, True), repeat=3):
        occasion = Occasion(*flags)
        for name in _CLASSES:
            yield gap_fraction(gate.gaps_of("EURUSD", name), occasion)
        yield gap_fraction(gate.gaps_of("XAGUSD", "metal"), occasion)
        yield gap_fraction(gate.gaps_of("XAUUSD", "metal"), occasion)
    for count in range(250):
        fills = np.linspace(0.0, 1.0, count)
        yield slippage_reserve_r(fills, settings.risk.slippage_reserve_r, gate.slippage)


def ladder_answers(settings: BotSettings) -> Iterator[Any]:
    """Every rung of the day and of the total loss, a few cents apart."""
    for lost in range(0, 2_500, 5):
        account = Account(_BALANCE, _BALANCE - lost, 0.0, _BALANCE - lost)
        day = TradingDay(1, _BALANCE, _BALANCE, NO_TRAIL)
        yield emergency(day, account, settings.ladders, settings.brakes, settings.rules)
        yield total_loss_factor(day, account, settings.ladders, settings.rules)
