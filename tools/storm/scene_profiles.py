"""How the trader is set up in a storm: the shipped parameters, made to trade every few hours."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from math import nan
from pathlib import Path
from typing import Final

from bot.cli.simulated_account import simulated_settings
from bot.model.settings import BotSettings
from bot.params import load_settings
from tools.storm.scene_markets import SYMBOLS

PARAMS: Final = Path(__file__).resolve().parents[2] / "params" / "current_params.json"
CYCLE_S: Final = 10.0


@lru_cache(maxsize=1)
def eager_settings() -> BotSettings:
    """The shipped settings on a simulated account, but with a trade wherever one may be seen."""
    settings = simulated_settings(load_settings(PARAMS), SYMBOLS)
    signal = settings.signal
    return replace(
        settings,
        schedule=replace(
            settings.schedule,
            poll_interval_s=CYCLE_S,
            save_at_least_every_s=600.0,
            spread_sample_s=1_800.0,
        ),
        signal=signal._replace(
            score_min_fraction=0.1,
            levels=signal.levels._replace(rr_min_r=0.2, entry_at_close_atr=1.5, stop_max_atr=6.0),
            filters=signal.filters._replace(passes_min_count=0),
        ),
        entry=settings.entry._replace(expiry_s=36_000.0, spread_max_r=0.2),
        risk=settings.risk._replace(entries_per_day_max_count=30),
    )


def _shipped(settings: BotSettings) -> BotSettings:
    return settings


def _two_legs(settings: BotSettings) -> BotSettings:
    exits = settings.exits._replace(
        targets_r=(0.4, 0.9), close_fractions=(0.5, 0.5), stops_after_r=(0.0, nan)
    )
    return replace(settings, exits=exits)


def _small_lots(settings: BotSettings) -> BotSettings:
    """So little risk that a leg is a step or two, and remainders go below the least lot."""
    fraction = 0.0004
    risk = settings.risk._replace(
        risk_per_trade_balance_fraction=fraction, risk_reduced_balance_fraction=fraction / 2
    )
    return replace(settings, risk=risk)


def _trailing(settings: BotSettings) -> BotSettings:
    exits = settings.exits._replace(trail_start_r=0.4, trail_distance_r=0.5, time_stop_s=14_400.0)
    return replace(settings, exits=exits)


def _quick(settings: BotSettings) -> BotSettings:
    targets = tuple(0.3 * target for target in settings.exits.targets_r)
    exits = settings.exits._replace(targets_r=targets, stale_after_s=7_200.0)
    return replace(settings, exits=exits)


PROFILES: Final[dict[str, Callable[[BotSettings], BotSettings]]] = {
    "shipped": _shipped,
    "two legs": _two_legs,
    "small lots": _small_lots,
    "trailing": _trailing,
    "quick": _quick,
}


def drawn_settings(rng: random.Random) -> tuple[str, BotSettings]:
    """A profile's name and its settings, by chance."""
    name = rng.choice(tuple(PROFILES))
    return name, PROFILES[name](eager_settings())
