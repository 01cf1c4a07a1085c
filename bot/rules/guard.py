"""What to take off, and how much of it, when the worst case no longer fits: least harm first."""

from __future__ import annotations

import math

import numpy as np

from bot.model.market import FloatArray
from bot.model.reserves import GuardItems
from bot.rules._rule import rule

CLEARANCE_MONEY = 0.01
"""A touched floor is a breach, so relief leaves one cent above it."""

_STEPS_NOISE = 1e-9  # 0.3 / 0.1 is three steps, not three and a bit
_LOTS_GRID_PER_LOT = 1e8  # volumes are decimals of at most eight places
_ALL_RANKS = -1


@rule
def relief_lots(need_money: float, index: int, items: GuardItems) -> float:
    """Fewest lots of one item whose going frees `need_money`; all of it where none are fewer.

    What goes and what stays are both tradable, or nothing stays.
    """
    lots, step = float(items.lots[index]), float(items.lots_step[index])
    least = float(items.lots_min[index])
    if not (step > 0.0 and need_money < items.relief_money[index]):
        return lots
    wanted_lots = need_money / float(items.relief_money[index]) * lots
    steps_count = math.ceil(wanted_lots / step - _STEPS_NOISE)
    on_grid = math.floor(steps_count * step * _LOTS_GRID_PER_LOT + 0.5) / _LOTS_GRID_PER_LOT
    part = max(on_grid, least)
    if lots - part < least - _STEPS_NOISE:
        return lots
    return part


@rule
def relief_of(lots: float, index: int, items: GuardItems) -> float:
    """What the worst case shrinks by when `lots` of an item go."""
    return float(items.relief_money[index]) * lots / float(items.lots[index])


@rule
def next_relief(need_money: float, rank: int, items: GuardItems, plan: FloatArray) -> int:
    """Which item of a rank to take off next (-1: none is left).

    If one alone frees enough, the one that frees least beyond the need; else the largest, so that
    the fewest go. Equal ones in their order.
    """
    best, best_money = -1, math.inf
    largest, largest_money = -1, 0.0
    for index in range(len(plan)):
        relief_money = items.relief_money[index]
        if items.rank[index] != rank or plan[index] > 0.0 or not relief_money > 0.0:
            continue
        freed_money = relief_of(relief_lots(need_money, index, items), index, items)
        if freed_money >= need_money and freed_money < best_money:
            best, best_money = index, freed_money
        if relief_money > largest_money:
            largest, largest_money = index, relief_money
    return best if best >= 0 else largest


@rule
def plan_relief(shortfall_money: float, items: GuardItems) -> FloatArray:
    """Lots to take off each item so that the worst case shrinks by more than `shortfall_money`.

    Ranks in ascending order (resting orders before positions); within a rank the fewest items,
    the last of them only in part where its grid allows. All that can go, if that is not enough.
    """
    plan = np.zeros(len(items.lots))
    need_money = shortfall_money
    highest = _ALL_RANKS
    for index in range(len(plan)):
        highest = max(highest, items.rank[index])
    for rank in range(highest + 1):
        while need_money > 0.0:
            index = next_relief(need_money, rank, items, plan)
            if index < 0:
                break
            plan[index] = relief_lots(need_money, index, items)
            need_money -= relief_of(plan[index], index, items)
    return plan
