"""Markets made once and lived through by many seeds, each from a day of its own on."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.adapters.calendar_declared import DeclaredCalendar
from bot.cli.demo import window
from bot.rules.calendar import DAY_S
from bot.simulator.feed import Market
from bot.simulator.generated import generated_market
from bot.simulator.generated_news import generated_news

SYMBOLS: Final = ("EURUSD", "USDJPY", "XAUUSD", "BTCUSD")
"""A pair in dollars, one that has to be converted, a metal, and one that never rests."""

MARKETS_COUNT: Final = 4
START_DAYS_COUNT: Final = 28
"""A seed begins on one of so many days; the changes of the clocks in March lie among them."""

_DAYS_STEP: Final = 10


@dataclass(frozen=True, slots=True)
class Stretch:
    """A market, its announced releases, and the days of it that are lived."""

    market: Market
    calendar: DeclaredCalendar
    start_utc_s: float
    end_utc_s: float


def stretch_for(seed: int, rng: random.Random, days_count: int) -> Stretch:
    """The days a seed lives through: `days_count` server days from a drawn one on."""
    market, calendar = _prepared(seed % MARKETS_COUNT, -(-days_count // _DAYS_STEP) * _DAYS_STEP)
    first_day = 1 + rng.randrange(START_DAYS_COUNT)
    start_utc_s = market.start_utc_s + first_day * DAY_S + rng.randrange(DAY_S)
    return Stretch(market, calendar, start_utc_s, start_utc_s + days_count * DAY_S)


@lru_cache(maxsize=2 * MARKETS_COUNT)
def _prepared(number: int, days_count: int) -> tuple[Market, DeclaredCalendar]:
    """A market long enough for any start, with room for healing behind it."""
    start_utc_s = int(window(1)[0])
    count = days_count + START_DAYS_COUNT + 4
    market = generated_market(number, SYMBOLS, start_utc_s, count)
    news = generated_news(number, start_utc_s, count)
    return market, DeclaredCalendar("generated market", news)
