"""Which symbols move together: groups from daily returns, by asset class until enough are known."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from bot.model.exposure import CorrelationSettings, Returns
from bot.model.market import FloatArray
from bot.rules._rule import rule

_DEAD = -1.0
_LEAST_PAIRS = 3  # two points always lie on a line
_STILL = 1e-18  # a constant's noise is no movement; daily returns square to 1e-5


@rule
def log_returns(closes: FloatArray) -> FloatArray:
    """Returns between neighbouring columns of closes, a row per symbol; NaN where one misses."""
    rows_count, days_count = closes.shape
    found = np.full((rows_count, max(0, days_count - 1)), math.nan)
    for row in range(rows_count):
        for day in range(days_count - 1):
            before, after = float(closes[row, day]), float(closes[row, day + 1])
            if before > 0.0 and after > 0.0:
                found[row, day] = math.log(after / before)
    return found


@rule
def mean_of(values: FloatArray) -> float:
    """The mean, summed in order, so that compiled and plain agree to the last bit."""
    total = 0.0
    for value in values:
        total += float(value)
    return total / len(values)


@rule
def pair_correlation(first: FloatArray, second: FloatArray, bars_min_count: int) -> float:
    """Pearson's correlation over the days both have; NaN with too few, or when one stands still."""
    both = np.isfinite(first) & np.isfinite(second)
    a, b = first[both], second[both]
    if len(a) < max(bars_min_count, _LEAST_PAIRS):
        return math.nan
    a_mean, b_mean = mean_of(a), mean_of(b)
    aa, bb, ab = 0.0, 0.0, 0.0
    for day in range(len(a)):
        from_a, from_b = float(a[day]) - a_mean, float(b[day]) - b_mean
        aa += from_a * from_a
        bb += from_b * from_b
        ab += from_a * from_b
    scale = math.sqrt(aa * bb)
    if not scale > _STILL:
        return math.nan
    return max(-1.0, min(1.0, ab / scale))


@rule
def likeness(returns: Returns, s: CorrelationSettings) -> FloatArray:
    """How alike each two symbols are, 0 to 1: the size of their correlation, whatever its sign.

    A pair that shares too few days is one when of one asset class, and nothing otherwise.
    """
    count = len(returns.asset_classes)
    alike = np.eye(count)
    for i in range(count):
        for j in range(i + 1, count):
            found = abs(pair_correlation(returns.values[i], returns.values[j], s.bars_min_count))
            if math.isnan(found):
                found = 1.0 if returns.asset_classes[i] == returns.asset_classes[j] else 0.0
            alike[i, j] = found
            alike[j, i] = found
    return alike


@rule
def groups_of(alike: FloatArray, s: CorrelationSettings) -> NDArray[np.int64]:
    """The group of each symbol, named by its first member: within one, each two are alike.

    Complete linkage: the two most alike groups are joined while every pair across them reaches
    `alike_min`; of equals the first in order. A chain of likenesses makes no group.
    """
    count = len(alike)
    group = np.arange(count)
    links = np.triu(alike, 1)
    for i in range(count):
        for j in range(i + 1):
            links[i, j] = _DEAD
    while count > 1:
        place = int(np.argmax(links))
        first, second = place // count, place % count
        if not links[first, second] >= s.alike_min:
            break
        links = joined(links, first, second)
        for i in range(count):
            if group[i] == second:
                group[i] = first
    return group


@rule
def joined(links: FloatArray, first: int, second: int) -> FloatArray:
    """The links with `second` part of `first` (the smaller): a group's least alike pair counts."""
    links = links.copy()
    count = len(links)
    for k in range(count):
        if k in (first, second):
            continue
        low, high = min(first, k), max(first, k)
        far_low, far_high = min(second, k), max(second, k)
        links[low, high] = min(links[low, high], links[far_low, far_high])
        links[far_low, far_high] = _DEAD
    links[first, second] = _DEAD
    return links
