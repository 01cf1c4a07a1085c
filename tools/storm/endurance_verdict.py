"""When a long life counts as bounded: rules stated before the run, judged after it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Final

from tools.storm.endurance_gauge import Period

WARM_UP_FRACTION: Final = 0.25
"""Caches, look-back windows and pools fill in the first quarter; growth counts from there."""

GROWTH_MAX_MIB_PER_YEAR: Final = 32.0
CYCLE_GROWTH_MAX: Final = 1.5
"""The machine is shared; a cycle that grows with history would pass this within months."""

_YEAR_DAYS: Final = 365.0
_PERIODS_MIN_COUNT: Final = 4

RULES: Final = (
    f"after the first quarter, resident memory grows by at most {GROWTH_MAX_MIB_PER_YEAR:.0f} MiB "
    "a year (least squares)",
    "no more open handles and no more threads at any later measurement than after the first "
    "quarter",
    f"the median cycle of the last quarter takes at most {CYCLE_GROWTH_MAX} times that of the "
    "second",
)


def complaints(periods: Sequence[Period]) -> list[str]:
    """What is not bounded, a sentence each."""
    settled = _settled(periods)
    if len(periods) < _PERIODS_MIN_COUNT:
        return [f"{len(periods)} periods are too few to judge: measure more often or longer"]
    found = []
    growth = growth_mib_per_year(periods)
    if growth > GROWTH_MAX_MIB_PER_YEAR:
        found.append(f"memory grows by {growth:.1f} MiB a year")
    for name in ("handles_count", "threads_count"):
        first, most = getattr(settled[0], name), max(getattr(one, name) for one in settled)
        if most > first:
            found.append(f"{name} went from {first} to {most}")
    early, late = _cycle_ms(settled[: len(settled) // 3]), _cycle_ms(settled[-len(settled) // 3 :])
    if late > CYCLE_GROWTH_MAX * early:
        found.append(f"the median cycle went from {early:.2f} to {late:.2f} ms")
    return found


def growth_mib_per_year(periods: Sequence[Period]) -> float:
    """Slope of resident memory after the warm-up, over a year."""
    settled = _settled(periods)
    if len(periods) < _PERIODS_MIN_COUNT:
        return 0.0
    days = [period.day for period in settled]
    slope, _ = statistics.linear_regression(days, [period.resident_mib for period in settled])
    return round(slope * _YEAR_DAYS, 2)


def _settled(periods: Sequence[Period]) -> Sequence[Period]:
    return periods[int(WARM_UP_FRACTION * len(periods)) :]


def _cycle_ms(periods: Sequence[Period]) -> float:
    return statistics.median(period.cycle_median_ms for period in periods)
