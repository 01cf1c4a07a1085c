"""Questions to the breakers' rules over grids; a parameter is alive when an answer differs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from bot.live.breaker_state import EquitySample, note_equity
from bot.model.breakers import Breaker, BreakerSettings, ResetRule, Trip
from bot.model.settings import BotSettings
from bot.rules import breakers as rules

SHELL_ONLY = {
    "breakers.check_s",
    "breakers.day_losses.when",
    "breakers.slippage.mean_fills_count",
    *(f"breakers.{breaker.value}.{field}" for breaker in Breaker for field in ("use", "action")),
}
"""What the shell does with a breaker: whether it looks, how often, and what then happens."""


def breaker_answers(settings: BotSettings) -> Iterator[Any]:
    s = settings.breakers
    yield from _counts(s)
    yield from _shares(s)
    yield from _machine(s)
    yield from _waits(s)


def _counts(s: BreakerSettings) -> Iterator[Any]:
    for limits in (s.consecutive_losses, s.day_losses):
        for row in range(25):
            yield rules.losses_in_a_row(row, limits.max_count)
        for thousandth in range(600):
            yield rules.is_loss(-1.0, -thousandth / 1_000, limits.scratch_r)
    for limits in (s.trades_per_day, s.requests_soft, s.requests_hard):
        for count in range(2_100):
            yield rules.day_count(count, limits)
    for count in range(60):
        yield rules.disconnects(count, 10.0, s.disconnects)


def _shares(s: BreakerSettings) -> Iterator[Any]:
    for step in range(1_200):
        share = step / 10_000
        yield rules.rapid_loss(1.0, 1.0 - share, s.rapid_loss)
        yield rules.daily_drawdown(1.0, 1.0 - share, s.daily_drawdown)
        yield rules.slippage(step / 200, 100, 0.0, s.slippage)
        yield rules.slippage(0.0, 100, step / 200, s.slippage)
        yield rules.is_spread_wide(step / 50, 1.0, s.spread_regime)
    for count in range(110):
        yield rules.slippage(9.0, count, 0.0, s.slippage)
    for wide, judged in product(range(101), (1, 2, 3, 4, 5, 6, 8, 12, 100)):
        yield rules.spread_regime(min(wide, judged), judged, s.spread_regime)
    falling: list[EquitySample] = []
    for second in range(0, 8_000, 5):
        sample = EquitySample(float(second), -float(second))
        yield note_equity(falling, sample, s.rapid_loss.window_s)


def _machine(s: BreakerSettings) -> Iterator[Any]:
    for megabytes in range(0, 100_000, 25):
        yield rules.disk(megabytes * 1e6, s.disk)
        yield rules.memory(megabytes * 1e6, s.memory)


def _waits(s: BreakerSettings) -> Iterator[Any]:
    waits = {
        ResetRule.TIME: (s.slippage.wait_s,),
        ResetRule.HEALED: (s.spread_regime.wait_s, s.disk.wait_s, s.memory.wait_s),
    }
    for minute in range(11_000):
        for rule, each in waits.items():
            for wait_s in each:
                trip = Trip(0, 1.0, 1.0)
                yield rules.is_reset_due(rule.value, trip, 0, 1.0 + minute * 60.0, wait_s)
        yield rules.disconnects(1, minute * 60.0, s.disconnects)
