"""When each breaker trips, counts as healed and resets: both sides of every limit."""

from __future__ import annotations

import math

import pytest
from generators_breakers import (
    COUNT,
    DISCONNECTS,
    DISK,
    DRAWDOWN,
    MEMORY,
    RAPID,
    SLIPPAGE,
    SPREADS,
)
from hypothesis import given
from hypothesis import strategies as st

from bot.model.breakers import BreakerLevel, Reading, ResetRule, Trip
from bot.rules.breakers import (
    above_floor,
    daily_drawdown,
    day_count,
    disconnects,
    disk,
    is_loss,
    is_reset_due,
    is_spread_wide,
    is_win,
    losses_in_a_row,
    memory,
    rapid_loss,
    slippage,
    spread_regime,
    under_ceiling,
)

CALM, BETWEEN, TRIPPED = BreakerLevel.CALM, BreakerLevel.BETWEEN, BreakerLevel.TRIPPED


def level(reading: Reading) -> BreakerLevel:
    return BreakerLevel(reading.level)


@pytest.mark.parametrize(("row", "wanted"), [(0, CALM), (4, CALM), (5, TRIPPED), (6, TRIPPED)])
def test_the_fifth_loss_in_a_row_trips(row: int, wanted: BreakerLevel) -> None:
    assert level(losses_in_a_row(row, 5)) == wanted


@pytest.mark.parametrize(
    ("net_money", "result_r", "wanted"),
    [
        (-100.0, -1.0, True),
        (-5.0, -0.05, True),
        (-4.9, -0.049, False),
        (-100.0, 0.0, True),  # the risk was not known: the money says it
        (0.0, 0.0, False),
        (3.0, 0.03, False),
    ],
)
def test_a_loss_counts_from_the_size_of_a_scratch(
    net_money: float, result_r: float, *, wanted: bool
) -> None:
    assert is_loss(net_money, result_r, 0.05) == wanted


@pytest.mark.parametrize(("net_money", "wanted"), [(-0.01, False), (0.0, True), (0.01, True)])
def test_a_trade_that_cost_nothing_ends_a_row(net_money: float, *, wanted: bool) -> None:
    assert is_win(net_money) == wanted


@pytest.mark.parametrize(
    ("equity", "wanted"),
    [(21_000.0, CALM), (19_600.01, CALM), (19_600.0, TRIPPED), (19_000.0, TRIPPED)],
)
def test_a_fall_of_two_percent_from_the_peak_trips(equity: float, wanted: BreakerLevel) -> None:
    assert level(rapid_loss(20_000.0, equity, RAPID)) == wanted


def test_a_rapid_loss_says_how_far_equity_fell() -> None:
    reading = rapid_loss(20_000.0, 19_500.0, RAPID)
    assert (reading.value, reading.limit) == (pytest.approx(0.025), 0.02)


def test_an_account_without_a_peak_or_a_base_has_lost_everything() -> None:
    assert rapid_loss(0.0, 0.0, RAPID) == Reading(1.0, 0.02, TRIPPED)
    assert daily_drawdown(0.0, 0.0, DRAWDOWN) == Reading(1.0, 0.03, TRIPPED)


@pytest.mark.parametrize(
    ("equity", "wanted"),
    [(20_500.0, CALM), (19_400.01, CALM), (19_400.0, TRIPPED), (19_399.0, TRIPPED)],
)
def test_a_days_loss_of_three_percent_trips(equity: float, wanted: BreakerLevel) -> None:
    assert level(daily_drawdown(20_000.0, equity, DRAWDOWN)) == wanted


@pytest.mark.parametrize(("count", "wanted"), [(9, CALM), (10, TRIPPED), (11, TRIPPED)])
def test_the_tenth_of_a_day_trips(count: int, wanted: BreakerLevel) -> None:
    assert level(day_count(count, COUNT)) == wanted


@pytest.mark.parametrize(
    ("mean_r", "fills_count", "worst_r", "wanted"),
    [
        (0.099, 20, 0.2, CALM),
        (0.1, 8, 0.2, TRIPPED),
        (0.1, 7, 0.2, CALM),  # too few fills for a mean
        (0.0, 1, 0.499, CALM),
        (0.0, 1, 0.5, TRIPPED),  # one alone, far off
    ],
)
def test_slippage_trips_on_its_mean_or_on_a_single_fill(
    mean_r: float, fills_count: int, worst_r: float, wanted: BreakerLevel
) -> None:
    assert level(slippage(mean_r, fills_count, worst_r, SLIPPAGE)) == wanted


def test_a_slippage_reading_names_the_figure_that_tripped() -> None:
    assert slippage(0.01, 3, 0.6, SLIPPAGE)[:2] == (0.6, 0.5)
    assert slippage(0.12, 20, 0.3, SLIPPAGE)[:2] == (0.12, 0.1)


@pytest.mark.parametrize(
    ("spread", "usual", "wanted"),
    [(2.99, 1.0, False), (3.0, 1.0, True), (0.0, 0.0, False), (5.0, 0.0, False)],
)
def test_a_spread_is_wide_from_the_multiple_of_its_usual_one(
    spread: float, usual: float, *, wanted: bool
) -> None:
    assert is_spread_wide(spread, usual, SPREADS) == wanted


@pytest.mark.parametrize(
    ("wide", "judged", "wanted"),
    [
        (5, 10, TRIPPED),
        (4, 10, BETWEEN),
        (3, 10, BETWEEN),
        (2, 10, CALM),
        (3, 3, BETWEEN),  # three symbols are no board: neither trips nor heals
        (0, 0, BETWEEN),
    ],
)
def test_half_the_board_wide_trips_and_a_fifth_is_calm(
    wide: int, judged: int, wanted: BreakerLevel
) -> None:
    assert level(spread_regime(wide, judged, SPREADS)) == wanted


@pytest.mark.parametrize(
    ("count", "quiet_s", "wanted"),
    [
        (5, 10.0, TRIPPED),
        (4, 10.0, BETWEEN),
        (5, 1_799.0, TRIPPED),
        (5, 1_800.0, CALM),
        (0, math.inf, CALM),
    ],
)
def test_disconnects_trip_by_count_and_calm_by_quiet(
    count: int, quiet_s: float, wanted: BreakerLevel
) -> None:
    assert level(disconnects(count, quiet_s, DISCONNECTS)) == wanted


@pytest.mark.parametrize(
    ("free", "wanted"), [(5e8, TRIPPED), (5.01e8, BETWEEN), (9.99e8, BETWEEN), (1e9, CALM)]
)
def test_a_full_disk_trips_and_heals_only_well_above(free: float, wanted: BreakerLevel) -> None:
    assert level(disk(free, DISK)) == wanted


@pytest.mark.parametrize(
    ("own", "wanted"), [(1.5e9, TRIPPED), (1.49e9, BETWEEN), (1.21e9, BETWEEN), (1.2e9, CALM)]
)
def test_a_leak_trips_and_heals_only_well_below(own: float, wanted: BreakerLevel) -> None:
    assert level(memory(own, MEMORY)) == wanted


numbers = st.floats(-1e6, 1e6)


@given(numbers, numbers, numbers)
def test_nothing_at_its_limit_is_ever_calm(value: float, limit: float, healed: float) -> None:
    if value >= limit:
        assert level(under_ceiling(value, limit, healed)) == TRIPPED
    if value <= limit:
        assert level(above_floor(value, limit, healed)) == TRIPPED


@given(numbers, numbers, numbers, st.floats(0.0, 1e6))
def test_a_worse_value_never_reads_milder(
    value: float, limit: float, healed: float, more: float
) -> None:
    before, after = (under_ceiling(one, limit, healed) for one in (value, value + more))
    assert after.level >= before.level
    before, after = (above_floor(one, limit, healed) for one in (value, value - more))
    assert after.level >= before.level


WAIT_S = 900.0


@pytest.mark.parametrize(
    ("day", "now", "wanted"), [(6, 1e9, False), (7, 1e9, False), (8, 0.0, True), (9, 0.0, True)]
)
def test_a_firm_day_breaker_waits_for_the_next_firm_day_alone(
    day: int, now: float, *, wanted: bool
) -> None:
    assert is_reset_due(ResetRule.FIRM_DAY.value, Trip(7, 5.0, 1.0), day, now, 0.0) == wanted


@pytest.mark.parametrize(("now", "wanted"), [(0.0, False), (1_899.0, False), (1_900.0, True)])
def test_a_paused_breaker_waits_its_time(now: float, *, wanted: bool) -> None:
    trip = Trip(7, 1_000.0, 0.0)
    assert is_reset_due(ResetRule.TIME.value, trip, 99, now, WAIT_S) == wanted


@pytest.mark.parametrize(
    ("healed_since", "now", "wanted"),
    [(0.0, 1e9, False), (2_000.0, 2_899.0, False), (2_000.0, 2_900.0, True)],
)
def test_a_condition_must_have_been_healed_for_a_while(
    healed_since: float, now: float, *, wanted: bool
) -> None:
    trip = Trip(7, 1_000.0, healed_since)
    assert is_reset_due(ResetRule.HEALED.value, trip, 99, now, WAIT_S) == wanted


@given(st.integers(0, 10_000), st.floats(0.0, 1e9), st.floats(0.0, 1e9))
def test_what_asks_for_a_person_never_resets_alone(day: int, now: float, healed: float) -> None:
    assert not is_reset_due(ResetRule.PERSON.value, Trip(0, 0.0, healed), day, now, 0.0)
