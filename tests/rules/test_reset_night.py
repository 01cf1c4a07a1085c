"""Tomorrow's base and floor with what runs tonight: winners, losers, and the limits between."""

from __future__ import annotations

import pytest
from builders_challenge import high_stakes

from bot.model.account import NO_TRAIL, Account, TradingDay
from bot.model.decision import Refusal
from bot.model.reserves import ResetOutlook
from bot.rules.reset_night import reset_finding, reset_outlook

RULES = high_stakes()
DAY = TradingDay(1, 20_000.0, 20_000.0, NO_TRAIL)


def outlook(balance: float, equity: float, worst_case: float, reserve: float = 0.0) -> ResetOutlook:
    account = Account(balance, equity, 0.0, equity)
    return reset_outlook(DAY, account, worst_case, reserve, RULES)


def test_winners_raise_tomorrows_base_and_floor() -> None:
    # HS04: 900 of open profit lift the floor to 19 855; stopped out it would be 20 000 - 200
    night = outlook(20_000.0, 20_900.0, 19_800.0)
    assert (night.base_money, night.daily_floor_money) == pytest.approx((20_900.0, 19_855.0))
    assert night.room_money == pytest.approx(-55.0)


def test_losers_begin_the_day_with_most_of_its_allowance_used() -> None:
    # HS06: the base stays at the balance, 800 of the 1 000 are already lost
    night = outlook(20_000.0, 19_200.0, 18_990.0)
    assert (night.base_money, night.daily_floor_money) == pytest.approx((20_000.0, 19_000.0))
    assert night.room_money == pytest.approx(-10.0)


def test_room_is_counted_above_the_floor_and_the_reserve() -> None:
    assert outlook(20_000.0, 20_000.0, 19_150.0, 100.0).room_money == pytest.approx(50.0)
    assert outlook(20_000.0, 20_000.0, 19_150.0, 150.0).room_money == pytest.approx(0.0)


def test_the_static_floor_counts_where_it_is_the_higher_one() -> None:
    night = outlook(18_400.0, 18_400.0, 18_050.0)
    assert night.daily_floor_money == pytest.approx(17_480.0)
    assert night.floor_money == pytest.approx(18_000.0)
    assert night.room_money == pytest.approx(50.0)


@pytest.mark.parametrize(
    ("entry_money", "expected"),
    [(149.9, Refusal.NONE), (150.0, Refusal.RESET_NIGHT), (200.0, Refusal.RESET_NIGHT)],
)
def test_an_entry_that_tomorrow_has_no_room_for_is_refused(
    entry_money: float, expected: Refusal
) -> None:
    night = outlook(20_000.0, 20_000.0, 19_150.0)
    finding = reset_finding(night, entry_money, 1_800.0, 1_800.0)
    assert finding.refusal == expected
    assert finding[1:] == pytest.approx((19_150.0 - entry_money, 19_000.0))


def test_long_before_the_reset_nothing_is_refused() -> None:
    night = outlook(20_000.0, 20_900.0, 19_800.0)
    assert reset_finding(night, 100.0, 1_800.1, 1_800.0).refusal == Refusal.NONE
    assert reset_finding(night, 100.0, 1_800.0, 1_800.0).refusal == Refusal.RESET_NIGHT
