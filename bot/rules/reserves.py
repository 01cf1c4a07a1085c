"""What the worst case adds to the loss at the stop: slippage, costs, nights and gaps."""

from __future__ import annotations

import math

import numpy as np

from bot.model.market import FloatArray, SymbolSpec
from bot.model.reserves import (
    Exposure,
    GapFractions,
    Occasion,
    ReserveTerms,
    SlippageSettings,
    WorstCase,
)
from bot.rules._rule import rule

_TRIPLE_NIGHTS = 3.0


@rule
def night_money(side: int, lots: float, spec: SymbolSpec) -> float:
    """What one night may cost in swap, as a positive amount; a credit is not counted."""
    if side > 0:
        return max(0.0, -spec.swap_long_money_per_lot_night * lots)
    return max(0.0, -spec.swap_short_money_per_lot_night * lots)


@rule
def nights_count(weekday: int, triple_weekday: int) -> float:
    """Nights of swap the reset after `weekday` (Monday 0) charges: three on the triple day.

    Nights that are free (most at a weekend) count as one: a reserve may be too large.
    """
    if weekday == triple_weekday:
        return _TRIPLE_NIGHTS
    return 1.0


@rule
def gap_fraction(gaps: GapFractions, occasion: Occasion) -> float:
    """The widest jump beyond a stop among the occasions that lie ahead; they do not add up."""
    widest = 0.0
    if occasion.is_weekend:
        widest = max(widest, gaps.weekend_fraction)
    if occasion.is_news:
        widest = max(widest, gaps.news_fraction)
    if occasion.is_rollover:
        widest = max(widest, gaps.rollover_fraction)
    return widest


@rule
def slippage_reserve_r(samples_r: FloatArray, prior_r: float, s: SlippageSettings) -> float:
    """Slippage at the stop to reckon with, in R: a percentile of own fills, shrunk to the prior.

    `samples_r` are stop fills against their level, worse counted positive. Fewer than
    `samples_min_count` say nothing yet; then the prior stands. With more, `prior_weight_count`
    says how many samples the prior is worth. Never negative: luck at stops is not reckoned with.
    """
    count = len(samples_r)
    if count < max(1, s.samples_min_count):
        return prior_r
    place = math.ceil(s.percentile_fraction * count) - 1
    fitted_r = float(np.sort(samples_r)[min(max(place, 0), count - 1)])
    weight = count / (count + s.prior_weight_count)
    return max(0.0, weight * fitted_r + (1.0 - weight) * prior_r)


@rule
def reserve_money(
    side: int, risk_money: float, lots: float, spec: SymbolSpec, terms: ReserveTerms
) -> float:
    """What the worst case adds to an order's loss at its stop: slippage, swap and gap."""
    gap_money = terms.gap_price * lots * spec.loss_money_per_price_per_lot
    swap_money = night_money(side, lots, spec) * terms.nights_count
    return risk_money * terms.slippage_r + swap_money + gap_money


@rule
def worst_case(exposure: Exposure, spec: SymbolSpec, terms: ReserveTerms) -> WorstCase:
    """What an exposure may cost from now: stopped out at once, with every reserve, by name.

    Infinite without a stop, for nothing bounds it. A stop on the winning side costs nothing at
    the stop, but slips and gaps like any other.
    """
    e = exposure
    money_per_price = spec.loss_money_per_price_per_lot * e.lots
    distance_price = max(0.0, e.side * (e.from_price - e.stop_price))
    stop_money = distance_price * money_per_price
    if not e.stop_price > 0.0:
        stop_money = math.inf
    slip_price = max(e.one_r_price, distance_price) * terms.slippage_r
    slippage_money = slip_price * money_per_price
    commission_money = spec.commission_money_per_lot * e.lots * e.commission_share
    swap_money = night_money(e.side, e.lots, spec) * terms.nights_count
    gap_money = terms.gap_price * money_per_price
    total_money = stop_money + slippage_money + commission_money + swap_money + gap_money
    return WorstCase(
        stop_money, slippage_money, commission_money, swap_money, gap_money, total_money
    )
