"""Where a waiting setup goes, at both sides of each distance."""

from __future__ import annotations

import math

import pytest
from builders_money import BUY, ENTRY, SELL, SPEC, a_plan, a_quote
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.decision import EntryRoute
from bot.model.market import Quote
from bot.model.trade import Plan
from bot.rules.entry import (
    distance_r,
    exit_price,
    fill_price,
    is_limit_legal,
    is_quote_sane,
    is_stop_legal,
    route_entry,
    route_within_reach,
    spread_limit_price,
    stop_touched,
)

NARROW, WIDE = 0.0001, 0.0007  # the limit of these plans is 0.06 R = 0.0006


def route(plan: Plan, quote: Quote, now_utc_s: float = 0.0) -> EntryRoute:
    limit = spread_limit_price(plan, math.inf, 0, ENTRY)
    return EntryRoute(route_entry(plan, quote, limit, now_utc_s, ENTRY))


def quote_at_r(side: int, distance: float, spread_price: float = 0.0) -> Quote:
    """A quote whose fill price is `distance` R on the far side of the entry of `a_plan`."""
    fill = 1.1 + side * distance * 0.01
    return a_quote(fill - spread_price if side == BUY else fill, spread_price)


def test_a_buy_fills_at_the_ask_and_closes_at_the_bid() -> None:
    quote = Quote(1.1, 1.2, 0.0)
    assert (fill_price(BUY, quote), exit_price(BUY, quote)) == (1.2, 1.1)


def test_a_sell_fills_at_the_bid_and_closes_at_the_ask() -> None:
    quote = Quote(1.1, 1.2, 0.0)
    assert (fill_price(SELL, quote), exit_price(SELL, quote)) == (1.1, 1.2)


@pytest.mark.parametrize("side", [BUY, SELL])
def test_distance_is_measured_from_the_side_that_would_fill(side: int) -> None:
    quote = quote_at_r(side, 0.5, 0.002)
    assert distance_r(a_plan(side), quote) == pytest.approx(0.5)


@pytest.mark.parametrize("distance", [0.4, -0.4])
def test_distance_is_the_same_on_both_sides_of_the_entry(distance: float) -> None:
    assert distance_r(a_plan(), quote_at_r(BUY, distance)) == pytest.approx(0.4)


def test_a_plan_without_a_stop_distance_is_infinitely_far() -> None:
    plan = a_plan(stop_r=0.0)
    assert distance_r(plan, a_quote(1.1)) == math.inf
    assert route(plan, a_quote(1.2)) == EntryRoute.DROP_TOO_FAR


@pytest.mark.parametrize(
    ("side", "quote", "touched"),
    [
        (BUY, Quote(1.09, 1.0905, 0.0), True),
        (BUY, Quote(1.09001, 1.0905, 0.0), False),
        (BUY, Quote(1.0899, 1.0905, 0.0), True),
        (SELL, Quote(1.1095, 1.11, 0.0), True),
        (SELL, Quote(1.1095, 1.10999, 0.0), False),
        (SELL, Quote(1.1095, 1.1101, 0.0), True),
    ],
)
def test_a_long_stop_is_touched_by_bid_a_short_stop_by_ask(
    side: int, quote: Quote, touched: bool
) -> None:
    plan = Plan(side, 1.1, 1.09 if side == BUY else 1.11, 0.0)
    assert stop_touched(plan, quote) is touched


@pytest.mark.parametrize("side", [BUY, SELL])
@pytest.mark.parametrize(
    ("distance", "expected"),
    [
        (0.0, EntryRoute.MARKET),
        (0.05, EntryRoute.MARKET),
        (0.0501, EntryRoute.LIMIT),
        (0.30, EntryRoute.LIMIT),
        (0.3001, EntryRoute.WAIT),
        (1.50, EntryRoute.WAIT),
        (1.5001, EntryRoute.DROP_TOO_FAR),
        (-0.05, EntryRoute.MARKET),
        (-0.0501, EntryRoute.MARKET),
        (-0.30, EntryRoute.MARKET),
        (-0.3001, EntryRoute.WAIT),
        (-0.99, EntryRoute.WAIT),
        (-1.0001, EntryRoute.DROP_STOP_TOUCHED),
    ],
)
def test_the_distance_decides_the_route(side: int, distance: float, expected: EntryRoute) -> None:
    assert route(a_plan(side), quote_at_r(side, distance)) == expected


@pytest.mark.parametrize("side", [BUY, SELL])
def test_a_setup_deep_beyond_its_entry_waits_even_with_a_generous_limit_distance(side: int) -> None:
    generous = ENTRY._replace(limit_max_r=0.9)
    for distance, expected in [(-0.5, EntryRoute.MARKET), (-0.5001, EntryRoute.WAIT)]:
        answer = route_within_reach(a_plan(side), quote_at_r(side, distance), 0.001, generous)
        assert answer == expected


@pytest.mark.parametrize("distance", [0.0, 0.04, -0.2])
def test_a_wide_spread_sends_a_market_entry_to_the_spread_queue(distance: float) -> None:
    assert route(a_plan(), quote_at_r(BUY, distance, NARROW)) == EntryRoute.MARKET
    assert route(a_plan(), quote_at_r(BUY, distance, 0.0006)) == EntryRoute.MARKET
    assert route(a_plan(), quote_at_r(BUY, distance, WIDE)) == EntryRoute.WAIT_FOR_SPREAD


def test_a_wide_spread_does_not_hold_back_a_limit() -> None:
    assert route(a_plan(), quote_at_r(BUY, 0.2, WIDE)) == EntryRoute.LIMIT


@pytest.mark.parametrize(
    ("now_utc_s", "expected"),
    [
        (999.9, EntryRoute.MARKET),
        (1_000.0, EntryRoute.DROP_EXPIRED),
        (2e3, EntryRoute.DROP_EXPIRED),
    ],
)
def test_a_setup_ends_at_its_expiry(now_utc_s: float, expected: EntryRoute) -> None:
    assert route(a_plan(), a_quote(1.1), now_utc_s) == expected


def test_expiry_is_named_before_a_touched_stop_and_a_touched_stop_before_distance() -> None:
    far_beyond = a_quote(1.0)
    assert route(a_plan(), far_beyond, 1_000.0) == EntryRoute.DROP_EXPIRED
    assert route(a_plan(), far_beyond, 999.0) == EntryRoute.DROP_STOP_TOUCHED


@pytest.mark.parametrize(
    "quote", [Quote(1.2, 1.1, 0.0), Quote(0.0, 1.1, 0.0), Quote(math.nan, 1.1, 0.0)]
)
def test_a_crossed_or_empty_quote_prices_nothing(quote: Quote) -> None:
    assert not is_quote_sane(quote)
    assert route(a_plan(), quote) == EntryRoute.WAIT


def test_equal_bid_and_ask_are_a_quote() -> None:
    assert is_quote_sane(Quote(1.1, 1.1, 0.0))


@pytest.mark.parametrize(
    ("percentile_price", "samples_count", "expected"),
    [
        (0.0002, 100, 0.0002),
        (0.0002, 99, 0.0006),
        (0.0009, 100, 0.0006),
        (math.nan, 500, 0.0006),
    ],
)
def test_the_spread_limit_is_a_share_of_r_until_enough_own_spreads_are_known(
    percentile_price: float, samples_count: int, expected: float
) -> None:
    limit = spread_limit_price(a_plan(), percentile_price, samples_count, ENTRY)
    assert limit == pytest.approx(expected)


@pytest.mark.parametrize("side", [BUY, SELL])
@pytest.mark.parametrize(
    ("distance_price", "level_price", "legal"),
    [
        (0.001, 0.001, True),
        (0.00099, 0.001, False),
        (0.00001, 0.0, True),
        (0.0, 0.0, False),
        (-0.001, 0.0, False),
    ],
)
def test_a_stop_keeps_the_stops_level_and_always_a_tick(
    side: int, distance_price: float, level_price: float, legal: bool
) -> None:
    spec = SPEC._replace(stops_level_price=level_price)
    assert is_stop_legal(side, 1.1, 1.1 - side * distance_price, spec) is legal


@pytest.mark.parametrize("side", [BUY, SELL])
@pytest.mark.parametrize("stop_price", [0.0, -1.0, math.nan])
def test_no_price_is_no_legal_stop(side: int, stop_price: float) -> None:
    assert not is_stop_legal(side, 1.1, stop_price, SPEC)


@pytest.mark.parametrize("side", [BUY, SELL])
@pytest.mark.parametrize(
    ("gap_price", "legal"), [(0.002, True), (0.00199, False), (0.0, False), (-0.01, False)]
)
def test_a_limit_rests_only_where_price_has_yet_to_come(
    side: int, gap_price: float, legal: bool
) -> None:
    spec = SPEC._replace(stops_level_price=0.002)
    quote = quote_at_r(side, gap_price / 0.01, 0.0003)
    assert is_limit_legal(a_plan(side), quote, spec) is legal


@settings(max_examples=200, deadline=None)
@given(
    side=st.sampled_from([BUY, SELL]),
    distance=st.floats(-2.0, 3.0),
    spread_price=st.floats(0.0, 0.002),
)
def test_every_quote_gets_the_one_route_of_its_distance(
    side: int, distance: float, spread_price: float
) -> None:
    plan, quote = a_plan(side), quote_at_r(side, distance, spread_price)
    answer = route(plan, quote)
    d = distance_r(plan, quote)
    if stop_touched(plan, quote):
        assert answer == EntryRoute.DROP_STOP_TOUCHED
    elif answer == EntryRoute.MARKET:
        assert d <= 0.30 + 1e-9
        assert spread_price <= 0.0006 + 1e-9
    elif answer == EntryRoute.LIMIT:
        assert 0.05 <= d <= 0.30 + 1e-9
        assert is_limit_legal(plan, quote, SPEC)
    elif answer == EntryRoute.DROP_TOO_FAR:
        assert d > 1.5
    elif answer == EntryRoute.WAIT:
        assert 0.30 <= d <= 1.5 + 1e-9
    else:
        assert answer == EntryRoute.WAIT_FOR_SPREAD
        assert spread_price > 0.0006 - 1e-9
