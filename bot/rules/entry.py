"""From a waiting setup and a quote to a route: market, limit, wait or drop."""

from __future__ import annotations

import math

from bot.model.decision import EntryRoute
from bot.model.market import Quote, SymbolSpec
from bot.model.settings import EntrySettings
from bot.model.trade import Plan
from bot.rules._rule import rule

R_EPSILON = 1e-9
"""Distances in R this close are equal: a limit of 0.05 R includes 0.05 R despite binary noise."""

_PRICE_UNITS = 1e10  # no price has more than ten decimals

THROUGH_MAX_R = 0.5
"""Deeper than this beyond its entry a setup is not bought at market (our choice)."""


@rule
def fill_price(side: int, quote: Quote) -> float:
    """The price an entry would fill at: ask for a buy, bid for a sell."""
    return quote.ask_price if side > 0 else quote.bid_price


@rule
def exit_price(side: int, quote: Quote) -> float:
    """The price a position would close at: bid for a long, ask for a short."""
    return quote.bid_price if side > 0 else quote.ask_price


@rule
def levels_on_grid(
    side: int, entry_price: float, stop_price: float, tick_size_price: float
) -> tuple[float, float]:
    """Entry on the nearest tick, stop on the tick further away: 1R never shrinks by rounding."""
    entry = round(entry_price / tick_size_price) * tick_size_price
    ticks = stop_price / tick_size_price
    stop = (math.floor(ticks) if side > 0 else math.ceil(ticks)) * tick_size_price
    return decimal_price(entry), decimal_price(stop)


@rule
def decimal_price(price: float) -> float:
    """A price without the binary noise of a product, as the double nearest to its decimal."""
    return math.floor(price * _PRICE_UNITS + 0.5) / _PRICE_UNITS


@rule
def distance_r(plan: Plan, quote: Quote) -> float:
    """How far the fill price is from the planned entry, in R, on either side of it.

    Infinite for a plan whose stop is its entry: no price is ever near it.
    """
    one_r_price = abs(plan.entry_price - plan.stop_price)
    if not one_r_price > 0.0:
        return math.inf
    return abs(fill_price(plan.side, quote) - plan.entry_price) / one_r_price


@rule
def stop_touched(plan: Plan, quote: Quote) -> bool:
    """Whether the closing side is at or beyond the stop: the thesis failed before the entry."""
    return plan.side * (exit_price(plan.side, quote) - plan.stop_price) <= 0.0


@rule
def spread_limit_price(
    plan: Plan, percentile_price: float, samples_count: int, s: EntrySettings
) -> float:
    """Widest spread, in price, at which a market entry may be sent.

    A fraction of the plan's 1R, tightened to the percentile of the symbol's own spreads once
    enough samples stand behind it.
    """
    limit_price = s.spread_max_r * abs(plan.entry_price - plan.stop_price)
    if samples_count >= s.spread_samples_min_count and percentile_price < limit_price:
        return percentile_price
    return limit_price


@rule
def is_quote_sane(quote: Quote) -> bool:
    """Whether both sides are positive and not crossed; any other quote prices nothing."""
    return 0.0 < quote.bid_price <= quote.ask_price


@rule
def route_entry(
    plan: Plan, quote: Quote, spread_limit: float, now_utc_s: float, s: EntrySettings
) -> int:
    """What to do with a setup at this quote (`EntryRoute`); the first reason found wins.

    Expired, stop touched, too far: dropped. Within `limit_max_r`: routed. Between: it waits, as it
    does on a quote that prices nothing.
    """
    if now_utc_s >= plan.expires_utc_s:
        return EntryRoute.DROP_EXPIRED.value
    if not is_quote_sane(quote):
        return EntryRoute.WAIT.value
    if stop_touched(plan, quote):
        return EntryRoute.DROP_STOP_TOUCHED.value
    distance = distance_r(plan, quote)
    if not distance <= s.drop_above_r + R_EPSILON:
        return EntryRoute.DROP_TOO_FAR.value
    if distance > s.limit_max_r + R_EPSILON:
        return EntryRoute.WAIT.value
    return route_within_reach(plan, quote, spread_limit, s)


@rule
def route_within_reach(plan: Plan, quote: Quote, spread_limit: float, s: EntrySettings) -> int:
    """The route of a setup at most `limit_max_r` from its entry (`EntryRoute`).

    A limit rests only where price has yet to come to it. Once price ran through the entry towards
    the stop, a limit there would execute at once or be refused (code 10015), so the answer is the
    market order it amounts to, spread checked; lots are sized on the distance that is left. With
    less than half of it left the setup waits: lots would double, and spread and slippage with them.
    """
    distance = distance_r(plan, quote)
    is_through = plan.side * (plan.entry_price - fill_price(plan.side, quote)) > 0.0
    if is_through and distance > THROUGH_MAX_R + R_EPSILON:
        return EntryRoute.WAIT.value
    if not is_through and distance > s.market_max_r + R_EPSILON:
        return EntryRoute.LIMIT.value
    if quote.ask_price - quote.bid_price <= spread_limit * (1.0 + R_EPSILON):
        return EntryRoute.MARKET.value
    return EntryRoute.WAIT_FOR_SPREAD.value


@rule
def is_stop_legal(side: int, from_price: float, stop_price: float, spec: SymbolSpec) -> bool:
    """Whether the broker would accept a stop of a trade in direction `side`.

    `from_price` is the closing side for a position or a market order, the order's own price for a
    resting one. The stop must be on the losing side by the stops level, and by one tick at least.
    """
    if not stop_price > 0.0:
        return False
    needed_price = max(spec.stops_level_price, spec.tick_size_price)
    return side * (from_price - stop_price) >= needed_price - 1e-6 * spec.tick_size_price


@rule
def is_limit_legal(plan: Plan, quote: Quote, spec: SymbolSpec) -> bool:
    """Whether a limit at the entry may rest: the stops level (a tick at least) from its price."""
    needed_price = max(spec.stops_level_price, spec.tick_size_price)
    gap_price = plan.side * (fill_price(plan.side, quote) - plan.entry_price)
    return gap_price >= needed_price - 1e-6 * spec.tick_size_price
