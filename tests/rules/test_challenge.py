"""The firm's rules at both sides of each limit."""

from __future__ import annotations

import math

import pytest
from builders_money import BRAKES, DAY, RULES, an_account
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.account import Floors, Progress, TradingDay
from bot.model.decision import Brake, PhaseVerdict
from bot.rules.challenge import (
    brake,
    breached_floor,
    daily_allowance_money,
    daily_loss_money,
    day_after,
    day_base,
    day_loss_fraction,
    floor_room_money,
    floors,
    is_floor_touched,
    raise_day_base,
    shift_day,
    verdict,
)
from bot.rules.challenge_days import is_profitable_day, is_target_reached, profitable_day_gain

FLAT = Progress(closed_profit_money=0.0, profitable_days_count=0, has_exposure=False)
cents = st.integers(1_000_000, 3_000_000).map(lambda c: c / 100)


def test_the_base_is_the_higher_of_balance_and_equity() -> None:
    assert day_base(20_000.0, 20_900.0) == 20_900.0
    assert day_base(20_000.0, 19_200.0) == 20_000.0


def test_a_day_opens_with_the_last_values_of_the_day_before() -> None:
    assert day_after(DAY._replace(day=6), 20_000.0, 20_900.0, RULES) == TradingDay(
        7, 20_900.0, 20_000.0
    )


def test_a_reading_after_midnight_can_raise_the_base_and_never_lower_it() -> None:
    assert raise_day_base(DAY, 19_990.0, 20_050.0, RULES) == DAY._replace(base_money=20_050.0)
    assert raise_day_base(DAY, 20_050.0, 19_990.0, RULES) == DAY._replace(base_money=20_050.0)
    assert raise_day_base(DAY, 19_990.0, 19_800.0, RULES) == DAY


def test_a_payout_moves_the_base_and_is_no_loss() -> None:
    day = shift_day(DAY, -1_500.0)
    assert (day.base_money, day.start_balance_money) == (18_500.0, 18_500.0)
    assert daily_loss_money(day, an_account(18_500.0)) == 0.0


def test_the_allowance_is_a_share_of_the_base_and_not_of_the_initial_balance() -> None:
    day = DAY._replace(base_money=110_000.0)
    rules = RULES._replace(initial_balance_money=100_000.0)
    assert daily_allowance_money(day, rules) == 5_500.0
    assert floors(day, rules) == Floors(104_500.0, 90_000.0, 100_000.0)


def test_the_total_floor_does_not_move_with_the_day() -> None:
    assert floors(DAY._replace(base_money=25_000.0), RULES).total_money == 18_000.0


@pytest.mark.parametrize(
    ("equity_money", "loss_money", "fraction"),
    [(20_500.0, 0.0, 0.0), (20_000.0, 0.0, 0.0), (19_500.0, 500.0, 0.025)],
)
def test_the_days_loss_is_counted_from_the_base_and_a_profit_is_none(
    equity_money: float, loss_money: float, fraction: float
) -> None:
    assert daily_loss_money(DAY, an_account(equity_money)) == loss_money
    assert day_loss_fraction(DAY, an_account(equity_money)) == fraction


def test_a_day_without_a_base_has_lost_everything() -> None:
    assert day_loss_fraction(DAY._replace(base_money=0.0), an_account()) == 1.0


@pytest.mark.parametrize(
    ("equity_money", "room_money", "touched"),
    [(19_000.01, 0.01, False), (19_000.0, 0.0, True), (18_999.99, 0.0, True)],
)
def test_a_touched_floor_is_a_breach(equity_money: float, room_money: float, touched: bool) -> None:
    assert floor_room_money(equity_money, 19_000.0) == pytest.approx(room_money)
    assert is_floor_touched(equity_money, 19_000.0) is touched


@pytest.mark.parametrize(
    ("equity_money", "expected"),
    [
        (20_000.0, Brake.NONE),
        (19_600.01, Brake.NONE),
        (19_600.0, Brake.WARN),
        (19_400.01, Brake.WARN),
        (19_400.0, Brake.REDUCE),
        (19_300.01, Brake.REDUCE),
        (19_300.0, Brake.FLATTEN),
        (15_000.0, Brake.FLATTEN),
    ],
)
def test_each_brake_holds_at_and_beyond_its_loss(equity_money: float, expected: Brake) -> None:
    assert brake(DAY, an_account(equity_money), BRAKES, RULES) == expected


@pytest.mark.parametrize(
    ("equity_money", "expected"), [(18_200.01, Brake.NONE), (18_200.0, Brake.FLATTEN)]
)
def test_the_total_loss_flattens_on_a_day_without_loss(
    equity_money: float, expected: Brake
) -> None:
    day = DAY._replace(base_money=18_300.0)
    assert brake(day, an_account(equity_money), BRAKES, RULES) == expected


@settings(max_examples=200, deadline=None)
@given(base_cents=st.integers(1_000_000, 5_000_000), loss_cents=st.integers(0, 300_000))
def test_the_brake_agrees_with_exact_arithmetic_to_the_cent(
    base_cents: int, loss_cents: int
) -> None:
    day = DAY._replace(base_money=base_cents / 100)
    account = an_account((base_cents - loss_cents) / 100)
    no_total = BRAKES._replace(total_flatten_initial_fraction=9.0)
    expected = sum(loss_cents * 1_000 >= limit * base_cents for limit in (20, 30, 35))
    assert brake(day, account, no_total, RULES) == expected


@settings(max_examples=200, deadline=None)
@given(base_cents=st.integers(1_000_000, 5_000_000), away_cents=st.integers(-3, 3))
def test_the_floor_agrees_with_exact_arithmetic_to_the_cent(
    base_cents: int, away_cents: int
) -> None:
    floor_cents = base_cents * 95 // 100  # the last whole cent at or below the floor
    equity_cents = floor_cents + away_cents
    limits = floors(DAY._replace(base_money=base_cents / 100), RULES)
    expected = equity_cents * 100 <= base_cents * 95
    assert is_floor_touched(equity_cents / 100, limits.daily_money) is expected


@pytest.mark.parametrize(
    ("balance", "equity", "previous", "cash", "gain"),
    [
        (20_100.0, 20_400.0, 20_000.0, 0.0, 100.0),
        (20_100.0, 20_099.99, 20_000.0, 0.0, 99.99),
        (20_000.0, 20_500.0, 20_000.0, 0.0, 0.0),
        (20_150.0, 20_150.0, 20_000.0, 150.0, 0.0),
        (18_600.0, 18_600.0, 20_000.0, -1_500.0, 100.0),
    ],
)
def test_a_days_gain_counts_floating_loss_and_neither_floating_profit_nor_cash(
    balance: float, equity: float, previous: float, cash: float, gain: float
) -> None:
    assert profitable_day_gain(balance, equity, previous, cash) == pytest.approx(gain)


@pytest.mark.parametrize(("gain", "expected"), [(99.99, False), (100.0, True), (100.01, True)])
def test_a_profitable_day_earns_its_share_of_the_initial_balance(
    gain: float, expected: bool
) -> None:
    assert is_profitable_day(gain, RULES) is expected


def test_binary_noise_does_not_cost_a_profitable_day() -> None:
    gain = profitable_day_gain(16_400.01, 16_400.01, 16_300.01, 0.0)
    assert gain < 100.0  # the noise of the subtraction
    assert is_profitable_day(gain, RULES)


@pytest.mark.parametrize(
    ("profit", "expected"), [(1_599.99, False), (1_600.0, True), (1_600.01, True)]
)
def test_the_target_is_a_share_of_the_initial_balance(profit: float, expected: bool) -> None:
    assert is_target_reached(FLAT._replace(closed_profit_money=profit), RULES) is expected


@pytest.mark.parametrize(
    ("equity_money", "limits", "expected"),
    [
        (19_000.01, (19_000.0, 18_000.0), PhaseVerdict.RUNNING),
        (19_000.0, (19_000.0, 18_000.0), PhaseVerdict.BREACHED_DAILY),
        (17_000.0, (19_000.0, 18_000.0), PhaseVerdict.BREACHED_DAILY),
        (18_000.01, (17_765.0, 18_000.0), PhaseVerdict.RUNNING),
        (18_000.0, (17_765.0, 18_000.0), PhaseVerdict.BREACHED_TOTAL),
        (17_000.0, (17_765.0, 18_000.0), PhaseVerdict.BREACHED_TOTAL),
        (18_000.0, (18_000.0, 18_000.0), PhaseVerdict.BREACHED_DAILY),
    ],
)
def test_the_higher_floor_names_the_breach(
    equity_money: float, limits: tuple[float, float], expected: PhaseVerdict
) -> None:
    assert breached_floor(an_account(equity_money), Floors(*limits, 20_000.0), RULES) == expected


@pytest.mark.parametrize(
    ("profit", "days", "has_exposure", "expected"),
    [
        (1_600.0, 3, False, PhaseVerdict.PASSED),
        (1_600.0, 4, False, PhaseVerdict.PASSED),
        (1_599.99, 3, False, PhaseVerdict.RUNNING),
        (1_600.0, 2, False, PhaseVerdict.RUNNING),
        (1_600.0, 3, True, PhaseVerdict.RUNNING),
    ],
)
def test_a_phase_passes_with_target_days_and_a_flat_account(
    profit: float, days: int, has_exposure: bool, expected: PhaseVerdict
) -> None:
    progress = Progress(profit, days, has_exposure)
    assert verdict(an_account(21_600.0), DAY, progress, RULES) == expected


def test_a_breach_is_named_before_a_pass() -> None:
    progress = Progress(1_600.0, 3, has_exposure=False)
    assert verdict(an_account(19_000.0), DAY, progress, RULES) == PhaseVerdict.BREACHED_DAILY


@settings(max_examples=200, deadline=None)
@given(balance=cents, equity=cents, later=cents)
def test_a_day_never_starts_on_a_floor_and_the_stricter_base_wins(
    balance: float, equity: float, later: float
) -> None:
    day = day_after(DAY, balance, equity, RULES)
    assert floors(day, RULES).daily_money < day.base_money
    stricter = raise_day_base(day, later, later, RULES)
    assert floors(stricter, RULES).daily_money >= floors(day, RULES).daily_money
    assert stricter.start_balance_money == balance
    assert not math.isnan(day_loss_fraction(stricter, an_account(later)))


@pytest.mark.parametrize("equity_money", [math.nan, math.inf, -math.inf])
def test_equity_that_is_no_number_is_never_calm(equity_money: float) -> None:
    """Less risk for what is not known; only a loss without end closes anything."""
    expected = Brake.FLATTEN if equity_money == -math.inf else Brake.REDUCE
    assert brake(DAY, an_account(equity_money), BRAKES, RULES) == expected


def test_a_base_that_is_no_number_is_never_calm() -> None:
    assert brake(DAY._replace(base_money=math.nan), an_account(), BRAKES, RULES) == Brake.REDUCE
