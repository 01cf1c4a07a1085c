"""When most of the board has wide spreads: the breaker's whole life, from prices alone.

The trader's gauge looks every few minutes, outside the rollover, at spreads against each symbol's
own percentile of the hour; neither depends on the account, so it is lived once per market.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.backtest.compiled import compiled, machine
from bot.backtest.inputs import Records
from bot.model.breakers import BreakerLevel, SpreadRegimeLimits
from bot.rules.breakers import spread_regime

_NOISE_PRICE = 1e-12  # as bot.rules.breakers.is_spread_wide
_TRIPPED, _CALM = BreakerLevel.TRIPPED.value, BreakerLevel.CALM.value


class Habits(NamedTuple):
    """How the trader knows what is usual: samples kept and needed, and the percentile.

    `usual_kept_count` moments of the grid it is not reckoned again.
    """

    kept_count: int
    needed_count: int
    fraction: float
    usual_kept_count: int


class Board(NamedTuple):
    """Every traded symbol's spread on the grid (a row each, NaN when stale) and its samples.

    `codes` number a row's sampled values (-1: no sample), `values` are what the codes stand for.
    """

    spreads: NDArray[np.float64]
    codes: NDArray[np.int64]
    values: NDArray[np.float64]


def board_of(
    quotes: list[Records], grid_s: NDArray[np.float64], ages_s: tuple[float, float]
) -> Board:
    """The board of one symbol per entry of `quotes`; `ages_s`: of a fresh quote, of a sample."""
    fresh_s, sample_s = ages_s
    rows, sampled = [], []
    for own in quotes:
        times = np.ascontiguousarray(own.time_s)
        last = np.searchsorted(times, grid_s, side="right") - 1
        at = np.maximum(last, 0)
        ages = np.where(last >= 0, grid_s - times[at], np.inf)
        spread = np.asarray(own.ask)[at] - np.asarray(own.bid)[at]
        rows.append(np.where(ages <= fresh_s, spread, np.nan))
        sampled.append(np.where(ages <= sample_s, spread, np.nan))
    found = [np.unique(row[~np.isnan(row)]) for row in sampled]
    width = max((len(one) for one in found), default=0)
    values = np.full((len(quotes), max(1, width)), np.nan)
    codes = np.full((len(quotes), len(grid_s)), -1, dtype=np.int64)
    for number, (one, row) in enumerate(zip(found, sampled, strict=True)):
        values[number, : len(one)] = one
        known = ~np.isnan(row)
        codes[number, known] = np.searchsorted(one, row[known])
    return Board(np.array(rows), codes, values)


@compiled
def usual_of(
    counts: NDArray[np.int64], values: NDArray[np.float64], total: int, fraction: float
) -> float:
    """The interpolated percentile of the values counted."""
    place = fraction * (total - 1)
    low = int(np.floor(place))
    first, second, passed = np.nan, np.nan, 0
    for code in range(len(counts)):
        if counts[code] == 0:
            continue
        passed += counts[code]
        if np.isnan(first) and passed > low:
            first = values[code]
        if passed > min(low + 1, total - 1):
            second = values[code]
            break
    return float(first + (second - first) * (place - low))


@compiled
def wide_row(
    board: Board, row: int, habits: Habits, wide_factor: float, looks: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Per moment of the grid: 1 a wide spread, 0 a usual one, -1 nothing to judge."""
    moments, values = board.spreads.shape[1], board.values[row]
    counts = np.zeros(len(values), dtype=np.int64)
    kept, found = np.empty(moments, dtype=np.int64), np.full(moments, -1, dtype=np.int64)
    taken, oldest, usual, known_until = 0, 0, 0.0, -1
    for at in range(moments):
        spread = board.spreads[row, at]
        if looks[at] > 0 and taken - oldest >= habits.needed_count and spread == spread:  # noqa: PLR0124
            if at >= known_until:
                usual = usual_of(counts, values, taken - oldest, habits.fraction)
                known_until = at + habits.usual_kept_count
            found[at] = int(usual > 0.0 and spread >= wide_factor * usual - _NOISE_PRICE)
        code = board.codes[row, at]
        if code >= 0:
            kept[taken] = code
            taken += 1
            counts[code] += 1
        if taken - oldest > habits.kept_count:
            counts[kept[oldest]] -= 1
            oldest += 1
    return found


@compiled
def wide_share(
    board: Board, habits: Habits, limits: SpreadRegimeLimits, looks: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The level the gauge reads at each moment of the grid; -1 where it does not look."""
    count, moments = board.spreads.shape
    levels = np.full(moments, -1, dtype=np.int64)
    wide, judged = np.zeros(moments, dtype=np.int64), np.zeros(moments, dtype=np.int64)
    for row in range(count):
        answers = wide_row(board, row, habits, limits.wide_factor, looks)
        wide += np.maximum(answers, 0)
        judged += (answers >= 0).astype(np.int64)
    for at in range(moments):
        if judged[at] > 0:
            levels[at] = spread_regime(wide[at], judged[at], limits).level
    return levels


_WIDE_SHARE = machine(wide_share)


def regime_edges(
    board: Board,
    habits: Habits,
    limits: SpreadRegimeLimits,
    looks: NDArray[np.bool_],
    grid_s: NDArray[np.float64],
) -> list[tuple[float, bool]]:
    """Moments at which the breaker opens (True) and closes (False), in order."""
    if not limits.use or len(grid_s) < 2:  # noqa: PLR2004 -- two moments make a step
        return []
    levels = _WIDE_SHARE(board, habits, limits, looks.astype(np.int64))
    found: list[tuple[float, bool]] = []
    is_open, healed_s = False, 0.0
    for at_s, level in zip(grid_s[levels >= 0].tolist(), levels[levels >= 0].tolist(), strict=True):
        if not is_open:
            if level == _TRIPPED:
                is_open, healed_s = True, 0.0
                found.append((at_s, True))
        elif level != _CALM:
            healed_s = 0.0
        elif healed_s == 0.0:
            healed_s = at_s
        elif at_s - healed_s >= limits.wait_s:
            is_open = False
            found.append((at_s, False))
    return found
