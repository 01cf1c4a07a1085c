"""Random valid arguments for the circuit breakers' rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bot.model.breakers import (
    CountLimits,
    DisconnectLimits,
    DiskLimits,
    DrawdownLimits,
    MemoryLimits,
    RapidLossLimits,
    SlippageLimits,
    SpreadRegimeLimits,
    Trip,
)

Generator = np.random.Generator

RAPID = RapidLossLimits(use=True, action=2, max_peak_fraction=0.02, window_s=300.0)
DRAWDOWN = DrawdownLimits(use=True, action=1, max_base_fraction=0.03)
COUNT = CountLimits(use=True, action=1, max_count=10)
SLIPPAGE = SlippageLimits(
    use=True,
    action=1,
    mean_max_r=0.1,
    mean_fills_count=20,
    mean_fills_min_count=8,
    single_max_r=0.5,
    wait_s=3_600.0,
)
SPREADS = SpreadRegimeLimits(
    use=True,
    action=1,
    wide_factor=3.0,
    symbols_max_fraction=0.5,
    symbols_healed_fraction=0.2,
    symbols_min_count=4,
    wait_s=900.0,
)
DISCONNECTS = DisconnectLimits(use=True, action=1, max_count=5, wait_s=1_800.0)
DISK = DiskLimits(use=True, action=1, free_min_bytes=5e8, free_healed_bytes=1e9, wait_s=300.0)
MEMORY = MemoryLimits(use=True, action=1, own_max_bytes=1.5e9, own_healed_bytes=1.2e9, wait_s=300.0)


def money(rng: Generator) -> float:
    return float(rng.uniform(15_000.0, 25_000.0)) if rng.random() > 0.1 else 0.0


def count(rng: Generator) -> int:
    return int(rng.integers(0, 20))


def trip(rng: Generator) -> Trip:
    healed = float(rng.uniform(0.0, 2e4)) if rng.random() > 0.3 else 0.0
    return Trip(int(rng.integers(0, 4)), float(rng.uniform(0.0, 1e4)), healed)


GENERATORS: dict[str, Callable[[Generator], tuple[object, ...]]] = {
    "bot.rules.breakers.under_ceiling": lambda r: (r.uniform(), r.uniform(), r.uniform()),
    "bot.rules.breakers.above_floor": lambda r: (r.uniform(), r.uniform(), r.uniform()),
    "bot.rules.breakers.is_loss": lambda r: (r.normal(), r.normal() * 0.1, 0.05),
    "bot.rules.breakers.is_win": lambda r: (r.normal(),),
    "bot.rules.breakers.losses_in_a_row": lambda r: (count(r), count(r)),
    "bot.rules.breakers.rapid_loss": lambda r: (money(r), money(r), RAPID),
    "bot.rules.breakers.daily_drawdown": lambda r: (money(r), money(r), DRAWDOWN),
    "bot.rules.breakers.day_count": lambda r: (count(r), COUNT),
    "bot.rules.breakers.slippage": lambda r: (
        r.uniform(0.0, 0.2),
        count(r),
        r.uniform(0.0, 0.7),
        SLIPPAGE,
    ),
    "bot.rules.breakers.is_spread_wide": lambda r: (r.uniform(0.0, 5.0), count(r) / 4, SPREADS),
    "bot.rules.breakers.spread_regime": lambda r: (count(r) // 2, count(r), SPREADS),
    "bot.rules.breakers.disconnects": lambda r: (count(r), r.uniform(0.0, 4e3), DISCONNECTS),
    "bot.rules.breakers.disk": lambda r: (r.uniform(0.0, 2e9), DISK),
    "bot.rules.breakers.memory": lambda r: (r.uniform(0.0, 2e9), MEMORY),
    "bot.rules.breakers.is_reset_due": lambda r: (
        int(r.integers(0, 4)),
        trip(r),
        int(r.integers(0, 4)),
        r.uniform(0.0, 2e4),
        3_600.0,
    ),
}
